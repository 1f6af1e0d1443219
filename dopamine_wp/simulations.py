"""The simulations of the package: learning rules at work, to watch and to steer.

``ivisit gui dopamine-xor`` and ``ivisit gui dopamine-forecast`` open them in the window,
``ivisit run dopamine-xor --steps 20`` runs one headlessly.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import Any

import numpy as np

import ivisit as iv
from dopamine_wp import series, tasks
from dopamine_wp.batches import Batches
from dopamine_wp.metrics import valid_prediction_time
from dopamine_wp.networks import MLP, RNN, Batch, Network
from dopamine_wp.optimizers import OPTIMIZERS
from dopamine_wp.steering import WINDOWS, make_optimizer, rules_for
from dopamine_wp.trainer import Trainer

#: Loss below which a truth table counts as learned.
SOLVED_BELOW = 0.01

_CURVE_LENGTH = 200
_SURFACE_PIXELS = 64
_SHOWN_SAMPLES = 200
_WARMUP = 100


def _choice_of_rules(names: list[str]) -> iv.OptionList[str]:
    return iv.OptionList(
        "Dopamine1",
        names,
        label="Optimizer",
        group="Rule",
        help="The learning rule; a change keeps the weights and goes on with the other rule.",
    )


class Training(iv.Simulation):
    """What both simulations share: the rule, which may be changed at any time, and its traces."""

    optimizer = _choice_of_rules(list(OPTIMIZERS))
    rate = iv.Slider(
        0.01,
        1e-5,
        10.0,
        scale="log",
        label="Learning rate",
        group="Rule",
        help="Initial rate of Dopamine1, rate of most others; DopamineV, VPlus, K, SNES and "
        "SepCMAES take steps of their own size.",
    )
    sigma = iv.Slider(
        1e-3,
        1e-6,
        0.1,
        scale="log",
        label="Perturbation size",
        group="Rule",
        help="The largest one for Dopamine1 and Dopamine2, which shrink it with the rate.",
    )
    perturbations = iv.Slider(
        0,
        0,
        64,
        label="Perturbations",
        group="Rule",
        help="Directions in a step; 0 is the rule's own number.",
    )
    repeats = iv.Slider(
        10,
        1,
        200,
        label="Training steps per step",
        group="Rule",
        help="Training steps between two pictures.",
    )

    loss = iv.Trace(label="Median", plot="Loss", scale="log")
    best_loss = iv.Trace(label="Best network", plot="Loss")
    worst_loss = iv.Trace(label="Worst network", plot="Loss")
    learning_rate = iv.Trace(label="Rate, median", scale="log")
    rpe = iv.Trace(label="Reward prediction error, mean", scale="symlog")
    agreement = iv.Trace(
        label="Agreement, mean",
        help="Actual over expected gain; 1/2 is the best step on a quadratic.",
    )

    def start_training(self, net: Network, batches: Batches, replicas: int) -> None:
        """Make fresh networks and their trainer, from the run's random numbers."""
        self.settings = self.chosen_settings()
        self.trainer = Trainer(
            net,
            make_optimizer(**self.settings),
            batches,
            theta=net.init(replicas, rng=self.rng),
            stop_loss=SOLVED_BELOW,
            rng=self.rng,
        )

    def chosen_settings(self) -> dict[str, Any]:
        """Return the arguments of `make_optimizer` that the controls ask for."""
        return {
            "name": self.optimizer,
            "rate": self.rate,
            "sigma": self.sigma,
            "perturbations": self.perturbations,
        }

    def train_on(self) -> None:
        """Do the training steps of one step and show what they report."""
        settings = self.chosen_settings()
        if settings != self.settings:
            self.settings = settings
            self.trainer.switch(make_optimizer(**settings))
        for _ in range(self.repeats):
            self.trainer.step()
        record = self.trainer.record
        self.losses = np.broadcast_to(record.loss[-1], len(self.trainer.theta))
        self.best_loss, self.loss, self.worst_loss = (
            float(level) for level in np.quantile(self.losses, (0, 0.5, 1))
        )
        self.rpe = np.mean(record.rpe[-1])
        self.learning_rate = np.median(record.rate[-1])
        known = np.asarray(record.agreement[-1])
        known = known[np.isfinite(known)]
        self.agreement = known.mean() if known.size else np.nan
        # A window may train for hours
        record.clear()


class DopamineXOR(Training):
    """Train many small networks at once on XOR or parity, by perturbation or by gradient."""

    #: At full speed all is learned before anybody has looked.
    pace = 25

    optimizer = _choice_of_rules(rules_for(MLP((2, 2, 1))))
    task = iv.OptionList(
        "xor",
        list(tasks.TRUTH_TABLES),
        label="Task",
        group="Networks",
        restart=True,
        help="The truth table that is learned.",
    )
    hidden = iv.Slider(
        4,
        1,
        32,
        label="Hidden units",
        group="Networks",
        restart=True,
        help="Size of the hidden layer.",
    )
    replicas = iv.Slider(
        100,
        1,
        500,
        label="Networks",
        group="Networks",
        restart=True,
        help="Networks that learn side by side from different weights.",
    )
    stop_when_solved = iv.Checkbox(
        False,
        label="Stop when all are solved",
        group="Networks",
        help=f"End the run once every network has had a loss below {SOLVED_BELOW}.",
    )
    shown = iv.Slider(
        0,
        0,
        499,
        label="Network shown",
        help="Whose decision surface is shown; the last one if there are fewer.",
    )

    curves = iv.Figure(label="Loss of all networks")
    surface = iv.Image(
        vmin=0,
        vmax=1,
        cmap="RdBu_r",
        smooth=True,
        label="Decision surface",
        help="Output over the first two inputs from 0 to 1, all others at 0.",
    )
    solved = iv.Trace(label="Fraction solved", help=f"Networks that reached {SOLVED_BELOW}.")
    report = iv.TextOutput()

    def init(self) -> None:
        """Start with fresh networks."""
        batch = tasks.TRUTH_TABLES[self.task]()
        n_inputs = batch[0].shape[1]
        self.network = MLP((n_inputs, self.hidden, 1), hidden="tanh", output="sigmoid")
        self.start_training(self.network, batch, self.replicas)
        side = np.linspace(0, 1, _SURFACE_PIXELS)
        self.grid = np.zeros((_SURFACE_PIXELS**2, n_inputs))
        self.grid[:, 0] = np.tile(side, _SURFACE_PIXELS)
        # The second input grows upwards, rows of a picture downwards
        self.grid[:, 1] = np.repeat(side[::-1], _SURFACE_PIXELS)
        # What is known before the first step: a picture may be due
        self.losses = self.network.loss(self.trainer.theta, batch)
        self.past: deque[np.ndarray] = deque([self.losses], maxlen=_CURVE_LENGTH)
        self.make_curves()

    def make_curves(self) -> None:
        """Make the axes and one artist for all curves."""
        self.curves.clear()
        axes = self.curves.subplots()
        axes.set(
            xlim=(-_CURVE_LENGTH, 0),
            ylim=(1e-5, 1),
            yscale="log",
            xlabel="steps before the present one",
            ylabel="loss",
        )
        axes.axhline(SOLVED_BELOW, color="0.5", linestyle="--", linewidth=0.8)
        (self.all_curves,) = axes.plot([], [], color="tab:blue", alpha=0.35, linewidth=0.7)
        (self.shown_curve,) = axes.plot([], [], color="tab:red", label="network shown")
        axes.legend(loc="lower left")

    def step(self) -> None:
        """Train and tell how many are solved."""
        self.train_on()
        self.past.append(self.losses)
        self.solved = np.isfinite(self.trainer.solved_at).mean()
        self.report = (
            f"{self.trainer.steps_done} training steps, {self.trainer.fpe:.0f} forward-pass "
            f"equivalents a network, {self.solved:.0%} of {len(self.losses)} networks solved"
        )
        if self.stop_when_solved and self.trainer.solved:
            self.stop()

    def draw(self) -> None:
        """Show the curves of all networks and the surface of one."""
        replica = min(self.shown, len(self.losses) - 1)
        self.draw_curves(replica)
        theta = self.trainer.theta[replica : replica + 1]
        self.surface = self.network.outputs(theta, self.grid).reshape(_SURFACE_PIXELS, -1)

    def draw_curves(self, replica: int) -> None:
        """Give the artists their data: all curves are one line with gaps."""
        past = np.array(self.past)
        ages = np.arange(1 - len(past), 1)
        gapped = np.vstack([past, np.full(past.shape[1], np.nan)])
        self.all_curves.set_data(np.tile(np.append(ages, 0), past.shape[1]), gapped.T.ravel())
        self.shown_curve.set_data(ages, past[:, replica])
        self.show_lowest(past)

    def show_lowest(self, past: np.ndarray) -> None:
        """Move the lower limit below the smallest loss shown, five powers of ten at a time.

        A new limit means drawing the axes anew, so it must be rare.
        """
        positive = past[past > 0]
        exponent = np.log10(positive.min()) if positive.size else -1.0
        low = 10.0 ** (5 * np.floor(exponent / 5))
        (axes,) = self.curves.axes
        if low != axes.get_ylim()[0]:
            axes.set_ylim(low, 1)


class DopamineForecast(Training):
    """Train a recurrent network to forecast a chaotic series, by perturbation or by gradient."""

    optimizer = _choice_of_rules(rules_for(RNN(1, 2, 1)))
    windows = iv.Slider(
        0,
        0,
        64,
        label="Windows in a batch",
        group="Rule",
        help="0 is what suits the rule: 2 for DopamineK, 8 for DopamineVPlus, else 16.",
    )
    source = iv.OptionList(
        "lorenz",
        list(series.GENERATORS),
        label="Series",
        restart=True,
        group="Networks",
        help="santafe_laser is the real one.",
    )
    hidden = iv.Slider(
        16,
        2,
        40,
        label="Hidden units",
        group="Networks",
        restart=True,
        help="Size of the recurrent layer.",
    )
    replicas = iv.Slider(
        1,
        1,
        20,
        label="Networks",
        group="Networks",
        restart=True,
        help="Networks that learn side by side from different weights.",
    )

    forecast = iv.Figure(label="Test series and forecasts")
    weights = iv.Image(
        vmin=-1,
        vmax=1,
        cmap="RdBu_r",
        label="Recurrent weights",
        help="Row: from this unit, column: to that unit.",
    )
    error = iv.Trace(label="Median", plot="Test NRMSE", scale="log")
    best_error = iv.Trace(label="Best network", plot="Test NRMSE")
    worst_error = iv.Trace(label="Worst network", plot="Test NRMSE")
    valid_time = iv.Trace(
        label="Valid prediction time, median",
        help="Of the closed loop, in Lyapunov times (laser: in samples).",
    )
    report = iv.TextOutput()

    def init(self) -> None:
        """Start with a fresh network on the chosen series."""
        self.data = tasks.forecast(series.GENERATORS[self.source](3500), rng=self.rng)
        self.network = RNN(1, self.hidden, 1, washout=self.data.washout)
        self.start_training(self.network, self.batch, self.replicas)
        # A picture may be due before the first step
        self.errors = self.data.nrmse(self.network, self.trainer.theta)
        self.make_plot()

    def batch(self, index: int) -> Batch:
        """Return a training batch with as many windows as are asked for at present."""
        size = self.windows or WINDOWS.get(self.optimizer, 16)
        return replace(self.data, batch_size=size).batch(index)

    def make_plot(self) -> None:
        """Make the axes: truth, teacher-forced and closed-loop forecasts, the end of validity."""
        self.truth = self.data.test[: _WARMUP + _SHOWN_SAMPLES]
        self.forecast.clear()
        axes = self.forecast.subplots()
        times = np.arange(len(self.truth))
        axes.plot(times, self.truth, color="0.6", linewidth=3, label="test series")
        (self.forced_line,) = axes.plot([], [], color="tab:blue", label="teacher-forced")
        (self.closed_line,) = axes.plot([], [], color="tab:red", label="closed loop, median")
        (self.other_lines,) = axes.plot([], [], color="tab:red", alpha=0.25, linewidth=0.7)
        axes.axvline(_WARMUP, color="0.3", linestyle=":")
        self.valid_mark = axes.axvline(_WARMUP, color="tab:green", label="valid until here")
        low, high = self.truth.min(), self.truth.max()
        room = 0.25 * (high - low)
        axes.set(
            xlim=(_WARMUP / 2, len(self.truth)),
            ylim=(low - room, high + room),
            xlabel="sample",
            ylabel="z-scored value",
        )
        axes.legend(loc="upper left", fontsize="small", labelspacing=0.2, ncols=2)

    def step(self) -> None:
        """Train, then measure the forecasts of the test series."""
        self.train_on()
        theta = self.trainer.theta
        self.errors = self.data.nrmse(self.network, theta)
        self.best_error, self.error, self.worst_error = (
            float(level) for level in np.quantile(self.errors, (0, 0.5, 1))
        )
        exponent = series.LYAPUNOV_EXPONENTS.get(self.source)
        self.valid_time = np.median(
            self.data.valid_prediction_time(
                self.network,
                theta,
                lyapunov_exponent=exponent or 1.0,
                interval=series.INTERVALS[self.source],
            )
        )
        self.report = (
            f"{self.trainer.steps_done} training steps, {self.trainer.fpe:.0f} forward-pass "
            f"equivalents a network\ntest NRMSE {self.error:.4f}\nvalid prediction time "
            f"{self.valid_time:.2f} {'Lyapunov times' if exponent else 'samples'}"
        )

    def draw(self) -> None:
        """Show the forecasts of the median network, thinly those of the others."""
        theta = self.trainer.theta
        shown = int(np.argsort(self.errors)[(len(theta) - 1) // 2])
        forced = self.network.outputs(theta[[shown]], self.truth[None, :-1])[0, 0]
        closed = self.network.closed_loop(theta, self.truth[None, :_WARMUP], _SHOWN_SAMPLES)
        self.forced_line.set_data(np.arange(1, len(self.truth)), forced)
        times = _WARMUP + np.arange(_SHOWN_SAMPLES)
        self.closed_line.set_data(times, closed[shown, 0])
        gapped = np.pad(closed[:, 0, :, 0], ((0, 0), (0, 1)), constant_values=np.nan)
        self.other_lines.set_data(np.tile(np.append(times, 0), len(theta)), gapped.ravel())
        end = _WARMUP + valid_prediction_time(
            self.truth[_WARMUP : _WARMUP + _SHOWN_SAMPLES], closed[shown, 0], std=1.0
        )
        self.valid_mark.set_xdata([end, end])
        self.weights = self.network.unpack(theta)["Wh"][shown]


if __name__ == "__main__":
    iv.launch(DopamineXOR)
