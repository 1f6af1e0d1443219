"""How much each parameter says about a metric: Sobol indices of a sample, binned variance else."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np

from ivisit.errors import IVisitError
from ivisit.runs.seeding import stream

if TYPE_CHECKING:
    from ivisit.runs.sweep_result import SweepResult

logger = logging.getLogger(__name__)

#: An interval wider than this says little.
WIDE = 0.2
#: Bins of a number's range in `binned_importance`.
BINS = 8


def sobol_indices(result: SweepResult, metric: str, resamples: int = 300) -> np.ndarray:
    """Return Sobol indices of a metric with 95 % intervals.

    The first-order index of a parameter is the share of the metric's variance that vanishes when
    the parameter is fixed; the total index is the share that remains when all others are
    fixed. Estimators of Saltelli et al., Computer Physics Communications 181 (2010) 259, table 2
    (b) and (f), as `scipy.stats.sobol_indices` computes them.

    Parameters
    ----------
    result : SweepResult
        Sampled with ``("saltelli", n)`` and nothing beside.
    metric : str
        A metric, finite in all runs. The median over repeats counts.
    resamples : int
        Samples of the bootstrap.

    Returns
    -------
    ndarray, structured, shape (n_parameters,)
        Fields parameter, total, total_low, total_high, first, first_low, first_high.
    """
    space = result.sweep.specification["space"]
    kind, size = space.get("sample", ("", 0))
    if kind != "saltelli" or "axes" in space:
        raise IVisitError(
            f"sweep {result.name!r}: sensitivity needs a sample ('saltelli', n) and no axes"
        )
    names = [name for name in result.varied if name in space["ranges"]]
    outputs = _medians(result, metric, size * (len(names) + 2))
    f_a, f_b = outputs[:size], outputs[size : 2 * size]
    f_ab = outputs[2 * size :].reshape(len(names), size)
    first, total = _indices(f_a, f_b, f_ab)
    rng = stream(result.sweep.entropy, "bootstrap")
    samples = [_indices(f_a[own], f_b[own], f_ab[:, own])
               for own in rng.integers(0, size, size=(resamples, size))]  # fmt: skip
    bounds = np.percentile(np.array(samples), [2.5, 97.5], axis=0)
    wide = [n for n, width in zip(names, bounds[1, 1] - bounds[0, 1], strict=True) if width > WIDE]
    if wide:
        logger.warning(
            "the total index of %s is known to no better than %.1f; a larger sample helps",
            ", ".join(wide),
            WIDE,
        )
    fields = ("total", "total_low", "total_high", "first", "first_low", "first_high")
    width = max(map(len, names))
    table = np.empty(len(names), dtype=[("parameter", f"U{width}")] + [(f, float) for f in fields])
    columns = (total, bounds[0, 1], bounds[1, 1], first, bounds[0, 0], bounds[1, 0])
    table["parameter"] = names
    for field, column in zip(fields, columns, strict=True):
        table[field] = column
    return table


def _medians(result: SweepResult, metric: str, points: int) -> np.ndarray:
    repeats = result.sweep.specification["repeats"]
    full = np.full(points * repeats, np.nan)
    full[result.index] = result.metric(metric)
    missing = int(np.sum(~np.isfinite(full)))
    if missing:
        raise IVisitError(
            f"sweep {result.name!r}: sensitivity needs a finite {metric} of all {full.size} runs; "
            f"{missing} are missing, failed, diverged or never came to it"
        )
    return np.median(full.reshape(repeats, points), axis=0)


def _indices(f_a: np.ndarray, f_b: np.ndarray, f_ab: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return first-order and total indices, each of shape (n_parameters,)."""
    from scipy.stats import sobol_indices

    with np.errstate(invalid="ignore", divide="ignore"):
        found = sobol_indices(
            func={"f_A": f_a[None], "f_B": f_b[None], "f_AB": f_ab[:, None, :]}, n=f_a.size
        )
    return np.ravel(found.first_order), np.ravel(found.total_order)


def binned_importance(parameter: np.ndarray, values: np.ndarray) -> float:
    """Return the share of a metric's variance between the bins of one parameter, 0 to 1.

    1 - (variance within bins) / (total variance): what one knows of the metric from the
    parameter's bin alone. Bins are values, or up to `BINS` parts with equally many runs.
    """
    finite = np.isfinite(values)
    parameter, values = parameter[finite], values[finite]
    total = float(np.var(values)) if values.size else 0.0
    if total == 0.0:
        return 0.0
    distinct, places = np.unique(parameter, return_inverse=True)
    if distinct.size > BINS and parameter.dtype.kind in "if":
        edges = np.quantile(parameter, np.linspace(0, 1, BINS + 1)[1:-1])
        places = np.searchsorted(edges, parameter, side="right")
    within = sum(values[places == p].size * np.var(values[places == p]) for p in np.unique(places))
    return float(max(0.0, 1.0 - within / values.size / total))
