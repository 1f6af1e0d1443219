"""The example simulations: headlessly, and what they compute."""

from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage
from scipy.integrate import solve_ivp

import ivisit as iv

APPS = Path(__file__).parents[2] / "apps"
ALL = sorted(APPS.glob("*.py"))
#: Those that take the mouse.
POINTED = [app for app in ALL if "def pointer(" in app.read_text()]


@pytest.mark.parametrize("app", ALL, ids=lambda app: app.stem)
def test_an_app_is_small_runs_headlessly_and_in_a_sweep(app, tmp_path):
    assert len(app.read_text().splitlines()) < 100
    simulation = iv.get_simulation(app)
    result = iv.run(app, steps=3)
    assert result.status == "finished"
    assert set(result.outputs) == set(simulation.panels)
    name, slider = next((n, c) for n, c in simulation.controls.items() if isinstance(c, iv.Slider))
    metric = next(iter(result.metrics))
    sweep = iv.sweep(
        app,
        {name: [slider.minimum, slider.default]},
        steps=2,
        metrics=[metric],
        workers=0,
        store=tmp_path / "sweep.ivisit",
    )
    assert list(sweep.status) == ["finished"] * 2


@pytest.mark.parametrize("app", POINTED, ids=lambda app: app.stem)
def test_an_app_survives_clicks_and_drags_wherever_they_are(app):
    simulation = iv.get_simulation(app)
    (panel,) = (n for n, p in simulation.panels.items() if getattr(p, "pointer", False))
    is_image = isinstance(simulation.panels[panel], iv.Image)
    place = {"row": 5, "column": 3} if is_image else {"x": 0.4, "y": -0.3, "axes": 0}
    events = [
        (step, iv.PointerEvent(panel, kind, button=button, modifiers=modifiers, **place))
        for button in (1, 3)
        for modifiers in ((), ("shift",))
        for step, kind in enumerate(("press", "drag", "release"))
    ]
    if not is_image:
        events.append((3, iv.PointerEvent(panel, x=0.1, y=0.1)))  # beside all axes
    result = iv.run(app, steps=5, events=sorted(events, key=lambda event: event[0]))
    assert result.status == "finished"
    assert iv.replay(app, result) == result
    plain, clicked = (iv.run(app, steps=2, events=given) for given in ([], [(1, events[0][1])]))
    assert any(not np.array_equal(plain.outputs[n], v) for n, v in clicked.outputs.items())


def test_gauss_filter_smooths_the_photograph():
    weak = iv.run(APPS / "gauss_filter.py", {"sigma": 0.1}, steps=1)
    strong = iv.run(APPS / "gauss_filter.py", {"sigma": 20}, steps=1)
    assert weak.outputs["change"] == pytest.approx(0, abs=1e-6)
    assert weak.outputs["filtered"].shape == (600, 512)
    assert strong.outputs["filtered"].std() < weak.outputs["filtered"].std()
    # A Gaussian kernel keeps the mean where the border reflects.
    means = [r.outputs["filtered"].mean() for r in (weak, strong)]
    assert means[0] == pytest.approx(means[1], rel=1e-3)


def test_a_balanced_dog_filter_ignores_the_mean_light():
    app = iv.get_simulation(APPS / "dog_filter.py")()
    engine = iv.Engine(app)
    engine.set("cells", "both")
    engine.init()
    app.pixels = np.full((40, 50), 100.0)
    app.light.set_data(range(50), range(50))
    engine.set("row", 3)
    engine.run(1)
    assert np.abs(app.response).max() == pytest.approx(0, abs=1e-9)
    app.pixels = np.zeros((41, 41))
    app.pixels[20, 20] = 1
    engine.run(1)
    both = ndimage.gaussian_filter(app.pixels, 1.5) - ndimage.gaussian_filter(app.pixels, 2.4)
    assert np.allclose(app.response, both)


def test_lorenz_agrees_with_an_independent_solver():
    result = iv.run(APPS / "lorenz.py", {"substeps": 1, "dt": 0.001}, steps=500)

    def velocity(t, p):
        return [10 * (p[1] - p[0]), p[0] * (28 - p[2]) - p[1], p[0] * p[1] - 8 / 3 * p[2]]

    times = 0.001 * np.arange(1, 501)
    exact = solve_ivp(velocity, (0, 0.5), [1, 1, 1], t_eval=times, rtol=1e-11, atol=1e-11)
    assert np.abs(result.traces["position"] - exact.y.T).max() < 1e-6


def test_pendulums_learn_from_their_reward():
    result = iv.run(APPS / "pendulum.py", steps=60)
    assert result.traces["best"][-1] > 0.6 > 0.5 > result.traces["median"][0]
    assert (np.diff(result.traces["best"]) >= -1e-12).all()
    app = iv.get_simulation(APPS / "pendulum.py")
    engine = iv.Engine(app)
    engine.init()
    engine.simulation.draw()
    engine.close()
