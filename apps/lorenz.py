"""The Lorenz attractor (E. N. Lorenz, "Deterministic Nonperiodic Flow", J. Atmos. Sci. 20, 1963).

x' = sigma (y - x),  y' = x (rho - z) - y,  z' = x y - beta z, by the Runge-Kutta method of order 4.
"""

import numpy as np

import ivisit as iv


class Lorenz(iv.Simulation):
    """Watch the Lorenz attractor change with its parameters."""

    sigma = iv.Slider(10.0, 0.0, 30.0, step=0.1, help="Prandtl number.")
    rho = iv.Slider(28.0, 0.0, 100.0, step=0.1, help="Rayleigh number; chaos above about 24.7.")
    beta = iv.Slider(8 / 3, 0.1, 5.0, step=0.01, help="Geometry of the convection cell.")
    dt = iv.Slider(0.01, 0.001, 0.02, step=0.001, label="Time step", help="In units of time.")
    substeps = iv.Slider(5, 1, 50, label="Time steps per step", help="Work of one step.")
    kick = iv.Button("Kick", help="Displace the state by a small random vector.")

    attractor = iv.Figure(label="Attractor, x-z plane")
    position = iv.Trace(names=["x", "y", "z"], span=400)

    def init(self):
        self.point = np.array([1.0, 1.0, 1.0])
        self.path = np.tile(self.point, (3000, 1))
        self.attractor.clear()
        axes = self.attractor.subplots()
        axes.set(xlim=(-30, 30), ylim=(-5, 75), xlabel="x", ylabel="z")
        (self.line,) = axes.plot([], [], linewidth=0.6)
        (self.head,) = axes.plot([], [], "o", color="tab:red", markersize=5)

    def velocity(self, point):
        x, y, z = point
        return np.array([self.sigma * (y - x), x * (self.rho - z) - y, x * y - self.beta * z])

    def runge_kutta(self, point, dt):
        k1 = self.velocity(point)
        k2 = self.velocity(point + dt / 2 * k1)
        k3 = self.velocity(point + dt / 2 * k2)
        k4 = self.velocity(point + dt * k3)
        return point + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

    def step(self):
        if self.kick:
            self.point = self.point + self.rng.normal(0, 1, 3)
        new = np.empty((self.substeps, 3))
        for i in range(self.substeps):
            new[i] = self.point = self.runge_kutta(self.point, self.dt)
        self.path = np.concatenate([self.path[len(new) :], new])
        self.position = self.point

    def draw(self):
        self.line.set_data(self.path[:, 0], self.path[:, 2])
        self.head.set_data(self.point[:1], self.point[2:])


if __name__ == "__main__":
    iv.launch(Lorenz)
