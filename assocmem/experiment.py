"""Experiments: what is stored and asked, how it is answered, with which random numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assocmem import measures, patterns
from assocmem._validation import choice, real_number, whole_number
from assocmem.channel import Channel
from assocmem.decoders import DECODERS, Decoder
from assocmem.memory import AssociativeMemory
from assocmem.noise import NOISE_MODES
from assocmem.rules import find
from assocmem.rules.base import Rule

ENSEMBLES = ("palm", "bernoulli", "block", "prototypes")


@dataclass(frozen=True)
class Task:
    """The patterns to store and the queries to answer.

    Parameters
    ----------
    n_units, n_active : int
        Numbers of units n and (mean) active units k.
    completeness, addition : float, default 0.8 and 0.2
        Fractions lambda and kappa of correct and of wrong active units of a query, relative to k.
    ensemble : {"palm", "bernoulli", "block", "prototypes"}
        Kind of patterns; Bernoulli patterns get independent query noise, others exact numbers.
    n_prototypes, similarity : int and float, default 20 and 0.5
        For ``"prototypes"``, see `assocmem.patterns.prototypes`.

    Raises
    ------
    ValueError
        If an argument is out of range.
    """

    n_units: int
    n_active: int
    completeness: float = 0.8
    addition: float = 0.2
    ensemble: str = "palm"
    n_prototypes: int = 20
    similarity: float = 0.5

    def __post_init__(self) -> None:
        choice("ensemble", self.ensemble, ENSEMBLES)
        whole_number("n_active", self.n_active, 1, whole_number("n_units", self.n_units, 1))
        whole_number("n_prototypes", self.n_prototypes, 1)
        real_number("similarity", self.similarity, 0, 1)
        _ = self.channel  # checks the noise

    def __str__(self) -> str:
        """The task in the notation of the field."""
        correlated = (
            f", {self.n_prototypes} prototypes, similarity {self.similarity:g}"
            if self.ensemble == "prototypes"
            else ""
        )
        return (
            f"{self.ensemble}, n = {self.n_units}, k = {self.n_active}, "
            f"λ = {self.completeness:g}, κ = {self.addition:g}{correlated}"
        )

    @property
    def channel(self) -> Channel:
        """The noise of the queries."""
        return Channel.of_query(
            self.completeness, self.addition, n_units=self.n_units, n_active=self.n_active
        )

    def draw(self, n_patterns: int, rng: Any) -> NDArray[np.uint8]:
        """Return patterns, shape (n_patterns, n_units); the first ones are always the same."""
        make = getattr(patterns, self.ensemble)
        more: dict[str, Any] = {}
        if self.ensemble == "prototypes":
            more = {"n_prototypes": self.n_prototypes, "similarity": self.similarity}
        return np.asarray(make(n_patterns, self.n_units, self.n_active, rng=rng, **more))

    def corrupt(self, stored: NDArray[np.uint8], rng: Any) -> NDArray[np.uint8]:
        """Return one query for each pattern."""
        independent = self.ensemble == "bernoulli"
        queries: NDArray[np.uint8] = patterns.corrupt(
            stored,
            completeness=self.completeness,
            addition=self.addition,
            independent=independent,
            n_active=self.n_active if independent else None,
            rng=rng,
        )
        return queries


@dataclass(frozen=True)
class Outcome:
    """What one memory answered.

    Attributes
    ----------
    misses, false_alarms : ndarray of int, shape (n_queries,)
        Wrong units of each answer.
    counts : ndarray of int, shape (4,)
        Sums of false alarms, misses, silent units, and active units of the patterns.
    """

    misses: NDArray[np.intp]
    false_alarms: NDArray[np.intp]
    counts: NDArray[np.intp]

    @classmethod
    def of(cls, answers: NDArray[np.uint8], asked: NDArray[np.uint8]) -> Outcome:
        """Compare answers with the patterns that were asked for."""
        misses = measures.misses(answers, asked)
        false_alarms = measures.false_alarms(answers, asked)
        active = int(np.count_nonzero(asked))
        sums = [false_alarms.sum(), misses.sum(), asked.size - active, active]
        return cls(misses, false_alarms, np.array(sums, np.intp))

    @property
    def n_errors(self) -> int:
        """Number of wrong units in all answers."""
        return int(self.counts[:2].sum())

    def errors(self, task: Task) -> NDArray[np.float64]:
        """Return the output error of each query, relative to the (mean) k of the task."""
        return (self.misses + self.false_alarms) / task.n_active


@dataclass(frozen=True)
class Method:
    """A rule and the way of retrieval.

    Parameters
    ----------
    label : str
        Name in tables and plots.
    rule : str or Rule, default "bayes"
        The learning rule.
    settings : dict
        Keyword arguments of `AssociativeMemory.retrieve`, e.g. ``{"noise": "batch"}``.
    core : float, optional
        Core retrieval: the fraction of k that is active in the first two steps.
    """

    label: str
    rule: str | Rule = "bayes"
    settings: dict[str, Any] = field(default_factory=dict)
    core: float | None = None

    @classmethod
    def parse(cls, text: str) -> Method:
        """Return the method for a notation such as ``"bayes+batch+clamp+core80"``.

        Parameters
        ----------
        text : str
            The name of a rule (or of a decoder, `assocmem.decoders`), then options joined by "+":
            an estimate of noise (``fixed``, ``posterior``, ``batch``, ``calibrated``, ``true``,
            ``soft``, ``search``), ``clamp``, ``one-step``, ``random-ties``, ``no-self`` (own terms
            never count), ``threshold`` (units above 0 instead of the right number of winners: k is
            unknown), ``willshaw-threshold`` (all active inputs support the unit), ``coreP`` with P
            the percentage of k active in the first two steps.

        Raises
        ------
        ValueError
            If the rule or an option is unknown, or two options contradict each other.
        """
        rule, *options = text.split("+")
        if rule not in DECODERS:
            find(rule)
        elif set(options) - {"threshold"}:
            raise ValueError(f"method: {rule!r} knows no option but 'threshold', not {text!r}")
        settings: dict[str, Any] = {}
        core = None
        switches = {
            "clamp": ("clamp", True),
            "one-step": ("max_steps", 1),
            "random-ties": ("ties", "random"),
            "no-self": ("self_term", "never"),
            "threshold": ("activation", "threshold"),
            "willshaw-threshold": ("activation", "willshaw"),
        } | {mode: ("noise", mode) for mode in NOISE_MODES}
        for option in options:
            if option in switches:
                name, value = switches[option]
                if settings.setdefault(name, value) != value:
                    raise ValueError(f"method: {text!r} has two options for {name!r}")
            elif option.startswith("core") and option[4:].isdigit():
                core = int(option[4:]) / 100
            else:
                known = ", ".join([*switches, "core80"])
                raise ValueError(
                    f"method: {text!r} has an unknown option {option!r}; known: {known}"
                )
        return cls(text, rule, settings, core)

    def errors(
        self, task: Task, n_patterns: int, n_queries: int, streams: Streams
    ) -> NDArray[np.float64]:
        """Return the output error of each query of one memory, shape (at most n_queries,)."""
        return self.outcome(task, n_patterns, n_queries, streams).errors(task)

    def memory(self, n_units: int) -> AssociativeMemory | Decoder:
        """Return an empty memory (or decoder, for the names in `DECODERS`)."""
        if isinstance(self.rule, str) and self.rule in DECODERS:
            return DECODERS[self.rule](n_units)
        return AssociativeMemory(n_units, rule=self.rule)

    def outcome(self, task: Task, n_patterns: int, n_queries: int, streams: Streams) -> Outcome:
        """Return what one memory with `n_patterns` patterns answers to `n_queries` queries."""
        stored = task.draw(n_patterns, streams.generator("patterns"))
        asked = stored[:n_queries]
        queries = task.corrupt(asked, streams.generator("queries"))
        memory = self.memory(task.n_units)
        memory.store(stored)
        activation = "block-winners" if task.ensemble == "block" else "winners"
        settings: dict[str, Any] = {"activation": activation} | self.settings
        if settings["activation"] in ("winners", "block-winners"):
            fixed_number = task.ensemble != "bernoulli"
            settings["n_active"] = (
                task.n_active if fixed_number else asked.sum(axis=1, dtype=np.intp)
            )
        if self.core is not None:
            settings["schedule"] = 2 * (round(self.core * task.n_active),)
        if settings.get("noise") == "true":
            settings["truth"] = asked
        if settings.get("noise") == "calibrated":
            settings["calibration"] = stored[: 2 * n_queries]
        rng = streams.generator("retrieval")
        out = memory.retrieve(queries, channel=task.channel, rng=rng, **settings)
        return Outcome.of(out.patterns, asked)


class Streams:
    """Random streams of one memory: the same ones whenever they are asked for."""

    NAMES = ("patterns", "queries", "retrieval")

    def __init__(self, root: np.random.SeedSequence, number: int) -> None:
        self.root, self.number = root, number

    def generator(self, name: str) -> np.random.Generator:
        """Return a fresh generator at the beginning of the stream `name`."""
        key = (*self.root.spawn_key, self.number, self.NAMES.index(name))
        return np.random.default_rng(np.random.SeedSequence(self.root.entropy, spawn_key=key))
