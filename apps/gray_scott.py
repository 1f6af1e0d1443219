"""Reaction and diffusion after Gray and Scott, painted with the mouse.

u' = Du lap u - u v^2 + F (1 - u),  v' = Dv lap v + u v^2 - (F + k) v
(J. E. Pearson, "Complex Patterns in a Simple System", Science 261:189, 1993; Du = 2 Dv as there).
The named points of the F-k plane are examples of his types and of R. Munafo's
(mrob.com/pub/comp/xmorphia).
"""

import numpy as np

import ivisit as iv

PATTERNS = {
    "coral": (0.0545, 0.062),
    "worms": (0.050, 0.065),
    "spots that divide": (0.0367, 0.0649),
    "maze": (0.029, 0.057),
    "holes": (0.039, 0.058),
    "chaos": (0.026, 0.051),
    "waves": (0.014, 0.045),
    "as the sliders say": (),
}


def laplacian(x):
    """Return the sum of four neighbors minus four times the middle, on a torus."""
    p = np.pad(x, 1, mode="wrap")
    return p[:-2, 1:-1] + p[2:, 1:-1] + p[1:-1, :-2] + p[1:-1, 2:] - 4 * x


class GrayScott(iv.Simulation):
    """Paint a substance that feeds on another, and watch spots, worms and waves grow."""

    pattern = iv.OptionList("coral", PATTERNS, help="A point of the F-k plane.")
    feed = iv.Slider(0.03, 0.0, 0.1, step=0.0005, label="F", help="Feed, for 'as the sliders say'.")
    kill = iv.Slider(0.06, 0.03, 0.07, step=0.0005, label="k", help="Removal, likewise.")
    diffusion = iv.Slider(0.16, 0.02, 0.24, step=0.01, help="Of u; half of it of v.")
    size = iv.Slider(140, 40, 400, restart=True, unit="cells", help="Side of the dish.")
    seeds = iv.Slider(12, 0, 60, restart=True, help="Squares of v that it begins with.")
    substeps = iv.Slider(12, 1, 100, label="Time steps per step", help="Of length 1.")
    brush = iv.Slider(4, 1, 20, unit="cells", help="Half the width of what the mouse paints.")

    dish = iv.Image(
        label="Paint v here",
        help="The right button takes it away.",
        vmin=0,
        vmax=0.4,
        cmap="magma",
        smooth=True,
        pointer=True,
    )
    amount = iv.Trace(names=["u", "v"], vmin=0, vmax=1, span=600, help="Means over the dish.")

    def init(self):
        self.u = np.ones((self.size, self.size), np.float32)
        self.v = np.zeros_like(self.u)
        for row, column in self.rng.integers(0, self.size, (self.seeds, 2)):
            self.stamp(row, column, 5, 0.25)
        self.dish = self.v

    def stamp(self, row, column, half, level):
        around = np.arange(-half, half + 1)
        place = np.ix_((row + around) % self.size, (column + around) % self.size)
        self.u[place], self.v[place] = (0.5, level) if level else (1.0, 0.0)

    def pointer(self, event):
        if event.kind in ("press", "drag"):
            self.stamp(event.row, event.column, self.brush, 0.25 if event.button == 1 else 0.0)
            self.dish = self.v

    def step(self):
        u, v = self.u, self.v
        feed, kill = np.float32(self.pattern or (self.feed, self.kill))
        fast = np.float32(self.diffusion)
        for _ in range(self.substeps):
            reaction = u * v * v
            u = u + fast * laplacian(u) - reaction + feed * (1 - u)
            v = v + fast / 2 * laplacian(v) + reaction - (feed + kill) * v
        self.u, self.v = u, v
        self.amount = u.mean(), v.mean()
        self.dish = v


if __name__ == "__main__":
    iv.launch(GrayScott)
