"""`Host`: what a widget, a panel or a dialog may ask of the window that it stands in.

The window is a host; so is anything else with these few attributes. Widgets that know no more can
be tested alone, and two sessions can stand side by side in one window, each with a host.
"""

from __future__ import annotations

import os
import tkinter as tk
from collections.abc import Callable
from typing import Any, Protocol

from ivisit.engine import Engine
from ivisit.gui.session import Session
from ivisit.gui.toolkit.theme import Theme


class Host(Protocol):
    """What stands around a widget.

    Attributes
    ----------
    theme : Theme
        Looks and sizes.
    session : Session
        Engine and worker of the simulation that the widget belongs to.
    engine : Engine
        The engine of `session`.
    root : tkinter.Tk or tkinter.Toplevel
        The top level, for dialogs and for giving the focus away.
    alive : bool
        Whether the window is still open.
    """

    @property
    def theme(self) -> Theme: ...
    @property
    def session(self) -> Session: ...
    @property
    def engine(self) -> Engine: ...
    @property
    def root(self) -> tk.Tk | tk.Toplevel: ...
    @property
    def alive(self) -> bool: ...

    def change(
        self, name: str, value: Any, *, continues: bool = False, settled: bool = True
    ) -> Any:
        """Give a parameter the value that the user entered; return it in its canonical type.

        `continues`: this goes on with the former change, and both are undone together; not
        `settled`: the user is still changing it, as in a drag. `ParameterError` when the value
        is not acceptable.
        """

    def settle(self, name: str) -> None:
        """The user has let go of a control."""

    def say(self, text: str) -> None:
        """Show a message to the user."""

    def tell_saved(
        self,
        path: str | os.PathLike[str],
        problem: str = "",
        again: Callable[[], object] | None = None,
    ) -> None:
        """Tell how the saving of a file went; see `ivisit.gui.saving.tell_saved`."""

    def point_at(self, text: str) -> None:
        """Show what the pointer points at; an empty text when it is nothing."""

    def copy(self, text: str) -> None:
        """Copy a text to the clipboard."""
