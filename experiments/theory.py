"""Does theory predict the errors of the linear rules and of Willshaw's?

One retrieval step without own terms, Palm patterns, n = 500 units, k = 10 active. Linear rules:
cues with 80 % of the pattern and 20 % wrong units, k winners; Gaussian theory. Willshaw: half of
the pattern, threshold at full support; exact by inclusion and exclusion.

Reference: docs/assocmem.md, "Theory beside simulation"; A. Knoblauch, G. Palm, F. Sommer, Neural
Computation 22:289 (2010), sections 2 and 3.
"""

import numpy as np
from common import Experiment, column, distinct, select
from intervals import Claim, mean
from matplotlib.figure import Figure
from memories import Recall
from pictures import points

from assocmem.theory import one_step_error

LINEAR = ("covariance", "heterosynaptic", "presynaptic-covariance", "hebb", "hopfield")
CUES = dict.fromkeys(LINEAR, (0.8, 0.2, "winners")) | {"willshaw": (0.5, 0.0, "willshaw")}
INTERVALS = "Student's t over 12 memories of 100 queries each"
TOLERATED = 1.25


def measure(lab):
    size = {"n_units": lab.pick(500, 100), "n_active": lab.pick(10, 5)}
    rows = []
    for rule, (completeness, addition, activation) in CUES.items():
        if lab.quick and rule not in ("covariance", "willshaw"):
            continue
        noise = {"completeness": completeness, "addition": addition}
        options = "+random-ties" if activation == "winners" else "+willshaw-threshold"
        own = "+no-self" if activation == "winners" else ""
        stored = lab.pick([100, 200, 400, 800, 1600, 3200], [20, 80])
        method = f"{rule}+one-step{own}{options}"
        axes = {"stored": stored, "method": method, **size, **noise}
        found = lab.sweep(Recall, axes, repeats=lab.pick(12, 2), name=rule)
        for row in found:
            expected = one_step_error(rule, row["stored"], activation=activation, **noise, **size)
            rows.append({"rule": rule, "theory": expected} | row)
    return rows


def draw(rows):
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    for number, rule in enumerate(distinct(rows, "rule")):
        part = select(rows, rule=rule)
        places = distinct(part, "stored")
        values = [mean(column(part, "error", stored=stored)) for stored in places]
        color = f"C{number}"
        style = {"fmt": "osD^v<"[number], "color": color, "label": rule}
        points(axes, places, values, floor=1e-4, **style)
        axes.plot(places, [column(part, "theory", stored=m)[0] for m in places], "--", color=color)
    axes.set(xscale="log", yscale="log", xlabel="stored patterns")
    axes.set_ylabel("wrong units per active unit (dashed: theory)")
    axes.set_xticks(distinct(rows, "stored"), [str(m) for m in distinct(rows, "stored")])
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def claims(rows):
    result = []
    for rule in distinct(rows, "rule"):
        worst = []
        for stored in distinct(select(rows, rule=rule), "stored"):
            part = select(rows, rule=rule, stored=stored)
            found, expected = mean(column(part, "error")), part[0]["theory"]
            if found.value >= 0.01:  # below, too few errors were seen
                quotients = sorted(bound / expected for bound in (found.low, found.high))
                worst.append(
                    (abs(np.log(found.value / expected)), found.value / expected, quotients)
                )
        if worst:
            _, quotient, (low, high) = max(worst)
            holds = high < TOLERATED and low > 1 / TOLERATED
            text = f"{rule}: simulated errors are within 25 % of theory"
            number = f"worst: {quotient:.3g} [{low:.3g}, {high:.3g}] times theory"
            result.append(Claim(text, number, holds))
    return result


EXPERIMENT = Experiment(__file__, __doc__, measure, draw, claims, INTERVALS)
if __name__ == "__main__":
    EXPERIMENT.main()
