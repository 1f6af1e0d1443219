"""All rules keep the contract, a rule of one's own too, and violations are found."""

from __future__ import annotations

import numpy as np
import pytest

from assocmem import (
    RULES,
    AssociativeMemory,
    Channel,
    LikelihoodRule,
    Potentials,
    Rule,
    Terms,
    register,
)
from assocmem.rules import find, log_ratio
from assocmem.rules.bcpnn import StableBCPNN
from assocmem.testing import check_rule

NAMES = (
    "bayes bcp bcpnn bcpnn-noise bcpnn-full bcpnn-stable bcpnn-shrunk hebb hopfield "
    "hopfield-bipolar covariance covariance-global presynaptic-covariance homosynaptic "
    "heterosynaptic willshaw inhibitory-willshaw"
)


class PointwiseInformation(Rule):
    """A user's rule: smoothed pointwise mutual information, active inputs only."""

    name = "pointwise"
    probabilistic = True
    uses_channel = True

    def terms(self, counts: object, channel: Channel) -> Terms:
        expected = counts.input_usage * counts.output_usage / counts.n_patterns
        gain = max(0.0, 1 - channel.e01 - channel.e10)
        return Terms(Potentials(gain * log_ratio(counts.both + 0.1, expected + 0.1).finite))


class SilentToo(PointwiseInformation):
    """A user's rule with silent terms but without likelihoods."""

    name = "silent-too"

    def terms(self, counts: object, channel: Channel) -> Terms:
        active = super().terms(counts, channel).active
        return Terms(active, Potentials(-0.1 * active.finite))


def test_the_registry_holds_all_rules():
    assert list(RULES) == NAMES.split()
    for name, rule in RULES.items():
        assert rule.name == name
        assert rule.__doc__
        assert isinstance(find(name), rule)
        assert isinstance(find(rule), rule)


@pytest.mark.parametrize("rule", [*RULES.values(), PointwiseInformation, SilentToo])
def test_rules_keep_the_contract(rule):
    check_rule(rule())


@pytest.mark.parametrize("rule", [PointwiseInformation, SilentToo])
@pytest.mark.parametrize("noise", ["fixed", "batch", "posterior"])
def test_a_rule_of_ones_own_can_do_everything(rule, noise, palm_memory):
    _, stored, queries = palm_memory(n_patterns=20, addition=0)
    memory = AssociativeMemory(60, rule=rule())
    memory.store(stored)
    channel = Channel(0.001, 0.25)
    out = memory.retrieve(queries, channel=channel, n_active=6, noise=noise)
    assert (out.patterns == stored).mean() > 0.97


def test_a_registered_rule_is_found_by_its_name(monkeypatch):
    monkeypatch.setattr("assocmem.rules.RULES", dict(RULES))
    assert register(PointwiseInformation) is PointwiseInformation
    register(PointwiseInformation)
    assert AssociativeMemory(3, rule="pointwise").rule.name == "pointwise"

    class Other(PointwiseInformation):
        pass

    with pytest.raises(ValueError, match="the name 'pointwise' is taken by PointwiseInformation"):
        register(Other)


class Changing(PointwiseInformation):
    def terms(self, counts, channel):
        counts.both[:] = 0
        return super().terms(counts, channel)


class Neighbouring(PointwiseInformation):
    def terms(self, counts, channel):
        terms = super().terms(counts, channel)
        return Terms(Potentials(np.cumsum(terms.active.finite, axis=0)))


class Doubling(PointwiseInformation):
    def terms(self, counts, channel):
        return Terms(Potentials(super().terms(counts, channel).active.finite.astype(float)))


class Unlimited(PointwiseInformation):
    def terms(self, counts, channel):
        with np.errstate(divide="ignore"):
            return Terms(Potentials(np.log(counts.both)))


class Forgetful(PointwiseInformation):
    def terms(self, counts, channel):
        return Terms(Potentials(np.random.default_rng().random(counts.both.shape).astype("f")))


class Infinite(PointwiseInformation):
    def terms(self, counts, channel):
        finite = super().terms(counts, channel).active.finite
        return Terms(Potentials(finite, np.ones(finite.shape, np.int8)))


class BlockPrior(PointwiseInformation):
    def terms(self, counts, channel):
        prior = np.zeros_like(counts.output_usage) + len(counts.both)
        return super().terms(counts, channel)._replace(prior=Potentials(prior))


class Transposed(PointwiseInformation):
    def terms(self, counts, channel):
        return Terms(Potentials(super().terms(counts, channel).active.finite[:, :1]))


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (Changing, "1: terms.. must not change counts.both"),
        (Neighbouring, "2: terms.*active must treat inputs separately"),
        (Doubling, "3: terms.*active must keep the dtype"),
        (Transposed, "3: terms.*active must have shape"),
        (Unlimited, "4: terms.*active.finite must be finite"),
        (Forgetful, "3: terms.*|1: terms.*active must depend on the arguments alone"),
        (BlockPrior, "5: the prior must be the same"),
        (Infinite, "6: terms.*active must have no infinities"),
    ],
)
def test_violations_of_the_contract_are_named(rule, message):
    with pytest.raises(AssertionError, match=message):
        check_rule(rule())


def test_a_rule_must_implement_its_terms():
    with pytest.raises(TypeError, match="abstract"):
        Rule()
    with pytest.raises(TypeError, match="abstract"):
        LikelihoodRule()


def test_the_floor_of_stable_bcpnn_can_be_chosen(palm_memory):
    _, stored, queries = palm_memory()
    memories = [AssociativeMemory(60, rule=StableBCPNN(floor)) for floor in (None, 1e-3, 2.0)]
    results = []
    for memory in memories:
        memory.store(stored)
        results.append(memory.potentials(queries, Channel(0, 0)).finite)
    # M p q = 60 * 0.01 = 0.6, so that the default is the smaller of 1e-3 and 6e-3.
    np.testing.assert_allclose(results[0], results[1], atol=1e-9)
    assert (results[0] != results[2]).any()
    with pytest.raises(ValueError, match="floor: must be a number of at least"):
        StableBCPNN(0)


def test_a_rule_needs_a_name():
    class Nameless(Rule):
        def terms(self, counts, channel):
            return Terms(Potentials(counts.both))

    for use in (register, lambda rule: AssociativeMemory(3, rule=rule())):
        with pytest.raises(ValueError, match="rule: Nameless needs an attribute name, a str"):
            use(Nameless)
    with pytest.raises(ValueError, match="rule: must be a subclass of Rule, not 5"):
        register(5)
