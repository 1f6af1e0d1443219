"""What a parameter set keeps of the window: pace, size, and positions of the widgets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ivisit.gui.bars.toolbar import LONGEST_DELAY

if TYPE_CHECKING:
    from ivisit.gui.window import Window

#: A size with a position on the screen, as Tk writes them.
GEOMETRY = re.compile(r"\d+x\d+([+-]-?\d+){2}")


def layout_state(window: Window) -> dict[str, Any]:
    """Return what a parameter set keeps of `window`, JSON-ready.

    Returns
    -------
    dict
        ``widgets``: widget name to ``{"x": ..., "y": ...}``, empty when they are arranged
        automatically; ``geometry``: size and place of the window; ``steps_per_frame``: int, or
        None for as many as possible; ``delay``: milliseconds; ``steps_per_delay``: int, steps
        before each delay when as many as possible are computed, 1 but for old scripts.
    """
    worker = window.session.worker
    return {
        "widgets": window.layout.positions() if window.layout is not None else {},
        "geometry": window.root.geometry(),
        "steps_per_frame": worker.steps_per_frame,
        "steps_per_delay": worker.steps_per_delay,
        "delay": worker.delay * 1000,
    }


def take_layout(window: Window, layout: Any) -> None:
    """Take over what `layout_state` returned; what makes no sense is ignored."""
    if not isinstance(layout, Mapping):
        return
    worker = window.session.worker
    pace, delay = layout.get("steps_per_frame", worker.steps_per_frame), layout.get("delay")
    if pace is None or (isinstance(pace, int) and pace > 0):
        worker.steps_per_frame = pace
    group = layout.get("steps_per_delay", worker.steps_per_delay)
    if isinstance(group, int) and group > 0:
        worker.steps_per_delay = group
    if isinstance(delay, int | float) and 0 <= delay <= LONGEST_DELAY:
        worker.delay = delay / 1000
    window.toolbar.show_pace()
    positions = layout.get("widgets") or {}
    if isinstance(positions, Mapping):
        window.use_positions(positions)
    geometry = layout.get("geometry")
    # A window that is already on the screen keeps the size that the user gave it.
    if window.layout is None and isinstance(geometry, str) and GEOMETRY.fullmatch(geometry):
        window.root.geometry(geometry)
