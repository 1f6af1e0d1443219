"""Notice when this package and IVISIT 0.7x, which has the same import name, lie in one folder.

pip warns of neither: the one that is installed second replaces modules of the first, and
uninstalling one of them removes modules of the other.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

#: Modules that both packages have.
SHARED = ("__init__.py", "matplotlib.py", "simulation.py", "special.py")
#: A module that only IVISIT 0.7x has, in all versions that had several.
FOREIGN = "widgetdefcollection.py"

REMEDY = "Mend it with:\n  pip uninstall -y ivisit ivisit-lab\n  pip install ivisit-lab"


def problem(folder: Path | None = None) -> str:
    """Return why ``import ivisit`` does not give this package; empty when it does.

    Parameters
    ----------
    folder : Path, optional
        By default the one in which this module lies.
    """
    folder = folder or Path(__file__).parent
    missing = [name for name in SHARED if not (folder / name).is_file()]
    if missing:
        return (
            f"modules of ivisit-lab are missing from {folder}: {', '.join(missing)}. Uninstalling "
            f"the old package 'ivisit' takes them along. {REMEDY}"
        )
    if b"ivisit-lab" not in (folder / "__init__.py").read_bytes():
        return (
            f"the old package 'ivisit' (0.7x) was installed over ivisit-lab in {folder}: "
            f"'import ivisit' gives the old one. {REMEDY}"
        )
    return ""


def warn_of_mixture(folder: Path) -> None:
    """Warn when the old package lies below this one, which works until one is uninstalled."""
    if (folder / FOREIGN).exists() and not problem(folder):
        warnings.warn(
            f"the old package 'ivisit' (0.7x) lies in the same folder, {folder}; uninstalling it "
            f"would break ivisit-lab. {REMEDY}",
            RuntimeWarning,
            stacklevel=4,
        )


def answering() -> str:
    """Return which package answers to ``import ivisit``, its version and its place."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        name = f"ivisit-lab {version('ivisit-lab')}"
    except PackageNotFoundError:
        name = "ivisit-lab (not installed)"
    place = f"{name}, {Path(__file__).parent}, Python {sys.version.split()[0]}"
    return "\n".join(filter(None, [place, problem()]))
