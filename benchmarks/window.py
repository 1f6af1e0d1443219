"""How fast the window draws and reacts: ``python benchmarks/window.py``.

Prints, for typical panels beside simulations that step flat out: frames a second, CPU time of the
window's thread a frame, steps a second, and the longest time for which the window did not look
after the user; then the time from start to the drawn window, from a slider to the picture with
Live, what keeping unsaved values costs, and what many frames cost in memory.

``--against FOLDER`` measures another checkout of the project, too, case by case in turn, and prints
what it was there; "-" where that cannot do it. Each case has a process of its own, and of several
rounds the best one counts. Starts a virtual display (Xvfb) where there is none. The numbers are
those of an idle machine only when it is idle.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

import ivisit as iv

#: Seconds for which each simulation is watched.
DURATION = 3.0


def gray() -> type[iv.Simulation]:
    """A 256x256 grey image with automatic levels."""

    class Gray(iv.Simulation):
        picture = iv.Image()

        def init(self) -> None:
            self.source = self.rng.random((256, 256))

        def step(self) -> None:
            self.source = np.roll(self.source, 1, axis=0)
            self.picture = self.source

    return Gray


def color() -> type[iv.Simulation]:
    """A 512x512 color image."""

    class Color(iv.Simulation):
        picture = iv.Image()

        def init(self) -> None:
            self.source = self.rng.integers(0, 256, (512, 512, 3)).astype(np.uint8)

        def step(self) -> None:
            self.source = np.roll(self.source, 1, axis=0)
            self.picture = self.source

    return Color


def lines() -> type[iv.Simulation]:
    """A figure with three lines of 500 points."""

    class Lines(iv.Simulation):
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

    return Lines


def python() -> type[iv.Simulation]:
    """A step in pure Python, a 256x256 image and a trace."""

    class Python(iv.Simulation):
        gain = iv.Slider(1.0, 0.0, 2.0)
        picture = iv.Image(vmin=0, vmax=255)
        level = iv.Trace()

        def init(self) -> None:
            self.picture = np.zeros((256, 256), np.uint8)

        def step(self) -> None:
            self.level = sum(i * i for i in range(1000)) * self.gain

    return Python


def copying() -> type[iv.Simulation]:
    """Steps in Python that hand the interpreter back for a moment each, an image and a trace."""

    class Copying(iv.Simulation):
        picture = iv.Image()
        level = iv.Trace()

        def init(self) -> None:
            self.path = np.zeros((3000, 3))

        def step(self) -> None:
            self.level = sum(i * i for i in range(1000))
            self.path = np.concatenate([self.path[1:], self.path[:1]])
            self.picture = self.path[:9]

    return Copying


def four_traces() -> type[iv.Simulation]:
    """Four traces of a million steps."""

    class FourTraces(iv.Simulation):
        first, second, third, fourth = (iv.Trace() for _ in range(4))

        def step(self) -> None:
            noise = self.rng.standard_normal()
            self.first = self.second = self.third = noise
            self.fourth = abs(noise)

    return FourTraces


def spikes() -> type[iv.Simulation]:
    """A raster of 1,000 units."""

    class Spikes(iv.Simulation):
        spikes = iv.Raster(1000)

        def step(self) -> None:
            self.spikes = self.rng.random(1000) < 0.01

    return Spikes


def following() -> type[iv.Simulation]:
    """A step of 5 ms that follows a slider."""

    class Filter(iv.Simulation):
        live = True
        level = iv.Slider(0, 0, 200)
        picture = iv.Image(vmin=0, vmax=200)

        def step(self) -> None:
            end = time.perf_counter() + 0.005
            while time.perf_counter() < end:
                pass
            self.picture = np.full((64, 64), self.level)

    return Filter


def long_step() -> type[iv.Simulation]:
    """Steps of two seconds."""

    class LongStep(iv.Simulation):
        picture = iv.Image()

        def step(self) -> None:
            end = time.perf_counter() + 2.0
            while time.perf_counter() < end:
                pass
            self.picture = self.rng.random((64, 64))

    return LongStep


def many() -> type[iv.Simulation]:
    """30 sliders and 6 panels, in pure Python."""
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


def drawing(make: Callable[[], type[iv.Simulation]], steps_before: int = 0) -> dict[str, float]:
    """Return frames/s, CPU ms/frame, steps/s and the longest ms between two rounds of the window.

    `steps_before` steps are computed before anything is measured.
    """
    from ivisit.gui import Window

    window = Window(make())
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
    result = {
        "frames/s": drawn / seconds,
        "ms CPU/frame": (time.thread_time() - cpu) / max(drawn, 1) * 1000,
        "steps/s": (window.steps - steps) / seconds,
        "ms longest gap": float(np.diff(rounds).max() * 1000),
    }
    window.close()
    return result


def gap_in_long_step(seconds: float = 8.0) -> dict[str, float]:
    """Return the longest and the usual ms between two rounds of the window during long steps."""
    from ivisit.gui import Window

    window = Window(long_step())
    window.toggle_run()
    begins = time.perf_counter() + 0.5
    while time.perf_counter() < begins:
        window.root.dooneevent()
    rounds = []
    while time.perf_counter() < begins + seconds:
        window.root.dooneevent()
        rounds.append(time.perf_counter())
    gaps = np.diff(rounds) * 1000
    window.close()
    return {"ms longest gap": float(gaps.max()), "ms at 99 %": float(np.percentile(gaps, 99))}


def latency(changes: int = 40) -> dict[str, float]:
    """Return the median ms from a changed slider to the picture with Live and a step of 5 ms."""
    from ivisit.gui import Window

    window = Window(following())
    seen = []
    for level in range(1, changes + 1):
        began = time.perf_counter()
        window.layout.controls["level"].commit(level)
        panel = window.layout.panels["picture"]
        while panel.picture is None or panel.picture[0, 0] != level:
            window.update()
            if time.perf_counter() > began + 10:
                raise TimeoutError("the picture does not follow")
        seen.append(time.perf_counter() - began)
    window.close()
    return {"ms": float(np.median(seen) * 1000)}


def autosaving(changes: int = 200) -> dict[str, float]:
    """Return the ms of the window's thread that a change costs, and those of a round of keeping."""
    from ivisit.gui import Window

    window = Window(many())
    window.update()
    began = time.thread_time()
    for number in range(changes):
        window.change(f"slider_{number % 30}", number / 100)
    change = (time.thread_time() - began) / changes * 1000
    keep = []
    for number in range(20):
        window.change("slider_0", 5.0 + number / 100)
        if window.autosave._thread is not None:
            window.autosave._thread.join()
        began = time.thread_time()
        window.autosave.keep(time.perf_counter())
        keep.append(time.thread_time() - began)
    window.close()
    return {"ms CPU/change": change, "ms CPU every 3 s": float(np.median(keep) * 1000)}


def memory_of_frames(count: int = 10_000) -> dict[str, float]:
    """Return by how many MB the process grows while the window draws frames."""
    from ivisit.gui import Window

    window = Window(gray())
    window.toggle_run()
    sizes = []
    for frames in (count // 10, count):
        while window.frames < frames:
            # As fast as frames come: at sixty a second this would take half an hour.
            window.session.worker.refresh()
            window._tick(time.perf_counter())
            window.update()
        with open("/proc/self/statm") as file:
            sizes.append(int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20)
    window.close()
    return {"MB": sizes[1] - sizes[0]}


def time_to_window() -> dict[str, float]:
    """Return the seconds from starting Python to the first frame; this process has just begun."""
    from ivisit.gui import Window

    window = Window(python())
    while not window.frames:
        window.root.dooneevent()
    window.close()
    return {"s": time.time() - float(os.environ["BENCHMARK_BEGAN"])}


#: What is measured, by its name: what it says, and the function.
CASES: dict[str, tuple[str, Callable[[], dict[str, float]]]] = {
    "start": ("start to drawn window", time_to_window),
    "gray": ("256x256 grey image, automatic levels", lambda: drawing(gray)),
    "color": ("512x512 color image", lambda: drawing(color)),
    "lines": ("figure with three lines of 500 points", lambda: drawing(lines)),
    "python": ("step in pure Python, image, trace", lambda: drawing(python)),
    "copying": ("steps that copy arrays, image, trace", lambda: drawing(copying)),
    "many": ("30 sliders, 6 panels, pure Python", lambda: drawing(many)),
    "traces": ("four traces of a million steps", lambda: drawing(four_traces, 1_000_000)),
    "spikes": ("raster of 1,000 units", lambda: drawing(spikes)),
    "long": ("steps of two seconds", gap_in_long_step),
    "live": ("slider to picture with Live, step of 5 ms", latency),
    "autosave": ("keeping unsaved values, 30 sliders", autosaving),
    "memory": ("memory after 10,000 frames", memory_of_frames),
    "memory+": ("memory after 100,000 frames", lambda: memory_of_frames(100_000)),
}
#: Quantities of which more is better.
MORE = ("frames/s", "steps/s")


def measured_in_process(case: str, folder: Path, settings: str) -> dict[str, float]:
    """Measure a case with the code in `folder`; nothing where that cannot do it."""
    environment = {
        **os.environ, "PYTHONPATH": str(folder), "BENCHMARK_BEGAN": repr(time.time()),
        "IVISIT_SETTINGS": settings,
    }  # fmt: skip
    process = subprocess.run(
        [sys.executable, __file__, "--case", case],
        env=environment, capture_output=True, text=True, timeout=1200, check=False,
    )  # fmt: skip
    return dict(json.loads(process.stdout)) if process.returncode == 0 else {}


def best(rounds: list[dict[str, float]]) -> dict[str, float]:
    """Return the best of each quantity."""
    return {
        name: (max if name in MORE else min)(one[name] for one in rounds if one)
        for name in (next(filter(None, rounds), {}))
    }


def compare(cases: list[str], against: Path | None, rounds: int) -> None:
    """Measure cases, those of another checkout in turn, and print a line for each."""
    here = Path(__file__).resolve().parents[1]
    folders = [here] if against is None else [here, against.resolve()]
    for case in cases:
        found: list[list[dict[str, float]]] = [[] for _ in folders]
        for _ in range(rounds):
            for results, folder in zip(found, folders, strict=True):
                with tempfile.TemporaryDirectory() as settings:
                    file = os.path.join(settings, "window.json")
                    results.append(measured_in_process(case, folder, file))
        now, *before = map(best, found)
        parts = []
        for name, value in now.items():
            former = ""
            if before:
                former = f" ({before[0][name]:.4g})" if name in before[0] else " (-)"
            parts.append(f"{value:.4g}{former} {name}")
        print(f"{CASES[case][0]}: {', '.join(parts) or 'not measured'}", flush=True)


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
    parser = argparse.ArgumentParser(description="How fast the window draws and reacts.")
    parser.add_argument("cases", nargs="*", help=f"some of: {', '.join(CASES)}")
    parser.add_argument("--against", type=Path, metavar="FOLDER", help="another checkout")
    parser.add_argument("--rounds", type=int, default=2, help="of which the best counts")
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        print(json.dumps(CASES[options.case][1]()))
        return
    if unknown := set(options.cases) - set(CASES):
        parser.error(f"there is no case {', '.join(sorted(unknown))}")
    usual = [case for case in CASES if case != "memory+"]
    with display():
        compare(options.cases or usual, options.against, options.rounds)


if __name__ == "__main__":
    main()
