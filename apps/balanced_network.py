"""A sparse network of excitatory and inhibitory neurons with adjustable balance.

Model A of N. Brunel, J. Comput. Neurosci. 8:183 (2000): leaky integrate-and-fire neurons,
tau = 20 ms, threshold 20 mV, reset 10 mV, refractory time 2 ms, delta synapses with a delay of
1.5 ms; each neuron gets input from 10 % of all. Here they are 1250 neurons, not 12500, with fewer
and stronger synapses (J = 0.6 mV, not 0.1): all is noisier than in the paper, and rates are higher.
"""

import numpy as np

import ivisit as iv

N, EXCITATORY, FAN_E, FAN_I = 1250, 1000, 100, 25
DT, DELAY, SHOWN = 0.1, 15, 250
TAU, THRESHOLD, RESET, REFRACTORY = 20.0, 20.0, 10.0, 20
REGIMES = {
    "irregular (g 5, input 2)": (5.0, 2.0),
    "regular (g 3, input 2)": (3.0, 2.0),
    "fast waves (g 6, input 4)": (6.0, 4.0),
    "slow waves (g 4.5, input 0.9)": (4.5, 0.9),
    "as the sliders say": (),
}


class BalancedNetwork(iv.Simulation):
    """Shift the balance of excitation and inhibition, and watch synchrony come and go."""

    step_duration, step_unit = DT, "ms"
    regime = iv.OptionList(next(iter(REGIMES)), REGIMES, help="Points of its figure 8.")
    g = iv.Slider(5.0, 0.0, 8.0, step=0.1, help="Inhibitory over excitatory synapse; 4 balances.")
    drive = iv.Slider(
        2.0, 0.0, 5.0, step=0.1, label="Input", help="External rate; 1 alone reaches the threshold."
    )
    synapse = iv.Slider(0.6, 0.05, 1.0, step=0.01, unit="mV", help="Jump by one spike, J.")

    spikes = iv.Raster(SHOWN, span=3000, unit="neuron", label="Spikes, the upper fifth inhibitory")
    rate = iv.Trace(names=["E", "I"], unit="Hz", span=3000, help="Means over 2 ms.")
    voltages = iv.Histogram(40, vmin=-20, vmax=20, unit="mV", label="Voltages now")
    irregularity = iv.Trace(
        label="CV of intervals", vmin=0, vmax=1.5, span=3000, help="1: Poisson, 0: a clock."
    )

    def init(self):
        rng = self.rng
        pre = np.concatenate(
            [rng.integers(0, EXCITATORY, (N, FAN_E)), rng.integers(EXCITATORY, N, (N, FAN_I))], 1
        )
        self.counts = np.zeros((N, N), np.float32)  # synapses, from row to column
        np.add.at(self.counts, (pre, np.arange(N)[:, None]), 1)
        self.voltage = rng.uniform(0, THRESHOLD, N)
        self.rest = np.zeros(N, int)
        self.arriving = np.zeros((DELAY, N))
        self.now, self.last = 0, np.full(N, np.nan)
        self.intervals, self.mean = np.zeros((3, N)), np.zeros(2)  # their number, sum, squares
        self.irregularity, self.voltages = np.nan, self.voltage
        self.row = np.full(N, -1)
        shown = np.r_[0 : SHOWN * 4 // 5, EXCITATORY : EXCITATORY + SHOWN // 5]
        self.row[shown] = np.arange(SHOWN)

    def step(self):
        g, drive = self.regime or (self.g, self.drive)
        arrivals = drive * THRESHOLD / (self.synapse * TAU)  # of external spikes, per ms
        external = self.synapse * self.rng.poisson(arrivals * DT, N)
        slot = self.now % DELAY
        self.voltage += -DT / TAU * self.voltage + self.arriving[slot] + external
        self.voltage[self.rest > 0] = RESET
        self.rest -= 1
        fired = np.flatnonzero(self.voltage >= THRESHOLD)
        self.voltage[fired], self.rest[fired] = RESET, REFRACTORY
        excitatory, inhibitory = np.split(fired, [np.searchsorted(fired, EXCITATORY)])
        excitation, inhibition = self.counts[excitatory].sum(0), self.counts[inhibitory].sum(0)
        self.arriving[slot] = self.synapse * (excitation - g * inhibition)
        active = np.array([len(excitatory) / EXCITATORY, len(inhibitory) / (N - EXCITATORY)])
        self.mean += (1000 / DT * active - self.mean) * DT / 2
        self.rate, self.voltages = self.mean, self.voltage
        rows = self.row[fired]
        self.spikes = rows[rows >= 0]
        self.measure(fired)
        self.now += 1

    def measure(self, fired):
        interval = (self.now - self.last[fired]) * DT
        self.last[fired] = self.now
        known = ~np.isnan(interval)
        self.intervals[:, fired[known]] += interval[known] ** np.arange(3)[:, None]
        if self.now % 100 == 0:
            self.intervals *= 0.98  # the past of half a second counts
            number, mean, square = self.intervals[:, self.intervals[0] > 2]
            mean, square = mean / number, square / number
            if len(number):
                self.irregularity = np.mean(np.sqrt(np.maximum(square - mean**2, 0)) / mean)


if __name__ == "__main__":
    iv.launch(BalancedNetwork)
