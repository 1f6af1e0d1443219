"""Whatever a script's author wrote: a simulation comes of it, and it runs."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ivisit import Engine
from ivisit.legacy.language.directives import parse_directives
from ivisit.legacy.language.widget_fields import FIELDS
from ivisit.legacy.running.adapter import Script, simulation_class
from ivisit.legacy.running.api import IVisit_Data, IVisit_Parameters, IVisit_Simulation
from ivisit.legacy.tools.migrate import migrated

WORDS = [
    *("int", "float", "text", "p", "step", "_p", "class", "just_left", "", "'x'"),
    *("3", "-1", "01", "1e400", "nan", "1e-9"),
    *("[0,10,5,1]", "[a, b]", "[1,2]", "[0,0,0,0]", "[5,1,1,-2]"),
]
FIELD = st.one_of(st.sampled_from(WORDS), st.text(max_size=12))


@st.composite
def directive(draw):
    """A line with the right number of fields, mostly, and anything in them."""
    keyword = draw(st.sampled_from([*FIELDS, "NONSENSE"]))
    count = len(FIELDS.get(keyword, "x")) + draw(st.sampled_from([0] * 8 + [-1, 1]))
    return f"#@IVISIT:{keyword} & " + " & ".join(draw(FIELD) for _ in range(count))


@settings(max_examples=150, deadline=None)
@given(st.lists(directive(), max_size=8))
def test_any_directives_give_simulations_that_run(lines):
    directives = parse_directives("\n".join(lines), "any.py")
    assert all(str(finding).startswith("any.py:") for finding in directives.findings)
    for block in directives.blocks:
        sim = IVisit_Simulation("any", type("P", (IVisit_Parameters,), {}),
                                type("D", (IVisit_Data,), {}))  # fmt: skip
        cls = simulation_class(Script(sim), "any", "Any", block.widgets)
        missing = sum(finding.severity == "error" for finding in cls._findings)
        assert len(cls.controls) + len(cls.panels) + missing == len(block.widgets)
        engine = Engine(cls)
        engine.run(2)
        engine.outputs()
        values = engine.simulation.parameters
        for name, control in cls.controls.items():
            assert control.validate(control.parse(control.text(values[name]))) == values[name]


@settings(max_examples=50, deadline=None)
@given(st.lists(directive(), max_size=6))
def test_any_directives_give_a_new_file_whose_class_can_be_made(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("any") / "any.py"
    # One line each: what stands behind a line's end is no directive any more but code.
    source = "\n".join(["#@IVISIT:SIMULATION & any", *(line.replace("\n", " ") for line in lines)])
    # What would end a comment line is no directive any more but code.
    path.write_text("".join(c for c in source if c.isprintable() or c == "\n"), encoding="utf-8")
    exec(compile(migrated(path), "migrated", "exec"), {"__name__": "migrated"})
