"""Controls whose value is one of several options."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Sequence
from typing import Any

from ivisit.controls.base import Control, Value
from ivisit.errors import ParameterError, closest


class Choice(Control[Value]):
    """One of several options."""

    def __init__(
        self,
        default: Value,
        options: Sequence[Value],
        *,
        label: str | None = None,
        unit: str = "",
        help: str = "",
        group: str = "",
        restart: bool = False,
    ) -> None:
        super().__init__(default, label=label, unit=unit, help=help, group=group, restart=restart)
        self.options = options

    def check(self, owner: str) -> None:
        if isinstance(self.options, str) or not isinstance(self.options, Iterable):
            raise self.refusal(owner, "options", "a list of texts or numbers", self.options)
        self.options = tuple(self.options)
        if not self.options:
            raise self.refusal(owner, "options", "a list with at least one option", [])
        texts = [str(option) for option in self.options]
        for option, text in zip(self.options, texts, strict=True):
            if isinstance(option, bool) or not isinstance(option, str | int | float):
                raise self.refusal(owner, "options", "texts or numbers", option)
            if texts.count(text) > 1:
                raise self.refusal(owner, "options", "different from each other", text)
        super().check(owner)

    def validate(self, value: Any, *, owner: str = "", present: Any = None) -> Any:
        # "1 == True" and "1 == 1.0" hold in Python: only numbers may stand for numbers.
        is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
        if is_number or isinstance(value, str):
            for option in self.options:
                if option == value:
                    return option
        hint = closest(value, map(str, self.options)) if isinstance(value, str) else ""
        raise ParameterError(str(self._refused(owner, value)) + ("." + hint if hint else ""))

    def parse(self, text: str, *, owner: str = "", present: Any = None) -> Any:
        for option in self.options:
            if str(option) == text:
                return option
        return self.validate(text, owner=owner)

    def allowed(self) -> str:
        return "one of " + ", ".join(map(repr, self.options))

    def describe(self) -> dict[str, Any]:
        return super().describe() | {"options": list(self.options)}
