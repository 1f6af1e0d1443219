"""What controls and panels have in common: a name, an owner, a label and a help text."""

from __future__ import annotations

import copy
import inspect
import math
import numbers
from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, Self
from unicodedata import normalize

import numpy as np

from ivisit.errors import ParameterError, address, closest, expected


class Holder(Protocol):
    """What a declaration needs of the simulation on whose class it stands."""

    _ivisit_values: dict[str, Any]
    _ivisit_outputs: dict[str, Any]
    _ivisit_parameters: Any


class Declaration:
    """A class attribute that declares a control or a panel of a simulation.

    It cannot be changed once the class exists: what a window or a script changes later belongs to
    one simulation, see `ivisit.parameters.Parameters.adjust`. Its `repr` is the call that makes it.

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

    Notes
    -----
    An argument of a new kind's ``__init__`` is kept in the attribute of its name, or of its name
    with a leading underscore: `repr` and `replace` look for it there.
    """

    aliases: tuple[str, ...] = ()
    #: The class in which it is declared, once that exists; from then on nothing changes.
    _settled_in = ""

    if not TYPE_CHECKING:  # type checkers look at __init__

        def __new__(cls, *arguments: Any, **named: Any) -> Self:
            known = inspect.signature(cls.__init__).parameters
            for name in named:
                if name not in known and not any(p.kind is p.VAR_KEYWORD for p in known.values()):
                    hint = closest(name, known) or f" It has {', '.join(list(known)[1:])}."
                    raise ParameterError(f"{cls.__name__}: has no argument {name!r}.{hint}")
            return super().__new__(cls)

    def __init__(self, *, label: str | None = None, help: str = "") -> None:
        self.name: str = ""
        self._label = label
        self.help = help

    def __set_name__(self, owner: type, name: str) -> None:
        if not self.name:
            self.name = name

    def __setattr__(self, name: str, value: Any) -> None:
        if self._settled_in:
            raise AttributeError(
                f"{address(self._settled_in, self.name)}: a declaration cannot be changed; "
                f"'parameters.adjust({self.name!r}, ...)' of a simulation changes range, step and "
                "label of a control for that simulation"
            )
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        self.__setattr__(name, None)
        super().__delattr__(name)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        if self._settled_in:
            return self  # it cannot change, so copies of a simulation share it
        clone = copy.copy(self)
        for attribute, value in vars(self).items():
            object.__setattr__(clone, attribute, copy.deepcopy(value, memo))
        return clone

    @property
    def label(self) -> str:
        """The text that people read in the window."""
        if self._label is not None:
            return self._label
        words = self.name.replace("_", " ").strip()
        # A single letter is a symbol, and X is another one than x.
        return words[:1].upper() + words[1:] if len(words) > 1 else words

    def settle(self, owner: str) -> None:
        """Check the declaration and make it unchangeable, once, for the class `owner`.

        Raises
        ------
        ParameterError
            When it contradicts itself.
        """
        if not self._settled_in:
            self.check(owner)
            self._settled_in = owner or "?"

    def check(self, owner: str) -> None:
        """Raise `ParameterError` when the declaration contradicts itself.

        Called once, when the class of the simulation is created: only then are the names known
        that the message needs. It may bring arguments into their canonical form.
        """
        for argument in ("_label", "help"):
            text = getattr(self, argument)
            if not (text is None or isinstance(text, str)):
                raise self.refusal(owner, argument.lstrip("_"), "a text", text)

    def refusal(self, owner: str, argument: str, allowed: str, value: Any) -> ParameterError:
        """Return the error for an unacceptable argument of this declaration."""
        return ParameterError(expected(owner, f"{self.name}, {argument}", allowed, value))

    # What it was made with ------------------------------------------------------------------

    def source(self, prefix: str = "") -> str:
        """Return the expression that makes this declaration, e.g. with the prefix ``iv.``."""
        texts = []
        in_order = True
        for argument, declared in inspect.signature(type(self).__init__).parameters.items():
            attribute = self._attribute(argument)
            if attribute is None:
                continue
            value = self._given(argument, attribute)
            if declared.default is not declared.empty and _is_same(value, declared.default):
                in_order = False
                continue
            by_name = declared.kind is declared.KEYWORD_ONLY or not in_order
            texts.append(f"{argument}=" * by_name + _source(value, prefix))
        return f"{prefix}{type(self).__name__}({', '.join(texts)})"

    def __repr__(self) -> str:
        return self.source()

    def argument(self, name: str) -> Any:
        """Return an argument of ``__init__`` as it was given, in its canonical type."""
        attribute = self._attribute(name)
        return None if attribute is None else self._given(name, attribute)

    def _attribute(self, argument: str) -> str | None:
        """Return the attribute that keeps an argument of ``__init__``; None where none does."""
        return next((a for a in (f"_{argument}", argument) if a in vars(self)), None)

    def _given(self, argument: str, attribute: str) -> Any:
        """Return an argument as it may be given to ``__init__``."""
        return getattr(self, attribute)

    def _unsettled(self, changes: Mapping[str, Any]) -> Self:
        """Return a copy with other arguments, which can still be changed and is not checked."""
        clone = copy.copy(self)
        vars(clone).pop("_settled_in", None)
        for argument, value in changes.items():
            setattr(clone, self._attribute(argument) or argument, value)
        return clone


def _source(value: Any, prefix: str) -> str:
    """Return the expression that makes the argument of a declaration."""
    if isinstance(value, Declaration):
        return value.source(prefix)
    if isinstance(value, Mapping):
        items = (f"{key!r}: {_source(item, prefix)}" for key, item in value.items())
        return f"{{{', '.join(items)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_source(item, prefix) for item in value)}]"
    return f"{type(value).__name__}.{value.name}" if isinstance(value, Enum) else repr(value)


def _is_same(value: Any, default: Any) -> bool:
    return type(value) is type(default) and bool(value == default)


def own_name(declarations: Mapping[str, Declaration], name: Any) -> Any:
    """Return the name of the declaration that is addressed by `name`, else `name` itself.

    Names are equal after normalization, as Python's own are: the ``µ`` of a keyboard finds the
    attribute that was written with it, which Python calls ``μ``.
    """
    if name in declarations or not isinstance(name, str):
        return name
    wanted = normalize("NFKC", name)
    for own, found in declarations.items():
        if normalize("NFKC", own) == wanted or name in found.aliases:
            return own
    return name


def is_storable_text(text: str) -> bool:
    """Tell whether SQLite's text functions and a file in UTF-8 can hold `text`."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


class FrozenDict(dict[str, Any]):
    """A dict that cannot be changed: the value of a control with several named items.

    It compares, prints and encodes as a plain dict. To change one item, assign a dict to the
    parameter; items that it leaves out keep their present value::

        simulation.weights = {"first": 0.5}
    """

    if not TYPE_CHECKING:  # for type checkers a dict as any other

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


def is_whole(value: Any, least: int) -> bool:
    """Tell whether `value` is an int of Python or NumPy, no bool, from `least` on."""
    # The exact type first: to build and ask the union takes longer.
    if type(value) is not int and (
        isinstance(value, bool) or not isinstance(value, int | np.integer)
    ):
        return False
    return bool(value >= least)


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
