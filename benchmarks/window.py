"""How fast the window draws and reacts: ``python benchmarks/window.py``.

Prints, for typical panels beside simulations that step flat out: frames a second, CPU time of the
window's thread a frame, steps a second, and the longest time for which the window did not look
after the user; then the time from start to the drawn window, from a slider to the picture with
Live, the longest gap during a step of two seconds, and what ten thousand frames cost in memory.
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


class FourTraces(iv.Simulation):
    """Four traces of a million steps."""

    first, second, third, fourth = (iv.Trace() for _ in range(4))

    def step(self) -> None:
        noise = self.rng.standard_normal()
        self.first = self.second = self.third = noise
        self.fourth = abs(noise)


class Spikes(iv.Simulation):
    """A raster of 1,000 units."""

    spikes = iv.Raster(1000)

    def step(self) -> None:
        self.spikes = self.rng.random(1000) < 0.01


class Filter(iv.Simulation):
    """A step of 5 ms that follows a slider."""

    live = True
    level = iv.Slider(0, 0, 200)
    picture = iv.Image(vmin=0, vmax=200)

    def step(self) -> None:
        end = time.perf_counter() + 0.005
        while time.perf_counter() < end:
            pass
        self.picture = np.full((64, 64), self.level)


class LongStep(iv.Simulation):
    """Steps of two seconds."""

    picture = iv.Image()

    def step(self) -> None:
        end = time.perf_counter() + 2.0
        while time.perf_counter() < end:
            pass
        self.picture = self.rng.random((64, 64))


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


def measure(simulation: type[iv.Simulation], steps_before: int = 0) -> tuple[float, ...]:
    """Return frames/s, CPU ms/frame, steps/s and the longest ms between two rounds of the window.

    `steps_before` steps are computed before anything is measured.
    """
    from ivisit.gui import Window

    window = Window(simulation)
    window.toggle_run()
    settled = time.perf_counter() + 0.5
    while time.perf_counter() < settled or window.steps < steps_before:
        window.root.dooneevent()
    rounds = []
    frames, steps, began = window.frames, window.steps, time.perf_counter()
    cpu = time.thread_time()
    while time.perf_counter() < began + DURATION:
        window.root.dooneevent()
        rounds.append(time.perf_counter())
    seconds = rounds[-1] - began
    drawn = window.frames - frames
    cpu = (time.thread_time() - cpu) / max(drawn, 1) * 1000
    result = drawn / seconds, cpu, (window.steps - steps) / seconds
    window.close()
    return *result, float(np.diff(rounds).max() * 1000)


def latency(changes: int = 40) -> float:
    """Return the median ms from a changed slider to the picture with Live and a step of 5 ms."""
    from ivisit.gui import Window

    window = Window(Filter)
    seen = []
    for level in range(1, changes + 1):
        began = time.perf_counter()
        window.layout.controls["level"].commit(level)
        panel = window.layout.panels["picture"]
        while panel.picture is None or panel.picture[0, 0] != level:
            window.update()
        seen.append(time.perf_counter() - began)
    window.close()
    return float(np.median(seen) * 1000)


def memory_of_frames(count: int = 10_000) -> float:
    """Return by how many MB the process grows while the window draws frames."""
    from ivisit.gui import Window

    window = Window(Gray)
    window.toggle_run()
    sizes = []
    for frames in (count // 10, count):
        while window.frames < frames:
            window.session.worker.refresh()
            window.root.dooneevent()
        with open("/proc/self/statm") as file:
            sizes.append(int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20)
    window.close()
    return sizes[1] - sizes[0]


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
        print(f"start to drawn window: {min(time_to_window() for _ in range(3)):.2f} s")
        for simulation in (Gray, Color, Lines, Python, many(), FourTraces, Spikes, LongStep):
            before = 1_000_000 if simulation is FourTraces else 0
            frames, cpu, steps, pause = measure(simulation, before)
            what = (simulation.__doc__ or "30 sliders, 6 panels, pure Python").rstrip(".")
            print(
                f"{frames:5.1f} frames/s  {cpu:5.2f} ms CPU/frame  {steps:9.0f} steps/s  "
                f"{pause:5.0f} ms longest gap  {what}"
            )
        print(f"slider to picture with Live, step of 5 ms: {latency():.0f} ms")
        if os.path.exists("/proc/self/statm"):
            print(f"memory after 10,000 frames: {memory_of_frames():+.1f} MB")


if __name__ == "__main__":
    main()
