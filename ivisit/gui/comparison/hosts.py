"""What stands around the widgets of a comparison: a `Host` for each lane, one for the controls."""

from __future__ import annotations

import os
import tkinter as tk
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ivisit.engine import Engine
from ivisit.gui.comparison.lane import Lane
from ivisit.gui.saving import tell_saved
from ivisit.gui.session import Session
from ivisit.gui.toolkit.theme import Theme

if TYPE_CHECKING:
    from ivisit.gui.comparison.window import ComparisonWindow


class LaneHost:
    """The host of the panels of one lane; see `ivisit.gui.host.Host`."""

    def __init__(self, window: ComparisonWindow, lane: Lane) -> None:
        self.window = window
        self._lane = lane

    @property
    def lane(self) -> Lane:
        """The lane whose values are shown."""
        return self._lane

    @property
    def theme(self) -> Theme:
        """Looks and sizes."""
        return self.window.theme

    @property
    def session(self) -> Session:
        """Engine and worker of the lane."""
        return self.lane.session

    @property
    def engine(self) -> Engine:
        """The engine of the lane."""
        return self.lane.session.engine

    @property
    def root(self) -> tk.Toplevel:
        """The window."""
        return self.window.root

    @property
    def alive(self) -> bool:
        """Whether the window is still open."""
        return self.window.alive

    def change(
        self, name: str, value: Any, *, continues: bool = False, settled: bool = True
    ) -> Any:
        """Give a parameter a value in this lane."""
        return self.window.values.change([self.lane], name, value, continues=continues)

    def settle(self, name: str) -> None:
        """The user has let go of a control."""

    def say(self, text: str) -> None:
        """Show a message."""
        self.window.say(text)

    def tell_saved(
        self,
        path: str | os.PathLike[str],
        problem: str = "",
        again: Callable[[], object] | None = None,
    ) -> None:
        """Tell how the saving of a file went."""
        tell_saved(self.window, path, problem, again)

    def point_at(self, text: str) -> None:
        """Show what the pointer points at."""
        self.window.point_at(text)

    def copy(self, text: str) -> None:
        """Copy a text to the clipboard."""
        self.root.clipboard_clear()
        self.root.clipboard_append(text)


class ControlsHost(LaneHost):
    """The host of the controls, which change a value in all lanes or in the chosen one.

    Attributes
    ----------
    chosen : Lane or None
        The lane whose values are shown and changed; None: all are changed, those of the first
        are shown.
    """

    def __init__(self, window: ComparisonWindow) -> None:
        super().__init__(window, window.lanes[0])
        self.chosen: Lane | None = None

    @property
    def lane(self) -> Lane:
        """The lane whose values are shown."""
        return self.chosen or self._lane

    def change(
        self, name: str, value: Any, *, continues: bool = False, settled: bool = True
    ) -> Any:
        """Give a parameter a value, in all lanes or in the chosen one."""
        lanes = self.window.lanes if self.chosen is None else [self.chosen]
        return self.window.values.change(lanes, name, value, continues=continues)
