"""`matplotlib.pyplot` inside a simulation: no window, no leak, one hint.

pyplot is made for a program that owns the screen. A simulation has a window already, its steps are
computed beside the thread of that window, and most runs have no screen at all. So what it asks of
pyplot is drawn into memory; everybody else in the process keeps the backend that they have.
"""

from __future__ import annotations

import importlib.util
import sys
import threading
import time
import types
from collections.abc import Callable, Iterable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import Any

PYPLOT = "matplotlib.pyplot"
#: Most figures of one simulation that pyplot keeps; Matplotlib itself complains of more than 20.
LIMIT = 10

HINT = (
    "{name}: figures of matplotlib.pyplot are drawn into memory, where nobody sees them. Draw into "
    "a panel instead:\n"
    "    plot = iv.Figure()  # in the class, beside the controls\n"
    "    axes = self.plot.subplots()  # in init(); then axes.plot(...) and not plt.plot(...)"
)


class PyplotFigures:
    """The figures that a simulation makes with pyplot.

    Attributes
    ----------
    is_hint_due : bool
        Whether it is worth while to ask for a `hint`.
    """

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self.is_hint_due = False
        self._has_hinted = False

    def made(self, number: int) -> None:
        """Note a figure, and close the oldest ones when there are too many."""
        from matplotlib import pyplot

        present = set(pyplot.get_fignums())
        self._numbers = [n for n in self._numbers if n in present and n != number] + [number]
        while len(self._numbers) > LIMIT:
            pyplot.close(self._numbers.pop(0))
        self.is_hint_due = True

    def shown(self) -> None:
        """Note that somebody wants to see figures."""
        self.is_hint_due = True

    def hint(self, name: str, shown: Iterable[Any]) -> str:
        """Return what is to be said to the author, once; empty when there is nothing.

        Parameters
        ----------
        name : str
            The simulation.
        shown : iterable
            What its panels show; a figure that is among it is seen.
        """
        is_due, self.is_hint_due = self.is_hint_due, False
        if not is_due or self._has_hinted:
            return ""
        from matplotlib._pylab_helpers import Gcf

        managers = [Gcf.figs.get(number) for number in self._numbers]
        figures = [manager.canvas.figure for manager in managers if manager is not None]
        panels = list(shown)
        if figures and all(any(figure is one for one in panels) for figure in figures):
            return ""
        self._has_hinted = True
        return HINT.format(name=name)

    def close(self) -> None:
        """Close the figures; panels that show one of them keep it."""
        numbers, self._numbers = self._numbers, []
        if numbers:
            from matplotlib import pyplot

            for number in numbers:
                pyplot.close(number)


class _Place(threading.local):
    """Whose code this thread is running."""

    figures: PyplotFigures | None = None


_place = _Place()
_is_installed = False


def enter(figures: PyplotFigures | None) -> PyplotFigures | None:
    """Begin to run a simulation's code on this thread; return what `enter` is to be given after."""
    former, _place.figures = _place.figures, figures
    if not _is_installed:
        _install()
    return former


def _install() -> None:
    global _is_installed
    _is_installed = True
    if PYPLOT in sys.modules:
        _guard(sys.modules[PYPLOT])
    else:
        sys.meta_path.insert(0, _AtImport())


def _guard(pyplot: types.ModuleType) -> None:
    """Have the functions of pyplot that make or show windows look who is calling."""

    def outside(name: str, inside: Callable[..., Any]) -> None:
        original = getattr(pyplot, name)

        def either(*arguments: Any, **named: Any) -> Any:
            if _place.figures is None:
                return original(*arguments, **named)
            return inside(_place.figures, *arguments, **named)

        either.__name__, either.__doc__ = name, original.__doc__
        either.__wrapped__ = original  # type: ignore[attr-defined]
        setattr(pyplot, name, either)

    outside("new_figure_manager", _new_manager)
    outside("show", lambda figures, *arguments, **named: figures.shown())
    outside("pause", _pause)
    outside("draw_if_interactive", lambda figures: None)
    if hasattr(pyplot, "_get_backend_mod"):
        outside("_get_backend_mod", lambda figures: _agg())


def _agg() -> types.ModuleType:
    from matplotlib.backends import backend_agg

    return backend_agg


def _new_manager(figures: PyplotFigures, number: int, *arguments: Any, **named: Any) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = named.pop("FigureClass", Figure)(*arguments, **named)
    manager = FigureCanvasAgg.new_manager(figure, number)
    figures.made(number)
    return manager


def _pause(figures: PyplotFigures, interval: float) -> None:
    figures.shown()
    time.sleep(interval)


class _AtImport(MetaPathFinder):
    """Guards pyplot when somebody imports it; gone afterwards."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: types.ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Find pyplot as everybody else would; see `importlib.abc.MetaPathFinder`."""
        if fullname != PYPLOT:
            return None
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _GuardingLoader(spec.loader)
        return spec


class _GuardingLoader(Loader):
    def __init__(self, loader: Loader) -> None:
        self.loader = loader

    def create_module(self, spec: ModuleSpec) -> types.ModuleType | None:
        return self.loader.create_module(spec)

    def exec_module(self, module: types.ModuleType) -> None:
        module.__loader__ = self.loader
        if module.__spec__ is not None:
            module.__spec__.loader = self.loader
        self.loader.exec_module(module)
        _guard(module)
