"""How real scripts are written."""

from __future__ import annotations

import ivisit as iv

SCRIPT = '''\
"""A script as they are: comments, blanks, duplicates, helpers from its own folder."""
#@IVISIT:SIMULATION  & Model (new) / test
#@IVISIT:SLIDER & Learning Rate / decay (1/s) & [200,1] & [-5, 5, 3,0.1] & rate & -1 & float & 1.5#
#@IVISIT:SLIDER & Learning Rate / decay (1/s) & [200,1] & [-5,5,3,0.1] & rate & -1 & float & 2.5 # x
#@IVISIT:DICTSLIDER  & Par & [200,20,-1,2,10] & par & 0
# an ordinary comment between them
#@IVISIT:DICTSLIDERITEM & Order N & [0,10, 5,1] & N & int & 3
#@IVISIT:RADIOBUTTON & Action & [New,Delete] & action & New
#@IVISIT:CHECKBOX    & Show & [a,b] & str_show & 10
#@IVISIT:IMAGE       & Data Vectors & 1.0 & [0,255] & im_data & int
#@IVISIT:TEXT_OUT    & Results & [20,5] & just_left & str_results
import matplotlib.pyplot as plt
import numpy as np

import ivisit as iv
from helper_of_the_script import double
from ivisit.matplotlib import *
from ivisit.special import *

plt.rc("font", size=8)


class SimParameters(iv.IVisit_Parameters):
    rate = 0
    par = {"N": 1}
    action = "New"
    str_show = "00"


class SimData(iv.IVisit_Data):
    im_data = np.array([[0, 0, 0]])
    str_results = "results"


class Sim(iv.IVisit_Simulation):
    def __init__(self, name_arg="model"):
        iv.IVisit_Simulation.__init__(self, name_arg, SimParameters, SimData)

    def main_init(self, parent=None):
        iv.IVisit_Simulation.main_init(self, parent)
        self.factor = double(2)

    def init(self):
        iv.IVisit_Simulation.init(self)
        SimData.str_results = ""

    def bind(self, parent=None, display=None):
        self.display = display
        self.parent = parent
        if display is not None:
            display.bind2Widget("Data Vectors", "<Button-1>", self.onPressed, "imgcanvas")

    def onPressed(self, event):
        SimData.str_results += "clicked"

    def step(self):
        p, d = SimParameters, SimData
        if p.str_show[0] == "1":
            d.str_results += "%d " % (self.factor * p.rate)
        fig = getMatplotlibFigure(figsize=(2, 1))
        fig.add_subplot(111).plot([0, p.par["N"]])
        d.im_data = getMatplotlibImage(fig)


if __name__ == "__main__":
    sim = Sim()
    sim.main_init()
    sim.init()
    sim.step()
    iv.IVisit_main(sim=sim)
    print("the code behind goes on")
'''


def test_a_script_as_people_write_them(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "scripts of others"
    folder.mkdir()
    (folder / "helper_of_the_script.py").write_text("double = lambda x: 2 * x\n", encoding="utf-8")
    (folder / "model.py").write_text(SCRIPT, encoding="utf-8")
    result = iv.run(folder / "model.py", {"par": {"N": 5}}, steps=3)
    assert result.parameters == {
        "Learning Rate / decay (1/s)": 1.5,
        "Par": {"Order N": 5},
        "Action": "New",
        "Show": {"a": True, "b": False},
    }
    assert result.outputs["Results"] == "6 6 6 "
    assert result.outputs["Data Vectors"].shape == (100, 200, 3)
    assert "the code behind goes on" in capsys.readouterr().out
    assert str(result.provenance["source"]).endswith("model.py")


def test_the_summary_of_a_script_is_found_without_running_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "apps").mkdir()
    (tmp_path / "apps" / "model.py").write_text(SCRIPT, encoding="utf-8")
    (row,) = [info for info in iv.list_simulations() if info.name == "model"]
    assert row.summary.startswith("A script as they are")
