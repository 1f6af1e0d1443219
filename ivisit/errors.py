"""The errors of ivisit and the one place where their messages take shape.

All of them derive from `IVisitError`, so one ``except`` catches them. A message names the thing,
says what is allowed, and repeats the value that was given::

    GaussFilter.sigma: must be between 0.1 and 20 px, not 40
"""

from __future__ import annotations

import difflib
import linecache
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


class IVisitError(Exception):
    """Base class of all errors that ivisit raises on purpose."""


class ParameterError(IVisitError, ValueError):
    """A declaration, a parameter name or a parameter value is not acceptable."""


class StoreError(IVisitError):
    """A parameter store cannot be opened, read or written.

    Attributes
    ----------
    result : RunResult or None
        The result of a run that could not be entered into the store.
    """

    result: Any = None


class FilmError(IVisitError):
    """A film cannot be written.

    Attributes
    ----------
    result : RunResult or None
        The result of the run that was to be filmed: it goes on all the same.
    """

    result: Any = None


class DirectiveError(IVisitError, ValueError):
    """A directive in the comments of an old script is not understood."""


class PluginError(IVisitError, ImportError):
    """A simulation cannot be found or its file cannot be loaded."""


class RunError(IVisitError, RuntimeError):
    """The simulation's own code raised an exception during a run.

    Attributes
    ----------
    result : RunResult or None
        What had been recorded when the run failed.
    failure : Failure or None
        Where and why it failed.
    """

    def __init__(self, message: str, result: Any = None, failure: Failure | None = None) -> None:
        super().__init__(message)
        self.result = result
        self.failure = failure


@dataclass(frozen=True)
class Failure:
    """An exception in a simulation's code, kept as data.

    Attributes
    ----------
    stage : str
        The part of the life cycle: ``main_init``, ``init``, ``step``, ``pointer``, ``close`` ...
    type, message : str
        Class name and text of the exception.
    traceback : str
        The formatted traceback, without the frames of ivisit itself.
    file, line : str, int
        The innermost place in the user's code.
    source : str
        The text of that line.
    """

    stage: str
    type: str
    message: str
    traceback: str
    file: str
    line: int
    source: str

    @classmethod
    def from_exception(cls, stage: str, error: BaseException) -> Failure:
        """Describe `error`, raised by the simulation's code in `stage`."""
        frames = traceback.extract_tb(error.__traceback__)
        package = __file__.rpartition("errors.py")[0]
        library = [frame.filename.startswith(package) for frame in frames]
        # The leading frames are the engine's; the user's code begins behind them.
        first = next((i for i, inside in enumerate(library) if not inside), 0)
        user = [frame for frame in frames[first:] if _is_user_code(frame.filename, package)]
        place = user[-1] if user else (frames[-1] if frames else None)
        lines = ["Traceback (most recent call last):\n"]
        lines += traceback.format_list(frames[first:])
        lines += traceback.format_exception_only(type(error), error)
        return cls(
            stage=stage,
            type=type(error).__name__,
            message=_text_of(error),
            traceback="".join(lines),
            file=place.filename if place else "",
            line=(place.lineno or 0) if place else 0,
            source=linecache.getline(place.filename, place.lineno or 0).strip() if place else "",
        )

    def __str__(self) -> str:
        where = f' ({self.file}, line {self.line}: "{self.source}")' if self.file else ""
        return f"{self.stage}() raised {self.type}: {self.message}{where}"


def _text_of(error: BaseException) -> str:
    """Return the text of an exception, whose own code may fail in turn."""
    try:
        return str(error)
    # The user's code; there is no telling what it raises.
    except Exception as second:  # noqa: BLE001
        return f"(its text cannot be told: {type(second).__name__})"


def _is_user_code(filename: str, package: str) -> bool:
    """Tell whether a traceback frame lies neither in ivisit nor in an installed library."""
    return not (
        filename.startswith((package, "<frozen"))
        or "site-packages" in filename
        or "dist-packages" in filename
    )


def expected(owner: str, name: str, allowed: str, value: Any) -> str:
    """Build the message that all refusals of a value share.

    Parameters
    ----------
    owner : str
        Class or simulation that owns `name`; empty when unknown.
    name : str
        The parameter, panel or argument.
    allowed : str
        What is allowed, as it reads behind "must be", e.g. ``"between 0.1 and 20 px"``.
    value : object
        The value that was refused.
    """
    return f"{address(owner, name)}: must be {allowed}, not {shorten(value)}"


def address(owner: str, name: str) -> str:
    """Return ``Owner.name``, or the one of the two that is known."""
    return f"{owner}.{name}" if owner and name else owner or name


def shorten(value: Any, length: int = 60) -> str:
    """Return `value` as it would be typed, cut to `length` characters."""
    if type(value).__module__ == "numpy" and not hasattr(value, "dtype"):
        text = str(value)
    elif hasattr(value, "dtype") and getattr(value, "ndim", 1) == 0:
        text = repr(value.item())
    elif hasattr(value, "dtype"):
        text = f"an array of shape {value.shape} and type {value.dtype}"
    elif isinstance(value, int) and value.bit_length() > 1000:
        # Python refuses to write the digits of very large numbers.
        text = f"an integer of {value.bit_length()} bits"
    else:
        text = repr(value)
    return text if len(text) <= length else text[: length - 3] + "..."


def closest(name: str, names: Iterable[str]) -> str:
    """Return `` Did you mean 'sigma'?`` for a name that resembles one of `names`, else nothing."""
    match = closest_names(name, names)
    return f" Did you mean {match[0]!r}?" if match else ""


def closest_names(name: str, names: Iterable[str], similarity: float = 0.6) -> list[str]:
    """Return the one of `names` that `name` resembles most, or none; 1 is the same name."""
    by_lower = {known.lower(): known for known in names}
    match = difflib.get_close_matches(str(name).lower(), by_lower, n=1, cutoff=similarity)
    return [by_lower[found] for found in match]


def unknown(owner: str, kind: str, name: str, names: Iterable[str]) -> str:
    """Build the message for a name that does not exist among `names`."""
    known = list(names)
    hint = closest(name, known)
    listing = "" if hint else f" Known: {', '.join(map(repr, known)) or 'none'}."
    return f"{owner}: has no {kind} {name!r}.{hint}{listing}"
