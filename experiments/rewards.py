"""Learning from rewards of which each has noise of its own."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from intervals import median
from networks import train_for

import ivisit as iv
from dopamine_wp import (
    MLP,
    SNES,
    SPSA,
    WP,
    BlackBox,
    Dopamine1,
    Dopamine2,
    Network,
    SepCMAES,
    tasks,
)
from dopamine_wp.tuning import Axis, Space, search

#: Networks of a run, and points of a curve.
NETWORKS, POINTS = 50, 40
RATE = Axis("rate", (0.003, 0.03, 0.3), least=1e-6, most=1e3)
SIZE = Axis("sigma", (0.01, 0.1, 1.0), least=1e-4, most=10.0)
NOISY_RULES = {
    "WP": Space(partial(WP, decay="linear"), (RATE, SIZE)),
    "SPSA": Space(SPSA, (RATE, SIZE)),
    "Dopamine1": Space(Dopamine1, (RATE, SIZE, Axis("sigma_rel", (0.1, 1.0, 10.0), first=0))),
    # A lucky reward is never undone where steps are rejected; large perturbations stand out
    "Dopamine1, no rejection": Space(
        partial(Dopamine1, sigma=1.0, sigma_rel=10.0, target=0.0, reject=False, rate_min=0.01),
        (RATE, Axis("sigma_min", (0.03, 0.1, 0.3, 1.0), first=2)),
    ),
    "Dopamine2": Space(partial(Dopamine2, beta1=0.9), (RATE, SIZE)),
    "SNES": Space(SNES, (SIZE, Axis("population", (8, 16, 32)))),
    "SepCMAES": Space(SepCMAES, (SIZE, Axis("population", (8, 16, 32)))),
}


def noisy(net: Network, batch: Any, noise: float, rng: np.random.Generator) -> BlackBox:
    """Return a network of which only rewards are seen, each with normal noise of its own."""
    source = rng.spawn(1)[0]

    def loss(theta: np.ndarray) -> np.ndarray:
        return net.loss(theta, batch) + noise * source.standard_normal(len(theta))

    return BlackBox(loss, net.n_parameters, init=lambda networks, rng: net.init(networks, rng=rng))


class NoisyReward(iv.Simulation):
    """The true loss of networks that a rule, tuned, has trained by noisy rewards."""

    rule = iv.OptionList("WP", list(NOISY_RULES))
    noise = iv.Slider(0.0, 0.0, 10.0)
    passes = iv.Slider(2000, 10, 10**6)
    trials = iv.Slider(6, 1, 100)
    networks = iv.Slider(NETWORKS, 1, NETWORKS)

    loss = iv.Trace(size=NETWORKS)

    def step(self):
        net, batch = MLP((2, 4, 1), output="sigmoid", dtype=np.float64), tasks.xor()

        def losses(setting, networks, rng):
            box = noisy(net, batch, self.noise, rng)
            options = {"networks": networks, "rng": rng}
            return net.loss(
                train_for(box, setting.optimizer, None, self.passes, **options).theta, batch
            )

        tuning, final = self.rng.spawn(2)
        few = -(-2 * self.networks // 5)
        found = search(
            NOISY_RULES[self.rule],
            lambda setting: np.median(losses(setting, few, tuning.spawn(1)[0])),
            self.trials,
        )
        fill = np.full(NETWORKS - self.networks, np.nan)
        self.loss = np.append(losses(found.best, self.networks, final), fill)


class RateOverTime(iv.Simulation):
    """Rate and agreement at evenly spaced passes."""

    rate = iv.Slider(0.01, 1e-7, 10.0, scale="log")
    noise = iv.Slider(0.0, 0.0, 1.0)
    passes = iv.Slider(1200, 10, 10**5)
    networks = iv.Slider(100, 1, 1000)

    fpe = iv.Trace(size=POINTS)
    middle, low, high = iv.Trace(size=POINTS), iv.Trace(size=POINTS), iv.Trace(size=POINTS)
    agreement, solved = iv.Trace(size=POINTS), iv.Trace()

    def step(self):
        net = MLP((2, 4, 1), output="sigmoid", dtype=np.float64)
        box = noisy(net, tasks.xor(), self.noise, self.rng)
        rule, options = Dopamine1(self.rate), {"networks": self.networks, "rng": self.rng}
        history = train_for(box, rule, None, self.passes, **options)
        parts = np.array_split(np.arange(history.steps), POINTS)
        rates = [median(history.rate[part].mean(axis=0)) for part in parts]
        self.fpe = np.array([history.fpe[part[-1]] for part in parts])
        self.middle, self.low, self.high = np.array([[r.value, r.low, r.high] for r in rates]).T
        agreement = history.agreement.mean(axis=1)
        self.agreement = np.array([agreement[part].mean() for part in parts])
        self.solved = np.mean(net.loss(history.theta, tasks.xor()) < 0.01)
