"""`ShownSet`: which parameter set a window shows, and how the values differ from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ivisit.sets.wording import local_time

if TYPE_CHECKING:
    from ivisit.gui.window import Window
    from ivisit.store import ParameterSet

#: How many changed parameters the status line names.
NAMED = 3


class ShownSet:
    """The set that is shown, and the values as the user has chosen them.

    Parameters
    ----------
    window : Window
        The window.

    Attributes
    ----------
    name : str
        The set that is shown; empty when there is none.
    chosen : dict
        The values as the user has chosen them. What the simulation assigns to its own parameters
        does not count as a modification.
    base : dict
        The values from which they are modified: those of the set, or those at the start.
    shown : ParameterSet or None
        The version of the set that is shown.
    newest_seen : int
        The newest version of that set that the user knows of.
    revision : int
        Counts changes of all this, for who displays it.
    """

    def __init__(self, window: Window) -> None:
        self.window = window
        self.name = ""
        self.chosen = self._present_values()
        self.base = dict(self.chosen)
        self.shown: ParameterSet | None = None
        self.newest_seen = 0
        self.revision = 0

    @property
    def modified(self) -> bool:
        """Whether values differ from those of the set, or from those at the start."""
        return self.chosen != self.base

    @property
    def is_former(self) -> bool:
        """Whether a version is shown that is not the current one of its set."""
        return self.shown is not None and self.shown.version < self.newest_seen

    def changed_names(self) -> list[str]:
        """Return the parameters whose values differ from those of the set, or at the start."""
        return [name for name, value in self.chosen.items() if value != self.base.get(name)]

    def saved_where(self) -> str:
        """Say what the values are compared with."""
        return f"in {self.full_name()}" if self.name else "at the start"

    def full_name(self) -> str:
        """Return name and version of the set that is shown."""
        return self.name if self.shown is None else f"{self.name} v{self.shown.version}"

    def title(self) -> str:
        """Return name and version of the set, and what differs from it."""
        text = self.full_name() or "No parameter set"
        if self.is_former:
            text += f" (former; the current one is v{self.newest_seen})"
        changed = self.changed_names()
        if not changed:
            return text
        more = f" and {len(changed) - NAMED} more" if len(changed) > NAMED else ""
        return f"{text}, {len(changed)} changed: {', '.join(changed[:NAMED])}{more}"

    def short_title(self) -> str:
        """Return what fits the toolbar, such as ``soft v3 *2``."""
        changed = len(self.changed_names())
        return f"{self.full_name()} *{changed}".strip() if changed else self.full_name()

    def description(self) -> str:
        """Return version, grade, time and comment of the set that is shown."""
        if self.shown is None:
            return ""
        shown = self.shown
        lines = [f"{shown.name}, version {shown.version}, {local_time(shown.saved_at)}"]
        if shown.grade is not None:
            lines.append(f"Grade {shown.grade:g}")
        return "\n".join([*lines, shown.comment] if shown.comment else lines)

    def _present_values(self) -> dict[str, Any]:
        """Return the values that belong into a parameter set."""
        controls = self.window.session.simulation_class.controls
        values = self.window.engine.parameters()
        return {name: values[name] for name, control in controls.items() if control.saved}

    def note(self, name: str, value: Any) -> None:
        """The user gave a parameter another value."""
        if self.window.session.simulation_class.controls[name].saved:
            self.chosen[name] = value
            self.revision += 1

    def adopt_simulation(self) -> None:
        """The simulation was loaded anew: forget controls it no longer has, add new ones."""
        present = self._present_values()
        former_base = self.base
        self.chosen = present
        self.base = {name: former_base.get(name, present[name]) for name in present}
        self.revision += 1
