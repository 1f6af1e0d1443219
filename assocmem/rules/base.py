"""What a learning rule is: numbers with infinities, the `Rule` contract, and shared formulas."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assocmem.channel import Channel
from assocmem.counts import Counts

#: Count of infinities in the prior of an output that was active in none (or in all) of the
#: patterns: more than any query can outweigh.
CERTAIN = 10**6


class Potentials(NamedTuple):
    """Numbers that may be infinite, as pairs ``finite - infinite * log(eps)`` for eps -> 0.

    Pairs are ordered lexicographically: first by the count of infinities, then by the finite part.
    They are exact for vanishing noise probabilities (derived in docs/assocmem.md).

    Attributes
    ----------
    finite : ndarray
        Finite part; natural-log odds for probabilistic rules.
    infinite : ndarray of int
        Signed count of infinities, same shape. Only results of `Rule.terms` may hold None, which
        stands for zeros.
    """

    finite: NDArray[Any]
    infinite: Any = None


class Terms(NamedTuple):
    """Contributions to the potential of output j, as a `Rule` returns them.

    Attributes
    ----------
    active : Potentials, shape (n_inputs, n_outputs)
        What input i contributes when it is active.
    silent : Potentials of shape (n_inputs, n_outputs), or None
        What input i contributes when it is silent; None stands for nothing.
    prior : Potentials of shape (n_outputs,), or None
        What is there without any input; None stands for nothing.
    """

    active: Potentials
    silent: Potentials | None = None
    prior: Potentials | None = None


class PairTerms(NamedTuple):
    """What pairs of units contribute to the evidence that a whole pattern was stored.

    With p_ab(i, j) the log ratio of the frequency of (u_i, u_j) = (a, b) to what independent units
    would give:

    Attributes
    ----------
    couplings : ndarray, shape (n_inputs, n_outputs)
        p11 + p00 - p10 - p01.
    first_only, neither : ndarray of the same shape, or None
        p10 and p00; None where pairs with silent units do not count.
    """

    couplings: NDArray[Any]
    first_only: NDArray[Any] | None = None
    neither: NDArray[Any] | None = None


class Rule(ABC):
    """A learning rule: from counts to synaptic weights.

    Subclass it, give it a `name`, and implement `terms`. The contract, which
    `assocmem.testing.check_rule` checks:

    1. `terms` is a function of its arguments alone, and changes neither of them.
    2. It treats synapses separately: the terms of a block of inputs are the rows of the terms of
       all inputs, in any order of the inputs, and equally for outputs.
    3. It keeps the precision of the counts (single or double), so that its results broadcast
       against `Counts.both` with the same dtype.
    4. It yields no NaN and no floating-point infinity: an infinite term is a count in
       `Potentials.infinite`, which fits 16 bits but for the prior. This includes inputs and outputs
       that were never or always active.
    5. The prior is the same for each block of inputs.
    6. Where both noise probabilities lie strictly between 0 and 1, a rule with `uses_channel`
       yields no infinities but in the prior.

    Attributes
    ----------
    name : str
        Name in the registry.
    probabilistic : bool, default False
        Whether potentials are log odds, so that a channel, ``clamp`` and the estimation of noise
        from posteriors have a meaning.
    uses_channel : bool, default False
        Whether the terms depend on the channel.
    self_term : str, default "first"
        In which retrieval steps the own term i = j counts unless told otherwise: ``"first"``,
        ``"never"`` or ``"always"``.
    has_pair_evidence : bool, default False
        Whether `pair_evidence` is implemented, so that whole patterns can be searched for.
    supporting_input : float or None, default None
        For rules of the Willshaw type: what each active input contributes to an output it fully
        supports. The activation ``"willshaw"`` asks for this much from every active input.
    """

    name: ClassVar[str]
    probabilistic: ClassVar[bool] = False
    uses_channel: ClassVar[bool] = False
    self_term: ClassVar[str] = "first"
    has_pair_evidence: ClassVar[bool] = False
    supporting_input: ClassVar[float | None] = None

    @abstractmethod
    def terms(self, counts: Counts, channel: Channel) -> Terms:
        """Return what each input contributes to the potential of each output.

        Parameters
        ----------
        counts : Counts
            Statistics of a block of inputs and all outputs; at least one pattern is stored.
        channel : Channel
            Assumed noise of the inputs. Rules without `uses_channel` ignore it.

        Returns
        -------
        Terms
            Contributions of active inputs, of silent inputs, and the prior.
        """

    def adaptive(self) -> Rule:
        """Return the rule to use in steps whose noise is estimated (adaptive noise estimation).

        Returns
        -------
        Rule
            This rule, if its terms depend on the channel.

        Raises
        ------
        ValueError
            If noise has no meaning for this rule.
        """
        if not self.uses_channel:
            raise ValueError(
                f"noise: must be 'fixed' with the rule {self.name!r}, whose weights do not "
                "depend on noise"
            )
        return self

    def pair_evidence(self, counts: Counts) -> PairTerms:
        """Return the evidence of pairs, for ``noise="search"``.

        Parameters
        ----------
        counts : Counts
            Statistics of a block of units with all units; entries of a unit with itself are
            ignored. Finite everywhere, no infinities.

        Returns
        -------
        PairTerms
        """
        raise NotImplementedError(f"{type(self).__name__}.pair_evidence")


class LikelihoodRule(Rule):
    """A rule in which each input counts by the likelihoods of its symbol.

    A subclass implements `evidence`; from it follow the terms of active and silent inputs, and
    soft adaptive noise estimation, in which every input has a likelihood ratio of its own.
    """

    probabilistic = True
    uses_channel = True
    #: Whether outputs that were active in all patterns are certain to be active (see `settle`).
    always_is_certain: ClassVar[bool] = False
    #: Whether silent terms may be summed up as `assocmem.tables.silent_sum` does it: what a
    #: coincidence changes in them depends on M1(i) no more than for Bayes.
    sums_by_counts: ClassVar[bool] = False

    @abstractmethod
    def evidence(self, counts: Counts, if_active: Any, if_silent: Any) -> Potentials:
        """Return the evidence for output j of a symbol seen at input i.

        Parameters
        ----------
        counts : Counts
            Statistics of a block of inputs.
        if_active, if_silent : float or ndarray of shape (n_inputs, 1)
            Probability of the symbol given u_i = 1 and given u_i = 0, up to a common factor: only
            their ratio rho matters unless one of them is 0.

        Returns
        -------
        Potentials, shape (n_inputs, n_outputs)
        """

    @abstractmethod
    def prior(self, counts: Counts) -> Potentials:
        """Return the potential without any input, shape (n_outputs,)."""

    def terms(self, counts: Counts, channel: Channel) -> Terms:
        terms = Terms(
            self.evidence(counts, 1 - channel.e10, channel.e01),
            self.evidence(counts, channel.e10, 1 - channel.e01),
            self.prior(counts),
        )
        return settle(terms, counts, always=self.always_is_certain)

    def settled_prior(self, counts: Counts) -> Potentials:
        """Return the prior with its certainties, as in `terms`."""
        prior = self.prior(counts)
        settled = settle(Terms(prior, None, prior), counts, always=self.always_is_certain)
        return settled.active if settled.prior is None else settled.prior


def plog(values: NDArray[Any]) -> Potentials:
    """Return the natural logarithm as pairs: log 0 is (finite 0, infinite -1)."""
    zero = values <= 0
    if not zero.any():
        return Potentials(np.log(values))
    return Potentials(np.log(np.where(zero, values.dtype.type(1), values)), -zero.astype(np.int8))


def log_ratio(numerator: NDArray[Any], denominator: NDArray[Any]) -> Potentials:
    """Return log(numerator / denominator) as pairs; both may hold zeros.

    Without zeros, it costs one logarithm only.
    """
    if numerator.min(initial=1) > 0 and denominator.min(initial=1) > 0:
        ratio = numerator / denominator
        return Potentials(np.log(ratio, out=ratio))
    return difference(plog(numerator), plog(denominator))


def difference(left: Potentials, right: Potentials) -> Potentials:
    """Return the difference of two arrays of pairs."""
    finite = left.finite - right.finite
    if left.infinite is None and right.infinite is None:
        return Potentials(finite)
    counts = [np.int8(0) if part.infinite is None else part.infinite for part in (left, right)]
    infinite = np.asarray(counts[0] - counts[1])
    if infinite.shape != finite.shape:
        infinite = np.broadcast_to(infinite, finite.shape).copy()
    return Potentials(finite, infinite)


def take(pairs: Potentials, which: Any) -> Potentials:
    """Return some rows of an array of pairs."""
    infinite = None if pairs.infinite is None else pairs.infinite[which]
    return Potentials(pairs.finite[which], infinite)


def given_active(counts: Counts, if_active: Any, if_silent: Any) -> NDArray[Any]:
    """Return P(symbol at input i | output j active) = (M11 p1 + M01 p0) / M1(j).

    Sums of non-negative products: zero exactly where it should be, without cancellation. Outputs
    that were never active get the value 1, so that they do not look like an infinity.
    """
    scale = 1 / np.maximum(counts.output_usage, 1)
    total = _mixture(counts.both, counts.output_only, if_active, if_silent, scale)
    total[:, counts.output_usage == 0] = 1
    return total


def given_silent(counts: Counts, if_active: Any, if_silent: Any) -> NDArray[Any]:
    """Return P(symbol at input i | output j silent) = (M10 p1 + M00 p0) / M0(j).

    Outputs that were always active get the value 1.
    """
    scale = 1 / np.maximum(counts.output_silence, 1)
    total = _mixture(counts.input_only, counts.neither, if_active, if_silent, scale)
    total[:, counts.output_silence == 0] = 1
    return total


def regardless(counts: Counts, if_active: Any, if_silent: Any) -> NDArray[Any]:
    """Return P(symbol at input i) = (M1(i) p1 + M0(i) p0) / M, shape (n_inputs, 1)."""
    scale = counts.input_usage.dtype.type(1 / counts.n_patterns)
    return _mixture(counts.input_usage, counts.input_silence, if_active, if_silent, scale)


def _mixture(
    active: NDArray[Any], silent: NDArray[Any], if_active: Any, if_silent: Any, scale: Any
) -> NDArray[Any]:
    """Return (active p1 + silent p0) scale, folding the scale into numbers of one per column."""
    if np.ndim(if_active) or np.ndim(if_silent):
        total = active * if_active
        total += silent * if_silent
        total *= scale
        return total
    total = active * (if_active * scale)
    total += silent * (if_silent * scale)
    return total


def settle(terms: Terms, counts: Counts, *, always: bool) -> Terms:
    """Replace the terms of outputs without a choice by certainty in the prior.

    Parameters
    ----------
    terms : Terms
        With meaningless columns where M1(j) = 0 (and where M1(j) = M if `always`).
    counts : Counts
        The statistics they were made from.
    always : bool
        Whether outputs with M1(j) = M are certain too; outputs with M1(j) = 0 always are.

    Returns
    -------
    Terms
        The same arrays, with zeros in these columns and -10^6 (+10^6) infinities in their prior.
    """
    never_active = counts.output_usage == 0
    always_active = (counts.output_silence == 0) & always
    certain = np.flatnonzero(never_active | always_active)
    if not len(certain):
        return terms
    for part in (terms.active, terms.silent, terms.prior):
        for array in part or ():
            if array is not None:
                array[..., certain] = 0
    if terms.prior is None:
        raise TypeError("settle: terms.prior must be given")
    infinite = np.zeros(len(never_active), np.int64)
    infinite[always_active] = CERTAIN
    infinite[never_active] = -CERTAIN
    return terms._replace(prior=Potentials(terms.prior.finite, infinite))
