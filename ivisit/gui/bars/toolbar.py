"""The toolbar: run controls, pace, and the parameter sets."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from ivisit.gui.toolkit.tooltip import Tooltip

if TYPE_CHECKING:
    from ivisit.gui.window import Window

#: What the field "Steps a frame" offers.
FASTEST = "max"
PACES = (FASTEST, "1", "2", "5", "10", "20", "50", "100", "1000")
DELAYS = ("0", "10", "50", "100", "200", "500", "1000")
#: The longest delay: an hour.
LONGEST_DELAY = 3_600_000


class Toolbar(ttk.Frame):
    """Init, Step, Run/Stop, steps a frame, delay, and the choice of the parameter set."""

    def __init__(self, window: Window) -> None:
        px = window.theme.pixels
        super().__init__(window.root, padding=(px(10), px(8), px(10), px(6)))
        self.window = window
        self.run_button = self._button("Run", window.toggle_run, "Run or stop (space)")
        self.step_button = self._button("Step", window.step, "Compute one step (F6)")
        self.init_button = self._button("Init", window.init, "Start a new run (F5)")
        self.run_button.configure(width=7, style="Accent.TButton")
        self._gap()
        help_text = (
            "Steps computed for each picture on the screen, 60 times a second.\n"
            "max: as many as possible."
        )
        self.pace = self._box("Steps/frame", PACES, 6, self._set_pace, help_text)
        self.delay = self._box(
            "Delay", DELAYS, 6, self._set_delay, "Milliseconds to wait after each picture."
        )
        ttk.Label(self, text="ms", style="Muted.TLabel").pack(side="left", padx=(px(4), 0))
        self.save_button = ttk.Button(self, text="Save", command=window.sets.save, takefocus=False)
        self.save_button.pack(side="right", padx=(px(8), 0))
        Tooltip(self.save_button, "Save the parameter set (Ctrl-S)", window.theme)
        self.sets = ttk.Combobox(self, state="readonly", width=20, postcommand=self.list_sets)
        self.sets.pack(side="right")
        self.sets.bind("<<ComboboxSelected>>", self._load)
        Tooltip(self.sets, self._describe_set, window.theme)
        ttk.Label(self, text="Parameter set").pack(side="right", padx=(px(12), px(8)))
        self.show_pace()

    def _button(self, text: str, command: Callable[[], object], help_text: str) -> ttk.Button:
        # A click must not take the focus: the blank would then press the button again.
        button = ttk.Button(self, text=text, command=command, takefocus=False)
        button.pack(side="left", padx=(0, self.window.theme.pixels(6)))
        Tooltip(button, help_text, self.window.theme)
        return button

    def _gap(self) -> None:
        ttk.Frame(self, width=self.window.theme.pixels(10)).pack(side="left")

    def _box(
        self, label: str, values: tuple[str, ...], width: int, command: Any, help_text: str
    ) -> ttk.Combobox:
        px = self.window.theme.pixels
        ttk.Label(self, text=label).pack(side="left", padx=(px(8), px(6)))
        box = ttk.Combobox(self, values=values, width=width)
        box.pack(side="left")
        for event in ("<<ComboboxSelected>>", "<Return>", "<KP_Enter>", "<FocusOut>"):
            box.bind(event, command)
        Tooltip(box, help_text, self.window.theme)
        return box

    # Pace -----------------------------------------------------------------------------------

    def show_pace(self) -> None:
        """Display steps a frame and delay of the worker."""
        worker = self.window.session.worker
        self.pace.set(FASTEST if worker.steps_per_frame is None else worker.steps_per_frame)
        self.delay.set(f"{worker.delay * 1000:g}")

    def _set_pace(self, event: tk.Event) -> None:
        text = self.pace.get().strip()
        if text == FASTEST or (text.isascii() and text.isdigit() and int(text) > 0):
            self.window.session.worker.steps_per_frame = None if text == FASTEST else int(text)
        else:
            self.window.say(f"Steps a frame: a whole number from 1 on, or {FASTEST}, not {text!r}")
        self._done(event)

    def _set_delay(self, event: tk.Event) -> None:
        text = self.delay.get().strip()
        if text.isascii() and text.isdigit() and int(text) <= LONGEST_DELAY:
            self.window.session.worker.delay = int(text) / 1000
        else:
            self.window.say(f"Delay: whole milliseconds up to {LONGEST_DELAY}, not {text!r}")
        self._done(event)

    def _done(self, event: tk.Event) -> None:
        """Show what counts, and give a blank its meaning again."""
        self.show_pace()
        for box in (self.pace, self.delay):
            box.select_clear()
        if str(event.type) != "FocusOut":
            self.window.root.focus_set()

    def show_running(self, running: bool) -> None:
        """Have the button say what it does."""
        text = "Stop" if running else "Run"
        if self.run_button.cget("text") != text:
            self.run_button.configure(text=text)

    # Parameter sets -------------------------------------------------------------------------

    def list_sets(self) -> None:
        """Fill the list of parameter sets."""
        self.sets.configure(values=self.window.sets.names())

    def show_set(self, name: str) -> None:
        """Display the name of the present parameter set."""
        self.sets.set(name)
        self.sets.select_clear()

    def _load(self, event: tk.Event) -> None:
        self.window.root.focus_set()
        name = self.sets.get()
        self.show_set(self.window.sets.name)  # until it is loaded
        self.window.sets.load(name)

    def _describe_set(self) -> str:
        return self.window.sets.description() or "Load a parameter set"
