"""`Filming`: takes the pictures of films while an engine runs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ivisit.engine import Engine
from ivisit.errors import FilmError, ParameterError, RunError
from ivisit.films.kept import Kept
from ivisit.films.request import Film
from ivisit.panels import Raster, Trace

if TYPE_CHECKING:
    from ivisit.films.writers import FilmWriter

logger = logging.getLogger(__name__)


class Filming:
    """One film in the making.

    `take` belongs to the thread that steps the engine; `cancel` may come from any other. A disk
    that is full ends the film, not the run: `problem` tells.

    Parameters
    ----------
    film : Film
        What is wanted.
    engine : Engine
        The engine; its simulation need not have begun.
    steps : int
        How many steps the film is to cover.
    views : mapping, optional
        How a window looks at its panels; see `Scene`.
    kept : Kept, optional
        Remembers figures, where several films are made of one run.

    Attributes
    ----------
    every : int
        Steps from one picture to the next.
    expected : int
        How many pictures there will be.
    problem : str
        Why the film has ended early; empty when it has not.

    Raises
    ------
    ParameterError, FilmError
        For what cannot be filmed or not be written; see `Film.check`.
    """

    def __init__(
        self,
        film: Film,
        engine: Engine,
        steps: int,
        *,
        views: Mapping[str, Mapping[str, Any]] | None = None,
        kept: Kept | None = None,
    ) -> None:
        # Only now: a run that is not filmed needs no pictures.
        from ivisit.films.scene import Scene
        from ivisit.films.writers import film_writer

        cls = type(engine.simulation)
        film.check(cls)
        _check_recorded(film, engine)
        self.every = film.steps_a_picture(steps)
        self.expected = steps // self.every
        if not self.expected:
            raise ParameterError(
                f"Film: a run of {steps} steps has no picture every {self.every} steps"
            )
        self.film = film
        self.engine = engine
        self.problem = ""
        self._run, self._first = engine.runs, engine.steps
        self._scene = Scene(
            cls, film.panels, size=film.size, last_step=engine.steps + steps, views=views, kept=kept
        )
        self._writer: FilmWriter | None = film_writer(film.target, film.rate)
        self._lock = threading.Lock()
        self.pictures = 0

    def begin_here(self) -> None:
        """Count from the present step; on the thread that steps the engine."""
        self._run, self._first = self.engine.runs, self.engine.steps

    @property
    def is_due(self) -> bool:
        """Whether the present step is one of which a picture is wanted."""
        if self.engine.runs != self._run:
            self._run, self._first = self.engine.runs, 0
        done = self.engine.steps - self._first
        return self._writer is not None and done > 0 and done % self.every == 0

    def take(self) -> None:
        """Take a picture of the present step, if one is due."""
        with self._lock:
            if not self.is_due or self._writer is None:
                return
            try:
                self._writer.add(self._scene.picture(self.engine))
            except RunError:
                raise  # of the simulation's own draw()
            except FilmError as error:
                self._give_up(str(error))
            # A panel of somebody else's may raise what it likes: that ends the film, not the run.
            except Exception as error:
                logger.debug("a picture cannot be drawn", exc_info=True)
                self._writer.discard()
                reason = f"{type(error).__name__}: {error}"
                self._give_up(f"{self.film.target}: a picture cannot be drawn: {reason}")
            else:
                self.pictures += 1

    def finish(self) -> None:
        """Complete the film with the pictures taken so far; none at all are no film."""
        with self._lock:
            if self._writer is None:
                return
            try:
                self._writer.finish()
            except FilmError as error:
                self._give_up(str(error))
            self._writer = None
            if not (self.pictures or self.problem):
                self.problem = f"{self.film.target}: no picture was taken, so nothing is written"

    def restore(self) -> None:
        """Leave the figures of the simulation as they were; on the thread that steps it."""
        self._scene.restore()

    def cancel(self) -> None:
        """Leave no film; a former one of that name stays."""
        with self._lock:
            if self._writer is not None:
                self._writer.discard()
                self._writer = None

    def _give_up(self, problem: str) -> None:
        logger.debug("filming has ended: %s", problem)
        self.problem, self._writer = problem, None


def _check_recorded(film: Film, engine: Engine) -> None:
    """Refuse traces and rasters to film that are not recorded: nothing is known of their past."""
    cls = type(engine.simulation)
    recorded = {name.partition(".")[0] for name in engine.recorder.names}
    recorded |= {*engine.recorder.names, *engine.rasters.names}
    for name in film.panels:
        if isinstance(cls.panels[name], Trace | Raster) and name not in recorded:
            raise ParameterError(
                f"{cls.key}.{name}: cannot be filmed, because it is not recorded; record it"
            )


class Filmings:
    """All films of one run: a context manager that completes them, or leaves none behind."""

    def __init__(self, films: Sequence[Film], engine: Engine, steps: int) -> None:
        self.members: list[Filming] = []
        if not films:
            return  # as for most runs, thousands in a row
        # One for all: to each film, figures look as another one has painted them.
        kept = Kept()
        try:
            for film in films:
                self.members.append(Filming(film, engine, steps, kept=kept))
        except BaseException:
            self.cancel()
            raise

    def watching(self, until: Callable[[Any], Any] | None = None) -> Callable[[Any], Any] | None:
        """Return what is to be called after each step: it takes pictures and asks `until`."""
        if not self.members:
            return until
        members = self.members

        def watch(simulation: Any) -> Any:
            for filming in members:
                if filming.is_due:
                    filming.take()
            return until is not None and until(simulation)

        return watch

    def finish(self) -> FilmError | None:
        """Complete the films; return what went wrong."""
        for filming in self.members:
            filming.finish()
            filming.restore()
        problems = [filming.problem for filming in self.members if filming.problem]
        return FilmError("; ".join(problems)) if problems else None

    def cancel(self) -> None:
        """Leave none behind that is not complete."""
        for filming in self.members:
            filming.cancel()
