"""Which rule forecasts chaotic series best, at equal passes and at equal time?

Recurrent networks with 8 units on six series, one step and five steps ahead (direct forecasts of
the fifth value). Every rule is tuned with the same number of trials (its rate, batch size and own
settings) on three other networks and the validation part; then six networks are trained for 1000
passes over 16 windows (a gradient counts as three), and once more for the processor time of the
best rule. Five steps ahead: DopamineK, DopamineV and Adam only; node perturbation: Lorenz only,
one step. Error: NRMSE on the test part. Dopamine1, SNES and WP see losses only, node perturbation
the noise of units, DopamineV and DopamineK outputs and targets, Adam gradients.

Reference: S. Nambusubramaniyan, S. Safavi, R. Guru, A. Knoblauch, arXiv:2510.22178 (2025),
abstract: chaotic time series, comparable with gradient methods.
"""

from itertools import product

import numpy as np
from common import Experiment, column, distinct, select
from intervals import below, factor, median, ratio
from matplotlib.figure import Figure
from plotting import points
from tuned import CELLS, CONDITIONS, RULES, Forecasting

from dopamine_wp import series

MEANS = [(rule, "Adam", 1) for rule in ("DopamineK", "DopamineV")]
MEANS += [("Dopamine1", "WP", 1), ("Dopamine1", "SNES", 1), ("Dopamine1", "Adam", 2)]
SHORT = {"mackey_glass": "M.-Glass", "santafe_laser": "laser"}
INTERVALS = "the whole range of 6 networks (order statistics); ratios of medians: bootstrap"


def measure(lab):
    cells = [
        {"series": name, "horizon": horizon, "rules": rules + (name == "lorenz" and horizon == 1)}
        for horizon, rules in ((1, len(RULES) - 1), (5, 3))
        for name in series.GENERATORS
    ]
    few = {"horizon": 1, "budget": 40, "trials": 1, "networks": 2, "rules": 3}
    small = [few | {"series": name} for name in ("henon", "logistic")]
    rows = []
    for row in lab.sweep(Forecasting, points=lab.pick(cells, small)):
        for cell in CELLS:
            rule, when, network = cell.split()
            if not np.isnan(row[f"error.{cell}"]):
                rows.append(
                    {"series": row["series"], "horizon": row.get("horizon", 1), "rule": rule}
                    | {"condition": when, "network": int(network), "error": row[f"error.{cell}"]}
                    | {"seconds": row[f"seconds.{rule} {when}"], "at_edge": row[f"at_edge.{rule}"]}
                )
    return rows


def draw(rows):
    horizons, names = distinct(rows, "horizon"), distinct(rows, "series")
    figure = Figure(figsize=(9.5, 3.5 * len(horizons)), layout="constrained")
    panels = figure.subplots(len(horizons), 2, sharey="row", sharex=True, squeeze=False)
    for index, when in np.ndenumerate(np.array([CONDITIONS] * len(horizons))):
        horizon, axes = horizons[index[0]], panels[index]
        for number, rule in enumerate(RULES):
            part = select(rows, horizon=horizon, condition=when, rule=rule)
            if part:
                shown = distinct(part, "series")
                values = [median(column(part, "error", series=name)) for name in shown]
                places = [names.index(name) + 0.1 * (number - 3) for name in shown]
                points(axes, places, values, fmt="osD^v<>"[number], label=rule)
        words = f"{horizon} step{'s' * (horizon > 1)} ahead, {when.replace('_cost', ' passes')}"
        axes.set_title(words.replace("_", " "), fontsize="medium")
        axes.set_xticks(range(len(names)), [SHORT.get(name, name) for name in names])
        axes.set(yscale="log")
        axes.grid(axis="y", alpha=0.3)
    for axes in panels[:, 0]:
        axes.set(ylabel="test NRMSE, median", ylim=(None, 3))
    figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=7)
    return figure


def claims(rows):
    names, result = distinct(rows, "series"), []
    for horizon, when in product(distinct(rows, "horizon"), CONDITIONS):
        part = select(rows, horizon=horizon, condition=when)
        words = f"{horizon} ahead, {when.replace('_cost', ' passes').replace('_', ' ')}"
        for name in names:
            both = [column(part, "error", rule=r, series=name) for r in ("DopamineK", "Adam")]
            text = f"{name}, {words}: DopamineK has a lower error than Adam"
            result.append(below(text, ratio(*both, np.median)))
        for rule, other, bound in MEANS if select(part, rule="WP") else ():
            pair = [
                [np.median(column(part, "error", rule=r, series=name)) for name in names]
                for r in (rule, other)
            ]
            times = f"{bound} times " if bound > 1 else ""
            text = f"{words}, mean of the series: error of {rule} below {times}that of {other}"
            result.append(below(text, factor(*pair), bound))
    return result


EXPERIMENT = Experiment(__file__, __doc__, measure, draw, claims, INTERVALS)
if __name__ == "__main__":
    EXPERIMENT.main()
