r"""Chaotic series: three flows, two maps and a real laser.

All generators return arrays of shape (n_samples, n_components), float64. Flows are integrated by
the classical Runge-Kutta method of fourth order with a fixed step. Chaotic orbits are not
portable bit for bit between machines: compare statistics, or short stretches without transient.

The sunspot numbers are not here, since no copy of them may be shipped with the package.

=================  =======================  ============================================
series             `LYAPUNOV_EXPONENTS`     Reference
=================  =======================  ============================================
``lorenz``         0.9056 per time unit     E. Lorenz, J. Atmos. Sci. 20 (1963)
``rossler``        0.0714 per time unit     O. Rössler, Phys. Lett. 57A (1976)
``mackey_glass``   0.0052 per time unit     M. Mackey, L. Glass, Science 197 (1977)
``henon``          0.4192 per step          M. Hénon, Commun. Math. Phys. 50 (1976)
``logistic``       ln 2 per step            R. May, Nature 261 (1976)
=================  =======================  ============================================
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from importlib import resources

import numpy as np

from dopamine_wp import _checks

#: Largest Lyapunov exponents at the default parameters, natural logarithm, per time unit (flows)
#: or per step (maps). The flows' are the accepted literature values (J. Sprott, "Chaos and
#: Time-Series Analysis", 2003, appendix A); ours agree within 2 %.
LYAPUNOV_EXPONENTS = {
    "lorenz": 0.9056,
    "rossler": 0.0714,
    "mackey_glass": 0.0052,
    "henon": 0.4192,
    "logistic": math.log(2),
}

#: Time between samples at the default parameters: time units for flows, steps for the others.
INTERVALS = {
    "lorenz": 0.05,
    "rossler": 0.5,
    "mackey_glass": 1.0,
    "henon": 1.0,
    "logistic": 1.0,
    "santafe_laser": 1.0,
}

Derivative = Callable[[np.ndarray], np.ndarray]


def lorenz(
    n_samples: int,
    *,
    sigma: float = 10.0,
    rho: float = 28.0,
    beta: float = 8 / 3,
    step: float = 0.01,
    sample: float = 0.05,
    transient: float = 50.0,
    start: Sequence[float] = (1.0, 1.0, 1.0),
    components: str = "x",
) -> np.ndarray:
    """Integrate the Lorenz equations.

    ``x' = sigma (y - x)``, ``y' = x (rho - z) - y``, ``z' = x y - beta z``.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    sigma, rho, beta : float, default 10, 28, 8/3
        Parameters of the equations.
    step : float, default 0.01
        Integration step, time units.
    sample : float, default 0.05
        Time between samples, a multiple of `step`.
    transient : float, default 50
        Time that is left out at the beginning; with 0 the first sample is `start`.
    start : sequence of 3 floats, default (1, 1, 1)
        Initial state.
    components : str, default "x"
        Which of "xyz" to return, in this order.

    Returns
    -------
    ndarray, shape (n_samples, len(components)), float64

    Raises
    ------
    ValueError
        For arguments out of range, `sample` not a multiple of `step`, or an orbit that runs away.
    """

    def derivative(state: np.ndarray) -> np.ndarray:
        x, y, z = state
        return np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])

    orbit = _flow("lorenz", derivative, start, n_samples, step, sample, transient)
    return orbit[:, _columns("lorenz", components, "xyz")]


def rossler(
    n_samples: int,
    *,
    a: float = 0.2,
    b: float = 0.2,
    c: float = 5.7,
    step: float = 0.05,
    sample: float = 0.5,
    transient: float = 200.0,
    start: Sequence[float] = (1.0, 1.0, 1.0),
    components: str = "x",
) -> np.ndarray:
    """Integrate the Rössler equations.

    ``x' = -y - z``, ``y' = x + a y``, ``z' = b + z (x - c)``.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    a, b, c : float, default 0.2, 0.2, 5.7
        Parameters of the equations.
    step, sample, transient, start, components
        As for `lorenz`; defaults 0.05, 0.5, 200, (1, 1, 1), "x".

    Returns
    -------
    ndarray, shape (n_samples, len(components)), float64

    Raises
    ------
    ValueError
        For arguments out of range, `sample` not a multiple of `step`, or an orbit that runs away.
    """

    def derivative(state: np.ndarray) -> np.ndarray:
        x, y, z = state
        return np.array([-y - z, x + a * y, b + z * (x - c)])

    orbit = _flow("rossler", derivative, start, n_samples, step, sample, transient)
    return orbit[:, _columns("rossler", components, "xyz")]


def mackey_glass(
    n_samples: int,
    *,
    beta: float = 0.2,
    gamma: float = 0.1,
    exponent: float = 10.0,
    tau: float = 17.0,
    step: float = 0.1,
    sample: float = 1.0,
    transient: float = 1000.0,
    start: float = 1.2,
) -> np.ndarray:
    """Integrate the Mackey-Glass delay equation.

    ``x' = beta x_tau / (1 + x_tau^exponent) - gamma x`` with ``x_tau = x(t - tau)``. The delayed
    value in the middle of a Runge-Kutta step is the mean of its two neighbors.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    beta, gamma, exponent, tau : float, default 0.2, 0.1, 10, 17
        Parameters; `tau` is a multiple of `step`.
    step, sample, transient
        As for `lorenz`; defaults 0.1, 1, 1000.
    start : float, default 1.2
        Constant history before time 0.

    Returns
    -------
    ndarray, shape (n_samples, 1), float64

    Raises
    ------
    ValueError
        For arguments out of range, `sample` or `tau` not a multiple of `step`, or an orbit that
        runs away.
    """
    every, skip = _sampling("mackey_glass", n_samples, step, sample, transient)
    delay = _multiple("mackey_glass", "tau", tau, step)
    total = skip + (n_samples - 1) * every
    _checks.real("mackey_glass", "start", start)
    x = np.full(delay + 1 + total, float(start))

    def derivative(value: float, delayed: float) -> float:
        # math.pow refuses what ** would turn into a complex number
        return beta * delayed / (1 + math.pow(delayed, exponent)) - gamma * value

    values = x.tolist()
    try:
        for i in range(delay, delay + total):
            now, d0, d1 = values[i], values[i - delay], values[i - delay + 1]
            middle = (d0 + d1) / 2
            k1 = derivative(now, d0)
            k2 = derivative(now + step / 2 * k1, middle)
            k3 = derivative(now + step / 2 * k2, middle)
            k4 = derivative(now + step * k3, d1)
            values[i + 1] = now + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    except (OverflowError, ZeroDivisionError, ValueError):
        # Python's own numbers raise where NumPy's turn into inf or NaN
        values[i + 1 :] = [math.inf] * (len(values) - i - 1)
    return _finite("mackey_glass", np.array(values[delay + skip :: every])[:n_samples, None])


def henon(
    n_samples: int,
    *,
    a: float = 1.4,
    b: float = 0.3,
    transient: int = 1000,
    start: Sequence[float] = (0.1, 0.1),
    components: str = "x",
) -> np.ndarray:
    """Iterate the Hénon map ``x <- 1 - a x^2 + y``, ``y <- b x``.

    Parameters
    ----------
    n_samples : int
        Number of samples, one per step.
    a, b : float, default 1.4, 0.3
        Parameters of the map.
    transient : int, default 1000
        Steps that are left out at the beginning; with 0 the first sample is `start`.
    start : sequence of 2 floats, default (0.1, 0.1)
        Initial state.
    components : str, default "x"
        Which of "xy" to return.

    Returns
    -------
    ndarray, shape (n_samples, len(components)), float64

    Raises
    ------
    ValueError
        For arguments out of range, or an orbit that runs away.
    """
    x, y = _start("henon", start, 2)

    def advance(state: tuple[float, ...]) -> tuple[float, ...]:
        return 1 - a * state[0] * state[0] + state[1], b * state[0]

    orbit = _map("henon", advance, (x, y), n_samples, transient)
    return orbit[:, _columns("henon", components, "xy")]


def logistic(
    n_samples: int,
    *,
    r: float = 4.0,
    transient: int = 1000,
    start: float = 0.3141592653589793,
) -> np.ndarray:
    """Iterate the logistic map ``x <- r x (1 - x)``.

    Parameters
    ----------
    n_samples : int
        Number of samples, one per step.
    r : float, default 4
        Parameter of the map.
    transient : int, default 1000
        Steps that are left out at the beginning; with 0 the first sample is `start`.
    start : float, default 0.3141592653589793
        Initial value.

    Returns
    -------
    ndarray, shape (n_samples, 1), float64

    Raises
    ------
    ValueError
        For arguments out of range, or an orbit that runs away.
    """

    def advance(state: tuple[float, ...]) -> tuple[float, ...]:
        return (r * state[0] * (1 - state[0]),)

    return _map("logistic", advance, (float(start),), n_samples, transient)


def santafe_laser(n_samples: int | None = None) -> np.ndarray:
    """Return the intensity of a real far-infrared laser in a chaotic state.

    Data set A of the Santa Fe time-series competition with its continuation (A. Weigend,
    N. Gershenfeld, eds., "Time Series Prediction", 1994), 8-bit intensities.

    Parameters
    ----------
    n_samples : int, optional
        Number of samples from the beginning; default all 10093.

    Returns
    -------
    ndarray, shape (n_samples, 1), float64
        Intensity, 0 to 255.

    Raises
    ------
    ValueError
        If more samples are asked for than there are.
    """
    path = resources.files("ivisit_lab_data") / "santafe_laser.npz"
    with path.open("rb") as file, np.load(file) as stored:
        intensity = stored["intensity"].astype(np.float64)
    if n_samples is None:
        n_samples = len(intensity)
    _checks.whole("santafe_laser", "n_samples", n_samples)
    if n_samples > len(intensity):
        raise _checks.refuse("santafe_laser", "n_samples", f"at most {len(intensity)}", n_samples)
    return intensity[:n_samples, None]


# What runs away is refused in words, so NumPy's warnings on the way there are not wanted.
@np.errstate(all="ignore")
def _flow(
    name: str,
    derivative: Derivative,
    start: Sequence[float],
    n_samples: int,
    step: float,
    sample: float,
    transient: float,
) -> np.ndarray:
    """Integrate an autonomous flow by the classical Runge-Kutta method."""
    every, skip = _sampling(name, n_samples, step, sample, transient)
    state = np.array(_start(name, start, 3))
    orbit = np.empty((n_samples, len(state)))
    orbit[0] = state
    for i in range(1, skip + (n_samples - 1) * every + 1):
        k1 = derivative(state)
        k2 = derivative(state + step / 2 * k1)
        k3 = derivative(state + step / 2 * k2)
        k4 = derivative(state + step * k3)
        state = state + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        if i >= skip and (i - skip) % every == 0:
            orbit[(i - skip) // every] = state
    return _finite(name, orbit)


@np.errstate(all="ignore")
def _map(
    name: str,
    advance: Callable[[tuple[float, ...]], tuple[float, ...]],
    state: tuple[float, ...],
    n_samples: int,
    transient: int,
) -> np.ndarray:
    """Iterate a map."""
    _checks.whole(name, "n_samples", n_samples)
    _checks.whole(name, "transient", transient, minimum=0)
    orbit = np.empty((n_samples, len(state)))
    for i in range(transient + n_samples):
        if i >= transient:
            orbit[i - transient] = state
        state = advance(state)
    return _finite(name, orbit)


def _finite(name: str, orbit: np.ndarray) -> np.ndarray:
    """Return the orbit, or say from which sample on it has run away."""
    wrong = ~np.isfinite(orbit).all(axis=1)
    if wrong.any():
        raise ValueError(
            f"{name}: the orbit runs away with these parameters and this start: it is not finite "
            f"from sample {int(wrong.argmax())} of {len(orbit)} on"
        )
    return orbit


def _sampling(
    name: str, n_samples: int, step: float, sample: float, transient: float
) -> tuple[int, int]:
    """Return integration steps per sample and in the transient."""
    _checks.whole(name, "n_samples", n_samples)
    _checks.real(name, "step", step, above=0)
    _checks.real(name, "transient", transient, minimum=0)
    return _multiple(name, "sample", sample, step), round(transient / step)


def _multiple(name: str, argument: str, value: float, step: float) -> int:
    """Return how many steps make `value`, refusing a remainder."""
    _checks.real(name, argument, value, above=0)
    count = round(value / step)
    if count < 1 or not math.isclose(count * step, value, rel_tol=1e-9):
        raise _checks.refuse(name, argument, f"a multiple of the step {step}", value)
    return count


def _start(name: str, start: Sequence[float], length: int) -> tuple[float, ...]:
    values = _checks.numbers_array(name, "start", start, np.float64)
    if values.shape != (length,) or not np.isfinite(values).all():
        raise _checks.refuse(name, "start", f"{length} finite numbers", start)
    return tuple(values.tolist())


def _columns(name: str, components: str, allowed: str) -> list[int]:
    if not components or any(component not in allowed for component in components):
        raise _checks.refuse(name, "components", f"letters of {allowed!r}", components)
    return [allowed.index(component) for component in components]


#: The series by name, as functions of the number of samples.
GENERATORS: dict[str, Callable[[int], np.ndarray]] = {
    "lorenz": lorenz,
    "rossler": rossler,
    "mackey_glass": mackey_glass,
    "henon": henon,
    "logistic": logistic,
    "santafe_laser": santafe_laser,
}
