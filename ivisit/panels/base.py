"""Panels: the declared outputs of a simulation.

A simulation assigns to them like to plain attributes; window, headless run and store read them.
"""

from __future__ import annotations

import logging
import textwrap
from collections.abc import Mapping
from typing import Any, Generic, Protocol, Self, TypeVar, cast, overload

import numpy as np

from ivisit.declarations import Declaration, Holder
from ivisit.looks import FigureView
from ivisit.rendering import to_rgb

logger = logging.getLogger(__name__)

#: Type of what a panel shows, as a simulation reads it.
Shown = TypeVar("Shown")


class Painter(Protocol):
    """Makes pixels of what a panel shows, again and again."""

    def pixels(self, width: int | None = None, height: int | None = None) -> np.ndarray:
        """Return the picture, (height, width, 4) uint8, in its own size unless one is given."""


class ViewedPainter(Painter, Protocol):
    """A painter that can look at its picture more closely, and in other colors."""

    def pixels(
        self,
        width: int | None = None,
        height: int | None = None,
        view: FigureView | None = None,
    ) -> np.ndarray:
        """Return the picture as `view` wants it, and tell the view where everything lies."""


def painted(painter: Painter, view: FigureView | None = None) -> Any:
    """Return the picture that a painter makes, or a text that says why there is none.

    What cannot be drawn costs its own picture only; a run goes on.

    Parameters
    ----------
    painter : Painter
        Makes the pixels.
    view : FigureView, optional
        In which size to show them and, where the painter can, which part and in which colors; by
        default as the simulation has it.
    """
    width, height = (None, None) if view is None or view.size is None else view.size
    try:
        if view is not None and hasattr(painter, "shows_views"):
            return cast("ViewedPainter", painter).pixels(width, height, view)
        return painter.pixels(width, height)
    # A figure is the simulation's: whatever drawing it raises is the reason.
    except Exception as error:
        reason = " ".join(str(error).split())
        logger.debug("a picture cannot be drawn", exc_info=True)
        return f"There is no picture: {type(error).__name__}: {reason}"


class Panel(Declaration, Generic[Shown]):
    """Base class of all panels, generic in the type of what they show.

    Parameters
    ----------
    label, help : str, optional
        See `Declaration`.

    Notes
    -----
    A new kind of panel

    1. implements `validate`;
    2. implements `snapshot` where a simulation may change what it has assigned, or `painter` where
       pixels are made of it only when somebody looks;
    3. says with `recorded` and `kept_over_init` what becomes of the value;
    4. implements `plot` where the value is neither a picture nor a text.
    """

    #: Whether the value is a number of which each step adds a row to the record.
    recorded = False
    #: How many numbers a recorded value has; None: it is one number itself, not an array.
    size: int | None = None
    #: Whether the value says which of many units are active in a step; recorded as such.
    sparse = False
    #: Whether the simulation assigns the value; a comment is fixed.
    assignable = True
    #: Whether events of the mouse, and of keys, on the panel reach `Simulation.pointer`.
    pointer = False
    keys = False
    #: Whether the value survives `init`; other panels are empty when a run begins.
    kept_over_init = False

    @property
    def components(self) -> tuple[str, ...]:
        """What the numbers of a recorded array are called; empty where it is one number."""
        return ()

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Holder, owner: type) -> Shown: ...
    def __get__(self, instance: Holder | None, owner: type) -> Any:
        if instance is None:
            return self
        return instance._ivisit_outputs.get(self.name)

    def __set__(self, instance: Holder, value: Shown) -> None:
        instance._ivisit_outputs[self.name] = self.validate(value, owner=type(instance).__name__)

    def validate(self, value: Any, *, owner: str = "") -> Any:
        """Return `value` as the panel keeps it, or raise `ParameterError`."""
        raise NotImplementedError

    def snapshot(self, value: Any) -> Any:
        """Return what is handed out of the present `value`; it must not change any more."""
        return value

    def painter(self, value: Any) -> Painter | None:
        """Return what makes pixels of `value`; None where `snapshot` is what is handed out."""
        return None

    def check_flags(self, owner: str, *arguments: str) -> None:
        """Raise `ParameterError` where one of the arguments is not True or False."""
        for argument in arguments:
            if not isinstance(getattr(self, argument), bool):
                raise self.refusal(owner, argument, "True or False", getattr(self, argument))

    @classmethod
    def plot(cls, axes: Any, value: Any, description: Mapping[str, Any]) -> None:
        """Draw a final value into Matplotlib axes, for the picture of a result.

        Parameters
        ----------
        axes : matplotlib.axes.Axes
            Where to draw; the title is already there.
        value : object
            What `snapshot` or the painter gave.
        description : dict
            What `describe` returned when the run was made.
        """
        axes.set_axis_off()
        if isinstance(value, np.ndarray) and value.ndim in (2, 3):
            levels = {
                key: description[key]
                for key in ("vmin", "vmax", "cmap", "missing")
                if key in description
            }
            axes.imshow(to_rgb(value, **levels))
        else:
            lines = [textwrap.fill(line, 60) for line in str(value).splitlines()]
            axes.text(0.0, 1.0, "\n".join(lines), va="top", family="monospace", fontsize=8)

    def describe(self) -> dict[str, Any]:
        """Return kind, label and help as plain, JSON-ready values."""
        return {
            "name": self.name,
            "kind": type(self).__name__,
            "label": self.label,
            "help": self.help,
        }
