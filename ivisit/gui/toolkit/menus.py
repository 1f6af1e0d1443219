"""Submenus that mark what is on."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import Any


class Choices:
    """A submenu of entries of which one is on, and marked.

    Parameters
    ----------
    menu : tkinter.Menu
        The menu to which the submenu is added.
    label : str
        What the submenu is called.
    key : str
        Tells the submenus of one menu apart.
    chosen : callable
        ``chosen(value)`` is called with the value of the entry that the user chose.
    """

    def __init__(
        self, menu: tk.Menu, label: str, key: str, chosen: Callable[[Any], object]
    ) -> None:
        self.menu = tk.Menu(menu, tearoff=False)
        self.chosen = chosen
        self.values: list[Any] = []
        # A Tcl variable by name: see `theme`. The widget's own path makes it unique.
        self.variable = f"{key}{self.menu}"
        menu.add_cascade(label=label, menu=self.menu)

    def add(self, label: str, value: Any) -> None:
        """Add an entry for `value`."""
        index = len(self.values)
        self.values.append(value)
        self.menu.add_radiobutton(
            label=label,
            variable=self.variable,  # type: ignore[arg-type]
            value=str(index),
            command=lambda: self.chosen(value),
        )

    def show(self, value: Any) -> None:
        """Mark the entry for `value`; none where there is no such entry."""
        index = self.values.index(value) if value in self.values else -1
        self.menu.setvar(self.variable, str(index))

    @property
    def marked(self) -> Any:
        """The value whose entry is marked; None where none is."""
        index = int(self.menu.getvar(self.variable))
        return self.values[index] if index >= 0 else None
