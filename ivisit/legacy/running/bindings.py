"""How the value of a control reaches an attribute of the script's parameters, and back.

Old scripts get the Python types that they have always got: the texts of an option list even for
numbers, ``'0110'`` for check boxes, ``'0'`` and ``'1'`` for a button.
"""

from __future__ import annotations

from collections.abc import Container
from itertools import chain, count
from typing import Any, Generic, TypeVar, cast

from ivisit.controls import (
    Button,
    CheckboxGroup,
    Control,
    DictSlider,
    OptionList,
    RadioButtons,
    Slider,
    TextBox,
)
from ivisit.declarations import own_name
from ivisit.errors import ParameterError
from ivisit.legacy.records import (
    ButtonWidget,
    CheckboxWidget,
    DictSliderWidget,
    Grid,
    ListWidget,
    ParameterWidget,
    RadioWidget,
    SliderWidget,
    TextWidget,
)

AnyWidget = TypeVar("AnyWidget", bound=ParameterWidget)


class Binding(Generic[AnyWidget]):
    """Connects one widget's control with the script's parameters.

    Parameters
    ----------
    widget : ParameterWidget
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

    def make_control(self) -> Control:
        """Return the declaration of the control."""
        raise NotImplementedError

    def to_script(self, value: Any) -> Any:
        """Return the control's value as the script gets it."""
        return value

    def from_script(self, value: Any, control: Control[Any] | None = None) -> Any:
        """Return what a script, or an old file as text, says as a value of the control.

        `control` has the range that holds at present, where that is another than the declared one.
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


class SliderBinding(Binding[SliderWidget]):
    """Writes an int or a float."""

    def make_control(self) -> Control:
        return _slider(self.widget.value, self.widget.grid, self.widget.name, self.widget.help)

    def from_script(self, value: Any, control: Control[Any] | None = None) -> Any:
        slider = control or self.control
        assert isinstance(slider, Slider)
        return _inside(slider, value, on_grid=True)


class DictBinding(Binding[DictSliderWidget]):
    """Writes the items of a dict; its other items are left alone."""

    def make_control(self) -> Control:
        sliders: dict[str, Slider] = {}
        for item in self.widget.items:
            name = free_name(item.name or item.key or "item", sliders, item.key)
            sliders[name] = _slider(item.value, item.grid, name, "")
            sliders[name].aliases = (item.key,)
        return DictSlider(sliders, label=self.widget.name, help=self.widget.help)

    def to_script(self, value: Any) -> Any:
        keys = (item.key for item in self.widget.items)
        return dict(zip(keys, value.values(), strict=True))

    def from_script(self, value: Any, control: Control[Any] | None = None) -> Any:
        """Return the items of a list of all values, or of a dict by key or name."""
        assert isinstance(self.control, DictSlider)
        sliders = cast(dict[str, Slider], self.control.items)
        given = value if isinstance(value, dict) else dict(zip(sliders, value, strict=False))
        numbers = {own_name(sliders, name): number for name, number in given.items()}
        return {
            name: _inside(sliders[name], number) if name in sliders else number
            for name, number in numbers.items()
        }

    def write(self, parameters: Any, value: Any) -> None:
        present = getattr(parameters, self.widget.parameter, None)
        if isinstance(present, dict):
            # The same dict as before: the script may have given it to its own objects.
            present.update(self.to_script(value))
        else:
            setattr(parameters, self.widget.parameter, self.to_script(value))


class ListBinding(Binding[ListWidget]):
    """Writes the text that was chosen."""

    def make_control(self) -> Control:
        kind = RadioButtons if isinstance(self.widget, RadioWidget) else OptionList
        # A value that is none of the options has always been shown and written as it is.
        options = tuple(dict.fromkeys((*self.widget.options, self.widget.value)))
        return kind(self.widget.value, options, label=self.widget.name, help=self.widget.help)


class CheckboxBinding(Binding[CheckboxWidget]):
    """Writes one digit a label."""

    def make_control(self) -> Control:
        labels: dict[str, bool] = {}
        for label, digit in zip(self.widget.labels, self.widget.value, strict=True):
            name = label or str(len(labels) + 1)
            labels[free_name(name, labels, str(len(labels) + 1))] = digit == "1"
        return DigitGroup(labels, label=self.widget.name, help=self.widget.help)

    def to_script(self, value: Any) -> Any:
        return "".join("1" if checked else "0" for checked in value.values())

    def from_script(self, value: Any, control: Control[Any] | None = None) -> Any:
        return value if isinstance(value, dict) else self.control.parse(str(value))


class ButtonBinding(Binding[ButtonWidget]):
    """Writes ``'1'`` while the button is down."""

    def make_control(self) -> Control:
        title = self.widget.title if self.widget.title not in ("", "<") else ""
        label = f"{title}: {self.widget.text}" if title else self.widget.text
        return Button(label, help=self.widget.help)

    def to_script(self, value: Any) -> Any:
        return "1" if value else "0"

    def from_script(self, value: Any, control: Control[Any] | None = None) -> Any:
        return str(value) in ("1", "True")


class TextBinding(Binding[TextWidget]):
    """Writes the text."""

    def make_control(self) -> Control:
        return TextBox(
            self.widget.value,
            lines=self.widget.rows,
            label=self.widget.name,
            help=self.widget.help,
        )


def free_name(name: str, taken: Container[str], addition: str) -> str:
    """Return `name`, where it is taken with `addition` in brackets, and if need be with a number.

    >>> free_name("a", {"a"}, "key"), free_name("a", {"a", "a (key)"}, "key")
    ('a (key)', 'a (key) 2')
    """
    longer = f"{name} ({addition})" if addition else name
    candidates = chain([name, longer], (f"{longer} {number}" for number in count(2)))
    return next(candidate for candidate in candidates if candidate not in taken)


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

    def describe(self) -> dict[str, Any]:
        return super().describe() | {"kind": "CheckboxGroup"}


def _slider(value: float, grid: Grid, name: str, text: str) -> Slider:
    """Return a slider; a value outside the range, which scripts have always got, widens it."""
    kind = type(value)
    minimum, maximum = kind(min(grid.minimum, value)), kind(max(grid.maximum, value))
    step = min(grid.resolution, maximum - minimum) or None
    return Slider(value, minimum, maximum, step=step, label=name, help=text)


def _inside(slider: Slider, value: Any, *, on_grid: bool = False) -> float:
    """Return the number that `slider` shows when somebody wants `value`."""
    number = float(value)
    number = round(number) if slider.type is int else number
    step = slider.step if on_grid else 0
    return Grid(slider.minimum, slider.maximum, 1, step).snapped(number)


BINDINGS: dict[type[ParameterWidget], type[Binding[Any]]] = {
    SliderWidget: SliderBinding,
    DictSliderWidget: DictBinding,
    ListWidget: ListBinding,
    RadioWidget: ListBinding,
    CheckboxWidget: CheckboxBinding,
    ButtonWidget: ButtonBinding,
    TextWidget: TextBinding,
}


def bind(widget: ParameterWidget) -> Binding[Any]:
    """Return the binding of a widget."""
    return BINDINGS[type(widget)](widget)
