"""The toolbar: run controls, Live, speed, and the parameter sets."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import TYPE_CHECKING

from ivisit.gui.bars.run_bar import RunBar, RunCommands
from ivisit.gui.toolkit.tooltip import Tooltip

if TYPE_CHECKING:
    from ivisit.gui.window import Window

#: What the field "For" offers.
COUNTS = ("10", "100", "1000", "10000")


class Toolbar(RunBar):
    """Run/Stop, Step, Init, Live, speed, running for n steps, and the parameter set."""

    def __init__(self, window: Window) -> None:
        self.window = window
        super().__init__(
            window.root,
            window.theme,
            RunCommands(
                window.toggle_run, window.step, window.init, window.set_live, self._set_rate
            ),
        )
        px = window.theme.pixels
        self._make_count()
        self.save_button = ttk.Button(self, text="Save", command=window.sets.save)
        self.save_button.pack(side="right", padx=(px(8), 0))
        Tooltip(self.save_button, "Save the parameter set (Ctrl-S)", window.theme)
        self.sets = ttk.Combobox(self, state="readonly", width=16, postcommand=self.list_sets)
        self.sets.pack(side="right")
        self.sets.bind("<<ComboboxSelected>>", self._load)
        Tooltip(self.sets, self._describe_set, window.theme)
        self.word("Set", "right", (px(12), px(6)))
        self.settle()
        self.save_button.lift()  # behind the set, for the Tab key, too
        self.show_pace()
        self.show_live(window.session.live)

    def _make_count(self) -> None:
        px = self.window.theme.pixels
        self.word("For", "left", (px(8), px(6)))
        self.count = ttk.Combobox(self, values=COUNTS, width=6)
        self.count.pack(side="left")
        self.count.set("1000")
        for event in ("<<ComboboxSelected>>", "<Return>", "<KP_Enter>"):
            self.count.bind(event, self._run_for)
        Tooltip(self.count, "Enter runs for so many steps, then stops", self.window.theme)

    # Running --------------------------------------------------------------------------------

    def show_pace(self) -> None:
        """Display the speed of the worker."""
        worker = self.window.session.worker
        self.show_rate(worker.steps_per_delay / worker.delay if worker.delay else worker.rate)

    def _set_rate(self, rate: float | None) -> None:
        worker = self.window.session.worker
        # Who chooses a speed does not wait as an old script would.
        worker.rate, worker.delay = rate, 0.0

    def _run_for(self, event: tk.Event) -> None:
        text = self.count.get().strip()
        self.count.select_clear()
        if text.isascii() and text.isdigit() and int(text) > 0:
            self.window.root.focus_set()
            self.window.run_for(int(text))
        else:
            self.window.say(f"Running for n steps: a whole number from 1 on, not {text!r}")

    # Parameter sets -------------------------------------------------------------------------

    def list_sets(self) -> None:
        """Fill the list of parameter sets."""
        self.sets.configure(values=self.window.sets.names())

    def show_set(self, title: str) -> None:
        """Display name and version of the present parameter set, and how many values differ."""
        self.sets.set(title)
        self.sets.select_clear()

    def _load(self, event: tk.Event) -> None:
        self.window.root.focus_set()
        name = self.sets.get()
        self.show_set(self.window.sets.short_title())  # until it is loaded
        self.window.sets.load(name)

    def _describe_set(self) -> str:
        return self.window.sets.description() or "Load a parameter set"
