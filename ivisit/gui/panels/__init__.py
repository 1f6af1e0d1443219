"""One widget for every kind of panel.

`PANELS` maps the class of a panel to the class of its widget; a new kind of panel needs a module
here and a line in this registry.
"""

from __future__ import annotations

from typing import Any

from ivisit import panels
from ivisit.gui.panels.base import PanelWidget
from ivisit.gui.toolkit.on_demand import Registry

#: Class of a panel -> class of its widget.
PANELS: Registry[type[panels.Panel[Any]], type[PanelWidget]] = Registry(
    {
        panels.Image: "ivisit.gui.panels.image:ImageWidget",
        panels.Figure: "ivisit.gui.panels.figure:FigureWidget",
        panels.Trace: "ivisit.gui.panels.trace:TraceWidget",
        panels.Raster: "ivisit.gui.panels.raster:RasterWidget",
        panels.Histogram: "ivisit.gui.panels.histogram:HistogramWidget",
        panels.TextOutput: "ivisit.gui.panels.text_output:TextOutputWidget",
        panels.Comment: "ivisit.gui.panels.comment:CommentWidget",
    }
)


def panel_class(panel: panels.Panel[Any]) -> type[PanelWidget]:
    """Return the class of the widget for `panel`, that of its nearest base class."""
    for kind in type(panel).__mro__:
        if kind in PANELS:
            return PANELS[kind]
    raise TypeError(f"{panel.name}: no widget for a {type(panel).__name__}")


__all__ = ["PANELS", "PanelWidget", "panel_class"]
