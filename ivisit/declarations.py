"""What controls and panels have in common: a name, an owner, a label and a help text."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from typing import Any, NoReturn

from ivisit.errors import ParameterError, expected


class Declaration:
    """A class attribute that declares a control or a panel of a simulation.

    Parameters
    ----------
    label : str, optional
        What people read in the window; by default the attribute's name with blanks.
    help : str, optional
        One or two sentences for the tooltip and for ``ivisit show``.

    Attributes
    ----------
    name : str
        The attribute's name. Old scripts have names with blanks, so it need not be an identifier.
    aliases : tuple of str
        Other names by which people may address it.
    """

    aliases: tuple[str, ...] = ()

    def __init__(self, *, label: str | None = None, help: str = "") -> None:
        self.name = ""
        self._label = label
        self.help = help

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = self.name or name

    @property
    def label(self) -> str:
        """The text that people read in the window."""
        if self._label is not None:
            return self._label
        words = self.name.replace("_", " ").strip()
        # A single letter is a symbol, and X is another one than x.
        return words[:1].upper() + words[1:] if len(words) > 1 else words

    def check(self, owner: str) -> None:
        """Raise `ParameterError` when the declaration contradicts itself.

        Called once, when the class of the simulation is created: only then are the names known
        that the message needs.
        """
        for argument in ("_label", "help"):
            text = getattr(self, argument)
            if not (text is None or isinstance(text, str)):
                raise self.refusal(owner, argument.lstrip("_"), "a text", text)

    def refusal(self, owner: str, argument: str, allowed: str, value: Any) -> ParameterError:
        """Return the error for an unacceptable argument of this declaration."""
        return ParameterError(expected(owner, f"{self.name}, {argument}", allowed, value))


def own_name(declarations: Mapping[str, Declaration], name: Any) -> Any:
    """Return the name of the declaration that is addressed by `name`, else `name` itself."""
    if name in declarations:
        return name
    return next((own for own, found in declarations.items() if name in found.aliases), name)


class FrozenDict(dict[str, Any]):
    """A dict that cannot be changed: the value of a control with several named items.

    It compares, prints and encodes as a plain dict. To change one item, assign a dict to the
    parameter; items that it leaves out keep their present value::

        simulation.weights = {"first": 0.5}
    """

    def _refuse(self, *arguments: Any, **named: Any) -> NoReturn:
        raise TypeError(
            "the items of a parameter are changed by assigning a dict to the parameter, e.g. "
            "simulation.weights = {'first': 0.5}; items that are left out keep their value"
        )

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        # The default protocol would fill the copy through __setitem__.
        return type(self), (dict(self),)

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))


def number_text(value: float) -> str:
    """Return a number as people write it: ``20`` rather than ``20.0``.

    >>> number_text(20.0), number_text(0.1), number_text(1e-7)
    ('20', '0.1', '1e-07')
    """
    return repr(value).removesuffix(".0")


def as_number(value: Any, kind: type[int] | type[float]) -> int | float | None:
    """Return `value` as an int or float, or None where it is not a finite number of that kind."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return None
    if isinstance(value, numbers.Integral):
        whole = int(value)
        if kind is int:
            return whole
        try:
            return float(whole)
        except OverflowError:
            return None
    number = float(value)
    if not math.isfinite(number):
        return None
    if kind is int:
        return int(number) if number.is_integer() else None
    return number
