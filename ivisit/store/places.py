"""Where a store lies when nobody says otherwise."""

from __future__ import annotations

import os
import re
from pathlib import Path


def default_path(name: str) -> Path:
    """Return where the store of a script or plugin lies when nobody says otherwise.

    Parameters
    ----------
    name : str
        Name of a plugin, or path of a script, ``file.py`` or ``file.py:Class``.

    Returns
    -------
    Path
        What the environment variable ``IVISIT_DB`` says; else ``<name>.ivisit`` in the working
        directory.
    """
    override = path_from_environment()
    if override is not None:
        return override
    script = re.fullmatch(r"(.*\.py)(:\w+)?", name)
    stem = Path(script[1]).stem if script else re.sub(r"[^\w.-]+", "_", name)
    return Path.cwd() / f"{stem}.ivisit"


def path_from_environment() -> Path | None:
    """Return the store that the environment variable ``IVISIT_DB`` names, ``~`` being the home."""
    named = os.environ.get("IVISIT_DB")
    return Path(named).expanduser() if named else None
