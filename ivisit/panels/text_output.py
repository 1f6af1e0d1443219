"""`TextOutput`: a text that changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from ivisit.declarations import Holder, is_whole
from ivisit.panels.base import Panel

#: Lines that a text may ask for.
MOST_LINES = 60


class TextOutput(Panel[str]):
    """A text; whatever is assigned is shown as ``str(value)``.

    Parameters
    ----------
    align : {'left', 'center', 'right'}, optional
        How the lines are set.
    lines : int, optional
        For how many lines, from 1 to 60, the window makes room; by default for those of the first
        text, as far as that has few.
    label, help : str, optional
        See `Declaration`.
    """

    if TYPE_CHECKING:  # of everything its text is shown

        def __set__(self, instance: Holder, value: object) -> None: ...

    def __init__(
        self,
        *,
        align: Literal["left", "center", "right"] = "left",
        lines: int | None = None,
        label: str | None = None,
        help: str = "",
    ) -> None:
        super().__init__(label=label, help=help)
        self.align = align
        self.lines = lines

    def check(self, owner: str) -> None:
        super().check(owner)
        if self.align not in ("left", "center", "right"):
            raise self.refusal(owner, "align", "'left', 'center' or 'right'", self.align)
        if self.lines is not None and not (is_whole(self.lines, 1) and self.lines <= MOST_LINES):
            raise self.refusal(owner, "lines", f"a whole number from 1 to {MOST_LINES}", self.lines)

    def validate(self, value: Any, *, owner: str = "") -> str:
        return str(value)
