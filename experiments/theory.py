"""Does theory predict the errors of the linear rules and of Willshaw's?

One retrieval step without own terms, Palm patterns, n = 500 units, k = 10 (left) and 50 (right)
active. Linear rules: cues with 80 % of the pattern and 20 % wrong units, k winners; theory takes
potentials for Gaussian, which sums over few active inputs are not. Willshaw (k = 10): half of the
pattern, threshold at full support; exact by inclusion and exclusion. Errors below 0.0001, none
included, are drawn there.

Reference: docs/assocmem.md, "Theory beside simulation"; A. Knoblauch, G. Palm, F. Sommer, Neural
Computation 22:289 (2010), sections 2 and 3.
"""

import numpy as np
from common import Experiment, column, distinct, select
from intervals import Claim, Interval, mean
from matplotlib.figure import Figure
from memories import Recall
from plotting import plain_ticks, points

from assocmem.theory import one_step_error

LINEAR = ("covariance", "heterosynaptic", "presynaptic-covariance", "hebb", "hopfield")
CASES = [(rule, k) for k in (10, 50) for rule in (*LINEAR, "willshaw")][:-1]
INTERVALS = "Student's t over 8 memories of 100 queries each"
TOLERATED = 1.25


def measure(lab):
    rows = []
    for rule, k in lab.pick(CASES, [("covariance", 10), ("willshaw", 10)]):
        if rule == "willshaw":
            options, activation, noise = "+willshaw-threshold", "willshaw", (0.5, 0.0)
        else:
            options, activation, noise = "+no-self+random-ties", "winners", (0.8, 0.2)
        task = {"n_units": lab.pick(500, 60), "n_active": k}
        task |= {"completeness": noise[0], "addition": noise[1]}
        stored = lab.pick([100, 200, 400, 800, 1600, 3200], [20, 80])
        axes = {"stored": stored, "method": f"{rule}+one-step{options}", **task}
        for row in lab.sweep(Recall, axes, repeats=lab.pick(8, 2), name=f"{rule}, k = {k}"):
            expected = one_step_error(rule, row["stored"], activation=activation, **task)
            rows.append({"rule": rule, "n_active": k, "theory": expected} | row)
    return rows


def draw(rows):
    figure = Figure(figsize=(9, 5), layout="constrained")
    both = figure.subplots(1, 2, sharex=True, sharey=True)
    for axes, k in zip(both, distinct(rows, "n_active"), strict=False):
        for number, rule in enumerate(distinct(rows, "rule")):
            part, color = select(rows, rule=rule, n_active=k), f"C{number}"
            places = distinct(part, "stored")
            values = [mean(column(part, "error", stored=stored)) for stored in places]
            style = {"fmt": "osD^v<"[number], "color": color, "label": rule}
            points(axes, places, values, floor=1e-4, **style)
            expected = [column(part, "theory", stored=stored)[0] for stored in places]
            axes.plot(places, expected, "--", color=color)
        axes.set(xscale="log", yscale="log", xlabel="stored patterns", title=f"k = {k}")
        plain_ticks(axes.xaxis, distinct(rows, "stored"))
        axes.grid(alpha=0.3)
    both[0].set(ylabel="wrong units per active unit (dashed: theory)", ylim=(7e-5, 20))
    figure.legend(*both[0].get_legend_handles_labels(), loc="outside lower center", ncols=6)
    return figure


def claims(rows):
    result = []
    for rule, k in dict.fromkeys((row["rule"], row["n_active"]) for row in rows):
        quotients = []
        for stored in distinct(rows, "stored"):
            part = select(rows, rule=rule, n_active=k, stored=stored)
            found = mean(column(part, "error")) if part else Interval(0, 0, 0)
            if found.value >= 0.01:  # below, too few errors were seen
                numbers = np.array([found.value, found.low, found.high]) / part[0]["theory"]
                quotients.append(Interval(*numbers.tolist()))
        if quotients:
            worst = max(quotients, key=lambda each: abs(np.log(each.value)))
            holds = worst.high < TOLERATED and worst.low > 1 / TOLERATED
            text = f"{rule}, k = {k}: simulated errors are within 25 % of theory"
            result.append(Claim(text, f"worst: {worst} times theory", holds))
    return result


EXPERIMENT = Experiment(__file__, __doc__, measure, draw, claims, INTERVALS)
if __name__ == "__main__":
    EXPERIMENT.main()
