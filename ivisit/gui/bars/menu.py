"""The menu bar and the keyboard shortcuts."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from ivisit.errors import ParameterError
from ivisit.gui.actions.crossing import crossing
from ivisit.gui.arranging.menus import list_panels
from ivisit.gui.bars import help_texts
from ivisit.gui.scaling.menus import SliderMenu
from ivisit.gui.toolkit.dialogs import FormDialog, TextDialog
from ivisit.gui.toolkit.menus import Choices
from ivisit.gui.toolkit.on_demand import on_demand
from ivisit.sets.wording import local_time

if TYPE_CHECKING:
    from ivisit.gui.window import Window

#: What the menu offers as steps a picture.
STEPS_A_FRAME = (1, 2, 5, 10, 20, 50, 100, 500, 1000)
#: What the menu offers to take along of the present state.
OUTWARD: dict[str, Callable[[Window], object]] = {
    "Copy as command": on_demand("ivisit.gui.actions.copying", "copy_as_command"),
    "Copy as Python": on_demand("ivisit.gui.actions.copying", "copy_as_python"),
    "Save picture of the window ...": on_demand(
        "ivisit.gui.actions.window_picture", "save_window_picture"
    ),
    "Record a film ...": on_demand("ivisit.gui.actions.film_dialog", "ask_film"),
}
#: Classes of widgets for which a blank or a letter means something.
TYPING = ("Entry", "TEntry", "TCombobox", "Text", "TButton", "TCheckbutton", "TRadiobutton")


def with_caps_lock(sequence: str) -> tuple[str, ...]:
    """Return a shortcut, and what the keyboard makes of it while Caps Lock is on.

    >>> with_caps_lock("<Control-s>"), with_caps_lock("<F5>")
    (('<Control-s>', '<Control-S>'), ('<F5>',))
    """
    head, _, key = sequence.strip("<>").rpartition("-")
    if len(key) != 1 or not key.isalpha():
        return (sequence,)
    return sequence, f"<{head}-{key.swapcase()}>"


class MenuBar(tk.Menu):
    """The menu bar of a window."""

    def __init__(self, window: Window) -> None:
        super().__init__(window.root, tearoff=False, borderwidth=0)
        self.window = window
        self._add_file()
        self._add_edit()
        self._add_simulation()
        self._add_view()
        self._add_help()
        self._bind_keys()
        self.slider_menu = SliderMenu(window, self)
        self.show_pace()
        self.show_live()

    def _submenu(self, label: str, parent: tk.Menu | None = None, **options: Any) -> tk.Menu:
        parent = parent or self
        menu = tk.Menu(parent, tearoff=False, **options)
        # Alt and the first letter open the menus of the bar.
        parent.add_cascade(label=label, menu=menu, underline=0 if parent is self else -1)
        return menu

    def _add_file(self) -> None:
        window, sets = self.window, self.window.sets
        menu = self._submenu("File", postcommand=window.values.commit_typing)
        menu.add_command(label="New parameter set", command=sets.new)
        self.load_menu = self._submenu("Load", menu, postcommand=self._list_sets)
        self.version_menu = self._submenu("Former versions", menu, postcommand=self._list_versions)
        menu.add_command(label="Save", accelerator="Ctrl+S", command=sets.save)
        menu.add_command(label="Save as ...", accelerator="Ctrl+Shift+S", command=sets.ask_name)
        menu.add_command(label="Delete this set", command=sets.delete)
        menu.add_separator()
        menu.add_command(label="Save session ...", command=lambda: window.sessions.ask_file())
        menu.add_command(label="Play session ...", command=lambda: window.sessions.ask_played())
        for label, command in OUTWARD.items():
            menu.add_command(label=label, command=partial(command, window))
        menu.add_separator()
        menu.add_command(label="Quit", accelerator="Ctrl+Q", command=window.quit)

    def _add_edit(self) -> None:
        window = self.window
        menu = self._submenu("Edit", postcommand=self._name_undo)
        menu.add_command(label="Undo", accelerator="Ctrl+Z", command=window.values.undo)
        menu.add_command(label="Redo", accelerator="Ctrl+Y", command=window.values.redo)
        menu.add_command(label="Back to the saved values", command=window.sets.go_back)
        self.edit_menu = menu

    def _add_simulation(self) -> None:
        window = self.window
        menu = self._submenu("Simulation", postcommand=window.values.commit_typing)
        menu.add_command(label="Run/Stop", accelerator="Space", command=window.toggle_run)
        menu.add_command(label="Init", accelerator="F5", command=window.init)
        menu.add_command(label="Step", accelerator="F6", command=window.step)
        menu.add_command(label="Run until ...", command=self.ask_until)
        menu.add_separator()
        self._live_variable = f"live{menu}"
        menu.add_checkbutton(
            label="Live",
            variable=self._live_variable,  # type: ignore[arg-type]
            onvalue="1",
            offvalue="0",
            command=lambda: window.set_live(self.getvar(self._live_variable) in ("1", 1)),
        )
        self.frame_choices = Choices(menu, "Steps a picture", "frames", self._set_steps_per_frame)
        self.frame_choices.add("As many as fit", None)
        for steps in STEPS_A_FRAME:
            self.frame_choices.add(f"Exactly {steps:,}", steps)
        menu.add_separator()
        menu.add_command(label="Compare ...", command=self.ask_comparison)
        menu.add_command(label="Seed ...", command=self.ask_seed)
        menu.add_command(label="Reload source", accelerator="Ctrl+R", command=window.source.reload)
        self.simulation_menu = menu
        self._offered: list[str] = []

    def _set_steps_per_frame(self, steps: int | None) -> None:
        self.window.session.worker.steps_per_frame = steps

    def show_pace(self) -> None:
        """Mark how many steps a picture there are."""
        self.frame_choices.show(self.window.session.worker.steps_per_frame)

    def show_live(self) -> None:
        """Mark whether changes compute a step."""
        self.setvar(self._live_variable, "1" if self.window.session.live else "0")

    def offer(self, text: str, command: Callable[[], Any]) -> None:
        """Add an entry of the simulation's own, or replace the one of that text."""
        if text in self._offered:
            self.simulation_menu.entryconfigure(text, command=command)
            return
        if not self._offered:
            self.simulation_menu.add_separator()
        self._offered.append(text)
        self.simulation_menu.add_command(label=text, command=command)

    def _add_view(self) -> None:
        window = self.window
        menu = self._submenu("View")
        # A Tcl variable by name: see `theme`.
        self.dark_variable = f"dark{self}"
        self.setvar(self.dark_variable, "0")
        menu.add_checkbutton(
            label="Dark",
            variable=self.dark_variable,  # type: ignore[arg-type]
            onvalue="1",
            offvalue="0",
            command=lambda: window.set_dark(self.getvar(self.dark_variable) in ("1", 1)),
        )
        for label, key, change in (("Larger text", "Ctrl++", 1), ("Smaller text", "Ctrl+-", -1)):
            menu.add_command(
                label=label,
                accelerator=key,
                command=partial(self._change_font, change),
            )
        menu.add_command(
            label="Normal text", accelerator="Ctrl+0", command=lambda: window.set_font_size(0)
        )
        menu.add_separator()
        self.panel_menu = self._submenu("Panels", menu, postcommand=self._list_panels)
        menu.add_command(label="Reset layout", command=window.arranging.reset)
        menu.add_command(
            label="Arrange automatically", command=window.arranging.arrange_automatically
        )
        menu.add_separator()
        menu.add_command(
            label="Parameter sets", accelerator="Ctrl+B", command=lambda: window.browser.toggle()
        )
        menu.add_command(label="Changes", command=lambda: window.changes.toggle())
        menu.add_command(
            label="Console", accelerator="Ctrl+J", command=lambda: window.console.toggle()
        )

    def _change_font(self, change: int) -> None:
        self.window.set_font_size(self.window.font_size + change)

    def show_dark(self, dark: bool) -> None:
        """Mark whether the colors are dark."""
        self.setvar(self.dark_variable, "1" if dark else "0")

    def _list_panels(self) -> None:
        """List the panels; those that are shown are marked."""
        list_panels(self.panel_menu, self.window.arranging.layout)
        self.window.theme.color_menu(self.panel_menu)

    def _add_help(self) -> None:
        window = self.window
        menu = self._submenu("Help")
        menu.add_command(label="This simulation", accelerator="F1", command=self.show_help)
        menu.add_command(
            label="The window",
            command=lambda: TextDialog(window, "The window", help_texts.WINDOW_HELP),
        )
        menu.add_command(label="Keys", accelerator="?", command=self.show_keys)
        menu.add_command(
            label="About ivisit",
            command=lambda: on_demand("ivisit.gui.bars.about", "AboutDialog")(window),
        )

    def _bind_keys(self) -> None:
        window = self.window
        commands: dict[str, Callable[[], object]] = {
            "<Control-s>": window.sets.save,
            "<Control-Shift-S>": window.sets.ask_name,
            "<Control-z>": self._undo,
            "<Control-y>": self._redo,
            "<Control-Shift-Z>": self._redo,
            "<Control-r>": window.source.reload,
            "<Control-q>": window.quit,
            "<F1>": self.show_help,
            "<F5>": window.init,
            "<F6>": window.step,
            "<Escape>": window.escape,
            "<Control-b>": lambda: window.browser.toggle(),
            "<Control-j>": lambda: window.console.toggle(),
            "<Control-plus>": partial(self._change_font, 1),
            "<Control-minus>": partial(self._change_font, -1),
            "<Control-0>": lambda: window.set_font_size(0),
        }
        for key, command in commands.items():
            for sequence in with_caps_lock(key):
                window.root.bind(sequence, lambda event, command=command: self._press(command))  # type: ignore[misc]
        window.root.bind("<space>", partial(self._press_letter, window.toggle_run))
        window.root.bind("<question>", partial(self._press_letter, self.show_keys))

    def _press(self, command: Callable[[], object]) -> None:
        # What is being typed counts first.
        if command not in (self._undo, self._redo):
            self.window.values.commit_typing()
        command()

    def _undo(self) -> None:
        """Take back words while a text is typed, else the last change."""
        if not self.window.word_undo.undo():
            self.window.values.commit_typing()
            self.window.values.undo()

    def _redo(self) -> None:
        if not self.window.word_undo.redo():
            self.window.values.commit_typing()
            self.window.values.redo()

    def _press_letter(self, command: Callable[[], object], event: Any) -> None:
        """Do what a key means that may also be typed."""
        if isinstance(event.widget, tk.Misc) and event.widget.winfo_class() not in TYPING:
            command()

    # Menus that are filled when they open ---------------------------------------------------

    def _list_sets(self) -> None:
        self.load_menu.delete(0, "end")
        names = self.window.sets.names()
        for name in names:
            self.load_menu.add_command(
                label=name,
                command=lambda name=name: self.window.sets.load(name),  # type: ignore[misc]
            )
        if not names:
            self.load_menu.add_command(label="(nothing saved yet)", state="disabled")
        self.window.theme.color_menu(self.load_menu)

    def _list_versions(self) -> None:
        self.version_menu.delete(0, "end")
        versions = self.window.sets.history()
        for stored in versions:
            time = local_time(stored.saved_at)
            self.version_menu.add_command(
                label=f"{stored.version}: {time}  {stored.comment}"[:70]
                if not stored.damage
                else f"{stored.version}: damaged",
                command=lambda s=stored: self.window.sets.load(s.name, s.version),  # type: ignore[misc]
            )
        if not versions:
            self.version_menu.add_command(label="(no set is shown)", state="disabled")
        self.window.theme.color_menu(self.version_menu)

    def _name_undo(self) -> None:
        stack = self.window.values.undo_stack
        for index, word, label in ((0, "Undo", stack.next_undo), (1, "Redo", stack.next_redo)):
            self.edit_menu.entryconfigure(
                index, label=f"{word} {label}".strip(), state="normal" if label else "disabled"
            )

    # Commands -------------------------------------------------------------------------------

    def show_help(self) -> None:
        """Show what the simulation, its controls and its panels mean."""
        simulation = self.window.session.simulation_class
        TextDialog(self.window, f"About {simulation.key}", help_texts.describe(simulation))

    def show_keys(self) -> None:
        """Show what keys do."""
        TextDialog(self.window, "Keys", help_texts.KEYS)

    def ask_seed(self) -> FormDialog:
        """Ask for the seed of the next runs."""
        return FormDialog(
            self.window,
            "Seed",
            {"Seed": str(self.window.engine.seed)},
            self._take_seed,
            text="Same seed and parameters, same results. An empty field draws a new seed. "
            "It counts from the next Init on.",
        )

    def _take_seed(self, fields: dict[str, str]) -> str:
        text = fields["Seed"].strip()
        try:
            self.window.session.set_seed(int(text) if text else None)
        except (ValueError, ParameterError):
            return f"A seed is a whole number from 0 on, not {text!r}."
        self.window.status.update_texts()
        return ""

    def ask_comparison(self) -> None:
        """Ask which parameter sets are to be compared."""
        # Few windows ever compare anything.
        from ivisit.gui.comparison import ask_comparison

        ask_comparison(self.window)

    def ask_until(self) -> FormDialog:
        """Ask for a trace and a value, and run until the trace crosses it."""
        names = list(self.window.engine.recorder.names)
        return FormDialog(
            self.window,
            "Run until",
            {"Trace": names[0] if names else "", "Value": "0", "Steps at the most": "1000000"},
            self._run_until,
            text=f"Run until a trace crosses a value. Traces: {', '.join(names) or 'none'}.",
            button="Run",
        )

    def _run_until(self, fields: dict[str, str]) -> str:
        name = fields["Trace"].strip()
        try:
            condition = crossing(self.window.session.simulation_class, name, fields["Value"])
            most = int(fields["Steps at the most"])
        except ParameterError as error:
            return str(error)
        except ValueError:
            return "Steps at the most: a whole number."
        if most < 1:
            return "Steps at the most: a whole number from 1 on."
        self.window.run_for(most, condition)
        return ""
