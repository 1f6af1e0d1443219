"""How fast the browser of parameter sets is: ``python benchmarks/browser.py``.

Fills a store with 10 and with 1,000 sets of a simulation with 30 parameters, each with a picture,
and prints for both: how long opening the browser takes until its rows are drawn, a key typed into
its filter, a turn to another order, a key that moves through the rows, and a slider while the
browser is open. Goals for 1,000 sets: opening below 300 ms, a typed key within a frame (16.7 ms).
Starts a virtual display (Xvfb) where there is none. The best of several attempts is printed; the
numbers are those of an idle machine only when it is idle.
"""

from __future__ import annotations

import io
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import ivisit as iv

SETS = (10, 1000)
PARAMETERS = 30
ATTEMPTS = 7
#: What is typed, letter by letter.
TYPED = "set 1 p_0>0.2 grade>=2"


def make_simulation() -> type[iv.Simulation]:
    """Return a simulation with many parameters."""
    controls: dict[str, Any] = {
        f"p_{number}": iv.Slider(0.5, 0.0, 1.0) for number in range(PARAMETERS)
    }
    return type("Many", (iv.Simulation,), {**controls, "trace": iv.Trace()})


def fill(path: Path, simulation: type[iv.Simulation], count: int) -> None:
    """Save so many sets with random values."""
    rng = np.random.default_rng(0)
    with iv.ParameterStore(path) as store:
        for number in range(count):
            values = {name: round(float(rng.random()), 3) for name in simulation.controls}
            file = io.BytesIO()
            gray = rng.integers(0, 256, (20, 32), dtype=np.uint8)
            Image.fromarray(gray).resize((256, 160)).save(file, "PNG")
            store.save(
                simulation,
                f"set {number}",
                values,
                comment=f"comment {number % 7}",
                grade=number % 6,
                picture=file.getvalue(),
            )


def milliseconds(act: Callable[[], object]) -> float:
    """Return how long something takes."""
    start = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - start)


def measure(path: Path, simulation: type[iv.Simulation]) -> dict[str, tuple[float, float]]:
    """Return median and worst of the best attempt, by what was done."""
    from ivisit.gui import Window

    window = Window(simulation, store=path)
    root, browser = window.root, window.browser
    results: dict[str, list[list[float]]] = {}

    def draw() -> None:
        root.update_idletasks()
        browser.table.draw()
        root.update_idletasks()

    def open_() -> None:
        browser.toggle()
        draw()

    def type_letter(text: str) -> None:
        browser.filter.set(text)
        draw()

    def press(key: str) -> None:
        browser.table.canvas.event_generate(f"<{key}>")
        draw()

    def slide(value: float) -> None:
        window.change("p_0", value)
        window.marks.poll()
        draw()

    def sort(column: str) -> None:
        browser.sort(column)
        draw()

    for attempt in range(ATTEMPTS):
        if browser.is_open:
            browser.toggle()
        times = {"open": [milliseconds(open_)]}
        root.update()
        letters = [TYPED[:end] for end in range(1, len(TYPED) + 1)]
        times["type a key"] = [milliseconds(lambda t=text: type_letter(t)) for text in letters]  # type: ignore[misc]
        browser.filter.set("")
        times["sort"] = [
            milliseconds(lambda c=column: sort(c))  # type: ignore[misc]
            for column in ("name", "grade", "difference", "saved")
        ]
        browser.table.canvas.focus_force()
        root.update()
        keys = ["Next", "Down", "Next", "Next", "Down"]
        times["move by a key"] = [milliseconds(lambda k=key: press(k)) for key in keys]  # type: ignore[misc]
        values = [0.1 + attempt / 100 + number / 20 for number in range(5)]
        times["drag a slider"] = [milliseconds(lambda v=value: slide(v)) for value in values]  # type: ignore[misc]
        for name, taken in times.items():
            results.setdefault(name, []).append(taken)
    window.close()
    first = results["open"].pop(0)
    best = {"open, the first time": first}
    best |= {name: min(taken, key=statistics.median) for name, taken in results.items()}
    return {name: (statistics.median(taken), max(taken)) for name, taken in best.items()}


@contextmanager
def display() -> Iterator[None]:
    """Start a virtual display where there is none."""
    if os.environ.get("DISPLAY"):
        yield
        return
    if shutil.which("Xvfb") is None:
        sys.exit("needs a display, or Xvfb")
    read_end, write_end = os.pipe()
    command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1280x800x24"]
    server = subprocess.Popen(command, pass_fds=[write_end], stderr=subprocess.DEVNULL)
    os.close(write_end)
    with os.fdopen(read_end) as answer:
        os.environ["DISPLAY"] = f":{answer.readline().strip()}"
    try:
        yield
    finally:
        server.terminate()
        server.wait()


def main() -> None:
    """Print a line for each thing that is done."""
    simulation = make_simulation()
    with tempfile.TemporaryDirectory() as folder, display():
        os.environ["IVISIT_SETTINGS"] = str(Path(folder) / "settings.json")
        found = {}
        for count in SETS:
            path = Path(folder) / f"{count}.ivisit"
            fill(path, simulation, count)
            found[count] = measure(path, simulation)
    few, many = (found[count] for count in SETS)
    print(
        f"milliseconds, {PARAMETERS} parameters: median (worst) of the best of {ATTEMPTS} attempts"
    )
    print(f"{'':22}{f'{SETS[0]:,} sets':>18}{f'{SETS[1]:,} sets':>18}{'ratio':>8}")
    for name in few:
        cells = [f"{median:.1f} ({worst:.1f})" for median, worst in (few[name], many[name])]
        print(f"{name:22}{cells[0]:>18}{cells[1]:>18}{many[name][0] / few[name][0]:>8.1f}")


if __name__ == "__main__":
    main()
