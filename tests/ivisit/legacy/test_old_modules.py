"""The modules of IVISIT 0.7x, by the names under which old scripts import from them."""

from __future__ import annotations

import subprocess
import sys

import pytest

import ivisit as iv

IMPORTS = [
    "from ivisit.simulation import IVisit_Simulation, IVisit_Parameters, IVisit_Data",
    "from ivisit.simulation import *; IVisit_Simulation, IVisit_Parameters, IVisit_Data, np",
    "import ivisit.simulation as s; s.IVisit_Simulation",
    "from ivisit.widgets import *; IVisitImageWidget, IVisitSliderWidget, IVisitRawDisplayFrame",
    "from ivisit.parser import IVisitParser; IVisitParser(__file__, None)",
    "from ivisit.parser import *; IVisitParser.PARSEMODE_UpdateOldExceptValues",
    "from ivisit.defdb import *; sqldatabase(db_ivisit_cfg, 'x.db', debugLevel=0)",
    "from ivisit import IVisitParser, IVisitImageWidget",
    "import ivisit as iv; iv.IVisitSliderWidget, iv.IVisit_main",
]


@pytest.mark.parametrize("line", IMPORTS)
def test_old_imports_work_in_a_fresh_interpreter(line, tmp_path):
    file = tmp_path / "script.py"
    file.write_text(line, encoding="utf-8")
    answer = subprocess.run([sys.executable, file], capture_output=True, text=True, cwd=tmp_path)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert not list(tmp_path.glob("*.db"))


def test_the_classes_are_the_same_under_each_name():
    import ivisit.simulation

    assert ivisit.simulation.IVisit_Simulation is iv.IVisit_Simulation
    with pytest.raises(AttributeError, match="no attribute 'IVisit_Nothing'"):
        ivisit.simulation.IVisit_Nothing  # noqa: B018


def test_the_version_is_that_of_this_package_and_as_a_number_that_of_the_scripts():
    from importlib.metadata import version

    assert iv.__version__ == version("ivisit-lab")
    assert isinstance(iv.__version__, str)
    assert float(iv.__version__) == float(iv.Version) == 0.72


def test_what_an_old_file_cannot_do_any_more_is_said():
    from ivisit.defdb import sqldatabase

    database = sqldatabase(None, "x.db")
    with pytest.raises(AttributeError, match="ivisit params import x.db"):
        database.simple_select(["key"], ["simulation"])


def test_handles_are_instances_of_the_old_classes(load):
    from ivisit import widgets

    script = load(
        """
        SIMULATION & s
        SLIDER & S & [200,1] & [0,10,5,1] & a & -1 & int & 3
        LISTSEL & L & [20,5] & [a,b] & l & -1 & text & b
        CHECKBOX & C & [a,b] & c & 01
        IMAGE & I & 1 & [0,255] & im & int
        """,
        data="im = [[0]]",
    )
    kinds = {
        "S": widgets.IVisitSliderWidget,
        "L": widgets.IVisitListSelectionWidget,
        "C": widgets.IVisitCheckboxWidget,
        "I": widgets.IVisitImageWidget,
    }
    for name, kind in kinds.items():
        handle = script.display.getWidget(name)
        assert isinstance(handle, widgets.IVisitWidget)
        assert [other for other in kinds.values() if isinstance(handle, other)] == [kind]
