"""What the experiments on learning rules share: the rules, and training for so many passes."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from intervals import median, share

import ivisit as iv
from dopamine_wp import (
    MLP,
    SGD,
    SNES,
    SPSA,
    WP,
    Adam,
    Dopamine1,
    Dopamine2,
    DopamineV,
    FeedbackAlignment,
    ForwardGradient,
    History,
    Momentum,
    Network,
    Optimizer,
    SepCMAES,
    tasks,
    train,
)

#: Truth tables: the network, passes for each and number of networks.
SIZES = {"xor": ((2, 4, 1), 1500, 200), "parity-4": ((4, 8, 1), 4000, 100)}

#: For truth tables: what the one setting is that is varied, and the rule with it.
SCANNED: dict[str, tuple[str, Callable[[float], Optimizer]]] = {
    "WP": ("rate", WP),
    "SPSA": ("rate", partial(SPSA, sigma=0.01)),
    "Dopamine1": ("rate", Dopamine1),
    "Dopamine2": ("rate", partial(Dopamine2, beta1=0.9)),
    "DopamineV": ("rate", partial(DopamineV, perturbations=8)),
    "SNES": ("sigma", SNES),
    "SepCMAES": ("sigma", SepCMAES),
    "ForwardGradient": ("rate", ForwardGradient),
    "FeedbackAlignment": ("rate", FeedbackAlignment),
    "SGD": ("rate", SGD),
    "Momentum": ("rate", Momentum),
    "Adam": ("rate", Adam),
}


def scanned(rule: str, value: float) -> Optimizer:
    """Return a rule of `SCANNED` with its one setting."""
    setting, make = SCANNED[rule]
    return make(**{setting: value})


def train_for(
    net: Network,
    rule: Optimizer,
    batches: Any,
    passes: float,
    *,
    networks: int,
    rng: np.random.Generator,
    **options: Any,
) -> History:
    """Train networks for so many forward-pass equivalents each; divergence is no reason to warn."""
    theta = net.init(networks, rng=rng)
    few = 2 * rule.hold
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        watch = {"stop_loss": -1.0} if "stop_loss" in options else {}  # it costs passes, too
        watch |= {"total_steps": 10**6}
        trial = train(net, rule, batches, theta=theta[:1], steps=few, rng=0, **watch)
        steps = max(1, int(passes * few / trial.fpe[-1]))
        return train(net, rule, batches, theta=theta, steps=steps, rng=rng, **options)


class Solving(iv.Simulation):
    """How many networks solve a truth table, and after how many passes."""

    task = iv.OptionList("xor", list(SIZES))
    rule = iv.OptionList("WP", list(SCANNED))
    rate = iv.Slider(0.1, 1e-6, 1e3, scale="log")
    networks = iv.Slider(100, 1, 1000)

    solved, low, high = iv.Trace(), iv.Trace(), iv.Trace()
    passes, fewer, more = iv.Trace(), iv.Trace(), iv.Trace()

    def step(self):
        sizes, passes, _ = SIZES[self.task]
        net = MLP(sizes, output="sigmoid", dtype=np.float64)
        rule, batch = scanned(self.rule, self.rate), tasks.TRUTH_TABLES[self.task]()
        options = {"networks": self.networks, "rng": self.rng, "stop_loss": 0.01}
        solved_at = train_for(net, rule, batch, passes, **options).solved_at
        found = share(np.isfinite(solved_at).sum(), self.networks)
        self.solved, self.low, self.high = found.value, found.low, found.high
        middle = median(solved_at)
        self.passes, self.fewer, self.more = middle.value, middle.low, middle.high
