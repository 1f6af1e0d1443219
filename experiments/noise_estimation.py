"""What do adaptive noise estimation, clamp, soft estimation and verification do to the error?

Palm patterns, n = 200 units, k = 8 active, at most 10 steps. Left: 250 patterns, cues with 75 %
of the pattern and 25 % wrong units. Right: 200 patterns, half of the pattern and nothing wrong.
Each rule with the estimates it can use. All methods have the same patterns and cues.

Reference: A. Knoblauch, arXiv:2412.18349 (2024), abstract: adaptive noise estimation (ANE).
Clamp, soft estimation and search ("verified") are definitions of this project, docs/assocmem.md.
"""

import numpy as np
from common import Experiment, column
from intervals import below, mean, ratio
from matplotlib.figure import Figure
from memories import Recall
from plotting import across, plain_ticks

OPTIONS = {
    "fixed": "",
    "clamp": "+clamp",
    "ANE": "+batch",
    "ANE, calibrated": "+calibrated",
    "ANE, clamp": "+batch+clamp",
    "soft": "+soft",
    "search": "+search",
}
RULES = ("bayes", "bcp", "bcpnn-full", "bcpnn-noise", "bcpnn-stable", "bcpnn")
EXTRA = ("bcpnn-full", "soft")
CUES = {"75 % right, 25 % wrong": (250, 0.75, 0.25), "50 % right, none wrong": (200, 0.5, 0.0)}
INTERVALS = "Student's t over 16 memories of 100 queries each; ratios by paired bootstrap"


def measure(lab):
    points = [
        {"stored": stored, "completeness": right, "addition": wrong, "method": rule + option}
        | {"n_units": 200, "n_active": 8, "queries": lab.pick(100, 20)}
        for stored, right, wrong in CUES.values()
        for rule in RULES
        for name, option in OPTIONS.items()
        if rule == "bayes" or name not in ("soft", "search") or (rule, name) == EXTRA
    ]
    return lab.sweep(Recall, points=lab.pick(points, points[:11]), repeats=lab.pick(16, 3))


def draw(rows):
    figure = Figure(figsize=(9, 5.2), layout="constrained")
    both = figure.subplots(1, 2, sharex=True, sharey=True)
    for axes, (title, (stored, _, _)) in zip(both, CUES.items(), strict=True):
        for number, (name, option) in enumerate(OPTIONS.items()):
            found = {
                place: mean(errors)
                for place, rule in enumerate(RULES)
                if len(errors := column(rows, "error", method=rule + option, stored=stored))
            }
            if found:
                places = np.array(list(found)) + 0.1 * (number - 3)
                style = {"fmt": "osD^v<>"[number], "label": name}
                across(axes, places, list(found.values()), floor=2e-3, **style)
        axes.set_title(f"{title}, {stored} patterns", fontsize="medium")
        axes.set(xscale="log", xlabel="wrong units per active unit")
        axes.grid(axis="x", alpha=0.3)
        plain_ticks(axes.xaxis, [0.003, 0.01, 0.03, 0.1])
    both[0].set_yticks(range(len(RULES)), RULES)
    both[0].invert_yaxis()
    figure.legend(*both[0].get_legend_handles_labels(), loc="outside lower center", ncols=7)
    return figure


def claims(rows):
    def change(stored, rule, option, other):
        first = column(rows, "error", stored=stored, method=rule + OPTIONS[option])
        return ratio(first, column(rows, "error", stored=stored, method=rule + OPTIONS[other]))

    result = []
    for title, (stored, _, _) in CUES.items():
        known = {row["method"] for row in rows if row["stored"] == stored}
        for rule in RULES:
            if rule + "+batch" in known:
                text = f"{title}: ANE reduces the error of {rule}"
                result.append(below(text, change(stored, rule, "ANE", "fixed")))
        pairs = [("ANE, clamp", "ANE"), ("soft", "ANE, clamp"), ("search", "soft")]
        for first, second in pairs if "bayes+search" in known else ():
            text = f"{title}: Bayes with {first} has a lower error than with {second}"
            result.append(below(text, change(stored, "bayes", first, second)))
    return result


EXPERIMENT = Experiment(__file__, __doc__, measure, draw, claims, INTERVALS)
if __name__ == "__main__":
    EXPERIMENT.main()
