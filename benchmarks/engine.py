"""What the engine costs: a step against a bare loop, a parameter against a plain attribute.

Run ``python benchmarks/engine.py``; everything is measured in one run on this machine.
"""

import subprocess
import sys
import time
import timeit

import ivisit as iv


class Empty(iv.Simulation):
    """A simulation that does nothing, so that only the engine's own cost remains."""

    def step(self):
        pass


class Counter(iv.Simulation):
    """One parameter, one trace."""

    rate = iv.Slider(1.0, 0.0, 2.0)
    level = iv.Trace()

    def init(self):
        self.plain = 1.0
        self.level = 0.0

    def step(self):
        self.level += self.rate


def best(function, repeats=5):
    """Return the shortest of several times, in seconds."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        function()
        times.append(time.perf_counter() - began)
    return min(times)


def step_overhead(simulation, steps, **options):
    """Return seconds a step on the engine and in a bare loop."""
    engine = iv.Engine(simulation, **options)
    engine.init()
    alone = simulation()
    alone.init()
    step = alone.step

    def bare():
        for _ in range(steps):
            step()

    return best(lambda: engine.run(steps)) / steps, best(bare) / steps


def main():
    for name, simulation, options in (
        ("empty step, nothing recorded", Empty, {}),
        ("one parameter, one trace, not recorded", Counter, {"record": []}),
        ("one parameter, one trace, recorded", Counter, {}),
    ):
        engine, bare = step_overhead(simulation, 200_000, **options)
        print(
            f"{name}: {engine * 1e6:.2f} us a step, bare loop {bare * 1e6:.2f} us, "
            f"overhead {(engine - bare) * 1e6:.2f} us (limit 3)"
        )
    counter = Counter()
    counter.init()
    reading = timeit.timeit("c.rate", globals={"c": counter}, number=10**6)
    plain = timeit.timeit("c.plain", globals={"c": counter}, number=10**6)
    print(
        f"reading a parameter: {reading * 1e3:.0f} ns, a plain attribute {plain * 1e3:.0f} ns, "
        f"difference {(reading - plain) * 1e3:.0f} ns (limit 200)"
    )
    one_run = best(lambda: [iv.run(Counter, steps=10) for _ in range(100)]) / 100
    print(f"a headless run of 10 steps, result included: {one_run * 1e3:.2f} ms")
    for words in (["-c", "import ivisit"], ["-m", "ivisit", "--help"], ["-c", "pass"]):
        command = [sys.executable, *words]
        seconds = best(lambda c=command: subprocess.run(c, check=True, stdout=subprocess.DEVNULL))
        print(f"python {' '.join(words)}: {seconds * 1e3:.0f} ms")


if __name__ == "__main__":
    main()
