"""A check box."""

from __future__ import annotations

from tkinter import ttk
from typing import Any

from ivisit.gui.widgets.base import ControlWidget


class CheckboxWidget(ControlWidget):
    """Widget of a `Checkbox`."""

    def _build(self) -> None:
        # A Tcl variable by name: see `theme`.
        self.variable = f"checked{self}"
        self.button = ttk.Checkbutton(
            self.body,
            variable=self.variable,  # type: ignore[arg-type]
            onvalue="1",
            offvalue="0",
            command=lambda: self.commit(self.getvar(self.variable) in ("1", 1)),
        )
        self.button.grid(row=0, column=0, sticky="w")

    def _show(self, value: Any) -> None:
        self.setvar(self.variable, "1" if value else "0")
