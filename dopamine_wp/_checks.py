"""Refusals of bad arguments: one wording for all of the package.

Every message names the owner and the argument, says what is allowed and repeats the value::

    WP.rate: must be a finite number of at least 0, not nan
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable
from typing import Any

import numpy as np


def refuse(owner: str, name: str, allowed: str, value: object) -> ValueError:
    """Build the error that all refusals share."""
    if isinstance(value, np.ndarray) and value.ndim:
        words = f"an array of shape {value.shape} and type {value.dtype}"
    else:
        words = repr(value.item() if isinstance(value, np.ndarray) else value)
    return ValueError(f"{owner}.{name}: must be {allowed}, not {words}")


def real(
    owner: str,
    name: str,
    value: Any,
    *,
    minimum: float = -math.inf,
    maximum: float = math.inf,
    above: float = -math.inf,
    below: float = math.inf,
) -> None:
    """Demand a finite number with ``minimum <= value <= maximum`` and ``above < value < below``."""
    usable = isinstance(value, numbers.Real) and not isinstance(value, bool | np.bool_)
    if usable and math.isfinite(value) and minimum <= value <= maximum and above < value < below:
        return
    bounds = [
        (minimum, "of at least"),
        (above, "above"),
        (maximum, "of at most"),
        (below, "below"),
    ]
    limits = " and ".join(f"{word} {bound:g}" for bound, word in bounds if math.isfinite(bound))
    raise refuse(owner, name, f"a finite number {limits}".rstrip(), value)


def whole(owner: str, name: str, value: Any, *, minimum: int = 1) -> None:
    """Demand an integer of at least `minimum`."""
    if (
        isinstance(value, numbers.Integral)
        and not isinstance(value, bool | np.bool_)
        and int(value) >= minimum
    ):
        return
    raise refuse(owner, name, f"an integer of at least {minimum}", value)


def wholes(
    owner: str,
    name: str,
    values: Any,
    *,
    fewest: int,
    most: int | None = None,
    minimum: int = 1,
) -> tuple[int, ...]:
    """Return a sequence of `fewest` to `most` integers of at least `minimum` as a tuple."""
    sequence = not isinstance(values, str | bytes) and isinstance(values, Iterable)
    items = list(values) if sequence else []
    if len(items) < fewest or (most is not None and len(items) > most):
        number = f"{fewest}" if most == fewest else f"{fewest} or more"
        raise refuse(owner, name, f"{number} integers of at least {minimum}", values)
    for item in items:
        whole(owner, name, item, minimum=minimum)
    return tuple(int(item) for item in items)


def choice(owner: str, name: str, value: Any, options: Iterable[Any]) -> None:
    """Demand one of `options`."""
    allowed = list(options)
    if not any(value is option or value == option for option in allowed):
        raise refuse(owner, name, "one of " + ", ".join(map(repr, allowed)), value)


def name_of(owner: str, name: str, value: Any, options: Iterable[str]) -> str:
    """Return the option that `value` spells, in any case."""
    allowed = {option.lower(): option for option in options}
    if not isinstance(value, str) or value.lower() not in allowed:
        raise refuse(owner, name, "one of " + ", ".join(map(repr, allowed.values())), value)
    return allowed[value.lower()]


def generator(owner: str, rng: Any) -> np.random.Generator:
    """Return the generator that a seed or a generator stands for; None takes entropy."""
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError) as error:
        allowed = "None, a whole number of at least 0, or a numpy.random.Generator"
        raise ValueError(f"{owner}: the random source must be {allowed}, not {rng!r}") from error


def flag(owner: str, name: str, value: Any) -> None:
    """Demand True or False."""
    if not isinstance(value, bool | np.bool_):
        raise refuse(owner, name, "True or False", value)


def float_type(owner: str, value: Any) -> np.dtype[Any]:
    """Return `value` as the dtype float32 or float64."""
    try:
        dtype = np.dtype(value)
    except TypeError as error:
        raise refuse(owner, "dtype", "float32 or float64", value) from error
    if dtype not in (np.float32, np.float64):
        raise refuse(owner, "dtype", "float32 or float64", dtype.name)
    return dtype


def numbers_array(owner: str, name: str, value: Any, dtype: Any = None) -> np.ndarray:
    """Return `value` as an array of real numbers of this type, without a copy if possible.

    Words, complex numbers and masked entries are refused: NumPy would read, cut or uncover them.
    """
    try:
        array = np.asarray(value)
        if array.dtype == object and all(isinstance(v, numbers.Real) for v in array.flat):
            array = array.astype(np.float64)
    except (TypeError, ValueError):
        raise refuse(owner, name, "an array of real numbers", value) from None
    if np.ma.is_masked(value):
        raise ValueError(f"{owner}.{name}: must have no masked entries; fill them first")
    if array.dtype.kind not in "biuf":
        raise refuse(owner, name, "an array of real numbers", array)
    return array if dtype is None else array.astype(dtype, copy=False)


def series_array(owner: str, name: str, value: Any) -> np.ndarray:
    """Return `value` as a finite float array (time, features); a 1-D input is one feature."""
    array = numbers_array(owner, name, value)
    if not np.issubdtype(array.dtype, np.floating):
        array = array.astype(np.float64)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2 or array.shape[0] == 0 or array.shape[1] == 0:
        raise ValueError(
            f"{owner}.{name}: must be a series of shape (time, features), "
            f"not an array of shape {np.shape(value)}"
        )
    wrong = ~np.isfinite(array).all(axis=1)
    if wrong.any():
        first = int(wrong.argmax())
        raise ValueError(
            f"{owner}.{name}: must be finite everywhere, but {int(wrong.sum())} of its "
            f"{len(array)} values are not, the first at index {first}: {array[first].tolist()}"
        )
    return array
