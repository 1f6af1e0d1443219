"""The two measurements that the experiments on associative memories share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import ivisit as iv
from assocmem import Channel, measures
from assocmem.capacity import pattern_capacity
from assocmem.experiment import ENSEMBLES, Method, Streams, Task

#: Rules whose potentials are integers, which tie: ties are broken at random.
INTEGERS = ("hebb", "homosynaptic", "hopfield", "hopfield-bipolar", "willshaw")
INTEGERS += ("inhibitory-willshaw",)


def notation(rule: str, options: str = "") -> str:
    """Return a rule and options in the notation of `Method`, with random ties where needed."""
    return rule + options + ("+random-ties" if rule in INTEGERS else "")


class Memories(iv.Simulation):
    """What is stored and asked, and how it is answered."""

    method = iv.TextBox("bayes", help="Rule and retrieval, as for `Method.parse`.")
    ensemble = iv.OptionList("palm", list(ENSEMBLES))
    n_units = iv.Slider(250, 10, 10_000)
    n_active = iv.Slider(10, 1, 1000)
    completeness = iv.Slider(0.8, 0.0, 1.0)
    addition = iv.Slider(0.2, 0.0, 10.0)
    queries = iv.Slider(100, 1, 10_000)

    def task(self) -> Task:
        return Task(
            self.n_units, self.n_active, self.completeness, self.addition, str(self.ensemble)
        )


class Capacity(Memories):
    """The largest number of patterns with an output error of at most 1 %."""

    memories = iv.Slider(4, 4, 64, help="Memories that each number of patterns is tried with.")

    patterns = iv.Trace()
    bits = iv.Trace(help="Gained per synapse.")

    def step(self) -> None:
        found = pattern_capacity(
            self.method,
            n_units=self.n_units,
            n_active=self.n_active,
            completeness=self.completeness,
            addition=self.addition,
            ensemble=str(self.ensemble),
            n_memories=self.memories,
            n_queries=self.queries,
            rng=self.rng,
        )
        self.patterns, self.bits = found.n_patterns, found.bits_gain


@dataclass(frozen=True)
class MisjudgedTask(Task):
    """A task whose noise is taken for another one than it is."""

    assumed: tuple[float, float] = (0.8, 0.2)

    @property
    def channel(self) -> Channel:
        completeness, addition = self.assumed
        return Channel.of_query(
            completeness, addition, n_units=self.n_units, n_active=self.n_active
        )


class Recall(Memories):
    """What one memory answers, possibly to somebody who assumes another noise than there is."""

    stored = iv.Slider(250, 1, 10**6, help="Patterns.")
    assumed = iv.TextBox("", help="Completeness and addition, with a comma; empty: the true ones.")

    error = iv.Trace(help="Misses and false alarms per active unit, mean of all queries.")
    exact = iv.Trace(help="Fraction of patterns without an error.")
    bits = iv.Trace(help="Gained per synapse: of the answers less that of the queries.")

    def step(self) -> None:
        task = self.task()
        if self.assumed:
            completeness, addition = map(float, self.assumed.split(","))
            task = MisjudgedTask(**vars(task), assumed=(completeness, addition))
        streams = Streams(np.random.SeedSequence(int(self.rng.integers(2**62))), 0)
        outcome = Method.parse(self.method).outcome(task, self.stored, self.queries, streams)
        self.error = outcome.errors(task).mean()
        self.exact = np.mean(outcome.misses + outcome.false_alarms == 0)
        self.bits = measures.bits_per_synapse(
            self.stored,
            n_units=self.n_units,
            n_active=self.n_active,
            answers=Channel(*(outcome.counts[:2] / outcome.counts[2:])),
            queries=self.task().channel,
        )
