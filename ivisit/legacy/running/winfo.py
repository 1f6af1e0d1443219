"""`WinfoAnswers`: what scripts ask of Tk about a window or a canvas, answered without Tk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ivisit.engine import Engine


class WinfoAnswers:
    """The ``winfo_...`` questions that make sense for something that is drawn elsewhere.

    What else a script tells such a thing to do is an error, unless it only concerns looks: that
    does nothing, and is told once.

    A subclass has `_extent`, `_tk_class`, `_toplevel`, `_kind`, `_instead`, `_is_looks` and an
    `_engine`.
    """

    _engine: Engine
    #: What the thing is called in messages, and what a script may do instead.
    _kind = ""
    _instead = ""

    #: What is answered when there is no window: most scripts divide by it.
    SCREEN = (1920, 1080)

    #: What Tk calls such a thing.
    _tk_class = "Frame"

    def _extent(self) -> tuple[int, int]:
        """Return width and height in pixels."""
        raise NotImplementedError

    def _toplevel(self) -> Any:
        """Return what stands for the window."""
        raise NotImplementedError

    def winfo_width(self) -> int:
        """Return the width in pixels."""
        return self._extent()[0]

    def winfo_height(self) -> int:
        """Return the height in pixels."""
        return self._extent()[1]

    winfo_reqwidth = winfo_width
    winfo_reqheight = winfo_height

    def winfo_geometry(self) -> str:
        """Return size and place as Tk writes them; the place is that within the window: 0, 0."""
        width, height = self._extent()
        return f"{width}x{height}+0+0"

    def winfo_x(self) -> int:
        """Return 0: what has no place of its own lies at the corner."""
        return 0

    winfo_y = winfo_rootx = winfo_rooty = winfo_x

    def winfo_exists(self) -> int:
        """Return 1."""
        return 1

    winfo_ismapped = winfo_viewable = winfo_exists

    def winfo_class(self) -> str:
        """Return what Tk calls such a thing."""
        return self._tk_class

    def winfo_toplevel(self) -> Any:
        """Return what stands for the window."""
        return self._toplevel()

    def winfo_screenwidth(self) -> int:
        """Return the width of a usual screen."""
        return self.SCREEN[0]

    def winfo_screenheight(self) -> int:
        """Return the height of a usual screen."""
        return self.SCREEN[1]

    def _is_looks(self, name: str) -> bool:
        """Tell whether a method of Tk only concerns what the window looks like."""
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        text = f"{self._kind}.{name}"
        advice = f"{self._instead}. 'ivisit check' lists such lines"
        if self._is_looks(name):
            return self._ignoring(text, f"{text}() does nothing here; {advice}")
        raise AttributeError(f"{text}: has no counterpart here; {advice}")

    def _ignoring(self, name: str, message: str) -> Callable[..., None]:
        """Return what takes any arguments, and says that it does nothing."""

        def ignore(*arguments: Any, **options: Any) -> None:
            self._engine.simulation._tell_once(name, message)  # type: ignore[attr-defined]

        return ignore
