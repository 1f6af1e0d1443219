"""Several named check boxes."""

from __future__ import annotations

from tkinter import ttk
from typing import Any, cast

from ivisit.controls import CheckboxGroup
from ivisit.gui.widgets.base import ControlWidget
from ivisit.gui.widgets.choices import arrange_in_columns


class CheckboxGroupWidget(ControlWidget):
    """Widget of a `CheckboxGroup`."""

    #: Beyond the buttons, which a unit must not tear apart.
    unit_column = 99

    def _build(self) -> None:
        self.names = list(cast(CheckboxGroup, self.control).items)
        # Tcl variables by name: see `theme`.
        self.variables = [f"checked{index}{self}" for index in range(len(self.names))]
        self.buttons = [
            ttk.Checkbutton(
                self.body,
                text=name,
                variable=variable,  # type: ignore[arg-type]
                onvalue="1",
                offvalue="0",
                command=lambda name=name, variable=variable: self._toggle(  # type: ignore[misc]
                    name, variable
                ),
            )
            for name, variable in zip(self.names, self.variables, strict=True)
        ]
        px = self.host.theme.pixels
        arrange_in_columns(self.buttons, px(240), px(12))

    def _toggle(self, name: str, variable: str) -> None:
        self.commit({name: self.getvar(variable) in ("1", 1)})

    def _show(self, value: Any) -> None:
        for name, variable in zip(self.names, self.variables, strict=True):
            self.setvar(variable, "1" if value[name] else "0")
