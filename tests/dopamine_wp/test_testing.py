"""The conformance tests hold for every optimizer, and fail for those that break a promise."""

from dataclasses import dataclass

import numpy as np
import pytest

from dopamine_wp import OPTIMIZERS, WP, Dopamine1, DopamineV, Optimizer, Proposal, testing


@dataclass(frozen=True)
class SignDescent(Optimizer):
    """A user's own rule: one method."""

    rate: float = 0.01

    def propose(self, probe):
        loss, gradient = probe.gradient()
        return Proposal(probe.theta - probe.rate * np.sign(gradient), loss=loss)


class RandomSearch(Optimizer):
    """A user's own rule without dataclass: keep a random change if it helps."""

    def propose(self, probe):
        noise = probe.generator().standard_normal(probe.theta.shape[1])
        candidate = (probe.theta + probe.rate * noise).astype(probe.theta.dtype)
        loss, candidate_loss = probe.loss(), probe.loss_of(candidate)
        return Proposal(
            candidate, loss=loss, keep=candidate_loss < loss, candidate_loss=candidate_loss
        )


REGISTERED = [cls(0.1) if name == "WP" else cls() for name, cls in OPTIMIZERS.items()]
VARIANTS = [
    WP(0.1, perturbations=3, two_sided=True, noise="rademacher", decay="linear"),
    Dopamine1(perturbations=3, two_sided=True, hold=4),
    Dopamine1(reject=False, hold=1),
    DopamineV(perturbations=5, noise="rademacher", hold=3),
]
USERS = [SignDescent(), RandomSearch(0.1)]


@pytest.mark.parametrize("check", testing.CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("optimizer", REGISTERED + VARIANTS + USERS, ids=repr)
def test_promise_is_kept(optimizer, check):
    check(optimizer)


class Forgetful(Optimizer):
    """Breaks the promise of a seamless resume: remembers outside its state."""

    def propose(self, probe):
        seen = self.__dict__.setdefault("seen", [])
        seen.append(probe.step)
        return Proposal(probe.theta + 0.1 * len(seen), loss=probe.loss())


class Gossip(Optimizer):
    """Breaks the independence of replicas."""

    def propose(self, probe):
        mean = np.nanmean(probe.theta, axis=0)
        return Proposal(probe.theta + probe.rate * mean, loss=probe.loss())


class Careless(Optimizer):
    """Learns nothing."""

    def propose(self, probe):
        return Proposal(loss=probe.loss())


@pytest.mark.parametrize(
    ("optimizer", "promise"),
    [
        (Forgetful(0.1), "the same seed gives the same theta"),
        (Gossip(0.1), "does not influence the others"),
        (Careless(0.1), "something is learned"),
    ],
)
def test_a_broken_promise_is_named(optimizer, promise):
    with pytest.raises(testing.ConformanceError, match=promise):
        testing.check_optimizer(optimizer)
