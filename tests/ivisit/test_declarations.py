"""Controls, panels and the class that collects them."""

import copy
import json
import math
import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ivisit as iv
from ivisit.declarations import FrozenDict
from ivisit.parameters import parse_values
from ivisit.simulation import SimulationType


class Everything(iv.Simulation):
    """One control of each kind."""

    sigma = iv.Slider(2.0, 0.1, 20.0, step=0.1, unit="px", help="Width.")
    count = iv.Slider(3, 0, 10)
    weights = iv.DictSlider({"first": 0.5, "second": iv.Slider(2, 0, 9)}, 0.0, 1.0)
    mode = iv.OptionList("reflect", ["reflect", "nearest"])
    order = iv.RadioButtons(2, [1, 2, 3])
    flag = iv.Checkbox(True)
    show = iv.CheckboxGroup({"gray": True, "text": False})
    reset = iv.Button()
    caption = iv.TextBox("hello")


@pytest.fixture
def simulation():
    return Everything()


def declare(**declarations):
    """Create a simulation class called S, as a class statement would."""
    return SimulationType("S", (iv.Simulation,), declarations)


ACCEPTED = [
    ("sigma", 3, 3.0),
    ("sigma", np.float32(0.5), 0.5),
    ("sigma", np.int64(4), 4.0),
    ("sigma", Fraction(1, 2), 0.5),
    ("sigma", 0.123456789, 0.123456789),  # between two steps: kept as given
    ("sigma", 20.0, 20.0),
    ("count", 4.0, 4),
    ("count", np.float64(4.0), 4),
    ("count", np.uint8(4), 4),
    ("order", 3, 3),
    ("order", np.int64(3), 3),
    ("flag", False, False),
    ("flag", np.bool_(False), False),
    ("show", ["text"], {"gray": False, "text": True}),
    ("show", {"text": True}, {"gray": True, "text": True}),
    ("weights", {"second": 7}, {"first": 0.5, "second": 7}),
    ("mode", np.str_("nearest"), "nearest"),
    ("reset", True, True),
    ("caption", 'quotes " and \n newlines ü 🧠', 'quotes " and \n newlines ü 🧠'),
]


@pytest.mark.parametrize(("name", "value", "kept"), ACCEPTED)
def test_an_acceptable_value_is_kept_in_its_canonical_type(simulation, name, value, kept):
    setattr(simulation, name, value)
    assert getattr(simulation, name) == kept
    assert type(getattr(simulation, name)) in (type(kept), FrozenDict)
    assert not isinstance(getattr(simulation, name), np.generic)


REFUSED = [
    ("sigma", 40, "Everything.sigma: must be between 0.1 and 20 px, not 40"),
    ("sigma", math.nan, "Everything.sigma: must be a number between 0.1 and 20 px, not nan"),
    ("sigma", math.inf, "must be a number between 0.1 and 20 px, not inf"),
    ("sigma", "4", "Everything.sigma: must be a number between 0.1 and 20 px, not '4'"),
    ("sigma", True, "must be a number between 0.1 and 20 px, not True"),
    ("sigma", np.bool_(True), "must be a number"),
    ("sigma", None, "not None"),
    ("sigma", 1 + 2j, "must be a number"),
    ("sigma", np.array([1.0]), "not an array of shape (1,) and type float64"),
    ("sigma", 10**400, "must be a number"),
    ("count", 4.5, "Everything.count: must be a whole number between 0 and 10, not 4.5"),
    ("count", False, "must be a whole number between 0 and 10, not False"),
    ("count", 11, "Everything.count: must be between 0 and 10, not 11"),
    ("mode", "nearset", "be one of 'reflect', 'nearest', not 'nearset'. Did you mean 'nearest'?"),
    ("mode", ["reflect"], "must be one of"),
    ("order", True, "Everything.order: must be one of 1, 2, 3, not True"),
    ("order", "2", "Everything.order: must be one of 1, 2, 3, not '2'"),
    ("flag", 1, "Everything.flag: must be true or false, not 1"),
    ("flag", "true", "must be true or false, not 'true'"),
    ("show", ["grey"], "Everything.show: has no check box 'grey'. Did you mean 'gray'?"),
    ("show", {"gray": 1}, "Everything.show.gray: must be true or false, not 1"),
    ("weights", {"third": 1}, "Everything.weights: has no item 'third'"),
    ("weights", {"first": 2}, "Everything.weights.first: must be between 0 and 1, not 2"),
    ("weights", 3, "must be a dict with numbers for 'first', 'second', not 3"),
    ("caption", 3, "Everything.caption: must be a text, not 3"),
    ("caption", "a\0b", "must be a text without NUL"),
    ("caption", "\ud800", "must be a text without NUL and lone surrogates"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "message"), REFUSED)
def test_a_refused_value_is_named_with_what_is_allowed_and_nothing_changes(
    simulation, name, value, message
):
    before = dict(simulation.parameters)
    with pytest.raises(iv.ParameterError) as caught:
        setattr(simulation, name, value)
    assert message in str(caught.value)
    assert simulation.parameters == before


def test_an_integer_with_too_many_digits_to_write_is_told_by_its_size(simulation):
    with pytest.raises(iv.ParameterError, match="px, not an integer of 16610 bits"):
        simulation.sigma = 10**5000


@pytest.mark.parametrize(("name", "value", "message"), REFUSED)
def test_attribute_mapping_engine_and_store_refuse_alike(tmp_path, name, value, message):
    with pytest.raises(iv.ParameterError) as by_name:
        Everything().parameters[name] = value
    with pytest.raises(iv.ParameterError) as by_engine:
        iv.Engine(Everything).set(name, value)
    with pytest.raises(iv.ParameterError) as by_run:
        iv.run(Everything, {name: value}, steps=1)
    with iv.ParameterStore(tmp_path / "s.ivisit") as store:  # noqa: SIM117
        with pytest.raises(iv.ParameterError) as saved:
            store.save(Everything, "set", {name: value})
    for caught in (by_name, by_engine, by_run, saved):
        assert message in str(caught.value)


TEXTS = [
    ("sigma", "4", 4.0),
    ("sigma", "1e1", 10.0),
    ("count", "4.0", 4),
    ("order", "3", 3),
    ("flag", "off", False),
    ("show", "text", {"gray": False, "text": True}),
    ("show", "", {"gray": False, "text": False}),
    ("show", '{"text": true}', {"gray": True, "text": True}),
    ("weights", '{"second": 4}', {"first": 0.5, "second": 4}),
    ("caption", "  kept  ", "  kept  "),
]


@pytest.mark.parametrize(("name", "text", "value"), TEXTS)
def test_text_is_parsed_by_the_control(simulation, name, text, value):
    simulation.parameters.update(parse_values(Everything.controls, "E", {name: text}))
    assert simulation.parameters[name] == value


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("sigma", "four", "E.sigma: must be a number between 0.1 and 20 px, not 'four'"),
        ("sigma", "nan", "must be a number"),
        ("sigma", "1_0", "must be a number"),
        ("sigma", "", "must be a number"),
        ("count", "4.5", "must be a whole number"),
        ("flag", "perhaps", "must be true or false (also yes, no, on, off, 1, 0), not 'perhaps'"),
        ("mode", "reflekt", "Did you mean 'reflect'?"),
        ("sigam", "4", "E: has no parameter 'sigam'. Did you mean 'sigma'?"),
        ("weights.third", "1", "E.weights: has no item 'third'"),
        ("weights.first", "x", "E.weights.first: must be a number between 0 and 1, not 'x'"),
        ("weights", "5", "must be a dict"),
    ],
)
def test_unacceptable_text_is_refused_by_name(name, text, message):
    with pytest.raises(iv.ParameterError) as caught:
        parse_values(Everything.controls, "E", {name: text})
    assert message in str(caught.value)


def test_one_item_of_a_group_is_addressed_with_a_dot(simulation):
    texts = {"weights.second": "5", "show.gray": "off"}
    simulation.parameters.update(parse_values(Everything.controls, "E", texts))
    assert simulation.weights == {"first": 0.5, "second": 5}
    assert simulation.show == {"gray": False, "text": False}


def test_a_value_as_text_parses_to_itself(simulation):
    for name, control in Everything.controls.items():
        assert control.parse(control.text(simulation.parameters[name])) == control.default


@given(st.floats(min_value=-1e6, max_value=1e6))
def test_every_float_survives_text_and_json(value):
    control = declare(x=iv.Slider(0.0, -1e6, 1e6)).controls["x"]
    assert math.copysign(1, control.parse(control.text(value))) == math.copysign(1, value)
    assert control.parse(control.text(value)) == value
    assert control.validate(json.loads(json.dumps(value))) == value


def test_several_values_are_assigned_all_or_none(simulation):
    with pytest.raises(iv.ParameterError):
        simulation.parameters.update({"sigma": 5, "count": 99})
    assert simulation.sigma == 2.0


def test_an_unknown_parameter_is_also_a_key_error(simulation):
    with pytest.raises(KeyError, match="has no parameter 'sigm'. Did you mean 'sigma'"):
        simulation.parameters["sigm"]
    assert "sigm" not in simulation.parameters


def test_the_value_of_a_group_cannot_be_changed_in_place(simulation):
    for change in (
        lambda d: d.__setitem__("first", 1),
        lambda d: d.update(first=1),
        lambda d: d.pop("first"),
        lambda d: d.clear(),
    ):
        with pytest.raises(TypeError, match="assigning a dict to the parameter"):
            change(simulation.weights)
    assert pickle.loads(pickle.dumps(simulation.weights)) == simulation.weights
    assert copy.deepcopy(simulation.weights) == {"first": 0.5, "second": 2}


def test_two_instances_share_nothing():
    a, b = Everything(), Everything()
    a.sigma, a.weights = 7.0, {"first": 0.9}
    assert (b.sigma, b.weights["first"]) == (2.0, 0.5)


def test_reset_gives_all_defaults_back(simulation):
    simulation.sigma = 5
    simulation.parameters.reset()
    assert simulation.sigma == 2.0


def test_an_overridden_init_method_needs_no_super_call():
    class Forgetful(iv.Simulation):
        x = iv.Slider(1.0, 0.0, 2.0)

        def __init__(self):
            self.mine = 1

    assert Forgetful().x == 1.0


# Declarations that contradict themselves ------------------------------------------------------


@pytest.mark.parametrize(
    ("control", "message"),
    [
        (lambda: iv.Slider(30.0, 0.0, 20.0), "S.x: its default must be between 0 and 20, not 30.0"),
        (lambda: iv.Slider(1.0, 2.0, 2.0), "S.x, maximum: must be larger than the minimum 2"),
        (lambda: iv.Slider(1, 0.5, 3), "S.x, minimum: must be a whole number, as the default 1"),
        (
            lambda: iv.Slider(1, 0.0, 5.0),
            "minimum: must be a whole number, as the default 1 is; write 1.0 for a float slider",
        ),
        (lambda: iv.Slider(1.0, math.nan, 3.0), "S.x, minimum: must be a finite number, not nan"),
        (lambda: iv.Slider("1", 0, 3), "S.x, default: must be a finite number, not '1'"),
        (lambda: iv.Slider(True, 0, 3), "S.x, default: must be a finite number, not True"),
        (lambda: iv.Slider(1.0, 0, 3, step=0), "S.x, step: must be positive and at most"),
        (lambda: iv.Slider(1.0, 0, 3, step=4), "step: must be positive and at most the range 3"),
        (lambda: iv.Slider(1, 0, 3, step=0.5), "S.x, step: must be a whole number"),
        (lambda: iv.Slider(1.0, 0.0, 3.0, scale="log"), "must be positive on a logarithmic scale"),
        (lambda: iv.Slider(1.0, 0.1, 3.0, scale="log", step=1), "must be left out on a log"),
        (lambda: iv.Slider(1.0, 0.1, 3.0, scale="cubic"), "S.x, scale: must be 'linear' or 'log'"),
        (lambda: iv.Slider(1.0, 0.1, 3.0, unit=3), "S.x, unit: must be a text, not 3"),
        (lambda: iv.Slider(1.0, 0.1, 3.0, help=3), "S.x, help: must be a text, not 3"),
        (lambda: iv.OptionList("c", ["a", "b"]), "S.x: its default must be one of 'a', 'b'"),
        (lambda: iv.OptionList("a", "abc"), "S.x, options: must be a list of texts or numbers"),
        (lambda: iv.OptionList("a", []), "S.x, options: must be a list with at least one option"),
        (lambda: iv.OptionList("a", ["a", "a"]), "must be different from each other"),
        (lambda: iv.OptionList(1, [1, "1"]), "must be different from each other"),
        (
            lambda: iv.OptionList(True, [True]),
            "S.x, options: must be texts, numbers, None or members",
        ),
        (lambda: iv.Checkbox("yes"), "S.x: its default must be true or false, not 'yes'"),
        (lambda: iv.CheckboxGroup({}), "must be a dict with at least one check box"),
        (lambda: iv.CheckboxGroup({"a": 1}), "S.x.a: its default must be true or false, not 1"),
        (lambda: iv.DictSlider({"a": 5.0}, 0.0, 1.0), "S.x.a: its default must be between 0 and 1"),
        (lambda: iv.DictSlider({"a": 5.0}), "S.x.a, minimum: must be a finite number, not None"),
        (lambda: iv.TextBox(3), "S.x: its default must be a text, not 3"),
        (lambda: iv.TextBox("", lines=0), "S.x, lines: must be a whole number from 1 on, not 0"),
        (lambda: iv.Image(vmin=2, vmax=1), "S.x, vmax: must be larger than vmin 2"),
        (lambda: iv.Image(vmin="a"), "S.x, vmin: must be a finite number"),
        (lambda: iv.Figure(width=0), "S.x, width: must be between 0.5 and 100 inches"),
        (lambda: iv.TextOutput(align="up"), "S.x, align: must be 'left', 'center' or 'right'"),
        (lambda: iv.Comment(3), "S.x, text: must be a text, not 3"),
    ],
)
def test_a_contradictory_declaration_is_refused_when_the_class_is_created(control, message):
    with pytest.raises(iv.ParameterError) as caught:
        declare(x=control())
    assert message in str(caught.value)


def test_a_name_is_declared_once():
    with pytest.raises(iv.ParameterError, match=r"Twice.x: is defined twice in this class"):

        class Twice(iv.Simulation):
            x = iv.Slider(1.0, 0.0, 2.0)
            x = iv.Slider(1.0, 0.0, 3.0)  # noqa: PIE794


def test_one_object_is_not_two_controls():
    with pytest.raises(iv.ParameterError, match="is the same Slider object as 'a'"):

        class Shared(iv.Simulation):
            a = b = iv.Slider(1.0, 0.0, 2.0)


@pytest.mark.parametrize("name", ["step", "init", "rng", "parameters", "outputs", "key", "_x"])
def test_reserved_names_are_refused(name):
    with pytest.raises(iv.ParameterError, match="the name is reserved"):
        declare(**{name: iv.Checkbox()})


def test_a_declaration_that_shadows_a_method_is_refused():
    with pytest.raises(iv.ParameterError, match=r"is defined twice in this class, as a method"):

        class Same(iv.Simulation):
            def x(self):
                return 1

            x = iv.Checkbox()  # noqa: F811

    class Base(iv.Simulation):
        def smooth(self):
            return 1

    with pytest.raises(iv.ParameterError, match=r"hides the method Base.smooth\(\)"):

        class Derived(Base):
            smooth = iv.Checkbox()


def test_a_plain_attribute_that_hides_a_control_is_refused():
    with pytest.raises(iv.ParameterError, match=r"Derived.sigma: a int hides the Slider"):

        class Derived(Everything):
            sigma = 3


def test_declarations_are_inherited_redeclared_and_removed():
    class Derived(Everything):
        sigma = iv.Slider(5, 0, 9)
        flag = None
        extra = iv.Slider(1.0, 0.0, 2.0)

    assert next(iter(Derived.controls)) == "sigma"
    assert list(Derived.controls)[-1] == "extra"
    assert "flag" not in Derived.controls
    assert Derived().sigma == 5
    assert Everything().sigma == 2.0


def test_a_name_need_not_be_an_identifier():
    odd = declare(**{"Kernel Width": iv.Slider(3, 0, 9)})()
    odd.parameters["Kernel Width"] = 4
    assert odd.parameters == {"Kernel Width": 4}


@pytest.mark.parametrize(
    ("slider", "step"),
    [
        (iv.Slider(1.0, 0.0, 1.0), 0.001),
        (iv.Slider(1.0, 0.0, 20.0), 0.02),
        (iv.Slider(1.0, 0.1, 7.0), 0.01),
        (iv.Slider(1, 0, 7000), 1),
    ],
)
def test_the_default_step_is_a_round_thousandth_of_the_range(slider, step):
    assert slider.step == step


def test_reading_a_parameter_is_cheap():
    # No clock: one Python call and one look-up, nothing else.
    import dis

    calls = [i for i in dis.get_instructions(iv.controls.Control.__get__) if i.opname == "CALL"]
    assert calls == []


# Panels ---------------------------------------------------------------------------------------


class Shows(iv.Simulation):
    picture = iv.Image()
    level = iv.Trace(unit="mV")
    text = iv.TextOutput()
    plot = iv.Figure()
    note = iv.Comment("Read me.")


@pytest.mark.parametrize(
    "picture", [np.zeros((4, 5)), np.zeros((4, 5, 3), np.uint8), np.zeros((1, 1, 4)), [[0, 1]],
                np.array([[True, False]])]
)  # fmt: skip
def test_an_image_takes_grey_and_color(picture):
    shows = Shows()
    shows.picture = picture
    assert np.array_equal(shows.picture, picture)


@pytest.mark.parametrize(
    "picture", [np.zeros(4), np.zeros((4, 5, 2)), np.zeros((0, 5)), "text",
                np.zeros((2, 2), complex), [[1, 2], [3]], None]
)  # fmt: skip
def test_an_image_refuses_what_it_cannot_show(picture):
    with pytest.raises((iv.ParameterError, ValueError)):
        Shows().picture = picture


def test_a_trace_takes_one_real_number():
    shows = Shows()
    for value in (1, 2.5, np.float32(3), np.array(4), math.nan, True):
        shows.level = value
        assert type(shows.level) is float
    for value in ("1", [1], np.zeros(1), 1j, None):
        with pytest.raises(iv.ParameterError, match="Shows.level: must be one real number"):
            shows.level = value


def test_a_comment_is_fixed_and_a_text_takes_anything():
    shows = Shows()
    assert shows.note == "Read me."
    with pytest.raises(iv.ParameterError, match="is a fixed comment"):
        shows.note = "other"
    shows.text = 3.5
    assert shows.text == "3.5"


def test_a_figure_is_made_when_it_is_read_and_belongs_to_one_instance():
    a, b = Shows(), Shows()
    assert a.plot is a.plot
    assert a.plot is not b.plot
    with pytest.raises(iv.ParameterError, match=r"must be a matplotlib.figure.Figure"):
        a.plot = 3


def test_labels_come_from_names_and_descriptions_are_json():
    assert iv.controls.Slider.label.fget(Everything.sigma) == "Sigma"
    for declaration in [*Everything.controls.values(), *Shows.panels.values()]:
        record = json.loads(json.dumps(declaration.describe()))
        assert record["name"] == declaration.name
        assert record["kind"] == type(declaration).__name__


# Sections, and controls that only init reads --------------------------------------------------


@pytest.mark.parametrize("kind", ["sigma", "weights", "mode", "order", "flag", "show", "caption"])
def test_every_control_has_a_section_and_tells_whether_init_alone_reads_it(kind):
    control = Everything.controls[kind]
    arguments = f"{control!r}"[:-1] + ", group='Network', restart=True)"
    changed = eval(arguments, vars(iv))
    assert (changed.group, changed.restart) == ("Network", True)
    described = declare(**{kind: changed}).controls[kind].describe()
    assert (described["group"], described["restart"]) == ("Network", True)
    assert (control.group, control.restart) == ("", False)
    assert eval(repr(iv.Button("Go", group="Network", restart=True)), vars(iv)).restart


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"group": 3}, "S.x, group: must be a text, not 3"),
        ({"group": None}, "S.x, group: must be a text, not None"),
        ({"restart": 1}, "S.x, restart: must be true or false, not 1"),
    ],
)
def test_a_section_is_a_text_and_restart_a_bool(arguments, message):
    with pytest.raises(iv.ParameterError, match=message):
        declare(x=iv.Checkbox(**arguments))


# Declarations that cannot change, and print as the call that makes them ------------------------

DECLARATIONS = [
    "Slider(2.0, 0.1, 20.0, step=0.1, label='Kernel width', unit='px')",
    "Slider(2, 0, 9)",
    "Slider(1.0, 0.001, 1000.0, scale='log', help='Of all.')",
    "DictSlider({'learning': 0.1, 'decay': Slider(1, 0, 9)}, 0.0, 1.0, step=0.1)",
    "DictSlider({'a': Slider(0.5, 0.0, 1.0, label='First')})",
    "OptionList('reflect', ['reflect', 'nearest'], unit='px')",
    "RadioButtons(2, [1, 2, 3])",
    "Checkbox()",
    "Checkbox(True, label='On')",
    "CheckboxGroup({'gray': True, 'text': False})",
    "Button()",
    "Button('Reset', help='All.')",
    "TextBox()",
    "TextBox('hello', lines=3)",
    "Image()",
    "Image(vmin=0, vmax=255, cmap='viridis', smooth=True)",
    "Figure(width=8.0, label='Plot')",
    "Trace(unit='mV')",
    "TextOutput(align='center')",
    "Comment('fixed', label='Note')",
]


@pytest.mark.parametrize("text", DECLARATIONS)
def test_a_declaration_prints_as_the_call_that_makes_it(text):
    declaration = eval(text, vars(iv))
    assert repr(declaration) == text
    declare(x=declaration)
    assert repr(declaration) == text
    assert declaration.source("iv.").startswith("iv.")
    assert repr(eval(declaration.source("iv."), {"iv": iv})) == text


@pytest.mark.parametrize("text", DECLARATIONS)
def test_a_declaration_cannot_be_changed_once_its_class_exists(text):
    declaration = eval(text, vars(iv))
    declaration.help = "Still free."
    declare(x=declaration)
    for attribute in [*vars(declaration), "other"]:
        with pytest.raises(AttributeError, match=r"S.x: a declaration cannot be changed"):
            setattr(declaration, attribute, 3)
    with pytest.raises(AttributeError, match="cannot be changed"):
        del declaration.help
    assert declaration.help == "Still free."


def test_items_of_a_group_cannot_be_changed_either():
    weights = Everything.weights
    with pytest.raises(TypeError):
        weights.items["third"] = iv.Slider(1, 0, 2)
    with pytest.raises(AttributeError, match=r"Everything.weights.second: a declaration cannot"):
        weights.items["second"].maximum = 99
    with pytest.raises(TypeError, match="assigning a dict"):
        weights.default["first"] = 9


def test_what_was_given_can_be_changed_afterwards_without_effect():
    items, options = {"a": 0.5}, ["x", "y"]
    cls = declare(w=iv.DictSlider(items, 0.0, 1.0), o=iv.OptionList("x", options))
    items["b"] = 3
    options.append("z")
    assert dict(cls().w) == {"a": 0.5}
    assert list(cls.o.options) == ["x", "y"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: iv.Slider(1.0, 0.0, 2.0, units="px"),
            "has no argument 'units'. Did you mean 'unit'",
        ),
        (lambda: iv.Slider(1.0, min=0.0, maximum=2.0), "no argument 'min'. Did you mean 'minimum'"),
        (lambda: iv.Trace(lable="x"), "Trace: has no argument 'lable'. Did you mean 'label'?"),
        (lambda: iv.Checkbox(zzz=1), "has no argument 'zzz'. It has default, label, help, group,"),
    ],
)
def test_a_misspelt_keyword_of_a_declaration_is_named_with_the_closest(call, message):
    with pytest.raises(iv.ParameterError) as caught:
        call()
    assert message in str(caught.value)
