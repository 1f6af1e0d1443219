"""How many bits does a synapse store, and which method gains most from its cues?

Information that answers gain over their cues, per synapse (n^2 of them), against the number of
stored patterns: n = 500 units, k = 10 active, half of the pattern as cue and nothing wrong. Left:
Palm patterns; right: one unit in each of k blocks. Bayesian and linear synapses keep counts,
Willshaw's one bit. The line is ln 2 / 4, what one step of a Willshaw auto-association gains for
infinitely many units.

Reference: A. Knoblauch, arXiv:2412.18349 (2024), abstract; Neural Computation 23:1393 (2011); the
limit: G. Palm (1980), A. Knoblauch, G. Palm, F. Sommer, Neural Computation 22:289 (2010).
"""

import numpy as np
from common import Experiment, column, distinct, select
from intervals import above, factor, mean
from matplotlib.figure import Figure
from memories import Recall, notation
from plotting import band

from assocmem.theory import WILLSHAW_LIMIT

METHODS = {
    "bayes+search": "Bayes, search",
    "bayes+soft": "Bayes, soft",
    "bayes+batch+clamp": "Bayes, ANE, clamp",
    "bayes": "Bayes, iterated",
    "bayes+one-step": "Bayes, one step",
    "bcpnn": "BCPNN",
    notation("willshaw"): "Willshaw",
    "covariance": "covariance",
}
INTERVALS = "Student's t over 8 memories of 100 queries each; factors: over logarithms of pairs"


def measure(lab):
    axes = {
        "ensemble": ["palm", "block"],
        "method": lab.pick(list(METHODS), ["bayes", "bayes+soft"]),
        "stored": lab.pick([200, 400, 600, 800, 1000, 1200, 1500, 1900, 2400], [30, 60]),
        "n_units": lab.pick(500, 60),
        "n_active": lab.pick(10, 4),
        "completeness": 0.5,
        "addition": 0.0,
        "queries": lab.pick(100, 20),
    }
    return lab.sweep(Recall, axes, repeats=lab.pick(8, 2))


def draw(rows):
    figure = Figure(figsize=(9, 5), layout="constrained")
    both = figure.subplots(1, 2, sharey=True)
    for axes, ensemble in zip(both, ("palm", "block"), strict=True):
        for number, method in enumerate(distinct(rows, "method")):
            part = select(rows, ensemble=ensemble, method=method)
            places = distinct(part, "stored")
            values = [mean(column(part, "bits", stored=stored)) for stored in places]
            band(axes, places, values, marker=".", color=f"C{number}", label=METHODS[method])
        axes.axhline(WILLSHAW_LIMIT / 4, color="gray", linestyle="--", label="ln 2 / 4")
        axes.set(title=f"{ensemble} patterns", xlabel="stored patterns")
        axes.grid(alpha=0.3)
    both[0].set(ylabel="bits gained per synapse", ylim=(0, None))
    figure.legend(*both[0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
    return figure


def most(rows, ensemble, method):
    """Return the bits at the number of patterns at which their mean is largest."""
    part = select(rows, ensemble=ensemble, method=method)
    return max((column(part, "bits", stored=m) for m in distinct(part, "stored")), key=np.mean)


def claims(rows):
    result = []
    for ensemble in ("palm", "block"):
        best = {method: most(rows, ensemble, method) for method in distinct(rows, "method")}
        for other in best:
            if other != "bayes+search" and "bayes+search" in best:
                text = f"{ensemble}: search gains more bits per synapse than {METHODS[other]}"
                result.append(above(text, factor(best["bayes+search"], best[other])))
        for method, bits in best.items():
            text = f"{ensemble}: {METHODS[method]} gains more than ln 2 / 4 bits per synapse"
            if method in ("bayes+search", "bayes+soft"):
                result.append(above(text, mean(bits), WILLSHAW_LIMIT / 4))
    return result


EXPERIMENT = Experiment(__file__, __doc__, measure, draw, claims, INTERVALS)
if __name__ == "__main__":
    EXPERIMENT.main()
