"""Where the widgets stand: `tiled` in a column and rows, or `free` at given positions."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ivisit.gui.layouts.base import Layout
from ivisit.gui.layouts.free import FreeLayout
from ivisit.gui.layouts.tiled import TiledLayout

if TYPE_CHECKING:
    from ivisit.gui.host import Host


def layout_for(parent: tk.Misc, host: Host, positions: Mapping[str, Any]) -> Layout:
    """Return the layout with the widgets at given positions, tiled where there are none."""
    return FreeLayout(parent, host, positions) if positions else TiledLayout(parent, host)


__all__ = ["FreeLayout", "Layout", "TiledLayout", "layout_for"]
