"""Options of the commands that can make films: ``--out film.gif`` and what it shall show."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ivisit.commands.common import Refused

if TYPE_CHECKING:
    from ivisit.films import Film


def add_film_options(parser: argparse.ArgumentParser) -> None:
    """Add what a film shall show, how often and how large."""
    group = parser.add_argument_group("films (--out FILE.gif, or .mp4 with ffmpeg on the path)")
    group.add_argument(
        "--film-panel",
        metavar="PANEL",
        action="append",
        default=[],
        help="film this panel only; may be repeated (default: all)",
    )
    group.add_argument(
        "--film-every",
        type=int,
        metavar="N",
        help="a picture after every N steps (default: as many as give about 200 pictures)",
    )
    group.add_argument(
        "--film-rate",
        type=float,
        metavar="R",
        help="pictures a second (default: 20)",
    )
    group.add_argument(
        "--film-size",
        metavar="WIDTHxHEIGHT",
        help="size in pixels (default: that of the panels)",
    )


def is_film(path: str) -> bool:
    """Tell whether an output is a film."""
    from ivisit.films.targets import ENDINGS

    return Path(path).suffix.lower() in ENDINGS


def films_of(options: argparse.Namespace) -> list[Film]:
    """Return the films that are asked for; the files are named from where the command began."""
    from ivisit.films import Film

    paths = [Path(path).absolute() for path in options.out if is_film(path)]
    wanted = (options.film_panel, options.film_every, options.film_rate, options.film_size)
    if not paths and any(value not in ([], None) for value in wanted):
        raise Refused("--film-...: needs an --out that ends in .gif or .mp4")
    rate = 20.0 if options.film_rate is None else options.film_rate
    size = None if options.film_size is None else _size(options.film_size)
    return [Film(path, tuple(options.film_panel), options.film_every, rate, size) for path in paths]


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise Refused(f"--film-size: must be WIDTHxHEIGHT, such as 640x480, not {text!r}")
    return int(width), int(height)
