"""How does the memory that training needs grow with the length of the series?

Recurrent networks with 32 units, batches of 16 windows of T steps: the peak of what is allocated
during three training steps, beyond network and batch. Rules that go forward only need no record of
the past; back-propagation through time keeps all of it.

Reference: S. Nambusubramaniyan, S. Safavi, R. Guru, A. Knoblauch, arXiv:2510.22178 (2025),
abstract: much less memory than gradient methods.
"""

import tracemalloc

import numpy as np
from common import Experiment, column, distinct, select
from intervals import Claim
from matplotlib.figure import Figure

import ivisit as iv
from dopamine_wp import OPTIMIZERS, RNN, Trainer

RULES = ("WP", "Dopamine1", "SNES", "NodePerturbation", "RFLO", "DopamineV", "DopamineK", "Adam")
INTERVALS = "none: allocations do not depend on chance; the ratios are exact"


class PeakMemory(iv.Simulation):
    """The peak of allocated memory during training."""

    rule = iv.OptionList("WP", list(RULES))
    length = iv.Slider(100, 2, 10**5, unit="steps")
    hidden = iv.Slider(32, 1, 1000)

    peak = iv.Trace(unit="KiB")

    def step(self):
        net = RNN(1, self.hidden, 1)
        make = OPTIMIZERS[self.rule]
        rule = make(0.01) if self.rule == "WP" else make()
        batch = self.rng.standard_normal((2, 16, self.length, 1)).astype(np.float32)
        theta = net.init(rng=self.rng)
        trainer = Trainer(net, rule, tuple(batch), theta=theta, rng=0, total_steps=9)
        trainer.step()
        tracemalloc.start()
        try:
            for _ in range(3):
                trainer.step()
            self.peak = tracemalloc.get_traced_memory()[1] / 1024
        finally:
            tracemalloc.stop()


def measure(lab):
    axes = {"rule": list(RULES), "length": [50, 100, 200, 500, 1000, 2000]}
    small = {"rule": ["WP", "Adam"], "length": [20, 100], "hidden": 4}
    return lab.sweep(PeakMemory, lab.pick(axes, small))


def draw(rows):
    figure = Figure(figsize=(8.5, 5.5), layout="constrained")
    axes = figure.subplots()
    for number, rule in enumerate(distinct(rows, "rule")):
        part = select(rows, rule=rule)
        label = f"{rule} (back-propagation)" if rule == "Adam" else rule
        style = {"marker": "osD^v<>p"[number], "label": label}
        axes.plot(column(part, "length"), column(part, "peak"), **style)
    axes.set(xscale="log", yscale="log", xlabel="time steps T", ylabel="peak memory (KiB)")
    axes.set_xticks(distinct(rows, "length"), [str(n) for n in distinct(rows, "length")])
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    figure.legend(loc="outside lower center", ncols=4)
    return figure


def claims(rows):
    lengths, result = distinct(rows, "length"), []
    for rule in distinct(rows, "rule"):
        peaks = [column(rows, "peak", rule=rule, length=length)[0] for length in lengths]
        grown = peaks[-1] / peaks[0]
        text, holds = "memory does not depend on the length of the series (5 %)", grown < 1.05
        if rule == "Adam":
            grown, lengths = peaks[-1] / peaks[-2], lengths[-2:]
            text = "memory grows in proportion to it (5 %)"
            holds = grown > 0.95 * lengths[1] / lengths[0]
        number = f"{grown:.3g} times from T = {lengths[0]} to {lengths[-1]}"
        result.append(Claim(f"{rule}: {text}", number, bool(holds)))
    return result


EXPERIMENT = Experiment(__file__, __doc__, measure, draw, claims, INTERVALS)
if __name__ == "__main__":
    EXPERIMENT.main()
