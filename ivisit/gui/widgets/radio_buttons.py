"""One of several options, all of them visible."""

from __future__ import annotations

from tkinter import ttk
from typing import Any, cast

from ivisit.controls import RadioButtons
from ivisit.gui.widgets.base import ControlWidget
from ivisit.gui.widgets.choices import arrange_in_columns


class RadioButtonsWidget(ControlWidget):
    """Widget of `RadioButtons`."""

    #: Beyond the buttons, which a unit must not tear apart.
    unit_column = 99

    def _build(self) -> None:
        self.options = list(cast(RadioButtons[Any], self.control).options)
        # A Tcl variable by name: see `theme`. The widget's own path makes it unique.
        self.variable = f"choice{self}"
        self.buttons = [
            ttk.Radiobutton(
                self.body,
                text=str(option),
                variable=self.variable,  # type: ignore[arg-type]
                value=str(index),
                command=lambda option=option: self.commit(option),  # type: ignore[misc]
            )
            for index, option in enumerate(self.options)
        ]
        px = self.host.theme.pixels
        arrange_in_columns(self.buttons, px(240), px(12))

    def _show(self, value: Any) -> None:
        self.setvar(self.variable, str(self.options.index(value)))
