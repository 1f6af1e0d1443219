"""Several numbers, edited through one slider and one selector."""

from __future__ import annotations

from tkinter import ttk
from typing import Any, cast

from ivisit.controls import DictSlider, Slider
from ivisit.errors import ParameterError
from ivisit.gui.widgets.base import ControlWidget
from ivisit.gui.widgets.number_field import NumberField
from ivisit.gui.widgets.value_box import ValueBox
from ivisit.ranges import number_text


class DictSliderWidget(ControlWidget):
    """Widget of a `DictSlider`: the selector says which item slider and field belong to.

    It generates ``<<ItemSelected>>`` and ``<<TextEntered>>`` when the user chooses another item
    and when he takes over the text of the box with all values, where there is one.
    """

    unit_column = 2

    def _build(self) -> None:
        self.names = list(cast(DictSlider, self.control).items)
        self._ticked: Any = None
        self.selected = cast(DictSlider, self.control).selected or self.names[0]
        self.box: ValueBox | None = None
        self.selector = ttk.Combobox(self.body, state="readonly", width=10)
        self.selector.grid(row=0, column=0, columnspan=2, sticky="ew")
        self.number = NumberField(
            self.body,
            1,
            lambda value, continues, settled: self.commit(
                {self.selected: value}, continues=continues, settled=settled
            ),
            self.settle,
            self.commit_text,
            length=self.host.theme.pixels(120),
        )
        self.body.rowconfigure(1, pad=self.host.theme.pixels(4))
        self.selector.bind("<<ComboboxSelected>>", lambda event: self._select())
        self.selector.configure(postcommand=self._list_values)
        if cast(DictSlider, self.control).shows_all:
            self.box = ValueBox(self.body, len(self.names), self._enter_all)
            self.box.grid(row=2, column=0, columnspan=2, sticky="ew")
            self.color()

    def _item(self, name: str) -> Slider[Any]:
        return cast(Slider[Any], cast(DictSlider, self.control).items[name])

    def _list_values(self) -> None:
        """Show the values of all items in the list that drops down."""
        texts = [f"{name} = {number_text(self.value[name])}" for name in self.names]
        self.selector.configure(values=texts)

    def _select(self) -> None:
        self.select(self.names[self.selector.current()])
        self.event_generate("<<ItemSelected>>")

    def select(self, name: str) -> None:
        """Have slider and field edit the item `name`."""
        self.selected = name
        self._show(self.value)
        self.selector.select_clear()

    def _show(self, value: Any) -> None:
        item = self._item(self.selected)
        self.selector.set(self.selected)
        self.number.range = item.range
        self.number.set_unit(item.unit)
        self.number.show(value[self.selected])
        self._show_tick(self._ticked)
        if self.box is not None:
            self.box.show(cast(DictSlider, self.control).lines(value))

    def _show_tick(self, saved: Any) -> None:
        self._ticked = saved
        item = None if saved is None else saved[self.selected]
        self.number.show_tick(None if item == self.value[self.selected] else item)

    def _enter_all(self, text: str) -> None:
        """Take over the text of the box."""
        try:
            value = self.control.parse(text, present=self.value)
        except ParameterError as error:
            self._refuse(error)
        else:
            self.commit(value)
            self.event_generate("<<TextEntered>>")

    def color(self) -> None:
        if self.box is not None:
            self.host.theme.color_text(self.box.text)

    def _parse(self, text: str) -> Any:
        control = cast(DictSlider, self.control)
        return control.parse_item(self.selected, text)

    def finish(self) -> None:
        self.number.finish()

    def _is_editing(self) -> bool:
        return self.number.is_editing() or (self.box is not None and self.box.is_editing())

    def unit_width(self) -> int:
        font = self.number.unit.cget("font") or "TkDefaultFont"
        units = [self._item(name).unit for name in self.names if self._item(name).unit]
        widths = [int(self.tk.call("font", "measure", str(font), unit)) for unit in units]
        return max(widths) + self.host.theme.pixels(5) if widths else 0
