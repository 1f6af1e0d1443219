"""How much do Palm, Bernoulli, block and correlated patterns leave of the capacity?

Largest number of patterns at an output error of 1 %, n = 200 units, k = 8 active (in the mean),
cues with 80 % of the pattern and 20 % wrong units. Palm: exactly k units; block: one unit in each
of k blocks; Bernoulli: each unit by itself, the number to activate known; prototypes: patterns
that keep half of one of 20 prototypes. "Core" begins with 6 winners.

Reference: A. Knoblauch, arXiv:2412.18349 (2024), section 2 (ensembles) and abstract (core
retrieval); prototypes: definition of this project, docs/assocmem.md.
"""

from common import Experiment, column, distinct, select
from intervals import above, factor, mean
from matplotlib.figure import Figure
from memories import Capacity, notation
from plotting import across

METHODS = {
    "bayes+one-step": "Bayes, one step",
    "bayes": "Bayes, iterated",
    "bayes+batch": "Bayes, ANE",
    "bayes+batch+clamp": "Bayes, ANE, clamp",
    "bayes+core80": "Bayes, core",
    "bayes+calibrated+core80": "Bayes, core, ANE",
    "bayes+soft": "Bayes, soft",
    "bayes+search": "Bayes, search",
    "bcpnn": "BCPNN",
    "bcpnn-stable+clamp": "BCPNN, stable, clamp",
    "covariance": "covariance",
    notation("willshaw"): "Willshaw",
}
ENSEMBLES = ("palm", "block", "bernoulli", "prototypes")
INTERVALS = "Student's t over 5 capacities; factors: the same, over logarithms of pairs"


def measure(lab):
    size = lab.pick(
        {"n_units": 200, "n_active": 8, "queries": 50}, {"n_units": 30, "n_active": 3, "queries": 8}
    )
    grid = [
        {"ensemble": ensemble, "method": method} | size
        for ensemble in lab.pick(ENSEMBLES, ENSEMBLES[:2])
        for method in lab.pick(METHODS, ["bayes", "bayes+batch"])
        if not (ensemble == "bernoulli" and "core" in method)  # some patterns have no core
    ]
    return lab.sweep(Capacity, points=grid, repeats=lab.pick(5, 2))


def draw(rows):
    figure = Figure(figsize=(9, 5.5), layout="constrained")
    axes = figure.subplots()
    methods = distinct(rows, "method")
    for number, ensemble in enumerate(distinct(rows, "ensemble")):
        part = select(rows, ensemble=ensemble)
        values = [mean(column(part, "patterns", method=m)) for m in distinct(part, "method")]
        places = [methods.index(m) + 0.18 * (number - 1.5) for m in distinct(part, "method")]
        across(axes, places, values, fmt="osD^"[number], label=ensemble)
    axes.set_yticks(range(len(methods)), [METHODS[method] for method in methods])
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    axes.set_xlabel("patterns at an output error of 1 %")
    axes.grid(axis="x", alpha=0.3)
    axes.legend()
    return figure


PAIRS = {
    "ANE raises the capacity of iterated Bayes": ("bayes+batch", "bayes"),
    "soft estimation beats ANE with clamp": ("bayes+soft", "bayes+batch+clamp"),
    "search beats soft estimation": ("bayes+search", "bayes+soft"),
    "ANE raises the capacity of core retrieval": ("bayes+calibrated+core80", "bayes+core80"),
    "core retrieval with ANE beats iterating with ANE": ("bayes+calibrated+core80", "bayes+batch"),
}


def claims(rows):
    result = []
    for ensemble in distinct(rows, "ensemble"):
        for text, methods in PAIRS.items():
            if set(methods) <= set(distinct(select(rows, ensemble=ensemble), "method")):
                both = [column(rows, "patterns", ensemble=ensemble, method=m) for m in methods]
                result.append(above(f"{ensemble}: {text}", factor(*both)))
    return result


EXPERIMENT = Experiment(__file__, __doc__, measure, draw, claims, INTERVALS)
if __name__ == "__main__":
    EXPERIMENT.main()
