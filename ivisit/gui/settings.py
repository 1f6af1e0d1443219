"""`Settings`: what the window remembers from start to start, in the user's settings folder."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import Any

from ivisit.files import replace_file

logger = logging.getLogger(__name__)


def settings_path() -> Path:
    """Return the file of the settings: ``IVISIT_SETTINGS``, or one in the user's folder."""
    given = os.environ.get("IVISIT_SETTINGS")
    if given:
        return Path(given)
    from platformdirs import user_config_path

    return user_config_path("ivisit-lab", appauthor=False) / "window.json"


class Settings:
    """Looks and sizes; a file that cannot be read or written costs nothing but the memory.

    Parameters
    ----------
    simulation : str
        Key of the simulation whose window it is.
    path : Path, optional
        The file, by default that of `settings_path`.

    Attributes
    ----------
    address : str
        Under which the launcher knows the simulation; empty where it is to learn nothing.
    """

    def __init__(self, simulation: str, path: Path | None = None) -> None:
        self.simulation = simulation
        self.path = settings_path() if path is None else path
        self.address = ""

    def _read(self) -> dict[str, Any]:
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            logger.warning("%s: cannot be read: %s", self.path, error)
            return {}
        return content if isinstance(content, dict) else {}

    def get(self, name: str, kind: type, default: Any) -> Any:
        """Return what is remembered for all windows, `default` where nothing of that type is."""
        value = self._read().get(name)
        return value if type(value) is kind else default

    def get_own(self, name: str, kind: type, default: Any) -> Any:
        """Return what is remembered for this simulation."""
        own = self._read().get("simulations", {})
        own = own.get(self.simulation, {}) if isinstance(own, dict) else {}
        value = own.get(name) if isinstance(own, dict) else None
        return value if type(value) is kind else default

    def keep(self, common: dict[str, Any], own: dict[str, Any]) -> None:
        """Remember values for all windows, and for this simulation."""
        content = self._read() | common
        simulations = content.get("simulations")
        simulations = simulations if isinstance(simulations, dict) else {}
        former = simulations.get(self.simulation)
        former = former if isinstance(former, dict) else {}
        content["simulations"] = simulations | {self.simulation: former | own}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps(content, indent=1, ensure_ascii=False)
            replace_file(self.path, lambda file: file.write(text), text=True)
        except OSError as error:
            logger.warning("%s: cannot be written: %s", self.path, error.strerror or error)
