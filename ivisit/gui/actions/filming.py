"""Recording a film in the window: of panels, or of the window as it is on the screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from PIL import Image

from ivisit.errors import FilmError, IVisitError
from ivisit.films import Film
from ivisit.films.writers import film_writer
from ivisit.gui.actions.window_picture import grab
from ivisit.gui.bars.film_bar import FilmBar
from ivisit.gui.panels.channels import channel_of, levels_of
from ivisit.gui.panels.image import ImageWidget
from ivisit.runs.filming import Filming

if TYPE_CHECKING:
    from ivisit.gui.layouts.base import Layout
    from ivisit.gui.window import Window

#: Milliseconds between two looks at how far a film is.
LOOK = 40
#: What the button of a film that could not be made says.
AGAIN = "Record elsewhere ..."


class Recording(Protocol):
    """A film that is being made.

    Attributes
    ----------
    pictures, expected : int
        How many pictures there are, and how many there will be.
    problem : str
        Why it has ended early.
    """

    pictures: int
    expected: int
    problem: str

    def advance(self) -> bool:
        """Go on; tell whether there is more to come."""

    def finish(self) -> None:
        """Complete the film."""

    def cancel(self) -> None:
        """Leave no film."""


def views_for_films(layout: Layout) -> dict[str, dict[str, Any]]:
    """Return how the user looks at the panels now; what is changed later does not count."""
    views = layout.view_states()
    for card in layout.cards:
        if isinstance(card, ImageWidget):
            views[card.name] = {**views.get(card.name, {}), "look": look_of(card)}
    return views


def look_of(card: ImageWidget) -> Callable[[np.ndarray], tuple[np.ndarray, float, float]]:
    """Return what gives the channel of a picture that a card shows, and its levels.

    It is called on the simulation's thread, so it knows the choices and not the widget.
    """
    channel, percentile, ends = card.channel, card.percentile, (card.vmin, card.vmax)

    def look(picture: np.ndarray) -> tuple[np.ndarray, float, float]:
        shown = channel_of(picture, channel)
        low, high = levels_of(
            shown, picture, channel, percentile=percentile, vmin=ends[0], vmax=ends[1]
        )
        return shown, low, high

    return look


class PanelRecording(Filming):
    """Films panels on the worker's thread while the simulation runs."""

    def __init__(self, window: Window, film: Film, pictures: int) -> None:
        assert window.layout is not None
        every = film.every or 1
        views = views_for_films(window.layout)
        super().__init__(film, window.engine, every * pictures, views=views)
        self.window = window
        session = window.session
        session.stop()
        session.worker.call(self.begin_here)
        session.run(every * pictures, self._watch)

    def _watch(self, simulation: Any) -> bool:
        if self.is_due:
            self.take()
        return bool(self.problem)

    def advance(self) -> bool:
        session = self.window.session
        ended = session.worker.settled and not session.worker.running
        is_other = self.window.engine is not self.engine  # the source was reloaded
        return not (self.problem or is_other or ended or self.pictures >= self.expected)


class ScreenRecording:
    """Films the window as it is on the screen, some steps after each picture."""

    def __init__(self, window: Window, film: Film, pictures: int) -> None:
        self.window = window
        self.expected, self.pictures, self.problem = pictures, 0, ""
        self._every = film.every or 1
        self._size = film.size
        self._writer = film_writer(film.target, film.rate)
        window.session.stop()
        self._target = -1
        self._run = window.engine.runs

    def advance(self) -> bool:
        worker = self.window.session.worker
        if self.problem or self.pictures >= self.expected or self.window.engine.failure:
            return False
        if not worker.settled or worker.running:
            return True
        if self._target < 0 or self.window.engine.runs != self._run:
            self._step()
        elif self.window.steps >= self._target:
            self._take()
            if self.window.engine.stopped:
                return False
            self._step()
        elif self.window.engine.steps < self._target:
            return False  # the simulation has ended its run
        return self.pictures < self.expected

    def _step(self) -> None:
        if self.pictures < self.expected:
            self._run = self.window.engine.runs
            self._target = self.window.engine.steps + self._every
            self.window.session.worker.step(self._every)

    def _take(self) -> None:
        self.window.root.update_idletasks()
        try:
            picture = grab(self.window.root)
            self._size = self._size or picture.size
            if picture.size != self._size:
                picture = _fitted(picture, self._size)
            self._writer.add(picture)
        except IVisitError as error:
            self._writer.discard()
            self.problem = str(error)
        else:
            self.pictures += 1

    def finish(self) -> None:
        try:
            self._writer.finish()
        except FilmError as error:
            self.problem = str(error)
        if not (self.pictures or self.problem):
            self.problem = "no picture was taken, so nothing is written"

    def cancel(self) -> None:
        self._writer.discard()


def _fitted(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return a picture in the middle of a size: all of a film have the same."""
    scale = min(size[0] / picture.width, size[1] / picture.height)
    small = picture.resize((round(picture.width * scale), round(picture.height * scale)))
    canvas = Image.new("RGB", size)
    canvas.paste(small, ((size[0] - small.width) // 2, (size[1] - small.height) // 2))
    return canvas


class Recorder:
    """Looks after the one film that a window records, with a bar that shows how far it is.

    Where there is no film in the end, a message says why, and offers to ask ``again()``.
    """

    def __init__(
        self, window: Window, path: Path, recording: Recording, again: Callable[[], object]
    ) -> None:
        self.window = window
        self.path = path
        self.again = again
        self.recording = recording
        self.bar = FilmBar(window, path.name, recording.expected, self.finish, self.cancel)
        assert window.layout is not None
        margin = window.theme.pixels(8)
        self.bar.pack(side="bottom", fill="x", before=window.layout, padx=margin)
        self._timer = window.root.after(LOOK, self._look)
        # A window that is closed leaves no half of a film.
        self._binding = window.root.bind("<Destroy>", self._closed, add=True)

    @property
    def is_active(self) -> bool:
        """Whether the film goes on."""
        return bool(self._timer)

    def _look(self) -> None:
        goes_on = self.recording.advance()
        self.bar.show(self.recording.pictures)
        if goes_on:
            self._timer = self.window.root.after(LOOK, self._look)
        else:
            self.finish()

    def _end(self) -> None:
        if self._timer:
            self.window.root.after_cancel(self._timer)
            self._timer = ""
            self.bar.destroy()
            self.window.session.stop()

    def finish(self) -> None:
        """Complete the film with the pictures so far."""
        if not self.is_active:
            return
        self._end()
        self.recording.finish()
        count = self.recording.pictures
        told = f"Saved {self.path}: {count} pictures"
        if problem := self.recording.problem:
            text = problem if problem.startswith(f"{self.path}:") else f"{self.path}: {problem}"
            self.window.messages.show(f"saving {self.path}", text, {AGAIN: self.again})
        else:
            self.window.messages.dismiss(f"saving {self.path}")
            self.window.say(told)

    def cancel(self) -> None:
        """Leave no film."""
        if self.is_active:
            self._end()
            self.recording.cancel()
            self.window.say(f"No film: {self.path.name} was cancelled")

    def _closed(self, event: Any) -> None:
        if self.is_active and event.widget is self.window.root:
            self._timer = ""
            self.recording.cancel()
