"""One widget for every kind of control.

`WIDGETS` maps the class of a control to the class of its widget; a new kind of control needs a
module here and a line in this registry.
"""

from __future__ import annotations

from typing import Any

from ivisit import controls
from ivisit.gui.widgets.base import ControlWidget
from ivisit.gui.widgets.button import ButtonWidget
from ivisit.gui.widgets.checkbox import CheckboxWidget
from ivisit.gui.widgets.checkbox_group import CheckboxGroupWidget
from ivisit.gui.widgets.dict_slider import DictSliderWidget
from ivisit.gui.widgets.option_list import OptionListWidget
from ivisit.gui.widgets.radio_buttons import RadioButtonsWidget
from ivisit.gui.widgets.slider import SliderWidget
from ivisit.gui.widgets.table import TableWidget
from ivisit.gui.widgets.text_box import TextBoxWidget

#: Class of a control -> class of its widget.
WIDGETS: dict[type[controls.Control[Any]], type[ControlWidget]] = {
    controls.Slider: SliderWidget,
    controls.DictSlider: DictSliderWidget,
    controls.OptionList: OptionListWidget,
    controls.RadioButtons: RadioButtonsWidget,
    controls.Checkbox: CheckboxWidget,
    controls.CheckboxGroup: CheckboxGroupWidget,
    controls.Button: ButtonWidget,
    controls.Table: TableWidget,
    controls.TextBox: TextBoxWidget,
}


def widget_class(control: controls.Control[Any]) -> type[ControlWidget]:
    """Return the class of the widget for `control`, that of its nearest base class."""
    for kind in type(control).__mro__:
        if kind in WIDGETS:
            return WIDGETS[kind]
    raise TypeError(f"{control.name}: no widget for a {type(control).__name__}")


__all__ = ["WIDGETS", "ControlWidget", "widget_class"]
