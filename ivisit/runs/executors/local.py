"""Worker processes on this machine, which cannot outlive their parent."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from multiprocessing.connection import wait
from typing import Any

from ivisit.runs import capturing
from ivisit.runs.executors.base import Crew, CrewLost

#: Each worker computes on one thread: two that both use all cores are several times slower.
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


class LocalProcesses(Crew):
    """A pool of spawned processes.

    Parameters
    ----------
    workers : int, optional
        How many; by default one for each core that this process may use.
    """

    def __init__(self, workers: int | None = None) -> None:
        self._count = workers or available_cores()
        self._pool = self._make()

    @property
    def workers(self) -> int:
        return self._count

    @property
    def broken(self) -> bool:
        # An executor has no public way to tell.
        return bool(self._pool._broken)  # noqa: SLF001

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        # Processes are started here, when there are not enough of them yet.
        try:
            with _prepared_start():
                return self._pool.submit(function, *arguments)
        except Exception as error:
            # A process that is started while another one's death is noticed finds its pipes
            # closed under its hands.
            if self.broken and not isinstance(error, BrokenExecutor):
                raise BrokenExecutor(f"a worker died meanwhile: {error}") from error
            if isinstance(error, OSError):
                raise CrewLost(
                    f"no worker process can be started: {error}; what was computed is stored, "
                    "and the same command goes on"
                ) from error
            raise

    def rebuild(self) -> None:
        self._end()
        self._pool = self._make()

    def kill(self) -> None:
        self._end()

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _make(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._count, mp_context=context, initializer=start_worker)

    def _end(self) -> None:
        # An executor has no public way to end what runs.
        processes = self._pool._processes  # noqa: SLF001
        for process in list((processes or {}).values()):
            process.kill()
        self._pool.shutdown(wait=False, cancel_futures=True)


def available_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def start_worker() -> None:
    """Prepare a worker process; it ends as soon as its parent does."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        # Not PR_SET_PDEATHSIG: that follows the thread that spawned, not the process.
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    # The terminal sends Ctrl-C to all; the parent decides what becomes of running work.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _mask(signal.SIG_UNBLOCK)
    # What C code prints must not mix with the parent's answer.
    with contextlib.suppress(OSError):
        os.dup2(2, 1)
    capturing.become_worker()


def _end_with(sentinel: Any) -> None:
    wait([sentinel])
    os._exit(1)


def _mask(how: int) -> None:
    """Block or unblock Ctrl-C on this thread and in processes that it starts."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(how, {signal.SIGINT})


@contextlib.contextmanager
def _prepared_start() -> Iterator[None]:
    """Have processes start with one thread for linear algebra, and without the parent's script.

    A worker that imported the script would open its window, or begin its sweep once more.
    """
    main = sys.modules["__main__"]
    names = ("__file__", "__spec__")
    hidden: dict[str, Any] = {name: vars(main)[name] for name in names if name in vars(main)}
    added = [name for name in THREAD_VARIABLES if name not in os.environ]
    os.environ.update(dict.fromkeys(added, "1"))
    for name in hidden:
        setattr(main, name, None) if name == "__spec__" else delattr(main, name)
    # A process that starts must not hear Ctrl-C before it has been told to ignore it.
    _mask(signal.SIG_BLOCK)
    try:
        yield
    finally:
        _mask(signal.SIG_UNBLOCK)
        for name, value in hidden.items():
            setattr(main, name, value)
        for name in added:
            os.environ.pop(name, None)
