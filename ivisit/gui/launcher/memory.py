"""`Memory`: when which simulation was used last, and what it looked like, in the user's folder.

Each simulation has files of its own, so that several windows need not wait for each other.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ivisit.files import replace_file
from ivisit.gui.settings import settings_path

logger = logging.getLogger(__name__)

#: Most files of other simulations that are remembered.
MOST = 200


@dataclass(frozen=True)
class Use:
    """That a simulation was used.

    Attributes
    ----------
    address : str
        What `ivisit gui` takes: a plugin's name, ``package.module:Class``, or an absolute path.
    used_at : str
        When, ISO 8601 with zone.
    """

    address: str
    used_at: str


class Memory:
    """What is remembered; a folder that cannot be read or written costs nothing but that.

    Parameters
    ----------
    folder : Path, optional
        By default ``recent`` beside the file of the settings.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = settings_path().parent / "recent" if folder is None else folder

    def note(self, address: str) -> None:
        """Remember that a simulation is used now."""
        use = {"address": address, "used_at": datetime.now(UTC).isoformat(timespec="seconds")}
        self._write(address, ".json", json.dumps(use, ensure_ascii=False).encode())

    def keep_picture(self, address: str, picture: bytes) -> None:
        """Remember what a simulation looks like: the bytes of a small PNG."""
        self._write(address, ".png", picture)

    def uses(self) -> dict[str, Use]:
        """Return the uses by address, the latest first."""
        try:
            files = list(self.folder.glob("*.json"))
        except OSError:
            return {}
        uses = [use for file in files if (use := _read(file)) is not None]
        uses.sort(key=lambda use: use.used_at, reverse=True)
        return {use.address: use for use in uses[:MOST]}

    def picture(self, address: str) -> Path | None:
        """Return the file of the picture of a simulation; None where there is none."""
        path = self._path(address, ".png")
        return path if path.is_file() else None

    def _path(self, address: str, ending: str) -> Path:
        digest = hashlib.sha256(address.encode("utf-8", "surrogateescape")).hexdigest()
        return self.folder / f"{digest[:24]}{ending}"

    def _write(self, address: str, ending: str, content: bytes) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            replace_file(self._path(address, ending), lambda file: file.write(content))
        except OSError as error:
            logger.warning("%s: cannot be written: %s", self.folder, error.strerror or error)


def _read(file: Path) -> Use | None:
    """Return a use; None for a file that holds something else."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        address, used_at = content["address"], content["used_at"]
        datetime.fromisoformat(used_at)
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.warning("%s: cannot be read: %s", file, error)
        return None
    return Use(address, used_at) if isinstance(address, str) else None
