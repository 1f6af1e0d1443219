"""Checks of arguments, and the one place where their messages take shape.

Each refusal names the argument, says what is allowed and repeats the value, as in
``completeness: must be a number from 0 to 1, not 1.5``.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


def refusal(name: str, allowed: str, value: Any) -> ValueError:
    """Build the error for the argument `name`, which must be `allowed` but is `value`."""
    if isinstance(value, np.ndarray) and value.ndim:
        text = f"an array of shape {value.shape} and type {value.dtype}"
    else:
        text = repr(value.item() if isinstance(value, np.generic | np.ndarray) else value)
    return ValueError(f"{name}: must be {allowed}, not {text[:80]}")


def whole_number(name: str, value: Any, minimum: int = 0, maximum: int | None = None) -> int:
    """Return `value` as an int between `minimum` and `maximum` (both allowed)."""
    span = f"at least {minimum}" if maximum is None else f"from {minimum} to {maximum}"
    allowed = f"a whole number, {span}"
    if isinstance(value, bool | np.bool_):
        raise refusal(name, allowed, value)
    try:
        number = operator.index(value)
    except TypeError:
        raise refusal(name, allowed, value) from None
    if number < minimum or (maximum is not None and number > maximum):
        raise refusal(name, allowed, value)
    return number


def real_number(name: str, value: Any, minimum: float, maximum: float = np.inf) -> float:
    """Return `value` as a finite float between `minimum` and `maximum` (both allowed)."""
    allowed = (
        f"a number of at least {minimum:g}"
        if maximum == np.inf
        else f"a number from {minimum:g} to {maximum:.12g}"
    )
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise refusal(name, allowed, value) from None
    if not (np.isfinite(number) and minimum <= number <= maximum):
        raise refusal(name, allowed, value)
    return number


def unit_numbers(name: str, values: Any, n_units: int) -> NDArray[np.intp]:
    """Return `values` as a 1-D array of numbers of units, from 0 to n_units - 1."""
    array = without_masks(name, values)
    allowed = f"numbers of units from 0 to {n_units - 1}"
    if array.ndim != 1 or (array.dtype.kind not in "iu" and array.size):
        raise refusal(name, f"a list of {allowed}", array)
    strange = array[(array < 0) | (array >= n_units)]
    if len(strange):
        raise refusal(name, allowed, strange[0])
    return array.astype(np.intp)


def flag(name: str, value: Any) -> bool:
    """Return `value` if it is True or False: a word or a number would pass for True silently."""
    if not isinstance(value, bool | np.bool_):
        raise refusal(name, "True or False", value)
    return bool(value)


def random_generator(rng: Any) -> np.random.Generator:
    """Return the generator that `rng` is, or that it seeds."""
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        allowed = "None, a whole number of at least 0, or a numpy.random.Generator"
        raise refusal("rng", allowed, rng) from None


def choice(name: str, value: Any, allowed: Iterable[str]) -> str:
    """Return `value` if it is one of the words `allowed`."""
    words = list(allowed)
    if not isinstance(value, str) or value not in words:
        raise refusal(name, "one of " + ", ".join(map(repr, words)), value)
    return value


def without_masks(name: str, values: Any, hint: str = "") -> NDArray[Any]:
    """Return `values` as an array, or refuse masked entries: NumPy would take what they hide."""
    if np.ma.is_masked(values):
        raise ValueError(f"{name}: must have no masked entries; fill them first")
    try:
        return np.asarray(values)
    except ValueError:
        raise ValueError(
            f"{name}: must be an array, not lists of different lengths{hint}"
        ) from None


def finite_numbers(name: str, values: Any) -> NDArray[Any]:
    """Return `values` as an array of real numbers that are finite."""
    array = without_masks(name, values)
    if array.dtype.kind not in "biuf":
        raise refusal(name, "real numbers", array)
    if not np.isfinite(array).all():
        place = np.argwhere(~np.isfinite(array))[0].tolist()
        value = array[tuple(place)].item()
        raise ValueError(f"{name}: must be finite everywhere, not {value} (at index {place})")
    return array


def binary(name: str, values: Any, n_units: int | None = None) -> NDArray[np.uint8]:
    """Return `values` as uint8 array of zeros and ones, 1-D or 2-D.

    Parameters
    ----------
    name : str
        The argument that holds them, for messages.
    values : array_like or sparse array
        Booleans, integers or floating-point numbers, all 0 or 1.
    n_units : int, optional
        Length that the last axis must have.
    """
    if sparse.issparse(values):
        rows = pattern_rows(name, values, n_units).toarray()
        return rows[0] if values.ndim == 1 else rows
    lists = " (for lists of active units: patterns.from_indices)"
    array = without_masks(name, values, lists)
    shape = "(n_patterns, n_units) or (n_units,)" if n_units is None else f"(any, {n_units})"
    if array.ndim not in (1, 2) or (n_units is not None and array.shape[-1] != n_units):
        allowed = f"an array of shape {shape}"
        if array.dtype.kind in "iu" and array.max(initial=0) > 1:
            allowed += lists
        raise refusal(name, allowed, array)
    if array.dtype == np.bool_:
        return array.view(np.uint8)
    if array.dtype.kind not in "iuf":
        raise refusal(name, "an array of zeros and ones", array)
    # Unsigned bytes need one comparison only, which matters for matrices of 10^8 entries.
    valid = array <= 1 if array.dtype == np.uint8 else (array == 0) | (array == 1)
    if not valid.all():
        place = np.argwhere(~valid)[0].tolist()
        raise ValueError(
            f"{name}: must hold zeros and ones only, not {array[tuple(place)].item()!r} "
            f"(at index {place})"
        )
    return array.astype(np.uint8, copy=False)


def pattern_rows(name: str, values: Any, n_units: int | None = None) -> Any:
    """Return patterns as they are kept inside: two-dimensional, and sparse if they were.

    Returns
    -------
    ndarray of uint8 or scipy.sparse.csr_array of uint8, shape (n_patterns, n_units)
        In a sparse array every stored value is 1, and columns are sorted.
    """
    if not sparse.issparse(values):
        return np.atleast_2d(binary(name, values, n_units))
    shape = "(n_patterns, n_units)" if n_units is None else f"(any, {n_units})"
    if values.ndim == 1:
        values = values.reshape(1, -1)
    if values.ndim != 2 or (n_units is not None and values.shape[1] != n_units):
        raise ValueError(
            f"{name}: must be an array of shape {shape}, not a sparse one of shape {values.shape}"
        )
    if values.dtype.kind not in "biuf":
        raise ValueError(f"{name}: must hold zeros and ones, not a sparse array of {values.dtype}")
    rows = sparse.csr_array(values, copy=True)
    if rows.dtype == np.bool_:
        rows = rows.astype(np.int64)
    rows.sum_duplicates()
    rows.eliminate_zeros()
    wrong = np.flatnonzero(rows.data != 1)
    if len(wrong):
        row = int(np.searchsorted(rows.indptr, wrong[0], side="right")) - 1
        place = [row, int(rows.indices[wrong[0]])]
        raise ValueError(
            f"{name}: must hold zeros and ones only, not {rows.data[wrong[0]].item()!r} "
            f"(at index {place})"
        )
    return rows.astype(np.uint8)


def same_shape(name: str, array: NDArray[Any], other_name: str, other: NDArray[Any]) -> None:
    """Refuse two arrays of different shapes, naming both."""
    if array.shape != other.shape:
        raise ValueError(
            f"{name} and {other_name}: must have the same shape, "
            f"not {array.shape} and {other.shape}"
        )
