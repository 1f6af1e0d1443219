"""`Marks`: which values differ from the saved ones; `WaitingMarks` has those not yet seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ivisit.gui.window import Window


class Marks:
    """Follows what `SetCommands` knows, and shows it wherever it is to be seen.

    Parameters
    ----------
    window : Window
        The window.
    """

    def __init__(self, window: Window) -> None:
        self.window = window
        self._shown: tuple[Any, ...] = ()

    def poll(self) -> None:
        """Show what has changed since the last call."""
        window = self.window
        # Without steps: looking at all controls sixty times a second would cost more than drawing.
        state = (window.sets.revision, window.layout)
        if window.layout is None or state == self._shown:
            return
        self._shown = state
        sets = window.sets
        changed, where = set(sets.changed_names()), sets.saved_where()
        for name, widget in window.layout.controls.items():
            if name in changed or widget.differs:
                widget.show_saved(sets.base.get(name), where, differs=name in changed)
        for section in window.layout.sections:
            section.show_changed()
        window.toolbar.show_set(sets.short_title())
        window.status.update_texts()
        window.drawer.values_changed()
