"""`Comment`: a fixed text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Never, Self, overload

from ivisit.declarations import Holder
from ivisit.errors import ParameterError
from ivisit.panels.base import Panel


class Comment(Panel[str]):
    """A fixed text in the window.

    Parameters
    ----------
    text : str
        What it says.
    label, help : str, optional
        See `Declaration`.
    """

    def __init__(self, text: str, *, label: str | None = None, help: str = "") -> None:
        super().__init__(label=label, help=help)
        self.text = text

    def check(self, owner: str) -> None:
        super().check(owner)
        if not isinstance(self.text, str):
            raise self.refusal(owner, "text", "a text", self.text)

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
        return super().describe() | {"text": self.text}
