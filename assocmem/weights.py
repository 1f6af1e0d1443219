"""Weight matrices: built in blocks that stay in cache, kept per channel, applied by gathering.

A potential is the bias of the output plus the weights of the active inputs,
``x_j = b_j + sum_{q_i = 1} w_ij`` with w = active - silent term and b = prior + sum_i silent term.
The own terms i = j are kept apart, because retrieval counts them in some steps only.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from assocmem.channel import Channel
from assocmem.learning import PatternStatistics, active_units
from assocmem.rules.base import LikelihoodRule, Potentials, Rule, difference, take

#: Synapses whose terms are computed at once: a few temporaries of this size fit the L2 cache.
BLOCK_SYNAPSES = 2**17

#: Bytes that weight matrices kept for later calls and one in the making may take together.
CACHE_BYTES = 10**9

#: Numbers gathered at once when rows are added up: 1 MB in single precision.
GATHER_NUMBERS = 2**18

NO_NOISE = Channel(0.0, 0.0)

T = TypeVar("T", bound="Kept")


class Weights(NamedTuple):
    """Weights and biases of a memory: x_j = b_j + sum of w_ij over the active inputs i.

    Attributes
    ----------
    weights : Potentials, shape (n_units, n_outputs), or (n_inputs, n_outputs) of some inputs
        w_ij from input i to output j, own terms i = j included; finite float64, infinite int.
    biases : Potentials, shape (n_outputs,)
        b_j, prior and silent terms.
    """

    weights: Potentials
    biases: Potentials


@dataclass(frozen=True)
class WeightMatrix:
    """Weights, biases and own terms of one rule, one channel and one state of the memory.

    Attributes
    ----------
    weights : Potentials, shape (n_inputs, n_outputs)
        Without the own terms: zero on the diagonal for auto-association. `infinite` is None where
        all counts are zero.
    bias : Potentials, shape (n_outputs,)
        Prior plus all silent terms but the own one, double precision.
    own_active, own_silent : Potentials, shape (n_outputs,), or None
        Own terms for an active and a silent unit; None for hetero-association.
    """

    weights: Potentials
    bias: Potentials
    own_active: Potentials | None
    own_silent: Potentials | None

    @property
    def nbytes(self) -> int:
        """Bytes of the weights."""
        return sum(part.nbytes for part in self.weights if part is not None)

    def potentials(self, inputs: NDArray[np.uint8]) -> Potentials:
        """Return the potentials of all outputs without own terms, shape (n_queries, n_outputs)."""
        infinite = None
        if self.weights.infinite is not None:
            infinite = gather(self.weights.infinite, inputs, np.int32)
        return with_bias(gather(self.weights.finite, inputs), infinite, self.bias)

    def rows(self, units: NDArray[np.intp]) -> Potentials:
        """Return the weights of some inputs, zero for own ones, shape (n_rows, n_outputs)."""
        return take(self.weights, units)

    def own(self, inputs: NDArray[np.uint8]) -> Potentials:
        """Return the own terms of all units, shape (n_queries, n_units)."""
        if self.own_active is None or self.own_silent is None:
            raise TypeError("own: hetero-association has no own terms")
        return choose(inputs, self.own_active, self.own_silent)


class AllWeights(Protocol):
    """Weights without own terms, however they are kept."""

    @property
    def bias(self) -> Potentials:
        """Prior and silent terms of all inputs, own ones left out, shape (n_outputs,)."""

    @property
    def own_active(self) -> Potentials | None:
        """Own terms of active units, shape (n_outputs,)."""

    @property
    def own_silent(self) -> Potentials | None:
        """Own terms of silent units, shape (n_outputs,)."""

    def rows(self, units: NDArray[np.intp]) -> Potentials:
        """Return the weights of some inputs, zero for own ones, shape (n_rows, n_outputs)."""


class Kept(Protocol):
    """What a cache can keep."""

    @property
    def nbytes(self) -> int:
        """Bytes that it takes."""


class WeightCache:
    """Matrices of one memory: weights per rule, channel and precision, and what else is as large.

    Parameters
    ----------
    statistics : PatternStatistics
        The content of the memory; call `clear` when it has changed.
    """

    def __init__(self, statistics: PatternStatistics) -> None:
        self.statistics = statistics
        self._matrices: OrderedDict[tuple[Any, ...], Kept] = OrderedDict()

    def clear(self) -> None:
        """Forget all matrices."""
        self._matrices.clear()

    def get(self, rule: Rule, channel: Channel | None, dtype: type[np.floating]) -> WeightMatrix:
        """Return the weight matrix, from the cache or new."""
        make = partial(build, self.statistics, rule, channel or NO_NOISE, dtype)
        return self.keep(self.key(rule, channel, dtype), dtype, make)

    @staticmethod
    def key(rule: Rule, channel: Channel | None, dtype: type[np.floating]) -> tuple[Any, ...]:
        """Return the key of a weight matrix."""
        return rule, channel.key() if channel is not None and rule.uses_channel else None, dtype

    def keep(self, key: tuple[Any, ...], dtype: type[np.generic], make: Callable[[], T]) -> T:
        """Return what `make` returns: a matrix of this type, from the cache or new."""
        if key not in self._matrices:
            self.make_room(dtype)
            self._matrices[key] = make()
        self._matrices.move_to_end(key)
        return cast(T, self._matrices[key])

    def find(self, key: tuple[Any, ...]) -> Any:
        """Return what is kept by this key, or None."""
        return self._matrices.get(key)

    def drop(self, key: tuple[Any, ...]) -> None:
        """Forget what is kept by this key."""
        self._matrices.pop(key, None)

    def make_room(self, dtype: type[np.generic]) -> None:
        """Drop the least recently used matrices until one more fits into `CACHE_BYTES`."""
        size = self.statistics.size * np.dtype(dtype).itemsize
        while self._matrices and size + self._kept_bytes() > CACHE_BYTES:
            self._matrices.popitem(last=False)

    def _kept_bytes(self) -> int:
        return sum(matrix.nbytes for matrix in self._matrices.values())


def build(
    statistics: PatternStatistics,
    rule: Rule,
    channel: Channel,
    dtype: type[np.floating],
    known_bias: Potentials | None = None,
) -> WeightMatrix:
    """Compute all weights of a rule, block by block, and the bias unless it is known."""
    n_inputs, n_outputs = statistics.shape
    weights = np.empty((n_inputs, n_outputs), dtype)
    infinite: NDArray[np.int16] | None = None
    bias = _Sum(n_outputs)
    own = (_Sum(n_outputs), _Sum(n_outputs))
    prior: Potentials | None = None
    for rows in blocks(n_inputs, n_outputs):
        terms = rule.terms(statistics.block(rows, dtype), channel)
        block, prior = terms.active, terms.prior
        if statistics.shared:
            for total, term in zip(own, (terms.active, terms.silent), strict=True):
                if term is not None:
                    total.add_diagonal(term, rows)
                    _clear_diagonal(term, rows.start)
        if terms.silent is not None:
            block = difference(terms.active, terms.silent)
            bias.add_rows(terms.silent)
        weights[rows] = block.finite
        if block.infinite is not None:
            if infinite is None:
                infinite = np.zeros((n_inputs, n_outputs), np.int16)
            infinite[rows] = block.infinite
    if prior is not None:
        bias.add(prior)
    own_active, own_silent = (total.result() if statistics.shared else None for total in own)
    sums = bias.result() if known_bias is None else known_bias
    return WeightMatrix(Potentials(weights, infinite), sums, own_active, own_silent)


def level_sum(
    statistics: PatternStatistics,
    rule: LikelihoodRule,
    ratio: float,
    keep: NDArray[np.float32] | None = None,
) -> Potentials:
    """Return the potentials if all inputs carry one likelihood ratio, without own terms.

    Parameters
    ----------
    statistics : PatternStatistics
        Content of the memory.
    rule : LikelihoodRule
        The rule whose evidence is added up.
    ratio : float
        P(symbol | u_i = 1) / P(symbol | u_i = 0), greater than 0.
    keep : ndarray, shape (n_inputs, n_outputs), optional
        Receives the evidence itself.

    Returns
    -------
    Potentials, shape (n_outputs,)
        Infinite only where the prior is.
    """
    n_inputs, n_outputs = statistics.shape
    total = _Sum(n_outputs)
    for rows in blocks(n_inputs, n_outputs):
        evidence = rule.evidence(statistics.block(rows, statistics.working_type), ratio, 1.0)
        if statistics.shared:
            _clear_diagonal(evidence, rows.start)
        total.add_rows(evidence)
        if keep is not None:
            keep[rows] = evidence.finite
    total.add(rule.settled_prior(statistics.block(slice(0, 1), np.float64)))
    total.finite[total.infinite != 0] = 0
    return total.result()


def blocks(n_inputs: int, n_outputs: int) -> Iterator[slice]:
    """Yield slices of inputs such that each block has about `BLOCK_SYNAPSES` synapses."""
    height = max(1, BLOCK_SYNAPSES // max(1, n_outputs))
    for start in range(0, n_inputs, height):
        yield slice(start, min(start + height, n_inputs))


def gather(
    rows: NDArray[Any], inputs: NDArray[np.uint8], dtype: type[np.number] | None = None
) -> NDArray[Any]:
    """Return ``inputs @ rows``, adding up the rows of the active inputs only.

    Parameters
    ----------
    rows : ndarray, shape (n_inputs, n_outputs)
    inputs : ndarray of 0 and 1, shape (n_queries, n_inputs)
    dtype : type, optional
        Type of the sums; default that of `rows`.

    Returns
    -------
    ndarray, shape (n_queries, n_outputs)
    """
    return gather_lists(rows, active_units(inputs), dtype)


def gather_lists(
    rows: NDArray[Any], lists: list[NDArray[np.intp]], dtype: type[np.number] | None = None
) -> NDArray[Any]:
    """Return, for each list of row numbers, the sum of these rows in this order."""
    sums = np.zeros((len(lists), rows.shape[1]), dtype or rows.dtype)
    height = max(1, GATHER_NUMBERS // max(1, rows.shape[1]))
    buffer = np.empty((min(height, max(1, rows.shape[0])), rows.shape[1]), rows.dtype)
    for total, units in zip(sums, lists, strict=True):
        for start in range(0, len(units), len(buffer)):
            part = units[start : start + len(buffer)]
            # Indices are valid by construction; mode "clip" spares NumPy a buffered copy.
            gathered = rows.take(part, axis=0, out=buffer[: len(part)], mode="clip")
            total += gathered.sum(axis=0, dtype=sums.dtype)
    return sums


def with_bias(
    finite: NDArray[Any], infinite: NDArray[np.int32] | None, bias: Potentials
) -> Potentials:
    """Return sums of weights plus the bias of each output, in the precision of the sums."""
    finite += bias.finite.astype(finite.dtype, copy=False)
    if bias.infinite is not None:
        counts = np.zeros(finite.shape, np.int32) if infinite is None else infinite
        infinite = counts + bias.infinite.astype(np.int32)
    return Potentials(finite, infinite)


def with_own_terms(matrix: AllWeights, inputs: NDArray[np.intp]) -> Weights:
    """Return the weights of some inputs with the own terms among them, in arrays of the caller."""
    weights, biases = _counted(matrix.rows(inputs)), _counted(matrix.bias)
    if matrix.own_active is None or matrix.own_silent is None:
        return Weights(weights, Potentials(*(part.copy() for part in biases)))
    active, silent = _counted(matrix.own_active), _counted(matrix.own_silent)
    place = np.arange(len(inputs)), inputs
    for part, own_active, own_silent in zip(weights, active, silent, strict=True):
        part[place] = (own_active - own_silent)[inputs]
    return Weights(weights, Potentials(*map(np.add, biases, silent)))


def choose(inputs: NDArray[np.uint8], if_active: Potentials, if_silent: Potentials) -> Potentials:
    """Return, for each unit of each query, one of two pairs."""
    active = inputs.astype(bool)
    finite = np.where(active, if_active.finite, if_silent.finite)
    if if_active.infinite is None and if_silent.infinite is None:
        return Potentials(finite)
    counts = [0 if part.infinite is None else part.infinite for part in (if_active, if_silent)]
    return Potentials(finite, np.where(active, *counts).astype(np.int32))


def add(left: Potentials, right: Potentials) -> Potentials:
    """Return the sum of two arrays of pairs that broadcast, in the precision of the left one."""
    finite = left.finite + right.finite.astype(left.finite.dtype, copy=False)
    counts = [part.infinite for part in (left, right) if part.infinite is not None]
    if not counts:
        return Potentials(finite)
    return Potentials(finite, np.broadcast_to(sum(counts), finite.shape))


def _counted(part: Potentials) -> Potentials:
    """Return the same numbers with an array of counts, in place of None or short integers."""
    if part.infinite is None:
        return Potentials(part.finite, np.zeros(part.finite.shape, np.int32))
    return Potentials(part.finite, part.infinite.astype(np.int32))


def _clear_diagonal(block: Potentials, start: int) -> None:
    own = np.arange(len(block.finite))
    for part in block:
        if part is not None:
            part[own, start + own] = 0


class _Sum:
    """Running sum of pairs for each output, in double precision."""

    def __init__(self, n_outputs: int) -> None:
        self.finite = np.zeros(n_outputs)
        self.infinite = np.zeros(n_outputs, np.int64)

    def add(self, term: Potentials) -> None:
        self.finite += term.finite
        if term.infinite is not None:
            self.infinite += term.infinite

    def add_rows(self, terms: Potentials) -> None:
        self.finite += terms.finite.sum(axis=0, dtype=np.float64)
        if terms.infinite is not None:
            self.infinite += terms.infinite.sum(axis=0, dtype=np.int64)

    def add_diagonal(self, terms: Potentials, rows: slice) -> None:
        own = np.arange(len(terms.finite))
        self.finite[rows] += terms.finite[own, rows.start + own]
        if terms.infinite is not None:
            self.infinite[rows] += terms.infinite[own, rows.start + own]

    def result(self) -> Potentials:
        return Potentials(self.finite, self.infinite if self.infinite.any() else None)
