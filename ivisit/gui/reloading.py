"""Loading the simulation's edited source again."""

from __future__ import annotations

import threading
import traceback
from pathlib import Path

from ivisit.errors import Failure, IVisitError, PluginError
from ivisit.registry import load_file, source_file
from ivisit.simulation import Simulation


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
            self.simulation = load_file(self.file, self.class_name)
        except IVisitError as error:
            self.failure = load_failure(error)


class SourceWatch:
    """Tells when the source file of a simulation has changed on the disk."""

    def __init__(self, simulation: type[Simulation]) -> None:
        self.file = source_file(simulation)
        self._seen = self._modified_at()

    def _modified_at(self) -> float:
        if self.file is None:
            return 0.0
        try:
            return self.file.stat().st_mtime
        except OSError:
            return self._seen if hasattr(self, "_seen") else 0.0

    def changed(self) -> bool:
        """Tell whether the file has changed since the last call."""
        former, self._seen = self._seen, self._modified_at()
        return self._seen != former


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
