"""Leaky integrate-and-fire neurons drawn with Matplotlib (an example of arXiv:2408.03341).

The neurons are those of lif_neurons.py. All artists are made once, and `draw` gives them new data
when a picture is due: that keeps a figure of four thousand points fluent.
"""

import numpy as np
from lif_neurons import Neurons, noiseless_rate

import ivisit as iv

N, KEPT, SUBSTEPS, DT = 12, 600, 5, 0.5
CELL = {"tau": iv.Slider(20.0, 2.0, 100.0), "threshold": iv.Slider(15.0, 5.0, 25.0)}


class LIFFigure(iv.Simulation):
    """Compare the measured rates of neurons with the formula, in a Matplotlib figure."""

    pace = 40
    step_duration, step_unit = SUBSTEPS * DT, "ms"
    cell = iv.DictSlider({**CELL, "refractory": iv.Slider(2.0, 0.0, 20.0)}, help="In ms and mV.")
    weakest = iv.Slider(12.0, 0.0, 40.0, step=0.1, unit="mV", help="Drive of the first neuron.")
    strongest = iv.Slider(30.0, 0.0, 40.0, step=0.1, unit="mV", help="Drive of the last neuron.")
    noise = iv.Slider(1.0, 0.0, 5.0, step=0.1, unit="mV", help="Deviation of the free voltage.")
    forget = iv.Button("Count anew", help="Forget the spikes that were counted for the rates.")

    plot = iv.Figure(label="Voltages, spikes, rates", width=8, height=4.6)
    error = iv.Trace(unit="Hz", span=400, help="RMS of measured rates minus the noiseless formula.")

    def init(self):
        self.neurons = Neurons(N, self.rng)
        self.voltages = np.full((KEPT, N), np.nan)
        self.fired = np.zeros((KEPT, N), bool)
        self.counts, self.counted = np.zeros(N), 0.0
        self.settings = None
        self.plot.clear()
        left, right = self.plot.subfigures(1, 2, width_ratios=[3, 2])
        above, below = left.subplots(2, sharex=True)
        curves = right.subplots()
        self.lines = above.plot(np.zeros((2, 3)), linewidth=0.8)
        (self.dots,) = below.plot([], [], "|", color="0.2", markersize=7)
        (self.formula,) = curves.plot([], [], color="0.6", label="no noise")
        (self.measured,) = curves.plot([], [], "o", markersize=5, label="measured")
        above.set(ylim=(-2, 27), ylabel="voltage [mV]")
        ago = -KEPT * DT
        below.set(
            xlim=(ago, 0),
            ylim=(-0.7, N - 0.3),
            yticks=range(0, N, 3),
            xlabel="time [ms]",
            ylabel="neuron",
        )
        curves.set(xlim=(0, 42), ylim=(-3, 150), xlabel="drive [mV]", ylabel="rate [Hz]")
        curves.legend(loc="upper left")

    def drives(self):
        return np.linspace(self.weakest, self.strongest, N)

    def step(self):
        settings = (self.weakest, self.strongest, self.noise, *self.cell.values())
        if self.forget or settings != self.settings:
            self.settings, self.counts, self.counted = settings, np.zeros(N), 0.0
        drive = self.drives()
        self.voltages = np.roll(self.voltages, -SUBSTEPS, axis=0)
        self.fired = np.roll(self.fired, -SUBSTEPS, axis=0)
        for row in range(-SUBSTEPS, 0):
            self.fired[row] = self.neurons.advance(DT, drive, noise=self.noise, **self.cell)
            self.voltages[row] = self.neurons.voltage
        self.counts += self.fired[-SUBSTEPS:].sum(axis=0)
        self.counted += self.step_duration
        self.rates = 1000 * self.counts / self.counted
        self.error = np.sqrt(np.mean((self.rates - noiseless_rate(drive, **self.cell)) ** 2))

    def draw(self):
        times = DT * np.arange(1 - KEPT, 1)
        for line, voltage in zip(self.lines, self.voltages.T[[0, N // 2, -1]], strict=True):
            line.set_data(times, voltage)
        rows, neurons = np.nonzero(self.fired)
        self.dots.set_data(times[rows], neurons)
        grid = np.linspace(0, 42, 300)
        self.formula.set_data(grid, noiseless_rate(grid, **self.cell))
        if self.counted:
            self.measured.set_data(self.drives(), self.rates)


if __name__ == "__main__":
    iv.launch(LIFFigure)
