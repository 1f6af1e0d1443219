"""`ivisit migrate`: scripts in styles of their own do the same afterwards."""

from __future__ import annotations

import pytest

import ivisit as iv
from ivisit.legacy.tools.migrate import migrated

DIRECTIVES = """\
#@IVISIT:SIMULATION & styles
#@IVISIT:SLIDER & A & [200,1] & [0,20,5,1] & a & -1 & int & 3
#@IVISIT:TEXT_OUT & N & [9,1] & None & n
"""
CLASSES = """
class SimParameters(iv.IVisit_Parameters):
    a, size = 1, 7
class SimData(iv.IVisit_Data):
    n, m = "", 0
"""
SIMULATION = """
class Sim(iv.IVisit_Simulation):
    def __init__(self):
        iv.IVisit_Simulation.__init__(self, "styles", SimParameters, SimData)
"""
MAIN = "\nsim = Sim(); sim.main_init(); sim.init(); sim.step(); iv.IVisit_main(sim=sim)\n"

#: What stands in front, beside the classes, and in the simulation; what the text shows at the end.
STYLES = {
    "functions beside the class": (
        "",
        "def twice():\n    return 2 * SimParameters.a\n"
        "def note(text):\n    SimData.n = str(text)\n    SimData.m += 1\n",
        "    def step(self):\n        note((twice(), SimData.m > 0))\n",
        "(6, True)",
    ),
    "another class": (
        "",
        "class Helper:\n    def value(self):\n        p = SimParameters\n        return p.a + 9\n",
        "    def step(self):\n        SimData.n = str(Helper().value())\n",
        "12",
    ),
    "short names for all": (
        "",
        "p = SimParameters\nd = SimData\nTABLE = [p.size] * SimParameters.size\n"
        "def other(p):\n    return p[0]\n",
        "    def step(self):\n        d.n = str((p.a, len(TABLE), other([5]), p.size))\n",
        "(3, 7, 5, 7)",
    ),
    "methods without the simulation": (
        "",
        "class Frame:\n    data = 5\n",
        "    @staticmethod\n    def scaled(frame):\n        return frame.data * SimParameters.a\n"
        "    @classmethod\n    def plus(cls):\n        return SimParameters.a + 1\n"
        "    def step(self):\n        SimData.n = str((self.scaled(Frame()), self.plus()))\n",
        "(15, 4)",
    ),
    "another name than self": (
        "",
        "",
        "    def init(s):\n        s.count = SimParameters.a\n"
        "    def step(me):\n        me.count += SimParameters.a\n"
        "        SimData.n = f'{me.count} {[me.count for _ in range(2)]}'\n",
        "9 [9, 9]",
    ),
    "features of later versions": (
        "from __future__ import print_function, division\nfrom __future__ import annotations\n",
        "def half(x: Unknown) -> Unknown:\n    return x / 2\n",
        "    def step(self):\n        SimData.n = str(half(SimParameters.a))\n",
        "1.5",
    ),
}


@pytest.mark.parametrize("style", STYLES)
def test_scripts_of_all_styles_show_the_same_afterwards(style, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before, beside, methods, shown = STYLES[style]
    text = f"{DIRECTIVES}{before}import ivisit as iv\n{CLASSES}{beside}{SIMULATION}{methods}{MAIN}"
    old, new = tmp_path / "old.py", tmp_path / "new.py"
    old.write_text(text, encoding="utf-8")
    new.write_text(migrated(old), encoding="utf-8")
    for path in (old, new):
        assert list(iv.run(path, steps=2).outputs.values()) == [shown], path.read_text()
