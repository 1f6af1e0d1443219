"""The bar of a comparison: running all lanes, and which of them a control changes."""

from __future__ import annotations

from collections.abc import Callable
from tkinter import ttk
from typing import TYPE_CHECKING

from ivisit.gui.toolkit.tooltip import Tooltip

if TYPE_CHECKING:
    from ivisit.gui.comparison.window import ComparisonWindow

#: Letters of a lane's name on the switch.
LONGEST = 16


class ComparisonToolbar(ttk.Frame):
    """Run/Stop, Step, Init, Live, the switch of the controls, and which difference is shown."""

    def __init__(self, window: ComparisonWindow) -> None:
        px = window.theme.pixels
        super().__init__(window.root, padding=(px(10), px(8), px(10), px(6)))
        self.window = window
        run = window.lockstep
        self.run_button = self._button("Run", run.toggle, "Run or stop all (space)")
        self.run_button.configure(width=7, style="Accent.TButton")
        self.step_button = self._button("Step", run.step, "Compute one step in all (F6)")
        self.init_button = self._button("Init", window.init, "Start a new run in all (F5)")
        # Tcl variables by name: see `theme`.
        self.live_variable = f"live{self}"
        self.live_box = ttk.Checkbutton(
            self,
            text="Live",
            variable=self.live_variable,  # type: ignore[arg-type]
            onvalue="1",
            offvalue="0",
            command=self._set_live,
        )
        self.live_box.pack(side="left", padx=(px(6), px(14)))
        Tooltip(
            self.live_box,
            "While nothing runs, a changed value computes a step in all at once",
            window.theme,
        )
        self.setvar(self.live_variable, "1" if run.live else "0")
        self._make_switch()
        if len(window.lanes) > 2:
            self._make_pairs()
        self._running: bool | None = None
        self.show_running()

    def _button(self, text: str, command: Callable[[], object], help_text: str) -> ttk.Button:
        button = ttk.Button(self, text=text, command=command)
        # After a click the blank runs and stops again; Tab leads to the button all the same.
        button.bind("<ButtonRelease-1>", lambda event: self.window.root.focus_set(), add=True)
        button.pack(side="left", padx=(0, self.window.theme.pixels(6)))
        Tooltip(button, help_text, self.window.theme)
        return button

    def _make_switch(self) -> None:
        px = self.window.theme.pixels
        self.switch_variable = f"switch{self}"
        self.setvar(self.switch_variable, "-1")
        label = ttk.Label(self, text="Change")
        label.pack(side="left", padx=(0, px(6)))
        self.switch: list[ttk.Radiobutton] = []
        names = [short(lane.name) for lane in self.window.lanes]
        for place, name in enumerate(["all", *names], start=-1):
            button = ttk.Radiobutton(
                self,
                text=name,
                value=str(place),
                variable=self.switch_variable,  # type: ignore[arg-type]
                command=self._switch,
            )
            button.pack(side="left", padx=(0, px(8)))
            self.switch.append(button)
        Tooltip(
            label, "Whether a control changes its value in all, or in one alone", self.window.theme
        )

    def _switch(self) -> None:
        place = int(self.getvar(self.switch_variable))
        self.window.choose(None if place < 0 else self.window.lanes[place])

    def _make_pairs(self) -> None:
        px = self.window.theme.pixels
        lanes = self.window.lanes
        self.pairs = [(one, other) for one in range(len(lanes)) for other in range(one)]
        texts = [f"{short(lanes[a].name)} − {short(lanes[b].name)}" for a, b in self.pairs]
        self.pair_box = ttk.Combobox(self, state="readonly", values=texts, width=20)
        self.pair_box.current(0)
        self.pair_box.bind("<<ComboboxSelected>>", self._choose_pair)
        self.pair_box.pack(side="right")
        ttk.Label(self, text="Difference").pack(side="right", padx=(px(12), px(6)))

    def _choose_pair(self, event: object) -> None:
        self.window.choose_pair(self.pairs[self.pair_box.current()])
        self.window.root.focus_set()

    def _set_live(self) -> None:
        self.window.lockstep.live = self.getvar(self.live_variable) in ("1", 1)

    def show_running(self) -> None:
        """Have the first button say what it does."""
        running = self.window.lockstep.running
        if running != self._running:
            self._running = running
            self.run_button.configure(text="Stop" if running else "Run")


def short(name: str) -> str:
    """Return a name for a narrow place.

    >>> short("calm"), short("a very long name of a set")
    ('calm', 'a very long nam…')
    """
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
