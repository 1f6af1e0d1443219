"""`Checkbox`: a bool."""

from __future__ import annotations

from typing import Any

from ivisit.controls.base import Control

TRUE_WORDS = frozenset({"true", "yes", "on", "1"})


FALSE_WORDS = frozenset({"false", "no", "off", "0"})


class Checkbox(Control[bool]):
    """A bool.

    Parameters
    ----------
    default : bool, optional
        Initial state, by default off.
    label, help, group, restart
        See `Control`.
    """

    def __init__(
        self,
        default: bool = False,
        *,
        label: str | None = None,
        help: str = "",
        group: str = "",
        restart: bool = False,
    ) -> None:
        super().__init__(default, label=label, help=help, group=group, restart=restart)

    def validate(self, value: Any, *, owner: str = "", present: Any = None) -> bool:
        if isinstance(value, bool):
            return value
        if type(value).__module__ == "numpy" and type(value).__name__ in ("bool", "bool_"):
            return bool(value)
        raise self._refused(owner, value)

    def parse(self, text: str, *, owner: str = "", present: Any = None) -> bool:
        word = text.strip().lower()
        if word in TRUE_WORDS | FALSE_WORDS:
            return word in TRUE_WORDS
        raise self._refused(owner, text, "true or false (also yes, no, on, off, 1, 0)")

    def text(self, value: Any) -> str:
        return "true" if value else "false"

    def allowed(self) -> str:
        return "true or false"
