"""How the value of a control reaches an attribute of the script's parameters, and back.

Old scripts get the Python types that they have always got: the texts of an option list even for
numbers, ``'0110'`` for check boxes, ``'0'`` and ``'1'`` for a button.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any, Generic, TypeVar

from ivisit.controls import (
    Button,
    CheckboxGroup,
    Control,
    OptionList,
    RadioButtons,
    TextBox,
)
from ivisit.declarations import own_name
from ivisit.errors import ParameterError
from ivisit.legacy.names import free_name
from ivisit.legacy.records import (
    ButtonRecord,
    CheckboxRecord,
    DictSliderRecord,
    ListRecord,
    ParameterRecord,
    RadioRecord,
    SliderRecord,
    TextRecord,
)
from ivisit.legacy.running.sliders import OldDictSlider, OldSlider

AnyWidget = TypeVar("AnyWidget", bound=ParameterRecord)


class Binding(Generic[AnyWidget]):
    """Connects one widget's control with the script's parameters.

    Parameters
    ----------
    widget : ParameterRecord
        What the directive says.

    Attributes
    ----------
    name : str
        Name of the control in the simulation's class.
    control : Control
        Its declaration.
    """

    def __init__(self, widget: AnyWidget) -> None:
        self.widget = widget
        self.name = widget.name
        self.control = self.make_control()

    def make_control(self) -> Control[Any]:
        """Return the declaration of the control."""
        raise NotImplementedError

    def to_script(self, value: Any) -> Any:
        """Return the control's value as the script gets it."""
        return value

    def from_script(self, value: Any, control: Control[Any], present: Any) -> Any:
        """Return what a script says as a value of the control.

        Parameters
        ----------
        value : object
            What the script says.
        control : Control
            The control with the range that holds at present.
        present : object
            The control's present value.
        """
        return str(value)

    def write(self, parameters: Any, value: Any) -> None:
        """Give the attribute of the script's parameters the control's `value`.

        Raises
        ------
        ParameterError
            When the attribute is a list and has no item with the widget's index.
        """
        attribute, index = self.widget.parameter, self.widget.index
        present = getattr(parameters, attribute, None)
        if not isinstance(present, list | tuple):
            setattr(parameters, attribute, self.to_script(value))
            return
        if not 0 <= index < len(present):
            raise ParameterError(
                f"{self.widget.name}: the parameter {attribute!r} is a list, so the list index "
                f"must be between 0 and {len(present) - 1}, not {index}"
            )
        if isinstance(present, list):
            present[index] = self.to_script(value)
        else:
            replaced = (*present[:index], self.to_script(value), *present[index + 1 :])
            setattr(parameters, attribute, replaced)


class SliderBinding(Binding[SliderRecord]):
    """Writes an int or a float."""

    def make_control(self) -> Control[Any]:
        widget = self.widget
        return OldSlider(widget.delivered, widget.grid, label=widget.name, help=widget.help)

    def from_script(self, value: Any, control: Control[Any], present: Any) -> Any:
        assert isinstance(control, OldSlider)
        return control.moved(float(value), present)


class DictBinding(Binding[DictSliderRecord]):
    """Writes the items of a dict; its other items are left alone."""

    def make_control(self) -> Control[Any]:
        widget = self.widget
        sliders: dict[str, OldSlider] = {}
        for item, value in zip(widget.items, widget.delivered, strict=True):
            name = _item_name(item.name or item.key or "item", item.key, sliders)
            sliders[name] = OldSlider(value, item.grid, bounded=False, label=name)
            sliders[name].aliases = (item.key,)
        return OldDictSlider(
            sliders,
            selected=list(sliders)[widget.selected],
            shows_all=widget.shows_all,
            label=widget.name,
            help=widget.help,
        )

    def to_script(self, value: Any) -> Any:
        keys = (item.key for item in self.widget.items)
        return dict(zip(keys, value.values(), strict=True))

    def from_script(self, value: Any, control: Control[Any], present: Any) -> Any:
        """Return the items of a list of all values, or of a dict by key or name."""
        assert isinstance(control, OldDictSlider)
        sliders = control.items
        given = value if isinstance(value, dict) else dict(zip(sliders, value, strict=False))
        numbers = {own_name(sliders, name): number for name, number in given.items()}
        return {
            name: control.given(name, number, present[name]) if name in sliders else number
            for name, number in numbers.items()
        }

    def write(self, parameters: Any, value: Any) -> None:
        present = getattr(parameters, self.widget.parameter, None)
        if isinstance(present, dict):
            # The same dict as before: the script may have given it to its own objects.
            present.update(self.to_script(value))
        else:
            setattr(parameters, self.widget.parameter, self.to_script(value))


class ListBinding(Binding[ListRecord]):
    """Writes the text that was chosen."""

    def make_control(self) -> Control[Any]:
        kind = RadioButtons if isinstance(self.widget, RadioRecord) else OptionList
        # A value that is none of the options has always been shown and written as it is.
        options = tuple(dict.fromkeys((*self.widget.options, self.widget.value)))
        return kind(self.widget.value, options, label=self.widget.name, help=self.widget.help)


class CheckboxBinding(Binding[CheckboxRecord]):
    """Writes one digit a label."""

    def make_control(self) -> Control[Any]:
        labels: dict[str, bool] = {}
        for label, digit in zip(self.widget.labels, self.widget.value, strict=True):
            number = str(len(labels) + 1)
            labels[_item_name(label or number, number, labels)] = digit == "1"
        return DigitGroup(labels, label=self.widget.name, help=self.widget.help)

    def to_script(self, value: Any) -> Any:
        return "".join("1" if checked else "0" for checked in value.values())

    def from_script(self, value: Any, control: Control[Any], present: Any) -> Any:
        return value if isinstance(value, dict) else self.control.parse(str(value))


class ButtonBinding(Binding[ButtonRecord]):
    """Writes ``'1'`` while the button is down."""

    def make_control(self) -> Control[Any]:
        title = self.widget.title if self.widget.title not in ("", "<") else ""
        label = f"{title}: {self.widget.text}" if title else self.widget.text
        return Button(label, help=self.widget.help)

    def to_script(self, value: Any) -> Any:
        return "1" if value else "0"

    def from_script(self, value: Any, control: Control[Any], present: Any) -> Any:
        return str(value) in ("1", "True")


class TextBinding(Binding[TextRecord]):
    """Writes the text."""

    def make_control(self) -> Control[Any]:
        return TextBox(
            self.widget.value,
            lines=self.widget.rows,
            label=self.widget.name,
            help=self.widget.help,
        )


def _item_name(name: str, addition: str, taken: Container[str]) -> str:
    """Return `name`, where it is taken with `addition` in brackets."""
    longer = f"{name} ({addition})" if addition else name
    return free_name(name, longer, is_free=lambda candidate: candidate not in taken)


class DigitGroup(CheckboxGroup):
    """Check boxes that also understand the digits of old scripts, e.g. ``0110``."""

    def parse(self, text: str, *, owner: str = "", present: Any = None) -> Any:
        digits = text.strip()
        if len(digits) == len(self.items) and set(digits) <= {"0", "1"}:
            states = {name: digit == "1" for name, digit in zip(self.items, digits, strict=True)}
            return self.validate(states, owner=owner)
        return super().parse(text, owner=owner, present=present)

    def allowed(self) -> str:
        return f"{super().allowed()}, or {len(self.items)} digits 0 or 1"

    def source(self, prefix: str = "") -> str:
        return super().source(prefix).replace("DigitGroup(", "CheckboxGroup(", 1)

    def describe(self) -> dict[str, Any]:
        return super().describe() | {"kind": "CheckboxGroup"}


BINDINGS: dict[type[ParameterRecord], type[Binding[Any]]] = {
    SliderRecord: SliderBinding,
    DictSliderRecord: DictBinding,
    ListRecord: ListBinding,
    RadioRecord: ListBinding,
    CheckboxRecord: CheckboxBinding,
    ButtonRecord: ButtonBinding,
    TextRecord: TextBinding,
}


def bind(widget: ParameterRecord) -> Binding[Any]:
    """Return the binding of a widget."""
    return BINDINGS[type(widget)](widget)
