"""Watch memories fill up: their output errors grow with the stored patterns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import ivisit as iv
from assocmem import measures
from assocmem.decoders import Decoder
from assocmem.experiment import Method, Task
from assocmem.memory import AssociativeMemory


@dataclass
class _Curve:
    """The error curve of one method, and the line that shows it."""

    method: Method
    line: Any
    memory: AssociativeMemory | Decoder
    errors: list[float]
    margins: list[float]
    band: Any = None


class AssociativeCapacity(iv.Simulation):
    """Fill memories step by step and watch the output error of several methods grow."""

    n_units = iv.Slider(200, 50, 1000, step=10, label="Units n", help="Size of the memory.")
    n_active = iv.Slider(8, 2, 40, label="Active units k", help="Active units of a pattern.")
    patterns_per_step = iv.Slider(
        10, 1, 200, label="Patterns a step", help="How many patterns each step stores."
    )
    n_queries = iv.Slider(
        100, 10, 500, step=10, label="Queries", help="Cues by which each step measures the error."
    )
    completeness = iv.Slider(0.75, 0.0, 1.0, step=0.05, help="Fraction of the cue that is kept.")
    addition = iv.Slider(
        0.25, 0.0, 1.0, step=0.05, label="Added noise", help="Wrong units per active unit."
    )
    methods = iv.CheckboxGroup(
        {
            "bayes": True,
            "bayes+batch": False,
            "bayes+batch+clamp": True,
            "bayes+soft": True,
            "bayes+search": True,
            "bcpnn": True,
            "bcpnn-stable+clamp": False,
            "covariance": True,
            "hebb": False,
            "hopfield-bipolar": False,
            "willshaw": False,
            "ideal-decoder": False,
        },
        label="Methods",
        help="Rule and retrieval: batch and soft are adaptive noise estimates, search grows and "
        "verifies; the ideal decoder keeps the patterns themselves.",
    )

    curves = iv.Figure(
        label="Output error against stored patterns", help="Bands: two standard errors."
    )
    n_stored = iv.Trace(label="Stored patterns")
    lowest_error = iv.Trace(label="Lowest output error")
    report = iv.TextOutput(label="Patterns at an output error of 0.01")

    #: The tolerated output error, and the lower edge of the plot.
    LIMIT, FLOOR = 0.01, 1e-4

    def init(self) -> None:
        self.task = self._task()
        self.chosen = [text for text, on in self.methods.items() if on]
        self.pattern_rng, self.query_rng, self.tie_rng = self.rng.spawn(3)
        self.asked = self.cues = np.zeros((0, self.n_units), np.uint8)
        self.numbers: list[int] = []
        self.curves.clear()
        self.axes = self.curves.subplots()
        self.axes.axhline(self.LIMIT, color="gray", linestyle="--", linewidth=1)
        self.axes.set(
            yscale="log",
            ylim=(self.FLOOR, 3),
            xlabel="stored patterns",
            ylabel="output error (errors / k)",
            title=f"n = {self.n_units}, k = {self.n_active}",
        )
        self.shown: dict[str, _Curve] = {}
        for text in self.chosen:
            method = Method.parse(text)
            (line,) = self.axes.plot([], [], marker=".", label=text)
            memory = method.memory(self.n_units)
            self.shown[text] = _Curve(method, line, memory, [], [])
        if self.shown:
            self.axes.legend(loc="upper left", fontsize="small")

    def step(self) -> None:
        if (self.task, self.chosen) != (self._task(), [m for m, on in self.methods.items() if on]):
            self.init()  # another task or another choice needs other memories
        self._store()
        for curve in self.shown.values():
            errors = self._errors(curve)
            curve.errors.append(float(errors.mean()))
            curve.margins.append(float(2 * errors.std() / np.sqrt(len(errors))))
        self.n_stored = self.numbers[-1]
        latest = [curve.errors[-1] for curve in self.shown.values()]
        self.lowest_error = min(latest, default=float("nan"))
        self.report = self._report()

    def draw(self) -> None:
        for curve in self.shown.values():
            # A logarithmic axis has no zero: an error of 0 is drawn at its lower edge.
            errors, margins = np.array(curve.errors), np.array(curve.margins)
            low, middle, high = (
                np.maximum(errors + sign * margins, self.FLOOR) for sign in (-1, 0, 1)
            )
            curve.line.set_data(self.numbers, middle)
            if curve.band is not None:
                curve.band.remove()
            color = curve.line.get_color()
            curve.band = self.axes.fill_between(
                self.numbers, low, high, color=color, alpha=0.12, linewidth=0
            )
        if self.numbers:
            self.axes.set_xlim(0, 1.05 * self.numbers[-1])

    def _task(self) -> Task:
        """Return the present task, with no more wrong units in a cue than there are."""
        most = (self.n_units - self.n_active) / self.n_active
        addition = min(self.addition, most)
        return Task(self.n_units, self.n_active, self.completeness, addition)

    def _store(self) -> None:
        """Store new patterns in all memories, and ask for the first ones."""
        new = self.task.draw(self.patterns_per_step, self.pattern_rng)
        for curve in self.shown.values():
            curve.memory.store(new)
        self.numbers.append((self.numbers[-1] if self.numbers else 0) + len(new))
        further = new[: max(0, self.n_queries - len(self.asked))]
        if len(further):
            cues = self.task.corrupt(further, self.query_rng)
            self.asked = np.vstack([self.asked, further])
            self.cues = np.vstack([self.cues, cues])

    def _errors(self, curve: _Curve) -> NDArray[np.float64]:
        """Return the output error of each query."""
        out = curve.memory.retrieve(
            self.cues,
            channel=self.task.channel,
            n_active=self.n_active,
            ties="random",
            rng=self.tie_rng,
            **curve.method.settings,
        )
        return measures.output_error(out.patterns, self.asked)

    def _report(self) -> str:
        lines = []
        for text, curve in self.shown.items():
            above = np.flatnonzero(np.array(curve.errors) > self.LIMIT)
            last = self.numbers[above[0] - 1] if len(above) and above[0] else 0
            reached = f"up to {last}" if len(above) else f"more than {self.numbers[-1]}"
            lines.append(f"{text}: {reached} (error now {curve.errors[-1]:.4f})")
        return "\n".join(lines)
