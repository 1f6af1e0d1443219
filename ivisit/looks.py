"""How somebody looks at a figure: size, colors and limits, which are not the simulation's own.

`FigureView` is shared by a window, which says what it wants to see, and by whoever draws, who says
what can be seen. All attributes are replaced as a whole, so that no thread waits for another.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Color = tuple[float, float, float]
#: Lowest and highest coordinate of one direction.
Limits = tuple[float, float]


@dataclass(frozen=True)
class Ink:
    """The colors that stand for white and black, and for the grays between them.

    Attributes
    ----------
    paper, ink : tuple of float
        Red, green and blue from 0 to 1, in place of white and of black.
    """

    paper: Color
    ink: Color


@dataclass(frozen=True)
class AxesPlace:
    """Where axes lie in a drawn figure, and which data lie where.

    Attributes
    ----------
    index : int
        Which of ``figure.axes``.
    box : tuple of float
        Left, top, right and bottom, as fractions of the figure from its upper left corner.
    kind : str
        ``flat``, where limits can be chosen; ``solid`` for three-dimensional axes, which can be
        turned; ``other``.
    angles : tuple of float
        Elevation and azimuth of three-dimensional axes, in degrees.
    numeric : tuple of bool
        Whether x and y are numbers, and not dates or names.
    """

    index: int
    box: tuple[float, float, float, float]
    kind: str
    angles: tuple[float, float]
    numeric: tuple[bool, bool]
    #: From pixels, counted from the lower left corner, to data; a frozen transform of Matplotlib.
    _to_data: Any
    _size: tuple[float, float]

    def contains(self, x: float, y: float) -> bool:
        """Tell whether a place of the figure lies within the axes."""
        left, top, right, bottom = self.box
        return left <= x <= right and top <= y <= bottom

    def data_at(self, x: float, y: float) -> tuple[float, float]:
        """Return the coordinates of the data at a place of the figure, given as fractions."""
        width, height = self._size
        place = self._to_data.transform((x * width, (1 - y) * height))
        return float(place[0]), float(place[1])


@dataclass
class FigureView:
    """What a window wants to see of a figure; nothing of it changes the figure itself.

    Attributes
    ----------
    size : tuple of int, optional
        Width and height in pixels; None: the figure's own.
    scale : float
        Pixels of the screen for one at 96 dots per inch; letters and lines grow with it.
    ink : Ink, optional
        Colors in place of black and white, where the simulation has chosen no background.
    limits : dict of int to tuple
        For each axes, by index, that are looked at more closely: limits of x and of y, or
        elevation and azimuth of three-dimensional ones. `Engine.init` empties it.
    places : tuple of AxesPlace
        The axes of the last drawing.
    """

    size: tuple[int, int] | None = None
    scale: float = 1.0
    ink: Ink | None = None
    limits: dict[int, tuple[Any, Any]] = field(default_factory=dict)
    places: tuple[AxesPlace, ...] = ()

    def axes_at(self, x: float, y: float) -> AxesPlace | None:
        """Return the uppermost axes at a place, given as fractions; None outside all of them."""
        # What was made last lies on top.
        return next((p for p in reversed(self.places) if p.contains(x, y)), None)

    def copy(self) -> FigureView:
        """Return a view of the same size and colors on the whole figure."""
        return FigureView(self.size, self.scale, self.ink)
