"""The toolbar: run controls, Live, speed, and the parameter sets."""

from __future__ import annotations

import math
import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import TYPE_CHECKING, Literal

from ivisit.gui.toolkit.tooltip import Tooltip

if TYPE_CHECKING:
    from ivisit.gui.window import Window

#: Steps a second at the left end and just before the right end of the speed's slider; the right
#: end itself is as fast as possible.
SLOWEST, FASTEST = 1.0, 10_000.0
#: Place on the slider from which on the speed is not limited.
UNLIMITED = 0.97
#: Room on the left and on the right at 96 dpi.
MARGIN = 10
#: What the field "For" offers.
COUNTS = ("10", "100", "1000", "10000")


class Toolbar(ttk.Frame):
    """Run/Stop, Step, Init, Live, speed, running for n steps, and the parameter set."""

    def __init__(self, window: Window) -> None:
        px = window.theme.pixels
        super().__init__(window.root, padding=(px(MARGIN), px(8), px(MARGIN), px(6)))
        self.window = window
        #: Labels that others can do without, the most needed one first.
        self.words: list[tk.Widget] = []
        self.run_button = self._button("Run", window.toggle_run, "Run or stop (space)")
        self.step_button = self._button("Step", window.step, "Compute one step (F6)")
        self.init_button = self._button("Init", window.init, "Start a new run (F5)")
        self.run_button.configure(width=7, style="Accent.TButton")
        self._make_live()
        self._make_speed()
        self._make_count()
        self.save_button = ttk.Button(self, text="Save", command=window.sets.save)
        self.save_button.pack(side="right", padx=(px(8), 0))
        Tooltip(self.save_button, "Save the parameter set (Ctrl-S)", window.theme)
        self.sets = ttk.Combobox(self, state="readonly", width=16, postcommand=self.list_sets)
        self.sets.pack(side="right")
        self.sets.bind("<<ComboboxSelected>>", self._load)
        Tooltip(self.sets, self._describe_set, window.theme)
        self._word("Set", "right", (px(12), px(6)))
        #: All parts in the order in which they were packed, and how.
        self._places = [(part, part.pack_info()) for part in self.pack_slaves()]
        self.bind("<Configure>", self._fit_words, add=True)
        self.save_button.lift()  # behind the set, for the Tab key, too
        self.show_pace()
        self.show_live()

    def _button(self, text: str, command: Callable[[], object], help_text: str) -> ttk.Button:
        button = ttk.Button(self, text=text, command=command)
        # After a click the blank runs and stops again; Tab leads to the button all the same.
        button.bind("<ButtonRelease-1>", lambda event: self.window.root.focus_set(), add=True)
        button.pack(side="left", padx=(0, self.window.theme.pixels(6)))
        Tooltip(button, help_text, self.window.theme)
        return button

    def _word(self, text: str, side: Literal["left", "right"], padx: tuple[int, int]) -> None:
        label = ttk.Label(self, text=text)
        label.pack(side=side, padx=padx)
        self.words.append(label)

    def _fit_words(self, event: tk.Event) -> None:
        """Leave words out where fields and buttons would be cut; tooltips tell the same."""
        missing = 2 * self.window.theme.pixels(MARGIN) - event.width
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

    def _make_live(self) -> None:
        px = self.window.theme.pixels
        # A Tcl variable by name: see `theme`.
        self.live_variable = f"live{self}"
        self.live_box = ttk.Checkbutton(
            self,
            text="Live",
            variable=self.live_variable,  # type: ignore[arg-type]
            onvalue="1",
            offvalue="0",
            command=self._set_live,
        )
        self.live_box.pack(side="left", padx=(px(6), px(8)))
        Tooltip(
            self.live_box,
            "While nothing runs, a changed value computes a step at once, so that the picture "
            "follows the hand",
            self.window.theme,
        )

    def _make_speed(self) -> None:
        px = self.window.theme.pixels
        self._word("Speed", "left", (px(8), px(6)))
        self.speed = ttk.Scale(self, from_=0.0, to=1.0, length=px(90), command=self._set_speed)
        self.speed.pack(side="left")
        self.speed_label = ttk.Label(self, style="Muted.TLabel", width=8, anchor="w")
        self.speed_label.pack(side="left", padx=(px(6), 0))
        self.words.append(self.speed_label)
        for widget in (self.speed, self.speed_label):
            Tooltip(
                widget,
                "Steps a second at the most; on the right as many as possible. The status line "
                "shows how many there are",
                self.window.theme,
            )

    def _make_count(self) -> None:
        px = self.window.theme.pixels
        self._word("For", "left", (px(8), px(6)))
        self.count = ttk.Combobox(self, values=COUNTS, width=6)
        self.count.pack(side="left")
        self.count.set("1000")
        for event in ("<<ComboboxSelected>>", "<Return>", "<KP_Enter>"):
            self.count.bind(event, self._run_for)
        Tooltip(self.count, "Enter runs for so many steps, then stops", self.window.theme)

    # Running --------------------------------------------------------------------------------

    def _set_live(self) -> None:
        self.window.set_live(self.getvar(self.live_variable) in ("1", 1))

    def show_live(self) -> None:
        """Display whether changes compute a step."""
        self.setvar(self.live_variable, "1" if self.window.session.live else "0")

    def show_pace(self) -> None:
        """Display the speed of the worker."""
        worker = self.window.session.worker
        rate = worker.steps_per_delay / worker.delay if worker.delay else worker.rate
        self.speed.configure(value=place_of(rate))
        self.speed_label.configure(text=speed_text(rate))

    def _set_speed(self, place: str) -> None:
        rate = rate_at(float(place))
        worker = self.window.session.worker
        # Who chooses a speed does not wait as an old script would.
        worker.rate, worker.delay = rate, 0.0
        self.speed_label.configure(text=speed_text(rate))

    def _run_for(self, event: tk.Event) -> None:
        text = self.count.get().strip()
        self.count.select_clear()
        if text.isascii() and text.isdigit() and int(text) > 0:
            self.window.root.focus_set()
            self.window.run_for(int(text))
        else:
            self.window.say(f"Running for n steps: a whole number from 1 on, not {text!r}")

    def show_running(self, running: bool) -> None:
        """Have the button say what it does."""
        text = "Stop" if running else "Run"
        if self.run_button.cget("text") != text:
            self.run_button.configure(text=text)

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
