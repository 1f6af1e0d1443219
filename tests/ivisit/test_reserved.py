"""Names that belong to the framework, methods it cannot call, and outputs nobody finds."""

import functools
import logging

import pytest

import ivisit as iv
from ivisit.legacy.tools.migrate import migrated
from ivisit.reserved import LIFE_CYCLE, OWNED, RESERVED, SETTINGS
from ivisit.simulation import SimulationType


def declare(**body):
    """Create a simulation class called S, as a class statement would."""
    return SimulationType("S", (iv.Simulation,), {"__module__": "here", **body})


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_no_control_or_panel_takes_a_name_of_the_framework(name):
    for declaration in (iv.Checkbox(), iv.Trace()):
        with pytest.raises(iv.ParameterError, match=f"S.{name}: the name is reserved"):
            declare(**{name: declaration})


@pytest.mark.parametrize("name", sorted(OWNED))
def test_a_class_that_defines_a_name_of_the_framework_is_refused(name):
    with pytest.raises(iv.ParameterError, match=rf"S.{name}: the name belongs to ivisit .*method"):
        declare(**{name: lambda self: 1})
    with pytest.raises(iv.ParameterError, match=rf"S.{name}: the name .*; rename your attribute"):
        declare(**{name: 3})


def test_the_names_of_a_base_that_is_no_simulation_count_too():
    class Network:
        def parameters(self):
            return []

    with pytest.raises(iv.ParameterError, match=r"Network.parameters: the name belongs to ivisit"):

        class Trained(Network, iv.Simulation):
            pass


@pytest.mark.parametrize(
    "name",
    sorted(set(OWNED) - {"rng", "stop", "drawing"}),  # these may be assigned, or are still to come
)
def test_an_instance_that_assigns_a_name_of_the_framework_hears_of_it(name):
    simulation = declare(x=iv.Checkbox())()
    with pytest.raises(iv.ParameterError, match=rf"S.{name}: the name belongs to ivisit"):
        setattr(simulation, name, [])
    assert simulation.parameters == {"x": False}
    assert list(simulation.controls) == ["x"]


def test_what_a_simulation_is_meant_to_define_it_may_define():
    settings = {"key": "k", "live": True, "pace": 10, "step_duration": 0.1, "step_unit": "ms"}
    assert set(settings) == set(SETTINGS)
    body = {name: lambda self, *event: None for name in LIFE_CYCLE}
    assert iv.run(declare(**body, **settings), steps=2).status == "finished"


# Methods that cannot be called ----------------------------------------------------------------


async def awaited(self):
    """Would never run."""


def yielding(self):
    """Would never run."""
    yield


async def streaming(self):
    """Would never run."""
    yield


@pytest.mark.parametrize("name", LIFE_CYCLE)
@pytest.mark.parametrize("method", [awaited, yielding, streaming, staticmethod(awaited)])
def test_methods_whose_body_would_never_run_are_refused(name, method):
    with pytest.raises(iv.ParameterError, match=rf"S.{name}: must be an ordinary method, not"):
        declare(**{name: method})


@pytest.mark.parametrize("value", [0.1, None, "step"])
def test_a_method_of_the_life_cycle_is_no_number(value):
    with pytest.raises(iv.ParameterError, match=r"S.step: must be a method, not"):
        declare(step=value)


def test_a_decorated_method_is_what_the_decorator_makes_of_it():
    def finished(function):
        @functools.wraps(function)
        def run(self):
            list(function(self))

        return run

    assert iv.run(declare(step=finished(yielding)), steps=1).steps == 1


@pytest.mark.parametrize("name", ["step", "close"])
def test_an_attribute_that_hides_a_method_of_the_life_cycle_is_told(name):
    def init(self):
        setattr(self, name, 0.1)

    with pytest.raises(iv.RunError, match=rf"S.{name}: is a method of the simulation, and was"):
        iv.run(declare(init=init), steps=1)


# Outputs that nobody finds --------------------------------------------------------------------


@pytest.fixture
def told(caplog):
    caplog.set_level(logging.WARNING, logger="ivisit")
    return caplog


def misspelling():
    """Return a simulation that writes the trace ``change`` under another name."""

    class Misspelling(iv.Simulation):
        change = iv.Trace()
        picture = iv.Image()
        note = iv.Comment("fixed")

        def step(self):
            self.chagne = 1.0
            self.notes = "mine"

    return Misspelling


def test_a_misspelt_output_is_told_once_naming_attribute_and_panel(told):
    simulation = misspelling()
    for _ in range(2):
        iv.run(simulation, steps=3)
    iv.Engine(simulation).run(1)
    assert [record.getMessage() for record in told.records] == [
        "Misspelling: the first step assigned nothing to the panel 'change', but there is an "
        "attribute 'chagne'. Is that a misspelling?"
    ]


def test_it_is_told_after_the_first_step_and_not_at_the_end(told):
    engine = iv.Engine(misspelling())
    engine.run(until=lambda simulation: engine.steps == 2 and told.records)
    assert engine.steps == 2


class Tidy(iv.Simulation):
    """Has an attribute that resembles a panel which it assigns."""

    change = iv.Trace()
    later = iv.Trace()

    def init(self):
        self.changes = []
        self._later = 1

    def step(self):
        self.change = 1.0


def test_attributes_that_resemble_an_assigned_panel_are_no_misspellings(told):
    iv.run(Tidy, steps=2)
    assert not told.records


def test_attributes_of_the_framework_are_no_misspellings(told):
    class Late(iv.Simulation):
        """Shows a panel when somebody looks, whose name resembles ``rng``."""

        wrong = iv.Image()

        def step(self):
            self.rng.random()

    iv.run(Late, steps=2)
    assert not told.records


@pytest.mark.parametrize("steps", [0, 1, 5])
def test_the_look_after_the_first_step_changes_no_number_of_steps(steps):
    engine = iv.Engine(misspelling())
    assert engine.run(steps) == steps
    assert engine.run(2) == 2
    assert engine.run(until=lambda simulation: True) == 1


# Old scripts ----------------------------------------------------------------------------------

OLD = """
import ivisit as iv

# @IVISIT:SIMULATION & Clash
# @IVISIT:SLIDER & live & [200,1] & [0,10,11,1] & live & -1 & int & 5
# @IVISIT:SLIDER & stop & [200,1] & [0,10,11,1] & draw & -1 & int & 6

class P(iv.IVisit_Parameters):
    live = 5
    draw = 6

class D(iv.IVisit_Data):
    pass

class S(iv.IVisit_Simulation):
    def __init__(self):
        iv.IVisit_Simulation.__init__(self, 'clash', P, D)

    def step(self):
        print('live', self.parameters.live, 'draw', self.parameters.draw)

iv.IVisit_main(sim=S())
"""


def test_an_old_scripts_widgets_of_reserved_names_are_renamed_inside(tmp_path, capfd):
    script = tmp_path / "clash.py"
    script.write_text(OLD)
    result = iv.run(script, {"live": 7}, steps=1)
    assert "live 7 draw 6" in capfd.readouterr().out
    assert not set(result.parameters) & RESERVED
    new = migrated(script)
    assert "live_ = iv.Slider" in new
    assert "draw_ = iv.Slider" in new
