"""How many patterns does each rule hold, in one step, iterated, and by core retrieval?

The largest number of Palm patterns (n = 250 units, k = 10 active, cues with 80 % of the pattern and
20 % wrong units) at an output error of 1 %, for every rule of the package; rules whose potentials
are integers break ties at random. Core retrieval begins with 8 winners instead of 10.

Reference: A. Knoblauch, arXiv:2412.18349 (2024), learning rules and retrieval (sections 2 to 4).
"""

import numpy as np
from common import Experiment, column, distinct
from intervals import above, below, factor, mean
from matplotlib.figure import Figure
from memories import Capacity, notation
from plotting import across

from assocmem.rules import RULES

RETRIEVAL = {"one step": "+one-step", "iterated": "", "core": "+core80"}


def measure(lab):
    rules = lab.pick(list(RULES), ["bayes", "bcp", "bcpnn", "covariance", "willshaw"])
    names = {notation(r, option): (r, kind) for kind, option in RETRIEVAL.items() for r in rules}
    size = lab.pick({"n_units": 250}, {"n_units": 30, "n_active": 3, "queries": 8})
    rows = lab.sweep(Capacity, {"method": list(names), **size}, repeats=lab.pick(8, 2))
    keys = ("rule", "retrieval")
    return [dict(zip(keys, names[row.pop("method")], strict=True)) | row for row in rows]


def draw(rows):
    rules = distinct(rows, "rule")
    rules.sort(key=lambda rule: column(rows, "patterns", rule=rule, retrieval="iterated").mean())
    figure = Figure(figsize=(8, 5.5), layout="constrained")
    axes = figure.subplots()
    for number, retrieval in enumerate(RETRIEVAL):
        values = [mean(column(rows, "patterns", rule=r, retrieval=retrieval)) for r in rules]
        place = np.arange(len(rules)) + 0.25 * (1 - number)
        across(axes, place, values, fmt="so^"[number], label=retrieval)
    axes.set_yticks(range(len(rules)), rules)
    axes.set_xlabel("patterns at an output error of 1 %")
    axes.set_xlim(left=0)
    axes.grid(axis="x", alpha=0.3)
    axes.legend(loc="lower right")
    return figure


def claims(rows):
    def capacity(rule, retrieval="iterated"):
        return column(rows, "patterns", rule=rule, retrieval=retrieval)

    bayes, one = capacity("bayes"), capacity("bayes", "one step")
    more = "Iterated Bayes holds more patterns than iterated"
    return [
        above("Iterating raises the capacity of Bayes", factor(bayes, one)),
        above(f"{more} covariance learning", factor(bayes, capacity("covariance"))),
        above(f"{more} Willshaw learning", factor(bayes, capacity("willshaw"))),
        above(f"{more} BCPNN, both without noise estimation", factor(bayes, capacity("bcpnn"))),
        below(
            "In one step Bayes holds fewer patterns than BCP, which ignores silent inputs",
            factor(one, capacity("bcp", "one step")),
        ),
        above(
            "Core retrieval raises the capacity of iterated Bayes",
            factor(capacity("bayes", "core"), bayes),
        ),
    ]


EXPERIMENT = Experiment(
    __file__,
    __doc__,
    measure,
    draw,
    claims,
    "Student's t over 8 capacities; factors: the same, over logarithms of pairs",
)
if __name__ == "__main__":
    EXPERIMENT.main()
