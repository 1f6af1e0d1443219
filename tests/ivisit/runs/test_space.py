"""Points: grids, samples and texts; sizes, ends and round trips."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import ivisit as iv
from ivisit.errors import IVisitError, ParameterError
from ivisit.runs.sampling import SAMPLES, sample_points
from ivisit.runs.seeding import run_seed
from ivisit.runs.space import Dimension, make_space
from ivisit.runs.space_texts import parse_values, read_points
from ivisit.runs.targets import find_target


class Lab(iv.Simulation):
    """Something to vary."""

    rate = iv.Slider(0.1, 1e-6, 1e3, scale="log")
    shift = iv.Slider(0.0, -1e3, 1e3)
    count = iv.Slider(3, -50, 1000)
    rule = iv.OptionList("plain", ["plain", "a,b", "*", "log:1", "[x]"])
    fast = iv.Checkbox()
    note = iv.TextBox("")
    weights = iv.DictSlider({"first": 1.0, "second": 2.0}, 0.0, 5.0)


finite = st.floats(-1e3, 1e3, allow_nan=False)


@given(st.lists(st.integers(2, 5), min_size=1, max_size=4), st.data())
def test_a_grid_is_the_product_of_its_axes_with_the_last_one_fastest(sizes, data):
    names = ["rate", "shift", "count", "weights.first"][: len(sizes)]
    axes = {name: list(range(1, size + 1)) for name, size in zip(names, sizes, strict=True)}
    fixed, space = make_space(Lab, axes)
    assert not fixed
    assert space.size == np.prod(sizes)
    points = [space.values(i) for i in range(space.size)]
    assert points == list(itertools.product(*axes.values()))


@given(st.floats(1e-6, 1e3), st.floats(1e-6, 1e3), st.integers(2, 40))
def test_log_and_lin_series_go_from_bound_to_bound_evenly(low, high, number):
    assume(low < high * 0.99)
    target = find_target(Lab, "rate")
    for kind, scale in (("log", np.log), ("lin", np.asarray)):
        values = parse_values(target, f"{kind}:{low!r}:{high!r}:{number}")
        assert (values[0], values[-1], len(values)) == (low, high, number)
        steps = np.diff(scale(np.array(values)))
        assert np.allclose(steps, steps[0], rtol=1e-5, atol=1e-9)


@given(st.integers(-50, 900), st.integers(0, 100), st.integers(1, 9))
def test_int_series_have_every_step_number_up_to_the_bound(low, span, step):
    high = low + span
    values = parse_values(find_target(Lab, "count"), f"int:{low}:{high}:{step}")
    assert values == list(range(low, high + 1, step))
    assert all(type(value) is int for value in values)


@given(st.lists(finite, min_size=2, max_size=9, unique=True))
def test_values_with_commas_come_back_bit_for_bit(values):
    text = ",".join(map(repr, values))
    assert parse_values(find_target(Lab, "shift"), text) == values


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("rate", "0.5", 0.5),
        ("rate", "1e-4..1:log", iv.Range(1e-4, 1.0, "log")),
        ("shift", "-1..1", iv.Range(-1.0, 1.0)),
        ("rule", "a,b", "a,b"),
        ("rule", "log:1", "log:1"),
        ("rule", '["a,b", "*"]', ["a,b", "*"]),
        ("fast", "*", [False, True]),
        ("fast", "on", True),
        ("note", "x,y", ["x", "y"]),
        ("weights", '{"first": 2}', {"first": 2.0, "second": 2.0}),
        ("weights.first", "1,2", [1.0, 2.0]),
        ("count", "log:1:100:3", [1, 10, 100]),
        ("rate", "lin:2:2:5", [2.0]),
    ],
)
def test_texts_are_values_axes_and_ranges(name, text, expected):
    assert parse_values(find_target(Lab, name), text) == expected


def test_a_star_stands_for_all_options_even_where_one_of_them_is_a_star():
    assert parse_values(find_target(Lab, "rule"), "*") == ["plain", "a,b", "*", "log:1", "[x]"]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("rate", "log:1:10", "Lab.rate: must be log:LOW:HIGH:NUMBER"),
        ("rate", "log:10:1:3", "LOW below HIGH"),
        ("shift", "log:-1:1:3", "both positive"),
        ("rate", "lin:1:2:0", "a whole number from 1 on at the end"),
        ("rate", "lin:1:2:2.5", "a whole number from 1 on at the end"),
        ("rate", "lin:1:2000:3", "between 1e-06 and 1000"),
        ("rate", "*", "'*' stands for all options"),
        ("rate", "1..x", "must be a number between"),
        ("rate", "1..2:loga", "a range LOW..HIGH"),
        ("rate", "[1, x]", "begins like a JSON list and is none"),
        ("rate", "1,,2", "must be a number between"),
        ("rule", "plian", "Did you mean 'plain'?"),
    ],
)
def test_texts_that_mean_nothing_are_refused_by_name(name, text, told):
    with pytest.raises(ParameterError) as refused:
        parse_values(find_target(Lab, name), text)
    assert told in str(refused.value)


@pytest.mark.parametrize("kind", list(SAMPLES))
def test_samples_fill_the_cube_and_depend_on_the_seed_alone(kind):
    points = sample_points(kind, 64, 3, entropy=5)
    assert points.shape == (64 * 5 if kind == "saltelli" else 64, 3)
    assert points.min() >= 0
    assert points.max() <= 1
    assert points.tobytes() == sample_points(kind, 64, 3, entropy=5).tobytes()
    assert points.tobytes() != sample_points(kind, 64, 3, entropy=6).tobytes()
    # Of a uniform number, 64 times or more, the mean is within 4.5 standard errors (p < 1e-5).
    assert np.abs(points.mean(axis=0) - 0.5).max() < 4.5 / np.sqrt(12 * 64)


@pytest.mark.parametrize("kind", ["sobol", "random"])
def test_a_larger_sample_begins_with_the_smaller_one(kind):
    small, large = (sample_points(kind, size, 2, entropy=1) for size in (10, 100))
    assert large[:10].tobytes() == small.tobytes()


def test_a_saltelli_sample_mixes_one_column_at_a_time():
    a, b, *mixed = np.split(sample_points("saltelli", 8, 3, entropy=0), 5)
    for column, block in enumerate(mixed):
        assert (block[:, column] == b[:, column]).all()
        others = [i for i in range(3) if i != column]
        assert (block[:, others] == a[:, others]).all()


@given(st.floats(0, 1))
def test_every_place_of_a_dimension_is_a_value_within_its_bounds(fraction):
    for dimension in (
        Dimension("a", -2.0, 3.0),
        Dimension("a", 1e-5, 10.0, "log"),
        Dimension("a", -2, 3, whole=True),
        Dimension("a", 1, 1000, "log", whole=True),
    ):
        value = dimension.value_at(fraction)
        assert dimension.low <= value <= dimension.high
        assert type(value) is (int if dimension.whole else float)
        assert dimension.value_at(dimension.fraction(value)) == pytest.approx(value, rel=1e-9)


def test_every_int_and_every_option_has_equal_room():
    places = (np.arange(6000) + 0.5) / 6000
    for dimension in (Dimension("a", 1, 6, whole=True), Dimension("a", options=tuple("abcdef"))):
        values = [dimension.value_at(place) for place in places]
        assert {values.count(value) for value in set(values)} == {1000}


def test_lists_beside_ranges_are_crossed_with_the_sample():
    _, space = make_space(
        Lab, {"rule": ["plain", "a,b"], "shift": iv.Range(0, 1)}, sample=("sobol", 4), entropy=3
    )
    assert space.names == ("shift", "rule")
    rows = [space.values(i) for i in range(space.size)]
    assert [rule for _, rule in rows] == ["plain", "a,b"] * 4
    assert all(rows[2 * i][0] == rows[2 * i + 1][0] for i in range(4))


def test_points_come_from_a_table(tmp_path: Path):
    table = tmp_path / "points.csv"
    table.write_text('\ufeffrate, rule\n0.5,"a,b"\n\n1,plain\n', encoding="utf-8")
    assert read_points(Lab, table) == [
        {"rate": 0.5, "rule": "a,b"},
        {"rate": 1.0, "rule": "plain"},
    ]
    table.write_text("rate,rule\n0.5\n")
    with pytest.raises(IVisitError, match="line 2: has 1 cells, not 2"):
        read_points(Lab, table)
    with pytest.raises(IVisitError, match="cannot be read as a table"):
        read_points(Lab, tmp_path / "none.csv")


@given(st.integers(0, 2**70), st.integers(0, 2**31))
def test_seeds_have_63_bits_and_differ_from_place_to_place(entropy, index):
    seed = run_seed(entropy, index)
    assert 0 <= seed < 2**63
    assert seed == run_seed(entropy, index) != run_seed(entropy, index + 1)


def test_a_hundred_thousand_runs_share_no_seed():
    assert len({run_seed(0, index) for index in range(100_000)}) == 100_000
