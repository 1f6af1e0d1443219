"""Who computes the runs of a sweep: one kind of executor a file; see `ivisit.runs.executors.base`.

The registry names the kinds that a command line can ask for; each entry is loaded when it is used,
because Dask and MPI are extras.
"""

from __future__ import annotations

import importlib
from typing import Any

from ivisit.errors import ParameterError, expected
from ivisit.runs.executors.base import Crew, CrewLost
from ivisit.runs.executors.futures import Borrowed
from ivisit.runs.executors.in_process import InProcess
from ivisit.runs.executors.local import LocalProcesses, available_cores

#: Beginning of an address to "module:function", called with the address.
ADDRESSES = {
    "tcp://": "ivisit.runs.executors.dask:connect",
    "tls://": "ivisit.runs.executors.dask:connect",
    "mpi": "ivisit.runs.executors.mpi:join",
}

__all__ = [
    "ADDRESSES",
    "Borrowed",
    "Crew",
    "CrewLost",
    "InProcess",
    "LocalProcesses",
    "available_cores",
    "make_crew",
    "workers_text",
]


def make_crew(executor: Any = None, workers: int | None = None) -> Crew:
    """Return who computes the runs.

    Parameters
    ----------
    executor : concurrent.futures.Executor, str or None
        An executor, the address of a Dask scheduler, ``"mpi"``, or None for local processes.
    workers : int, optional
        How many local processes; 0 computes in this process.
    """
    if workers is not None and (
        isinstance(workers, bool) or not isinstance(workers, int) or workers < 0
    ):
        raise ParameterError(expected("sweep", "workers", "a whole number from 0 on", workers))
    if executor is None:
        return InProcess() if workers == 0 else LocalProcesses(workers)
    if workers is not None:
        raise ParameterError("sweep: give an executor or a number of workers, not both")
    if isinstance(executor, Crew):
        return executor
    if isinstance(executor, str):
        for beginning, place in ADDRESSES.items():
            if executor.startswith(beginning):
                module, _, function = place.partition(":")
                crew: Crew = getattr(importlib.import_module(module), function)(executor)
                return crew
        allowed = f"an executor, or a text that begins with {', '.join(ADDRESSES)}"
        raise ParameterError(expected("sweep", "executor", allowed, executor))
    return Borrowed(executor)


def workers_text(executor: Any, workers: int | None) -> str:
    """Return who will compute, for people."""
    if isinstance(executor, str):
        return executor
    if executor is not None:
        return type(executor).__name__
    count = available_cores() if workers is None else workers
    return f"{count} worker{'s'[: count != 1]}" if count else "in this process"
