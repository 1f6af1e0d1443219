"""Soft adaptive noise estimation: every unit keeps a reliability of its own.

Instead of a state of zeros and ones with one noise for all, unit i carries the likelihood ratio
rho_i = P(symbol | u_i = 1) / P(symbol | u_i = 0) that its posterior implies,

    log rho_i = logit(p_i) - log(M1(i) / M0(i)),
    x_j(t+1) = prior_j + sum_{i != j} f_ij(rho_i) + log rho(q_j),

with f the `evidence` of a `LikelihoodRule` and the query's own evidence log rho(q_j) kept in every
step. This goes beyond arXiv:2412.18349 (our definition, docs/assocmem.md).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from assocmem.activation import BlockWinners, probability
from assocmem.channel import Channel
from assocmem.evaluation import Evaluator
from assocmem.levels import Level
from assocmem.noise import posterior_noise
from assocmem.retrieval import Answers, Procedure, RetrievalResult, own_evidence
from assocmem.rules.base import LikelihoodRule, Potentials, take
from assocmem.weights import add

#: Ranges of posteriors and of log rho: beyond them a single unit could overrule all others.
POSTERIOR_RANGE, LOG_RATIO_RANGE = (1e-7, 1 - 1e-6), (-16.0, 14.0)

#: log rho of all units but the most probable ones, and how many of these (times k) there are.
SILENT_LOG_RATIO, LOUD_UNITS_PER_ACTIVE = -8.0, 2

#: A query has converged when no log rho changes by more than this.
CONVERGED = 1e-3

#: Noise below this is taken for this.
SMALLEST_NOISE = 1e-6


class SoftRetrieval:
    """Retrieval with a likelihood ratio for each unit.

    Parameters
    ----------
    evaluator : Evaluator
        Of a memory whose rule is a `LikelihoodRule`.
    queries : ndarray of 0 and 1, shape (n_queries, n_units)
    procedure : Procedure
        Its schedule, clamp and self_term have no influence.
    channel : Channel
        Noise of the queries.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        queries: NDArray[np.uint8],
        procedure: Procedure,
        channel: Channel,
    ) -> None:
        if not isinstance(evaluator.rule, LikelihoodRule):
            raise ValueError(
                f"noise: 'soft' needs a rule with likelihoods of silent inputs ('bayes' or "
                f"'bcpnn-full'), not {evaluator.rule.name!r}"
            )
        self.evaluator = evaluator
        self.rule: LikelihoodRule = evaluator.rule
        self.queries = queries
        self.procedure = procedure
        # Certainty about a symbol of the query would overrule all other evidence if it is wrong.
        self.channel = channel.limited(SMALLEST_NOISE)
        usage = evaluator.statistics.input_usage
        n_patterns = max(1, evaluator.statistics.n_patterns)
        n_loud = LOUD_UNITS_PER_ACTIVE * round(float(usage.sum()) / n_patterns)
        self.n_loud = int(np.clip(n_loud, 1, len(usage)))
        decided = (usage == 0) | (usage == n_patterns)
        odds = np.divide(usage, n_patterns - usage, where=~decided, out=np.ones(len(usage)))
        self.prior_log_odds = np.log(odds).astype(np.float32)

    def run(self) -> RetrievalResult:
        """Iterate until the likelihood ratios no longer change."""
        answers = Answers(len(self.queries), self.queries.shape[1], self.procedure.keep_states)
        running = np.arange(len(self.queries))
        log_ratios = np.zeros(self.queries.shape, np.float32)
        own_noise = np.tile([self.channel.e01, self.channel.e10], (len(self.queries), 1))
        history = []
        level = self.evaluator.level(self.rule, SILENT_LOG_RATIO)
        constant = self._constant_part(level)
        for step in range(1, self.procedure.max_steps + 1):
            if not len(running):
                break
            history.append(own_noise.mean(axis=0))
            state = self.queries[running]
            if step == 1:
                x = self.evaluator.given(state, self.channel, own_term=False)
                x = add(x, own_evidence(state, self.channel))
            else:
                base = take(constant, running)
                x = add(base, Potentials(level.departures(log_ratios[running])))
            answer = self.procedure.activation.activate(x, running, state)
            answers.record(step, running, answer, x)
            posterior = self._posterior(x)
            own_noise[running] = posterior_noise(posterior, answer)
            new = self._log_ratios(posterior)
            change = np.abs(new - log_ratios[running]).max(axis=1, initial=0)
            log_ratios[running] = new
            finished = change < CONVERGED
            answers.converged[running] = finished
            running = running[~finished]
        return answers.result(history)

    def _constant_part(self, level: Level) -> Potentials:
        """Return what never changes: prior, silent level of all units, the query's evidence."""
        own = own_evidence(self.queries, self.channel)
        return add(Potentials(own.finite.astype(np.float32), own.infinite), level.bias)

    def _posterior(self, x: Potentials) -> NDArray[np.floating]:
        """Return the posterior of each unit; within blocks exactly one unit is active."""
        # Near 1 single precision leaves log odds no second digit.
        x = Potentials(x.finite.astype(np.float64), x.infinite)
        if isinstance(self.procedure.activation, BlockWinners):
            return self.procedure.activation.posterior(x, np.arange(len(x.finite)))
        return probability(x)

    def _log_ratios(self, posterior: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return log rho of all units; all but the most probable ones are at the silent level."""
        ratios = logit(np.clip(posterior, *POSTERIOR_RANGE)).astype(np.float32, copy=False)
        ratios -= self.prior_log_odds
        np.clip(ratios, *LOG_RATIO_RANGE, out=ratios)
        n_units = ratios.shape[1]
        if self.n_loud < n_units:
            place = n_units - self.n_loud
            least = np.partition(ratios, place, axis=1)[:, place, None]
            ratios[ratios < least] = SILENT_LOG_RATIO
        return np.maximum(ratios, SILENT_LOG_RATIO, out=ratios)
