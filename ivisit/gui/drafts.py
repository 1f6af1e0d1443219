"""Drafts: unsaved values and layout of windows, kept in files so that they survive a crash.

Each window has a file of its own in the user's settings folder, and removes it when it is closed.
A file whose window is gone is what a crash, a kill or a lost display has left behind.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ivisit.errors import ParameterError, StoreError
from ivisit.files import replace_file
from ivisit.gui.settings import settings_path
from ivisit.runs.ownership import may_take_over, this_process
from ivisit.store.values import decode_object, encode_document

logger = logging.getLogger(__name__)

#: Written into every draft; a reader leaves alone what it does not know.
FORMAT = "ivisit-lab unsaved values, version 1"
#: Seconds after which a draft that nobody has asked for is removed.
KEPT_TIME = 90 * 24 * 3600.0
#: What a draft has at least, and of which type.
PARTS: dict[str, type | tuple[type, ...]] = {
    "simulation": str, "source": str, "saved_at": str, "store": str, "set": str, "version": int,
    "values": dict, "base": dict, "adjustments": dict, "layout": dict, "owner": dict,
}  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """What a window left behind.

    Attributes
    ----------
    path : Path
        The file.
    content : dict
        What `DraftFile.write` was given, with ``saved_at``.
    """

    path: Path
    content: dict[str, Any]

    def remove(self) -> bool:
        """Remove the file; tell whether it was still there."""
        try:
            self.path.unlink()
        except OSError:
            return False
        return True


class DraftFile:
    """The draft of one window.

    Parameters
    ----------
    simulation : str
        Key of the simulation.
    source : str
        The file in which it is; empty for none.
    """

    def __init__(self, simulation: str, source: str) -> None:
        self._fixed = {"format": FORMAT, "simulation": simulation, "source": source}
        name = re.sub(r"[^\w.-]+", "_", simulation)[:60]
        self.path = draft_folder() / f"{name}-{os.getpid()}-{secrets.token_hex(4)}.json"

    def write(self, content: dict[str, Any]) -> None:
        """Write the draft; it is complete or as it was.

        Parameters
        ----------
        content : dict
            ``values``, ``base``, ``adjustments``, ``layout``, ``store``, ``set``, ``version``.

        Raises
        ------
        OSError
            When folder or disk refuse.
        ParameterError
            When a value cannot be written.
        """
        whole = {
            **self._fixed,
            "saved_at": datetime.now(UTC).isoformat(),
            "owner": this_process(),
            **content,
        }
        text = encode_document(whole, "unsaved values")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(self.path, lambda file: file.write(text), text=True)

    def touch(self) -> None:
        """Show, to windows on other machines, that this one lives."""
        with suppress(OSError):
            os.utime(self.path)

    def remove(self) -> None:
        """Remove the draft: there is nothing unsaved."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


def draft_folder() -> Path:
    """Return where the drafts lie."""
    return settings_path().parent / "unsaved"


def leftovers(simulation: str, source: str) -> list[Draft]:
    """Return what windows on a simulation that are gone have left behind, the newest first.

    What is no draft is left alone.
    """
    found = []
    for path in draft_folder().glob("*.json"):
        try:
            seen = path.stat().st_mtime
            content = dict(decode_object(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            continue  # its window was closed just now
        except (OSError, StoreError, ValueError, ParameterError) as error:
            logger.warning("%s: cannot be read: %s", path, error)
            continue
        if content.get("format") != FORMAT or not _is_complete(content):
            continue
        seen_at = datetime.fromtimestamp(seen, UTC).isoformat()
        if not may_take_over(content["owner"], seen_at):
            continue
        if (content["simulation"], content["source"]) == (simulation, source):
            found.append(Draft(path, content))
        elif time.time() - seen > KEPT_TIME:
            Draft(path, content).remove()
    return sorted(found, key=lambda draft: draft.content["saved_at"], reverse=True)


def _is_complete(content: dict[str, Any]) -> bool:
    return all(isinstance(content.get(name), kind) for name, kind in PARTS.items())
