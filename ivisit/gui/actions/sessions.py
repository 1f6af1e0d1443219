"""`SessionCommands`: saving what was done in the window, and showing it again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tkinter import filedialog
from typing import TYPE_CHECKING, Any

from ivisit.errors import IVisitError

if TYPE_CHECKING:
    from ivisit.gui.playing import Playing
    from ivisit.gui.window import Window

#: What the messages are about; see `MessageBar.show`.
PLAYING, SESSION = "playing", "session"
#: What the dialogs offer.
FILE_TYPES = [("Session", "*.npz"), ("Traces as table", "*.csv")]
PLAYED_TYPES = [("Session", "*.npz *.zip"), ("All files", "*")]


class SessionCommands:
    """Saves the present run with all that was done by hand, and plays saved ones.

    Parameters
    ----------
    window : Window
        The window.

    Attributes
    ----------
    playing : Playing or None
        What is being played.
    """

    def __init__(self, window: Window) -> None:
        self.window = window
        self.playing: Playing | None = None
        window.session.take_over = self.stop
        self._name = ""
        self._former_values: dict[str, Any] = {}
        #: What the worker's thread has to say about the saving, if anything.
        self._saved: list[tuple[str, str]] = []

    # Saving ---------------------------------------------------------------------------------

    def ask_file(self) -> None:
        """Ask where to save the present run."""
        path = filedialog.asksaveasfilename(
            parent=self.window.root,
            defaultextension=".npz",
            initialfile=f"{self.window.session.simulation_class.key}.npz",
            filetypes=FILE_TYPES,
        )
        if path:
            self.save(path)

    def save(self, path: str) -> None:
        """Save the present run as ``.npz``, or its traces as ``.csv``; a message tells how it went.

        The file has every change, button and event, with its step, so that `ivisit replay` and
        `play` can repeat the run.
        """
        engine = self.window.engine

        def save() -> None:
            # Imported when it is needed: a window opens sooner.
            from ivisit.runs.single import result_of

            duration = engine.time_of_run() or 0.0
            try:
                status = "failed" if engine.failure else "finished"
                result = result_of(engine, status=status, duration=duration)  # type: ignore[arg-type]
                if path.endswith(".csv"):
                    result.to_csv(path)
                else:
                    result.save(path)
            except (OSError, IVisitError) as error:
                self._saved.append((path, str(error)))
            else:
                self._saved.append((path, ""))

        # Between two steps: the recorder belongs to the worker's thread.
        self.window.session.worker.call(save)

    def _tell_saved(self) -> None:
        path, problem = self._saved.pop(0)
        self.window.tell_saved(path, problem, self.ask_file)

    # Playing --------------------------------------------------------------------------------

    def ask_played(self) -> None:
        """Ask which session to play."""
        path = filedialog.askopenfilename(
            parent=self.window.root, title="Play session", filetypes=PLAYED_TYPES
        )
        if path:
            self.play(path)

    def play(self, path: str) -> None:
        """Show a saved session from its beginning, with a fresh simulation."""
        from ivisit.gui.playing import Playing, read_session
        from ivisit.runs.repetition import doubts

        window = self.window
        self.stop()
        former = dict(window.sets.chosen)
        try:
            result = read_session(Path(path))
            self.playing = Playing(window.session, result)
        except IVisitError as error:
            self._complain(path, error)
            return
        window.error_pane.hide()
        self._name = Path(path).name
        # The views of the panels stay, the values are those of the session.
        window.build_layout()
        self._former_values = former
        window.sets.adopt_values()
        window.status.update_texts()
        if told := doubts(result):
            window.messages.show(SESSION, f"{self._name}: {'; '.join(told)}")
        self._show()

    def _complain(self, path: str, error: IVisitError) -> None:
        text = str(error)
        text = text if text.startswith(path) else f"{path}: {text}"
        self.window.messages.show(SESSION, text, {"Play another ...": self.ask_played})

    def poll(self, now: float) -> None:
        """Go on with what is being played; tell what was saved."""
        if self._saved:
            self._tell_saved()
        playing = self.playing
        if playing is None:
            return
        playing.tick(now)
        if playing.verdict:
            self._finish(f"{self._name} was played to its end: {playing.verdict}")
        elif playing.is_over:
            self._finish("")  # another simulation was loaded meanwhile
        else:
            self.window.messages.change_text(PLAYING, self._text(playing))

    def _show(self) -> None:
        """Show what is played, and what can be done about it."""
        playing = self.playing
        if playing is None:
            return
        speeds = playing.speeds
        place = speeds.index(playing.speed)
        offers: dict[str, Callable[[], object]] = {}
        if place + 1 < len(speeds):
            offers["Faster"] = lambda: self.set_speed(speeds[place + 1])
        if place > 0:
            offers["Slower"] = lambda: self.set_speed(speeds[place - 1])
        offers["Stop here"] = self.stop
        self.window.messages.show(PLAYING, self._text(playing), offers)

    def _text(self, playing: Playing) -> str:
        speed = playing.speed
        how = {None: "as fast as possible", 1.0: "at its speed"}.get(speed, f"{speed or 0:g} times")
        return f"Playing {self._name}, {how}: step {playing.steps:,} of {playing.result.steps:,}"

    def set_speed(self, speed: float | None) -> None:
        """Play so many times as fast as it was; None: as fast as possible."""
        if self.playing is not None:
            self.playing.speed = speed
            self._show()

    def stop(self) -> None:
        """Stop playing; the run can go on by hand from there."""
        playing = self.playing
        if playing is not None:
            playing.stop()
            self._finish(f"Stopped at step {playing.steps:,}; the run goes on by hand from here")

    def _finish(self, text: str) -> None:
        self.playing = None
        self.window.messages.dismiss(PLAYING)
        self.window.sets.adopt_values(f"playing {self._name}", self._former_values)
        self.window.status.update_texts()
        if text:
            self.window.messages.show(SESSION, text)
