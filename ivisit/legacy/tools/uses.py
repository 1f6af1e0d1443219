"""What a script uses of the old interface: each use, whether it works, what to write instead."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any

from ivisit.legacy.language.source import ScriptSource
from ivisit.legacy.running.canvas import Canvas, CanvasEvent
from ivisit.legacy.running.display import Display
from ivisit.legacy.running.handles import CONTROL_HANDLES, ImageHandle, Scale, TextOutHandle
from ivisit.legacy.running.parent import Parent
from ivisit.legacy.tools.kinds import Kind, Kinds

#: Kind of an object of the old interface -> the classes that stand for it.
CLASSES: dict[Kind, tuple[type, ...]] = {
    "parent": (Parent,),
    "display": (Display,),
    "widget": (*CONTROL_HANDLES.values(), ImageHandle, TextOutHandle),
    "canvas": (Canvas,),
    "scale": (Scale,),
    "event": (CanvasEvent,),
}

#: Kind and attribute -> what a new simulation has for it.
INSTEAD: dict[tuple[Kind, str], str] = {
    ("parent", "steps"): "count in step()",
    ("parent", "runflg"): "nothing: step() is called when it is time",
    ("parent", "onSim_stop"): "self.stop()",
    ("parent", "onSim_run"): "iv.launch(..., run=True)",
    ("parent", "onSave"): "the button Save",
    ("parent", "after"): "count in step()",
    ("parent", "title"): "the class's name",
    ("parent", "display"): "controls and panels, which are attributes of the simulation",
    ("display", "getWidget"): "controls and panels, which are attributes of the simulation",
    ("display", "bind2Widget"): "pointer(event), and pointer=True at the panel",
    ("display", "setWidgetValue"): "an assignment, self.name = value",
    ("display", "getFlagModified"): "a comparison with the value of the last step",
    ("widget", "setLabelText"): "self.parameters.adjust(name, label=...)",
    ("widget", "reconfigure"): "self.parameters.adjust(name, minimum=..., maximum=...)",
    ("widget", "setValue"): "an assignment, self.name = value",
    ("widget", "bind"): "pointer(event), and pointer=True at the panel",
    ("widget", "imgcanvas"): "pointer(event), whose x, y, row and column are those of the data",
    ("event", "x"): "event.x of pointer(event), in data coordinates",
    ("event", "y"): "event.y of pointer(event), in data coordinates",
}
#: The same for attributes that are not there any more, by their beginning; "" is for the rest.
ADVICE: dict[Kind, dict[str, str]] = {
    "canvas": {
        "create_": "draw into the array that the picture shows",
        "delete": "draw into the array that the picture shows",
        "item": "draw into the array that the picture shows",
        "coords": "draw into the array that the picture shows",
        "move": "draw into the array that the picture shows",
        "": "a picture is what its data are, drawn by the window",
    },
    "widget": {
        "setChannel": "choose the channel in the menu of the panel",
        "onSaveImage": "use 'Save picture' in the menu of the panel",
        "": "widgets have only what scripts use: values, labels, ranges and bindings",
    },
    "parent": {
        "winfo_": "the window arranges itself; winfo_width() and winfo_height() are answered",
        "onHUB": "parameter sets are chosen in the window, and by 'ivisit params'",
        "onDB": "parameter sets are chosen in the window, and by 'ivisit params'",
        "": "the window runs beside the script, which has no widgets of its own in it",
    },
    "display": {"": "the window arranges its widgets itself"},
    "scale": {"": "a slider has get(), set(), cget() and configure()"},
    "event": {
        "key": "keys reach pointer(event) of a new simulation, with keys=True at the panel",
        "char": "keys reach pointer(event) of a new simulation, with keys=True at the panel",
        "": "an event has x, y, column, row, num, type and widget",
    },
}


@dataclass(frozen=True)
class Use:
    """One use of the old interface.

    Attributes
    ----------
    line : int
        Line of the script.
    text : str
        What is used, e.g. ``parent.steps``.
    works : bool
        Whether it works here.
    instead : str
        What to write instead, or in a new simulation.
    """

    line: int
    text: str
    works: bool
    instead: str

    def __str__(self) -> str:
        if self.works:
            return f"{self.text} works" + (f"; new: {self.instead}" if self.instead else "")
        return f"{self.text} has no counterpart here: {self.instead}"


def uses(source: ScriptSource) -> list[Use]:
    """Return what a script uses of the old interface, by line."""
    kinds = Kinds(source)
    found = {*_imports(source), *_attributes(source, kinds)}
    return sorted(found, key=lambda use: (use.line, use.text))


def _attributes(source: ScriptSource, kinds: Kinds) -> Iterator[Use]:
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Attribute):
            continue
        kind = kinds.of(node.value)
        if kind in CLASSES and isinstance(node.ctx, ast.Load):
            works = any(node.attr in members(cls) for cls in CLASSES[kind])
            advice = INSTEAD.get((kind, node.attr), "") if works else _advice(kind, node.attr)
            yield Use(node.lineno, f"{kind}.{node.attr}", works, advice)


def _advice(kind: Kind, name: str) -> str:
    return next(text for start, text in ADVICE[kind].items() if name.startswith(start))


def _imports(source: ScriptSource) -> Iterator[Use]:
    """Yield the imports of modules of IVISIT 0.7x other than those of every script."""
    for node in ast.walk(source.tree):
        modules: list[tuple[str, list[str]]] = []
        if isinstance(node, ast.Import):
            modules = [(alias.name, []) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules = [(node.module, [alias.name for alias in node.names])]
        for module, names in modules:
            if module.startswith("ivisit."):
                yield from _import(node, module, names)


def _import(node: Any, module: str, names: list[str]) -> Iterator[Use]:
    if find_spec(module) is None:
        advice = "what scripts need is in ivisit, ivisit.matplotlib and ivisit.special"
        yield Use(node.lineno, f"the module {module}", False, advice)
        return
    for name in names:
        if name != "*" and not hasattr(__import__(module, fromlist=[name]), name):
            advice = "what scripts need is in ivisit, ivisit.matplotlib and ivisit.special"
            yield Use(node.lineno, f"{module}.{name}", False, advice)


@cache
def members(cls: type) -> frozenset[str]:
    """Return the public attributes of a class, those that its methods assign included."""
    names = set(dir(cls))
    for base in cls.__mro__[:-1]:
        names |= set(vars(base).get("__annotations__", ()))
        if not base.__module__.startswith("ivisit"):
            continue
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(base)))):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                names.add(node.attr)
    return frozenset(name for name in names if not name.startswith("_"))
