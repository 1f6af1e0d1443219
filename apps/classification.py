"""Interactive classification: click points of two classes (an example of arXiv:2408.03341).

Three classifiers that need no training loop (C. M. Bishop, "Pattern Recognition and Machine
Learning", 2006: nearest neighbors and Parzen windows chapter 2.5, Gaussians chapter 4.2).
"""

import numpy as np
from scipy.spatial.distance import cdist
from scipy.special import expit

import ivisit as iv

PIXELS, REACH = 200, 3.0
_places = np.linspace(-REACH, REACH, PIXELS)
#: The points of the picture, from its upper left corner; y grows upwards.
GRID = np.stack(np.meshgrid(_places, _places[::-1]), axis=-1).reshape(-1, 2)
RED, BLUE = np.array([0.87, 0.36, 0.30]), np.array([0.28, 0.46, 0.82])
_turns = np.repeat(np.linspace(0.7, 5.5, 28), 2)
_angles = _turns + np.tile([0.0, np.pi], 28)
_spirals = np.stack([np.cos(_angles), np.sin(_angles)], axis=1) * _turns[:, None] / 2.2
_spirals += np.random.default_rng(3).normal(0, 0.2, _spirals.shape)
START = np.column_stack([_spirals.round(2), np.tile([0, 1], 28)])


def squared_distances(places, points):
    return cdist(places, points[:, :2], "sqeuclidean")


def neighbors(places, points, app):
    k = min(app.k, len(points))
    nearest = np.argpartition(squared_distances(places, points), k - 1, axis=1)[:, :k]
    return points[nearest, 2].mean(axis=1)


def parzen(places, points, app):
    distances = squared_distances(places, points)
    nearest = distances.min(axis=1, keepdims=True)  # so that the largest weight is 1
    weights = np.exp((nearest - distances) / (2 * app.width**2))
    return weights @ points[:, 2] / weights.sum(axis=1)


def gaussians(places, points, app):
    scores = []
    for kind in (0, 1):
        part = points[points[:, 2] == kind, :2]
        if len(part) < 3:
            return np.full(len(places), points[:, 2].mean())
        covariance = np.cov(part.T) + 0.02 * np.eye(2)
        off = places - part.mean(axis=0)
        distance = np.einsum("ni,ij,nj->n", off, np.linalg.inv(covariance), off)
        scores.append(np.log(len(part)) - (distance + np.log(np.linalg.det(covariance))) / 2)
    return expit(scores[1] - scores[0])


RULES = {"nearest neighbors": neighbors, "Parzen windows": parzen, "Gaussians": gaussians}


class Classification(iv.Simulation):
    """Click points of two classes, and watch classifiers divide the plane between them."""

    live = True  # the picture follows each click
    rule = iv.OptionList("Parzen windows", RULES, label="Classifier", help="What divides.")
    k = iv.Slider(3, 1, 25, step=2, label="Neighbors", help="Of nearest neighbors: how many vote.")
    width = iv.Slider(0.2, 0.05, 3.0, scale="log", label="Window width", help="Parzen's.")
    points = iv.Table(START, columns=["x", "y", "class"], help="Class 0 is red, 1 is blue.")

    plane = iv.Image(label="Left red, right blue", smooth=True, pointer=True, help="Shift removes.")
    error = iv.Trace(label="Leave-one-out error", vmin=0, vmax=1, help="Fraction of wrong points.")

    def pointer(self, event):
        if event.kind == "press":
            here = (np.array([event.x, PIXELS - event.y]) / PIXELS * 2 - 1) * REACH
            points = self.points
            if "shift" not in event.modifiers:
                self.points = np.vstack([points, [*here.round(3), float(event.button == 3)]])
            elif len(points) > 2:
                nearest = squared_distances(here[None], points).argmin()
                self.points = np.delete(points, nearest, axis=0)

    def step(self):
        points = self.points
        if len(points) < 2:
            return
        rest = [np.delete(points, i, axis=0) for i in range(len(points))]
        blue = [self.rule(points[[i], :2], others, self)[0] for i, others in enumerate(rest)]
        self.error = np.mean((np.array(blue) > 0.5) != points[:, 2])

    def draw(self):
        points = self.points if len(self.points) else np.array([[9.0, 9.0, 0.5]])
        blue, squares = self.rule(GRID, points, self)[:, None], squared_distances(GRID, points)
        paper = 0.4 + 0.6 * ((1 - blue) * RED + blue * BLUE)
        ink = np.where(points[squares.argmin(axis=1), 2:] > 0.5, BLUE, RED)
        off = squares.min(axis=1, keepdims=True)
        picture = np.where(off < 0.07**2, ink, np.where(off < 0.1**2, 1.0, paper))
        self.plane = picture.reshape(PIXELS, PIXELS, 3)


if __name__ == "__main__":
    iv.launch(Classification)
