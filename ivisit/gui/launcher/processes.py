"""`Opened`: windows that were opened, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from ivisit.gui.launcher.catalog import IVISIT, Entry

#: Characters that are shown of what a process has said last.
TAIL = 600


@dataclass
class Opened:
    """A window on a simulation, in a process that lives on when the launcher is closed.

    Attributes
    ----------
    entry : Entry
        The simulation.
    process : subprocess.Popen
        The process.
    """

    entry: Entry
    process: subprocess.Popen[bytes]
    _messages: IO[bytes]

    @classmethod
    def begin(cls, entry: Entry, options: Sequence[str] = ()) -> Opened:
        """Open a window."""
        # A file, not a pipe, which would break under the process when the launcher is closed.
        messages = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        process = subprocess.Popen(
            [*IVISIT, "gui", *options, "--", entry.address],
            stdin=subprocess.DEVNULL,
            stderr=messages,
            start_new_session=sys.platform != "win32",
        )
        return cls(entry, process, messages)

    @property
    def has_ended(self) -> bool:
        """Whether the window is closed, or has never come."""
        return self.process.poll() is not None

    def problem(self) -> str:
        """Return why the process has failed; empty where it has not."""
        if not self.process.poll():
            return ""
        self._messages.seek(0)
        said = self._messages.read().decode(errors="replace").strip()[-TAIL:]
        return said.removeprefix("ivisit: ") or f"it has ended with {self.process.returncode}"

    def forget(self) -> None:
        """Look after it no more."""
        self._messages.close()
