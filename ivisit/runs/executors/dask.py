"""Workers of a Dask cluster, wherever they are; with the extra ``[dask]``.

Chunks go through the client's own `concurrent.futures` interface. The scheduler sends a chunk to
another worker when one is lost; only a chunk that has killed several comes back as an error.
"""

from __future__ import annotations

import contextlib
import importlib
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from ivisit.errors import IVisitError
from ivisit.runs.executors.base import Crew, CrewLost

#: Seconds to wait for the scheduler.
PATIENCE = 10
#: Seconds after which the workers are counted anew: they come and go.
COUNT_INTERVAL = 10.0


def connect(address: str) -> DaskCluster:
    """Return the workers of the scheduler at ``tcp://host:port``."""
    return DaskCluster(address)


class DaskCluster(Crew):
    """The workers of a scheduler.

    Parameters
    ----------
    address : str
        ``tcp://host:port``.
    """

    def __init__(self, address: str) -> None:
        try:
            distributed: Any = importlib.import_module("distributed")
        except ImportError as error:
            raise IVisitError(
                "a Dask scheduler needs dask.distributed: pip install 'ivisit-lab[dask]'"
            ) from error
        self._address = address
        try:
            self._client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise IVisitError(f"{address}: there is no Dask scheduler: {error}") from error
        # Pure tasks with equal arguments would be taken for one and the same.
        self._executor = self._client.get_executor(pure=False)
        self._count = 0
        self._counted_at = -COUNT_INTERVAL

    @property
    def workers(self) -> int:
        if time.monotonic() - self._counted_at >= COUNT_INTERVAL or not self._count:
            self._counted_at = time.monotonic()
            # Where the scheduler does not answer, the next chunk will tell.
            with contextlib.suppress(OSError, ValueError, TimeoutError):
                self._count = sum(self._client.nthreads().values())
        return max(1, self._count)

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        self._check()
        future: Future[Any] = self._executor.submit(function, *arguments)
        return future

    def rebuild(self) -> None:
        self._check()

    def kill(self) -> None:
        with contextlib.suppress(OSError, RuntimeError, TimeoutError):
            self._executor.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        with contextlib.suppress(OSError, RuntimeError, TimeoutError):
            self._client.close(timeout=2)

    def _check(self) -> None:
        if self._client.status != "running":
            raise CrewLost(
                f"the Dask scheduler at {self._address} cannot be reached any more; what was "
                "computed is stored, and the same command goes on"
            )
