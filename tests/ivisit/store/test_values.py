"""Values come back from the store exactly as they were, or are refused before they are written."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivisit.errors import ParameterError
from ivisit.store.values import decode, decode_metrics, encode_metrics, encode_parameters

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.booleans() | numbers | texts
values = st.recursive(scalars, lambda inner: st.dictionaries(texts, inner, max_size=4))


#: A busy machine must not fail these tests.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def identical(a: Any, b: Any) -> bool:
    """Compare types, signs of zero and the order of items too."""
    if isinstance(a, dict):
        return list(a) == list(b) and all(identical(a[name], b[name]) for name in a)
    return type(a) is type(b) and repr(a) == repr(b)


def round_trip(value: Any) -> Any:
    return decode(encode_parameters({"x": value}, "S"))["x"]


@patient
@given(values)
def test_any_value_comes_back_identical(value: Any) -> None:
    assert identical(round_trip(value), value)


@patient
@given(st.dictionaries(texts, values))
def test_any_names_come_back_in_their_order(parameters: dict[str, Any]) -> None:
    assert identical(decode(encode_parameters(parameters, "S")), parameters)


@pytest.mark.parametrize(
    "value",
    [
        0,
        -1,
        2**63,
        0.0,
        -0.0,
        0.1,
        1.0,
        5e-324,
        sys.float_info.min,
        sys.float_info.max,
        1e22,
        True,
        "",
        "1",
        'it\'s "quoted"\n\tand; DROP TABLE run; -- ünïcödé 漢字 🧠',
        {},
        {"gray": True, "rgb": False},
        {"a": {"b": {"c": -0.0}}},
    ],
)
def test_awkward_values_come_back_identical(value: Any) -> None:
    assert identical(round_trip(value), value)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (np.int64(7), 7),
        (np.uint8(255), 255),
        (np.float64(0.1), 0.1),
        (np.float32(0.1), float(np.float32(0.1))),
        (np.bool_(True), True),
        (np.str_("ring"), "ring"),
        (np.array(2.5), 2.5),
        ({"a": np.int32(1)}, {"a": 1}),
    ],
)
def test_numpy_scalars_are_stored_as_what_they_hold(value: Any, plain: Any) -> None:
    assert identical(round_trip(value), plain)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (math.nan, r"^S\.x: must be a finite number, not nan"),
        (-math.inf, r"^S\.x: must be a finite number, not -inf"),
        (np.float64("inf"), r"^S\.x: must be a finite number, not inf"),
        ("a\0b", r"^S\.x: must not hold the character NUL"),
        ("\ud800", r"^S\.x: holds half a surrogate pair"),
        ({"a": {"b": "\0"}}, r"^S\.x\.a\.b: must not hold the character NUL"),
        ({1: 2}, r"^S\.x, name of an item: must be a text, not 1"),
        (None, r"^S\.x: must be a number, a text, true or false, or a dict of these, not None"),
        ([1, 2], r"^S\.x: must be a number, .* not \[1, 2\]"),
        (1j, r"^S\.x: must be a number, .* not 1j"),
        (b"bytes", r"^S\.x: must be a number"),
        (np.zeros(3), r"^S\.x: must be a number, .* not an array of shape \(3,\)"),
    ],
)
def test_what_would_not_come_back_is_refused(value: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        encode_parameters({"x": value}, "S")


def test_integers_of_thousands_of_digits_come_back_identical() -> None:
    assert round_trip(-(10**4200)) == -(10**4200)


def test_longer_integers_are_refused_because_python_would_not_read_them() -> None:
    with pytest.raises(ParameterError, match=r"^S\.x: must have at most about 4200 digits"):
        encode_parameters({"x": 10**5000}, "S")


def test_a_circular_dict_is_refused() -> None:
    circle: dict[str, Any] = {}
    circle["again"] = circle
    with pytest.raises(ParameterError, match="nested deeper than 20 levels"):
        encode_parameters({"x": circle}, "S")


def test_names_of_parameters_must_be_texts() -> None:
    with pytest.raises(ParameterError, match="S, name of a parameter: must be a text, not 3"):
        encode_parameters({3: 1}, "S")  # type: ignore[dict-item]
    with pytest.raises(ParameterError, match="S: parameters must be a mapping, not 5"):
        encode_parameters(5, "S")  # type: ignore[arg-type]


@patient
@given(st.dictionaries(texts, st.integers() | st.floats()))
def test_metrics_come_back_with_nan_and_infinities(metrics: dict[str, float]) -> None:
    assert identical(decode_metrics(encode_metrics(metrics, "S")), metrics)


def test_metrics_must_be_numbers() -> None:
    with pytest.raises(ParameterError, match="S, metric error: must be a number, not 'low'"):
        encode_metrics({"error": "low"}, "S")  # type: ignore[dict-item]
