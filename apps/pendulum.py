"""A pendulum learns to swing up from its reward alone, by perturbation of its four weights.

The motor is too weak to lift it at once, and the rule sees one number per trial (docs/dopamine.md).
"""

import numpy as np

import ivisit as iv
from dopamine_wp import OPTIMIZERS, BlackBox, Trainer

TIME_STEP, STEPS = 0.05, 200
RULES = ["Dopamine1", "Dopamine2", "SPSA", "SNES", "SepCMAES"]
STARTS = np.pi + np.array([0.05, 0.1, 0.2, 0.4])


def swing(weights, motor):
    """Return the angles (time, learners, starts) of pendulums steered by weights (learners, 4)."""
    angle = np.tile(STARTS, (len(weights), 1))
    speed, path = np.zeros_like(angle), np.empty((STEPS, *angle.shape))
    for t in range(STEPS):
        up, side = np.cos(angle), np.sin(angle)
        seen = np.stack([side, side * up, speed, speed * up])
        torque = motor * np.tanh(np.einsum("fls,lf->ls", seen, weights))
        speed += TIME_STEP * (9.81 * side - 0.1 * speed + torque)
        angle += TIME_STEP * speed
        path[t] = angle
    return path


class Pendulum(iv.Simulation):
    """Watch pendulums learn to stand up by trial, reward and dopamine."""

    pace = 10  # the first steps are the interesting ones
    optimizer = iv.OptionList("Dopamine1", RULES, group="Learning", restart=True, help="The rule.")
    rate = iv.Slider(
        0.1, 0.001, 3.0, scale="log", group="Learning", restart=True, help="Size of a change."
    )
    learners = iv.Slider(
        20, 1, 100, group="Learning", restart=True, help="Pendulums that learn side by side."
    )
    motor = iv.Slider(
        5.0, 1.0, 15.0, unit="N m", restart=True, help="Torque; 9.81 would lift it without a swing."
    )

    best = iv.Trace(plot="Reward")
    median = iv.Trace(plot="Reward", help="1 is upright all the time, 0 hanging.")
    trials = iv.Figure(label="Best learner: height in four trials")
    report = iv.TextOutput()

    def init(self):
        network = BlackBox(self.cost, 4)
        rule = OPTIMIZERS[self.optimizer](self.rate, decay=None)
        theta = network.init(self.learners, rng=self.rng)
        self.trainer = Trainer(network, rule, None, theta=theta, rng=self.rng)
        self.winner = theta[:1]
        self.trials.clear()
        axes = self.trials.subplots()
        axes.set(xlim=(0, STEPS * TIME_STEP), ylim=(-1.1, 1.1), xlabel="time, s", ylabel="height")
        self.lines = axes.plot(np.zeros((1, 4)), np.zeros((1, 4)), color="tab:blue", alpha=0.6)

    def cost(self, theta):
        return (1 - np.cos(swing(theta, self.motor))).mean(axis=(0, 2)) / 2

    def step(self):
        self.trainer.step()
        rewards = 1 - self.cost(self.trainer.theta)
        self.winner = self.trainer.theta[[rewards.argmax()]]
        self.best, self.median = rewards.max(), np.median(rewards)
        self.report = f"{self.trainer.fpe:.0f} trials: {self.best:.2f}, median {self.median:.2f}"

    def draw(self):
        heights = np.cos(swing(self.winner, self.motor))[:, 0]
        for line, height in zip(self.lines, heights.T, strict=True):
            line.set_data(TIME_STEP * np.arange(1, STEPS + 1), height)


if __name__ == "__main__":
    iv.launch(Pendulum)
