"""Simulations whose classes can be imported, for `test_copying.py` and its child processes."""

import ivisit as iv


class Walk(iv.Simulation):
    """A random walk that keeps all it has been, with every kind of panel."""

    rate = iv.Slider(0.5, 0.0, 1.0)
    weights = iv.DictSlider({"a": 0.5, "b": 2.0}, 0.0, 9.0)
    show = iv.CheckboxGroup({"past": True})
    position = iv.Trace()
    picture = iv.Image()
    plot = iv.Figure()
    report = iv.TextOutput()

    def main_init(self):
        self.log = ["prepared"]

    def init(self):
        self.position = 0.0
        self.picture = self.rng.random((2, 3))
        self.plot.clear()
        (self.line,) = self.plot.subplots().plot([0, 1], [0, 1])

    def step(self):
        self.position += self.rate * self.rng.normal()
        self.picture[0, 0] = self.position
        self.line.set_data([0, 1], [0, self.position])
        self.log.append(self.position)
        self.report = f"at {self.position}"


def moved(simulation: Walk) -> list[float]:
    """Return where a simulation goes in three further steps."""
    for _ in range(3):
        simulation.step()
    return [*simulation.log[1:], simulation.rate, simulation.parameters.control("rate").maximum]
