"""The values that reach the script: attribute, Python type and moment."""

from __future__ import annotations

import numpy as np
import pytest

import ivisit as iv
from ivisit import Engine
from ivisit.parameters import parse_values
from ivisit.plugins.loading import load_file

EVERY_DIRECTIVE = """
    SIMULATION & every directive twice
    SLIDER & One & [200,1] & [0,10,5,1] & number & -1 & int & 3
    SLIDER & Two & [200,1] & [0,1,5,0.25] & fraction & -1 & float & 0.5
    SLIDER & First & [200,1] & [0,10,5,1] & items & 0 & int & 7
    SLIDER & Last & [200,1] & [0,10,5,1] & items & 2 & float & 8
    DICTSLIDER & Group 0 & [200,20,-1,0,10] & group & 0
    DICTSLIDERITEM & Order N & [0,10,5,1] & N & int & 4
    DICTSLIDERITEM & sigma & [0,5,5,0.1] & sigma & float & 1.5
    DICTSLIDER & Group 1 & [200,20,-1,1,10] & group1 & 1
    DICTSLIDERITEM & a & [0,5,5,1] & a & int & 77
    DICTSLIDERITEM & b & [0,5,5,1] & b & float & 2
    DICTSLIDER & Group 2 & [200,20,-1,2,10] & missing & 0
    DICTSLIDERITEM & c & [0,5,5,1] & c & int & 5
    LISTSEL & Words & [20,5] & [x, yy] & word & -1 & text & yy
    LISTSEL & Numbers & [20,5] & [1,2.5,4] & listed & 1 & float & 4
    CHECKBOX & Boxes & [a,b,a,] & boxes & 0110
    CHECKBOX & Box & [only] & box & 1
    RADIOBUTTON & Radio & [x, yy] & radio & yy
    RADIOBUTTON & Radio (again) & [1,2] & radio2 & 2
    BUTTON & Press & [<,Press me] & press
    BUTTON & Push & [Network,Push] & push
    TEXT_IN & Line & [20,1] & line & -1 & a "quoted" text
    TEXT_IN & Lines & [20,3] & lines & 1 &
    IMAGE & Small & 1.0 & [0,255] & picture & int
    IMAGE & Large & 3.0 & [0,1] & picture & float
    TEXT_OUT & Left & [20,5] & just_left & text
    TEXT_OUT & Center & [20,5] & None & number_out
"""

PARAMETERS = """
    number = 0
    fraction = 0
    items = [1, 2, 3]
    group = {'N': 1, 'other': 'kept'}
    group1 = {}
    word = ''
    listed = (1, 2)
    boxes = ''
    box = '0'
    radio = ''
    radio2 = ''
    press = None
    push = None
    line = ''
    lines = ['', '']
"""

DATA = "picture = np.zeros((2, 3)); text = 'hello'; number_out = 0.5"


@pytest.fixture
def script(load):
    return load(EVERY_DIRECTIVE, parameters=PARAMETERS, data=DATA)


def same(value, expected):
    """Equal values of equal types, also inside lists and dicts."""
    return repr(value) == repr(expected)


def test_every_directive_delivers_its_value_in_its_old_type(script):
    script.step()
    assert same(
        script.values(),
        {
            "number": 3,
            "fraction": 0.5,
            "items": [7, 2, 8.0],
            "group": {"N": 4, "other": "kept", "sigma": 1.5},
            "group1": {"a": 77, "b": 2.0},
            "word": "yy",
            "listed": (1, "4.0"),
            "boxes": "0110",
            "box": "1",
            "radio": "yy",
            "radio2": "2",
            "press": "0",
            "push": "0",
            "line": 'a "quoted" text',
            "lines": ["", ""],
            "missing": {"c": 5},
        },
    )


def test_changed_values_arrive_in_their_old_types(script):
    for name, value in {
        "One": 9,
        "Two": 0.25,
        "Words": " yy",
        "Numbers": "1.0",
        "Radio": "x",
        "Line": "ä\nö",
    }.items():
        script.engine.set(name, value)
    script.engine.set("Boxes", {"a": True})
    script.engine.set("Group 0", {"Order N": 1})
    script.step()
    p = script.parameters
    assert same(
        [p.number, p.fraction, p.word, p.listed, p.radio, p.line, p.boxes, p.group],
        [9, 0.25, " yy", (1, "1.0"), "x", "ä\nö", "1110", {"N": 1, "other": "kept", "sigma": 1.5}],
    )


def test_a_dict_stays_the_same_object(script):
    before = script.parameters.group
    script.step()
    assert script.parameters.group is before


def test_an_array_is_overwritten_by_the_number(load):
    script = load(
        "SIMULATION & s\nSLIDER & S & [9,1] & [0,9,1,1] & a & 0 & int & 4",
        parameters="a = np.zeros(3)",
    )
    script.step()
    assert same(script.parameters.a, 4)


def test_boxes_and_buttons_write_the_first_item_of_a_list(load):
    script = load(
        """
        SIMULATION & s
        CHECKBOX & C & [x,y] & c & 10
        RADIOBUTTON & R & [x,y] & r & y
        BUTTON & B & [<,b] & b
        """,
        parameters="c = ['', 1]; r = ['', 1]; b = ['', 1]",
    )
    script.step()
    assert script.values() == {"c": ["10", 1], "r": ["y", 1], "b": ["0", 1]}


def test_a_widget_whose_list_has_no_such_item_is_missing_and_the_others_live(load):
    script = load(
        """
        SIMULATION & s
        SLIDER & Bad & [9,1] & [0,9,1,1] & a & -1 & int & 4
        SLIDER & Good & [9,1] & [0,9,1,1] & a & 1 & int & 5
        """,
        parameters="a = [0, 0]",
    )
    assert list(script.simulation_class.controls) == ["Good"]
    (finding,) = script.simulation_class._findings
    assert (finding.line, finding.severity) == (2, "error")
    assert "listindex: must be between 0 and 1" in str(finding)
    script.step()
    assert script.parameters.a == [0, 5]


def test_a_list_that_shrinks_during_the_run_costs_a_message_only(load, caplog):
    script = load(
        "SIMULATION & s\nSLIDER & S & [9,1] & [0,9,1,1] & a & 1 & int & 4",
        parameters="a = [0, 0]",
    )
    script.parameters.a = [0]
    script.step(3)
    assert script.parameters.a == [0]
    assert caplog.text.count("the list index must be between 0 and 0") == 1


# The sample scripts ------------------------------------------------------------------------------


def test_the_values_of_the_first_sample_reach_its_step(run_file, scripts, capfd):
    script = run_file(scripts / "all_widgets.py")
    script.step()
    assert same(
        script.values(),
        {
            "freq": 3,
            "gain": 1.25,
            "weights": [1, 4, 3],
            "pattern": "rings",
            "bits": "8",
            "str_show": "1110",
            "cmap": "warm",
            "btn_reset": "0",
            "caption": "Hello world",
        },
    )
    lines = capfd.readouterr().out.split("\n")
    assert [line.split("{")[0].strip() for line in lines[:8]] == [
        "LC main_init parent= NoneType",
        "LC init",
        "LC step",
        "LC after IVisit_main",
        "LC main_init parent= Parent",
        "LC init",
        "LC bind parent= Parent display= Display",
        "LC step",
    ]


def test_the_values_of_the_second_sample_reach_its_step(run_file, scripts):
    script = run_file(scripts / "plot.py")
    script.step()
    assert same(
        script.values(),
        {"par": {"N": 3, "sigma": 1.5}, "par2": {"a": 2, "b": -0.25}, "action": "New"},
    )


def test_the_data_of_the_samples_are_in_the_result(scripts):
    result = iv.run(scripts / "all_widgets.py", steps=2)
    assert result.outputs["Gray image"].shape == (64, 96)
    assert result.outputs["Unit image"].max() == 1.0
    assert result.outputs["Results"] == "n=2\ncaption='Hello world'\nbits='8' w=[1, 4, 3]"
    assert iv.run(scripts / "plot.py", steps=1).outputs["Plot"].shape == (300, 400, 3)


# Names -------------------------------------------------------------------------------------------


def test_parameters_are_addressed_by_widget_or_by_parameter(load):
    script = load(EVERY_DIRECTIVE, parameters=PARAMETERS, data=DATA)
    parsed = parse_values(
        script.simulation_class.controls,
        "old",
        {
            "number": "5",
            "Two": "0.75",
            "items[0]": "1",
            "group.N": "6",
            "Group 0.sigma": "2",
            "Boxes": "1001",
            "box": "0",
        },
    )
    assert parsed == {
        "One": 5,
        "Two": 0.75,
        "First": 1,
        "Group 0": {"Order N": 6, "sigma": 2.0},
        "Boxes": {"a": True, "b": False, "a (3)": False, "4": True},
        "Box": {"only": False},
    }
    script.engine.simulation.parameters.update(parsed)
    script.step()
    assert script.parameters.number == 5
    assert script.parameters.group["N"] == 6
    assert script.parameters.boxes == "1001"


def test_a_widget_named_like_a_method_or_like_another_gets_its_parameter_behind(load):
    script = load(
        """
        SIMULATION & s
        SLIDER & step & [9,1] & [0,9,1,1] & a & -1 & int & 4
        SLIDER & Same & [9,1] & [0,9,1,1] & b & -1 & int & 5
        SLIDER & Same & [9,1] & [0,9,1,1] & c & -1 & int & 6
        IMAGE & Same & 1 & [0,255] & d & int
        """,
    )
    assert list(script.simulation_class.controls) == ["step (a)", "Same", "Same (c)"]
    assert list(script.simulation_class.panels) == ["Same (d)"]
    script.engine.set("step", 1)
    script.step()
    assert (script.parameters.a, script.parameters.b, script.parameters.c) == (1, 5, 6)


def test_several_blocks_are_several_simulations(write):
    path = write(
        """
        SIMULATION & one
        SLIDER & S & [9,1] & [0,9,1,1] & a & -1 & int & 1
        SIMULATION & two words
        SLIDER & S & [9,1] & [0,9,1,1] & a & -1 & int & 2
        """,
        name="pair.py",
    )
    with pytest.raises(iv.PluginError, match=r"several simulations; name one of .*pair.py:one, "):
        load_file(path)
    for wanted, value in [("one", 1), ("two words", 2), ("pair:two words", 2)]:
        engine = Engine(load_file(path, wanted))
        engine.run(1)
        assert engine.simulation._script.simulation.parameters.a == value


def test_a_second_engine_runs_the_script_anew(load):
    script = load("SIMULATION & s\nSLIDER & S & [9,1] & [0,9,1,1] & a & -1 & int & 1")
    second = Engine(script.simulation_class)
    second.set("S", 9)
    second.run(1)
    script.step()
    assert script.parameters.a == 1
    assert second.simulation._script.simulation.parameters.a == 9


def test_numpys_generator_starts_from_the_seed_of_a_headless_run(write):
    path = write(
        "SIMULATION & s\nTEXT_OUT & T & [9,1] & None & drawn",
        methods="def step(self): SimData.drawn = np.random.rand()",
    )
    drawn = [iv.run(path, steps=3, seed=seed).outputs["T"] for seed in (0, 0, 1, 2**70)]
    np.random.seed(0)  # noqa: NPY002
    assert drawn[0] == drawn[1] == str(np.random.rand(3)[2])  # noqa: NPY002
    assert len(set(drawn)) == 3


def test_everything_works_with_the_names_of_a_star_import(write):
    path = write("SIMULATION & s\nTEXT_OUT & T & [9,1] & None & t", data="t = 1")
    text = path.read_text(encoding="utf-8").replace("import ivisit as iv\nimport numpy as np", "")
    path.write_text(
        text.replace("iv.", "").replace(
            "from ivisit.special import *",
            "from ivisit import *\nfrom ivisit.matplotlib import *\nfrom ivisit.special import *\n"
            "assert float(Version) and os.sep and sys.path and time.time() and threading.Lock()\n"
            "assert datetime.now() and np.zeros(1) is not None and ivml.Figure and FigureCanvas",
        ),
        encoding="utf-8",
    )
    assert iv.run(path, steps=1).outputs["T"] == "1"


def test_importing_ivisit_stays_light_although_old_scripts_find_numpy_there():
    import subprocess
    import sys

    code = "import sys, ivisit; print([m for m in ('tkinter', 'numpy') if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert answer.stdout.strip() == "[]"
