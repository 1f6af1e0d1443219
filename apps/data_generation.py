"""Make data by hand: spray points with the mouse (an example of arXiv:2408.03341).

The points are a parameter: they are edited as a table, saved in parameter sets, taken from a CSV
file by ``-p points=points.csv``, and classified by apps/classification.py.
"""

import numpy as np

import ivisit as iv

COLORS = ["tab:red", "tab:blue"]
_rng = np.random.default_rng(7)
#: Two classes whose clouds are drawn out, so that their ellipses differ.
START = [
    [*point, kind]
    for kind, (middle, shape) in enumerate(
        [((-1.5, 0.8), [[1.0, 0.6], [0.0, 0.5]]), ((1.4, -0.6), [[0.6, -0.5], [0.0, 0.7]])]
    )
    for point in np.round(np.array(middle) + _rng.normal(size=(40, 2)) @ np.array(shape), 2)
]


class DataGeneration(iv.Simulation):
    """Spray points of two classes, and watch mean, spread and separation follow."""

    live = True  # the picture follows the mouse
    spray = iv.RadioButtons("red", ["red", "blue", "eraser"], help="What the left button does.")
    width = iv.Slider(0.3, 0.0, 2.0, step=0.05, help="Standard deviation of the spray, radius.")
    drops = iv.Slider(3, 1, 20, help="Points that one movement of the mouse adds.")
    clear = iv.Button("Clear all", help="Begin with an empty plane.")
    points = iv.Table(START, columns=["x", "y", "class"], help="Class 0 is red, 1 is blue.")

    plane = iv.Figure(label="Spray points here", pointer=True, help="The right button erases.")
    separation = iv.Trace(help="Fisher's: squared distance of the means over both variances.")
    report = iv.TextOutput(lines=2)

    def init(self):
        self.plane.clear()
        axes = self.plane.subplots()
        axes.set(xlim=(-5, 5), ylim=(-4, 4), xlabel="x", ylabel="y")
        axes.grid(alpha=0.3)
        self.dots = [axes.plot([], [], "o", color=c, markersize=4, alpha=0.7)[0] for c in COLORS]
        self.ellipses = [axes.plot([], [], color=c, linewidth=1.5)[0] for c in COLORS]

    def pointer(self, event):
        if event.kind not in ("press", "drag") or event.axes is None:
            return
        here, points = np.array([event.x, event.y]), self.points
        if event.button == 3 or self.spray == "eraser":
            far = np.linalg.norm(points[:, :2] - here, axis=1) > max(self.width, 0.1)
            self.points = points[far]
        else:
            new = self.rng.normal(here, self.width, (self.drops, 2)).round(3)
            kind = np.full((len(new), 1), float(self.spray == "blue"))
            self.points = np.vstack([points, np.hstack([new, kind])])[-2000:]

    def classes(self):
        points = self.points
        return [points[points[:, 2] == kind, :2] for kind in (0, 1)]

    def step(self):
        if self.clear:
            self.points = np.zeros((0, 3))
        first, second = self.classes()
        self.separation = np.nan
        if min(len(first), len(second)) > 1:
            distance = first.mean(0) - second.mean(0)
            within = (first - first.mean(0)).T @ (first - first.mean(0)) / len(first)
            within += (second - second.mean(0)).T @ (second - second.mean(0)) / len(second)
            self.separation = distance @ np.linalg.pinv(within) @ distance
        self.report = f"{len(first)} red points\n{len(second)} blue points"

    def draw(self):
        circle = np.linspace(0, 2 * np.pi, 60)
        around = 2 * np.stack([np.cos(circle), np.sin(circle)])
        for points, dots, ellipse in zip(self.classes(), self.dots, self.ellipses, strict=True):
            dots.set_data(*points.T)
            ellipse.set_data([], [])
            if len(points) > 2:
                values, vectors = np.linalg.eigh(np.cov(points.T))
                stretch = vectors * np.sqrt(np.maximum(values, 0))
                ellipse.set_data(*(points.mean(0)[:, None] + stretch @ around))


if __name__ == "__main__":
    iv.launch(DataGeneration)
