"""`Marks`: which values differ from the saved ones, and which are not in the picture yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ivisit.gui.window import Window

#: What is said of a value that is not in the picture yet.
NEXT_STEP, NEXT_INIT = "applies at the next step", "applies at the next Init"


class Marks:
    """Follows what `SetCommands` and the engine know, and shows it wherever it is to be seen.

    Parameters
    ----------
    window : Window
        The window.
    """

    def __init__(self, window: Window) -> None:
        self.window = window
        self._shown: tuple[Any, ...] = ()
        self._waiting: tuple[Any, ...] = ()

    def poll(self) -> None:
        """Show what has changed since the last call."""
        self._mark_waiting()
        self._mark_differing()

    def _mark_differing(self) -> None:
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

    def _mark_waiting(self) -> None:
        """Mark the controls whose values are not in the picture yet."""
        window, engine = self.window, self.window.engine
        state = (engine.revision, engine.runs, engine.has_waiting, window.layout)
        if window.layout is None or state == self._waiting:
            return
        self._waiting = state
        soon, late = engine.waiting()
        for name, control in window.layout.controls.items():
            text = NEXT_STEP if name in soon else NEXT_INIT if name in late else ""
            control.mark(text)
        window.status.waits = self._waiting_text(soon, late)

    def _waiting_text(self, soon: frozenset[str], late: frozenset[str]) -> str:
        session = self.window.session
        for names, text in ((late, NEXT_INIT), (soon, NEXT_STEP)):
            if names and not (session.running and names is soon):
                controls = session.simulation_class.controls
                labels = ", ".join(sorted(controls[name].label for name in names))
                return f"{labels}: {text}"
        return ""
