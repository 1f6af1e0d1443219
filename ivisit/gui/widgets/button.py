"""A push button."""

from __future__ import annotations

from tkinter import ttk
from typing import Any

from ivisit.gui.widgets.base import ControlWidget


class ButtonWidget(ControlWidget):
    """Widget of a `Button`; it is highlighted from the click until a step has used it."""

    has_label = False

    def _build(self) -> None:
        self.button = ttk.Button(
            self.body, text=self.control.label, command=lambda: self.commit(True)
        )
        self.button.grid(row=0, column=0, sticky="w")

    def _show(self, value: Any) -> None:
        self.button.configure(style="Pending.TButton" if value else "TButton")

    def show_mark(self, marked: bool) -> None:
        """A button that is down is highlighted anyway."""

    def hint(self) -> str:
        return self.control.help or f"{self.control.name}: counts at the next step"

    def set_label(self, text: str) -> None:
        self.button.configure(text=text)
