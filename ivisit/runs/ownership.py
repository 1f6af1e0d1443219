"""Which process computes a sweep, and whether it still lives."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

#: Seconds after which a process on another host that gave no sign of life counts as dead.
PATIENCE = 60.0


def this_process() -> dict[str, Any]:
    """Return what tells this process from all others, a later one with its number included."""
    pid = os.getpid()
    return {"host": socket.gethostname(), "pid": pid, "started": _start_time(pid)}


def may_take_over(owner: Mapping[str, Any], seen: str | None) -> bool:
    """Tell whether a sweep's owner is dead, so that somebody else may go on.

    Parameters
    ----------
    owner : mapping
        What `this_process` has said there.
    seen : str or None
        When it wrote last, ISO 8601.
    """
    if owner.get("host") == socket.gethostname():
        return not _lives(owner)
    if seen is None:
        return True
    return (datetime.now(UTC) - datetime.fromisoformat(seen)).total_seconds() > PATIENCE


def _lives(owner: Mapping[str, Any]) -> bool:
    pid = owner.get("pid", 0)
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # it is there, and somebody else's
    started = _start_time(pid)
    return started is None or owner.get("started") in (None, started)


def _start_time(pid: int) -> str | None:
    """Return when a process was started, in ticks since this machine's start; None if unknown."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The name of the program, in parentheses, may hold blanks.
    fields = stat.rpartition(")")[2].split()
    # A dead process whose parent has not asked for its end yet computes nothing any more.
    return "ended" if fields[0] == "Z" else f"{boot}/{fields[19]}"
