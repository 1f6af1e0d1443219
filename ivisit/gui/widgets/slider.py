"""A slider with a field for typing the number."""

from __future__ import annotations

from typing import Any, cast

from ivisit.controls import Slider
from ivisit.gui.widgets.base import ControlWidget
from ivisit.gui.widgets.number_field import NumberField


class SliderWidget(ControlWidget):
    """Widget of a `Slider`."""

    unit_column = 2

    def _build(self) -> None:
        slider = cast("Slider[Any]", self.control)
        self.number = NumberField(
            self.body,
            0,
            lambda value, continues, settled: self.commit(
                value, continues=continues, settled=settled
            ),
            self.settle,
            self.commit_text,
            length=self.host.theme.pixels(120),
        )
        self.number.range = slider.range
        self.number.set_unit(slider.unit)

    def _show(self, value: Any) -> None:
        self.number.range = cast("Slider[Any]", self.control).range
        self.number.show(value)

    def _show_tick(self, saved: Any) -> None:
        self.number.show_tick(saved)

    def finish(self) -> None:
        self.number.finish()

    def _is_editing(self) -> bool:
        return self.number.is_editing()

    def unit_width(self) -> int:
        if not self.control.unit:
            return 0
        return self.number.unit.winfo_reqwidth() + self.host.theme.pixels(5)
