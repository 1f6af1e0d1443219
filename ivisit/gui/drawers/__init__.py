"""The drawer below the panels, with pages that can be opened, and what all pages share."""

from __future__ import annotations

from ivisit.gui.drawers.drawer import Drawer
from ivisit.gui.drawers.page import Page

__all__ = ["Drawer", "Page"]
