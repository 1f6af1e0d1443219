"""One widget for every kind of panel.

`PANELS` maps the class of a panel to the class of its widget; a new kind of panel needs a module
here and a line in this registry.
"""

from __future__ import annotations

from typing import Any

from ivisit import panels
from ivisit.gui.panels.base import PanelWidget
from ivisit.gui.panels.comment import CommentWidget
from ivisit.gui.panels.figure import FigureWidget
from ivisit.gui.panels.histogram import HistogramWidget
from ivisit.gui.panels.image import ImageWidget
from ivisit.gui.panels.raster import RasterWidget
from ivisit.gui.panels.text_output import TextOutputWidget
from ivisit.gui.panels.trace import TraceWidget

#: Class of a panel -> class of its widget.
PANELS: dict[type[panels.Panel[Any]], type[PanelWidget]] = {
    panels.Image: ImageWidget,
    panels.Figure: FigureWidget,
    panels.Trace: TraceWidget,
    panels.Raster: RasterWidget,
    panels.Histogram: HistogramWidget,
    panels.TextOutput: TextOutputWidget,
    panels.Comment: CommentWidget,
}


def panel_class(panel: panels.Panel[Any]) -> type[PanelWidget]:
    """Return the class of the widget for `panel`, that of its nearest base class."""
    for kind in type(panel).__mro__:
        if kind in PANELS:
            return PANELS[kind]
    raise TypeError(f"{panel.name}: no widget for a {type(panel).__name__}")


__all__ = ["PANELS", "PanelWidget", "panel_class"]
