"""Hand runs to workers in chunks of fitting size, take their rows, and survive dying workers."""

from __future__ import annotations

import contextlib
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from dataclasses import dataclass
from typing import Any, Protocol

from ivisit.runs.executors.base import Crew
from ivisit.runs.interrupts import Interrupts
from ivisit.runs.job import Job, Row, Task
from ivisit.runs.working import lost, run_chunk

logger = logging.getLogger(__name__)

#: Seconds of work that a chunk is meant to have.
AIM = 0.25
#: How much larger than its predecessors a chunk may be.
GROWTH = 4
LARGEST = 1000
#: From this duration of one run on, a worker gets one chunk at a time.
SLOW_RUN = 1.0
#: How often, in seconds, the parent looks up from waiting.
TICK = 0.1
#: Seconds that chunks which were on their way when workers died get to come back.
GRACE = 5.0
#: A run during which its worker died so often, alone, counts as the reason.
STRIKES = 2


class Feed(Protocol):
    """Where the tasks come from."""

    @property
    def left(self) -> int:
        """About how many tasks have not been taken yet; 0 ends the work."""

    def take(self, count: int) -> list[Task]:
        """Return up to `count` tasks; none where results must come first."""


@dataclass
class _Chunk:
    tasks: list[Task]
    suspect: bool = False
    strikes: int = 0


class Dispatcher:
    """Computes what a feed gives, on the workers of a crew.

    Parameters
    ----------
    job : Job
        What to compute.
    crew : Crew
        The workers.
    feed : Feed
        The tasks.
    deliver : callable
        Called with rows, the worker's ``host:pid`` and what it computes with; see `run_chunk`.
    tick : callable
        Called several times a second; may raise to end the work.
    interrupts : Interrupts
        Says whether somebody wants it to end.

    Attributes
    ----------
    chunks : int
        How many chunks were sent.
    most_in_flight : int
        The largest number of chunks that were with workers at one moment.
    """

    def __init__(
        self,
        job: Job,
        crew: Crew,
        feed: Feed,
        *,
        deliver: Callable[[list[Row], str, str], None],
        tick: Callable[[], None],
        interrupts: Interrupts,
        largest: int = LARGEST,
    ) -> None:
        self.job = job
        self.crew = crew
        self.feed = feed
        self.deliver = deliver
        self.tick = tick
        self.interrupts = interrupts
        self.largest = largest
        self.chunks = 0
        self.most_in_flight = 0
        self._packed = b"" if crew.in_process else job.pack()
        self._returned: deque[Task] = deque()  # handed back by a chunk whose time was up
        self._suspects: deque[_Chunk] = deque()
        self._flying: dict[Future[Any], _Chunk] = {}
        self._size = 1
        self._slow = False

    def work(self) -> None:
        """Return when all is computed, or when a stop was asked for and running work has ended."""
        while True:
            try:
                if self.interrupts.count == 0:
                    self._send()
                if not self._flying and not self._more():
                    return
                self._wait()
                self.tick()
            except KeyboardInterrupt:
                # Where no handler could be set, in notebooks, Ctrl-C arrives like this.
                self.interrupts.count += 1
            if self.interrupts.count == 1:
                self._cancel_queued()
            elif self.interrupts.count > 1:
                self._abandon()
                return

    def _more(self) -> bool:
        return self.interrupts.count == 0 and bool(
            self.feed.left or self._returned or self._suspects
        )

    # Sending ------------------------------------------------------------------------------------

    def _send(self) -> None:
        if self._suspects:
            # One at a time and nothing beside it: whose worker dies now, is the reason.
            if not self._flying:
                self._submit(self._suspects.popleft())
            return
        limit = (1 if self._slow else 2) * self.crew.workers
        while len(self._flying) < limit:
            tasks = self._next_tasks()
            if not tasks or self.interrupts.count:
                self._returned.extend(tasks)
                return
            self._submit(_Chunk(tasks))

    def _next_tasks(self) -> list[Task]:
        left = self.feed.left + len(self._returned)
        size = max(1, min(self._size, left // (8 * self.crew.workers), self.largest))
        tasks = [self._returned.popleft() for _ in range(min(size, len(self._returned)))]
        if len(tasks) < size and self.feed.left:
            tasks += self.feed.take(size - len(tasks))
        return tasks

    def _submit(self, chunk: _Chunk) -> None:
        self.chunks += 1
        try:
            future = self.crew.submit(run_chunk, self.job.key, self._packed, chunk.tasks)
        except BaseException as error:
            # Nothing was sent: the tasks are still to do.
            if chunk.suspect:
                self._suspects.appendleft(chunk)
            else:
                self._returned.extendleft(reversed(chunk.tasks))
            if not _is_broken(error):
                raise
            self._recover([], str(error) or type(error).__name__, all_lost=True)
            return
        self._flying[future] = chunk
        self.most_in_flight = max(self.most_in_flight, len(self._flying))

    # Receiving ----------------------------------------------------------------------------------

    def _wait(self) -> None:
        if not self._flying:
            return
        done, _ = wait(self._flying, timeout=TICK, return_when=FIRST_COMPLETED)
        if not done and self.crew.broken:
            # What was sent at the moment of a worker's death may never get an answer.
            self._recover([], "a worker died", all_lost=True)
            return
        broken: list[_Chunk] = []
        reason, all_lost = "", False
        # In the order in which they were sent, not in that of a set.
        for future in [one for one in self._flying if one in done]:
            chunk = self._flying.pop(future)
            try:
                rows, worker, stamp = future.result()
            except CancelledError:
                self._returned.extend(chunk.tasks)
            # What the chunk's own code raises is in its rows: this is the worker's end.
            except Exception as error:  # noqa: BLE001
                broken.append(chunk)
                reason = f"{type(error).__name__}: {error}".strip(": ")
                all_lost = all_lost or _is_broken(error)
            else:
                self._accept(chunk, rows, worker, stamp)
        if broken:
            self._recover(broken, reason, all_lost)

    def _accept(self, chunk: _Chunk, rows: list[Row], worker: str, stamp: str) -> None:
        self._returned.extendleft(reversed(chunk.tasks[len(rows) :]))
        longest = max(row.duration for row in rows)
        self._slow = self._slow or longest > SLOW_RUN
        mean = sum(row.duration for row in rows) / len(rows)
        fitting = int(AIM / mean) if mean > 0 else self.largest
        self._size = max(1, min(fitting, GROWTH * max(self._size, 1), self.largest))
        self.deliver(rows, worker, stamp)

    def _recover(self, broken: list[_Chunk], reason: str, all_lost: bool) -> None:
        """Bring workers back, and find out which run, if any, kills them."""
        logger.info("a worker was lost (%s); %d chunks are sent again", reason, len(broken))
        # When one process of a pool dies, all its futures fail, a moment later.
        if all_lost and self._flying:
            with contextlib.suppress(KeyboardInterrupt):
                self._collect_flying(broken)
        self.crew.rebuild()
        for chunk in reversed(broken):
            if len(chunk.tasks) > 1 and chunk.suspect:
                singles = [_Chunk([task], suspect=True) for task in chunk.tasks]
                self._suspects.extendleft(reversed(singles))
                continue
            chunk.strikes += chunk.suspect
            chunk.suspect = True
            if chunk.strikes >= STRIKES:
                self.deliver([lost(self.job, chunk.tasks[0][0], reason)], "", "")
            else:
                self._suspects.appendleft(chunk)

    def _collect_flying(self, broken: list[_Chunk]) -> None:
        done, waiting = wait(self._flying, timeout=GRACE)
        for future in [*done, *waiting]:
            chunk = self._flying.pop(future)
            try:
                rows, worker, stamp = future.result(timeout=0)
            except Exception:  # noqa: BLE001
                broken.append(chunk)
            else:
                self._accept(chunk, rows, worker, stamp)

    # Ending -------------------------------------------------------------------------------------

    def _cancel_queued(self) -> None:
        for future in list(self._flying):
            if future.cancel():
                self._returned.extend(self._flying.pop(future).tasks)

    def _abandon(self) -> None:
        """End running work at once, and keep what is complete already."""
        self.crew.kill()
        for future, chunk in self._flying.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                rows, worker, stamp = future.result()
                self._accept(chunk, rows, worker, stamp)
        self._flying.clear()


def _is_broken(error: BaseException) -> bool:
    return isinstance(error, BrokenExecutor)
