"""How does the capacity of the rules grow with the number of units and of active units?

Palm patterns, cues with 80 % of the pattern and 20 % wrong units, output error of 1 %, iterated.
Left: n units with k = 0.63 sqrt(n) of them active. Right: n = 250 and k active. Lower ends of
intervals below 5 patterns are drawn there.

Reference: A. Knoblauch, arXiv:2412.18349 (2024), abstract: rules and noise estimation compared.
"""

import numpy as np
from common import Experiment, column, distinct, select
from intervals import above, factor, mean
from matplotlib.figure import Figure
from memories import Capacity, notation
from plotting import points

from assocmem.rules import RULES

BETTER = ("bayes+batch+clamp", "bayes+soft", "bayes+search")
SHOWN = (*BETTER, "bayes", "bcpnn", "bcpnn-stable", "willshaw", "covariance", "hebb")

NAMES = {"n_units": "n", "n_active": "k"}


def measure(lab):
    methods = [*BETTER, *(notation(rule) for rule in RULES if rule != "hopfield-bipolar")]
    methods = lab.pick(methods, ["bayes", "bayes+soft", notation("willshaw")])
    sizes = {n: round(0.63 * np.sqrt(n)) for n in lab.pick((100, 178, 316, 562), (20, 30))}
    grids = {"n": [*sizes.items()], "k": [(250, k) for k in (5, 8, 16, 25, 40)]}
    grid = [
        {"method": method, "n_units": n, "n_active": k, "queries": lab.pick(100, 8)}
        for n, k in (*grids["n"], *lab.pick(grids["k"], ()))
        for method in methods
    ]
    rows = lab.sweep(Capacity, points=grid, repeats=lab.pick(3, 2))
    return [row | {"method": row["method"].removesuffix("+random-ties")} for row in rows]


def draw(rows):
    figure = Figure(figsize=(9, 5.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    by_k = select(rows, n_units=250)
    by_n = [row for row in rows if row["n_units"] != 250]
    panels = [(left, by_n, "n_units", "units n (k = 0.63 √n)")]
    panels += [(right, by_k, "n_active", "active units k (n = 250)")] if by_k else []
    for axes, part, name, label in panels:
        for number, method in enumerate(SHOWN):
            chosen = select(part, method=method)
            places = distinct(chosen, name)
            values = [mean(column(chosen, "patterns", **{name: place})) for place in places]
            style = {"marker": "osD^v<>ph"[number], "color": f"C{number}", "label": method}
            points(axes, places, values, floor=5.0, **style)
        axes.set(xscale="log", yscale="log", xlabel=label, ylabel="patterns at 1 % error")
        places = distinct(part, name)
        axes.set_xticks(places, [str(place) for place in places], minor=False)
        axes.minorticks_off()
        axes.grid(alpha=0.3)
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=5)
    return figure


def claims(rows):
    def capacity(method, **where):
        return column(rows, "patterns", method=method, **where)

    sizes = [n for n in distinct(rows, "n_units") if n != 250]
    few, many = min(sizes), max(sizes)
    growth = factor(capacity("bayes+soft", n_units=many), capacity("bayes+soft", n_units=few))
    times = f"{many / few:.3g} times the units hold more than {many / few:.3g} times the patterns"
    result = [above(f"{times} (soft estimation)", growth, many / few)]
    places = [{"n_units": n} for n in (few, many)]
    places += [{"n_units": 250, "n_active": k} for k in (5, 40) if 250 in column(rows, "n_units")]
    for where in places:
        text = ", ".join(f"{NAMES[name]} = {value}" for name, value in where.items())
        bayes, soft = capacity("bayes", **where), capacity("bayes+soft", **where)
        willshaw = capacity("willshaw", **where)
        result += [
            above(f"{text}: soft estimation raises the capacity of Bayes", factor(soft, bayes)),
            above(f"{text}: Bayes without it holds more than Willshaw", factor(bayes, willshaw)),
        ]
    return result


EXPERIMENT = Experiment(
    __file__,
    __doc__,
    measure,
    draw,
    claims,
    "Student's t over 3 capacities; factors: the same, over logarithms of pairs",
)
if __name__ == "__main__":
    EXPERIMENT.main()
