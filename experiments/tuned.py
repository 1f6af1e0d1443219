"""Learning rules on a series, each tuned with the same number of trials, as a simulation."""

from __future__ import annotations

import numpy as np

import ivisit as iv
from dopamine_wp import series
from dopamine_wp.comparison import compare
from dopamine_wp.contests import problem

RULES = ("DopamineK", "DopamineV", "Adam", "Dopamine1", "SNES", "WP", "NodePerturbation")
CONDITIONS = ("equal_cost", "equal_time")
NETWORKS = 6
CELLS = [f"{rule} {when} {n}" for rule in RULES for when in CONDITIONS for n in range(NETWORKS)]


class Forecasting(iv.Simulation):
    """Test errors of all rules on a series, each tuned."""

    series = iv.OptionList("lorenz", list(series.GENERATORS))
    horizon = iv.Slider(1, 1, 100)
    hidden = iv.Slider(8, 1, 1000)
    budget = iv.Slider(1000, 10, 10**6)
    trials = iv.Slider(4, 1, 100)
    networks = iv.Slider(NETWORKS, 1, NETWORKS)
    rules = iv.Slider(len(RULES), 1, len(RULES), help="How many of them, from the front.")

    error = iv.Trace(names=CELLS)
    seconds = iv.Trace(names=[f"{rule} {when}" for rule in RULES for when in CONDITIONS])
    at_edge = iv.Trace(names=RULES, help="Whether a neighbor of the best setting was not tried.")

    def step(self):
        outcomes = compare(
            problem(self.series, horizon=self.horizon, hidden=self.hidden, seed=1),
            budget=self.budget,
            seeds=self.networks,
            tuning_seeds=3,
            trials=self.trials,
            optimizers=RULES[: self.rules],
            seed=1,
        )
        error, seconds, edge = {}, {}, {}
        for rule, outcome in outcomes.items():
            edge[rule] = float(outcome.at_edge)
            for when in CONDITIONS:
                run = getattr(outcome, when)
                seconds[f"{rule} {when}"] = run.seconds
                error |= {f"{rule} {when} {n}": value for n, value in enumerate(run.test)}
        for name, values in (("error", error), ("seconds", seconds), ("at_edge", edge)):
            names = type(self).panels[name].names
            setattr(self, name, np.array([values.get(cell, np.nan) for cell in names]))
