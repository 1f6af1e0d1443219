"""Leaky integrate-and-fire neurons; a helper of the scripts `lif_scope` and `lif_matplotlib`."""
import numpy as np


class Neurons:
    """Membrane potentials that leak, integrate a noisy current, and fire at a threshold."""

    def __init__(self, n_neurons):
        self.v = np.zeros(n_neurons)
        self.spikes = np.zeros(n_neurons, bool)
        self.time = 0.0

    def advance(self, p, dt=1.0):
        """Go on by dt ms: tau dv/dt = -v + current, and 0 after a spike."""
        noise = p['noise'] * np.random.normal(size=self.v.shape) * np.sqrt(dt)
        self.v += dt / p['tau'] * (p['current'] - self.v) + noise
        self.spikes = self.v >= p['theta']
        self.v[self.spikes] = 0.0
        self.time += dt
