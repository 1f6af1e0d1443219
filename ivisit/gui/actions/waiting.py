"""`WaitingMarks`: which values are not in the picture yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ivisit.gui.window import Window

#: What is said of a value that is not in the picture yet.
NEXT_STEP, NEXT_INIT = "applies at the next step", "applies at the next Init"


class WaitingMarks:
    """Marks the controls whose values are not in the picture yet.

    Parameters
    ----------
    window : Window
        The window.
    """

    def __init__(self, window: Window) -> None:
        self.window = window
        self._marked: tuple[Any, ...] = ()

    def poll(self) -> None:
        """Mark what waits, where that may have changed."""
        window = self.window
        engine, layout = window.engine, window.layout
        # Without steps: looking at all controls sixty times a second would cost more than drawing.
        state = (engine.revision, engine.runs, engine.has_waiting, layout)
        if layout is None or state == self._marked:
            return
        self._marked = state
        soon, late = engine.waiting()
        for name, control in layout.controls.items():
            control.mark(NEXT_STEP if name in soon else NEXT_INIT if name in late else "")
        window.status.waits = self._text(soon, late)

    def _text(self, soon: frozenset[str], late: frozenset[str]) -> str:
        controls = self.window.session.simulation_class.controls
        for names, text in ((late, NEXT_INIT), (soon, NEXT_STEP)):
            if names and not (self.window.session.running and names is soon):
                labels = ", ".join(sorted(controls[name].label for name in names))
                return f"{labels}: {text}"
        return ""
