"""Starts the command ``ivisit``.

It is here because the old package `ivisit` (0.7x) can take the place of every module of the package
that it shares its name with, so that nothing there could tell.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def main() -> int:
    """Run the command line, unless ``import ivisit`` gives another package."""
    text = problem()
    if text:
        sys.stderr.write(f"ivisit: {text}\n")
        return 2
    from ivisit.cli import main as command

    return command()


def problem() -> str:
    """Return why ``import ivisit`` does not give ivisit-lab; nothing of it is imported for that."""
    spec = importlib.util.find_spec("ivisit")
    if spec is None or not spec.submodule_search_locations:
        return "the package is not installed: pip install ivisit-lab"
    file = Path(next(iter(spec.submodule_search_locations)), "installation.py")
    if not file.is_file():
        return (
            f"'import ivisit' gives another package, the old one perhaps, in {file.parent}: "
            "pip uninstall -y ivisit ivisit-lab, then pip install ivisit-lab"
        )
    spec = importlib.util.spec_from_file_location("ivisit_installation", file)
    assert spec is not None
    assert spec.loader is not None
    installation = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(installation)
    return str(installation.problem())
