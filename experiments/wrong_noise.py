"""How much does it cost to assume the wrong noise of the cues?

250 Palm patterns, n = 200 units, k = 8 active. The cues have 75 % of the pattern and 25 % wrong
units; the memory is told something else. All have the same patterns and cues.

Reference: A. Knoblauch, arXiv:2412.18349 (2024), abstract: adaptive noise estimation (ANE).
"""

import numpy as np
from common import Experiment, column, distinct
from intervals import below, mean, ratio
from matplotlib.figure import Figure
from memories import Recall
from plotting import points

METHODS = {
    "bayes": "fixed",
    "bayes+batch": "ANE",
    "bayes+batch+clamp": "ANE, clamp",
    "bayes+soft": "soft",
    "bayes+search": "search",
}
ASSUMED = ("0.75,0.25", "0.9,0.1", "0.95,0.05", "0.5,0.5", "0.75,1", "0.75,0", "1,0.25", "1,0")
TRUE, NEVER = ASSUMED[0], ASSUMED[5:]
INTERVALS = "Student's t over 16 memories of 100 queries each; ratios by paired bootstrap"


def measure(lab):
    axes = {
        "method": lab.pick(list(METHODS), ["bayes", "bayes+soft"]),
        "assumed": list(lab.pick(ASSUMED, ASSUMED[:2])),
        "n_units": 200,
        "n_active": 8,
        "completeness": 0.75,
        "addition": 0.25,
        "stored": 250,
        "queries": lab.pick(100, 20),
    }
    rows = lab.sweep(Recall, axes, repeats=lab.pick(16, 3))
    return [row | {"assumed": row["assumed"].replace(",", " / ")} for row in rows]


def draw(rows):
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    assumed = distinct(rows, "assumed")
    for number, method in enumerate(distinct(rows, "method")):
        values = [mean(column(rows, "error", method=method, assumed=a)) for a in assumed]
        places = np.arange(len(assumed)) + 0.08 * (number - 2)
        points(axes, places, values, floor=1e-3, fmt="osD^v"[number], label=METHODS[method])
    labels = [a if n else f"{a}\n(true)" for n, a in enumerate(assumed)]
    axes.set_xticks(range(len(assumed)), labels)
    axes.axvspan(4.5, 7.5, color="gray", alpha=0.12, linewidth=0)
    axes.text(6, 0.0041, "an error is taken to be impossible", ha="center")
    axes.set(yscale="log", xlabel="assumed completeness λ / addition κ")
    axes.set_ylabel("wrong units per active unit")
    axes.grid(axis="y", alpha=0.3)
    axes.legend(ncols=3, loc="upper left", bbox_to_anchor=(0, -0.16))
    return figure


def claims(rows):
    assumed = distinct(rows, "assumed")
    possible, never = assumed[:5], assumed[5:]

    def worst(method, group):
        """Return the errors under the worst of some assumptions."""
        return max((column(rows, "error", method=method, assumed=a) for a in group), key=np.mean)

    result = []
    for method in distinct(rows, "method"):
        true = column(rows, "error", method=method, assumed=assumed[0])
        text = (
            f"{METHODS[method]}: the worst possible assumption raises the error by less than 20 %"
        )
        result.append(below(text, ratio(worst(method, possible), true), 1.2))
    for method in distinct(rows, "method") if never else ():
        true = column(rows, "error", method=method, assumed=assumed[0])
        text = (
            f"{METHODS[method]}: taking an error for impossible raises the error by less than 20 %"
        )
        result.append(below(text, ratio(worst(method, never), true), 1.2))
    return result


EXPERIMENT = Experiment(__file__, __doc__, measure, draw, claims, INTERVALS)
if __name__ == "__main__":
    EXPERIMENT.main()
