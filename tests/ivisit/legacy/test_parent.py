"""`parent`: what old scripts ask of the main window."""

from __future__ import annotations

import pytest

from ivisit.plugins.loading import load_file

DIRECTIVES = """
SIMULATION & s
TEXT_OUT & T & [9,1] & None & text
"""
SEEN = """
def main_init(self, parent=None):
    iv.IVisit_Simulation.main_init(self, parent)
    self.seen = []
def step(self):
    if self.parent:
        self.seen.append((self.parent.steps, self.parent.runflg))
"""


def test_steps_counts_the_present_step_in_step(load):
    script = load(DIRECTIVES, data="text = ''", methods=SEEN)
    script.step(3)
    assert [steps for steps, _ in script.sim.seen] == [1, 2, 3]
    assert script.parent.steps == 3


def test_a_failed_step_counts_as_under_072(load):
    script = load(
        DIRECTIVES,
        data="text = ''",
        methods=SEEN + "\n    if self.parent and self.parent.steps == 2: 1 / 0\n",
    )
    with pytest.raises(Exception, match="ZeroDivisionError"):
        script.step(5)
    assert script.parent.steps == 2
    script.engine.retry()
    script.step()
    assert [steps for steps, _ in script.sim.seen] == [1, 2, 3]


@pytest.mark.window
def test_runflg_is_one_while_the_window_runs_and_not_during_a_single_step(load, user):
    script = load(DIRECTIVES, data="text = ''", methods=SEEN)
    window = user.open(load_file(script.path))
    sim, parent = window.engine.simulation._script.simulation, window.engine.simulation._parent
    window.step()
    user.until(lambda: window.steps == 1)
    assert sim.seen == [(1, 0)]
    window.toggle_run()
    user.until(lambda: window.steps > 3)
    assert parent.runflg == 1
    window.toggle_run()
    user.until(lambda: parent.runflg == 0)
    assert sim.seen[1:3] == [(2, 1), (3, 1)]


def test_runflg_is_one_in_a_run_without_a_window(load):
    script = load(DIRECTIVES, data="text = ''", methods=SEEN)
    script.step(2)
    assert [runflg for _, runflg in script.sim.seen] == [1, 1]


def test_currfile_is_the_old_file_whether_it_exists_or_not(load, tmp_path):
    script = load(DIRECTIVES, data="text = ''")
    assert script.parent.currfile == str(tmp_path.resolve() / "old.db")
