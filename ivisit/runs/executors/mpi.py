"""The other ranks of an MPI job; with the extra ``[mpi]``.

Started by ``mpiexec -n N python -m mpi4py.futures -m ivisit sweep ... --mpi``: rank 0 is the
parent, all others are workers. When a rank dies, MPI ends the whole job; the same command
continues.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from ivisit.errors import IVisitError
from ivisit.runs.executors.base import Crew, CrewLost


def join(address: str) -> MPIRanks:
    """Return the other ranks of this job."""
    return MPIRanks()


class MPIRanks(Crew):
    """The ranks 1 ... n - 1."""

    def __init__(self) -> None:
        try:
            from mpi4py import MPI
            from mpi4py.futures import MPIPoolExecutor
        except ImportError as error:
            raise IVisitError(
                "--mpi needs an MPI library and mpi4py: pip install 'ivisit-lab[mpi]'"
            ) from error
        self._count = MPI.COMM_WORLD.Get_size() - 1
        if self._count < 1:
            raise IVisitError(
                "--mpi: this process has no other ranks; start it with "
                "mpiexec -n N python -m mpi4py.futures -m ivisit ... --mpi"
            )
        # Workers load the simulation by its key; they must not import the parent's program.
        self._executor = MPIPoolExecutor(main=False)

    @property
    def workers(self) -> int:
        return self._count

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        future: Future[Any] = self._executor.submit(function, *arguments)
        return future

    def rebuild(self) -> None:
        raise CrewLost("a rank of the MPI job was lost; the same command goes on")

    def kill(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)
