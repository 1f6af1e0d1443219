"""Paint a digit, and an associative memory recalls the one that it has stored.

The optimal Bayesian rule of arXiv:2412.18349 (docs/assocmem.md); the digits are real ones
(data/README.md), a pixel is a unit.
"""

import numpy as np

import ivisit as iv
from assocmem import AssociativeMemory, Channel, patterns
from assocmem.images import load_digits

INK, PAPER, ADDED, GONE = (238, 238, 240), (24, 26, 32), (90, 200, 120), (215, 80, 60)
ESTIMATES = ["search", "soft", "posterior", "fixed"]


class PaintAndRecall(iv.Simulation):
    """Paint parts of a digit, and watch the memory complete and correct it."""

    live = True  # the memory answers each stroke
    n_stored = iv.Slider(10, 1, 60, label="Stored digits", help="Ten of them: one of each kind.")
    noise = iv.OptionList("search", ESTIMATES, help="How the noise of the cue is estimated.")
    false_alarms = iv.Slider(
        0.05, 0.01, 0.4, step=0.01, group="Expected noise", help="Fraction of black pixels painted."
    )
    misses = iv.Slider(
        0.3, 0.01, 0.9, step=0.01, group="Expected noise", help="Fraction of white ones left out."
    )
    clear = iv.Button("Clear", group="Cue", help="An empty canvas.")
    example = iv.Button("Spoiled example", group="Cue", help="A stored digit with that noise.")

    cue = iv.Image(label="Paint here", vmin=0, vmax=1, pointer=True, help="Right button erases.")
    answer = iv.Image(label="Recalled", vmin=0, vmax=255, help="Green: added, red: removed.")
    stored = iv.Image(label="Stored, brightest the most similar", vmin=0, vmax=1, cmap="magma")
    odds = iv.Image(label="Log odds", vmin=-8, vmax=8, cmap="RdBu_r", help="Of white pixels.")
    similarity = iv.Trace(vmin=0, vmax=1, span=100, help="Pixels that agree with that digit.")
    report = iv.TextOutput(lines=2)

    def main_init(self):
        images, labels = load_digits()
        # The first of each kind, the second of each kind ...
        chosen = np.stack([np.flatnonzero(labels == kind)[:6] for kind in range(10)], 1).ravel()
        self.all, self.labels = patterns.from_images(images)[chosen], labels[chosen]

    def init(self):
        self.memory, self.former = None, np.zeros(2, int)
        self.spoil(2)
        self.recall()

    def spoil(self, index):
        target = self.all[index]
        kept = self.rng.random(64) >= np.where(target, self.misses, self.false_alarms)
        self.canvas = np.where(kept, target, 1 - target).astype(np.uint8)
        self.cue = self.canvas.reshape(8, 8)

    def pointer(self, event):
        if event.kind in ("press", "drag"):
            here = np.array([event.row, event.column])
            start = here if event.kind == "press" else self.former
            # A fast movement skips pixels: the stroke is a line.
            stroke = np.linspace(start, here, 1 + np.abs(here - start).max()).round().astype(int)
            self.canvas[stroke @ [8, 1]] = event.button != 3
            self.former = here
            self.cue = self.canvas.reshape(8, 8)

    def step(self):
        if self.clear:
            self.canvas = np.zeros(64, np.uint8)
        if self.example:
            self.spoil(self.rng.integers(self.n_stored))
        self.cue = self.canvas.reshape(8, 8)
        self.recall()

    def recall(self):
        if self.memory is None or self.memory.n_patterns != self.n_stored:
            self.memory = AssociativeMemory(64, rule="bayes")
            self.memory.store(self.all[: self.n_stored])
        channel = Channel(self.false_alarms, self.misses)
        self.out = self.memory.retrieve(
            self.canvas, channel=channel, activation="threshold", noise=self.noise
        )
        self.agreement = np.mean(self.all[: self.n_stored] == self.out.patterns, axis=1)
        best = self.agreement.argmax()
        self.similarity = self.agreement[best]
        exact = "exactly" if self.similarity == 1 else f"to {self.similarity:.0%}"
        self.report = f"{self.canvas.sum()} pixels painted; recalled a {self.labels[best]}, {exact}"
        colors = np.array([[PAPER, ADDED], [GONE, INK]])[self.canvas, self.out.patterns]
        self.answer = colors.reshape(8, 8, 3)
        self.odds = np.clip(self.out.potentials.finite, -8, 8).reshape(8, 8)

    def draw(self):
        bright = np.where(self.agreement == self.agreement.max(), 1.0, 0.45)
        tiles = self.all[: len(bright)].reshape(-1, 8, 8) * bright[:, None, None]
        tiles = np.pad(tiles, ((0, -len(tiles) % 10), (1, 1), (1, 1)))
        self.stored = tiles.reshape(-1, 10, 10, 10).swapaxes(1, 2).reshape(-1, 100)


if __name__ == "__main__":
    iv.launch(PaintAndRecall)
