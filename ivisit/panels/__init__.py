"""Panels: the declared outputs of a simulation, one kind a file; see `ivisit.panels.base`."""

from ivisit.panels.base import Panel
from ivisit.panels.comment import Comment
from ivisit.panels.figure import Figure
from ivisit.panels.histogram import Histogram
from ivisit.panels.image import Image
from ivisit.panels.raster import Raster
from ivisit.panels.text_output import TextOutput
from ivisit.panels.trace import Trace

__all__ = ["Comment", "Figure", "Histogram", "Image", "Panel", "Raster", "TextOutput", "Trace"]
