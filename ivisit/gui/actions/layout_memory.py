"""What a parameter set keeps of the window: pace, size, and positions of the widgets."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ivisit.declarations import as_number
from ivisit.gui.arranging.detaching import GEOMETRY, on_screen

if TYPE_CHECKING:
    from ivisit.gui.window import Window

#: The longest delay in milliseconds: an hour.
LONGEST_DELAY = 3_600_000


def layout_state(window: Window) -> dict[str, Any]:
    """Return what a parameter set keeps of `window`, JSON-ready.

    Returns
    -------
    dict
        ``widgets``: widget name to ``{"x": ..., "y": ...}``, empty when they have no given
        positions; ``arrangement``: see `Layout.arrangement`; ``views``: how the user looks at
        each panel;
        ``geometry``: size and place of the window; ``steps_per_frame``: int, or
        None for as many as possible; ``rate``: steps a second, or None for as many as possible;
        ``delay``: milliseconds to wait after ``steps_per_delay`` steps, for old scripts;
        ``saved_by``: who works at the window.
    """
    worker = window.session.worker
    return {
        "widgets": window.layout.positions() if window.layout is not None else {},
        "arrangement": window.layout.arrangement() if window.layout is not None else {},
        "geometry": window.root.geometry(),
        "steps_per_frame": worker.steps_per_frame,
        "rate": worker.rate,
        "views": window.layout.view_states() if window.layout is not None else {},
        "steps_per_delay": worker.steps_per_delay,
        "delay": worker.delay * 1000,
        "saved_by": author(),
    }


def take_layout(window: Window, layout: Any) -> None:
    """Take over what `layout_state` returned; what makes no sense is ignored."""
    if not isinstance(layout, Mapping):
        return
    _take_pace(window, layout)
    positions = layout.get("widgets") or {}
    if isinstance(positions, Mapping):
        window.arranging.use_positions(positions)
    arrangement = layout.get("arrangement")
    if isinstance(arrangement, Mapping):
        window.arranging.use_arrangement(arrangement)
    views = layout.get("views")
    if isinstance(views, Mapping):
        window.arranging.use_views(views)
    geometry = layout.get("geometry")
    # A window that is already on the screen keeps the size that the user gave it.
    if window.layout is None and isinstance(geometry, str) and GEOMETRY.fullmatch(geometry):
        window.arranging.use_geometry(on_screen(window.root, geometry))


def _take_pace(window: Window, layout: Mapping[str, Any]) -> None:
    worker = window.session.worker
    steps = layout.get("steps_per_frame", worker.steps_per_frame)
    if steps is None or (isinstance(steps, int) and not isinstance(steps, bool) and steps > 0):
        worker.steps_per_frame = steps
    group = layout.get("steps_per_delay", worker.steps_per_delay)
    if isinstance(group, int) and not isinstance(group, bool) and group > 0:
        worker.steps_per_delay = group
    delay = as_number(layout.get("delay"), float)
    if delay is not None and 0 <= delay <= LONGEST_DELAY:
        worker.delay = delay / 1000
    rate = as_number(layout.get("rate", 0), float)
    if layout.get("rate", 0) is None or (rate is not None and 0 < rate <= 1e9):
        worker.rate = rate
    window.toolbar.show_pace()
    window.menu.show_pace()


def author() -> str:
    """Return who works at this window, and on which machine."""
    try:
        return f"{getpass.getuser()} on {socket.gethostname()}"
    except (KeyError, OSError, ImportError):  # a user without a name
        return socket.gethostname()
