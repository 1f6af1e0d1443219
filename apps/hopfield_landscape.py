"""The energy landscape of a Hopfield network with two units, and states that roll down on it.

u_i' = -u_i + sum_j w_ij v_j + b_i with v = tanh(gain u) never climbs
E = -1/2 sum w_ij v_i v_j - sum b_i v_i + 1/gain sum (v_i artanh v_i + 1/2 ln(1 - v_i^2))
where w is symmetric (J. J. Hopfield, PNAS 81:3088, 1984, whose figure 3 is such a landscape); at
infinite gain the minima are the corners, states of the network of PNAS 79:2554, 1982.
"""

import numpy as np

import ivisit as iv

AXIS = np.linspace(-0.995, 0.995, 90)
PLANE = np.stack(np.meshgrid(AXIS, AXIS), axis=-1)
TRAIL, DT = 150, 0.05


class HopfieldLandscape(iv.Simulation):
    """Click a state, and watch the network walk down its energy landscape to a memory."""

    pace = 40
    mutual = iv.Slider(0.3, -2.0, 2.0, step=0.05, group="Network", help="Weight between the units.")
    own = iv.Slider(0.9, -1.0, 2.0, step=0.05, group="Network", help="Weight of each to itself.")
    bias1 = iv.Slider(0.0, -1.0, 1.0, step=0.05, group="Network", help="Input of unit 1.")
    bias2 = iv.Slider(0.05, -1.0, 1.0, step=0.05, group="Network", help="Input of unit 2.")
    gain = iv.Slider(2.5, 0.2, 20.0, scale="log", group="Network", help="Slope of tanh.")
    heat = iv.Slider(0.0, 0.0, 1.0, step=0.01, help="Noise: hot states climb over saddles.")
    walkers = iv.Slider(25, 1, 60, restart=True, help="States that walk side by side.")
    scatter = iv.Button("Scatter", help="Put all states to random places.")

    landscape = iv.Figure(label="Click: red starts there", pointer=True)
    energy = iv.Trace(plot="Energy", label="red state", span=300)
    mean_energy = iv.Trace(plot="Energy", label="mean of all", help="Never rises without heat.")

    def init(self):
        self.drawn = None
        self.start(self.rng.uniform(-0.95, 0.95, (self.walkers, 2)))
        self.landscape.clear()
        axes = self.landscape.subplots()
        self.colors = axes.pcolormesh(AXIS, AXIS, PLANE[..., 0], cmap="viridis")
        axes.set(xlim=(-1.06, 1.06), ylim=(-1.06, 1.06), xlabel="unit 1", ylabel="unit 2")
        self.contours = axes.contour(AXIS, AXIS, PLANE[..., 0], levels=[0.0])
        (self.trails,) = axes.plot([], [], color="white", linewidth=0.7, alpha=0.7)
        (self.heads,) = axes.plot([], [], "o", color="white", markersize=4)
        (self.red,) = axes.plot([], [], "o-", markevery=[-1], color="tab:red", markersize=9)
        self.landscape.colorbar(self.colors, label="energy")

    def start(self, states):
        self.inner = np.arctanh(states) / self.gain
        self.path = np.tile(states, (TRAIL, 1, 1))

    def network(self):
        weights = np.array([[self.own, self.mutual], [self.mutual, self.own]])
        return weights, np.array([self.bias1, self.bias2]), self.gain

    def energies(self, v):
        weights, bias, gain = self.network()
        v = v.clip(-1 + 1e-12, 1 - 1e-12)
        inner = (v * np.arctanh(v) + np.log(1 - v**2) / 2).sum(axis=-1) / gain
        return inner - v @ bias - ((v @ weights) * v).sum(axis=-1) / 2

    def pointer(self, event):
        if event.kind in ("press", "drag") and event.axes == 0:
            here = np.clip([event.x, event.y], -0.99, 0.99)
            self.inner[0], self.path[:, 0] = np.arctanh(here) / self.gain, here

    def step(self):
        if self.scatter:
            self.start(self.rng.uniform(-0.95, 0.95, (self.walkers, 2)))
        weights, bias, gain = self.network()
        change = np.tanh(gain * self.inner) @ weights + bias - self.inner
        kicks = self.heat * np.sqrt(DT) * self.rng.normal(size=self.inner.shape)
        self.inner = self.inner + DT * change + kicks
        states = np.tanh(gain * self.inner)
        self.path = np.concatenate([self.path[1:], states[None]])
        energies = self.energies(states)
        self.energy, self.mean_energy = energies[0], energies.mean()

    def draw(self):
        if self.drawn != str(self.network()):
            self.drawn = str(self.network())
            heights = self.energies(PLANE)
            self.colors.set(array=heights, clim=(heights.min(), heights.max()))
            self.contours.remove()
            axes = self.landscape.axes[0]
            self.contours = axes.contour(AXIS, AXIS, heights, 14, colors="k", linewidths=0.4)
        gapped = np.pad(self.path, ((0, 1), (0, 0), (0, 0)), constant_values=np.nan)
        self.trails.set_data(*gapped.transpose(2, 1, 0).reshape(2, -1))
        self.heads.set_data(*self.path[-1].T)
        self.red.set_data(*self.path[:, 0].T)


if __name__ == "__main__":
    iv.launch(HopfieldLandscape)
