"""Which rule forecasts chaotic series best, at equal passes and at equal time?

Recurrent networks with 16 units on six series, one step and five steps ahead (direct forecasts of
the fifth value). Every rule is tuned with the same number of trials (its rate, batch size and own
settings) on three other networks and the validation part; then eight networks are trained for 2000
passes over 16 windows (a gradient counts as three), and once more for the processor time of the
best rule. Error: NRMSE on the test part. Dopamine1, SNES and WP see losses only, node
perturbation the noise of units, DopamineV and DopamineK outputs and targets, Adam gradients.

Reference: S. Nambusubramaniyan, S. Safavi, R. Guru, A. Knoblauch, arXiv:2510.22178 (2025),
abstract: chaotic time series, comparable with gradient methods.
"""

from itertools import product

import numpy as np
from common import Experiment, column, distinct, select
from intervals import below, factor, median, ratio
from matplotlib.figure import Figure
from pictures import points
from tuned import CELLS, CONDITIONS, RULES, Forecasting

from dopamine_wp import series

MEANS = (
    ("DopamineK", "Adam", 1),
    ("DopamineV", "Adam", 1),
    ("Dopamine1", "WP", 1),
    ("Dopamine1", "SNES", 1),
    ("Dopamine1", "Adam", 2),
)
INTERVALS = "the whole range of 8 networks (order statistics); ratios of medians: bootstrap"


def measure(lab):
    axes = {"series": list(series.GENERATORS), "horizon": [1, 5]}
    small = {"series": ["henon", "logistic"], "horizon": [1], "budget": 40, "trials": 1}
    small |= {"networks": 2, "rules": 3}
    rows = []
    for row in lab.sweep(Forecasting, lab.pick(axes, small)):
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
    figure = Figure(figsize=(11, 3.6 * len(horizons)), layout="constrained")
    panels = figure.subplots(len(horizons), 2, sharey="row", sharex=True, squeeze=False)
    for index, when in np.ndenumerate(np.array([CONDITIONS] * len(horizons))):
        horizon, axes = horizons[index[0]], panels[index]
        for number, rule in enumerate(RULES):
            part = select(rows, horizon=horizon, condition=when, rule=rule)
            if part:
                values = [median(column(part, "error", series=name)) for name in names]
                places = np.arange(len(names)) + 0.1 * (number - 3)
                points(axes, places, values, fmt="osD^v<>"[number], label=rule)
        words = f"{horizon} step{'s' * (horizon > 1)} ahead, {when.replace('_cost', ' passes')}"
        axes.set_title(words.replace("_", " "), fontsize="medium")
        axes.set_xticks(range(len(names)), [name.replace("_", "-") for name in names])
        axes.set(yscale="log", ylim=(None, 3))
        axes.grid(axis="y", alpha=0.3)
    for axes in panels[:, 0]:
        axes.set_ylabel("test NRMSE, median")
    figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside right upper")
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
        for rule, other, bound in MEANS if {r["rule"] for r in part} == set(RULES) else ():
            medians = [
                [np.median(column(part, "error", rule=r, series=name)) for name in names]
                for r in (rule, other)
            ]
            text = f"{words}, mean of the series: the error of {rule} is less than "
            text += f"{bound} times that of {other}" if bound > 1 else f"that of {other}"
            result.append(below(text, factor(*medians), bound))
    return result


EXPERIMENT = Experiment(__file__, __doc__, measure, draw, claims, INTERVALS)
if __name__ == "__main__":
    EXPERIMENT.main()
