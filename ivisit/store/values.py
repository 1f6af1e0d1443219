"""How values become the JSON text in the file, and come back the same.

Python's JSON keeps what a parameter needs: integers of any practical size, ``1`` apart from
``1.0``, and floats bit for bit (``repr`` is exact, ``-0.0`` and subnormals included). What would
not come back as it was is refused before anything is written.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from ivisit.declarations import FrozenDict
from ivisit.errors import ParameterError, StoreError, shorten

#: Python reads integers of up to 4300 digits from text; this is a little less.
MAX_INT_BITS = 14_000

#: Levels of nested dicts and lists; more than anybody needs, and it ends circular ones.
MAX_DEPTH = 20

# Made once: `json.loads` and `json.dumps` make new ones at each call with options.
_DECODER = json.JSONDecoder(object_pairs_hook=FrozenDict)
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def encode_parameters(values: Mapping[str, Any], owner: str) -> str:
    """Return parameter values as JSON text.

    Parameters
    ----------
    values : mapping of str to (int, float, str, bool, mapping of these, or rows of numbers)
        NumPy scalars count as what they hold.
    owner : str
        The simulation, for messages.

    Raises
    ------
    ParameterError
        For values of other types, NaN and infinities, integers of more than about 4200 digits,
        and for texts that hold a NUL or half a surrogate pair.
    """
    if not isinstance(values, Mapping):
        raise ParameterError(f"{owner}: parameters must be a mapping, not {shorten(values)}")
    plain = {
        check_text(name, f"{owner}, name of a parameter"): _plain(value, f"{owner}.{name}")
        for name, value in values.items()
    }
    return _dump(plain)


def encode_document(document: Any, owner: str) -> str:
    """Return `document` as JSON text; as for parameters, but None and lists are allowed too."""
    return _dump(_plain(document, owner, document=True))


def encode_metrics(metrics: Mapping[str, Any], owner: str) -> str:
    """Return metrics, a mapping of names to numbers, as JSON text.

    A run that diverged has NaN or infinite metrics, and they must be kept. JSON knows no such
    numbers, so they are written as the texts ``"nan"``, ``"inf"`` and ``"-inf"``.
    """
    plain: dict[str, float | str] = {}
    for name, value in metrics.items():
        place = f"{owner}, metric {check_text(name, f'{owner}, name of a metric')}"
        value = unwrap(value)
        if not isinstance(value, int | float):
            raise ParameterError(f"{place}: must be a number, not {shorten(value)}")
        infinite = isinstance(value, float) and not math.isfinite(value)
        plain[name] = str(value) if infinite else _plain(value, place)
    return _dump(plain)


def decode(text: str) -> Any:
    """Return what `text` encodes; objects become dicts that cannot be changed."""
    try:
        return _DECODER.decode(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise StoreError(f"the store holds a text that is not JSON: {shorten(text)}") from error


def decode_object(text: str) -> FrozenDict:
    """Return what `text` encodes when that is an object, else raise `StoreError`."""
    value = decode(text)
    if not isinstance(value, FrozenDict):
        raise StoreError(f"the store holds {shorten(text)} where a JSON object belongs")
    return value


def decode_metrics(text: str) -> dict[str, float]:
    """Return the metrics that `encode_metrics` wrote."""
    try:
        return {
            name: float(value) if isinstance(value, str) else +value
            for name, value in decode_object(text).items()
        }
    except (TypeError, ValueError) as error:
        raise StoreError(f"the store holds a metric that is no number: {shorten(text)}") from error


def check_text(text: Any, owner: str) -> str:
    """Return `text` when a store can hold it, else raise `ParameterError`."""
    if not isinstance(text, str):
        raise ParameterError(f"{owner}: must be a text, not {shorten(text)}")
    if "\0" in text:
        raise ParameterError(
            f"{owner}: must not hold the character NUL, which ends texts in SQLite and in many "
            f"programs: {shorten(text)}"
        )
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ParameterError(
            f"{owner}: holds half a surrogate pair, which is no Unicode text: {shorten(text)}"
        )
    return text


def _plain(value: Any, owner: str, *, document: bool = False, depth: int = 0) -> Any:
    """Return `value` made of plain Python objects that JSON gives back unchanged."""
    value = unwrap(value)
    if isinstance(value, bool) or (document and value is None):
        return value
    if isinstance(value, str):
        return check_text(value, owner)
    if isinstance(value, int):
        if value.bit_length() > MAX_INT_BITS:
            raise ParameterError(f"{owner}: must have at most about 4200 digits")
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ParameterError(f"{owner}: must be a finite number, not {value}")
        return value
    if depth == MAX_DEPTH:
        raise ParameterError(f"{owner}: is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, Mapping):
        return {
            check_text(name, f"{owner}, name of an item"): _plain(
                item, f"{owner}.{name}", document=document, depth=depth + 1
            )
            for name, item in value.items()
        }
    if isinstance(value, list | tuple) and (document or _is_table(value)):
        return [
            _plain(item, f"{owner}[{i}]", document=True, depth=depth + 1)
            for i, item in enumerate(value)
        ]
    allowed = "a number, a text, true or false, or a dict of these"
    raise ParameterError(f"{owner}: must be {allowed}, not {shorten(value)}")


def _is_table(value: list[Any] | tuple[Any, ...]) -> bool:
    """Tell whether a parameter is rows of numbers."""
    return all(
        isinstance(row, list | tuple) and all(type(cell) in (int, float) for cell in row)
        for row in value
    )


def unwrap(value: Any) -> Any:
    """Return the Python object in a NumPy scalar, anything else unchanged."""
    # Told by its attributes: reading a store should not have to import NumPy.
    if hasattr(value, "dtype") and getattr(value, "ndim", None) == 0:
        return value.item()
    return value


def _dump(plain: Any) -> str:
    return _ENCODER.encode(plain)
