"""`Figure`: a Matplotlib figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, overload

from ivisit.declarations import Holder, as_number
from ivisit.errors import ParameterError, expected
from ivisit.panels.base import Painter, Panel

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure


#: Inches of a figure of which nothing else is declared.
WIDTH, HEIGHT = 6.4, 4.8


class Figure(Panel["MatplotlibFigure"]):
    """A Matplotlib figure that the framework makes and the simulation draws into.

    Parameters
    ----------
    width, height : float, optional
        Size in inches at 100 dots per inch, by default 6.4×4.8. The window enlarges it to its
        place, in these proportions where any of them is given, else as wide and high as the place.
    pointer, keys : bool, optional
        Whether mouse events, and keys pressed while the panel has the focus, reach
        `Simulation.pointer`.
    label, help : str, optional
        See `Declaration`.

    Notes
    -----
    Reading the attribute gives the `matplotlib.figure.Figure`. Clear it in `init`, make the artists
    there, and only change their data in `step`: that is faster than drawing anew::

        def init(self):
            self.plot.clear()
            (self.line,) = self.plot.subplots().plot([], [])

        def step(self):
            self.line.set_data(self.x, self.y)
    """

    kept_over_init = True

    def __init__(
        self,
        *,
        width: float | None = None,
        height: float | None = None,
        pointer: bool = False,
        keys: bool = False,
        label: str | None = None,
        help: str = "",
    ) -> None:
        super().__init__(label=label, help=help)
        self.pointer = pointer
        self.keys = keys
        self._width = width
        self._height = height

    @property
    def width(self) -> float:
        """Width in inches."""
        return WIDTH if self._width is None else self._width

    @property
    def height(self) -> float:
        """Height in inches."""
        return HEIGHT if self._height is None else self._height

    @property
    def aspect(self) -> float | None:
        """Width by height, where they are declared; None: the figure may have any proportions."""
        if self._width is None and self._height is None:
            return None
        return self.width / self.height

    def check(self, owner: str) -> None:
        super().check(owner)
        self.check_flags(owner, "pointer", "keys")
        for argument in ("width", "height"):
            size = as_number(getattr(self, argument), float)
            if size is None or not 0.5 <= size <= 100:
                allowed = "between 0.5 and 100 inches"
                raise self.refusal(owner, argument, allowed, getattr(self, argument))

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Holder, owner: type) -> MatplotlibFigure: ...
    def __get__(self, instance: Holder | None, owner: type) -> Any:
        if instance is None:
            return self
        figure = instance._ivisit_outputs.get(self.name)
        if figure is None:
            figure = instance._ivisit_outputs[self.name] = self.make()
        return figure

    def make(self) -> MatplotlibFigure:
        """Return a new, empty figure with an Agg canvas, independent of pyplot."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure as MatplotlibFigure

        figure = MatplotlibFigure(figsize=(self.width, self.height), dpi=100)
        FigureCanvasAgg(figure)
        return figure

    def validate(self, value: Any, *, owner: str = "") -> Any:
        from matplotlib.figure import Figure as MatplotlibFigure

        if not isinstance(value, MatplotlibFigure):
            raise ParameterError(expected(owner, self.name, "a matplotlib.figure.Figure", value))
        return value

    def painter(self, value: Any) -> Painter:
        from ivisit.rasterizing import Rasterizer

        return Rasterizer(value)
