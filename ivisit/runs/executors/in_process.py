"""``workers=0``: the runs are computed in this process, one after the other; for debuggers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from ivisit.runs.executors.base import Crew


class InProcess(Crew):
    """No workers at all."""

    in_process = True
    workers = 1

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(function(*arguments))
        return future
