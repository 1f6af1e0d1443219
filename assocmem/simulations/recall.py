"""Watch a memory recall: one retrieval iteration a step, several methods side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

import ivisit as iv
from assocmem import measures, patterns
from assocmem.activation import probability
from assocmem.channel import Channel
from assocmem.experiment import Method
from assocmem.memory import AssociativeMemory
from assocmem.noise import NOISE_MODES
from assocmem.retrieval import RetrievalResult
from assocmem.rules import RULES, LikelihoodRule, Potentials

#: Side of the square in which random patterns are shown, equal to that of the digits.
SIDE = 8
N_UNITS = SIDE * SIDE

#: Colours of the state: silent, hit, miss, false alarm.
SILENT, HIT, MISS, FALSE_ALARM = (24, 26, 32), (240, 240, 240), (60, 110, 220), (225, 70, 50)

#: Methods that are retrieved side by side with the chosen one, to be compared.
RIVALS = ("bcpnn", "bayes", "bayes+soft", "bayes+search")


class AssociativeRecall(iv.Simulation):
    """Recall digits or random patterns from noisy cues, one retrieval iteration a step."""

    source = iv.OptionList(
        "digits",
        ["digits", "random", "blocks", "prototypes"],
        label="Patterns",
        help="Real digits (correlated), or random patterns of exactly 10 (blocks: 8) units.",
    )
    rule = iv.OptionList(
        "bayes", list(RULES), label="Learning rule", help="How patterns become weights."
    )
    n_patterns = iv.Slider(20, 1, 500, label="Stored patterns", help="Takes effect at once.")
    completeness = iv.Slider(0.7, 0.0, 1.0, step=0.05, help="Fraction of the cue that is kept.")
    addition = iv.Slider(
        0.2, 0.0, 1.0, step=0.05, label="Added noise", help="Wrong units per active unit."
    )
    activation = iv.OptionList(
        "winners",
        ["winners", "threshold", "block-winners"],
        help="Which units become active: the k best, those above a threshold, one a block.",
    )
    noise = iv.OptionList(
        "fixed",
        list(NOISE_MODES),
        label="Noise estimation",
        help="Noise assumed from the second iteration on; rules without noise use 'fixed'.",
    )
    clamp = iv.Checkbox(False, label="Clamp the cue", help="Keep the cue's own evidence.")
    cycle = iv.Slider(8, 1, 20, label="Steps a cycle", help="Iterations before the next cue.")
    hold = iv.Checkbox(
        False, label="Keep the cue", help="Start again with the same cue.", group="Cue"
    )
    new_cue = iv.Button(
        label="New cue", help="Another pattern; gives up a painted cue.", group="Cue"
    )

    stored = iv.Image(label="Stored pattern", vmin=0, vmax=1)
    query = iv.Image(
        label="Cue",
        vmin=0,
        vmax=255,
        pointer=True,
        help="Paint: left button on, right button off. A painted cue stays until a new one.",
    )
    state = iv.Image(
        label="Current state", vmin=0, vmax=255, help="White hit, blue miss, red false alarm."
    )
    posterior = iv.Image(label="Posterior", vmin=0, vmax=1, cmap="magma")
    rivals = iv.Image(
        label="BCPNN, Bayes, soft, search",
        vmin=0,
        vmax=255,
        help="The same cue and iteration by four methods, left to right.",
    )
    error = iv.Trace(label="Chosen", plot="Output error", scale="log", span=200)
    error_bcpnn = iv.Trace(label="BCPNN", plot="Output error")
    error_bayes = iv.Trace(label="Bayes", plot="Output error")
    error_soft = iv.Trace(label="Bayes, soft", plot="Output error")
    error_search = iv.Trace(label="Bayes, search", plot="Output error")
    estimated_noise = iv.Trace(label="Estimated e01", plot="False alarms", span=200)
    true_noise = iv.Trace(label="True e01", plot="False alarms")
    evidence = iv.Trace(
        label="Evidence", plot="Evidence", span=200, help="Log odds that the answer was stored."
    )
    familiarity = iv.Trace(
        label="Score over background",
        plot="Evidence",
        help="Above 0 a stored pattern explains the cue better than an unknown one.",
    )
    outcome = iv.TextOutput(label="Outcome")

    def main_init(self) -> None:
        self.digits = patterns.from_images()
        self.memories: dict[str, AssociativeMemory] = {}

    def init(self) -> None:
        self.content: tuple[Any, ...] = ()
        self.pattern_seed, self.calibration_seed = self.rng.integers(2**31, size=2).tolist()
        self.query_rng = self.rng.spawn(1)[0]
        self.iteration = 0
        self.is_painted = False
        # Empty before the first pattern is asked for.
        self.target = self.cue = np.zeros(0, np.uint8)
        self.finished: list[tuple[float, int]] = []

    def step(self) -> None:
        self._store()
        if self.new_cue:
            self.is_painted = False
            self.iteration = 0
        if self.iteration == 0:
            self._ask()
        self.iteration += 1
        chosen = self._method()
        out = self._recall(chosen, self.iteration)
        self._measure(out)
        self._measure_rivals()
        self.out = out
        self.state_before = out.patterns
        done = bool(out.converged) or self.iteration >= self.cycle
        self.outcome = self._describe(chosen, out, done)
        if done:
            self.finished.append((self.error, self.iteration))
            self.iteration = 0

    def pointer(self, event: iv.PointerEvent) -> None:
        """Paint the cue."""
        if event.kind not in ("press", "drag") or event.row is None or event.column is None:
            return
        if not len(self.cue):
            return
        cue = self.cue.copy()
        cue[event.row * SIDE + event.column] = event.button != 3
        self.cue = self.state_before = cue
        self.is_painted = True
        self.iteration = 0

    def draw(self) -> None:
        if not len(self.cue):
            return
        self.stored = _square(self.target)
        self.query = _colored(self.cue, self.target)
        self.state = _colored(self.out.patterns, self.target)
        probabilistic = self.memories[self.rule].rule.probabilistic
        self.posterior = _square(_brightness(self.out.potentials, probabilistic))
        pictures = [_colored(answer, self.target) for answer in self.rival_answers]
        gap = np.full((SIDE, 1, 3), 128, np.uint8)
        between = [part for picture in pictures for part in (gap, picture)]
        self.rivals = np.concatenate(between[1:], axis=1)

    def _store(self) -> None:
        """Fill new memories if the patterns or the rule have changed."""
        content = (self.source, self.n_patterns, self.rule)
        if content == self.content:
            return
        self.content = content
        self.iteration = 0
        self.finished = []
        self.is_painted = False
        self.cue = np.zeros(0, np.uint8)  # the former one belongs to patterns that are gone
        self.patterns = self._draw_patterns()
        self.memories = {}
        for rule in dict.fromkeys([self.rule, *(Method.parse(text).rule for text in RIVALS)]):
            memory = AssociativeMemory(N_UNITS, rule=rule)
            memory.store(self.patterns)
            self.memories[memory.rule.name] = memory

    def _draw_patterns(self) -> NDArray[np.uint8]:
        rng = np.random.default_rng(self.pattern_seed)
        if self.source == "digits":
            return self.digits[rng.permutation(len(self.digits))[: self.n_patterns]]
        if self.source == "random":
            return patterns.palm(self.n_patterns, N_UNITS, 10, rng=rng)
        if self.source == "blocks":
            return patterns.block(self.n_patterns, N_UNITS, SIDE, rng=rng)
        return patterns.prototypes(
            self.n_patterns, N_UNITS, 10, n_prototypes=5, similarity=0.5, rng=rng
        )

    def _ask(self) -> None:
        """Choose a stored pattern and make a cue from it, unless the cue stays."""
        if len(self.cue) and (self.is_painted or (self.hold and not self.new_cue)):
            self.state_before = self.cue
            return
        self.target = self.patterns[self.query_rng.integers(len(self.patterns))]
        k = int(self.target.sum())
        addition = min(self.addition, (N_UNITS - k) / k)
        self.cue = patterns.corrupt(
            self.target, completeness=self.completeness, addition=addition, rng=self.query_rng
        )
        self.channel = Channel.of_query(self.completeness, addition, n_units=N_UNITS, n_active=k)
        self.state_before = self.cue

    def _method(self) -> Method:
        """Return the chosen way of retrieval, without options that have no meaning for the rule."""
        settings: dict[str, Any] = {"activation": self._activation()}
        rule = self.memories[self.rule].rule
        if rule.probabilistic:
            settings["clamp"] = self.clamp
            possible = {
                "soft": isinstance(rule, LikelihoodRule),
                "search": rule.has_pair_evidence,
            }
            settings["noise"] = self.noise if possible.get(self.noise, True) else "fixed"
        return Method(self.rule, self.rule, settings)

    def _activation(self) -> str:
        """Return the chosen activation; winners in blocks for block patterns only."""
        if self.activation == "block-winners" and self.source != "blocks":
            return "winners"
        return self.activation

    def _recall(self, method: Method, n_steps: int) -> RetrievalResult:
        settings = dict(method.settings)
        noise = settings.get("noise")
        if noise == "true":
            settings["truth"] = self.target
        if noise == "calibrated":
            settings["calibration"] = self.patterns[:100]
        return self.memories[str(method.rule)].retrieve(
            self.cue,
            channel=self.channel,
            n_active=int(self.target.sum()),
            max_steps=n_steps,  # without influence on a search, which has no iterations
            rng=self.calibration_seed,
            **settings,
        )

    def _measure(self, out: RetrievalResult) -> None:
        self.error = float(measures.output_error(out.patterns, self.target))
        self.true_noise = Channel.estimate(self.state_before, self.target).e01
        self.estimated_noise = float(out.noise[-1, 0])

    def _measure_rivals(self) -> None:
        errors = []
        self.rival_answers = []
        for text in RIVALS:
            method = Method.parse(text)
            method.settings["activation"] = self._activation()
            out = self._recall(method, self.iteration)
            self.rival_answers.append(out.patterns)
            errors.append(float(measures.output_error(out.patterns, self.target)))
        self.error_bcpnn, self.error_bayes, self.error_soft, self.error_search = errors
        # The last one is the search.
        self.is_known = bool(out.is_known)
        self.evidence = float(out.evidence)
        self.familiarity = float(out.score - out.background)

    def _describe(self, method: Method, out: RetrievalResult, done: bool) -> str:
        misses = int(measures.misses(out.patterns, self.target))
        false_alarms = int(measures.false_alarms(out.patterns, self.target))
        if not done:
            status = "going on"
        elif np.array_equal(out.patterns, self.target):
            status = "recalled exactly"
        elif (self.patterns == out.patterns).all(axis=1).any():
            status = "another stored pattern"
        else:
            status = "a mixture that was never stored"
        lines = [
            f"{self.rule}, noise {method.settings.get('noise', 'not used')}, "
            f"{self.n_patterns} patterns",
            f"iteration {self.iteration}: {misses} misses, {false_alarms} false alarms: {status}",
            f"the {'painted ' if self.is_painted else ''}cue is "
            f"{'known' if self.is_known else 'unknown'}: score over background "
            f"{self.familiarity:.1f}, evidence {self.evidence:.1f}",
            f"errors of BCPNN {self.error_bcpnn:.2f}, Bayes {self.error_bayes:.2f}, "
            f"soft {self.error_soft:.2f}, search {self.error_search:.2f}",
        ]
        if self.finished:
            error, steps = np.mean(self.finished, axis=0)
            lines.append(
                f"{len(self.finished)} cues before: mean error {error:.3f}, {steps:.1f} iterations"
            )
        return "\n".join(lines)


def _square(units: NDArray[Any]) -> NDArray[Any]:
    return units.reshape(SIDE, SIDE)


def _colored(units: NDArray[np.uint8], target: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return an RGB picture of hits, misses and false alarms."""
    colors = np.array([SILENT, FALSE_ALARM, MISS, HIT], np.uint8)
    return colors[_square(units + 2 * target)]


def _brightness(x: Potentials, probabilistic: bool) -> NDArray[np.floating]:
    """Return the posterior of each unit; for plain sums, their place between the extremes."""
    if probabilistic:
        return probability(x)
    span = np.ptp(x.finite)
    return (x.finite - x.finite.min()) / (span or 1.0)
