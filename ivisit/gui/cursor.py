"""`Cursor`: the step that the pointer marks in all plots of a session."""

from __future__ import annotations

from collections.abc import Callable


class Cursor:
    """A step that several plots mark together; None while the pointer is elsewhere."""

    def __init__(self) -> None:
        self.step: int | None = None
        self._watchers: list[Callable[[], None]] = []

    def watch(self, callback: Callable[[], None]) -> None:
        """Have ``callback()`` called whenever the step changes."""
        self._watchers.append(callback)

    def forget(self, callback: Callable[[], None]) -> None:
        """Call `callback` no more."""
        if callback in self._watchers:
            self._watchers.remove(callback)

    def move(self, step: int | None) -> None:
        """Mark another step."""
        if step != self.step:
            self.step = step
            for callback in list(self._watchers):
                callback()
