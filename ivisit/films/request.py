"""`Film`: what shall be filmed, of which size, how often, and into which file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivisit.declarations import as_number, is_whole
from ivisit.errors import ParameterError, expected, unknown
from ivisit.films.targets import LARGEST, check_target
from ivisit.simulation import Simulation

#: Pictures that a film has at the most where nobody says every how many steps one is taken.
USUAL_PICTURES = 200
#: Pictures a second that a player can show.
SLOWEST, FASTEST = 0.1, 60.0


@dataclass(frozen=True)
class Film:
    """A film to be made of a run; hand it to `ivisit.run` or `ivisit.replay` as ``film=``.

    Parameters
    ----------
    path : path-like
        The file, ending in ``.gif``, or in ``.mp4`` where the program ffmpeg is on the path.
    panels : iterable of str, optional
        Names of the panels to film, side by side; by default all but comments.
    every : int, optional
        A picture is taken after so many steps, by default after as many as give about 200
        pictures.
    rate : float, optional
        Pictures a second, 20 by default; a GIF has at most 50.
    size : (int, int), optional
        Width and height in pixels. By default one picture keeps its own size, a small one is
        enlarged by a whole number; other panels get a place of 640x400 alone, of 400x320 beside
        others.

    Examples
    --------
    >>> import ivisit as iv
    >>> iv.Film("walk.gif", panels=["position"], every=10)
    Film(path='walk.gif', panels=('position',), every=10, rate=20.0, size=None)
    """

    path: str | os.PathLike[str]
    panels: tuple[str, ...] = ()
    every: int | None = None
    rate: float = 20.0
    size: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        names = [self.panels] if isinstance(self.panels, str) else self.panels
        object.__setattr__(self, "panels", tuple(names))
        if self.every is not None and not is_whole(self.every, 1):
            raise ParameterError(expected("Film", "every", "a whole number from 1 on", self.every))
        rate = as_number(self.rate, float)
        if rate is None or not SLOWEST <= rate <= FASTEST:
            allowed = f"between {SLOWEST:g} and {FASTEST:g} pictures a second"
            raise ParameterError(expected("Film", "rate", allowed, self.rate))
        object.__setattr__(self, "rate", rate)
        if self.size is not None:
            object.__setattr__(self, "size", _checked_size(self.size))

    @property
    def target(self) -> Path:
        """The file."""
        return Path(self.path)

    def steps_a_picture(self, steps: int) -> int:
        """Return every how many steps of a run of `steps` a picture is taken."""
        return int(self.every or max(-(-steps // USUAL_PICTURES), 1))

    def check(self, simulation: type[Simulation]) -> None:
        """Say before anything runs what cannot be filmed, or not be written.

        Raises
        ------
        ParameterError
            When the simulation has no such panel.
        FilmError
            For an ending that is no film's, a folder that is not there, and where ffmpeg is
            missing.
        """
        check_target(self.target)
        possible = filmable(simulation)
        for name in self.panels:
            if name not in possible:
                raise ParameterError(unknown(simulation.key, "panel to film", name, possible))
        if not possible:
            raise ParameterError(f"{simulation.key}: has no panel that could be filmed")


def filmable(simulation: type[Simulation]) -> list[str]:
    """Return the names of the panels that may change while a simulation runs."""
    return [name for name, panel in simulation.panels.items() if panel.assignable]


def as_films(film: Any) -> list[Film]:
    """Return the films that the argument ``film`` of a run stands for."""
    if film is None:
        return []
    if isinstance(film, Film):
        return [film]
    if isinstance(film, str | os.PathLike):
        return [Film(film)]
    if isinstance(film, Iterable):
        return [one for part in film for one in as_films(part)]
    allowed = "a path, an ivisit.Film, or a list of them"
    raise ParameterError(expected("run", "film", allowed, film))


def _checked_size(size: Any) -> tuple[int, int]:
    numbers = tuple(size) if isinstance(size, Iterable) else ()
    if len(numbers) != 2 or not all(is_whole(n, 16) and n <= LARGEST for n in numbers):
        allowed = f"width and height, whole numbers of pixels from 16 to {LARGEST}"
        raise ParameterError(expected("Film", "size", allowed, size))
    return int(numbers[0]), int(numbers[1])
