"""What a window leaves behind for the next one, and for the launcher."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivisit.gui.launcher.memory import Memory
from ivisit.gui.toolkit.theme import DARK
from ivisit.plugins.origins import source_file
from ivisit.runs.repeating import address_of

if TYPE_CHECKING:
    from ivisit.gui.window import Window


def begin_remembering(window: Window) -> None:
    """Have the launcher know that the simulation is used, and, at the end, what it looks like."""
    simulation = window.session.simulation_class
    if source_file(simulation) is not None:  # one of a notebook cannot be opened again
        window.settings.address = address_of(simulation, absolute=True)
        Memory().note(window.settings.address)


def remember(window: Window) -> None:
    """Keep what the next window begins with."""
    own = {"live": window.session.live, **window.arranging.remembered()}
    own["drawer"] = window.drawer.heights
    common = {"dark": window.theme.palette is DARK, "font_size": window.font_size}
    window.settings.keep(common, own)
    if window.settings.address and window.layout is not None:
        from ivisit.gui.actions.portrait import portrait_of

        picture = portrait_of(window.layout)
        if picture is not None:
            Memory().keep_picture(window.settings.address, picture)
