"""Panels: the declared outputs of a simulation.

A simulation assigns to them like to plain attributes; window, headless run and store read them.
"""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any, Self, overload

import numpy as np

from ivisit.declarations import Declaration, as_number
from ivisit.errors import ParameterError, expected
from ivisit.rendering import to_rgb

if TYPE_CHECKING:
    from ivisit.simulation import Simulation


class Panel(Declaration):
    """Base class of all panels.

    Parameters
    ----------
    label, help : str, optional
        See `Declaration`.
    """

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Simulation, owner: type) -> Any: ...
    def __get__(self, instance: Simulation | None, owner: type) -> Any:
        if instance is None:
            return self
        return instance._outputs.get(self.name)

    def __set__(self, instance: Simulation, value: Any) -> None:
        instance._outputs[self.name] = self.validate(value, owner=type(instance).__name__)

    def validate(self, value: Any, *, owner: str = "") -> Any:
        """Return `value` as the panel keeps it, or raise `ParameterError`."""
        raise NotImplementedError

    def describe(self) -> dict[str, Any]:
        """Return kind, label and help as plain, JSON-ready values."""
        return {
            "name": self.name,
            "kind": type(self).__name__,
            "label": self.label,
            "help": self.help,
        }


class Image(Panel):
    """A picture: H×W grey values, or H×W×3 (RGB) or H×W×4 (RGBA) colours.

    Parameters
    ----------
    vmin, vmax : float, optional
        Values shown as the darkest and the brightest colour. Where one is missing, the extreme
        of each picture is taken for grey pictures, and 0 and 255 (integers) or 0 and 1 (floats)
        for colour.
    cmap : str, optional
        Matplotlib colour map for grey pictures, by default ``gray``.
    smooth : bool, optional
        Whether an enlarged picture is interpolated; by default its pixels stay visible.
    label, help : str, optional
        See `Declaration`.
    """

    def __init__(
        self,
        *,
        vmin: float | None = None,
        vmax: float | None = None,
        cmap: str = "gray",
        smooth: bool = False,
        label: str | None = None,
        help: str = "",
    ) -> None:
        super().__init__(label=label, help=help)
        self.vmin = vmin
        self.vmax = vmax
        self.cmap = cmap
        self.smooth = smooth

    def check(self, owner: str) -> None:
        super().check(owner)
        for argument in ("vmin", "vmax"):
            level = getattr(self, argument)
            if level is not None and as_number(level, float) is None:
                raise self.refusal(owner, argument, "a finite number", level)
        if self.vmin is not None and self.vmax is not None and not self.vmin < self.vmax:
            raise self.refusal(owner, "vmax", f"larger than vmin {self.vmin}", self.vmax)
        if not isinstance(self.cmap, str):
            raise self.refusal(owner, "cmap", "the name of a colour map", self.cmap)

    def validate(self, value: Any, *, owner: str = "") -> np.ndarray:
        picture = np.asarray(value)
        shaped = picture.ndim == 2 or (picture.ndim == 3 and picture.shape[2] in (3, 4))
        if not shaped or picture.size == 0 or picture.dtype.kind not in "buif":
            allowed = "an array of real numbers of shape H×W, H×W×3 or H×W×4"
            got: Any = picture if picture.dtype.kind != "O" else value
            raise ParameterError(expected(owner, self.name, allowed, got))
        return picture

    def describe(self) -> dict[str, Any]:
        return super().describe() | {"vmin": self.vmin, "vmax": self.vmax, "cmap": self.cmap}

    def pixels(self, picture: np.ndarray, vmin: float, vmax: float, cmap: str) -> np.ndarray:
        """Return what is shown of `picture` with these levels and this colour map.

        Returns
        -------
        ndarray of uint8, shape (height, width, 3) or (height, width, 4)
            RGB or RGBA; see `ivisit.rendering.to_rgb`.
        """
        return to_rgb(picture, vmin=vmin, vmax=vmax, cmap=cmap)


class Figure(Panel):
    """A Matplotlib figure that the framework makes and the simulation draws into.

    Parameters
    ----------
    width, height : float, optional
        Size in inches at 100 dots per inch, by default 6.4×4.8. The window fits it to its place.
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

    def __init__(
        self,
        *,
        width: float = 6.4,
        height: float = 4.8,
        label: str | None = None,
        help: str = "",
    ) -> None:
        super().__init__(label=label, help=help)
        self.width = width
        self.height = height

    def check(self, owner: str) -> None:
        super().check(owner)
        for argument in ("width", "height"):
            size = as_number(getattr(self, argument), float)
            if size is None or not 0.5 <= size <= 100:
                allowed = "between 0.5 and 100 inches"
                raise self.refusal(owner, argument, allowed, getattr(self, argument))

    def __get__(self, instance: Simulation | None, owner: type) -> Any:
        if instance is None:
            return self
        figure = instance._outputs.get(self.name)
        if figure is None:
            figure = instance._outputs[self.name] = self.make()
        return figure

    def make(self) -> Any:
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


class Trace(Panel):
    """A number a step: a live line plot in the window, a recorded column in a result.

    Parameters
    ----------
    unit : str, optional
        Unit of the number.
    label, help : str, optional
        See `Declaration`.

    Notes
    -----
    A step that assigns nothing repeats the former number; before the first assignment the
    recorded value is NaN. NaN and infinities may be assigned.
    """

    def __init__(self, *, unit: str = "", label: str | None = None, help: str = "") -> None:
        super().__init__(label=label, help=help)
        self.unit = unit

    def validate(self, value: Any, *, owner: str = "") -> float:
        if type(value) is float:
            return value
        scalar = isinstance(value, numbers.Real) or (
            isinstance(value, np.ndarray | np.generic)
            and value.ndim == 0
            and value.dtype.kind in "buif"
        )
        if not scalar:
            raise ParameterError(expected(owner, self.name, "one real number", value))
        return float(value)

    def describe(self) -> dict[str, Any]:
        return super().describe() | {"unit": self.unit}


class TextOutput(Panel):
    """A text; whatever is assigned is shown as ``str(value)``.

    Parameters
    ----------
    align : {'left', 'center', 'right'}, optional
        How the lines are set.
    label, help : str, optional
        See `Declaration`.
    """

    def __init__(
        self, *, align: str = "left", label: str | None = None, help: str = ""
    ) -> None:
        super().__init__(label=label, help=help)
        self.align = align

    def check(self, owner: str) -> None:
        super().check(owner)
        if self.align not in ("left", "center", "right"):
            raise self.refusal(owner, "align", "'left', 'center' or 'right'", self.align)

    def validate(self, value: Any, *, owner: str = "") -> str:
        return str(value)


class Comment(Panel):
    """A fixed text in the window.

    Parameters
    ----------
    text : str
        What it says.
    label, help : str, optional
        See `Declaration`.
    """

    def __init__(self, text: str, *, label: str | None = None, help: str = "") -> None:
        super().__init__(label=label, help=help)
        self.text = text

    def check(self, owner: str) -> None:
        super().check(owner)
        if not isinstance(self.text, str):
            raise self.refusal(owner, "text", "a text", self.text)

    def __get__(self, instance: Simulation | None, owner: type) -> Any:
        return self if instance is None else self.text

    def validate(self, value: Any, *, owner: str = "") -> Any:
        raise ParameterError(f"{owner}.{self.name}: is a fixed comment and cannot be assigned to")

    def describe(self) -> dict[str, Any]:
        return super().describe() | {"text": self.text}
