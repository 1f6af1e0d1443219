"""Two networks learn hand-written digits, one by back-propagation, one without derivatives.

After the digits example of arXiv:2408.03341. The networks are plain NumPy (`dopamine_wp.MLP`), the
digits come with the package (data/README.md); docs/dopamine.md has the rules.
"""

from importlib.resources import files

import numpy as np

import ivisit as iv
from dopamine_wp import MLP, OPTIMIZERS, Trainer

GRADIENT = {"Adam": 0.01, "Momentum": 0.05, "RMSProp": 0.003, "SGD": 0.5}
PERTURBATION = {"Dopamine1": 0.05, "Dopamine2": 0.05, "WP": 0.005, "SNES": 1.0}
RATES = GRADIENT | PERTURBATION
N_TRAINING = 1400


def mosaic(tiles, columns, n):
    """Return up to n pictures (n, h, w) beside and below each other, with gaps of one pixel."""
    missing = -(-n // columns) * columns - len(tiles)
    tiles = np.pad(tiles, ((0, missing), (0, 1), (0, 1)), constant_values=np.nan)
    height, width = tiles.shape[1:]
    rows = tiles.reshape(-1, columns, height, width).swapaxes(1, 2)
    return rows.reshape(-1, columns * width)[:-1, :-1]


def choose(default, rules):
    return iv.OptionList(default, list(rules), group="Learning", restart=True, help="The rule.")


class DigitsNetwork(iv.Simulation):
    """Watch networks learn digits: what they take for what, their weights, their errors."""

    pace = 20
    gradient = choose("Adam", GRADIENT)
    perturbation = choose("Dopamine1", PERTURBATION)
    factor = iv.Slider(
        1.0, 0.01, 100.0, scale="log", group="Learning", restart=True, help="Of both usual rates."
    )
    batch = iv.Slider(100, 1, N_TRAINING, group="Learning", help="Digits in a batch, of 20 steps.")
    repeats = iv.Slider(10, 1, 100, group="Learning", help="Training steps in a step.")
    hidden = iv.Slider(16, 1, 48, restart=True, help="Hidden units of each network.")
    shown = iv.RadioButtons("gradient", ["gradient", "perturbation"], help="Whose pictures.")

    mistakes = iv.Image(vmin=0, vmax=16, missing="#5b6470", label="Taken for another digit")
    weights = iv.Image(cmap="RdBu_r", vmin=-1, vmax=1, missing="#5b6470", label="Hidden units")
    error = iv.Trace(plot="Test error", label="gradient", vmin=0, vmax=1, span=400)
    rival = iv.Trace(plot="Test error", label="perturbation", help="Fraction of wrong digits.")
    loss = iv.Trace(plot="Training loss", label="gradient", scale="log", span=400)
    rival_loss = iv.Trace(plot="Training loss", label="perturbation", help="Cross entropy.")
    confusions = iv.TextOutput(lines=4)

    def main_init(self):
        with np.load(files("ivisit_lab_data") / "digits.npz") as archive:
            self.digits, self.labels = archive["images"].astype(float), archive["labels"]
        self.X, self.Y = self.digits.reshape(-1, 64) / 16, np.eye(10)[self.labels]

    def init(self):
        self.network = MLP((64, self.hidden, 10), output="softmax", loss="cross_entropy")
        theta, self.seed = self.network.init(1, rng=self.rng), int(self.rng.integers(2**31))
        self.trainers = []
        for name in (self.gradient, self.perturbation):
            rule = OPTIMIZERS[name](RATES[name] * self.factor, decay=None)
            trainer = Trainer(self.network, rule, self.mini_batch, theta=theta, rng=self.seed)
            self.trainers.append(trainer)
        self.guesses = np.zeros((2, len(self.X) - N_TRAINING), int)

    def mini_batch(self, index):
        rng = np.random.default_rng([self.seed, index])
        chosen = rng.integers(0, N_TRAINING, self.batch)
        return self.X[chosen], self.Y[chosen]

    def step(self):
        for trainer in self.trainers:
            for _ in range(self.repeats):
                trainer.step()
        both = np.concatenate([trainer.theta for trainer in self.trainers])
        self.guesses = self.network.outputs(both, self.X[N_TRAINING:]).argmax(axis=-1)
        self.error, self.rival = np.mean(self.guesses != self.labels[N_TRAINING:], axis=1)
        self.loss, self.rival_loss = self.network.loss(both, (self.X[:400], self.Y[:400]))

    def draw(self):
        which = int(self.shown == "perturbation")
        truth, guess = self.labels[N_TRAINING:], self.guesses[which]
        wrong = np.flatnonzero(guess != truth)[:40]
        self.mistakes = mosaic(self.digits[N_TRAINING:][wrong], 10, n=40)
        rows = [wrong[i : i + 10] for i in range(0, len(wrong), 10)]
        lines = ["  ".join(f"{truth[i]}→{guess[i]}" for i in row) for row in rows]
        self.confusions = "\n".join(lines)
        hidden = self.network.unpack(self.trainers[which].theta)["W1"][0].T.reshape(-1, 8, 8)
        scale = np.abs(hidden).max(axis=(1, 2), keepdims=True)
        self.weights = mosaic(hidden / scale, 8, n=self.hidden)


if __name__ == "__main__":
    iv.launch(DigitsNetwork)
