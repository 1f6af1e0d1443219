"""What a sweep asks of whoever computes its chunks."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from ivisit.errors import RunError


class Crew:
    """Some workers behind a `concurrent.futures`-like ``submit``.

    Rules
    -----
    1. `submit` returns a future at once, or has computed the result before it returns.
    2. `workers` may change while a sweep goes on.
    3. After the exception of a future that is not the function's own, `rebuild` is called: it
       brings workers back, or raises `CrewLost`.
    4. `kill` ends running work at once where that is possible, and waits for nothing.
    5. Once `broken`, a future that is not done may stay so: `rebuild` is called then, too.
    6. `close` waits for the workers' end and leaves alone what the caller brought.

    Attributes
    ----------
    in_process : bool
        Whether workers are threads of this process, and use the parent's own objects.
    """

    in_process = False

    @property
    def workers(self) -> int:
        """How many chunks can be computed at the same time."""
        raise NotImplementedError

    @property
    def broken(self) -> bool:
        """Whether workers were lost in such a way that nothing comes from them any more."""
        return False

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Have ``function(*arguments)`` computed.

        Raises
        ------
        concurrent.futures.BrokenExecutor
            If a worker has died, and `rebuild` is to be called.
        CrewLost
            If nobody can bring workers back.
        """
        raise NotImplementedError

    def rebuild(self) -> None:
        """Bring workers back after some have died."""
        raise NotImplementedError

    def kill(self) -> None:
        """End running work at once."""

    def close(self) -> None:
        """Release the workers."""


class CrewLost(RunError):
    """There are no workers any more; what was computed is stored."""
