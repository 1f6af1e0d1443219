"""`ComparisonWindow`: two to four sets of one simulation, side by side and step by step."""

from __future__ import annotations

import gc
import logging
import time
import tkinter as tk
from collections.abc import Mapping
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from ivisit.errors import Failure
from ivisit.gui.bars.menu import TYPING, with_caps_lock
from ivisit.gui.bars.messages import MessageBar
from ivisit.gui.bars.status import Rates, rate_text, short_seed, speed_text
from ivisit.gui.comparison.arrangement import ComparisonLayout
from ivisit.gui.comparison.headers import LaneHeader
from ivisit.gui.comparison.hosts import ControlsHost, LaneHost
from ivisit.gui.comparison.lane import Lane
from ivisit.gui.comparison.lockstep import Lockstep
from ivisit.gui.comparison.rows import Frames
from ivisit.gui.comparison.toolbar import ComparisonToolbar
from ivisit.gui.comparison.values import ComparedValues
from ivisit.gui.saving import tell_saved
from ivisit.gui.session import QuickSwitching
from ivisit.link import Saved, Say
from ivisit.simulation import Simulation

if TYPE_CHECKING:
    from ivisit.gui.window import Window

logger = logging.getLogger(__name__)

#: Seconds between two pictures, and between two looks whether the next one is there.
FRAME_TIME, LOOK_TIME = 1 / 60, 0.002
#: Seconds between two updates of the texts, and for which a message stays.
UPDATED, MESSAGE_DURATION = 0.2, 10.0
#: Seconds for which closing waits for the present steps.
CLOSE_TIME = 0.5
#: Size at 96 dpi, where the screen is large enough, and what bars take of the screen.
WIDTH, HEIGHT, SCREEN_MARGIN = 1240, 720, 90


class ComparisonWindow:
    """A window in which several sets of parameters run in lock-step.

    Parameters
    ----------
    host : Window
        The window from which it is opened; both end together.
    sets : mapping of str to mapping
        Two to four sets by the name that the user sees; a `ParameterSet` brings its ranges, too.
    live : bool, optional
        Whether changed values compute a step while nothing runs.

    Attributes
    ----------
    lanes : list of Lane
        The simulations.
    lockstep : Lockstep
        What steps them.
    pair : tuple of int
        Which pictures are subtracted: the second number's from the first's.
    frames : int
        Pictures that were drawn, of all lanes together.
    """

    def __init__(
        self, host: Window, sets: Mapping[str, Mapping[str, Any]], *, live: bool = False
    ) -> None:
        self.theme = host.theme
        self.simulation: type[Simulation] = host.session.simulation_class
        seed = host.engine.seed
        self.lanes = [
            Lane(name, self.simulation, values, seed, self._changed)
            for name, values in sets.items()
        ]
        cursor, turns = self.lanes[0].session.cursor, self.lanes[0].session.turns
        for lane in self.lanes:
            lane.session.cursor, lane.session.turns = cursor, turns
        self.lockstep = Lockstep(self.lanes)
        self.lockstep.live = live
        self.lockstep.rate = self.simulation.pace
        self.pair = (1, 0)
        self.frames = 0
        self.alive = True
        self._rates = Rates()
        self._message, self._message_ends, self._pointed = "", 0.0, ""
        self._updated_at = 0.0
        self._faulty: set[str] = set()
        self._revisions: tuple[int, ...] = ()
        self._due = time.perf_counter()
        self.values = ComparedValues(self, host.word_undo)
        self.root = tk.Toplevel(host.root)
        try:
            self._build()
        except BaseException:
            self.alive = False
            self.root.destroy()
            raise
        QuickSwitching.begin(self)
        self.lockstep.start()
        self._poll_command = self.root.register(self._poll)
        self._timer = str(self.root.tk.call("after", 1, self._poll_command))

    # Building -------------------------------------------------------------------------------

    def _build(self) -> None:
        root, px = self.root, self.theme.pixels
        names = " | ".join(lane.name for lane in self.lanes)
        root.title(f"{self.simulation.key}: {names} - ivisit")
        root.protocol("WM_DELETE_WINDOW", self.close)
        root.bind("<Destroy>", self._destroyed, add=True)
        self.hosts = [LaneHost(self, lane) for lane in self.lanes]
        self.controls_host = ControlsHost(self)
        self.toolbar = ComparisonToolbar(self)
        self.toolbar.pack(side="top", fill="x")
        self.messages = MessageBar(self)
        self._make_status()
        heads = ttk.Frame(root)
        heads.pack(side="top", fill="x", padx=px(8), pady=(0, px(2)))
        self.headers = [LaneHeader(heads, self, place) for place in range(len(self.lanes))]
        for place, header in enumerate(self.headers):
            header.grid(row=0, column=place, sticky="nsew", padx=(px(8) if place else 0, 0))
            heads.columnconfigure(place, weight=1, uniform="lanes")
        self.layout = ComparisonLayout(root, self)
        self.layout.pack(side="top", fill="both", expand=True)
        width = min(px(WIDTH), root.winfo_screenwidth())
        height = min(px(HEIGHT), root.winfo_screenheight() - px(SCREEN_MARGIN))
        root.geometry(f"{width}x{height}")
        root.minsize(px(480), px(320))
        root.bind("<<ThemeChanged>>", self._theme_changed, add=True)
        for key, command in {
            "<F5>": self.init,
            "<F6>": self.lockstep.step,
            "<Escape>": self.layout.restore,
            "<Control-w>": self.close,
            "<Control-z>": self.values.undo,
            "<Control-y>": self.values.redo,
            "<Control-Shift-Z>": self.values.redo,
        }.items():
            for sequence in with_caps_lock(key):
                root.bind(sequence, lambda event, command=command: self._press(command))  # type: ignore[misc]
        root.bind("<space>", self._press_space)
        root.bind("<Button-1>", self._leave_field, add=True)
        self._color()
        self.show_values()

    def _make_status(self) -> None:
        px = self.theme.pixels
        bar = ttk.Frame(self.root, padding=(px(10), px(3), px(10), px(4)))
        bar.pack(side="bottom", fill="x")
        self.status: dict[str, ttk.Label] = {}
        for name in ("seed", "frames", "speed", "steps"):
            self.status[name] = ttk.Label(bar, style="Muted.TLabel", anchor="e")
            self.status[name].pack(side="right", padx=(px(16), 0))
        self.status["message"] = ttk.Label(bar, anchor="w")
        self.status["message"].pack(side="left")

    def _theme_changed(self, event: Any) -> None:
        if event.widget is self.root:
            self._color()

    def _color(self) -> None:
        self.root.configure(background=self.theme.palette.background)
        self.layout.color()
        for header in self.headers:
            header.color()
        self.show_values()

    # Pictures -------------------------------------------------------------------------------

    def _poll(self) -> None:
        """Look whether all lanes have their pictures, and draw them, sixty times a second."""
        now = time.perf_counter()
        pause = LOOK_TIME
        try:
            self._take_requests()
            if now >= self._due:
                frames = self.lockstep.poll()
                if frames is not None:
                    self._due = max(self._due + FRAME_TIME, now)
                    self._draw(frames, now)
                    if not self.lockstep.running:
                        self._updated_at = 0.0  # what is told is that of the last picture
                elif not self.lockstep.busy:
                    pause = FRAME_TIME
            self._update_texts(now)
        finally:
            if self.alive:
                self._timer = str(
                    self.root.tk.call("after", max(int(pause * 1000), 1), self._poll_command)
                )

    def _draw(self, frames: Frames, now: float) -> None:
        self.frames += 1
        # A fault of one row must not stop the others; it is told.
        for row in self.layout.rows:
            try:
                row.show(frames)
            except Exception as error:  # noqa: BLE001
                self._fault(row.cards[0].name, error)
        for section in self.layout.column.sections:
            section.show_changed()
        shown = frames[self.lanes.index(self.controls_host.lane)]
        if shown is not None:
            for name, control in self.layout.controls.items():
                control.follow(shown.parameters[name], shown.revision)
        self._rates.add(now, self.lockstep.steps, self.lanes[0].run)
        self.show_values()

    def _fault(self, name: str, error: Exception) -> None:
        """Tell that a panel cannot be drawn, once."""
        if name not in self._faulty:
            self._faulty.add(name)
            logger.error("%s cannot be drawn", name, exc_info=error)
            self.say(str(Failure.from_exception(f"drawing of {name}", error)))

    def _take_requests(self) -> None:
        """Show what simulations say; what else they ask of a window is that of a single one."""
        for lane in self.lanes:
            for request in lane.session.engine.link.take():
                if isinstance(request, Say):
                    self.say(f"{lane.name}: {request.text}")
                elif isinstance(request, Saved):
                    tell_saved(self, request.path, request.problem, request.again)
            if (printed := lane.session.printed()).strip():
                self.say(f"{lane.name}: {printed.strip().splitlines()[-1]}")

    def show_values(self) -> None:
        """Show in which values the lanes differ, at their heads and at the controls."""
        engines = [lane.session.engine for lane in self.lanes]
        each = [engine.parameters() for engine in engines]
        names = [n for n in each[0] if any(values[n] != each[0][n] for values in each)]
        for header, values in zip(self.headers, each, strict=True):
            texts = [f"{name} {self._text(name, values[name])}" for name in names]
            header.show(",  ".join(texts) or "the same values")
        revisions = tuple(engine.revision for engine in engines)
        if revisions != self._revisions:
            self._revisions = revisions
            for name, control in self.layout.controls.items():
                pairs = zip(self.lanes, each, strict=True)
                told = [f"{lane.name}: {self._text(name, values[name])}" for lane, values in pairs]
                control.mark("\n".join(told) if name in names else "")

    def _text(self, name: str, value: Any) -> str:
        return self.simulation.controls[name].text(value)

    # What the user does ---------------------------------------------------------------------

    def _changed(self, restart: bool) -> None:
        self.lockstep.change(restart)

    def choose(self, lane: Lane | None) -> None:
        """Have the controls show and change one lane; None: all, showing the first."""
        self.commit_typing()
        self.controls_host.chosen = lane
        values = self.controls_host.engine.parameters()
        for name, control in self.layout.controls.items():
            control.show(values[name])

    def choose_pair(self, pair: tuple[int, int]) -> None:
        """Show the difference of other two pictures."""
        self.pair = pair
        from ivisit.gui.comparison.images import ImageRow

        for row in self.layout.rows:
            if isinstance(row, ImageRow):
                row.name_difference()
                row.show_difference()

    def init(self) -> None:
        """Start a new run in all lanes."""
        self.lockstep.init()

    def commit_typing(self, clicked: str = "") -> None:
        """Take over what has been typed into a control, unless `clicked` is a part of it."""
        for control in self.layout.controls.values():
            if not clicked.startswith(f"{control}."):
                control.finish()

    def _press(self, command: Any) -> None:
        if command not in (self.values.undo, self.values.redo):
            self.commit_typing()
        command()

    def _press_space(self, event: Any) -> None:
        if isinstance(event.widget, tk.Misc) and event.widget.winfo_class() not in TYPING:
            self.lockstep.toggle()

    def _leave_field(self, event: Any) -> None:
        """A click elsewhere takes over what was typed."""
        self.commit_typing(clicked=str(event.widget))

    # Texts ----------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """Show a message for some seconds."""
        self._message = " ".join(text.split())
        self._message_ends = time.perf_counter() + MESSAGE_DURATION
        self._updated_at = 0.0

    def point_at(self, text: str) -> None:
        """Show what the pointer points at; an empty text when it is nothing."""
        if text != self._pointed:
            self._pointed = text
            self._show_message(time.perf_counter())

    def _show_message(self, now: float) -> None:
        message = self._message if now < self._message_ends else ""
        self.status["message"].configure(text=self._pointed or message)

    def _update_texts(self, now: float) -> None:
        self.toolbar.show_running(self.lockstep.running)
        if now - self._updated_at < UPDATED:
            return
        self._updated_at = now
        if not self.lockstep.running:
            self._rates.clear()
        speed, frames = self._rates.get(now)
        self._show_message(now)
        self.status["steps"].configure(text=f"Step {self.lockstep.steps:,}")
        self.status["speed"].configure(text=speed_text(speed))
        self.status["frames"].configure(text=f"{rate_text(frames)} frames/s")
        self.status["seed"].configure(text=f"Seed {short_seed(self.lanes[0].session.engine.seed)}")

    # The end --------------------------------------------------------------------------------

    def close(self) -> None:
        """Close the window and end the simulations; a step that goes on is left behind."""
        if self.alive:
            self.root.destroy()

    def _destroyed(self, event: Any) -> None:
        """The window is gone, by itself or with the one that it was opened from."""
        if event.widget is not self.root or not self.alive:
            return
        self.alive = False
        self.lanes[0].session.turns.stop(self.root.after_cancel)
        self.root.after_cancel(self._timer)
        lanes, lockstep = self.lanes, self.lockstep
        self.lockstep.close(CLOSE_TIME)
        QuickSwitching.end(self)
        # Collected on this thread: see `ivisit.gui.window.Window.close`.
        vars(self).clear()
        self.alive, self.lanes, self.lockstep = False, lanes, lockstep
        gc.collect()
