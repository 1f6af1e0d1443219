"""One of several options from a drop-down list."""

from __future__ import annotations

from tkinter import ttk
from typing import Any, cast

from ivisit.controls import OptionList
from ivisit.gui.widgets.base import ControlWidget
from ivisit.gui.widgets.units import WIDTH, show_unit

#: Visible characters at the most; longer options are seen in the list that drops down.
LONGEST = 24


class OptionListWidget(ControlWidget):
    """Widget of an `OptionList`."""

    def _build(self) -> None:
        self.options = list(cast(OptionList[Any], self.control).options)
        texts = [str(option) for option in self.options]
        self.box = ttk.Combobox(
            self.body,
            state="readonly",
            values=texts,
            width=min(max(map(len, texts)), LONGEST),
            height=min(len(texts), 20),
        )
        self.box.grid(row=0, column=0, sticky="ew")
        self.body.columnconfigure(0, weight=1)
        self.unit = ttk.Label(self.body, style="Muted.TLabel")
        show_unit(self.unit, self.control.unit, self.host.theme.pixels(WIDTH))
        if self.control.unit:
            gap = self.host.theme.pixels(5)
            self.unit.grid(row=0, column=1, sticky="w", padx=(gap, 0))
        self.box.bind("<<ComboboxSelected>>", lambda event: self._choose())

    def unit_width(self) -> int:
        if not self.control.unit:
            return 0
        return self.unit.winfo_reqwidth() + self.host.theme.pixels(5)

    def _choose(self) -> None:
        self.box.select_clear()
        self.commit(self.options[self.box.current()])
        self.host.root.focus_set()  # a blank runs and stops again

    def _show(self, value: Any) -> None:
        self.box.set(str(value))
