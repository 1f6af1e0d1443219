"""The arguments of `AssociativeMemory.retrieve`: checked, completed and carried out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assocmem._types import States
from assocmem._validation import binary, choice, flag, refusal, same_shape, whole_number
from assocmem.activation import Activation, BlockWinners, Winners, make_activation
from assocmem.channel import Channel, check_channel
from assocmem.evaluation import Evaluator
from assocmem.noise import (
    NOISE_MODES,
    FixedNoise,
    MeanNoise,
    NoiseSource,
    OwnNoise,
    ScheduledNoise,
)
from assocmem.patterns import corrupt, transmit
from assocmem.retrieval import Procedure, RetrievalResult, iterate
from assocmem.rules.base import Potentials
from assocmem.search import SMALLEST_NOISE, SearchSettings, search
from assocmem.soft import SoftRetrieval

SELF_TERMS = ("first", "never", "always")
TIES = ("index", "random")

#: Activations that choose a given number of units, so that core retrieval can choose fewer.
SELECTIVE = ("winners", "block-winners")


@dataclass(frozen=True)
class Request:
    """The arguments of `AssociativeMemory.retrieve`, described there."""

    channel: Channel | None
    activation: str
    n_active: ArrayLike | None
    max_steps: int
    noise: str
    clamp: bool
    schedule: Sequence[int]
    self_term: str | None
    ties: str
    states: bool
    n_starts: int | None
    saturate: bool | None
    generator: np.random.Generator

    def answer(
        self,
        evaluator: Evaluator,
        queries: States,
        truth: ArrayLike | None,
        calibration: ArrayLike | None,
    ) -> RetrievalResult:
        """Check everything and retrieve.

        Parameters
        ----------
        evaluator : Evaluator
            Of the memory.
        queries : ndarray of 0 and 1, shape (n_queries, n_units)
        truth, calibration : array_like, optional
            As for `AssociativeMemory.retrieve`.
        """
        self._check(evaluator)
        procedure = self._procedure(evaluator, len(queries))
        source = self._noise_source(len(queries), _truth(truth, queries, self.noise))
        calibrating = _calibration(calibration, queries.shape[1], self.noise)
        searching = self._search_settings(evaluator, procedure, len(queries))
        soft = None
        if self.noise == "soft" and self.channel is not None:
            soft = SoftRetrieval(evaluator, queries, procedure, self.channel)
        if not evaluator.statistics.n_patterns:
            nothing = _nothing(len(queries), evaluator.n_outputs, source, self.states)
            return nothing if searching is None else _unknown(nothing, searching.saturate)
        if searching is not None and self.channel is not None:
            channel = self.channel.limited(SMALLEST_NOISE)
            one_step = replace(
                procedure, channel=channel, max_steps=1, schedule=(), clamp=False, keep_states=False
            )
            first = iterate(evaluator, queries, one_step, FixedNoise(channel, len(queries)))
            pairs = evaluator.pairs()
            return search(pairs, evaluator.statistics, queries, channel, first, searching)
        if soft is not None:
            return soft.run()
        if calibrating is not None:
            source = ScheduledNoise(self._calibrate(evaluator, calibrating), len(queries))
        return iterate(evaluator, queries, procedure, source)

    def _check(self, evaluator: Evaluator) -> None:
        rule = evaluator.rule
        choice("noise", self.noise, NOISE_MODES)
        flag("clamp", self.clamp)
        flag("states", self.states)
        choice("ties", self.ties, TIES)
        if self.self_term is not None:
            choice("self_term", self.self_term, SELF_TERMS)
        if self.noise not in ("fixed", "search"):
            _ = evaluator.adaptive_rule  # refuses rules for which noise has no meaning
        if self.clamp and not rule.probabilistic:
            raise ValueError(
                f"clamp: must be False with the rule {rule.name!r}, whose potentials are no log "
                "odds to which the evidence of the query could be added"
            )
        if not evaluator.statistics.shared:
            self._refuse_iteration()
        needs_channel = rule.uses_channel or self.clamp or self.noise != "fixed"
        check_channel(self.channel, rule.name if needs_channel else None)
        if len(_sequence(self.schedule)) and self.activation not in SELECTIVE:
            raise ValueError(
                f"schedule: needs activation 'winners' or 'block-winners', not {self.activation!r}"
            )

    def _search_settings(
        self, evaluator: Evaluator, procedure: Procedure, n_queries: int
    ) -> SearchSettings | None:
        """Return the settings of ``noise="search"``, or refuse them with another `noise`."""
        if self.noise != "search":
            for name in ("n_starts", "saturate"):
                if getattr(self, name) is not None:
                    raise ValueError(
                        f"{name}: must be left out unless noise is 'search', not {self.noise!r}"
                    )
            return None
        if not evaluator.rule.has_pair_evidence:
            raise ValueError(
                f"noise: 'search' needs a rule with evidence of pairs ('bayes' or "
                f"'bcpnn-shrunk'), not {evaluator.rule.name!r}"
            )
        activation = procedure.activation
        n_active, n_blocks = None, None
        if isinstance(activation, Winners):
            n_active = activation.n_active
        elif isinstance(activation, BlockWinners):
            n_blocks = activation.n_blocks
            n_active = np.full(n_queries, n_blocks)
        n_starts = 16 if self.n_starts is None else self.n_starts
        return SearchSettings(
            n_active,
            n_blocks,
            whole_number("n_starts", n_starts, 0),
            True if self.saturate is None else flag("saturate", self.saturate),
            self.states,
        )

    def _refuse_iteration(self) -> None:
        """Refuse what hetero-association, which makes one step without own terms, cannot do."""
        unsuitable = {
            "noise": (self.noise, "fixed"),
            "clamp": (self.clamp, False),
            "schedule": (_sequence(self.schedule), ()),
            "self_term": (self.self_term, None),
        }
        for name, (value, only) in unsuitable.items():
            if value != only and (name, value) != ("self_term", "never"):
                raise ValueError(
                    f"{name}: must be {only!r} in hetero-association, which makes one step from "
                    f"inputs to outputs, not {value!r}"
                )

    def _procedure(self, evaluator: Evaluator, n_queries: int) -> Procedure:
        shared = evaluator.statistics.shared
        self_term = evaluator.rule.self_term if self.self_term is None else self.self_term
        return Procedure(
            self._activation(evaluator, n_queries),
            self.channel,
            whole_number("max_steps", self.max_steps, 1),
            self._checked_schedule(),
            self.clamp,
            self_term if shared else "never",
            self.states,
        )

    def _activation(self, evaluator: Evaluator, n_queries: int) -> Activation:
        order = None
        if self.ties == "random":
            # A stream for each query, so that a batch equals its queries one by one.
            streams = self.generator.spawn(n_queries)
            shape = (n_queries, evaluator.n_outputs)
            order = np.array([stream.random(shape[1]) for stream in streams]).reshape(shape)
        return make_activation(
            self.activation,
            rule=evaluator.rule,
            n_active=self.n_active,
            n_queries=n_queries,
            n_units=evaluator.n_outputs,
            order=order,
        )

    def _checked_schedule(self) -> tuple[int, ...]:
        largest = None
        if self.activation in SELECTIVE and self.n_active is not None:
            largest = int(np.max(np.asarray(self.n_active), initial=0))
        return tuple(
            whole_number("schedule", number, 0, largest) for number in _sequence(self.schedule)
        )

    def _noise_source(self, n_queries: int, truth: States | None) -> NoiseSource:
        if self.noise == "batch":
            return MeanNoise(self.channel, n_queries)
        if self.noise in ("posterior", "true"):
            return OwnNoise(self.channel, n_queries, truth)
        return FixedNoise(self.channel, n_queries)

    def _calibrate(self, evaluator: Evaluator, patterns: States) -> NDArray[np.float64]:
        """Return the mean true noise of each step of a simulated retrieval of `patterns`."""
        if self.channel is None:
            raise TypeError("channel: must be given")
        queries = _simulated_queries(patterns, self.channel, self.generator)
        numbers = self.n_active
        if numbers is not None and np.ndim(numbers):
            numbers = patterns.sum(axis=1, dtype=np.intp)
        procedure = replace(self, n_active=numbers)._procedure(evaluator, len(patterns))
        source = MeanNoise(self.channel, len(patterns), patterns)
        noise = iterate(evaluator, queries, procedure, source).noise
        return np.vstack([noise, source.current])


def _sequence(schedule: Sequence[int]) -> tuple[int, ...]:
    if isinstance(schedule, str) or not np.iterable(schedule):
        raise refusal("schedule", "a sequence of whole numbers, such as (6, 6)", schedule)
    return tuple(schedule)


def _simulated_queries(
    patterns: States, channel: Channel, generator: np.random.Generator
) -> States:
    """Return fresh queries: exact numbers of errors if all activities are equal, else flips."""
    activities = patterns.sum(axis=1, dtype=np.intp)
    k, n_units = int(activities[0]), patterns.shape[1]
    if (activities != k).any() or not k:
        return transmit(patterns, channel, rng=generator)
    addition = channel.e01 * (n_units - k) / k
    return corrupt(patterns, completeness=1 - channel.e10, addition=addition, rng=generator)


def _truth(truth: ArrayLike | None, queries: States, noise: str) -> States | None:
    if noise != "true":
        if truth is not None:
            raise ValueError(f"truth: must be left out unless noise is 'true', not {noise!r}")
        return None
    if truth is None:
        raise ValueError("truth: must be given with noise 'true' (the patterns to be found)")
    patterns = np.atleast_2d(binary("truth", truth, queries.shape[1]))
    same_shape("truth", patterns, "queries", queries)
    return patterns


def _calibration(calibration: ArrayLike | None, n_units: int, noise: str) -> States | None:
    if noise != "calibrated":
        if calibration is not None:
            raise ValueError(
                f"calibration: must be left out unless noise is 'calibrated', not {noise!r}"
            )
        return None
    if calibration is None:
        raise ValueError("calibration: must be given with noise 'calibrated' (stored patterns)")
    patterns = np.atleast_2d(binary("calibration", calibration, n_units))
    if not len(patterns):
        raise ValueError("calibration: must hold at least one pattern, not none")
    return patterns


def _nothing(
    n_queries: int, n_outputs: int, source: NoiseSource, keep_states: bool
) -> RetrievalResult:
    """Return the answers of an empty memory."""
    shape = (n_queries, n_outputs)
    return RetrievalResult(
        np.zeros(shape, np.uint8),
        np.zeros(n_queries, np.intp),
        np.ones(n_queries, bool),
        Potentials(np.zeros(shape), np.zeros(shape, np.int32)),
        source.current[None],
        states=np.zeros((0, *shape), np.uint8) if keep_states else None,
    )


def _unknown(nothing: RetrievalResult, saturate: bool) -> RetrievalResult:
    """Return the answers of an empty memory as those of a search: nothing is known."""
    impossible = np.full(len(nothing.patterns), -np.inf)
    background = np.zeros(len(impossible)) if saturate else nothing.background
    return replace(nothing, score=impossible, evidence=impossible, background=background)
