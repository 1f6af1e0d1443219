"""`Scaling`: a sweep or an optimization in a process of its own, and what it has stored so far."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from typing import IO

from ivisit.errors import IVisitError
from ivisit.gui.launcher.catalog import IVISIT
from ivisit.gui.scaling.requests import Request
from ivisit.runs.optimize_result import OptimizeResult
from ivisit.runs.repeating import quoted
from ivisit.runs.sweep_result import SweepResult

#: Characters that are shown of what the process has said last.
TAIL = 600


class Scaling:
    """Runs a request; each run is stored, so that the window only reads the store.

    Parameters
    ----------
    request : Request
        What is asked for.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        self._messages: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - as long as it runs
        options = {"start_new_session": True} if sys.platform != "win32" else {}
        self._process = subprocess.Popen(
            [*IVISIT, *request.words(), "--quiet"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._messages,
            **options,  # type: ignore[call-overload]
        )
        self._stopped = False

    @property
    def command(self) -> str:
        """The line that does the same, and goes on where this was ended."""
        return quoted(["ivisit", *self.request.words()])

    @property
    def has_ended(self) -> bool:
        """Whether nothing is computed any more."""
        return self._process.poll() is not None

    def problem(self) -> str:
        """Return why it has failed; empty while it goes on, and where it was stopped."""
        if not self._process.poll() or self._stopped:
            return ""
        self._messages.seek(0)
        said = self._messages.read().decode(errors="replace").strip()[-TAIL:]
        return said.removeprefix("ivisit: ") or f"it has ended with {self._process.returncode}"

    def stop(self) -> None:
        """End it as Ctrl-C does: runs that go on are stored first."""
        if not self.has_ended:
            self._stopped = True
            if sys.platform == "win32":
                self._process.terminate()
            else:
                self._process.send_signal(signal.SIGINT)

    def result(self) -> SweepResult | None:
        """Return what is stored so far; None before the first run."""
        request = self.request
        kind = OptimizeResult if request.goal else SweepResult
        try:
            result = kind(request.store, request.name, request.simulation.key)
            return result if len(result) else None
        except IVisitError:
            return None  # not begun yet, or just being written

    def close(self) -> None:
        """End it and look after it no more."""
        self.stop()
        self._messages.close()
