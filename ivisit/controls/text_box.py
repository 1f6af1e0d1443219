"""`TextBox`: a text that people type."""

from __future__ import annotations

from typing import Any

from ivisit.controls.base import Control
from ivisit.declarations import as_number, is_storable_text


class TextBox(Control[str]):
    """A text that people type.

    Parameters
    ----------
    default : str, optional
        Initial text.
    lines : int, optional
        Visible lines in the window, at least 1.
    label, help, group, restart
        See `Control`.
    """

    def __init__(
        self,
        default: str = "",
        *,
        lines: int = 1,
        label: str | None = None,
        help: str = "",
        group: str = "",
        restart: bool = False,
    ) -> None:
        super().__init__(default, label=label, help=help, group=group, restart=restart)
        self.lines = lines

    def check(self, owner: str) -> None:
        lines = as_number(self.lines, int)
        if lines is None or lines < 1:
            raise self.refusal(owner, "lines", "a whole number from 1 on", self.lines)
        super().check(owner)

    def validate(self, value: Any, *, owner: str = "", present: Any = None) -> str:
        if not isinstance(value, str):
            raise self._refused(owner, value)
        if not is_storable_text(value):
            raise self._refused(owner, value, "a text without NUL and lone surrogates")
        return str(value)

    def parse(self, text: str, *, owner: str = "", present: Any = None) -> str:
        return self.validate(text, owner=owner)

    def allowed(self) -> str:
        return "a text"

    @property
    def type_name(self) -> str:
        return "text"
