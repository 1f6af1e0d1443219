"""`Lockstep`: several simulations that step together, each on its own thread.

Nothing here knows Tk. Steps are computed in rounds: each lane is asked for the same steps, and only
when all of them have come so far are their pictures handed out, and the next round begins. So the
pictures that are seen together are always those of one step, and no thread waits for another.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from ivisit.gui.comparison.lane import Lane
from ivisit.live import FEW_STEPS
from ivisit.recording import Frame
from ivisit.worker import FRAME_RATE

#: Seconds that a round takes, and that its steps take at least; where pictures take longer, steps
#: get a part of that.
ROUND, STEPPING, STEPPING_SHARE = 1 / FRAME_RATE, 0.002, 0.25
#: Of how many rounds' durations the average is taken, about.
AVERAGED = 5


class Lockstep:
    """Steps lanes together.

    Parameters
    ----------
    lanes : sequence of Lane
        The simulations; their sessions have not been started.

    Attributes
    ----------
    running : bool
        Whether rounds follow each other until `stop`.
    steps : int
        Finished steps, as handed out last.
    rounds : int
        Rounds that were handed out.
    live : bool
        Whether a changed value computes a step while nothing runs.
    rate : float or None
        Steps a second at the most; None: as many as possible.
    """

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self.lanes = list(lanes)
        self.running = False
        self.live = False
        self.rate: float | None = None
        self.steps = self.rounds = 0
        #: The step at which the present round ends, its lanes, and how many steps it has.
        self._target: int | None = None
        self._stepping: list[Lane] = []
        self._round = 0
        self._waiting = 0
        self._init_wanted = self._something_wanted = False
        self._live_steps = 0
        self._length = 1.0
        self._began = self._due = 0.0

    # What the user wants --------------------------------------------------------------------

    def start(self) -> None:
        """Start the threads, the first run, and the first step where `init` shows nothing."""
        self._something_wanted = True
        for lane in self.lanes:
            lane.session.start()
            # The session has begun a run of its own.
            lane.run = 1
        self._begin(0, self.lanes, 0)

    def init(self) -> None:
        """Start a new run in all lanes; those that run go on from its beginning."""
        self._init_wanted = True
        self._waiting = 0
        self._go_on()

    def step(self) -> None:
        """Compute one step in all lanes; what runs stops instead."""
        if self.running:
            self.stop()
        else:
            self._waiting += 1
            self._go_on()

    def run(self) -> None:
        """Step until `stop`; lanes that have all failed begin anew."""
        if all(lane.failed for lane in self.lanes):
            self._init_wanted = True
        self._show_running(True)
        self._due = time.perf_counter()
        self._go_on()

    def stop(self) -> None:
        """Stop when the present round ends, all lanes at the same step."""
        self._show_running(False)

    def toggle(self) -> None:
        """Run, or stop."""
        if self.running:
            self.stop()
        else:
            self.run()

    def set_rate(self, rate: float | None) -> None:
        """Choose how many steps a second there are at the most; None: as many as possible."""
        self.rate = rate
        self._due = time.perf_counter()

    def change(self, restart: bool) -> None:
        """A value was changed, or the pointer did something: with Live, compute a step."""
        if not self.live or self.running:
            return
        if restart and self.steps - self._live_steps <= FEW_STEPS:
            self._init_wanted = True
        # Of many changes one step tells.
        if not self._waiting:
            self._waiting = 1
            self._live_steps += 1
        self._go_on()

    @property
    def busy(self) -> bool:
        """Whether a round goes on."""
        return self._target is not None

    def _show_running(self, running: bool) -> None:
        self.running = running
        for lane in self.lanes:
            lane.session.running = running

    # Rounds ---------------------------------------------------------------------------------

    def poll(self) -> list[Frame | None] | None:
        """Return the pictures of all lanes, of one and the same step, or None when it is too early.

        A lane of which nothing new is to be seen has None. The next round has begun then.
        """
        for lane in self.lanes:
            lane.look()
        if self._target is None:
            self._go_on()
        if self._target is None:
            # Something was drawn anew, as in another size.
            return self._hand_out() if any(lane.frame for lane in self.lanes) else None
        if not all(self._is_done(lane, self._target) for lane in self._stepping):
            return None
        self._note_duration()
        if self._target and any(lane.has_ended for lane in self._stepping):
            self._show_running(False)
            self._waiting = 0
        self._target = None
        self.rounds += 1
        frames = self._hand_out()
        if self._something_wanted:
            self._something_wanted = False
            self._waiting += self._shows_nothing(frames)
        self._go_on()
        return frames

    @staticmethod
    def _is_done(lane: Lane, target: int) -> bool:
        if lane.has_reached(target):
            return True
        if not lane.failed and lane.is_behind(target) and not lane.has_ended:
            lane.advance_to(target)
        return False

    def _hand_out(self) -> list[Frame | None]:
        frames = [lane.take() for lane in self.lanes]
        self.steps = max((f.steps for f in frames if f is not None), default=self.steps)
        return frames

    def _shows_nothing(self, frames: Sequence[Frame | None]) -> bool:
        simulation = self.lanes[0].session.engine.simulation
        empty = all(frame is None or not frame.outputs for frame in frames)
        return bool(simulation._opens_with_step and simulation.panels and empty)

    def _go_on(self) -> None:
        """Begin the next round, if one is wanted and none goes on."""
        if self._target is not None:
            return
        if self._init_wanted:
            self._init_wanted = False
            self._live_steps = 0
            for lane in self.lanes:
                lane.init()
            self._begin(0, self.lanes, 0)
        elif all(lane.failed for lane in self.lanes):
            self._waiting = 0
            self._show_running(False)
        elif self._waiting:
            self._waiting -= 1
            self._advance(1)
        elif self.running and self._is_due():
            self._advance(self._steps_a_round())

    def _advance(self, steps: int) -> None:
        active = [lane for lane in self.lanes if not lane.failed]
        target = max(lane.steps for lane in active) + steps
        self._begin(target, active, steps)
        for lane in active:
            lane.advance_to(target)

    def _begin(self, target: int, lanes: list[Lane], steps: int) -> None:
        self._target, self._stepping, self._round = target, lanes, steps
        self._began = time.perf_counter()

    # Pace -----------------------------------------------------------------------------------

    def _is_due(self) -> bool:
        return self.rate is None or time.perf_counter() >= self._due

    def _steps_a_round(self) -> int:
        if self.rate is None:
            return max(int(self._length), 1)
        steps = max(round(self.rate / FRAME_RATE), 1)
        # Who is late does not hurry afterwards.
        self._due = max(self._due + steps / self.rate, time.perf_counter() - 0.1)
        return steps

    def _note_duration(self) -> None:
        """Choose how many steps the next rounds have, from how long this one has taken."""
        step = max(lane.session.worker.step_seconds for lane in self._stepping)
        if not self._round or step <= 0:
            return
        whole = time.perf_counter() - self._began
        pictures = max(whole - self._round * step, 0.0)
        wanted = max(STEPPING, ROUND - pictures, STEPPING_SHARE * pictures) / step
        # Slowly: one long round must not make the next ones long.
        wanted = min(wanted, 2 * self._length + 1)
        self._length += (wanted - self._length) / AVERAGED

    def close(self, timeout: float) -> None:
        """End the threads; a step that does not end in time is left behind."""
        end = time.perf_counter() + timeout
        for lane in self.lanes:
            lane.session.close(max(end - time.perf_counter(), 0.05))
