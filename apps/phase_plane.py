"""The phase plane of an excitable neuron (R. FitzHugh, Biophys. J. 1:445, 1961; J. Nagumo, 1962).

v' = v - v^3 / 3 - w + I,  w' = epsilon (v + a - b w), by the Runge-Kutta method of order 4; where
the nullclines v' = 0 and w' = 0 cross, the neuron rests, if the crossing is stable.
"""

import numpy as np

import ivisit as iv

TRAIL = 1500
V = np.linspace(-2.5, 2.5, 200)
ARROWS = np.stack(np.meshgrid(np.linspace(-2.3, 2.3, 17), np.linspace(-0.9, 1.9, 13)))


class PhasePlane(iv.Simulation):
    """Click a state of a FitzHugh-Nagumo neuron, and watch it rest, spike once or oscillate."""

    pace = 60
    step_duration = "dt"
    current = iv.Slider(0.5, -0.5, 2.0, step=0.01, label="Current I", help="Spikes from 0.33 on.")
    a = iv.Slider(0.7, -1.0, 2.0, step=0.01, group="Neuron", help="Shifts the line w' = 0.")
    b = iv.Slider(0.8, 0.0, 2.0, step=0.01, group="Neuron", help="Its slope is 1 / b.")
    epsilon = iv.Slider(0.08, 0.01, 1.0, scale="log", group="Neuron", help="Pace of w against v.")
    noise = iv.Slider(0.0, 0.0, 0.5, step=0.01, help="Of v; below the threshold it makes spikes.")
    dt = iv.Slider(0.2, 0.01, 0.5, step=0.01, label="Time step", help="In units of time.")
    pulse = iv.Button("Pulse", help="Raise v by 1 at once.")

    plane = iv.Figure(label="Click a state", pointer=True)
    state = iv.Trace(names=["v", "w"], span=800)
    report = iv.TextOutput()

    def init(self):
        self.point, self.spikes, self.drawn = np.array([-1.2, -0.6]), 0, None
        self.path = np.tile(self.point, (TRAIL, 1))
        self.plane.clear()
        axes = self.plane.subplots()
        axes.set(xlim=(-2.5, 2.5), ylim=(-1, 2), xlabel="v (voltage)", ylabel="w (recovery)")
        self.arrows = axes.quiver(*ARROWS, *ARROWS, color="0.7", pivot="mid", width=0.003)
        (self.cubic,) = axes.plot([], [], color="tab:blue", linewidth=1.2, label="v' = 0")
        (self.straight,) = axes.plot([], [], color="tab:green", linewidth=1.2, label="w' = 0")
        (self.line,) = axes.plot([], [], color="tab:red", linewidth=1.0)
        (self.head,) = axes.plot([], [], "o", color="tab:red", markersize=8)
        axes.legend(loc="upper right")

    def velocity(self, point):
        v, w = point
        change = self.epsilon * (v + self.a - self.b * w)
        return np.array([v - v**3 / 3 - w + self.current, change])

    def pointer(self, event):
        if event.kind in ("press", "drag") and event.axes == 0:
            self.point = np.array([event.x, event.y])
            self.path[:] = self.point

    def step(self):
        h, before = self.dt, self.point
        k1 = self.velocity(before)
        k2 = self.velocity(before + h / 2 * k1)
        k3 = self.velocity(before + h / 2 * k2)
        k4 = self.velocity(before + h * k3)
        self.point = before + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        self.point[0] += self.noise * np.sqrt(h) * self.rng.normal() + (1.0 if self.pulse else 0.0)
        self.point = self.point.clip(-10, 10)
        self.spikes += int(before[0] < 1 <= self.point[0])
        self.path = np.concatenate([self.path[1:], self.point[None]])
        self.state = self.point
        self.report = f"Spikes: {self.spikes}"

    def draw(self):
        values = (self.current, self.a, self.b, self.epsilon)
        if values != self.drawn:
            self.drawn = values
            self.cubic.set_data(V, V - V**3 / 3 + self.current)
            # w' = 0 is the line v = b w - a, upright where b is 0
            w = np.array([-2.0, 3.0])
            self.straight.set_data(self.b * w - self.a, w)
            velocity = self.velocity(ARROWS)
            self.arrows.set_UVC(*(velocity / (np.linalg.norm(velocity, axis=0) + 1e-9)))
        self.line.set_data(*self.path.T)
        self.head.set_data(*self.point[:, None])


if __name__ == "__main__":
    iv.launch(PhasePlane)
