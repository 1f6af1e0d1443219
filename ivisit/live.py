"""`LiveSteps`: what is to be computed when a value changes while nothing runs."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivisit.engine import Engine

#: A run of more steps than these, Live's own not counted, is never begun anew by itself.
FEW_STEPS = 5


class LiveSteps:
    """Keeps the latest change that waits, and how many steps of the run changes have computed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: tuple[bool, bool] | None = None
        self._own = 0
        self._run = 0

    def ask(self, *, restart: bool, preview: bool) -> bool:
        """Note a change; tell whether it is the first one that waits."""
        with self._lock:
            is_first = self._asked is None
            # What has to begin anew does so, although another value was changed afterwards.
            restart = restart or (self._asked is not None and self._asked[0])
            self._asked = (restart, preview)
            return is_first

    def take(self) -> tuple[bool, bool]:
        """Return `restart` and `preview` of the changes that waited."""
        with self._lock:
            asked, self._asked = self._asked or (False, False), None
            return asked

    def may_restart(self, engine: Engine) -> bool:
        """Tell whether no long run would be lost."""
        own = self._own if engine.runs == self._run else 0
        return engine.steps - own <= FEW_STEPS

    def count(self, engine: Engine, steps: int) -> None:
        """A change has computed steps."""
        if engine.runs != self._run:
            self._run, self._own = engine.runs, 0
        self._own += steps
