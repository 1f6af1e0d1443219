"""One widget for every kind of control.

`WIDGETS` maps the class of a control to the class of its widget; a new kind of control needs a
module here and a line in this registry.
"""

from __future__ import annotations

from typing import Any

from ivisit import controls
from ivisit.gui.toolkit.on_demand import Registry
from ivisit.gui.widgets.base import ControlWidget

#: Class of a control -> class of its widget.
WIDGETS: Registry[type[controls.Control[Any]], type[ControlWidget]] = Registry(
    {
        controls.Slider: "ivisit.gui.widgets.slider:SliderWidget",
        controls.DictSlider: "ivisit.gui.widgets.dict_slider:DictSliderWidget",
        controls.OptionList: "ivisit.gui.widgets.option_list:OptionListWidget",
        controls.RadioButtons: "ivisit.gui.widgets.radio_buttons:RadioButtonsWidget",
        controls.Checkbox: "ivisit.gui.widgets.checkbox:CheckboxWidget",
        controls.CheckboxGroup: "ivisit.gui.widgets.checkbox_group:CheckboxGroupWidget",
        controls.Button: "ivisit.gui.widgets.button:ButtonWidget",
        controls.Table: "ivisit.gui.widgets.table:TableWidget",
        controls.TextBox: "ivisit.gui.widgets.text_box:TextBoxWidget",
    }
)


def widget_class(control: controls.Control[Any]) -> type[ControlWidget]:
    """Return the class of the widget for `control`, that of its nearest base class."""
    for kind in type(control).__mro__:
        if kind in WIDGETS:
            return WIDGETS[kind]
    raise TypeError(f"{control.name}: no widget for a {type(control).__name__}")


__all__ = ["WIDGETS", "ControlWidget", "widget_class"]
