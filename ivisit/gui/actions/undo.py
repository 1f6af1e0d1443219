"""Undo and redo of what the user changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ivisit.errors import ParameterError

#: Changes that are remembered at the most.
LIMIT = 500


@dataclass
class Action:
    """Something that can be undone.

    Attributes
    ----------
    label : str
        What it was, as it reads behind "Undo".
    undo, redo : callable
        Take it back; do it again.
    """

    label: str
    undo: Callable[[], None]
    redo: Callable[[], None]


class UndoStack:
    """The actions that can be undone and those that can be done again."""

    def __init__(self) -> None:
        self._done: list[Action] = []
        self._undone: list[Action] = []

    def push(self, action: Action) -> None:
        """Remember an action that was just carried out."""
        self._done.append(action)
        del self._done[:-LIMIT]
        self._undone.clear()

    def extend(self, label: str, redo: Callable[[], None]) -> bool:
        """The last action went on, as while a slider is dragged: redo leads to its new end.

        False when the last action was another one.
        """
        if not self._done or self._done[-1].label != label:
            return False
        self._done[-1].redo = redo
        self._undone.clear()
        return True

    def undo(self) -> str:
        """Take the last action back; return its label, or nothing when there is none."""
        if not self._done:
            return ""
        action = self._done.pop()
        action.undo()
        self._undone.append(action)
        return action.label

    def redo(self) -> str:
        """Do the last undone action again; return its label, or nothing when there is none."""
        if not self._undone:
            return ""
        action = self._undone.pop()
        action.redo()
        self._done.append(action)
        return action.label

    def take_back(self) -> str:
        """Undo; return what to tell about it."""
        try:
            label = self.undo()
        except ParameterError as error:
            return str(error)  # the source was edited since, and loaded again
        return f"Undone: {label}" if label else "There is nothing to undo"

    def do_again(self) -> str:
        """Redo; return what to tell about it."""
        try:
            label = self.redo()
        except ParameterError as error:
            return str(error)
        return f"Done again: {label}" if label else "There is nothing to do again"

    def remember(
        self,
        label: str,
        undo: Callable[[], None],
        redo: Callable[[], None],
        *,
        continues: bool = False,
    ) -> None:
        """Remember a change that was just made; `continues`: it goes on with the former one."""
        if not (continues and self.extend(label, redo)):
            self.push(Action(label, undo, redo))

    @property
    def next_undo(self) -> str:
        """Label of what `undo` would take back."""
        return self._done[-1].label if self._done else ""

    @property
    def next_redo(self) -> str:
        """Label of what `redo` would do again."""
        return self._undone[-1].label if self._undone else ""
