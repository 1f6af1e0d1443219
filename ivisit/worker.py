"""`Worker`: an engine on a thread of its own, for the window.

The two threads never wait for each other. The window posts commands and asks for a frame; the
worker steps, answers commands between steps, and leaves the newest frame where the window finds
it. Nothing here knows Tk.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any, overload

from ivisit.courtesy import Courtesy
from ivisit.engine import Engine
from ivisit.errors import RunError
from ivisit.live import LiveSteps
from ivisit.recording import Frame

logger = logging.getLogger(__name__)

#: Frames a second at the most; also the pace of "n steps a frame".
FRAME_RATE = 60
#: Seconds that a frame may cost without being counted, and what part of the time costlier ones
#: take at the most, beside one part for the steps.
CHEAP_FRAME, DRAWING_SHARE = 0.006, 0.28
#: By how much the pause after a picture grows with what that costs more than a cheap one: a
#: picture that is now a little cheaper, now a little costlier must not come now often, now seldom.
GROWTH = 8.0
#: Seconds without a picture at the most, however costly one is.
LONGEST_PAUSE = 0.5


class Worker:
    """Steps an engine on a thread.

    Parameters
    ----------
    engine : Engine
        From now on only the worker's thread steps it; `Engine.set` and `Engine.post` stay
        allowed for everybody.

    Attributes
    ----------
    steps_per_frame : int or None
        None: a frame whenever one is wanted. n: exactly n steps from one frame to the next, at
        most 60 frames a second.
    rate : float or None
        Steps a second at the most; None: as many as possible.
    goal : int or None
        Number of the step at which running ends.
    goal_from : int
        Number of the step at which the running towards `goal` began.
    step_seconds : float
        Duration of a step, averaged over the latest ones; 0 before the first.
    courtesy : Courtesy
        By which a window on another thread gets its turns.
    waiting_steps : int
        Steps that `step` was asked for and that are still to come.
    shows_ends_only : bool
        Whether of several steps of `step` only the picture after the last one is shown.
    delay : float
        Seconds to wait after `steps_per_delay` steps, as old scripts have it.
    steps_per_delay : int
        Steps of such a group, and those of one `step`.
    busy : bool
        Whether a step, an `init` or another command is going on; while `stop` waits for its end,
        `stopping` is true.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.steps_per_frame: int | None = None
        self.rate: float | None = None
        self.goal: int | None = None
        self.goal_from = 0
        self.step_seconds = 0.0
        self.waiting_steps = 0
        self.courtesy = Courtesy()
        #: Number of the step that ends the present group of `steps_per_frame`.
        self._group_end = 0
        #: When the next group is due that `rate` allows.
        self._due = 0.0
        self._reached: Callable[[Any], bool] | None = None
        self._live = LiveSteps()
        self.shows_ends_only = False
        self.delay = 0.0
        self.steps_per_delay = 1
        self.running = False
        self.busy = False
        self._commands: deque[Callable[[], Any]] = deque()
        self._wake = threading.Event()
        self._frame_wanted = True
        self._frame_due = 0.0
        # Holds one frame at the most; unlike an attribute it is emptied in one step, so that
        # no frame, and none of the rows recorded in it, is lost between two threads.
        self._frames: deque[Frame] = deque()
        self._stale = True
        self._closing = False
        self._cancelled = False
        self._stop_wanted = False
        self._thread = threading.Thread(target=self._work, name="simulation", daemon=True)
        engine.wake = self._wake.set

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    # Called by the window -------------------------------------------------------------------

    @property
    def thread(self) -> threading.Thread:
        """The thread that steps the engine."""
        return self._thread

    @property
    def stopping(self) -> bool:
        """Whether a stop waits for the end of the present step or `init`."""
        return self._stop_wanted and self.busy

    @property
    def settled(self) -> bool:
        """Whether all commands have been carried out, so that `running` tells what goes on."""
        return not self._commands and not self.busy

    def init(self) -> None:
        """Start a new run; a running simulation goes on from its beginning."""
        self._command(self.engine.init)

    def show_something(self) -> None:
        """Compute the first step if `init` has left all panels empty."""
        self._command(self._show_something)

    @property
    def running(self) -> bool:
        """Whether the simulation steps until it is stopped."""
        return self.engine.link.is_running

    @running.setter
    def running(self, running: bool) -> None:
        self.engine.link.is_running = running

    def step(self, steps: int | None = None) -> None:
        """Compute `steps` steps, by default one group of them."""
        count = steps or self.steps_per_delay
        self.waiting_steps += count
        self._command(lambda: self._step(count))

    def go_to(self, step: int) -> None:
        """Step until so many steps of the run are done or another command comes."""
        self._command(lambda: self._go_to(step))

    def cancel_steps(self) -> None:
        """Forget the steps that wait, but for the one that goes on."""
        self._cancelled = True
        self.waiting_steps = min(self.waiting_steps, 1)
        self._command(self._forget_steps)

    def retry(self) -> None:
        """Compute the step that has failed once more."""
        self._command(self._retry)

    def run(self, steps: int | None = None, until: Callable[[Any], bool] | None = None) -> None:
        """Step until `stop`; a failed simulation begins anew, an old script goes on.

        Parameters
        ----------
        steps : int, optional
            Stop after so many steps.
        until : callable, optional
            Called with the simulation after each step; a true value ends the running.
        """
        self._stop_wanted = False
        self._command(lambda: self._start_running(steps, until))

    def change(self, *, restart: bool, preview: bool) -> None:
        """Show what a changed value means, while nothing runs; of many changes the latest counts.

        Parameters
        ----------
        restart : bool
            Whether the value counts from `init` on: then a run begins anew, unless it is long.
        preview : bool
            Whether the user is still changing the value: `Simulation.preview` is called where
            there is one, and long steps wait.
        """
        if self._live.ask(restart=restart, preview=preview):
            self._command(self._answer_change)

    def stop(self) -> None:
        """Stop after the present step."""
        self._stop_wanted = True
        self._command(self._stop_running)

    def call(self, function: Callable[[], Any]) -> None:
        """Call `function` on the worker's thread between steps."""
        self._command(function)

    def post(self, callback: Callable[..., Any], *arguments: Any) -> None:
        """Call user code between steps; its exceptions give the state ``failed``."""
        self.engine.post(callback, *arguments)

    def take_frame(self) -> Frame | None:
        """Return the newest frame, or None when nothing new has happened; ask for the next."""
        if not self._frames:
            return None
        frame = self._frames.popleft()
        self._frame_wanted = True
        self._wake.set()
        return frame

    def refresh(self) -> None:
        """Have a frame made although no step has been computed."""
        self._stale = True
        self._wake.set()

    def close(self, timeout: float = 2.0) -> bool:
        """End the thread and close the simulation; tell whether that succeeded in `timeout` s.

        A step that does not end is left behind: the thread does not keep the process alive.
        """
        self._stop_wanted = True
        self._closing = True
        self._wake.set()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _command(self, function: Callable[[], Any]) -> None:
        self._commands.append(function)
        self._wake.set()

    # The worker's thread --------------------------------------------------------------------

    def _work(self) -> None:
        while not self._closing:
            # Cleared first: whatever comes from here on wakes the next wait.
            self._wake.clear()
            self._guarded(self._answer)
            if self.running:
                self._guarded(self._cycle)
            elif not (self._commands or self._closing):
                self._wake.wait(0.5)
        try:
            self.engine.close()
        except RunError as error:
            logger.error("%s\n%s", error, error.failure.traceback if error.failure else "")

    def _guarded(self, function: Callable[[], Any]) -> None:
        """Call `function`; an exception of user code ends the running, not the thread."""
        try:
            function()
        except RunError as error:
            # The engine keeps the failure for the window to see; others look at the terminal.
            self.running = False
            self._wake.set()  # the last picture before the failure is due at once
            logger.error("%s\n%s", error, error.failure.traceback if error.failure else "")
        # A fault of whoever gave the command: without the thread the window would stand still.
        except Exception:
            self.running = False
            self._wake.set()
            logger.exception("a command has failed")
        finally:
            self.busy = False

    def _answer(self) -> None:
        """Carry out commands and callbacks, then publish a frame if one is wanted."""
        while self._commands:
            # Busy before the command leaves the queue: see `settled`.
            self._stale = self.busy = True
            self._commands.popleft()()
            self.busy = False
        if not self.running and self.engine.has_callbacks:
            self._stale = True
            self.engine.handle_callbacks()
        if self._is_frame_due() and self._stale and not self._is_within_group():
            self._publish()

    def _is_within_group(self) -> bool:
        """Tell whether the next frame is due only some steps later; see `steps_per_frame`."""
        exact = self.running and self.steps_per_frame is not None
        return exact and self.engine.steps < self._group_end

    def _is_frame_due(self) -> bool:
        """Tell whether a frame is wanted, and drawing has not had its share of the time yet."""
        if not self._frame_wanted:
            return False
        return not self.running or time.perf_counter() >= self._frame_due

    def _publish(self) -> None:
        began = time.thread_time()
        try:
            self._make_frame()
        finally:
            cost = time.thread_time() - began
            self._frame_due = time.perf_counter() + pause_after(cost)

    def _make_frame(self) -> None:
        self._frame_wanted = self._stale = False
        try:
            frame = self.engine.frame()
            # The engine pauses for each frame; for whoever watches, the simulation runs.
            self._frames.append(replace(frame, state="running") if self.running else frame)
        except RunError:
            # Drawing a figure failed: the failure itself must be shown all the same.
            self._frames.append(self.engine.frame(figures=False))
            raise

    def _begin(self) -> None:
        """Bring the engine into a state in which it can step."""
        engine = self.engine
        if engine.can_retry and engine.simulation._goes_on_after_error:
            engine.retry()
        elif engine.state in ("new", "failed"):
            engine.init()

    def _retry(self) -> None:
        if self.engine.can_retry:
            self.engine.retry()
            self._step(1)

    def _start_running(self, steps: int | None, until: Callable[[Any], bool] | None) -> None:
        self._begin()
        self.goal_from = self.engine.steps
        self.goal = None if steps is None else self.engine.steps + steps
        self._reached = until
        self._group_end = self.engine.steps
        self._due = time.perf_counter()
        self.running = not self._stop_wanted

    def _stop_running(self) -> None:
        self.running = False
        self._stop_wanted = False
        self.goal = None
        self._reached = None

    def _forget_steps(self) -> None:
        self._cancelled = False
        self.waiting_steps = 0

    def _answer_change(self) -> None:
        """Compute a step, a beginning, or a preview with the changed values."""
        restart, preview = self._live.take()
        engine = self.engine
        if self.running or engine.state == "closed":
            return
        if preview and engine.has_preview:
            engine.preview()
            return
        if engine.state in ("new", "failed") or (restart and self._live.may_restart(engine)):
            engine.init()
        first = engine.steps
        self._advance(1)
        self._live.count(engine, engine.steps - first)

    def _show_something(self) -> None:
        simulation = self.engine.simulation
        wanted = simulation._opens_with_step and simulation.panels and self.engine.steps == 0
        if wanted and not self.engine.outputs(figures=False):
            self._step(1)

    def _step(self, steps: int) -> None:
        if self._cancelled:
            return
        self._begin()
        try:
            self._advance_to(self.engine.steps + steps)
        finally:
            self.waiting_steps = max(self.waiting_steps - steps, 0)

    def _go_to(self, step: int) -> None:
        if self.engine.state not in ("new", "failed", "closed"):
            self._advance_to(max(step, self.engine.steps))

    def _advance_to(self, target: int, interrupted: Callable[[Any], bool] | None = None) -> None:
        """Step until `target` steps are done or a command waits; show the steps between."""
        watched = interrupted is not None
        if self.shows_ends_only:
            interrupted = self._interrupted_in_group
        while True:
            # At least one step: two clicks on Step are two steps, although one of them waits.
            self._advance(target - self.engine.steps, interrupted)
            if self.engine.steps >= target or self.engine.stopped:
                break
            if watched and not self.running:
                break
            if self._commands or self._closing:
                break
            if self._is_frame_due() and not self.shows_ends_only:
                self._publish()

    def _advance(self, steps: int | None, interrupted: Callable[[Any], bool] | None = None) -> None:
        """Step until `steps` are done or somebody wants something."""
        self.busy = self._stale = True
        first, began = self.engine.steps, time.perf_counter()
        try:
            self.engine.run(steps, until=interrupted or self._interrupted)
        finally:
            self.busy = False
            self._note_duration(self.engine.steps - first, time.perf_counter() - began)
        if self.engine.stopped:
            self._stop_running()

    def _note_duration(self, steps: int, seconds: float) -> None:
        if steps:
            former, self.step_seconds = self.step_seconds, seconds / steps
            if former:
                self.step_seconds = 0.7 * former + 0.3 * self.step_seconds

    def _interrupted(self, simulation: Any) -> bool:
        self.courtesy.give_way()
        return bool(self._commands) or self._is_frame_due() or self._closing

    def _interrupted_in_group(self, simulation: Any) -> bool:
        self.courtesy.give_way()
        return bool(self._commands) or self._closing

    def _watching(self, interrupted: Callable[[Any], bool]) -> Callable[[Any], bool]:
        """Return what ends an advance: `interrupted`, or that the wanted state is reached."""
        reached = self._reached
        if reached is None:
            return interrupted

        def watched(simulation: Any) -> bool:
            if reached(simulation):
                self._stop_running()
                return True
            return interrupted(simulation)

        return watched

    def _cycle(self) -> None:
        """Compute the steps up to the next frame or command."""
        steps, rate = self.steps_per_frame, self.rate
        if steps is None and (self.delay or self.steps_per_delay > 1):
            target = self.engine.steps + self._up_to_goal(self.steps_per_delay)
            self._advance_to(target, self._watching(self._interrupted))
            self._stop_at_goal()
            if self.running:
                self._pause(self.delay)
            return
        if steps is None:
            group = None if rate is None else max(round(rate / FRAME_RATE), 1)
            self._advance(self._up_to_goal(group), self._watching(self._interrupted))
            done = group
        else:
            # A command may have interrupted the group: what is missing comes first.
            if self._group_end <= self.engine.steps:
                self._group_end = self.engine.steps + steps
            group = self._group_end - self.engine.steps
            interrupted = self._watching(self._interrupted_in_group)
            self._advance(self._up_to_goal(group), interrupted)
            done = steps
        self._stop_at_goal()
        if self.running and steps is not None and self.engine.steps >= self._group_end:
            self._show_group()
        if self.running and done is not None and (rate is not None or steps is not None):
            self._keep_pace(done / rate if rate is not None else 1 / FRAME_RATE)

    def _stop_at_goal(self) -> None:
        if self.goal is not None and self.engine.steps >= self.goal:
            self._stop_running()

    @overload
    def _up_to_goal(self, steps: int) -> int: ...

    @overload
    def _up_to_goal(self, steps: int | None) -> int | None: ...

    def _up_to_goal(self, steps: int | None) -> int | None:
        if self.goal is None:
            return steps
        left = max(self.goal - self.engine.steps, 0)
        return left if steps is None else min(steps, left)

    def _show_group(self) -> None:
        """Publish the picture at the end of a group; wait until the one before was taken."""
        while not (self._frame_wanted or self._commands or self._closing):
            self._wake.wait(0.05)
            self._wake.clear()
        if self._frame_wanted:
            self._publish()

    def _keep_pace(self, seconds: float) -> None:
        """Wait until `seconds` have gone by since the last group was due."""
        now = time.perf_counter()
        # Who is late does not hurry afterwards.
        self._due = max(self._due + seconds, now - 0.1)
        if self._due > now:
            self._pause(self._due - now)

    def _pause(self, seconds: float) -> None:
        """Wait, but answer frames and commands in the meantime."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0 and not (self._commands or self._closing):
            self._wake.wait(left)
            self._wake.clear()
            if self._is_frame_due() and self._stale and not self._commands:
                self._publish()


def pause_after(cost: float) -> float:
    """Return how many seconds there is no further picture after one that has cost so many.

    Cheap pictures are shown whenever the window asks. Costly ones come less often: the simulation
    shall lose a quarter of its time at the most.

    >>> pause_after(0.005), round(pause_after(0.007), 6), round(pause_after(0.014), 6)
    (0.0, 0.008, 0.05)
    """
    wanted = min(cost / DRAWING_SHARE, GROWTH * (cost - CHEAP_FRAME))
    return min(max(wanted, 0.0), LONGEST_PAUSE)
