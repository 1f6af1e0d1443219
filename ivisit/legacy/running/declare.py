"""From the widgets of an old script to the controls and panels of a simulation."""

from __future__ import annotations

import numbers
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from ivisit.declarations import Declaration
from ivisit.errors import ParameterError
from ivisit.legacy.names import free_name
from ivisit.legacy.records import (
    CommentRecord,
    DataRecord,
    DictSliderRecord,
    Finding,
    ImageRecord,
    ParameterRecord,
    TextOutRecord,
    WidgetRecord,
)
from ivisit.legacy.running.bindings import Binding, bind
from ivisit.panels import Comment, Image, Panel, TextOutput
from ivisit.panels.comment import STYLES
from ivisit.reserved import RESERVED


@dataclass
class Declared:
    """The declarations of one simulation.

    Attributes
    ----------
    declarations : dict of str to Declaration
        Controls and panels by name, as the body of a simulation's class has them.
    bindings : dict of str to Binding
        How the control of that name reaches the script.
    data : dict of str to DataRecord
        What the panel of that name shows.
    records : dict of str to WidgetRecord
        The widget that the declaration of that name stands for.
    findings : list of Finding
        Widgets that are missing, and why.
    """

    declarations: dict[str, Declaration] = field(default_factory=dict)
    bindings: dict[str, Binding[Any]] = field(default_factory=dict)
    data: dict[str, DataRecord] = field(default_factory=dict)
    records: dict[str, WidgetRecord] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def declare(
    widgets: Iterable[WidgetRecord], base: type, *, parameters: Any = None, file: str = ""
) -> Declared:
    """Return the declarations that the widgets of an old script stand for.

    Parameters
    ----------
    widgets : iterable of WidgetRecord
        What the directives say.
    base : type
        The class from which the simulation will derive: its attributes are no names for widgets.
    parameters : object, optional
        The script's parameters, to find out which of them are lists.
    file : str, optional
        The script, for messages.
    """
    declared = Declared()
    for widget in widgets:
        name = _free_name(widget, base, declared)
        try:
            if isinstance(widget, ParameterRecord):
                _check_parameter(widget, parameters)
            declaration = _declaration(widget, name, declared)
            declaration.name = name
            declaration.check("")
        except ParameterError as error:
            declared.findings.append(Finding(widget.line, str(error), "error", file))
            declared.bindings.pop(name, None)
            declared.data.pop(name, None)
        else:
            declared.declarations[name] = declaration
            declared.records[name] = widget
    _add_aliases(declared)
    return declared


def _free_name(widget: WidgetRecord, base: type, declared: Declared) -> str:
    """Return the widget's name; with its parameter in brackets where that name is not free."""

    def is_free(name: str) -> bool:
        taken = name in declared.declarations or name in RESERVED or hasattr(base, name)
        return bool(name) and not taken and not name.startswith("_")

    longer = widget.name.lstrip("_") or "comment"
    if isinstance(widget, ParameterRecord):
        longer = f"{widget.name} ({widget.parameter})"
    elif isinstance(widget, DataRecord):
        longer = f"{widget.name} ({widget.data})"
    return free_name(widget.name, longer.lstrip(" _"), is_free=is_free)


def _check_parameter(widget: ParameterRecord, parameters: Any) -> None:
    """Raise `ParameterError` when the widget can never be written to its parameter."""
    if widget.parameter.startswith("__"):
        raise ParameterError(
            f"{widget.name!r}, parameter: must be a name without leading underscores, not "
            f"{widget.parameter!r}"
        )
    present = getattr(parameters, widget.parameter, None)
    if isinstance(widget, DictSliderRecord):
        return  # whatever is there, it becomes a dict
    if isinstance(present, list | tuple) and not 0 <= widget.index < len(present):
        raise ParameterError(
            f"{widget.name!r}, listindex: must be between 0 and {len(present) - 1}, because the "
            f"parameter {widget.parameter!r} is a list of {len(present)}, not {widget.index}"
        )


def _declaration(widget: WidgetRecord, name: str, declared: Declared) -> Declaration:
    """Return the control or panel for `widget`; enter what it is connected with."""
    if isinstance(widget, ParameterRecord):
        binding = bind(widget)
        binding.name = name
        declared.bindings[name] = binding
        return binding.control
    if isinstance(widget, DataRecord):
        declared.data[name] = widget
    return panel_of(widget)


def panel_of(widget: WidgetRecord) -> Panel[Any]:
    if isinstance(widget, ImageRecord):
        return Picture(vmin=0, vmax=255, label=widget.name, help=widget.help)
    if isinstance(widget, TextOutRecord):
        return TextOutput(align=cast(Any, widget.align), label=widget.name, help=widget.help)
    assert isinstance(widget, CommentRecord)
    font, size = widget.font
    is_plain = (font, size, widget.color) == OLD_FONT
    return Comment(
        widget.text,
        font="" if is_plain else font,
        size=0 if is_plain else max(0, size),
        style=" ".join(word for word in widget.style.lower().split() if word in STYLES),
        # Black is what nobody has chosen; on a dark window it could not be read.
        color="" if widget.color == "black" else widget.color,
        label=widget.name,
        help=widget.help,
    )


def _add_aliases(declared: Declared) -> None:
    """Let people address a control by its parameter, where that is bound to one control only."""
    uses = Counter(binding.widget.parameter for binding in declared.bindings.values())
    for name, binding in declared.bindings.items():
        widget = binding.widget
        aliases = [f"{widget.parameter}[{widget.index}]"] if uses[widget.parameter] > 1 else []
        if uses[widget.parameter] == 1:
            aliases.append(widget.parameter)
        if widget.name != name and widget.name not in declared.declarations:
            aliases.append(widget.name)
        binding.control.aliases = tuple(aliases)


#: Font, size and color that 0.72 gives to a comment.
OLD_FONT = ("Arial", 10, "black")


class Picture(Image):
    """A picture as old scripts have it.

    Its values are pixels of 8 bits: fractions are cut off, and what lies outside 0 .. 255 wraps
    around, until the user chooses other levels. It may be one row, have one channel, or be grey
    with transparency; of complex numbers the real part is shown.
    """

    def pixels(self, picture: np.ndarray, vmin: float, vmax: float, cmap: str) -> np.ndarray:
        if (vmin, vmax) == (0, 255):
            picture = wrapped(picture)
        return super().pixels(picture, vmin, vmax, cmap)

    def validate(self, value: Any, *, owner: str = "") -> np.ndarray:
        try:
            picture = np.asarray(value)
        except ValueError:
            picture = np.asarray(value, dtype=object)  # rows of different lengths: refused below
        picture = _real(picture)
        if picture.ndim == 1:
            picture = picture[np.newaxis]
        elif picture.ndim == 3 and picture.shape[2] == 1:
            picture = picture[:, :, 0]
        elif picture.ndim == 3 and picture.shape[2] == 2:
            picture = picture[:, :, [0, 0, 0, 1]]
        return super().validate(picture, owner=owner)

    def source(self, prefix: str = "") -> str:
        return super().source(prefix).replace("Picture(", "Image(", 1)

    def describe(self) -> dict[str, Any]:
        return super().describe() | {"kind": "Image"}


def _real(picture: np.ndarray) -> np.ndarray:
    """Return the real part of complex numbers, and objects that are numbers as numbers."""
    if picture.dtype == object:
        if not all(isinstance(item, numbers.Number) for item in picture.flat):
            return picture
        picture = picture.astype(complex)
    return picture.real if picture.dtype.kind == "c" else picture


def wrapped(picture: np.ndarray) -> np.ndarray:
    """Return `picture` as uint8, modulo 256; NaN and infinities become 0.

    >>> wrapped(np.array([300.0, -1.0, 0.9, np.nan])).tolist()
    [44, 255, 0, 0]
    """
    if picture.dtype.kind != "f":
        return picture.astype(np.uint8)
    with np.errstate(invalid="ignore"):
        whole = picture.astype(np.int64)
    if not np.isfinite(picture).all():
        whole[~np.isfinite(picture)] = 0
    return whole.astype(np.uint8)
