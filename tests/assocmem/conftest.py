"""Shared fixtures: the slow reading version of all formulas, small memories, query sets.

The reading version works with loops and exact fractions. A number that may be infinite is a pair
(count of infinities, finite part); the pair of a product of probabilities is the leading order of
its logarithm for vanishing noise.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from assocmem import AssociativeMemory, patterns


def plog(value: Fraction) -> tuple[int, float]:
    """log of a probability as a pair."""
    if value == 0:
        return -1, 0.0
    return 0, math.log(value.numerator) - math.log(value.denominator)


def plus(*pairs):
    return sum(p[0] for p in pairs), math.fsum(p[1] for p in pairs)


def minus(left, right):
    return left[0] - right[0], left[1] - right[1]


NOTHING = (0, 0.0)


class ReadingVersion:
    """All rules for one synapse at a time, from the stored patterns themselves."""

    def __init__(self, X, Y, e01, e10):
        self.X, self.Y = X.astype(int).tolist(), Y.astype(int).tolist()
        self.M = len(self.X)
        self.n_inputs, self.n_outputs = X.shape[1], Y.shape[1]
        self.e01, self.e10 = Fraction(e01), Fraction(e10)
        self.p = Fraction(sum(map(sum, self.X)), self.M * self.n_inputs)
        self.q = Fraction(sum(map(sum, self.Y)), self.M * self.n_outputs)

    def count(self, i, j, a, b):
        """In how many patterns input i has the value a and output j the value b."""
        return sum(x[i] == a and y[j] == b for x, y in zip(self.X, self.Y, strict=True))

    def usage(self, j, b=1):
        return sum(y[j] == b for y in self.Y)

    def input_usage(self, i):
        return sum(x[i] for x in self.X)

    def symbol_given_output(self, i, j, symbol, b):
        """P(q_i = symbol | v_j = b), by adding up all patterns with this output."""
        total = Fraction(0)
        for a in (0, 1):
            flip = self.e10 if a == 1 else self.e01
            total += self.count(i, j, a, b) * (1 - flip if symbol == a else flip)
        return total / self.usage(j, b)

    def symbol(self, i, symbol):
        """P(q_i = symbol), regardless of outputs."""
        total = Fraction(0)
        for x in self.X:
            flip = self.e10 if x[i] == 1 else self.e01
            total += 1 - flip if symbol == x[i] else flip
        return total / self.M

    # Each rule: (contribution of input i with this symbol, prior of output j)

    def bayes(self, i, j, symbol):
        return minus(
            plog(self.symbol_given_output(i, j, symbol, 1)),
            plog(self.symbol_given_output(i, j, symbol, 0)),
        )

    def bcp(self, i, j, symbol):
        return self.bayes(i, j, 1) if symbol else NOTHING

    def bcpnn_full(self, i, j, symbol):
        return minus(plog(self.symbol_given_output(i, j, symbol, 1)), plog(self.symbol(i, symbol)))

    def bcpnn_noise(self, i, j, symbol):
        return self.bcpnn_full(i, j, 1) if symbol else NOTHING

    def bcpnn(self, i, j, symbol):
        if not symbol or self.input_usage(i) == 0:
            return NOTHING
        together = self.count(i, j, 1, 1)
        if together == 0:
            return -1, -math.log(self.input_usage(i) / self.M)
        return 0, math.log(self.M * together / (self.input_usage(i) * self.usage(j)))

    def bcpnn_stable(self, i, j, symbol):
        if not symbol or self.input_usage(i) == 0:
            return NOTHING
        floor = min(1e-3, 0.01 * float(self.M * self.p * self.q))
        together = max(float(self.count(i, j, 1, 1)), floor)
        return 0, math.log(self.M * together / (self.input_usage(i) * self.usage(j)))

    def hopfield_bipolar(self, i, j, symbol):
        weight = self.linear("hopfield", i, j)
        return 0, float(weight if symbol else -weight)

    def bcpnn_shrunk(self, i, j, symbol):
        if not symbol:
            return NOTHING
        expected = self.input_usage(i) * self.usage(j) / self.M
        return 0, math.log((self.count(i, j, 1, 1) + 1) / (expected + 1))

    def bilinear(self, i, j, input_mean, output_mean):
        """Sum over patterns of (u_i - input_mean) (v_j - output_mean)."""
        pairs = zip(self.X, self.Y, strict=True)
        return sum((x[i] - input_mean) * (y[j] - output_mean) for x, y in pairs)

    def linear(self, rule, i, j):
        mean_i, mean_j = Fraction(self.input_usage(i), self.M), Fraction(self.usage(j), self.M)
        if rule == "presynaptic-covariance":
            usage = self.input_usage(i)
            return (Fraction(self.count(i, j, 1, 1), usage) if usage else Fraction(0)) - mean_j
        if rule == "hopfield":
            agree = self.count(i, j, 1, 1) + self.count(i, j, 0, 0)
            return agree - self.count(i, j, 1, 0) - self.count(i, j, 0, 1)
        if rule == "willshaw":
            return int(any(x[i] and y[j] for x, y in zip(self.X, self.Y, strict=True)))
        if rule == "inhibitory-willshaw":
            return -int(not any(x[i] and y[j] for x, y in zip(self.X, self.Y, strict=True)))
        means = {
            "hebb": (0, 0),
            "covariance": (mean_i, mean_j),
            "covariance-global": (self.p, self.q),
            "homosynaptic": (0, self.q),
            "heterosynaptic": (self.p, 0),
        }[rule]
        return self.bilinear(i, j, *means)

    def contribution(self, rule, i, j, symbol):
        method = getattr(self, rule.replace("-", "_"), None)
        if method is not None:
            return method(i, j, symbol)
        return (0, float(self.linear(rule, i, j))) if symbol else NOTHING

    def prior(self, rule, j):
        on, off = self.usage(j, 1), self.usage(j, 0)
        if rule in ("bayes", "bcp"):
            return minus(plog(Fraction(on, self.M)), plog(Fraction(off, self.M)))
        return plog(Fraction(on, self.M)) if rule.startswith("bcpnn") else NOTHING

    def certain(self, rule, j):
        """The pair of an output without a choice, or None."""
        if rule in ("bayes", "bcp") or rule.startswith("bcpnn"):
            if self.usage(j, 1) == 0:
                return -(10**6), 0.0
            if self.usage(j, 0) == 0 and rule in ("bayes", "bcp"):
                return 10**6, 0.0
        return None

    def potential(self, rule, query, j, *, self_term=True):
        certain = self.certain(rule, j)
        if certain is not None:
            return certain
        inputs = [i for i in range(self.n_inputs) if self_term or i != j]
        terms = [self.contribution(rule, i, j, int(query[i])) for i in inputs]
        return plus(self.prior(rule, j), *terms)

    def bias(self, rule, j):
        return self.potential(rule, [0] * self.n_inputs, j)

    def weight(self, rule, i, j):
        if self.certain(rule, j) is not None:
            return NOTHING
        return minus(self.contribution(rule, i, j, 1), self.contribution(rule, i, j, 0))

    def potentials(self, rule, queries, *, self_term=True):
        table = [
            [self.potential(rule, q, j, self_term=self_term) for j in range(self.n_outputs)]
            for q in queries
        ]
        counts = np.array([[pair[0] for pair in row] for row in table])
        return np.array([[pair[1] for pair in row] for row in table]), counts


@pytest.fixture
def reading_version():
    return ReadingVersion


@pytest.fixture
def palm_memory():
    """Return a function that makes patterns, queries and a memory that holds the patterns."""

    def make(rule="bayes", n_patterns=60, n_units=60, n_active=6, seed=0, **noise):
        rng = np.random.default_rng(seed)
        stored = patterns.palm(n_patterns, n_units, n_active, rng=rng)
        noise = {"completeness": 0.75, "addition": 0.25} | noise
        queries = patterns.corrupt(stored, **noise, rng=rng)
        memory = AssociativeMemory(n_units, rule=rule)
        memory.store(stored)
        return memory, stored, queries

    return make
