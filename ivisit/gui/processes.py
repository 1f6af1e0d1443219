"""`Child`: ivisit in a process of its own, and why it has failed."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence

#: How this Python runs ivisit.
IVISIT = (sys.executable, "-m", "ivisit")
#: Characters that are kept of what a process has said last.
TAIL = 600


class Child:
    """A command of ivisit that goes on beside this process, and after it.

    Parameters
    ----------
    words : sequence of str
        The command line, without ``ivisit``.
    quiet : bool, optional
        Whether nobody wants to read what it prints.
    """

    def __init__(self, words: Sequence[str], *, quiet: bool = False) -> None:
        # A file, not a pipe, which would break under the process when this one ends.
        self._messages = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        try:
            self._process = subprocess.Popen(
                [*IVISIT, *words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL if quiet else None,
                stderr=self._messages,
                # Ctrl-C in the terminal is not for it.
                start_new_session=sys.platform != "win32",
            )
        except OSError:
            self._messages.close()
            raise
        self._stopped = False

    @property
    def has_ended(self) -> bool:
        """Whether the process has ended."""
        return self._process.poll() is not None

    def problem(self) -> str:
        """Return why it has failed; empty where it has not, or was stopped."""
        if not self._process.poll() or self._stopped:
            return ""
        self._messages.seek(0)
        said = self._messages.read().decode(errors="replace").strip()[-TAIL:]
        return said.removeprefix("ivisit: ") or f"it has ended with {self._process.returncode}"

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        if not self.has_ended:
            self._stopped = True
            # Not SIGINT: a window that a script has started with "&" has its children ignore it.
            self._process.terminate()

    def forget(self) -> None:
        """Look after it no more."""
        self._messages.close()
