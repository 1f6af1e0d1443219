"""k-means clustering, one half-step at a time (S. P. Lloyd, IEEE Trans. Inf. Theory 28:129, 1982).

Odd steps give each point to its nearest center, even ones move the centers to the means of their
points; the error never rises, and where it rests depends on the start.
"""

import numpy as np

import ivisit as iv

COLORS = ["#e6194b", "#3cb44b", "#4363d8", "#f58231", "#911eb4", "#00a5b5", "#d13fc4", "#8a7a00"]


class KMeans(iv.Simulation):
    """Watch k-means assign points and move centers, and get stuck where it must."""

    pace = 3  # so slow that each half-step is seen
    k = iv.Slider(5, 1, 8, restart=True, label="Centers", help="Clusters that are looked for.")
    clouds = iv.Slider(5, 1, 12, restart=True, group="Data", help="Clusters that there are.")
    n = iv.Slider(400, 10, 5000, restart=True, group="Data", label="Points", help="In all.")
    spread = iv.Slider(0.6, 0.1, 3.0, step=0.05, restart=True, group="Data", help="Of a cloud.")
    start = iv.RadioButtons(
        "k-means++", ["points", "k-means++"], restart=True, help="Of the centers: Arthur 2007."
    )
    again = iv.Button("Other centers", help="Begin anew with the same points.")

    plane = iv.Figure(label="Click moves a center", pointer=True)
    error = iv.Trace(span=60, label="RMS distance", help="Of the points to their centers.")
    sizes = iv.TextOutput(label="Points each", lines=2)

    def init(self):
        middles = self.rng.uniform(-4, 4, (self.clouds, 2))
        self.points = self.rng.normal(middles[np.arange(self.n) % self.clouds], self.spread)
        self.choose()
        self.plane.clear()
        axes = self.plane.subplots()
        axes.set(xlim=(-7, 7), ylim=(-6, 6), aspect="equal")
        self.dots = axes.scatter(*self.points.T, s=10)
        (self.paths,) = axes.plot([], [], color="0.3", linewidth=0.8)
        self.heads = axes.scatter(*self.centers.T, s=130, marker="X", edgecolors="black", zorder=3)

    def choose(self):
        self.centers, self.owner = np.zeros((self.k, 2)), None
        for i in range(self.k):
            weights = self.distances(self.centers[:i]).min(axis=1) if i else np.ones(self.n)
            if self.start == "points":
                weights = np.ones(self.n)
            self.centers[i] = self.rng.choice(self.points, p=weights / weights.sum())
        self.path = [self.centers.copy()]

    def distances(self, centers):
        return ((self.points[:, None] - centers) ** 2).sum(axis=-1)

    def pointer(self, event):
        if event.kind == "press" and event.axes == 0:
            here = np.array([event.x, event.y])
            nearest = ((self.centers - here) ** 2).sum(axis=1).argmin()
            self.centers[nearest] = here
            self.path, self.owner = [self.centers.copy()], None

    def step(self):
        if self.again:
            self.choose()
        if self.owner is None:
            self.owner, self.moved = self.distances(self.centers).argmin(axis=1), False
        elif not self.moved:
            for i in np.unique(self.owner):
                self.centers[i] = self.points[self.owner == i].mean(axis=0)
            self.path, self.moved = [*self.path, self.centers.copy()], True
        else:
            self.owner, self.moved = self.distances(self.centers).argmin(axis=1), False
        chosen = self.centers[self.owner]
        self.error = np.sqrt(((self.points - chosen) ** 2).sum(axis=1).mean())
        self.sizes = " ".join(map(str, np.bincount(self.owner, minlength=self.k)))

    def draw(self):
        colors = np.array(COLORS)[: self.k]
        self.heads.set(offsets=self.centers, facecolors=colors)
        self.dots.set_facecolors("0.6" if self.owner is None else colors[self.owner])
        gapped = np.pad(np.array(self.path), ((0, 1), (0, 0), (0, 0)), constant_values=np.nan)
        self.paths.set_data(*gapped.transpose(2, 1, 0).reshape(2, -1))


if __name__ == "__main__":
    iv.launch(KMeans)
