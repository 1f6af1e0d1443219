"""Loading the simulation's edited source again."""

from __future__ import annotations

import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from ivisit.errors import Failure, IVisitError, PluginError
from ivisit.plugins.loading import load_again
from ivisit.plugins.origins import source_file
from ivisit.simulation import Simulation

if TYPE_CHECKING:
    from ivisit.gui.window import Window

#: Seconds between two looks at the source file.
WATCH_TIME = 1.0
#: What the messages are about; see `MessageBar.show`.
SOURCE = "source"


class Reload:
    """Loads a file on a thread of its own: the file may take long, the window must not.

    Attributes
    ----------
    simulation : Simulation, subclass or None
        What was loaded; None until `done`, and when that failed.
    failure : Failure or None
        Why it failed.
    """

    def __init__(self, file: Path, class_name: str) -> None:
        self.file = file
        self.class_name = class_name
        self.simulation: Simulation | type[Simulation] | None = None
        self.failure: Failure | None = None
        self._thread = threading.Thread(target=self._load, name="reload", daemon=True)
        self._thread.start()

    @property
    def done(self) -> bool:
        """Whether the loading has ended, one way or the other."""
        return not self._thread.is_alive()

    def _load(self) -> None:
        try:
            self.simulation = load_again(self.file, self.class_name)
        except IVisitError as error:
            self.failure = load_failure(error)


class SourceCommands:
    """Notices when the source file of the simulation was edited, and loads it again.

    Parameters
    ----------
    window : Window
        The window.
    """

    def __init__(self, window: Window) -> None:
        self.window = window
        self._loading: Reload | None = None
        self._due = 0.0
        self.adopt()

    def adopt(self) -> None:
        """Watch the file of the window's present simulation."""
        self.file = source_file(self.window.session.simulation_class)
        self._seen = self._modified_at()

    def _modified_at(self) -> float | None:
        """Return when the file was changed; None where there is none, as while it is saved."""
        try:
            return self.file.stat().st_mtime if self.file is not None else None
        except OSError:
            return None

    def poll(self, now: float) -> None:
        """Look whether the file has changed, and whether a loading has ended."""
        if self._loading is not None and self._loading.done:
            loaded, self._loading = self._loading, None
            self._take(loaded)
        if now < self._due:
            return
        self._due = now + WATCH_TIME
        modified_at = self._modified_at()
        if modified_at is not None and modified_at != self._seen:
            self._seen = modified_at
            self.window.messages.show(
                SOURCE,
                "The source file has changed; Ctrl-R loads it and keeps the values",
                {"Reload source": self.reload},
            )

    def reload(self) -> None:
        """Load the simulation's source again; values are kept."""
        if self.file is None:
            self.window.say("This simulation has no source file to load again")
        elif self._loading is None:
            self.window.messages.dismiss(SOURCE)
            self.window.say(f"Loading {self.file.name} ...")
            self._loading = Reload(self.file, self.window.session.simulation_class.__name__)

    def _take(self, loaded: Reload) -> None:
        window = self.window
        if loaded.simulation is None:
            if loaded.failure:
                window.error_pane.show(loaded.failure)
            return
        window.error_pane.hide()
        problems = window.session.replace(loaded.simulation)
        self.adopt()
        window.sets.adopt_simulation()
        window.build_layout()
        if problems:
            window.messages.show(
                SOURCE, f"Loaded {loaded.file.name}; {'; '.join(problems.values())}"
            )
        else:
            window.say(f"Loaded {loaded.file.name}; values are kept")


def load_failure(error: IVisitError) -> Failure:
    """Describe why a file could not be loaded, with the place in the user's file."""
    cause = error.__cause__
    if isinstance(cause, SyntaxError):
        return Failure(
            stage="load",
            type=type(cause).__name__,
            message=cause.msg,
            traceback="".join(traceback.format_exception_only(cause)),
            file=cause.filename or "",
            line=cause.lineno or 0,
            source=(cause.text or "").strip(),
        )
    if isinstance(error, PluginError) and isinstance(cause, Exception):
        return Failure.from_exception("load", cause)
    return Failure.from_exception("load", error)
