"""Controls: the declared inputs of a simulation, one kind a file; see `ivisit.controls.base`."""

from ivisit.controls.base import Control
from ivisit.controls.button import Button
from ivisit.controls.checkbox import Checkbox
from ivisit.controls.checkbox_group import CheckboxGroup
from ivisit.controls.choices import Choice
from ivisit.controls.dict_slider import DictSlider
from ivisit.controls.groups import Group
from ivisit.controls.option_list import OptionList
from ivisit.controls.radio_buttons import RadioButtons
from ivisit.controls.slider import Slider
from ivisit.controls.table import Table
from ivisit.controls.text_box import TextBox

__all__ = [
    "Button",
    "Checkbox",
    "CheckboxGroup",
    "Choice",
    "Control",
    "DictSlider",
    "Group",
    "OptionList",
    "RadioButtons",
    "Slider",
    "Table",
    "TextBox",
]
