"""What makes which picture, and what the makers share."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docs.tools.blocks import ROOT
from docs.tools.driving import virtual_screen
from docs.tools.running import run_page

FOLDER = ROOT / "docs" / "images"
#: Makers of pictures, by the names of their pictures in docs/images.
MAKERS: dict[tuple[str, ...], Callable[[], None]] = {}


def makes(*names: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register what makes pictures."""

    def register(maker: Callable[[], None]) -> Callable[[], None]:
        MAKERS[names] = maker
        return maker

    return register


def made() -> set[str]:
    """Return the names of all pictures."""
    return {name for names in MAKERS for name in names}


def keep(picture: Any, name: str, colors: int = 256) -> None:
    """Write a picture of Pillow with few colors: windows have no more."""
    path = FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.convert("RGB").quantize(colors, dither=0).save(path, optimize=True)


def page_names(page: str) -> dict[str, Any]:
    """Return what the code of a page defines."""
    return run_page(ROOT / "docs" / page)


def app(name: str) -> Any:
    """Return the simulation of a file in apps/."""
    import ivisit as iv

    return iv.get_simulation(ROOT / "apps" / f"{name}.py")


def main(names: list[str]) -> None:
    """Make the pictures that are named, those in folders that are named, or all."""
    folders = {name.partition("/")[0] for name in made() if "/" in name}
    if unknown := set(names) - made() - folders:
        sys.exit(
            f"nothing makes {', '.join(sorted(unknown))}; there are {', '.join(sorted(made()))}"
        )
    with virtual_screen():
        for pictures, maker in MAKERS.items():
            chosen = {*pictures, *(name.partition("/")[0] for name in pictures if "/" in name)}
            if not names or chosen & {*names}:
                print(", ".join(pictures))
                with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
                    os.environ["IVISIT_SETTINGS"] = str(Path(folder, "window.json"))
                    os.symlink(ROOT / "apps", "apps")
                    maker()
