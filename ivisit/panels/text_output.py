"""`TextOutput`: a text that changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from ivisit.declarations import Holder
from ivisit.panels.base import Panel


class TextOutput(Panel[str]):
    """A text; whatever is assigned is shown as ``str(value)``.

    Parameters
    ----------
    align : {'left', 'center', 'right'}, optional
        How the lines are set.
    label, help : str, optional
        See `Declaration`.
    """

    if TYPE_CHECKING:  # of everything its text is shown

        def __set__(self, instance: Holder, value: object) -> None: ...

    def __init__(
        self,
        *,
        align: Literal["left", "center", "right"] = "left",
        label: str | None = None,
        help: str = "",
    ) -> None:
        super().__init__(label=label, help=help)
        self.align = align

    def check(self, owner: str) -> None:
        super().check(owner)
        if self.align not in ("left", "center", "right"):
            raise self.refusal(owner, "align", "'left', 'center' or 'right'", self.align)

    def validate(self, value: Any, *, owner: str = "") -> str:
        return str(value)
