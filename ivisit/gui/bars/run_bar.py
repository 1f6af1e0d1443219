"""`RunBar`: what every bar over a running simulation has, that of a window and of a comparison."""

from __future__ import annotations

import math
import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from tkinter import ttk
from typing import Literal

from ivisit.gui.toolkit.theme import Theme
from ivisit.gui.toolkit.tooltip import Tooltip

#: Steps a second at the left end and just before the right end of the speed's slider; the right
#: end itself is as fast as possible.
SLOWEST, FASTEST = 1.0, 10_000.0
#: Place on the slider from which on the speed is not limited.
UNLIMITED = 0.97
#: Room on the left and on the right at 96 dpi.
MARGIN = 10


@dataclass(frozen=True)
class RunCommands:
    """What the parts of a `RunBar` do.

    Attributes
    ----------
    toggle, step, init : callable
        Run or stop; compute one step; start a new run.
    set_live : callable
        ``set_live(live)``: whether a changed value computes a step while nothing runs.
    set_rate : callable
        ``set_rate(rate)``: steps a second at the most, None: as many as possible.
    scope : str
        What the tooltips add, as " in all".
    """

    toggle: Callable[[], object]
    step: Callable[[], object]
    init: Callable[[], object]
    set_live: Callable[[bool], object]
    set_rate: Callable[[float | None], object]
    scope: str = ""


class RunBar(ttk.Frame):
    """Run/Stop, Step, Init, Live and speed; whoever inherits it adds more, then calls `settle`.

    Parameters
    ----------
    root : tkinter.Tk or tkinter.Toplevel
        The window.
    theme : Theme
        Looks and sizes.
    commands : RunCommands
        What the buttons do.
    """

    def __init__(self, root: tk.Tk | tk.Toplevel, theme: Theme, commands: RunCommands) -> None:
        px = theme.pixels
        super().__init__(root, padding=(px(MARGIN), px(8), px(MARGIN), px(6)))
        self.theme = theme
        self._root_window = root
        #: Labels that others can do without, the most needed one first.
        self.words: list[tk.Widget] = []
        self._places: list[tuple[tk.Widget, tk._PackInfo]] = []
        scope = commands.scope
        self.run_button = self._button("Run", commands.toggle, f"Run or stop{scope} (space)")
        self.step_button = self._button("Step", commands.step, f"Compute one step{scope} (F6)")
        self.init_button = self._button("Init", commands.init, f"Start a new run{scope} (F5)")
        self.run_button.configure(width=7, style="Accent.TButton")
        self._make_live(commands)
        self._make_speed(commands)

    def _button(self, text: str, command: Callable[[], object], help_text: str) -> ttk.Button:
        button = ttk.Button(self, text=text, command=command)
        # After a click the blank runs and stops again; Tab leads to the button all the same.
        button.bind("<ButtonRelease-1>", lambda event: self._root_window.focus_set(), add=True)
        button.pack(side="left", padx=(0, self.theme.pixels(6)))
        Tooltip(button, help_text, self.theme)
        return button

    def word(self, text: str, side: Literal["left", "right"], padx: tuple[int, int]) -> ttk.Label:
        """Add a label that is left out where there is no room for it."""
        label = ttk.Label(self, text=text)
        label.pack(side=side, padx=padx)
        self.words.append(label)
        return label

    def _make_live(self, commands: RunCommands) -> None:
        px = self.theme.pixels
        # A Tcl variable by name: see `theme`.
        self.live_variable = f"live{self}"
        self.live_box = ttk.Checkbutton(
            self,
            text="Live",
            variable=self.live_variable,  # type: ignore[arg-type]
            onvalue="1",
            offvalue="0",
            command=lambda: commands.set_live(self.getvar(self.live_variable) in ("1", 1)),
        )
        self.live_box.pack(side="left", padx=(px(6), px(8)))
        Tooltip(
            self.live_box,
            f"While nothing runs, a changed value computes a step{commands.scope} at once, so that "
            "the picture follows the hand",
            self.theme,
        )

    def _make_speed(self, commands: RunCommands) -> None:
        px = self.theme.pixels

        def choose(place: str) -> None:
            rate = rate_at(float(place))
            commands.set_rate(rate)
            self.speed_label.configure(text=speed_text(rate))

        self.word("Speed", "left", (px(8), px(6)))
        self.speed = ttk.Scale(self, from_=0.0, to=1.0, length=px(90), command=choose)
        self.speed.pack(side="left")
        self.speed_label = ttk.Label(self, style="Muted.TLabel", width=8, anchor="w")
        self.speed_label.pack(side="left", padx=(px(6), 0))
        self.words.append(self.speed_label)
        for widget in (self.speed, self.speed_label):
            Tooltip(
                widget,
                "Steps a second at the most; on the right as many as possible. The status line "
                "shows how many there are",
                self.theme,
            )

    def settle(self) -> None:
        """All parts are there: from now on words give way to them where there is little room."""
        #: All parts in the order in which they were packed, and how.
        self._places = [(part, part.pack_info()) for part in self.pack_slaves()]
        self.bind("<Configure>", self._fit_words, add=True)

    def _fit_words(self, event: tk.Event) -> None:
        """Leave words out where fields and buttons would be cut; tooltips tell the same."""
        missing = 2 * self.theme.pixels(MARGIN) - event.width
        for part, place in self._places:
            pads = place["padx"] if isinstance(place["padx"], tuple) else (place["padx"],) * 2
            missing += part.winfo_reqwidth() + sum(pads)
        left_out = set()
        for word in reversed(self.words):
            if missing > 0:
                left_out.add(word)
                missing -= word.winfo_reqwidth()
        shown = [part for part, _ in self._places if part not in left_out]
        if shown == self.pack_slaves():
            return
        for part, _ in self._places:
            part.pack_forget()
        for part, place in self._places:
            if part not in left_out:
                part.pack(place)

    def show_live(self, live: bool) -> None:
        """Display whether changes compute a step."""
        self.setvar(self.live_variable, "1" if live else "0")

    def show_rate(self, rate: float | None) -> None:
        """Display the steps a second at the most; None: as many as possible."""
        self.speed.configure(value=place_of(rate))
        self.speed_label.configure(text=speed_text(rate))

    def show_running(self, running: bool) -> None:
        """Have the first button say what it does."""
        text = "Stop" if running else "Run"
        if self.run_button.cget("text") != text:
            self.run_button.configure(text=text)


def rate_at(place: float) -> float | None:
    """Return the steps a second at a place of the slider, rounded; None: as many as possible.

    >>> rate_at(0.0), rate_at(1.0)
    (1.0, None)
    """
    if place >= UNLIMITED:
        return None
    rate = SLOWEST * (FASTEST / SLOWEST) ** (max(place, 0.0) / UNLIMITED)
    return float(f"{rate:.1g}" if rate >= 10 else f"{rate:.0f}")


def place_of(rate: float | None) -> float:
    """Return where on the slider a rate lies."""
    if rate is None:
        return 1.0
    part = math.log(max(rate, SLOWEST) / SLOWEST) / math.log(FASTEST / SLOWEST)
    return min(part, 1.0) * UNLIMITED * 0.999


def speed_text(rate: float | None) -> str:
    """Return a rate as people read it."""
    if rate is None:
        return "max"
    if rate < 1:
        return f"{1 / rate:.3g} s/step"
    return f"{rate / 1000:g}k/s" if rate >= 1000 else f"{rate:.3g}/s"
