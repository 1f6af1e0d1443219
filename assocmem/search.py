"""Grow and verify: search for the stored pattern that explains the query best.

Instead of units one at a time, whole patterns are compared, by

    score(u) = log [P(q | u) / P(q | silent)] + log sigmoid(E(u))

with the evidence E(u) of `assocmem.pairs` that u was stored (or by + E(u), if not saturated).
Candidates are the answer of one step and patterns that grow greedily, each from one unit; all are
polished by the best single swap or flip until none improves them. Every query is searched as if it
were alone, without random numbers; many are handled at once only for speed.

Our definition, beyond arXiv:2412.18349; derived and measured in docs/assocmem.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assocmem._types import Indices, Reals, States
from assocmem.channel import Channel
from assocmem.learning import PatternStatistics
from assocmem.pairs import PairEvidence, log_activity, log_sigmoid
from assocmem.retrieval import RetrievalResult, own_evidence
from assocmem.rules.base import Potentials
from assocmem.sparse_weights import SparsePairs

#: Noise below this is taken for this: no unit of the query is certain.
SMALLEST_NOISE = 1e-6

#: Most swaps and flips of one candidate, and the least gain in score that is worth one.
MAX_CHANGES, LEAST_GAIN = 60, 1e-4

#: A pattern with more evidence than this that was reached from two starts needs no third one.
CERTAIN_EVIDENCE = 3.0

#: Couplings looked at together: 4 MB.
CHUNK_NUMBERS = 2**20


@dataclass(frozen=True)
class SearchSettings:
    """How to search.

    Attributes
    ----------
    n_active : ndarray of int, shape (n_queries,), or None
        Number of active units of each answer; None leaves it open.
    n_blocks : int or None
        For block patterns, their number of blocks.
    n_starts : int
        From how many units candidates grow.
    saturate : bool
        Whether evidence counts by log sigmoid(E): for stored patterns, not for their prototypes.
    keep_states : bool
        Whether the best pattern after each start is kept.
    """

    n_active: Indices | None
    n_blocks: int | None
    n_starts: int
    saturate: bool
    keep_states: bool


def search(
    pairs: PairEvidence | SparsePairs,
    statistics: PatternStatistics,
    queries: States,
    channel: Channel,
    first: RetrievalResult,
    settings: SearchSettings,
) -> RetrievalResult:
    """Search for the best pattern for each query.

    Parameters
    ----------
    pairs : PairEvidence or SparsePairs
    statistics : PatternStatistics
        Content of the memory.
    queries : ndarray of 0 and 1, shape (n_queries, n_units)
    channel : Channel
        Noise of the queries.
    first : RetrievalResult
        One step: the first candidate, and the order in which units are tried.
    settings : SearchSettings
    """
    channel = channel.limited(SMALLEST_NOISE)
    log_ratio = own_evidence(queries, channel).finite
    seeds = _seeds(queries, first.potentials, settings.n_starts)
    shape = queries.shape
    out = RetrievalResult(
        np.zeros(shape, np.uint8),
        np.zeros(len(queries), np.intp),
        np.zeros(len(queries), bool),
        Potentials(np.zeros(shape, np.float32), np.zeros(shape, np.int32)),
        np.array([[channel.e01, channel.e10]]),
        score=np.full(len(queries), -np.inf),
        evidence=np.zeros(len(queries)),
        background=np.full(len(queries), np.nan),
        states=np.zeros((seeds.shape[1] + 1, *shape), np.uint8) if settings.keep_states else None,
    )
    if settings.saturate:
        out.background[:] = background_score(statistics, queries, channel)
    for part in _chunks(len(queries), first.patterns, settings.n_active):
        which = np.arange(len(queries))[part]
        number = None if settings.n_active is None else settings.n_active[part]
        candidates = _Candidates(pairs, log_ratio[part], number, settings)
        for start, begin in enumerate(candidates.starts(first.patterns[part], seeds[part])):
            candidates.polish()
            candidates.compare(out, which, begin)
            if out.states is not None:
                out.states[start, which] = out.patterns[which]
    return out


def background_score(
    statistics: PatternStatistics, queries: States, channel: Channel
) -> NDArray[np.float64]:
    """Return the score of an unknown pattern as the cause of each query, shape (n_queries,).

    B(q) = log M + sum_i log [P(q_i) / P(q_i | u_i = 0)] with units active independently, each as
    often as in the stored patterns.
    """
    p = np.exp(log_activity(statistics)[0])
    e01, e10 = channel.e01, channel.e10
    active = np.log((p * (1 - e10) + (1 - p) * e01) / e01)
    silent = np.log((p * e10 + (1 - p) * (1 - e01)) / (1 - e01))
    total = np.where(queries, active, silent).sum(axis=1)
    return np.asarray(np.log(statistics.n_patterns) + total)


class _Candidates:
    """One candidate pattern of each of some queries, and what each change of it would gain.

    Attributes
    ----------
    active : ndarray of bool, shape (n_queries, n_units)
        The candidates u.
    gain : ndarray of float32, shape (n_queries, n_units)
        F_j = h_j + l_j + sum_{i in u} J_ij: what unit j adds (or, if active, has added).
    which : ndarray of int
        Numbers of the queries that take part in the present start.
    """

    def __init__(
        self,
        pairs: PairEvidence | SparsePairs,
        log_ratio: Reals,
        n_active: Indices | None,
        settings: SearchSettings,
    ) -> None:
        self.pairs, self.log_ratio, self.n_active = pairs, log_ratio, n_active
        self.base = (pairs.fields + log_ratio).astype(np.float32)
        self.saturate = settings.saturate
        n_units = log_ratio.shape[1]
        self.size = 0 if settings.n_blocks is None else n_units // settings.n_blocks
        self.covered = np.zeros(log_ratio.shape, bool)
        self.found: list[dict[bytes, int]] = [{} for _ in log_ratio]
        self._take_part(np.arange(len(log_ratio)))

    def starts(self, first: States, seeds: Indices) -> Iterator[Indices]:
        """Make the first candidates, then one grown from each seed; yield who takes part."""
        self.active[:] = first
        units, valid = self._active_units(np.arange(len(first)))
        for column, real in zip(units.T, valid.T, strict=True):
            self.gain[real] += self.pairs.rows(column[real])
        yield self.which
        for seed in seeds.T:
            self._take_part(np.flatnonzero(~self.covered[np.arange(len(seed)), seed]))
            self._grow(seed[self.which])
            yield self.which

    def _take_part(self, which: Indices) -> None:
        self.which = which
        self.active = np.zeros((len(which), self.base.shape[1]), bool)
        self.gain = self.base[which]
        self.exhausted = np.zeros(len(which), bool)

    def _grow(self, unit: Indices) -> None:
        """Add the unit with the largest gain until there are enough, or none gains."""
        growing = np.arange(len(unit))
        blocked = np.zeros(self.active.shape, bool)
        if self.n_active is not None:
            growing = growing[self.n_active[self.which] > 0]
            unit = unit[growing]
        n_added = 0
        while len(growing):
            self.active[growing, unit] = True
            self.gain[growing] += self.pairs.rows(unit)
            n_added += 1
            if self.size:
                in_blocks = blocked.reshape(len(blocked), -1, self.size)
                in_blocks[growing, unit // self.size] = True
            else:
                blocked[growing, unit] = True
            if self.n_active is not None:
                growing = growing[self.n_active[self.which[growing]] > n_added]
            open_gain = np.where(blocked[growing], -np.inf, self.gain[growing])
            unit = open_gain.argmax(axis=1) if len(growing) else unit[:0]
            best = open_gain[np.arange(len(growing)), unit]
            going = best > (0 if self.n_active is None else -np.inf)
            growing, unit = growing[going], unit[going]

    def polish(self) -> None:
        """Make the best single swap, or flip where their number is open, while it gains."""
        moving = np.arange(len(self.which))
        for _ in range(MAX_CHANGES):
            if not len(moving):
                return
            gain, out, into = self._best_swap(moving)
            if self.n_active is None:
                self._prefer_flips(moving, gain, out, into)
            better = gain > LEAST_GAIN
            moving, out, into = moving[better], out[better], into[better]
            # -1 stands for no unit: a flip.
            for units, sign in ((into, True), (out, False)):
                real = units >= 0
                rows = self.pairs.rows(units[real])
                self.gain[moving[real]] += rows if sign else -rows
                self.active[moving[real], units[real]] = sign
        self.exhausted[moving] = True

    def _best_swap(self, rows: Indices) -> tuple[Reals, Indices, Indices]:
        """Return the gain of the best swap of some candidates, and the units out and in."""
        units, valid = self._active_units(rows)
        nothing = np.full(len(rows), -1)
        if not units.shape[1]:
            return np.full(len(rows), -np.inf, np.float32), nothing, nothing.copy()
        own = np.take_along_axis(self.gain[rows], units, axis=1)
        open_gain = np.where(self.active[rows], np.float32(-np.inf), self.gain[rows])
        if self.size:
            in_blocks = open_gain.reshape(len(rows), -1, self.size)
            block = units // self.size
            change = in_blocks[np.arange(len(rows))[:, None], block]
            change -= self.pairs.block_rows(units, self.size)
            into = change.argmax(axis=2) + block * self.size
        else:
            change = self.pairs.rows(units)
            np.subtract(open_gain[:, None], change, out=change)
            into = change.argmax(axis=2)
        best = change.max(axis=2) - own
        best[~valid] = -np.inf
        place = best.argmax(axis=1)
        here = np.arange(len(rows))
        return best[here, place], units[here, place], into[here, place]

    def _prefer_flips(self, rows: Indices, gain: Reals, out: Indices, into: Indices) -> None:
        """Replace swaps by the best flip of one unit where this gains more."""
        flip = np.where(self.active[rows], -self.gain[rows], self.gain[rows])
        unit = flip.argmax(axis=1)
        best = flip[np.arange(len(rows)), unit]
        better = best > np.maximum(gain, LEAST_GAIN)
        was_active = self.active[rows, unit]
        gain[better] = best[better]
        out[better] = np.where(was_active, unit, -1)[better]
        into[better] = np.where(was_active, -1, unit)[better]

    def compare(self, out: RetrievalResult, numbers: Indices, which: Indices) -> None:
        """Take over the candidates that score better than all before them."""
        evidence, likelihood = self._evidence()
        score = likelihood + (log_sigmoid(evidence) if self.saturate else evidence)
        out.n_steps[numbers[which]] += 1
        better = score > out.score[numbers[which]]
        rows = numbers[which[better]]
        out.patterns[rows] = self.active[better]
        out.potentials.finite[rows] = self.gain[better]
        out.score[rows], out.evidence[rows] = score[better], evidence[better]
        out.converged[rows] = ~self.exhausted[better]
        packed = np.packbits(self.active, axis=1)
        for row, query in enumerate(which):
            key = packed[row].tobytes()
            times = self.found[query][key] = self.found[query].get(key, 0) + 1
            if times == 2 and evidence[row] > CERTAIN_EVIDENCE:
                self.covered[query] |= self.active[row]

    def _evidence(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return E(u) and the log likelihood ratio of the query for each candidate."""
        units, valid = self._active_units(np.arange(len(self.which)))
        evidence = np.full(len(units), self.pairs.constant)
        likelihood = np.zeros(len(units))
        here = np.arange(len(units))
        # One unit after the other, so that sums do not depend on the other queries.
        for column, real in zip(units.T, valid.T, strict=True):
            base = self.base[self.which, column]
            pair = (self.gain[here, column] - base).astype(np.float64) / 2
            evidence += np.where(real, self.pairs.fields[column] + pair, 0)
            likelihood += np.where(real, self.log_ratio[self.which, column], 0)
        return evidence, likelihood

    def _active_units(self, rows: Indices) -> tuple[Indices, NDArray[np.bool_]]:
        """Return the active units of some candidates, padded with 0, and which are no padding."""
        row, unit = np.nonzero(self.active[rows])
        counts = np.bincount(row, minlength=len(rows))
        valid = np.arange(counts.max(initial=0)) < counts[:, None]
        units = np.zeros(valid.shape, np.intp)
        units[valid] = unit
        return units, valid


def _seeds(queries: States, potentials: Potentials, n_starts: int) -> Indices:
    """Return units to grow from: those of the query, then others, by falling potential."""
    order = np.lexsort((-potentials.finite, -potentials.infinite, 1 - queries.astype(np.int8)))
    return np.asarray(order[:, :n_starts])


def _chunks(n_queries: int, first: States, n_active: Indices | None) -> Iterator[slice]:
    """Yield slices of queries whose swaps are compared at once."""
    most = int(first.sum(axis=1, dtype=np.intp).max(initial=1)) if n_active is None else 0
    numbers = first.shape[1] * max(1, most, 0 if n_active is None else n_active.max(initial=1))
    height = max(1, CHUNK_NUMBERS // numbers)
    for start in range(0, n_queries, height):
        yield slice(start, start + height)
