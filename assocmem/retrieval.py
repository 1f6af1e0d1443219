"""Iterative retrieval: one loop for all rules, activations and hard noise estimates.

Step t: potentials of the state z(t-1) at the noise e(t-1); own terms as asked for; activation of
c_t units (core retrieval) or of the full number; estimate of e(t). A query whose state repeats
leaves the batch. Soft adaptive noise estimation has a state of its own kind: `assocmem.soft`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assocmem._types import Indices, States
from assocmem.activation import Activation
from assocmem.channel import Channel
from assocmem.evaluation import Evaluator
from assocmem.noise import NoiseSource
from assocmem.rules.base import Potentials, difference, plog, take
from assocmem.weights import add, choose

#: Stands for NaN of every query.
UNKNOWN = np.full((), np.nan)


@dataclass(frozen=True)
class RetrievalResult:
    """What retrieval returns. For a single query given 1-D, the axis n_queries is missing.

    Attributes
    ----------
    patterns : ndarray of uint8, shape (n_queries, n_units)
        The answers, zeros and ones: the activation of the last potentials. A
        `scipy.sparse.csr_array` if the queries were sparse.
    n_steps : ndarray of int, shape (n_queries,)
        Number of steps made.
    converged : ndarray of bool, shape (n_queries,)
        Whether the query stopped by itself: its state repeated and its noise had settled. Always
        true for hetero-association, which has one step.
    potentials : Potentials, shape (n_queries, n_units)
        The last potentials: natural-log odds for probabilistic rules. Single precision where the
        rule uses the noise of the query and both values are positive.
    noise : ndarray, shape (n_steps, 2) or (n_steps, n_queries, 2)
        (e01, e10) assumed in each step, row 0 the given channel (NaN without one); for each query
        with the estimates ``"posterior"`` and ``"true"``. For ``"soft"``: the batch mean of the
        noise that the posteriors ascribe to the activated state.
    score : ndarray, shape (n_queries,)
        How well the answer explains the query and how surely it was stored, as log odds; NaN
        unless `noise` is ``"search"``, as are the following two.
    evidence : ndarray, shape (n_queries,)
        Log odds that the answer was stored, see `AssociativeMemory.evidence`.
    background : ndarray, shape (n_queries,)
        The score of an unknown pattern as the cause of the query (NaN also if not saturated).
    states : ndarray of uint8, shape (max(n_steps), n_queries, n_units), or None
        The answers after every step, as if it had been the last one; with ``states=True`` only.
        Queries that have finished keep their answer. For ``"search"`` the best pattern found
        after each start.

    Notes
    -----
    For ``"search"``, `n_steps` counts starts, `converged` tells whether no swap or flip improves
    the answer, and `potentials` are the log odds of each unit given all others of the answer.
    """

    patterns: Any
    n_steps: Indices
    converged: NDArray[np.bool_]
    potentials: Potentials
    noise: NDArray[np.float64]
    score: NDArray[np.float64] = field(default_factory=lambda: UNKNOWN)
    evidence: NDArray[np.float64] = field(default_factory=lambda: UNKNOWN)
    background: NDArray[np.float64] = field(default_factory=lambda: UNKNOWN)
    states: States | None = None

    def __post_init__(self) -> None:
        for name in ("score", "evidence", "background"):
            if getattr(self, name) is UNKNOWN:
                object.__setattr__(self, name, np.full(np.shape(self.n_steps), np.nan)[()])

    @property
    def is_known(self) -> NDArray[np.bool_]:
        """Whether a stored pattern explains the query better than an unknown one would.

        Raises
        ------
        ValueError
            If the result is not one of ``noise="search"`` with ``saturate=True``.
        """
        if np.isnan(self.background).any():
            raise ValueError(
                "is_known: needs a result of retrieve(..., noise='search', saturate=True)"
            )
        return self.score > self.background

    def first(self) -> RetrievalResult:
        """Return the result of the first query alone, without the axis n_queries."""
        alone: dict[str, Any] = {
            item.name: getattr(self, item.name)[0]
            for item in fields(self)
            if item.name not in ("potentials", "noise", "states")
        }
        return replace(
            self,
            potentials=take(self.potentials, 0),
            noise=self.noise[:, 0] if self.noise.ndim == 3 else self.noise,
            states=None if self.states is None else self.states[:, 0],
            **alone,
        )


@dataclass(frozen=True)
class Procedure:
    """The settings of a retrieval, checked and complete.

    Attributes
    ----------
    activation : Activation
        From potentials to states.
    channel : Channel or None
        Noise of the queries.
    max_steps : int
        Largest number of steps.
    schedule : tuple of int
        Numbers of winners in the first steps.
    clamp : bool
        Whether the evidence of the query about each of its own units counts in every step.
    self_term : str
        ``"first"``, ``"never"`` or ``"always"``.
    keep_states : bool
        Whether the answers after every step are kept.
    """

    activation: Activation
    channel: Channel | None
    max_steps: int
    schedule: tuple[int, ...]
    clamp: bool
    self_term: str
    keep_states: bool = False


class Answers:
    """Collects the last state, potentials and step number of each query."""

    def __init__(self, n_queries: int, n_units: int, keep_states: bool) -> None:
        self.states: list[States] | None = [] if keep_states else None
        self.patterns = np.zeros((n_queries, n_units), np.uint8)
        self.finite = np.zeros((n_queries, n_units), np.float32)
        self.infinite = np.zeros((n_queries, n_units), np.int32)
        self.n_steps = np.zeros(n_queries, np.intp)
        self.converged = np.zeros(n_queries, bool)

    def record(self, step: int, which: Indices, states: States, potentials: Potentials) -> None:
        """Take over what a step found for the queries `which`."""
        if potentials.finite.dtype != self.finite.dtype and step == 1:
            self.finite = self.finite.astype(potentials.finite.dtype)
        self.patterns[which] = states
        self.finite[which] = potentials.finite
        self.infinite[which] = 0 if potentials.infinite is None else potentials.infinite
        self.n_steps[which] = step
        if self.states is not None:
            self.states.append(self.patterns.copy())

    def result(self, noise: list[NDArray[np.float64]]) -> RetrievalResult:
        """Return everything, with the noise assumed in each step."""
        return RetrievalResult(
            self.patterns,
            self.n_steps,
            self.converged,
            Potentials(self.finite, self.infinite),
            np.array(noise),
            states=None if self.states is None else np.array(self.states),
        )


def iterate(
    evaluator: Evaluator,
    queries: States,
    procedure: Procedure,
    noise: NoiseSource,
) -> RetrievalResult:
    """Retrieve with hard states.

    Parameters
    ----------
    evaluator : Evaluator
        Computes potentials.
    queries : ndarray of 0 and 1, shape (n_queries, n_units)
    procedure : Procedure
    noise : NoiseSource
        Supplies the noise of each step.

    Returns
    -------
    RetrievalResult
    """
    answers = Answers(len(queries), evaluator.n_outputs, procedure.keep_states)
    states = queries.copy()
    running = np.arange(len(queries))
    history = []
    for step in range(1, procedure.max_steps + 1):
        if not len(running):
            break
        history.append(noise.current)
        state = states[running]
        x = potentials_of_step(evaluator, procedure, noise, step, running, state, queries[running])
        answer = procedure.activation.activate(x, running, state)
        answers.record(step, running, answer, x)
        if not evaluator.statistics.shared:  # outputs are no inputs of a further step
            answers.converged[:] = True
            break
        new = answer
        if step <= len(procedure.schedule):
            number = procedure.schedule[step - 1]
            new = procedure.activation.activate(x, running, state, number)
        posterior = procedure.activation.posterior(x, running) if noise.needs_posterior else None
        settled = noise.update(step, running, new, posterior)
        finished = settled & (step > len(procedure.schedule)) & (new == state).all(axis=1)
        answers.converged[running] = finished
        states[running] = new
        running = running[~finished]
    return answers.result(history)


def potentials_of_step(
    evaluator: Evaluator,
    procedure: Procedure,
    noise: NoiseSource,
    step: int,
    which: Indices,
    state: States,
    queries: States,
) -> Potentials:
    """Return the potentials of one step with the own terms that belong to it."""
    own_term = not procedure.clamp and (
        procedure.self_term == "always" or (procedure.self_term == "first" and step == 1)
    )
    if step == 1 or noise.constant:
        x = evaluator.given(state, procedure.channel, own_term)
    elif noise.per_query:
        x = evaluator.estimated_each(state, noise.current[which], own_term)
    else:
        # Rows and matrix agree up to the interpolation of silent sums only: a choice by the size of
        # the batch is left to estimates that depend on the batch anyway.
        x = evaluator.estimated(state, noise.current, own_term, may_use_rows=noise.of_batch)
    if procedure.clamp and procedure.channel is not None:
        x = add(x, own_evidence(queries, procedure.channel))
    return x


def own_evidence(queries: States, channel: Channel) -> Potentials:
    """Return the evidence of each query about its own units, log rho(q_j).

    log((1 - e10) / e01) for active units, log(e10 / (1 - e01)) for silent ones; shape
    (n_queries, n_units).
    """
    active = difference(plog(np.array(1 - channel.e10)), plog(np.array(channel.e01)))
    silent = difference(plog(np.array(channel.e10)), plog(np.array(1 - channel.e01)))
    return choose(queries, active, silent)
