"""The simulations of apps/ in their windows: a few here, all of them among the long tests."""

from __future__ import annotations

from pathlib import Path

import pytest

import ivisit as iv

pytestmark = pytest.mark.window

APPS = sorted((Path(__file__).parents[3] / "apps").glob("*.py"))
#: One that paints, one with a figure and clicks, one with a table, one with a raster.
SAMPLE = {"game_of_life", "hopfield_landscape", "classification", "balanced_network"}


@pytest.mark.parametrize(
    "app",
    [
        pytest.param(app, marks=[] if app.stem in SAMPLE else [pytest.mark.stress], id=app.stem)
        for app in APPS
    ],
)
def test_an_app_opens_runs_and_takes_clicks(app, user):
    simulation = iv.get_simulation(app)
    window = user.open(simulation)
    window.run_for(3)
    user.until(lambda: window.steps >= 3 and not window.session.worker.busy)
    user.look()
    assert window.engine.failure is None
    assert set(window.layout.panels) >= {
        name for name, panel in simulation.panels.items() if not isinstance(panel, iv.Trace)
    }
    for name, panel in simulation.panels.items():
        if getattr(panel, "pointer", False):
            user.click(user.panel(name).canvas)
            user.until(lambda: window.engine.changes)
    user.look()
    assert window.engine.failure is None
    assert not user.told()
