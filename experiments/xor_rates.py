"""In how wide a range of rates does each rule learn XOR and parity, and how fast?

200 networks 2-4-1 on XOR (1500 passes over the table each) and 100 networks 4-8-1 on parity of
four bits (4000 passes); solved is a squared error below 0.01; a gradient counts as three passes.
The rate (evolution strategies: the step size sigma) is scanned, everything else has its default.
WP, SPSA, Dopamine1 and 2, SNES and SepCMAES see losses only, DopamineV (8 perturbations) outputs
and targets, the others gradients or slopes. Node perturbation is for recurrent networks here and
is left to the forecasts.

Reference: S. Nambusubramaniyan, S. Safavi, R. Guru, A. Knoblauch, arXiv:2510.22178 (2025),
abstract: XOR, faster than plain weight perturbation.
"""

import numpy as np
from common import Experiment, column, distinct, select
from intervals import Claim, Interval
from matplotlib.figure import Figure
from networks import SCANNED, SIZES, Solving
from plotting import band, plain_ticks

RATES = [float(f"{rate:.3g}") for rate in np.logspace(-5, 1.5, 14)]
PEERS = ("WP", "SPSA", "SNES", "SepCMAES", "DopamineV", "SGD", "Adam")
INTERVALS = "shares: Wilson; passes: order statistics of the median over networks"


def measure(lab):
    rows = []
    for task, (_, _, networks) in lab.pick(SIZES, {"xor": SIZES["xor"]}).items():
        axes = {"task": task, "networks": lab.pick(networks, 10)}
        axes["rule"] = lab.pick(list(SCANNED), ["WP", "Dopamine1", "Adam"])
        axes["rate"] = lab.pick(RATES, [0.01, 1.0])
        rows += [{"task": task} | row for row in lab.sweep(Solving, axes, name=task)]
    return rows


def draw(rows):
    figure = Figure(figsize=(9, 7.4), layout="constrained")
    panels = figure.subplots(2, 2, sharex=True, sharey="row", squeeze=False)
    for (top, bottom), task in zip(panels.T, distinct(rows, "task"), strict=False):
        for number, rule in enumerate(distinct(rows, "rule")):
            part = select(rows, task=task, rule=rule)
            style = {"color": f"C{number % 10}", "linestyle": "-" if number < 10 else "--"}
            rates = column(part, "rate")
            shares = [Interval(row["solved"], row["low"], row["high"]) for row in part]
            band(top, rates, shares, marker=".", label=rule, **style)
            passes = [Interval(row["passes"], row["fewer"], row["more"]) for row in part]
            band(bottom, rates, passes, marker=".", **style)
        top.set(title=task, xscale="log", ylabel="solved")
        bottom.set(xscale="log", yscale="log", xlabel="rate (or sigma)", ylabel="passes, median")
        plain_ticks(bottom.yaxis, [50, 100, 200, 500, 1000, 2000, 4000])
        for axes in (top, bottom):
            axes.grid(alpha=0.3)
    figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return figure


def decades(rows, task, rule, bound, least):
    """Return over how many decades of the rate a bound of the solved share is at least so large."""
    part = [row["rate"] for row in select(rows, task=task, rule=rule) if row[bound] >= least]
    return max(0.0, np.log10(max(part) / min(part))) if part else 0.0


def best(rows, task, rule):
    """Return the row of the rate at which the median network solves the task first."""
    return min(select(rows, task=task, rule=rule), key=lambda row: row["passes"])


def claims(rows):
    result, words = [], "{passes:.0f} [{fewer:.0f}, {more:.0f}]"
    for task in distinct(rows, "task"):
        rules = [rule for rule in PEERS if select(rows, task=task, rule=rule)]
        for least in (0.9, 0.5):
            width = decades(rows, task, "Dopamine1", "low", least)
            for rule in rules:
                other = decades(rows, task, rule, "high", least)
                text = f"{task}: Dopamine1 solves {100 * least:g} % over more decades than {rule}"
                number = f"at least {width:.1f} against at most {other:.1f}"
                result.append(Claim(text, number, bool(width > other)))
        one = best(rows, task, "Dopamine1")
        for rule in rules:
            row = best(rows, task, rule)
            text = f"{task}: Dopamine1 needs fewer passes than {rule}, each at its best rate"
            number = f"{words.format(**one)} against {words.format(**row)} passes"
            result.append(Claim(text, number, one["more"] < row["fewer"]))
    return result


EXPERIMENT = Experiment(__file__, __doc__, measure, draw, claims, INTERVALS)
if __name__ == "__main__":
    EXPERIMENT.main()
