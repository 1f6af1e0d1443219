"""Leaky integrate-and-fire neurons on an oscilloscope (an example of arXiv:2408.03341).

tau v' = -v + drive + noise; at the threshold the neuron fires, v returns to 0 and stays there for
the refractory time (L. Lapicque, J. Physiol. Pathol. Gen. 9:620, 1907; W. Gerstner et al.,
"Neuronal Dynamics", 2014, chapter 1.3).
"""

import numpy as np

import ivisit as iv

N = 50


class Neurons:
    """Neurons without connections, one array for all; voltages in mV, times in ms."""

    def __init__(self, n, rng):
        self.rng = rng
        self.voltage = rng.uniform(0, 10, n)
        self.rest_until = np.zeros(n)
        self.time = 0.0

    def advance(self, dt, drive, *, tau, threshold, noise, refractory):
        """Go on by dt and return who fires (exponential Euler; noise: stationary deviation)."""
        self.time += dt
        decay = np.exp(-dt / tau)
        spread = noise * np.sqrt(1 - decay**2)
        self.voltage = drive + (self.voltage - drive) * decay
        self.voltage += spread * self.rng.standard_normal(len(self.voltage))
        self.voltage[self.time < self.rest_until] = 0.0
        fired = self.voltage >= threshold
        self.voltage[fired] = 0.0
        self.rest_until[fired] = self.time + refractory
        return fired


def noiseless_rate(drive, *, tau, threshold, refractory):
    """Return 1000 / (refractory + tau ln(drive / (drive - threshold))) Hz; 0 below threshold."""
    above = np.maximum(drive, threshold * (1 + 1e-12))
    interval = refractory + tau * np.log(above / (above - threshold))
    return np.where(drive > threshold, 1000 / interval, 0.0)


class LIFNeurons(iv.Simulation):
    """Watch fifty neurons fire, the more the stronger their drive."""

    pace = 150
    step_duration, step_unit = 1.0, "ms"
    drive = iv.Slider(16.0, 0.0, 40.0, step=0.1, unit="mV", group="Input", help="Of the middle.")
    gradient = iv.Slider(
        6.0, 0.0, 20.0, step=0.1, unit="mV", group="Input", help="Last neuron's drive minus first."
    )
    noise = iv.Slider(1.0, 0.0, 5.0, step=0.05, unit="mV", group="Input", help="Of the voltage.")
    tau = iv.Slider(20.0, 2.0, 100.0, unit="ms", group="Neuron", help="Time constant.")
    threshold = iv.Slider(15.0, 1.0, 30.0, unit="mV", group="Neuron", help="Where it fires.")
    refractory = iv.Slider(2.0, 0.0, 20.0, unit="ms", group="Neuron", help="Rest after a spike.")
    shown = iv.Slider(35, 0, N - 1, label="Neuron on the scope", help="Whose voltage is shown.")
    kick = iv.Button("Synchronize", help="Put all neurons to rest at once.")

    voltage = iv.Trace(plot="Scope", unit="mV", span=300, vmin=-5, vmax=45)
    level = iv.Trace(plot="Scope", label="threshold")
    spikes = iv.Raster(N, span=600, unit="neuron")
    rate = iv.Trace(plot="Rate, all", unit="Hz", span=600, help="Mean over neurons, 50 ms.")
    theory = iv.Trace(plot="Rate, all", label="without noise", help="Formula of the mean rate.")

    def init(self):
        self.neurons = Neurons(N, self.rng)
        self.mean = 0.0

    def step(self):
        if self.kick:
            self.neurons.voltage[:] = 0.0
        drive = self.drive + self.gradient * np.linspace(-0.5, 0.5, N)
        cell = {"tau": self.tau, "threshold": self.threshold, "refractory": self.refractory}
        fired = self.neurons.advance(self.step_duration, drive, noise=self.noise, **cell)
        self.spikes = fired
        # A spike has no height in this model: it is drawn up to 40 mV.
        self.voltage = 40.0 if fired[self.shown] else self.neurons.voltage[self.shown]
        self.level = self.threshold
        self.mean += (1000 * fired.mean() / self.step_duration - self.mean) / 50
        self.rate, self.theory = self.mean, noiseless_rate(drive, **cell).mean()


if __name__ == "__main__":
    iv.launch(LIFNeurons)
