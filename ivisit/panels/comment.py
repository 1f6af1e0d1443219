"""`Comment`: a fixed text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Never, Self, overload

from ivisit.declarations import Holder
from ivisit.errors import ParameterError
from ivisit.panels.base import Panel

#: Words that the style of a comment may hold.
STYLES = ("bold", "italic", "underline", "overstrike")


class Comment(Panel[str]):
    """A fixed text in the window.

    Parameters
    ----------
    text : str
        What it says.
    font : str, optional
        Family of the font, e.g. ``"Courier"``; by default that of the window.
    size : int, optional
        Size of the font in points; 0 for that of the window.
    style : str, optional
        Words among ``bold``, ``italic``, ``underline`` and ``overstrike``.
    color : str, optional
        Color of the text, by name or as ``#rrggbb``.
    label, help : str, optional
        See `Declaration`.
    """

    assignable = False

    def __init__(
        self,
        text: str,
        *,
        font: str = "",
        size: int = 0,
        style: str = "",
        color: str = "",
        label: str | None = None,
        help: str = "",
    ) -> None:
        super().__init__(label=label, help=help)
        self.text = text
        self.font = font
        self.size = size
        self.style = style
        self.color = color

    def check(self, owner: str) -> None:
        super().check(owner)
        for argument in ("text", "font", "style", "color"):
            if not isinstance(getattr(self, argument), str):
                raise self.refusal(owner, argument, "a text", getattr(self, argument))
        if isinstance(self.size, bool) or not isinstance(self.size, int) or self.size < 0:
            raise self.refusal(owner, "size", "a whole number from 0 on", self.size)
        unknown = set(self.style.split()) - set(STYLES)
        if unknown:
            raise self.refusal(owner, "style", f"words among {', '.join(STYLES)}", self.style)

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Holder, owner: type) -> str: ...
    def __get__(self, instance: Holder | None, owner: type) -> Any:
        return self if instance is None else self.text

    if TYPE_CHECKING:  # nothing can be assigned

        def __set__(self, instance: Holder, value: Never) -> None: ...  # type: ignore[override]

    def validate(self, value: Any, *, owner: str = "") -> Any:
        raise ParameterError(f"{owner}.{self.name}: is a fixed comment and cannot be assigned to")

    def describe(self) -> dict[str, Any]:
        return super().describe() | {
            "text": self.text,
            "font": self.font,
            "size": self.size,
            "style": self.style,
            "color": self.color,
        }
