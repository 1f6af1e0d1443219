"""Which rule forecasts chaotic series best, at equal passes and at equal time?

Recurrent networks with 16 units on six series, one step and five steps ahead (direct forecasts of
the fifth value). Every rule is tuned with the same number of trials (its rate, batch size and own
settings) on three other networks and the validation part; then ten networks are trained for 3000
passes over 16 windows (a gradient counts as three), and once more for the processor time of the
best rule. Error: NRMSE on the test part. Dopamine1, SNES and WP see losses only, node
perturbation the noise of units, DopamineV and DopamineK outputs and targets, Adam gradients.

Reference: S. Nambusubramaniyan, S. Safavi, R. Guru, A. Knoblauch, arXiv:2510.22178 (2025),
abstract: chaotic time series, comparable with gradient methods.
"""

import numpy as np
from common import Experiment, below, column, distinct, factor, median, ratio, select
from matplotlib.figure import Figure

import ivisit as iv
from dopamine_wp import series
from dopamine_wp.comparison import compare
from dopamine_wp.contests import problem

RULES = ("DopamineK", "DopamineV", "Adam", "NodePerturbation", "Dopamine1", "SNES", "WP")
SCALAR = (("Dopamine1", "WP", 1), ("Dopamine1", "SNES", 1), ("Dopamine1", "Adam", 2))
CONDITIONS = ("equal_cost", "equal_time")
NETWORKS = 10
CELLS = [f"{rule} {when} {n}" for rule in RULES for when in CONDITIONS for n in range(NETWORKS)]
INTERVALS = "order statistics of the median over 10 networks; ratios of medians by bootstrap"


class Forecasting(iv.Simulation):
    """Test errors of all rules on a series, each tuned."""

    series = iv.OptionList("lorenz", list(series.GENERATORS))
    horizon = iv.Slider(1, 1, 100)
    budget = iv.Slider(3000, 10, 10**6)
    trials = iv.Slider(6, 1, 100)
    networks = iv.Slider(NETWORKS, 1, NETWORKS)
    rules = iv.Slider(len(RULES), 1, len(RULES), help="How many of them, from the front.")

    error = iv.Trace(names=CELLS)
    seconds = iv.Trace(names=[f"{rule} {when}" for rule in RULES for when in CONDITIONS])
    at_edge = iv.Trace(names=RULES, help="Whether a neighbor of the best setting was not tried.")

    def step(self):
        outcomes = compare(
            problem(self.series, horizon=self.horizon, seed=1),
            budget=self.budget,
            seeds=self.networks,
            tuning_seeds=3,
            trials=self.trials,
            optimizers=RULES[: self.rules],
            seed=1,
        )
        error, seconds, edge = {}, {}, {}
        for rule, outcome in outcomes.items():
            edge[rule] = float(outcome.at_edge)
            for when in CONDITIONS:
                run = getattr(outcome, when)
                seconds[f"{rule} {when}"] = run.seconds
                error |= {f"{rule} {when} {n}": value for n, value in enumerate(run.test)}
        for name, values in (("error", error), ("seconds", seconds), ("at_edge", edge)):
            names = type(self).panels[name].names
            setattr(self, name, np.array([values.get(cell, np.nan) for cell in names]))


def measure(lab):
    axes = {"series": list(series.GENERATORS), "horizon": [1, 5]}
    small = {"series": ["henon", "logistic"], "horizon": [1], "budget": 80, "trials": 1}
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
                margins = np.hstack([value.margins for value in values])
                middle = [value.value for value in values]
                axes.errorbar(places, middle, yerr=margins, fmt="osD^v<>"[number], label=rule)
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
    result = []
    for horizon in distinct(rows, "horizon"):
        for when in CONDITIONS:
            where = {"horizon": horizon, "condition": when}
            words = f"{horizon} ahead, {when.replace('_cost', ' passes').replace('_', ' ')}"
            for name in distinct(rows, "series"):
                both = [column(rows, "error", rule=r, series=name, **where) for r in RULES[:3]]
                text = f"{name}, {words}: DopamineK has a lower error than Adam"
                result.append(below(text, ratio(both[0], both[2], np.median)))
            for rule, other, bound in (("DopamineV", "Adam", 1), *SCALAR):
                both = [
                    [
                        np.median(column(rows, "error", rule=r, series=name, **where))
                        for name in distinct(rows, "series")
                    ]
                    for r in (rule, other)
                ]
                if not np.isnan(both).any():
                    text = f"{words}, mean over the series: the error of {rule} is below "
                    text += f"{bound} times that of {other}" if bound > 1 else f"that of {other}"
                    result.append(below(text, factor(*both), bound))
    return result


EXPERIMENT = Experiment(__file__, __doc__, measure, draw, claims, INTERVALS)
if __name__ == "__main__":
    EXPERIMENT.main()
