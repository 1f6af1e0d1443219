"""What does the reward prediction error do to the learning rate, with and without noise?

Dopamine1 on XOR (2-4-1, 100 networks) from initial rates between 0.00001 and 1: the rate over the
passes, and the agreement (actual over expected gain) that drives it. Right: every reward has
noise of its own, with a standard deviation of 0.01, which is the loss at which XOR counts as
solved.

Reference: S. Nambusubramaniyan, S. Safavi, R. Guru, A. Knoblauch, arXiv:2510.22178 (2025),
abstract: the reward prediction error sets the rate. Formula: docs/dopamine.md, "Dopamine1".
"""

import numpy as np
from common import Experiment, column, distinct, select
from intervals import Claim, Interval, above, share
from matplotlib.figure import Figure
from plotting import band
from rewards import POINTS, RateOverTime

MIDDLE = 600  # passes from which the agreement is judged
INTERVALS = "order statistics of the median over 100 networks"


def measure(lab):
    axes = {"noise": [0.0, 0.01], "rate": [1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0]}
    small = {"noise": [0.0, 0.01], "rate": [0.01, 1.0], "passes": 700, "networks": 6}
    rows = []
    for row in lab.sweep(RateOverTime, lab.pick(axes, small)):
        for name in range(POINTS):
            values = {n: row[f"{n}.{name}"] for n in ("fpe", "middle", "low", "high", "agreement")}
            about = {"noise": row["noise"], "initial": row["rate"], "solved": row["solved"]}
            rows.append(about | values)
    return rows


def draw(rows):
    figure = Figure(figsize=(9, 5.5), layout="constrained")
    panels = figure.subplots(2, 2, sharex=True, sharey="row")
    for (top, bottom), noise in zip(panels.T, distinct(rows, "noise"), strict=True):
        for number, initial in enumerate(distinct(rows, "initial")):
            part, color = select(rows, noise=noise, initial=initial), f"C{number}"
            fpe = column(part, "fpe")
            rates = [Interval(row["middle"], row["low"], row["high"]) for row in part]
            band(top, fpe, rates, color=color, label=f"{initial:g}")
            bottom.plot(fpe, column(part, "agreement"), color=color)
        top.set(yscale="log", title=f"noise of rewards {noise:g}" if noise else "no noise")
        bottom.axhline(0.5, color="gray", linestyle=":")
        bottom.set_xlabel("passes")
    panels[0, 0].set_ylabel("rate, median")
    panels[1, 0].set_ylabel("agreement, mean")
    legend = panels[0, 0].get_legend_handles_labels()
    figure.legend(*legend, title="initial rate", loc="outside right upper")
    return figure


def claims(rows):
    result = []
    for noise in distinct(rows, "noise"):
        words = "without noise" if noise == 0 else f"with noise {noise:g}"
        ends = [select(rows, noise=noise, initial=i)[-1] for i in distinct(rows, "initial")]
        spread = max(row["middle"] for row in ends) / min(row["middle"] for row in ends)
        lowest = min(row["middle"] for row in ends)
        text = f"{words}: the rate ends more than tenfold above its lower limit of 1e-6"
        result.append(Claim(text, f"{lowest:.3g} at the least", bool(lowest > 1e-5)))
        text = (
            f"{words}: rates that began 100,000-fold apart end within a factor of 3, off the limit"
        )
        result.append(Claim(text, f"factor {spread:.3g}", bool(spread < 3 and lowest > 1e-5)))
        late = [row["agreement"] for row in select(rows, noise=noise) if row["fpe"] > MIDDLE]
        text = f"{words}: the agreement rests between 0.4 and 0.6"
        result.append(Claim(text, f"{np.median(late):.3g}", bool(0.4 < np.median(late) < 0.6)))
        solved = share(round(100 * min(row["solved"] for row in ends)), 100)
        text = f"{words}: more than 90 % solve XOR from the worst initial rate"
        result.append(above(text, solved, 0.9))
    return result


EXPERIMENT = Experiment(__file__, __doc__, measure, draw, claims, INTERVALS)
if __name__ == "__main__":
    EXPERIMENT.main()
