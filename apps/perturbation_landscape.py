"""Learning by perturbation on a landscape of two weights that one can see.

The walkers try a random change, compare the loss with and without it (the reward prediction error)
and step by the outcome, with no slope: rules of `dopamine_wp` (docs/dopamine.md; arXiv:2510.22178).
"""

import numpy as np

import ivisit as iv
from dopamine_wp import BlackBox, Trainer
from dopamine_wp.steering import make_optimizer

RULES = ["Dopamine1", "Dopamine2", "WP", "SPSA", "SNES", "SepCMAES"]
AXIS = np.linspace(-2, 2, 101)
PLANE = np.stack(np.meshgrid(AXIS, AXIS), axis=-1).reshape(-1, 2)
TRAIL = 300
#: Loss (learners,) of weights (learners, 2); each has a minimum of 0.
LANDSCAPES = {
    "two weights in series": lambda w: (w[:, 1] * np.tanh(w[:, 0]) - 0.7) ** 2,
    "ravine": lambda w: (w[:, 0] + w[:, 1] - 1) ** 2 + 0.01 * (w[:, 0] - w[:, 1]) ** 2,
    "Rosenbrock's valley": lambda w: (1 - w[:, 0]) ** 2 / 10 + (w[:, 1] - w[:, 0] ** 2) ** 2,
    "four minima": lambda w: ((w**2 - 1) ** 2 / 4 + (w - 1) ** 2 / 20).sum(1),
}


class PerturbationLandscape(iv.Simulation):
    """Watch weight perturbation and Dopamine find their way without a gradient."""

    pace = 25
    landscape = iv.OptionList("Rosenbrock's valley", LANDSCAPES, help="Loss over two weights.")
    rule = iv.OptionList("Dopamine1", RULES, group="Learning", help="May be changed on the way.")
    rate = iv.Slider(0.03, 1e-4, 3.0, scale="log", group="Learning", help="In the beginning.")
    sigma = iv.Slider(0.01, 1e-4, 1.0, scale="log", group="Learning", help="Size of a trial.")
    noise = iv.Slider(0.0, 0.0, 0.5, step=0.01, group="Learning", help="Of each measured loss.")
    walkers = iv.Slider(12, 1, 60, restart=True, help="Learners side by side.")
    repeats = iv.Slider(2, 1, 50, label="Trials in a step", help="Training steps in a step.")

    plane = iv.Figure(label="Click: red starts there", pointer=True)
    loss = iv.Trace(plot="Loss", label="red walker", scale="log", span=400)
    median = iv.Trace(plot="Loss", label="median of all")
    learning_rate = iv.Trace(label="Learning rate, red walker", scale="log", span=400)

    def init(self):
        start = self.rng.uniform(-1.8, 1.8, (self.walkers, 2))
        start[0] = -1.6, 1.5
        self.begin(start)
        self.path, self.drawn = np.tile(start, (TRAIL, 1, 1)), None
        self.plane.clear()
        axes = self.plane.subplots()
        axes.set(xlim=(-2, 2), ylim=(-2, 2), xlabel="first weight", ylabel="second weight")
        self.hills = axes.contourf(AXIS, AXIS, np.zeros((101, 101)))
        (self.trails,) = axes.plot([], [], color="white", linewidth=0.7, alpha=0.8)
        (self.heads,) = axes.plot([], [], "o", color="white", markersize=4)
        (self.red,) = axes.plot([], [], "o-", markevery=[-1], color="tab:red", markersize=8)

    def begin(self, weights):
        self.settings = self.chosen()
        rule = make_optimizer(self.rule, rate=self.rate, sigma=self.sigma, perturbations=0)
        self.trainer = Trainer(BlackBox(self.cost, 2), rule, None, theta=weights, rng=self.rng)

    def chosen(self):
        return self.rule, self.rate, self.sigma, self.landscape, self.noise

    def cost(self, weights):
        return self.landscape(weights) + self.noise * self.rng.normal(size=len(weights))

    def pointer(self, event):
        if event.kind == "press" and event.axes == 0:
            weights = self.trainer.theta.copy()
            weights[0] = self.path[:, 0] = event.x, event.y
            self.begin(weights)

    def step(self):
        if self.chosen() != self.settings:
            self.begin(self.trainer.theta)
        for _ in range(self.repeats):
            self.trainer.step()
        weights = self.trainer.theta
        self.path = np.concatenate([self.path[1:], weights[None]])
        losses = self.landscape(weights)
        self.loss, self.median = losses[0], np.median(losses)
        self.learning_rate = np.broadcast_to(self.trainer.record.rate[-1], len(weights))[0]
        self.trainer.record.clear()

    def draw(self):
        if self.drawn is not self.landscape:
            self.drawn = self.landscape
            heights = np.sqrt(self.landscape(PLANE)).reshape(101, 101)
            self.hills.remove()
            axes = self.plane.axes[0]
            self.hills = axes.contourf(AXIS, AXIS, heights, 24, cmap="viridis", zorder=0)
        gapped = np.pad(self.path, ((0, 1), (0, 0), (0, 0)), constant_values=np.nan)
        self.trails.set_data(*gapped.transpose(2, 1, 0).reshape(2, -1))
        self.heads.set_data(*self.path[-1].T)
        self.red.set_data(*self.path[:, 0].T)


if __name__ == "__main__":
    iv.launch(PerturbationLandscape)
