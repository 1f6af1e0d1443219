"""The generators against known facts and a tight integrator."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from dopamine_wp import series

FLOWS = {
    "lorenz": (
        lambda t, s: [10 * (s[1] - s[0]), s[0] * (28 - s[2]) - s[1], s[0] * s[1] - 8 / 3 * s[2]],
        {"step": 0.001, "sample": 0.05},
    ),
    "rossler": (
        lambda t, s: [-s[1] - s[2], s[0] + 0.2 * s[1], 0.2 + s[2] * (s[0] - 5.7)],
        {"step": 0.005, "sample": 0.5},
    ),
}


@pytest.mark.parametrize("name", FLOWS)
def test_flows_equal_solve_ivp_at_tight_tolerance(name):
    derivative, steps = FLOWS[name]
    orbit = getattr(series, name)(60, transient=0, components="xyz", **steps)
    times = np.arange(60) * steps["sample"]
    exact = solve_ivp(
        derivative,
        (0, times[-1]),
        [1, 1, 1],
        t_eval=times,
        method="DOP853",
        rtol=1e-12,
        atol=1e-12,
    ).y.T
    np.testing.assert_allclose(orbit, exact, atol=1e-5)


def test_flows_converge_with_the_fourth_order_of_the_step():
    fine = series.lorenz(20, transient=0, step=0.0005, sample=0.05)
    errors = [
        np.abs(series.lorenz(20, transient=0, step=step, sample=0.05) - fine).max()
        for step in (0.01, 0.005)
    ]
    assert errors[0] / errors[1] == pytest.approx(16, rel=0.25)


def test_mackey_glass_equals_the_method_of_steps():
    """On [0, tau] the delayed value is the constant history, and the solution is known."""
    x = series.mackey_glass(17, transient=0)[:, 0]
    drive = 0.2 * 1.2 / (1 + 1.2**10)
    t = np.arange(17)
    exact = drive / 0.1 + (1.2 - drive / 0.1) * np.exp(-0.1 * t)
    np.testing.assert_allclose(x, exact, atol=1e-9)


def test_mackey_glass_equals_solve_ivp_on_the_second_interval():
    drive = 0.2 * 1.2 / (1 + 1.2**10)

    def first(t):
        return drive / 0.1 + (1.2 - drive / 0.1) * np.exp(-0.1 * t)

    def derivative(t, x):
        delayed = first(t - 17)
        return 0.2 * delayed / (1 + delayed**10) - 0.1 * x

    times = np.arange(17, 35)
    exact = solve_ivp(derivative, (17, 34), [first(17)], t_eval=times, rtol=1e-11, atol=1e-12).y[0]
    x = series.mackey_glass(35, transient=0)[17:, 0]
    # The mean of two neighbors as the middle value costs the fourth order: error about step^2
    np.testing.assert_allclose(x, exact, atol=2e-4)


def test_henon_and_logistic_orbits_obey_their_maps():
    x, y = series.henon(500, components="xy").T
    np.testing.assert_allclose(x[1:], 1 - 1.4 * x[:-1] ** 2 + y[:-1], atol=1e-12)
    np.testing.assert_allclose(y[1:], 0.3 * x[:-1], atol=1e-12)
    z = series.logistic(500)[:, 0]
    np.testing.assert_allclose(z[1:], 4 * z[:-1] * (1 - z[:-1]), atol=1e-12)
    assert series.logistic(1, transient=0)[0, 0] == 0.3141592653589793
    assert series.henon(1, transient=0, components="xy").tolist() == [[0.1, 0.1]]


def test_henon_contracts_areas_by_b_and_logistic_has_its_known_density():
    def image(point):
        return series.henon(2, transient=0, start=point, components="xy")[1]

    base = np.array([0.3, 0.1])
    sides = [(image(base + 1e-6 * side) - image(base)) / 1e-6 for side in np.eye(2)]
    assert abs(np.linalg.det(sides)) == pytest.approx(0.3, rel=1e-4)

    # Invariant density 1 / (pi sqrt(x (1 - x))): quantiles sin^2(pi q / 2)
    x = series.logistic(100_000)[:, 0]
    quantiles = np.linspace(0.1, 0.9, 9)
    np.testing.assert_allclose(
        np.quantile(x, quantiles), np.sin(np.pi * quantiles / 2) ** 2, atol=0.01
    )


def benettin(advance, start, steps, interval, offset=1e-8, skip=200):
    """Largest Lyapunov exponent from the growth of a small distance, renormalized."""
    base = np.asarray(start, float)
    shadow = base.copy()
    shadow.flat[0] += offset
    growth = []
    for _ in range(steps):
        base, shadow = advance(base), advance(shadow)
        distance = np.linalg.norm(shadow - base)
        growth.append(np.log(distance / offset))
        shadow = base + (shadow - base) * (offset / distance)
    return np.mean(growth[skip:]) / interval


@pytest.mark.parametrize(
    ("name", "start", "steps", "interval", "options"),
    [
        ("lorenz", (1, 1, 20), 4000, 0.2, {"components": "xyz", "step": 0.02}),
        ("rossler", (1, 1, 0), 8000, 1.0, {"components": "xyz", "step": 0.1}),
        ("henon", (0.1, 0.1), 10000, 1, {"components": "xy"}),
        ("logistic", (0.31,), 10000, 1, {}),
    ],
)
def test_largest_lyapunov_exponents(name, start, steps, interval, options):
    generator = getattr(series, name)
    sampling = {} if name in ("henon", "logistic") else {"sample": interval}

    def advance(state):
        origin = state[0] if name == "logistic" else state
        return generator(2, transient=0, start=origin, **sampling, **options)[1]

    measured = benettin(advance, start, steps, interval)
    assert measured == pytest.approx(series.LYAPUNOV_EXPONENTS[name], rel=0.05)


def test_largest_lyapunov_exponent_of_mackey_glass():
    """By the equation linearized along the generated orbit, with the same integrator."""
    step, delay = 0.1, 170
    x = series.mackey_glass(400_000, sample=step, transient=1000)[:, 0]
    delayed = x[:-delay]
    gain = 0.2 * (1 - 9 * delayed**10) / (1 + delayed**10) ** 2
    tangent = [1.0] * (delay + 1)
    log_growth = 0.0
    # Heun's method, precise enough for an exponent of 5 % at this step
    for i in range(len(gain) - 1):
        now, d0, d1 = tangent[-1], tangent[-1 - delay], tangent[-delay]
        k1 = gain[i] * d0 - 0.1 * now
        k2 = gain[i + 1] * d1 - 0.1 * (now + step * k1)
        tangent.append(now + step / 2 * (k1 + k2))
        if i % 1000 == 999:
            tangent = tangent[-delay - 1 :]
            size = np.linalg.norm(tangent)
            tangent = [value / size for value in tangent]
            log_growth += np.log(size) if i > 5000 else 0.0
    measured = log_growth / ((len(gain) - 6000) * step)
    assert measured == pytest.approx(series.LYAPUNOV_EXPONENTS["mackey_glass"], rel=0.05)


def test_known_statistics_of_the_attractors():
    x, y, z = series.lorenz(20_000, components="xyz").T
    # <z> = 23.55 and <x^2> = <xy> = 8/3 <z> follow from the equations in the stationary state
    assert z.mean() == pytest.approx(23.55, abs=0.2)
    assert (x * y).mean() == pytest.approx(8 / 3 * z.mean(), rel=0.01)
    assert (x * x).mean() == pytest.approx((x * y).mean(), rel=0.01)
    rossler = series.rossler(5000, components="xyz")
    assert rossler[:, 2].min() > 0
    glass = series.mackey_glass(3000)
    assert 0.2 < glass.min() < glass.max() < 1.4


def test_laser_is_the_real_series():
    laser = series.santafe_laser()
    assert laser.shape == (10093, 1)
    assert laser.dtype == np.float64
    # The published data set A begins like this
    assert laser[:10, 0].tolist() == [86, 141, 95, 41, 22, 21, 32, 72, 138, 111]
    assert 0 <= laser.min() < laser.max() <= 255
    np.testing.assert_array_equal(series.santafe_laser(50), laser[:50])


def test_transient_and_sampling_cut_the_same_orbit():
    whole = series.lorenz(31, transient=0, sample=0.01)
    cut = series.lorenz(5, transient=0.1, sample=0.05)
    np.testing.assert_array_equal(cut, whole[10::5])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: series.lorenz(0), "lorenz.n_samples: must be an integer of at least 1, not 0"),
        (lambda: series.lorenz(5, step=0), "lorenz.step: must be a finite number above 0"),
        (lambda: series.lorenz(5, sample=0.015), "lorenz.sample: must be a multiple of the step"),
        (lambda: series.lorenz(5, components="w"), "lorenz.components: must be letters of 'xyz'"),
        (lambda: series.rossler(5, start=(1, 2)), "rossler.start: must be 3 finite numbers"),
        (lambda: series.mackey_glass(5, tau=0.05), "mackey_glass.tau: must be a multiple"),
        (lambda: series.henon(5, transient=-1), "henon.transient: .* at least 0"),
        (lambda: series.santafe_laser(99999), "santafe_laser.n_samples: must be at most 10093"),
    ],
)
def test_bad_arguments_are_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: series.lorenz(100, rho=1e9),
        lambda: series.rossler(100, c=-50.0),
        lambda: series.mackey_glass(100, exponent=9.5, beta=-3.0),
        lambda: series.mackey_glass(100, beta=1e200),
        lambda: series.mackey_glass(5, gamma=-40.0),
        lambda: series.henon(100, a=3.0),
        lambda: series.logistic(100, r=4.5),
        lambda: series.logistic(100, r=float("nan")),
    ],
)
def test_an_orbit_that_runs_away_is_refused_without_a_warning(make, recwarn):
    with pytest.raises(ValueError, match="the orbit runs away.*not finite from sample"):
        make()
    assert not recwarn.list
