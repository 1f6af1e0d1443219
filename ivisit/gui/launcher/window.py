"""`LauncherWindow`: all simulations, to be searched and opened."""

from __future__ import annotations

import gc
import logging
import tkinter as tk
from collections.abc import Sequence
from pathlib import Path
from tkinter import filedialog, ttk
from types import TracebackType
from typing import Any

from ivisit.errors import IVisitError
from ivisit.gui.bars.about import AboutDialog
from ivisit.gui.bars.help_texts import LAUNCHER_HELP
from ivisit.gui.launcher.cards import EntryCard
from ivisit.gui.launcher.catalog import Entry, Search, entries_of, file_entry
from ivisit.gui.launcher.memory import Memory
from ivisit.gui.processes import Child
from ivisit.gui.settings import Settings
from ivisit.gui.toolkit.dialogs import TextDialog
from ivisit.gui.toolkit.editing import select_all_by_key
from ivisit.gui.toolkit.scrolling import ScrolledFrame, scroll_on_tab, scroll_on_wheel
from ivisit.gui.toolkit.theme import DARK, LIGHT, Theme
from ivisit.plugins.template import write_template
from ivisit.runs.repeating import quoted

logger = logging.getLogger(__name__)

#: Milliseconds between two looks at searches and processes.
LOOK = 150
#: Width and height at 96 dpi.
WIDTH, HEIGHT = 820, 640
#: Steps of the command that is copied.
STEPS = 100
NOTHING = (
    "No simulation was found: neither an installed plugin nor a file in ./apps or IVISIT_PATH.\n"
    "'New ...' writes a small one to start from; 'Open file ...' opens one of yours."
)


class LauncherWindow:
    """The window; see `ivisit.gui.launcher`.

    Parameters
    ----------
    options : sequence of str, optional
        Options of ``ivisit gui`` for the windows that are opened.

    Attributes
    ----------
    entries : list of Entry
        All simulations.
    cards : dict of str to EntryCard
        Those that the search shows, by address.
    chosen : str
        Address of the one that buttons and keys mean; empty where there is none.
    opened : list of (Entry, Child)
        The windows that were opened from here.
    """

    def __init__(self, options: Sequence[str] = ()) -> None:
        self.options = list(options)
        self.root = tk.Tk(className="ivisit")
        self.root.withdraw()
        self.alive = True
        self.memory = Memory()
        self.settings = Settings("")
        self.theme = Theme(self.root)
        self.entries: list[Entry] = []
        self.cards: dict[str, EntryCard] = {}
        self.chosen = ""
        self.opened: list[tuple[Entry, Child]] = []
        self._shown: list[Entry] = []
        self._uses = self.memory.uses()
        self._search: Search | None = None
        try:
            self._build()
        except BaseException:
            self.root.destroy()
            raise
        self.look_anew()
        self._timer = self.root.after(LOOK, self._poll)

    def _build(self) -> None:
        root, px = self.root, self.theme.pixels
        root.title("ivisit")
        root.report_callback_exception = self._internal_error
        root.protocol("WM_DELETE_WINDOW", self.close)
        self.theme.apply(LIGHT)
        self.theme.set_font_size(self.settings.get("font_size", int, 0))
        self._build_menu()
        head = ttk.Frame(root, padding=(px(12), px(10), px(12), px(6)))
        head.pack(side="top", fill="x")
        ttk.Label(head, text="Search").pack(side="left", padx=(0, px(8)))
        self.field = ttk.Entry(head)
        self.field.pack(side="left", fill="x", expand=True)
        self.field.bind("<KeyRelease>", lambda event: self.filter(), add=True)
        self.count = ttk.Label(head, style="Muted.TLabel")
        self.count.pack(side="right", padx=(px(12), 0))
        foot = ttk.Frame(root, padding=(px(12), px(6), px(12), px(10)))
        foot.pack(side="bottom", fill="x")
        self.buttons = {
            "Open": ttk.Button(foot, text="Open", style="Accent.TButton", command=self.open_chosen),
            "Copy command": ttk.Button(foot, text="Copy command", command=self.copy_command),
            "Open file ...": ttk.Button(foot, text="Open file ...", command=self.ask_file),
            "New ...": ttk.Button(foot, text="New ...", command=self.ask_new),
        }
        for button in self.buttons.values():
            button.pack(side="left", padx=(0, px(8)))
        self.message = ttk.Label(foot, style="Muted.TLabel", anchor="e")
        self.message.pack(side="right", fill="x", expand=True)
        self.area = ScrolledFrame(root)
        self.area.pack(fill="both", expand=True, padx=(px(12), px(4)))
        self.area.content.columnconfigure(0, weight=1)
        self.note = ttk.Label(self.area.content, style="Muted.TLabel", justify="left")
        scroll_on_wheel(root)
        scroll_on_tab(root)
        select_all_by_key(root)
        self._bind_keys()
        self.set_dark(self.settings.get("dark", bool, False))
        width = min(px(WIDTH), root.winfo_screenwidth())
        height = min(px(HEIGHT), root.winfo_screenheight() - px(90))
        root.geometry(f"{width}x{height}")
        root.minsize(px(480), px(300))
        root.deiconify()
        self.field.focus_set()

    def _build_menu(self) -> None:
        bar = self.menu = tk.Menu(self.root, tearoff=False, borderwidth=0)
        parts: dict[str, list[tuple[str, str, Any]]] = {
            "File": [
                ("Open", "Enter", self.open_chosen),
                ("Copy command", "", self.copy_command),
                ("Open file ...", "Ctrl+O", self.ask_file),
                ("New ...", "Ctrl+N", self.ask_new),
                ("Look anew", "F5", self.look_anew),
                ("Quit", "Ctrl+Q", self.close),
            ],
            "View": [("Light or dark", "", lambda: self.set_dark(not self.is_dark))],
            "Help": [
                ("The launcher", "F1", self.show_help),
                ("About ivisit", "", lambda: AboutDialog(self)),
            ],
        }
        for label, commands in parts.items():
            menu = tk.Menu(bar, tearoff=False)
            bar.add_cascade(label=label, menu=menu, underline=0)
            for text, key, command in commands:
                menu.add_command(label=text, accelerator=key, command=command)
        self.root.configure(menu=bar)

    def _bind_keys(self) -> None:
        for key, command in {
            "<Down>": lambda: self._move(1),
            "<Up>": lambda: self._move(-1),
            "<Control-o>": self.ask_file,
            "<Control-n>": self.ask_new,
            "<Control-q>": self.close,
            "<F5>": self.look_anew,
            "<F1>": self.show_help,
            "<Escape>": self._clear,
        }.items():
            self.root.bind(key, lambda event, command=command: command())  # type: ignore[misc]
        # Buttons are pressed by Enter where they have the focus.
        self.field.bind("<Return>", lambda event: self.open_chosen())
        for button in self.buttons.values():
            button.bind("<Return>", lambda event: event.widget.invoke())

    # Looks ----------------------------------------------------------------------------------

    @property
    def is_dark(self) -> bool:
        """Whether the colors are dark."""
        return self.theme.palette is DARK

    def set_dark(self, dark: bool) -> None:
        """Choose the dark or the light colors."""
        self.theme.apply(DARK if dark else LIGHT)
        palette = self.theme.palette
        style = ttk.Style(self.root)
        style.configure("CardProblem.TLabel", background=palette.surface, foreground=palette.danger)
        style.configure("CardProblem.TLabel", font="IvisitSmall")
        self.theme.color_menu(self.menu)
        self.area.color(palette.background)
        for card in self.cards.values():
            card.color(chosen=card.entry.address == self.chosen)
            card.show_picture(self._picture_of(card.entry))

    def say(self, text: str) -> None:
        """Show a message."""
        self.message.configure(text=text)

    def show_help(self) -> None:
        """Show what can be done here."""
        TextDialog(self, "The launcher", LAUNCHER_HELP)

    # The list -------------------------------------------------------------------------------

    def look_anew(self) -> None:
        """Look for all simulations."""
        if self._search is not None:
            self._search.stop()
        self._search = Search()
        self.filter()

    def _poll(self) -> None:
        if self._search is not None and self._search.rows is not None:
            search, self._search = self._search, None
            self.entries = entries_of(search.rows or [], self._uses)
            if search.problem:
                self.say(f"The search has failed: {search.problem}")
            self.filter()
        self._look_after_opened()
        self._timer = self.root.after(LOOK, self._poll)

    def filter(self) -> None:
        """Show what fits the words in the field."""
        words = self.field.get().lower().split()
        shown = [entry for entry in self.entries if entry.matches(words)]
        if shown != self._shown or not shown:
            self._show(shown)
        looking = self._search is not None
        total = f"{len(shown)} of {len(self.entries)}"
        self.count.configure(text="Looking for simulations ..." if looking else total)

    def _show(self, shown: list[Entry]) -> None:
        px = self.theme.pixels
        for card in self.cards.values():
            card.destroy()
        self._shown = shown
        self.cards = {entry.address: EntryCard(self.area.content, self, entry) for entry in shown}
        for row, card in enumerate(self.cards.values()):
            card.grid(row=row, column=0, sticky="ew", pady=(0, px(6)), padx=(0, px(8)))
            card.show_picture(self._picture_of(card.entry))
        self.note.grid_forget()
        if not shown and self._search is None:
            text = "Nothing fits these words." if self.entries else NOTHING
            self.note.configure(text=text)
            self.note.grid(row=0, column=0, sticky="w", pady=px(20), padx=px(4))
        self.choose(self.chosen if self.chosen in self.cards else next(iter(self.cards), ""))
        self.area.canvas.yview_moveto(0.0)

    def _picture_of(self, entry: Entry) -> Path | None:
        return self.memory.picture(entry.known_as)

    def choose(self, address: str) -> None:
        """Mark a simulation as the one that buttons and keys mean."""
        for card in self.cards.values():
            if card.entry.address in (self.chosen, address):
                card.color(chosen=card.entry.address == address)
        self.chosen = address
        state = "normal" if address else "disabled"
        for name in ("Open", "Copy command"):
            self.buttons[name].configure(state=state)

    def _move(self, places: int) -> None:
        """Choose another one, some places below."""
        addresses = list(self.cards)
        if not addresses:
            return
        place = addresses.index(self.chosen) + places if self.chosen in addresses else 0
        self.choose(addresses[min(max(place, 0), len(addresses) - 1)])
        self.area.show_widget(self.cards[self.chosen])

    def _clear(self) -> None:
        self.field.delete(0, "end")
        self.filter()

    # Commands -------------------------------------------------------------------------------

    def open_chosen(self) -> None:
        """Open a window on the chosen simulation."""
        card = self.cards.get(self.chosen)
        if card is not None:
            self.open(card.entry)

    def open(self, entry: Entry) -> None:
        """Open a window on a simulation, in a process of its own."""
        try:
            child = Child(["gui", *self.options, "--", entry.address])
        except OSError as error:
            self.say(f"{entry.name}: cannot be opened: {error.strerror or error}")
        else:
            self.opened.append((entry, child))
            self.say(f"Opening {entry.name} ...")

    def _look_after_opened(self) -> None:
        """Tell which windows have not come, and learn what the others have left behind."""
        ended = [(entry, child) for entry, child in self.opened if child.has_ended]
        for entry, child in ended:
            self.opened.remove((entry, child))
            problem = child.problem()
            child.forget()
            if problem:
                self.say(f"{entry.name}: cannot be opened")
                TextDialog(self, f"{entry.name} cannot be opened", problem)
            else:
                self.say("")
        uses = self.memory.uses() if ended or self.opened else self._uses
        if uses != self._uses or ended:
            self._uses = uses
            rows = [entry.info for entry in self.entries if entry.is_listed]
            self.entries = entries_of(rows, uses)
            self._shown = []
            self.filter()

    def copy_command(self) -> None:
        """Copy the command that runs the chosen simulation without a window."""
        if self.chosen:
            line = quoted(["ivisit", "run", self.chosen, "--steps", str(STEPS)])
            self.root.clipboard_clear()
            self.root.clipboard_append(line)
            self.say(f"Copied: {line}")

    def ask_file(self) -> None:
        """Ask for a file and open it."""
        path = filedialog.askopenfilename(
            parent=self.root, filetypes=[("Simulations", "*.py"), ("All files", "*")]
        )
        if path:
            self.open_file(Path(path))

    def open_file(self, path: Path) -> None:
        """Open a file, also one that is not in the list."""
        entry = file_entry(path.absolute())
        if entry is None:
            self.say(f"{path}: cannot be read")
            return
        self.open(entry)

    def ask_new(self) -> None:
        """Ask for the name of a new file, write a simulation into it, and open it."""
        path = filedialog.asksaveasfilename(
            parent=self.root,
            title="New simulation",
            defaultextension=".py",
            initialfile="my_simulation.py",
            filetypes=[("Simulations", "*.py")],
        )
        if path:
            # The dialog has asked already whether a file may be replaced.
            self.write_new(Path(path))

    def write_new(self, path: Path) -> None:
        """Write a simulation to start from, and open it."""
        try:
            write_template(path, replace=True)
        except IVisitError as error:
            self.say(str(error))
            return
        self.open_file(path)
        self.look_anew()

    # The end --------------------------------------------------------------------------------

    def close(self) -> None:
        """Close the launcher; the windows live on."""
        if not self.alive:
            return
        self.alive = False
        self.settings.keep({"dark": self.is_dark}, {})
        if self._search is not None:
            self._search.stop()
        self.root.after_cancel(self._timer)
        self.root.destroy()
        vars(self).clear()
        self.alive = False
        gc.collect()

    def mainloop(self) -> None:
        """Return when the launcher is closed."""
        if self.alive:
            self.root.mainloop()

    def update(self) -> None:
        """Handle what has happened; for whoever has no `mainloop`."""
        if self.alive:
            self.root.update()

    def _internal_error(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        logger.error("internal error", exc_info=(kind, error, trace))
        if self.alive:
            self.say(f"Internal error: {error}")
