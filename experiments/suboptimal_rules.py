"""Where do suboptimal rules hold more patterns than the optimal one?

Capacity (output error of 1 %) of each rule divided by that of Bayes, for the same patterns and
cues, without noise estimation: n = 250, k = 10; cues with 80 % of the pattern and a changing
number of wrong units. Bernoulli patterns are answered with a threshold, the number of active
units being unknown (winners for rules without one, which then know it). A star marks intervals
that do not contain 1.

Reference: A. Knoblauch, arXiv:2412.18349 (2024), abstract: suboptimal rules are sometimes better.
"""

import numpy as np
from common import Experiment, column
from intervals import above, below, factor
from matplotlib.figure import Figure
from memories import Capacity, notation

RULES = ("bcp", "bcpnn", "bcpnn-noise", "bcpnn-full", "bcpnn-stable", "covariance", "willshaw")
THRESHOLD = ("bayes", "bcp", "bcpnn-noise", "bcpnn-full", "bcpnn-stable", "bcpnn")
CASES = [(e, steps) for e in ("palm", "bernoulli") for steps in ("one step", "iterated")]
EXPECTED = {
    ("palm", "one step"): [("bcp", "more"), ("covariance", "less")],
    ("palm", "iterated"): [("bcpnn", "more"), ("covariance", "less")],
    ("bernoulli", "one step"): [("bcp", "less")],
    ("bernoulli", "iterated"): [("bcp", "less")],
}
ADDITIONS = (0.0, 0.2, 0.5)
INTERVALS = "Student's t over logarithms of 4 pairs of capacities"


def method_of(rule, ensemble, steps):
    options = "+one-step" if steps == "one step" else ""
    if ensemble == "bernoulli" and rule in THRESHOLD:
        options += "+threshold"
    return notation(rule, options)


def measure(lab):
    size, rows = lab.pick({"queries": 50}, {"n_units": 30, "n_active": 3, "queries": 8}), []
    for ensemble, retrieval in lab.pick(CASES, CASES[:1]):
        rules = ("bayes", *lab.pick(RULES, RULES[:2]))
        names = {method_of(rule, ensemble, retrieval): rule for rule in rules}
        axes = {"method": list(names), "addition": list(lab.pick(ADDITIONS, ADDITIONS[:2]))}
        axes |= {"ensemble": ensemble, **size}
        found = lab.sweep(Capacity, axes, repeats=lab.pick(4, 2), name=f"{ensemble} {retrieval}")
        for row in found:
            case = {"ensemble": ensemble, "retrieval": retrieval, "rule": names[row["method"]]}
            rows.append(case | {name: row[name] for name in ("addition", "repeat", "patterns")})
    return rows


def relative(rows, rule, addition, case):
    where = {"ensemble": case[0], "retrieval": case[1], "addition": addition}
    both = [column(rows, "patterns", rule=r, **where) for r in (rule, "bayes")]
    # A capacity of nothing counts as a half: its logarithm has to exist.
    return factor(*np.maximum(both, 0.5)) if len(both[0]) else None


def draw(rows):
    figure = Figure(figsize=(9.5, 4.2), layout="constrained")
    four = figure.subplots(1, 4, sharey=True)
    for axes, case in zip(four, CASES, strict=True):
        table = np.full((len(RULES), len(ADDITIONS)), np.nan)
        for index in np.ndindex(*table.shape):
            found = relative(rows, RULES[index[0]], ADDITIONS[index[1]], case)
            if found is not None:
                table[index] = np.log2(found.value)
                text = f"{found.value:.2f}" + "*" * (not found.low <= 1 <= found.high)
                color = "white" if abs(table[index]) > 0.7 else "black"
                style = {"ha": "center", "va": "center", "fontsize": 9, "color": color}
                axes.text(index[1], index[0], text, **style)
        colors = axes.imshow(table, cmap="PuOr", vmin=-1, vmax=1, aspect="auto")
        axes.set_title(f"{case[0]}, {case[1]}", fontsize="medium")
        axes.set_xticks(range(len(ADDITIONS)), [f"{a:g}" for a in ADDITIONS])
        axes.set_xlabel("wrong units κ")
    four[0].set_yticks(range(len(RULES)), RULES)
    bar = figure.colorbar(colors, ax=four, ticks=[-1, 0, 1], label="capacity / that of Bayes")
    bar.set_ticklabels(["½", "1", "2"])
    return figure


def claims(rows):
    result = []
    for case in CASES:
        for addition in ADDITIONS:
            for rule, expected in EXPECTED[case]:
                found = relative(rows, rule, addition, case)
                if found is not None:
                    claim = above if expected == "more" else below
                    text = (
                        f"{', '.join(case)}, κ = {addition:g}: {rule} holds {expected} than Bayes"
                    )
                    result.append(claim(text, found))
    return result


EXPERIMENT = Experiment(__file__, __doc__, measure, draw, claims, INTERVALS)
if __name__ == "__main__":
    EXPERIMENT.main()
