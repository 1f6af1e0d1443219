"""The associative memory: counts of stored patterns, and everything derived from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array, issparse

from assocmem import saving
from assocmem._validation import binary, flag, random_generator, unit_numbers, whole_number
from assocmem.channel import Channel, check_channel
from assocmem.content import Content
from assocmem.evaluation import Evaluator
from assocmem.learning import PatternStatistics, to_sparse
from assocmem.request import Request
from assocmem.retrieval import RetrievalResult
from assocmem.rules import RULES, find
from assocmem.rules.base import Potentials, Rule
from assocmem.weights import Weights, with_own_terms

#: Bytes of a weight, its finite part and its count of infinities; bytes of those that are handed
#: out at once where storage is sparse.
WEIGHT_BYTES, LARGEST_WEIGHTS = 12, 2 * 10**9


class AssociativeMemory(Content):
    """A neural associative memory with one layer of synapses.

    Stores binary patterns by counting how often units are active together, and retrieves them
    from noisy or incomplete queries. Only counts are kept, so that storing is incremental,
    independent of order, and can be undone.

    Parameters
    ----------
    n_units : int
        Number of (input) units n.
    n_outputs : int, optional
        Number of output units, for hetero-association. Default: auto-association, in which the
        units are inputs and outputs at once.
    rule : str or Rule, default "bayes"
        Name of a registered rule (`assocmem.rules.RULES`), or an instance of a rule of your own.
    storage : {"dense", "sparse", "auto"}, default "dense"
        How coincidences are kept: all n^2 of them, or only those of pairs that were active
        together (5 bytes each), for up to 10^5 sparsely active units. ``"auto"`` chooses when
        the first patterns are stored, logs its choice, and `storage` tells it. Sparse storage
        knows no `decay`, and hands out `weights` of some inputs at a time.

    Raises
    ------
    ValueError
        If a number is not a positive whole number, or no rule has this name.

    References
    ----------
    A. Knoblauch, "Neural auto-association with optimal Bayesian learning", arXiv:2412.18349 (2024).
    A. Knoblauch, "Neural associative memory with optimal Bayesian learning", Neural Computation
    23:1393 (2011).

    Examples
    --------
    >>> import numpy as np
    >>> from assocmem import AssociativeMemory, Channel
    >>> memory = AssociativeMemory(6)
    >>> memory.store([[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]])
    >>> channel = Channel.of_query(2 / 3, 0, n_units=6, n_active=3)
    >>> memory.retrieve([1, 1, 0, 0, 0, 0], channel=channel, n_active=3).patterns
    array([1, 1, 1, 0, 0, 0], dtype=uint8)
    """

    def __init__(
        self,
        n_units: int,
        *,
        n_outputs: int | None = None,
        rule: str | Rule = "bayes",
        storage: str = "dense",
    ) -> None:
        self.rule = find(rule)
        super().__init__(n_units, n_outputs, storage)

    def __repr__(self) -> str:
        outputs = "" if self.is_auto else f", n_outputs={self.n_outputs}"
        storage = "" if self.storage == "dense" else f", storage={self.storage!r}"
        return (
            f"<AssociativeMemory({self.n_units}{outputs}, rule={self.rule.name!r}{storage}) "
            f"with {self.n_patterns:.12g} patterns>"
        )

    def _hold(self, statistics: PatternStatistics) -> None:
        super()._hold(statistics)
        self._evaluator = Evaluator(statistics, self.rule)

    def _changed(self) -> None:
        self._evaluator.clear()

    def potentials(
        self, queries: ArrayLike, channel: Channel | None = None, self_term: bool = True
    ) -> Potentials:
        """Return the potentials of all outputs, in double precision.

        Parameters
        ----------
        queries : array_like, shape (n_queries, n_units) or (n_units,)
            Zeros and ones.
        channel : Channel, optional
            Noise of the queries; required for rules whose weights depend on it
            (`Rule.uses_channel`: bayes, bcp, bcpnn-noise, bcpnn-full).
        self_term : bool, default True
            Whether the own term i = j is included (auto-association only).

        Returns
        -------
        Potentials
            `finite` (n_queries, n_outputs) float64 and `infinite` (same shape) int32. For
            probabilistic rules natural-log odds that the output is active, for others plain sums.

        Raises
        ------
        ValueError
            If the memory is empty, a required channel is missing, or the queries are not binary.
        """
        inputs = binary("queries", queries, self.n_units)
        self._require_patterns("potentials")
        x = self._evaluator.given(
            np.atleast_2d(inputs),
            self._check_channel(channel),
            own_term=flag("self_term", self_term) and self.is_auto,
            exact=True,
        )
        infinite = np.zeros(x.finite.shape, np.int32) if x.infinite is None else x.infinite
        if inputs.ndim == 1:
            return Potentials(x.finite[0], infinite[0])
        return Potentials(x.finite, infinite)

    def weights(
        self, channel: Channel | None = None, *, inputs: ArrayLike | None = None
    ) -> Weights:
        """Return weights and biases in double precision, own terms included.

        Parameters
        ----------
        channel : Channel, optional
            Noise of the queries; required for rules whose weights depend on it
            (`Rule.uses_channel`: bayes, bcp, bcpnn-noise, bcpnn-full).
        inputs : array_like of int, shape (n_inputs,), optional
            Numbers of the input units whose weights are wanted. Default: all. The biases always
            are those of all outputs.

        Returns
        -------
        Weights
            A pair (weights, biases) of `Potentials`, of shapes (n_inputs, n_outputs) and
            (n_outputs,).

        Raises
        ------
        ValueError
            If the memory is empty, a required channel is missing, a number is none of a unit, or
            sparse storage would have to hand out more than `LARGEST_WEIGHTS` bytes.
        """
        self._require_patterns("weights")
        channel = self._check_channel(channel)
        if inputs is None:
            units = np.arange(self.n_units)
        else:
            units = unit_numbers("inputs", inputs, self.n_units)
        size = len(units) * self.n_outputs * WEIGHT_BYTES
        if self._is_sparse and size > LARGEST_WEIGHTS:
            raise ValueError(
                f"weights: those of {len(units)} inputs to {self.n_outputs} outputs would take "
                f"{size / 1e9:.3g} GB, which sparse storage is there to avoid; ask for those of "
                "fewer inputs, e.g. inputs=[0, 1]"
            )
        return with_own_terms(self._evaluator.exact(channel), units)

    def retrieve(
        self,
        queries: ArrayLike,
        *,
        channel: Channel | None = None,
        activation: str = "winners",
        n_active: ArrayLike | None = None,
        max_steps: int = 10,
        noise: str = "fixed",
        clamp: bool = False,
        schedule: Sequence[int] = (),
        self_term: str | None = None,
        ties: str = "index",
        truth: ArrayLike | None = None,
        calibration: ArrayLike | None = None,
        states: bool = False,
        n_starts: int | None = None,
        saturate: bool | None = None,
        rng: Any = None,
    ) -> RetrievalResult:
        """Retrieve patterns from queries, by up to `max_steps` steps.

        Parameters
        ----------
        queries : array_like or sparse array, shape (n_queries, n_units) or (n_units,)
            Zeros and ones. For sparse queries, the patterns of the result are sparse, too.
        channel : Channel, optional
            Assumed noise of the queries; required for rules whose weights depend on it
            (bayes, bcp, bcpnn-noise, bcpnn-full), for `clamp`, and for any `noise` but "fixed".
        activation : {"winners", "threshold", "block-winners", "willshaw"}
            Which units become active: the `n_active` largest potentials; those of at least 0; the
            largest in each of `n_active` blocks; those that all active inputs support.
        n_active : int or array_like of int, shape (n_queries,), optional
            Number k of winners, or of blocks; required for ``"winners"`` and ``"block-winners"``,
            without influence on the others.
        max_steps : int, default 10
            Largest number of steps; hetero-association always makes one.
        noise : {"fixed", "posterior", "batch", "calibrated", "true", "soft", "search"}
            Noise assumed from step 2 on: that of the query; estimated from the posteriors of each
            query; from their mean over the batch; from simulated retrievals of `calibration`;
            known from `truth`; a reliability of each unit (bayes and bcpnn-full only). Or, in
            place of steps, a search for the whole pattern that explains the query best ("grow
            and verify", bayes and bcpnn-shrunk only); with ``activation="threshold"`` its number
            of active units is open.
        clamp : bool, default False
            Whether each unit of the query keeps its own evidence log rho(q_j) in all steps, in
            place of own terms. Probabilistic rules only.
        schedule : sequence of int, default ()
            Core retrieval: numbers of winners in the first steps.
        self_term : {"first", "never", "always"}, optional
            In which steps the own term i = j counts. Default "first", for willshaw "always".
            Without influence if `clamp` is true or `noise` is "soft" or "search", which
            `max_steps` (for "search"), `schedule` and `clamp` do not influence either.
        ties : {"index", "random"}
            Which of equal potentials wins: the smaller index, or a random order of the units,
            drawn once for each query from a stream of its own.
        truth : array_like, shape of `queries`, optional
            The patterns to be found; for `noise` "true" only.
        calibration : array_like, shape (n_calibration, n_units), optional
            Stored patterns, for `noise` "calibrated" only.
        states : bool, default False
            Whether the result also holds the answers after every step.
        n_starts : int, default 16
            For `noise` "search": from how many units candidates grow; 4 suffice unless half of
            the query is wrong.
        saturate : bool, default True
            For `noise` "search": whether more evidence counts less the surer it is that a
            pattern was stored. False finds prototypes of the stored patterns.
        rng : int, numpy.random.Generator or None
            Source of random ties and of calibration queries.

        Returns
        -------
        RetrievalResult

        Raises
        ------
        ValueError
            If an argument is out of range, missing, or has no meaning with the others.

        Notes
        -----
        Estimates ``"batch"`` depend on the whole batch; with all others each query is retrieved
        as if it were alone. An empty memory answers with zeros.
        """
        inputs = binary("queries", queries, self.n_units)
        needs_entropy = ties == "random" or noise == "calibrated"
        request = Request(
            channel=channel,
            activation=activation,
            n_active=n_active,
            max_steps=max_steps,
            noise=noise,
            clamp=clamp,
            schedule=schedule,
            self_term=self_term,
            ties=ties,
            states=states,
            n_starts=n_starts,
            saturate=saturate,
            # Entropy costs more than a small retrieval that needs none.
            generator=random_generator(0 if rng is None and not needs_entropy else rng),
        )
        result = request.answer(self._evaluator, np.atleast_2d(inputs), truth, calibration)
        if inputs.ndim == 1:
            result = result.first()
        if not issparse(queries):
            return result
        if inputs.ndim == 1:
            return replace(result, patterns=coo_array(result.patterns))
        return replace(result, patterns=to_sparse(result.patterns, np.uint8))

    def recall_sequence(
        self,
        start: ArrayLike,
        *,
        n_steps: int,
        channel: Channel | None = None,
        activation: str = "winners",
        n_active: int | None = None,
    ) -> NDArray[np.uint8]:
        """Recall a sequence: each answer is the query of the next step.

        Store each pattern with its successor before: ``store(sequence[:-1], sequence[1:])`` in a
        memory with as many outputs as inputs.

        Parameters
        ----------
        start : array_like, shape (n_units,)
            The (noisy) pattern to begin with.
        n_steps : int
            Number of steps.
        channel, activation, n_active
            As for `retrieve`; the noise is assumed in every step.

        Returns
        -------
        ndarray of uint8, shape (n_steps, n_units)
            The successors of `start`, one after the other.

        Raises
        ------
        ValueError
            If outputs are not as many as inputs, or an argument is out of range.
        """
        state = binary("start", start, self.n_units)
        if self.is_auto or self.n_outputs != self.n_units or state.ndim != 1:
            raise ValueError(
                "recall_sequence: needs one start and a hetero-associative memory with as many "
                f"outputs as inputs (n_outputs={self.n_units})"
            )
        answers = np.zeros((whole_number("n_steps", n_steps), self.n_units), np.uint8)
        for answer in answers:
            out = self.retrieve(state, channel=channel, activation=activation, n_active=n_active)
            answer[:] = state = out.patterns
        return answers

    def evidence(self, patterns: ArrayLike) -> NDArray[np.float64]:
        """Return the log odds that patterns were stored: the (negative) energy of Hopfield codes.

        E(u) = log M + sum_i log P(u_i) + sum_{i<j} log [P(u_i, u_j) / (P(u_i) P(u_j))], all pairs
        of units taken for independent, active and silent ones alike, with frequencies among the
        stored patterns as probabilities. Large for stored patterns, and for mixtures of their
        parts as far as pairs cannot tell these from them.

        Parameters
        ----------
        patterns : array_like, shape (n_patterns, n_units) or (n_units,)
            Zeros and ones.

        Returns
        -------
        ndarray, shape (n_patterns,) (or a number for 1-D)
            In single precision of the pairs' terms.

        Raises
        ------
        ValueError
            If the memory is empty or hetero-associative, or the patterns are not binary.
        """
        states = binary("patterns", patterns, self.n_units)
        self._require_patterns("evidence")
        if not self.is_auto:
            raise ValueError("evidence: needs an auto-associative memory (n_outputs is None)")
        result = self._evaluator.pairs().evidence(np.atleast_2d(states))
        return np.asarray(result[0] if states.ndim == 1 else result)[()]

    def is_known(
        self,
        queries: ArrayLike,
        *,
        channel: Channel,
        activation: str = "winners",
        n_active: ArrayLike | None = None,
    ) -> NDArray[np.bool_]:
        """Tell for each query whether a stored pattern explains it better than an unknown one.

        Parameters
        ----------
        queries, channel, activation, n_active
            As for `retrieve`, whose ``noise="search"`` finds the best stored pattern.

        Returns
        -------
        ndarray of bool, shape (n_queries,) (or a bool for 1-D)
            Whether the score of that pattern exceeds the score of patterns whose units are
            active independently; an empty memory knows nothing.

        Raises
        ------
        ValueError
            As `retrieve`.
        """
        settings: dict[str, Any] = {"activation": activation, "n_active": n_active}
        out = self.retrieve(queries, channel=channel, noise="search", **settings)
        return np.asarray(out.is_known)[()]

    def save(self, path: str | PathLike[str]) -> None:
        """Write the memory to a compressed NumPy archive (npz).

        Parameters
        ----------
        path : str or path
            File to write; the name is used as given. An existing one is replaced once the new
            one is complete: a full disk leaves it as it was.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        saving.write(path, {"rule": np.array(self.rule.name), **self._saved()})

    @classmethod
    def load(
        cls, path: str | PathLike[str], *, rule: str | Rule | None = None
    ) -> AssociativeMemory:
        """Read a memory that `save` has written.

        Parameters
        ----------
        path : str or path
            The file.
        rule : str or Rule, optional
            Rule to use in place of the saved name; needed for rules that are not registered or
            have parameters of their own.

        Returns
        -------
        AssociativeMemory

        Raises
        ------
        ValueError
            If the file holds no memory, is damaged or of a later version, holds counts that
            contradict each other, or names a rule that is not registered.
        OSError
            If the file cannot be opened.
        """
        content = saving.read(path)
        n_units, n_outputs = content["coincidences"].shape
        if rule is None and content["rule"] not in RULES:
            raise ValueError(
                f"{path}: was saved with the rule {content['rule']!r}, which is not registered; "
                "pass rule=, an instance of it or another one"
            )
        rule = find(content["rule"] if rule is None else rule)
        try:
            memory = cls(
                n_units,
                n_outputs=n_outputs if "output_usage" in content else None,
                rule=rule,
                storage=_storage_of(content),
            )
            memory._restore(content)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error
        return memory

    def _check_channel(self, channel: Channel | None) -> Channel | None:
        """Return the channel for weights, which rules that know no noise can do without."""
        return check_channel(channel, self.rule.name if self.rule.uses_channel else None)

    def _require_patterns(self, action: str) -> None:
        if not self.n_patterns:
            raise ValueError(f"{action}: the memory is empty; store patterns first")


def _storage_of(content: dict[str, Any]) -> str:
    """Return the storage of a saved memory, which may be still to be chosen."""
    if not content["n_patterns"] and content.get("storage") == "auto":
        return "auto"
    return "sparse" if issparse(content["coincidences"]) else "dense"
