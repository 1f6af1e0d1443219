"""The bar of a comparison: running all lanes, and which of them a control changes."""

from __future__ import annotations

from tkinter import ttk
from typing import TYPE_CHECKING

from ivisit.gui.bars.run_bar import RunBar, RunCommands
from ivisit.gui.toolkit.shortening import shortened
from ivisit.gui.toolkit.tooltip import Tooltip

if TYPE_CHECKING:
    from ivisit.gui.comparison.window import ComparisonWindow

#: Letters of a lane's name on the switch.
LONGEST = 16


class ComparisonToolbar(RunBar):
    """The parts of a `RunBar`, the switch of the controls, and which difference is shown."""

    def __init__(self, window: ComparisonWindow) -> None:
        self.window = window
        run = window.lockstep
        super().__init__(
            window.root,
            window.theme,
            RunCommands(
                run.toggle, run.step, window.init, self._set_live, self._set_rate, " in all"
            ),
        )
        self._make_switch()
        if len(window.lanes) > 2:
            self._make_pairs()
        self.settle()
        self.show_live(run.live)
        self.show_rate(run.rate)

    def _make_switch(self) -> None:
        px = self.window.theme.pixels
        self.switch_variable = f"switch{self}"
        self.setvar(self.switch_variable, "-1")
        label = self.word("Change", "left", (px(12), px(6)))
        self.words.insert(0, self.words.pop())  # without it nobody knows what is switched
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
        for button, lane in zip(self.switch[1:], self.window.lanes, strict=True):
            Tooltip(button, f"A control changes its value in {lane.name} alone", self.window.theme)
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
        self.word("Difference", "right", (px(12), px(6)))

    def _choose_pair(self, event: object) -> None:
        self.window.choose_pair(self.pairs[self.pair_box.current()])
        self.window.root.focus_set()

    def _set_live(self, live: bool) -> None:
        self.window.lockstep.live = live

    def _set_rate(self, rate: float | None) -> None:
        self.window.lockstep.set_rate(rate)


def short(name: str) -> str:
    """Return a name for a narrow place.

    >>> short("calm"), short("a very long name of a set")
    ('calm', 'a very l…f a set')
    """
    return shortened(name, lambda text: len(text) <= LONGEST)
