"""Declarations at the edge: they work, or say at once what is wrong with them."""

import dataclasses
import enum
import math
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ivisit as iv
from ivisit.parameters import parse_values
from ivisit.runs.metrics import parse_metric
from ivisit.runs.space_texts import parse_parameters
from ivisit.runs.targets import find_target
from ivisit.simulation import SimulationType


def declare(**declarations):
    """Create a simulation class called S, as a class statement would."""
    return SimulationType("S", (iv.Simulation,), {"__module__": "here", **declarations})


# Sliders --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slider", "message"),
    [
        (lambda: iv.Slider(0.0, 0.0, 1e-321), "S.x, maximum: must be larger than the minimum 0 by"),
        (lambda: iv.Slider(0.0, -1e-310, 1e-310), "S.x, maximum: must be larger than the minimum"),
        (lambda: iv.Slider(0.0, -1e308, 1e308), "S.x, maximum: must be nearer to the minimum -1e"),
        (lambda: iv.Slider(0, -(10**308), 10**308), "S.x, maximum: must be nearer to the minimum"),
        (
            lambda: iv.Slider(1.0, 1.0, 10**400, scale="log"),
            "S.x, maximum: must be a finite number",
        ),
        (
            lambda: iv.Slider(1, 1, 10**400, scale="log"),
            "maximum: must be a finite number, not an int",
        ),
        (lambda: iv.Slider(0, -(10**400), 1), "S.x, minimum: must be a finite number, not an int"),
        (
            lambda: iv.Slider(0.5, 0.0, 1.0, step=1e-320),
            "S.x, step: must be at least 1e-15 in this",
        ),
        (lambda: iv.DictSlider({"a": 0.0}, -1e308, 1e308), "S.x.a, maximum: must be nearer"),
    ],
)
def test_a_range_without_arithmetic_is_refused(slider, message):
    with pytest.raises(iv.ParameterError) as caught:
        declare(x=slider())
    assert message in str(caught.value)


FINITE = st.floats(-8e307, 8e307, allow_nan=False)


@settings(max_examples=200)
@given(FINITE, FINITE, st.floats(0, 1), st.sampled_from(["linear", "log"]), st.integers(-20, 20))
def test_every_slider_that_is_accepted_works(a, b, fraction, scale, count):
    low, high = sorted((a, b))
    if scale == "log":
        low, high = sorted((abs(a), abs(b)))
    try:
        slider = declare(x=iv.Slider(low, low, high, scale=scale)).controls["x"]
    except iv.ParameterError:
        assert high - low < 1e-300 or (scale == "log" and low == 0)
        return
    value = slider.range.value_at(fraction)
    assert low <= value <= high
    assert low <= slider.range.stepped(value, count) <= high
    assert low <= slider.range.snapped(value) <= high
    assert 0 <= slider.range.fraction(value) <= 1
    assert math.isclose(slider.range.fraction(value), fraction, abs_tol=0.02) or scale == "log"
    assert slider.step > 0
    assert slider.validate(value) == value
    points = slider.range.points(5)
    assert points == sorted(points)
    assert (points[0], points[-1]) == (low, high)


@pytest.mark.parametrize("low", [1e-300, sys.float_info.min])
def test_the_widest_logarithmic_slider_works(low):
    slider = declare(x=iv.Slider(1.0, low, 1e308, scale="log")).controls["x"]
    assert slider.range.value_at(0.0) == low
    assert 1e-5 < slider.range.value_at(0.5) < 1e5
    assert slider.range.fraction(1e308) == 1


def test_large_ints_keep_their_last_digit():
    slider = declare(x=iv.Slider(2**60 + 1, 0, 2**62 + 1)).controls["x"]
    assert slider.range.value_at(1.0) == 2**62 + 1
    assert slider.range.stepped(2**60 + 1, 1) == 2**60 + 2
    assert slider.range.clipped(2**63) == 2**62 + 1


@pytest.mark.parametrize(
    ("text", "point"), [("0,5", "0.5"), ("-1,25", "-1.25"), (" 3,0e2 ", "3.0e2")]
)
def test_a_decimal_comma_is_refused_with_the_number_as_it_is_meant(text, point):
    controls = declare(x=iv.Slider(1.0, 0.0, 9.0), w=iv.DictSlider({"a": 1.0}, 0.0, 9.0)).controls
    for name in ("x", "w.a"):
        with pytest.raises(
            iv.ParameterError, match=rf"not '{text}'. With a decimal point: {point}"
        ):
            parse_values(controls, "S", {name: text})
    with pytest.raises(iv.ParameterError) as caught:
        parse_values(controls, "S", {"x": "a,b"})
    assert "decimal point" not in str(caught.value)


@pytest.mark.parametrize(
    "give",
    [
        lambda cls: iv.run(cls, {"x": "0,7"}, steps=0),
        lambda cls: iv.run(cls, {"w": {"a": "0,7"}}, steps=0),
        lambda cls: setattr(cls(), "x", "0,7"),
        lambda cls: cls().parameters.update({"x": "0,7"}),
        lambda cls: parse_metric(cls, "y:first<0,7"),
        lambda cls: find_target(cls, "x").validate("0,7"),
        *(
            lambda cls, text=text: parse_parameters(cls, {"x": text})
            for text in ("0,7", "lin:0,7:2:3", "0,7..2", '["0,7"]')
        ),
    ],
)
def test_a_decimal_comma_is_told_wherever_a_number_is_given(give):
    controls = {"x": iv.Slider(1.0, 0.5, 9.0), "w": iv.DictSlider({"a": 1.0}, 0.5, 9.0)}
    cls = declare(**controls, y=iv.Trace())
    with pytest.raises(iv.ParameterError, match=r"With a decimal point: 0\.7"):
        give(cls)


def test_no_decimal_point_is_offered_where_numbers_are_whole():
    with pytest.raises(iv.ParameterError, match="must be a whole number .* not '1,5'$"):
        declare(x=iv.Slider(1, 0, 9)).controls["x"].validate("1,5")


# Options --------------------------------------------------------------------------------------


class Mode(enum.Enum):
    FAST = 1
    SLOW = "slow"


class Word(enum.StrEnum):
    YES = "yes"
    NO = "no"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        (np.array([1, 2, 4]), [1, 2, 4]),
        (np.linspace(0, 1, 3), [0.0, 0.5, 1.0]),
        (np.float32([0.5, 2.0]), [0.5, 2.0]),
        ([np.int64(3), "x", np.str_("y")], [3, "x", "y"]),
        (range(3), [0, 1, 2]),
    ],
)
def test_options_of_numpy_become_pythons_own(options, kept):
    for kind in (iv.OptionList, iv.RadioButtons):
        control = declare(x=kind(kept[1], options)).controls["x"]
        assert list(control.options) == kept
        assert [type(option) for option in control.options] == [type(option) for option in kept]
        assert repr(control) == f"{kind.__name__}({kept[1]!r}, {kept!r})"
        assert control.validate(options[1]) == kept[1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([1, 1.0], "must be different from each other, not 1.0"),
        ([1, "1"], "must be different from each other"),
        ([0.0, -0.0], "must be different from each other"),
        ([None, "None"], "must be different from each other"),
        ([1.0, math.nan], "must be finite numbers, not nan"),
        ([1.0, -math.inf], "must be finite numbers, not -inf"),
        (["a", "b\0"], "must be texts without NUL and lone surrogates"),
        (["a", "\ud800"], "must be texts without NUL and lone surrogates"),
        ([[1], [2]], "must be texts, numbers, None or members of an Enum"),
        (np.eye(2), "must be texts, numbers, None or members of an Enum"),
        ([True, False], "must be texts, numbers, None or members of an Enum"),
        ({1: "a"}, "must be a dict whose keys are labels, not 1"),
        ({"": "a"}, "must be a dict whose keys are labels, not ''"),
        ({}, "must be a list with at least one option"),
        ({"a": "b", "b": "b"}, "must be a dict in which no label is the value of another option"),
        ({"a": "b", "b": "a"}, "must be a dict in which no label is the value of another option"),
        (3, "must be a list of texts or numbers, or a dict, not 3"),
        ({"a"}, "must be a list of texts or numbers, or a dict, not {'a'}"),
        (Mode.FAST, "must be a list of texts or numbers, or a dict, not <Mode.FAST: 1>"),
    ],
)
def test_options_that_could_not_be_told_apart_or_stored_are_refused(options, message):
    first = next(iter(options), 0) if not isinstance(options, int | enum.Enum) else 0
    with pytest.raises(iv.ParameterError) as caught:
        declare(x=iv.OptionList(first, options))
    assert f"S.x, options: {message}" in str(caught.value)


ARRAY = np.arange(3.0)
MEANT = [
    (Mode, Mode.SLOW, "SLOW"),
    ([Mode.FAST, Mode.SLOW], Mode.FAST, "FAST"),
    (Word, Word.NO, "NO"),
    (Level, Level.HIGH, "HIGH"),
    ([None, 3, "x"], None, "None"),
    ([None, 3, "x"], 3, 3),
    ({"tanh": math.tanh, "sine": math.sin}, math.sin, "sine"),
    ({"none": None, "one": 1, "half": 0.5}, None, "none"),
    ({"none": None, "one": 1, "half": 0.5}, 0.5, "half"),
    ({"on": True, "off": False}, True, "on"),
    ({"ramp": ARRAY, "nothing": None}, ARRAY, "ramp"),
]


@pytest.mark.parametrize(("options", "meant", "label"), MEANT)
def test_a_simulation_reads_what_is_meant_and_all_others_a_label(tmp_path, options, meant, label):
    seen = []

    def step(self):
        seen.append(self.x)
        self.x = meant

    cls = declare(x=iv.OptionList(meant, options), step=step)
    assert cls.controls["x"].default == label
    for given_value in (meant, label):
        result = iv.run(cls, {"x": given_value}, steps=2)
        assert result.parameters == {"x": label}
        assert seen[-1] is meant or seen[-1] == meant
    saved = result.save(tmp_path / "r.npz")
    assert iv.RunResult.load(saved) == result
    with iv.ParameterStore(tmp_path / "s.ivisit") as store:
        assert store.save(cls, "set", {"x": meant})["x"] == label
        assert iv.run(cls, steps=1, store=store, parameter_set="set").parameters["x"] == label
    assert parse_values(cls.controls, "S", {"x": str(label)}) == {"x": label}
    assert cls.controls["x"].allowed().startswith("one of ")


def test_what_is_neither_a_label_nor_meant_is_refused_by_name():
    cls = declare(x=iv.OptionList(Mode.FAST, Mode), y=iv.RadioButtons(None, [None, 1]))
    for value in (1, "fast", Level.LOW, None, True):
        with pytest.raises(iv.ParameterError, match=r"S.x: must be one of 'FAST', 'SLOW', not"):
            cls().x = value
    for value in (0, True, math.nan, np.eye(2)):
        with pytest.raises(iv.ParameterError, match=r"S.y: must be one of 'None', 1, not"):
            cls().y = value
    assert repr(cls.x) == "OptionList('FAST', [Mode.FAST, Mode.SLOW])"


# Names ----------------------------------------------------------------------------------------


def test_names_are_compared_as_python_compares_its_own(tmp_path):
    keyboard, greek = "\u00b5", "\u03bc"
    namespace = {"iv": iv}
    exec(f"class S(iv.Simulation):\n    {keyboard} = iv.Slider(1.0, 0.0, 9.0)\n", namespace)
    cls = namespace["S"]
    assert list(cls.controls) == [greek]
    simulation = cls()
    simulation.parameters[keyboard] = 3
    assert keyboard in simulation.parameters
    assert getattr(simulation, greek) == 3.0
    assert parse_values(cls.controls, "S", {keyboard: "4"}) == {greek: 4.0}
    assert iv.run(cls, {keyboard: 2}, steps=1).parameters == {greek: 2.0}
    engine = iv.Engine(cls)
    engine.set(keyboard, 5)
    engine.adjust(keyboard, maximum=6.0)
    with iv.ParameterStore(tmp_path / "s.ivisit") as store:
        assert dict(store.save(cls, "set", {keyboard: 7})) == {greek: 7.0}


def test_items_and_names_with_dots_commas_and_equals_signs_can_be_reached():
    cls = declare(
        **{
            "w": iv.DictSlider({"a.b": 0.1, "c=d": 0.2, "e,f": 0.3, "a": 0.4}, 0.0, 9.0),
            "w.a": iv.Slider(1, 0, 9),
            "x=y": iv.Slider(1, 0, 9),
            "show": iv.CheckboxGroup({"te,xt": False, "line": True}),
        }
    )
    texts = {"w.a.b": "1", "w.c": "d=2", "w.e,f": "3", "w.a": "5", "x": "y=6"}
    assert parse_values(cls.controls, "S", texts) == {
        "w": {"a.b": 1.0, "c=d": 2.0, "e,f": 3.0},
        "w.a": 5,
        "x=y": 6,
    }
    assert parse_values(cls.controls, "S", {"w": '{"a": 7, "c=d": 8}'})["w"]["a"] == 7.0
    shown = parse_values(cls.controls, "S", {"show": '["te,xt"]'})
    assert shown == {"show": {"te,xt": True, "line": False}}
    with pytest.raises(iv.ParameterError, match="S.w: has no item 'zz'"):
        parse_values(cls.controls, "S", {"w.zz": "1"})
    with pytest.raises(iv.ParameterError, match="S: has no parameter 'q'"):
        parse_values(cls.controls, "S", {"q": "1=2"})


# Dataclasses ----------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"frozen": False}, {"slots": True}, {"eq": False}])
def test_a_dataclass_with_annotated_declarations_says_what_is_wrong(options):
    @dataclasses.dataclass(**options)
    class Sim(iv.Simulation):
        sigma: iv.Slider = iv.Slider(1.0, 0.0, 9.0)  # noqa: RUF009
        report: iv.TextOutput = iv.TextOutput()  # noqa: RUF009

    for make in (Sim, lambda: iv.run(Sim, steps=1)):
        with pytest.raises(
            iv.ParameterError, match=r"Sim.sigma: '@dataclass' takes the declaration"
        ):
            make()


def test_a_dataclass_whose_fields_are_no_declarations_works():
    @dataclasses.dataclass
    class Sim(iv.Simulation):
        size: int = 3
        sigma = iv.Slider(1.0, 0.0, 9.0)

    assert Sim(5).size == 5
    assert iv.run(Sim(4), {"sigma": 2}, steps=1).parameters == {"sigma": 2.0}


@pytest.mark.parametrize("kind", [iv.DictSlider, iv.CheckboxGroup])
@pytest.mark.parametrize("items", [[1, 2], None, "ab", 3])
def test_items_are_given_as_a_dict(kind, items):
    with pytest.raises(iv.ParameterError, match=rf"{kind.__name__}.default: must be a dict of"):
        kind(items)


def test_a_class_does_not_change_what_it_declares():
    cls = declare(x=iv.Slider(1.0, 0.0, 9.0), y=iv.Trace())
    for name, value in (("x", 3), ("x", iv.Checkbox()), ("y", None), ("late", iv.Checkbox())):
        with pytest.raises(AttributeError, match=rf"S.{name}: controls and panels are declared in"):
            setattr(cls, name, value)
    cls.table = 3
    assert cls().x == 1.0
