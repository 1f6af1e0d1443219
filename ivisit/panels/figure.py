"""`Figure`: a Matplotlib figure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self, overload

from ivisit.declarations import Holder, as_number
from ivisit.errors import ParameterError, expected
from ivisit.events import PointerEvent
from ivisit.panels.base import Painter, Panel

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure


class Figure(Panel["MatplotlibFigure"]):
    """A Matplotlib figure that the framework makes and the simulation draws into.

    Parameters
    ----------
    width, height : float, optional
        Size in inches at 100 dots per inch, by default 6.4×4.8. The window fits it to its place.
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
        width: float = 6.4,
        height: float = 4.8,
        pointer: bool = False,
        keys: bool = False,
        label: str | None = None,
        help: str = "",
    ) -> None:
        super().__init__(label=label, help=help)
        self.pointer = pointer
        self.keys = keys
        self.width = width
        self.height = height

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

    def locate(self, value: Any, event: PointerEvent) -> PointerEvent:
        assert event.x is not None
        assert event.y is not None
        width, height = value.bbox.size
        place = (event.x * width, (1 - event.y) * height)
        # What was made last lies on top.
        for index, axes in reversed(list(enumerate(value.axes))):
            if axes.get_visible() and axes.bbox.contains(*place):
                x, y = axes.transData.inverted().transform(place)
                return replace(event, x=float(x), y=float(y), axes=index)
        return event

    def painter(self, value: Any) -> Painter:
        from ivisit.rasterizing import Rasterizer

        return Rasterizer(value)
