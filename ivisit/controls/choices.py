"""Controls whose value is one of several options."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, Self, overload

import numpy as np

from ivisit.controls.base import Control, Value
from ivisit.declarations import Holder, is_storable_text
from ivisit.errors import ParameterError, closest


class Choice(Control[Value]):
    """One of several options.

    Texts and numbers stand for themselves. Members of an `Enum`, None, and whatever a dict has
    behind its labels have a label: by that they are shown, stored and chosen from outside, while
    the simulation reads what is meant.
    """

    def __init__(
        self,
        default: Value | str,
        options: Sequence[Value] | Mapping[str, Value] | type[Value] | np.ndarray[Any, Any],
        *,
        label: str | None = None,
        unit: str = "",
        help: str = "",
        group: str = "",
        restart: bool = False,
    ) -> None:
        super().__init__(default, label=label, unit=unit, help=help, group=group, restart=restart)
        self._options: Any = options
        self._choices: tuple[Any, ...] = ()
        self._meanings: dict[Any, Any] = {}
        #: Whether there are none: a bool is looked at faster than a dict, in each step.
        self._is_plain = True

    @property
    def options(self) -> tuple[Any, ...]:
        """What can be chosen: texts and numbers, or labels."""
        return self._choices

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Holder, owner: type) -> Value: ...
    def __get__(self, instance: Holder | None, owner: type) -> Any:
        if instance is None:
            return self
        if self._is_plain:
            return instance._ivisit_values[self.name]
        return self._meanings[instance._ivisit_values[self.name]]

    def check(self, owner: str) -> None:
        options = self._options = self._as_given(owner)
        self._choices = tuple(options if isinstance(options, dict) else map(_label, options))
        self._check_choices(owner)
        if isinstance(options, dict):
            self._meanings = options
        elif any(option is None or isinstance(option, Enum) for option in options):
            self._meanings = dict(zip(self._choices, options, strict=True))
        self._is_plain = not self._meanings
        self._check_meanings(owner)
        super().check(owner)

    def _as_given(self, owner: str) -> dict[Any, Any] | list[Any]:
        """Return the options in a dict or list of their own, NumPy's numbers as Python's."""
        given = self._options
        if isinstance(given, Mapping):
            return dict(given)
        # The order of a set is another one in each process.
        if isinstance(given, str | set | frozenset) or not isinstance(given, Iterable):
            raise self.refusal(owner, "options", "a list of texts or numbers, or a dict", given)
        return [option.item() if isinstance(option, np.generic) else option for option in given]

    def _check_choices(self, owner: str) -> None:
        if not self._choices:
            raise self.refusal(owner, "options", "a list with at least one option", [])
        texts = [str(choice) for choice in self._choices]
        for place, choice in enumerate(self._choices):
            if isinstance(self._options, dict) and (not isinstance(choice, str) or not choice):
                raise self.refusal(owner, "options", "a dict whose keys are labels", choice)
            if isinstance(choice, bool) or not isinstance(choice, str | int | float):
                wanted = "texts, numbers, None or members of an Enum; a dict gives labels to others"
                raise self.refusal(owner, "options", wanted, choice)
            if isinstance(choice, float) and not math.isfinite(choice):
                raise self.refusal(owner, "options", "finite numbers", choice)
            if isinstance(choice, str) and not is_storable_text(choice):
                wanted = "texts without NUL and lone surrogates"
                raise self.refusal(owner, "options", wanted, choice)
            is_again = texts.index(texts[place]) != place
            if is_again or _place(choice, self._choices[:place]) is not None:
                raise self.refusal(owner, "options", "different from each other", choice)

    def _check_meanings(self, owner: str) -> None:
        for label, meaning in self._meanings.items():
            if isinstance(meaning, str) and meaning in self._meanings and meaning != label:
                wanted = "a dict in which no label is the value of another option"
                raise self.refusal(owner, "options", wanted, meaning)

    def validate(self, value: Any, *, owner: str = "", present: Any = None) -> Any:
        for candidates in (self._choices, tuple(self._meanings.values())):
            place = _place(value, candidates)
            if place is not None:
                return self._choices[place]
        hint = closest(value, map(str, self._choices)) if isinstance(value, str) else ""
        raise ParameterError(str(self._refused(owner, value)) + ("." + hint if hint else ""))

    def parse(self, text: str, *, owner: str = "", present: Any = None) -> Any:
        for option in self._choices:
            if str(option) == text:
                return option
        return self.validate(text, owner=owner)

    def allowed(self) -> str:
        return "one of " + ", ".join(map(repr, self._choices))

    def describe(self) -> dict[str, Any]:
        return super().describe() | {"options": list(self._choices)}


def _label(option: Any) -> Any:
    """Return what stands for an option of a list: itself, where it is a text or a number."""
    if isinstance(option, Enum):
        return option.name
    return "None" if option is None else option


def _place(value: Any, options: Sequence[Any]) -> int | None:
    """Return where `value` is among `options`; None where it is not.

    ``1 == True`` and ``1 == 1.0`` hold in Python: only numbers may stand for numbers.
    """
    for place, option in enumerate(options):
        if option is value:
            return place
        both_numbers = _is_number(option) and _is_number(value)
        # A member of an Enum of texts is equal to its text, and may come as either.
        both_texts = isinstance(option, str) and isinstance(value, str)
        if (both_numbers or both_texts) and option == value:
            return place
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool | Enum)
