"""`Naming`: what the parameters and data of an old script are called as attributes."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from unicodedata import normalize

from ivisit.legacy.names import free_name
from ivisit.legacy.records import (
    CommentRecord,
    DataRecord,
    ImageRecord,
    ParameterRecord,
    TextOutRecord,
    WidgetRecord,
)
from ivisit.reserved import RESERVED
from ivisit.simulation import Simulation

#: Attributes and methods that mean the same in old and new simulations.
KEPT = ("main_init", "init", "step", "close", "__init__", "parameters")


@dataclass
class Naming:
    """The names of one simulation.

    Attributes
    ----------
    widgets : dict of int to str
        Id of a record to the name of its control or panel.
    parameters, data : dict of str to str
        Name of an old attribute without a widget of its own to that of the new one.
    controls : dict of str to list of ParameterRecord
        Old parameter to the widgets that write it.
    panels : dict of str to DataRecord
        Old data to the widget that shows it.
    own : dict of str to str
        Attributes and methods of the script's own whose names belong to ivisit, and their new ones.
    """

    widgets: dict[int, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    controls: dict[str, list[ParameterRecord]] = field(default_factory=dict)
    panels: dict[str, DataRecord] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)

    def name(self, record: WidgetRecord) -> str:
        """Return the name of a widget's control or panel."""
        return self.widgets[id(record)]

    def control(self, parameter: str) -> ParameterRecord | None:
        """Return the widget whose value a parameter has; of several, the last one writes it."""
        if parameter in self.parameters or parameter not in self.controls:
            return None
        return self.controls[parameter][-1]

    def panel(self, widget_name: str) -> ImageRecord | None:
        """Return the image with a name."""
        images = (p for p in self.panels.values() if isinstance(p, ImageRecord))
        return next((image for image in images if image.name == widget_name), None)


def name_all(
    widgets: Iterable[WidgetRecord],
    parameters: Mapping[str, bool],
    data: Mapping[str, bool],
    taken: Iterable[str],
) -> Naming:
    """Name the attributes of a simulation.

    Parameters
    ----------
    widgets : iterable of WidgetRecord
        Its widgets.
    parameters : mapping of str to bool
        The old parameters, and whether they are lists whose items have widgets.
    data : mapping of str to bool
        The old data, and whether they are kept beside their panel, which holds a text.
    taken : iterable of str
        Names that the simulation's own code uses for attributes and methods.
    """
    naming = Naming()
    reserved = {*RESERVED, *dir(Simulation)}
    naming.own = {name: f"{name}_" for name in taken if name in reserved - set(KEPT)}
    used = {*taken, *reserved, *naming.own.values()}

    def take(word: str) -> str:
        name = free_name(identifier(word), is_free=lambda n: n not in used, numbered="{}_{}")
        used.add(name)
        return name

    for widget in widgets:
        if isinstance(widget, ParameterRecord):
            index = f"_{widget.index}" if parameters.get(widget.parameter) else ""
            naming.widgets[id(widget)] = take(widget.parameter + index)
            naming.controls.setdefault(widget.parameter, []).append(widget)
        elif isinstance(widget, ImageRecord | TextOutRecord):
            is_kept = data.get(widget.data) or widget.data in naming.panels
            naming.widgets[id(widget)] = take(widget.data + ("_shown" if is_kept else ""))
            naming.panels.setdefault(widget.data, widget)
        elif isinstance(widget, CommentRecord):
            naming.widgets[id(widget)] = take(widget.name or "comment")
    for name, is_list in parameters.items():
        if name not in naming.controls or is_list:
            naming.parameters[name] = take(name)
    for name, kept in data.items():
        if name not in naming.panels or kept:
            naming.data[name] = take(name)
    return naming


def identifier(text: str) -> str:
    """Return a Python name for `text`.

    >>> identifier("Kernel Width"), identifier("1st"), identifier("class"), identifier("&")
    ('Kernel_Width', 'p_1st', 'class_', 'widget')
    """
    word = "".join(c if f"a{c}".isidentifier() else "_" for c in normalize("NFKC", text))
    word = word.strip("_") or "widget"
    if not word.isidentifier():  # it begins with a digit
        word = f"p_{word}"
    return f"{word}_" if keyword.iskeyword(word) or word in RESERVED else word


def class_name(text: str, taken: Iterable[str] = ()) -> str:
    """Return a class name made of the words of `text`.

    >>> class_name("s2_plot"), class_name("2 große Netze"), class_name("None")
    ('S2Plot', 'Simulation2GroßeNetze', 'SimulationNone')
    """
    words = re.findall(r"[^\W_]+", normalize("NFKC", text)) or ["Simulation"]
    proper = "".join(word[:1].upper() + word[1:] for word in words)
    if not proper.isidentifier() or keyword.iskeyword(proper):
        proper = f"Simulation{proper}"
    known = set(taken)
    return free_name(proper, is_free=lambda name: name not in known, numbered="{}_{}")
