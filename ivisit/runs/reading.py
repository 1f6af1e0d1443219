"""Reading the file of a result: every damage is one `IVisitError`.

A file may have been cut, altered, or made by a stranger. Nothing in it is believed before its type
is checked, and nothing is executed: there is no pickle.
"""

from __future__ import annotations

import json
import os
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Literal, TypeAlias, TypeVar, get_args

import numpy as np

from ivisit.errors import Failure, IVisitError, shorten
from ivisit.recording import LogEntry, entry_from_json
from ivisit.unfolding import check_arrays

#: How a run ended.
Status: TypeAlias = Literal["finished", "interrupted", "failed"]

#: More steps than any computer does in weeks; a file that says more was altered.
MOST_STEPS = 10**12

#: What the readers of zip archives, arrays and JSON raise for bytes that are none.
_UNREADABLE = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OverflowError,
    MemoryError,
    RecursionError,
    SyntaxError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    tokenize.TokenError,
    zlib.error,
    zipfile.BadZipFile,
)


Result = TypeVar("Result")


def read_result(path: str | os.PathLike[str], format: str, result: type[Result]) -> Result:
    """Return the result in the file `path`, each of its fields checked.

    Parameters
    ----------
    path : path-like
        A file that `RunResult.save` wrote.
    format : str
        The format that the file must name.
    result : type
        `RunResult`, whose fields the file may have.

    Raises
    ------
    IVisitError
        When the file is missing, damaged, altered, of another format, or no result of a run, and
        when it would unfold to more than `ivisit.unfolding.allowed_size`.
    """
    try:
        # Opened here: from a path NumPy would also take a pickle, or leave the file open.
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            check_arrays(path, archive.zip)
            return result(**_fields(archive, format, result))
    except OSError as error:
        raise IVisitError(f"{path}: cannot be read: {error.strerror or error}") from error
    except _Wrong as error:
        raise IVisitError(f"{path}: {error}") from error
    except _UNREADABLE as error:
        raise IVisitError(f"{path}: is not a result file of ivisit-lab, or damaged") from error


class _Wrong(Exception):
    """What is wrong with a file that could be read."""


def _fields(archive: Any, format: str, result: Any) -> dict[str, Any]:
    metadata = json.loads(str(archive["metadata"]))
    if metadata.pop("format") != format:
        raise _Wrong("is a result file of another version of ivisit-lab")
    arrays = {
        plural: {
            _text(name): archive[f"{single}_{i}"]
            for i, name in enumerate(_sequence(metadata.pop(plural, []), plural))
        }
        for plural, single in (("arrays", "output"), ("traces", "trace"), ("rasters", "raster"))
    }
    masked = _sequence(metadata.pop("masked", []), "masked")
    for i, (name, data) in enumerate(arrays["arrays"].items()):
        if i in masked:
            mask = archive[f"mask_{i}"]
            if mask.dtype != bool or mask.shape != data.shape:
                raise _Wrong(f"is altered or damaged: the mask of {name} does not fit")
            arrays["arrays"][name] = np.ma.MaskedArray(data, mask)
    steps = archive["recorded_steps"]
    known = {one.name: one for one in fields(result)}
    for name, value in metadata.items():
        if name not in known:
            raise _Wrong(f"holds {name!r}, which this version of ivisit-lab does not know")
        check = _CHECKS.get(name)
        if not (check(value) if check else _is_like(value, known[name].default)):
            raise _Wrong(f"is altered or damaged: its {name} cannot be {shorten(value)}")
    _check_rows(steps, arrays["traces"], metadata["steps"])
    failure = metadata.pop("failure")
    return {
        **metadata,
        "recorded_steps": steps,
        "traces": arrays["traces"],
        "rasters": arrays["rasters"],
        "outputs": {**arrays["arrays"], **metadata["outputs"]},
        "changes": [_entry(entry) for entry in metadata["changes"]],
        "failure": None if failure is None else _failure(failure),
    }


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MOST_STEPS


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_like(value: Any, default: Any) -> bool:
    """Tell whether a value has the type of a field's default; any, where that tells none."""
    if isinstance(default, float):
        return type(value) in (int, float) and -1e300 < value < 1e300
    return not isinstance(default, bool | int | str) or type(value) is type(default)


#: What a field must be, where the type of its default does not tell.
_CHECKS: dict[str, Callable[[Any], bool]] = {
    "simulation": lambda value: isinstance(value, str),
    "parameters": _is_object,
    "seed": lambda value: type(value) is int and value >= 0,
    "steps": _is_count,
    "status": lambda value: value in get_args(Status),
    "mode": lambda value: value in ("sync", "async"),
    "outputs": _is_object,
    "panels": lambda value: (
        isinstance(value, list)
        and all(_is_object(panel) and isinstance(panel.get("name"), str) for panel in value)
    ),
    "changes": lambda value: isinstance(value, list),
    "failure": lambda value: value is None or _is_object(value),
    "provenance": _is_object,
    "adjustments": lambda value: _is_object(value) and all(map(_is_object, value.values())),
}


def _check_rows(numbers: np.ndarray, traces: Mapping[str, np.ndarray], steps: int) -> None:
    """Raise `_Wrong` when the rows of the traces cannot be those of a run of so many steps."""
    if numbers.ndim != 1 or numbers.dtype.kind not in "iu":
        raise _Wrong("is altered or damaged: its recorded steps are no whole numbers")
    for name, rows in traces.items():
        if rows.ndim not in (1, 2) or rows.dtype.kind != "f" or len(rows) != len(numbers):
            raise _Wrong(f"is altered or damaged: the rows of {name!r} are not those of its steps")
    gaps = np.diff(numbers, prepend=0)
    if len(gaps) and (
        gaps.min() < 0 or numbers[-1] > steps or steps - numbers[-1] > 2 * gaps.max()
    ):
        raise _Wrong(f"is altered or damaged: {steps} steps, but rows up to {numbers[-1]}")


def _entry(values: Any) -> LogEntry:
    entry = entry_from_json(values)
    if not _is_count(entry.step):
        raise _Wrong("is altered or damaged: a change at no step")
    return entry


def _failure(values: Any) -> Failure:
    failure = Failure(**values)
    for one in fields(Failure):
        wanted = int if one.name == "line" else str
        if type(getattr(failure, one.name)) is not wanted:
            raise _Wrong(f"is altered or damaged: its failure has no {one.name}")
    return failure


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Wrong("is altered or damaged: a name is no text")
    return value


def _sequence(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise _Wrong(f"is altered or damaged: its {name} are no list")
    return value
