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
    place = {"row": 0, "column": 7} if is_image else {"x": 0.4, "y": -0.3, "axes": 0}
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


def test_neurons_without_noise_fire_at_the_rate_of_the_formula():
    values = {"noise": 0.0, "weakest": 14.0, "strongest": 40.0}
    app = iv.get_simulation(APPS / "lif_figure.py")()
    engine = iv.Engine(app)
    for name, value in values.items():
        engine.set(name, value)
    engine.init()
    engine.run(800)  # 2 s
    # The interval is a whole number of time steps of 0.5 ms
    drive = np.linspace(14, 40, len(app.rates))
    interval = 2 + 20 * np.log(drive[1:] / (drive[1:] - 15))
    assert app.rates[0] == 0
    assert np.all(np.abs(1000 / app.rates[1:] - interval) < 0.05 * interval + 1)


def test_the_phase_plane_agrees_with_an_independent_solver():
    result = iv.run(APPS / "phase_plane.py", {"dt": 0.01}, steps=2000)

    def velocity(t, p):
        return [p[0] - p[0] ** 3 / 3 - p[1] + 0.5, 0.08 * (p[0] + 0.7 - 0.8 * p[1])]

    times = 0.01 * np.arange(1, 2001)
    exact = solve_ivp(velocity, (0, 20), [-1.2, -0.6], t_eval=times, rtol=1e-10, atol=1e-10)
    assert np.abs(result.traces["state"] - exact.y.T).max() < 1e-6


def test_the_energy_of_a_hopfield_network_never_rises_and_ends_in_a_minimum():
    app = iv.get_simulation(APPS / "hopfield_landscape.py")()
    engine = iv.Engine(app)
    engine.init()
    energies = []
    for _ in range(250):
        engine.run(1)
        energies.append(app.energies(app.path[-1]))
    assert (np.diff(energies, axis=0) < 1e-9).all()
    engine.run(500)
    around = app.path[-1][:, None] + 1e-3 * np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
    inside = np.abs(around).max(axis=-1) < 1
    higher = app.energies(around) >= app.energies(app.path[-1])[:, None] - 1e-9
    assert (higher | ~inside).all()


def test_the_gun_sends_out_a_glider_every_thirty_generations():
    population = iv.run(APPS / "game_of_life.py", steps=121).traces["population"]
    assert np.diff(population[30::30]).tolist() == [5, 5, 5]
    # A rule agrees with counting by hand, also across the edge of the torus
    app = iv.get_simulation(APPS / "game_of_life.py")()
    engine = iv.Engine(app)
    engine.set("start", "empty")
    engine.init()
    app.alive[0, [-1, 0, 1]] = True
    engine.run(1)
    assert np.argwhere(app.alive).tolist() == [[0, 0], [1, 0], [95, 0]]


def test_reaction_and_diffusion_keep_what_they_must():
    app = iv.get_simulation(APPS / "gray_scott.py")()
    engine = iv.Engine(app)
    for name, value in {"pattern": "as the sliders say", "feed": 0.0, "kill": 0.03}.items():
        engine.set(name, value)
    engine.init()
    app.v[:] = 0  # without v nothing reacts: u only spreads
    app.u[:] = np.random.default_rng(0).random(app.u.shape)
    mean, spread = app.u.mean(), app.u.std()
    engine.run(3)
    assert app.u.mean() == pytest.approx(mean, rel=1e-5)
    assert app.u.std() < 0.2 * spread
    assert not app.v.any()


@pytest.mark.parametrize("start", ["points", "k-means++"])
def test_the_error_of_k_means_never_rises_and_rests_where_both_half_steps_change_nothing(start):
    app = iv.get_simulation(APPS / "kmeans.py")()
    engine = iv.Engine(app)
    engine.set("start", start)
    engine.init()
    errors = []
    for _ in range(80):
        engine.run(1)
        errors.append(app.error)
    assert (np.diff(errors) < 1e-12).all()
    nearest = ((app.points[:, None] - app.centers) ** 2).sum(-1).argmin(1)
    assert np.array_equal(nearest, app.owner)
    for i in np.unique(nearest):
        assert app.centers[i] == pytest.approx(app.points[nearest == i].mean(axis=0))


def test_balance_decides_between_fast_regular_and_slow_irregular_firing():
    values = {"regime": "as the sliders say"}
    weak, strong = (
        iv.run(APPS / "balanced_network.py", {**values, "g": g}, steps=2500) for g in (3.0, 6.0)
    )
    rates = [r.traces["rate"][-500:].mean() for r in (weak, strong)]
    assert rates[0] > 3 * rates[1]
    assert weak.outputs["irregularity"] < 0.4 < 0.8 < strong.outputs["irregularity"]


def test_a_spoiled_digit_is_recalled_and_too_many_are_not():
    seen = {
        n: [
            iv.run(
                APPS / "paint_and_recall.py", {"n_stored": n, "example": True}, steps=1, seed=s
            ).outputs["similarity"]
            for s in range(8)
        ]
        for n in (10, 60)
    }
    assert np.mean(seen[10]) > 0.98 > np.mean(seen[60])


def test_classifiers_that_can_follow_spirals_do():
    errors = {
        rule: iv.run(APPS / "classification.py", {"rule": rule}, steps=1).outputs["error"]
        for rule in ("nearest neighbors", "Parzen windows", "Gaussians")
    }
    assert errors["Gaussians"] > 0.3 > 0.1 > errors["nearest neighbors"]
    assert errors["Parzen windows"] < 0.1
    few = iv.run(APPS / "classification.py", {"points": []}, steps=1)
    assert few.outputs["plane"].shape == (200, 200, 3)


def test_both_networks_learn_digits_and_walkers_find_the_valley():
    digits = iv.run(APPS / "digits_network.py", steps=25)
    assert digits.outputs["error"] < 0.2
    assert digits.outputs["rival"] < digits.traces["rival"][0] - 0.1
    walkers = iv.run(APPS / "perturbation_landscape.py", steps=150)
    assert walkers.outputs["median"] < 0.05 * walkers.traces["median"][0]


def test_fishers_separation_is_that_of_a_discriminant():
    result = iv.run(APPS / "data_generation.py", steps=1)
    points = np.array(iv.get_simulation(APPS / "data_generation.py")().points)
    red, blue = (points[points[:, 2] == kind, :2] for kind in (0, 1))
    within = np.cov(red.T, bias=True) + np.cov(blue.T, bias=True)
    direction = np.linalg.solve(within, red.mean(0) - blue.mean(0))
    projected = [p @ direction for p in (red, blue)]
    ratio = (projected[0].mean() - projected[1].mean()) ** 2 / sum(p.var() for p in projected)
    assert result.outputs["separation"] == pytest.approx(ratio)


def test_hello_world_says_what_it_is_told():
    values = {"who": "Ada", "times": 3, "manner": {"loud": True, "backwards": True}}
    result = iv.run(APPS / "hello_world.py", values, steps=1)
    assert result.outputs["spoken"] == "\n".join(["!ADA OLLEH"] * 3)
