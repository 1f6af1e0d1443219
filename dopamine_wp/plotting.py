"""Learning curves of one or several runs: median over the replicas as a line, a band around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.history import History

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CURVES = ("loss", "rate", "rpe", "agreement")
LOG_CURVES = ("loss", "rate")


def plot_histories(
    histories: Mapping[str, History],
    ax: Axes | None = None,
    *,
    curve: Literal["loss", "rate", "rpe", "agreement"] = "loss",
    axis: Literal["fpe", "seconds", "steps"] = "fpe",
    smooth: int = 1,
) -> Axes:
    """Plot runs together, with their costs as the common axis.

    Parameters
    ----------
    histories : mapping of str to History
        The runs by the names for the legend.
    ax : matplotlib Axes, optional
        Where to draw; default new axes of a new figure (``ax.figure``), of pyplot.
    curve : {"loss", "rate", "rpe", "agreement"}, default "loss"
        What to show; losses and rates on a log scale.
    axis : {"fpe", "seconds", "steps"}, default "fpe"
        What it has cost: forward-pass equivalents of a replica, seconds of training, or steps.
    smooth : int, default 1
        Steps over which every replica's curve is averaged (for losses and rates by the geometric
        mean) before the median is taken: mini-batches make single losses noisy.

    Returns
    -------
    matplotlib Axes
        With a line (the median over the replicas) and a band (the quartiles) per run; a value that
        is not finite counts as infinitely bad.

    Raises
    ------
    ValueError
        For no histories, one without steps or without the curve, or unknown names.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from dopamine_wp import MLP, Adam, Dopamine1, tasks, train
    >>> net = MLP((2, 4, 1), output="sigmoid")
    >>> theta = net.init(10, rng=0)
    >>> histories = {
    ...     rule.name: train(net, rule, tasks.xor(), theta=theta, steps=50, rng=1)
    ...     for rule in (Dopamine1(), Adam(0.1))
    ... }
    >>> ax = plot_histories(histories, Figure().subplots())
    >>> [line.get_label() for line in ax.lines]
    ['Dopamine1', 'Adam']
    """
    _checks.choice("plot_histories", "curve", curve, CURVES)
    _checks.choice("plot_histories", "axis", axis, ("fpe", "seconds", "steps"))
    _checks.whole("plot_histories", "smooth", smooth)
    if not isinstance(histories, Mapping) or not histories:
        raise _checks.refuse(
            "plot_histories", "histories", 'a mapping such as {"Adam": history}', histories
        )
    curves = {name: _quartiles(name, run, curve, smooth) for name, run in histories.items()}
    if ax is None:
        from matplotlib import pyplot

        ax = pyplot.subplots(layout="constrained")[1]
    for name, (low, middle, high) in curves.items():
        run = histories[name]
        across = np.arange(1, run.steps + 1) if axis == "steps" else getattr(run, axis)
        across = across[run.steps - len(middle) :]
        (line,) = ax.plot(across, middle, label=name)
        if run.replicas > 1:
            ax.fill_between(across, low, high, color=line.get_color(), alpha=0.2, linewidth=0)
    _describe(ax, histories, curve, axis)
    return ax


def _quartiles(name: str, run: History, curve: str, smooth: int) -> list[np.ndarray]:
    """Return the quartiles over the replicas, smoothed, of the curve of one run."""
    if not isinstance(run, History) or run.steps < smooth:
        raise _checks.refuse(
            "plot_histories", f"histories[{name!r}]", f"a History of at least {smooth} steps", run
        )
    values = getattr(run, curve)
    if np.isnan(values).all():
        raise ValueError(f"plot_histories.curve: {run.optimizer} records no {curve}")
    if curve in LOG_CURVES:
        # What has diverged belongs at the top, and a logarithm needs something above zero
        values = np.where(np.isfinite(values), np.maximum(values, 1e-300), np.inf)
    if smooth > 1:
        geometric = curve in LOG_CURVES
        logs = np.log(values) if geometric else values
        windows = np.lib.stride_tricks.sliding_window_view(logs, smooth, axis=0)
        values = windows.mean(axis=-1)
        values = np.exp(values) if geometric else values
    # Lower neighbors, since the mean of a number and infinity is none
    result = np.quantile(values, (0.25, 0.5, 0.75), axis=1, method="lower")
    return list(np.where(np.isfinite(result), result, np.nan))


def _describe(ax: Axes, histories: Mapping[str, History], curve: str, axis: str) -> None:
    """Label the axes and choose their scales."""
    units = {run.fpe_unit for run in histories.values()}
    unit = units.pop() if len(units) == 1 else "batch or 16 sequences"
    passes = f"forward passes over {'one batch' if unit == 'batch' else unit}"
    labels = {"fpe": passes, "seconds": "seconds of training", "steps": "steps"}
    ax.set_xlabel(labels[axis])
    replicas = {run.replicas for run in histories.values()}
    over = f", median and quartiles of {replicas.pop()} replicas" if len(replicas) == 1 else ""
    ax.set_ylabel(curve + over)
    if curve in LOG_CURVES:
        ax.set_yscale("log")
    ax.legend()
