"""For how long do closed-loop forecasts stay valid?

Recurrent networks with 16 units, trained one step ahead for 2000 passes over 16 windows, then fed
with 100 true values and after that with their own outputs, from 20 places of the test part. The
valid prediction time is the time until the error exceeds 0.4 standard deviations, in Lyapunov
times. Settings as recommended in docs/dopamine.md, not tuned for this: DopamineK with batches of
2, Adam (rate 0.03, beta2 = 0.99, linear decay) of 4, Dopamine1 (rate 0.001) of 4, DopamineV of 16
windows.

Reference: S. Nambusubramaniyan, S. Safavi, R. Guru, A. Knoblauch, arXiv:2510.22178 (2025),
abstract: chaotic time series.
"""

from dataclasses import replace

import numpy as np
from common import Experiment, column, components, distinct
from intervals import above, median, ratio
from matplotlib.figure import Figure
from networks import train_for
from plotting import points

import ivisit as iv
from dopamine_wp import RNN, Adam, Dopamine1, DopamineK, DopamineV, series, tasks

RULES = {
    "DopamineK": (DopamineK(), 2),
    "DopamineV": (DopamineV(), 16),
    "Adam": (Adam(0.03, beta2=0.99, decay="linear"), 4),
    "Dopamine1": (Dopamine1(0.001), 4),
}
#: Time between samples of each series.
INTERVAL = {"lorenz": 0.05, "rossler": 0.5, "mackey_glass": 1.0, "henon": 1.0, "logistic": 1.0}
NETWORKS = 6
INTERVALS = "order statistics of the median over 6 networks; ratios of medians by bootstrap"


class ClosedLoop(iv.Simulation):
    """Valid prediction times of networks."""

    rule = iv.OptionList("Adam", list(RULES))
    series = iv.OptionList("lorenz", list(INTERVAL))
    passes = iv.Slider(2000, 10, 10**6)
    networks = iv.Slider(NETWORKS, 1, NETWORKS)

    valid = iv.Trace(size=NETWORKS, unit="Lyapunov times")

    def step(self):
        rule, batch_size = RULES[self.rule]
        task = tasks.forecast(series.GENERATORS[self.series](3500), rng=1)
        net = RNN(1, 16, 1, washout=task.washout)
        batches = replace(task, batch_size=batch_size).batch
        options = {"networks": self.networks, "rng": self.rng}
        theta = train_for(net, rule, batches, self.passes, **options).theta
        exponent = series.LYAPUNOV_EXPONENTS[self.series]
        units = {"lyapunov_exponent": exponent, "interval": INTERVAL[self.series]}
        valid = task.valid_prediction_time(net, theta, steps=500, **units)
        self.valid = np.append(valid, np.full(NETWORKS - self.networks, np.nan))


def measure(lab):
    axes = {"series": list(INTERVAL), "rule": list(RULES)}
    small = {"series": ["henon"], "rule": ["DopamineV", "Adam"], "passes": 80, "networks": 2}
    return [
        {"series": row.get("series", "henon"), "rule": row["rule"], "valid": valid}
        for row in lab.sweep(ClosedLoop, lab.pick(axes, small))
        for valid in components(row, "valid")
    ]


def draw(rows):
    figure = Figure(figsize=(8, 4.8), layout="constrained")
    axes = figure.subplots()
    names = distinct(rows, "series")
    for number, rule in enumerate(distinct(rows, "rule")):
        values = [median(column(rows, "valid", series=name, rule=rule)) for name in names]
        places = np.arange(len(names)) + 0.12 * (number - 2)
        points(axes, places, values, fmt="osD^v"[number], label=rule)
    axes.set_xticks(range(len(names)), [name.replace("_", "-") for name in names])
    axes.set(ylabel="valid prediction time (Lyapunov times), median", ylim=(0, None))
    figure.legend(loc="outside lower center", ncols=4)
    return figure


def claims(rows):
    result = []
    for name in distinct(rows, "series"):
        for rule, other in (("DopamineK", "Adam"), ("DopamineV", "Adam"), ("Dopamine1", "Adam")):
            both = [column(rows, "valid", series=name, rule=r) for r in (rule, other)]
            if len(both[0]) and len(both[1]):
                text = f"{name}: forecasts of {rule} stay valid longer than of {other}"
                result.append(above(text, ratio(*both, np.median)))
    return result


EXPERIMENT = Experiment(__file__, __doc__, measure, draw, claims, INTERVALS)
if __name__ == "__main__":
    EXPERIMENT.main()
