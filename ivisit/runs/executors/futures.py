"""Any `concurrent.futures.Executor` that the caller brings: threads, loky, a pool of theirs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from ivisit.errors import ParameterError, expected
from ivisit.runs.executors.base import Crew, CrewLost
from ivisit.runs.executors.local import available_cores


class Borrowed(Crew):
    """An executor of the caller, which is not shut down.

    Parameters
    ----------
    executor : concurrent.futures.Executor
        Anything with its ``submit``.
    """

    def __init__(self, executor: Any) -> None:
        if not callable(getattr(executor, "submit", None)):
            allowed = "a concurrent.futures.Executor, which has a method submit"
            raise ParameterError(expected("sweep", "executor", allowed, executor))
        self._executor = executor
        self.in_process = isinstance(executor, ThreadPoolExecutor)

    @property
    def workers(self) -> int:
        count = getattr(self._executor, "_max_workers", None)
        return count if isinstance(count, int) and count > 0 else available_cores()

    @property
    def broken(self) -> bool:
        # Those of the standard library say so; for others a future's exception has to do.
        return bool(getattr(self._executor, "_broken", False))

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        try:
            return self._executor.submit(function, *arguments)
        except (RuntimeError, OSError, ValueError) as error:
            raise CrewLost(f"the executor takes no more work: {error}") from error

    def rebuild(self) -> None:
        # Whoever made the executor has to make a new one; some mend themselves.
        try:
            self._executor.submit(int)
        except (RuntimeError, OSError, ValueError) as error:
            raise CrewLost(
                f"a worker of the executor died, and it takes no more work: {error}"
            ) from error
