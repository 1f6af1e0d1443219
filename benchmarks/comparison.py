"""How fast two simulations are compared in lock-step: ``python benchmarks/comparison.py``.

Prints frames and steps a second of one window of `lorenz` and of a comparison of two of them, by
turns in one run, so that the machine's other work burdens both alike; then how many pictures showed
the two at different steps, which must be none. Starts a virtual display (Xvfb) where there is none.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from window import display

import ivisit as iv

#: Seconds for which each is watched, and how often all of them are.
DURATION, ROUNDS = 3.0, 3
LORENZ = Path(__file__).parents[1] / "apps" / "lorenz.py"


def watch(window: Any, frames: Callable[[], int], steps: Callable[[], int]) -> tuple[float, float]:
    """Return frames and steps a second, while `window` handles its events."""
    settled = time.perf_counter() + 1.0
    while time.perf_counter() < settled:
        window.root.dooneevent()
    first, began = (frames(), steps()), time.perf_counter()
    while (now := time.perf_counter()) < began + DURATION:
        window.root.dooneevent()
    return (frames() - first[0]) / (now - began), (steps() - first[1]) / (now - began)


def one(simulation: type[iv.Simulation]) -> tuple[float, float]:
    """Return frames and steps a second of a single window."""
    from ivisit.gui import Window

    window = Window(simulation)
    window.toggle_run()
    rates = watch(window, lambda: window.frames, lambda: window.steps)
    window.close()
    return rates


def two(simulation: type[iv.Simulation]) -> tuple[float, float, int]:
    """Return frames and steps a second of a comparison, and its pictures of different steps."""
    from ivisit.gui import Window
    from ivisit.gui.comparison import open_comparison

    window = Window(simulation)
    comparison = open_comparison(window, {"calm": {"rho": 20.0}, "chaotic": {"rho": 28.0}})
    assert comparison is not None
    apart = 0
    draw = comparison.layout.rows[0].show

    def show(frames: Any) -> None:
        nonlocal apart
        apart += len({frame.steps for frame in frames if frame is not None}) > 1
        draw(frames)

    comparison.layout.rows[0].show = show  # type: ignore[method-assign]
    comparison.lockstep.run()
    rates = watch(window, lambda: comparison.frames, lambda: comparison.lockstep.steps)
    window.close()
    return *rates, apart


def main() -> None:
    """Measure and print."""
    simulation: Any = iv.get_simulation(LORENZ)
    with display():
        best: dict[str, tuple[float, float]] = {}
        apart = 0
        for _ in range(ROUNDS):
            *pair, different = two(simulation)
            apart += different
            for what, rates in (
                ("one window of lorenz", one(simulation)),
                ("two of them in lock-step, each", tuple(pair)),
            ):
                best[what] = max(best.get(what, (0.0, 0.0)), rates)
        for what, (frames, steps) in best.items():
            print(f"{frames:5.1f} frames/s  {steps:7.0f} steps/s  {what}")
        single, compared = best.values()
        print(f"ratio of frames/s: {compared[0] / single[0]:.2f}")
        print(f"pictures of different steps: {apart}")


if __name__ == "__main__":
    main()
