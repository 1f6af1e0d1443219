"""Who still learns when rewards are noisy?

XOR, 2-4-1, 2000 evaluations of the reward for each of 50 networks; every evaluation of a squared
error has normal noise of its own, whose standard deviation is scanned. Each rule is tuned at each
noise with six trials on 20 other networks: its rate or step size and the size of its
perturbations. Dopamine1 is tried without rejection and with large perturbations, too: a setting
that was found when its defaults had failed here. The loss shown is the true one at the end, 1e-8
for all that are smaller; 0.01 is solved, 0.25 is chance.

Reference: S. Nambusubramaniyan, S. Safavi, R. Guru, A. Knoblauch, arXiv:2510.22178 (2025),
abstract: learning from reward. Noise of rewards is an experiment of this project.
"""

import numpy as np
from common import Experiment, column, components, distinct
from intervals import below, median, ratio
from matplotlib.figure import Figure
from plotting import band
from rewards import NOISY_RULES, NoisyReward

VARIANT = "Dopamine1, no rejection"
NOISES = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1)
INTERVALS = "order statistics of the median over 50 networks; ratios of medians by bootstrap"


def measure(lab):
    small = {"noise": [0.0, 0.01], "passes": 60, "trials": 2, "networks": 6}
    groups = {"rules": [r for r in NOISY_RULES if r != VARIANT], "variant": [VARIANT]}
    groups = lab.pick(groups, {"rules": ["WP", "SNES"]})
    return [
        {"rule": row["rule"], "noise": row["noise"], "loss": loss}
        for name, rules in groups.items()
        for row in lab.sweep(
            NoisyReward, {"rule": rules, **lab.pick({"noise": list(NOISES)}, small)}, name=name
        )
        for loss in components(row, "loss")
    ]


def draw(rows):
    figure = Figure(figsize=(8, 5.5), layout="constrained")
    axes = figure.subplots()
    noises = distinct(rows, "noise")
    for number, rule in enumerate(distinct(rows, "rule")):
        values = [median(column(rows, "loss", rule=rule, noise=noise)) for noise in noises]
        band(axes, range(len(noises)), values, floor=1e-8, marker="osD^v<>"[number], label=rule)
    axes.axhline(0.01, color="gray", linestyle=":")
    axes.set_xticks(range(len(noises)), [f"{noise:g}" for noise in noises])
    axes.set(yscale="log", xlabel="standard deviation of the noise of a reward")
    axes.set_ylabel("true squared error at the end, median")
    axes.grid(axis="y", alpha=0.3)
    figure.legend(loc="outside lower center", ncols=4)
    return figure


def claims(rows):
    def losses(rule, noise):
        return column(rows, "loss", rule=rule, noise=noise)

    result, rules = [], distinct(rows, "rule")
    for noise in distinct(rows, "noise"):
        for rule in rules:
            text = f"noise {noise:g}: {rule} still solves XOR (median network)"
            result.append(below(text, median(losses(rule, noise)), 0.01))
        for other in ("WP", "SNES") if VARIANT in rules and noise else ():
            text = f"noise {noise:g}: {VARIANT}, ends at a lower loss than {other}"
            quotient = ratio(losses(VARIANT, noise), losses(other, noise), np.median)
            result.append(below(text, quotient))
    return result


EXPERIMENT = Experiment(__file__, __doc__, measure, draw, claims, INTERVALS)
if __name__ == "__main__":
    EXPERIMENT.main()
