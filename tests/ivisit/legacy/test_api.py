"""The classes and functions that scripts find in ``ivisit``."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import ivisit as iv


class Parameters(iv.IVisit_Parameters):
    rate = 1
    items = [1, 2]


class Data(iv.IVisit_Data):
    text = "x"


@pytest.fixture
def simulation():
    yield iv.IVisit_Simulation("name", Parameters, Data)
    Parameters.rate = 1


def test_the_arguments_are_those_of_old():
    assert str(inspect.signature(iv.IVisit_main).replace(return_annotation=inspect._empty)) == (
        "(fname: 'str | None' = None, sim: 'IVisit_Simulation | None' = None, "
        "debuglevel: 'int' = 0, str_app_name: 'str | None' = None, "
        "str_app_help: 'str | None' = None, str_app_about: 'str | None' = None)"
    )
    assert list(inspect.signature(iv.IVisit_Simulation.__init__).parameters)[1:] == [
        "name_arg", "parameters_arg", "data_arg", "updateMode", "flagLock",
    ]  # fmt: skip
    assert float(iv.Version) == 0.72


def test_the_attributes_are_those_of_old(simulation):
    assert simulation.name == "name"
    assert (simulation.parameters, simulation.data) == (Parameters, Data)
    assert (simulation.updateMode, simulation.flagLock) == ("sync", False)
    assert simulation.display is simulation.parent is None
    assert not simulation.lock.locked()
    default = iv.IVisit_Simulation()
    assert default.name == "IVisitSimulation1"
    assert default.parameters_dict == {"par1": 1, "par2": 2.5, "par3": "flag_on"}
    assert list(default.data_dict) == ["data1", "data2", "data3", "data4"]


def test_snapshots_hold_the_class_itself_and_no_bases(simulation):
    assert simulation.parameters_dict == {"rate": 1, "items": [1, 2]}
    assert simulation.parameters_dict["items"] is Parameters.items
    assert simulation.parameters_dict_original["items"] is not Parameters.items
    assert simulation.get_dict_of_data() == {"text": "x"}
    assert simulation.get_dict_of_parameters(1, Data) == {"text": "x"}


def test_parameters_can_be_set_from_a_dict(simulation):
    simulation.set_dict_of_parameters({"rate": 5})
    assert Parameters.rate == 5
    simulation.set_dict_of_parameters()
    assert Parameters.rate == 1


def test_parameters_and_data_can_be_printed(simulation, capsys):
    simulation.print_state()
    assert capsys.readouterr().out == (
        "IVisit_Simulation name:\n   Parameter 'rate': 1\n   Parameter 'items': [1, 2]\n"
        "   Data field 'text': x\n"
    )


def test_an_instance_serves_as_parameters_as_well(write):
    path = write(
        "SIMULATION & s\nSLIDER & S & [9,1] & [0,9,1,1] & a & -1 & int & 4\n"
        "TEXT_OUT & T & [9,1] & None & seen",
        parameters="a = 0",
        methods="""
            def init(self):
                if not isinstance(self.parameters, SimParameters):
                    self.parameters, self.data = SimParameters(), SimData()
            def step(self): self.data.seen = self.parameters.a
        """,
    )
    assert iv.run(path, {"S": 7}, steps=1).outputs["T"] == "7"


def test_the_base_classes_may_be_used_as_they_are(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bare.py").write_text(
        "#@IVISIT:SIMULATION & s\n"
        "#@IVISIT:SLIDER & S & [9,1] & [0,9,1,1] & par1 & -1 & int & 4\n"
        "#@IVISIT:IMAGE & I & 1 & [0,9] & data4 & int\n"
        "import ivisit as iv\niv.IVisit_main()\n",
        encoding="utf-8",
    )
    result = iv.run(tmp_path / "bare.py", steps=1)
    assert np.array_equal(result.outputs["I"], [[1, 2], [3, 4]])
    assert iv.IVisit_Parameters.par1 == 4
    iv.IVisit_Parameters.par1 = 1


def test_controls_and_panels_describe_themselves_as_new_ones_do(scripts):
    cls = iv.get_simulation(scripts / "all_widgets.py")
    assert cls.controls["Show"].describe()["kind"] == "CheckboxGroup"
    assert cls.panels["Gray image"].describe()["kind"] == "Image"
