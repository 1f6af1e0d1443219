"""How fast the window draws and reacts: ``python benchmarks/window.py``.

Prints frames a second for typical panels, beside simulations that step flat out, the time from
start to the drawn window, and the longest time for which the window did not look after the user.
Starts a virtual display (Xvfb) where there is none. The numbers are those of an idle machine only
when it is idle.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

import ivisit as iv

#: Seconds for which each simulation is watched.
DURATION = 3.0


class Gray(iv.Simulation):
    """A 256x256 grey image with automatic levels."""

    picture = iv.Image()

    def init(self) -> None:
        self.source = self.rng.random((256, 256))

    def step(self) -> None:
        self.source = np.roll(self.source, 1, axis=0)
        self.picture = self.source


class Color(iv.Simulation):
    """A 512x512 color image."""

    picture = iv.Image()

    def init(self) -> None:
        self.source = self.rng.integers(0, 256, (512, 512, 3)).astype(np.uint8)

    def step(self) -> None:
        self.source = np.roll(self.source, 1, axis=0)
        self.picture = self.source


class Lines(iv.Simulation):
    """A figure with three lines of 500 points."""

    plot = iv.Figure()

    def init(self) -> None:
        self.plot.clear()
        axes = self.plot.subplots()
        self.x = np.linspace(0, 10, 500)
        self.lines = [axes.plot(self.x, np.sin(self.x), label=f"{i}")[0] for i in range(3)]
        axes.set_xlabel("time (s)")
        axes.legend(loc="upper right")
        self.phase = 0.0

    def step(self) -> None:
        self.phase += 0.05
        for index, line in enumerate(self.lines):
            line.set_ydata(np.sin(self.x + index + self.phase))


class Python(iv.Simulation):
    """A step in pure Python, a 256x256 image and a trace."""

    gain = iv.Slider(1.0, 0.0, 2.0)
    picture = iv.Image(vmin=0, vmax=255)
    level = iv.Trace()

    def init(self) -> None:
        self.picture = np.zeros((256, 256), np.uint8)

    def step(self) -> None:
        self.level = sum(i * i for i in range(1000)) * self.gain


def many() -> type[iv.Simulation]:
    """Return a simulation with 30 sliders and 6 panels, in pure Python."""
    sliders = {f"slider_{i}": iv.Slider(1.0, 0.0, 10.0) for i in range(30)}
    panels = {
        "first": iv.Image(), "second": iv.Image(cmap="viridis"), "plot": iv.Figure(),
        "level": iv.Trace(), "rate": iv.Trace(), "report": iv.TextOutput(),
    }  # fmt: skip

    def step(self: iv.Simulation) -> None:
        self.level = sum(i * i for i in range(1000))
        self.rate = self.level
        self.first = self.second = np.random.default_rng(0).random((128, 128))
        self.report = str(self.level)

    return type(iv.Simulation)("Many", (iv.Simulation,), {**sliders, **panels, "step": step})


def measure(simulation: type[iv.Simulation]) -> tuple[float, float, float]:
    """Return frames/s, steps/s and the longest time in ms between two rounds of the window."""
    from ivisit.gui import Window

    window = Window(simulation)
    window.toggle_run()
    settled = time.perf_counter() + 0.5
    while time.perf_counter() < settled:
        window.root.dooneevent()
    rounds = []
    frames, steps, began = window.frames, window.steps, time.perf_counter()
    while time.perf_counter() < began + DURATION:
        window.root.dooneevent()
        rounds.append(time.perf_counter())
    seconds = rounds[-1] - began
    result = (window.frames - frames) / seconds, (window.steps - steps) / seconds
    window.close()
    return *result, float(np.diff(rounds).max() * 1000)


def time_to_window() -> float:
    """Return the seconds from starting Python to the first frame."""
    code = (
        "import ivisit as iv, benchmark_window as b\n"
        "from ivisit.gui import Window\n"
        "w = Window(b.Python)\n"
        "while not w.frames: w.root.dooneevent()\n"
        "w.close()\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(__file__, os.path.join(folder, "benchmark_window.py"))
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, cwd=folder)
        return time.perf_counter() - began


@contextmanager
def display() -> Iterator[None]:
    """Provide a display for the time being."""
    if os.environ.get("DISPLAY"):
        yield
        return
    read_end, write_end = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1280x800x24"],
        pass_fds=[write_end],
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    with os.fdopen(read_end) as answer:
        os.environ["DISPLAY"] = f":{answer.readline().strip()}"
    try:
        yield
    finally:
        del os.environ["DISPLAY"]
        server.terminate()
        server.wait()


def main() -> None:
    """Measure and print."""
    with display():
        print(f"start to drawn window: {time_to_window():.2f} s")
        for simulation in (Gray, Color, Lines, Python, many()):
            frames, steps, pause = measure(simulation)
            what = (simulation.__doc__ or "30 sliders, 6 panels, pure Python").rstrip(".")
            print(f"{frames:5.1f} frames/s  {steps:9.0f} steps/s  {pause:5.0f} ms  {what}")


if __name__ == "__main__":
    main()
