"""`Kinds`: what the names in an old script stand for, found without running it.

Scripts keep the window, the display, its widgets and canvases in variables and attributes, and
have short names for their parameters and data. Following the assignments, and the arguments of the
script's own functions, tells which is which.
"""

from __future__ import annotations

import ast
from typing import Literal, TypeAlias

from ivisit.legacy.language.source import DATA, PARAMETERS, SIMULATION, ScriptSource

Kind: TypeAlias = Literal[
    "parent",
    "display",
    "widget",
    "canvas",
    "scale",
    "event",
    "parameters",
    "data",
    "simulation",
    "automaton",
]

#: Kind of an object, and its attribute -> kind of that.
ATTRIBUTES: dict[tuple[Kind, str], Kind] = {
    ("parent", "display"): "display",
    ("parent", "master"): "parent",
    ("parent", "sim"): "simulation",
    ("widget", "imgcanvas"): "canvas",
    ("widget", "textlabel"): "canvas",
    ("widget", "slider"): "scale",
    ("event", "widget"): "canvas",
    ("simulation", "parameters"): "parameters",
    ("simulation", "data"): "data",
    ("simulation", "parent"): "parent",
    ("simulation", "display"): "display",
}
#: Kind of an object, and its method -> kind of what that returns.
RESULTS: dict[tuple[Kind, str], Kind] = {
    ("display", "getWidget"): "widget",
    ("display", "bind2Widget"): "canvas",
    ("parent", "winfo_toplevel"): "parent",
    ("canvas", "winfo_toplevel"): "parent",
}
#: Attributes of the display that hold widgets.
WIDGET_HOLDERS = ("dict_widgets", "widgets", "par_widgets", "data_widgets", "com_widgets")
#: Arguments that a method of the simulation gets from outside, by their place behind ``self``.
GIVEN: dict[str, tuple[Kind, ...]] = {"main_init": ("parent",), "bind": ("parent", "display")}

Function: TypeAlias = ast.FunctionDef | ast.Lambda


class Kinds:
    """The kinds of the expressions in a script.

    Parameters
    ----------
    source : ScriptSource
        The script.
    """

    def __init__(self, source: ScriptSource) -> None:
        self._names: dict[str, Kind] = {}
        self._names |= {node.name: "parameters" for node in source.classes(PARAMETERS)}
        self._names |= {node.name: "data" for node in source.classes(DATA)}
        self._attributes: dict[str, Kind] = {}
        self._arguments: dict[str, dict[int, Kind]] = {}
        self._found: dict[int, Kind] = {}
        own = [
            method
            for node in source.classes(SIMULATION)
            for method in node.body
            if isinstance(method, ast.FunctionDef)
        ]
        self.methods = {method.name: method for method in own}
        # A class may have a method that another one derived from it has anew.
        self.own_methods = {id(method): method for method in own}
        functions = [n for n in ast.walk(source.tree) if isinstance(n, ast.FunctionDef)]
        self._visit_all(source.tree.body, self._names)
        # What a method keeps in an attribute another one may use that stands further up.
        for _ in range(3):
            for function in functions:
                self._follow(function)

    def of(self, node: ast.AST) -> Kind | None:
        """Return what `node` stands for; None where that is not known."""
        return self._found.get(id(node))

    def _follow(self, function: ast.FunctionDef) -> None:
        """Find out what the names in a function stand for."""
        hidden = _own_names(function)
        names = {name: kind for name, kind in self._names.items() if name not in hidden}
        arguments = [argument.arg for argument in function.args.args]
        decorators = {getattr(decorator, "id", "") for decorator in function.decorator_list}
        if id(function) in self.own_methods and arguments and "staticmethod" not in decorators:
            names[arguments.pop(0)] = "simulation"
            names |= dict(zip(arguments, GIVEN.get(function.name, ()), strict=False))
        for place, kind in self._arguments.get(function.name, {}).items():
            if place < len(arguments):
                names[arguments[place]] = kind
        self._visit_all(function.body, names)

    def _visit_all(self, body: list[ast.stmt], names: dict[str, Kind]) -> None:
        for statement in body:
            if isinstance(statement, ast.FunctionDef | ast.ClassDef):
                continue
            for node in ast.walk(statement):
                if isinstance(node, ast.Assign):
                    for target in node.targets:
                        self._assign(target, node.value, names)
                elif isinstance(node, ast.Call):
                    self._call(node, names)
                if isinstance(node, ast.expr) and (kind := self._kind(node, names)):
                    self._found[id(node)] = kind

    def _assign(self, target: ast.expr, value: ast.expr, names: dict[str, Kind]) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for part, part_value in zip(target.elts, value.elts, strict=False):
                self._assign(part, part_value, names)
            return
        kind = self._kind(value, names)
        if kind is None:
            return
        if isinstance(target, ast.Name):
            names[target.id] = kind
        elif isinstance(target, ast.Attribute) and self._kind(target.value, names) == "simulation":
            self._attributes[target.attr] = kind

    def _call(self, node: ast.Call, names: dict[str, Kind]) -> None:
        """Note what the script's own functions are given, and which of them get events."""
        function = node.func
        name = called_name(function)
        if name in ("bind2Widget", "bind") and len(node.args) > 1:
            callback = node.args[2 if name == "bind2Widget" and len(node.args) > 2 else 1]
            self._arguments.setdefault(called_name(callback), {}).setdefault(0, "event")
        # A method of a class is given the simulation itself first; only its own are followed.
        is_own = isinstance(function, ast.Name) or (
            isinstance(function, ast.Attribute)
            and self._kind(function.value, names) == "simulation"
        )
        if not is_own:
            return
        known = self._arguments.setdefault(name, {})
        for place, argument in enumerate(node.args):
            kind = self._kind(argument, names)
            if kind:
                known[place] = kind

    def _kind(self, node: ast.expr, names: dict[str, Kind]) -> Kind | None:
        if isinstance(node, ast.Name):
            return names.get(node.id)
        if isinstance(node, ast.Attribute):
            holder = self._kind(node.value, names)
            if holder is None:
                return None
            own = self._attributes.get(node.attr) if holder == "simulation" else None
            return own or ATTRIBUTES.get((holder, node.attr))
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute):
            holder = self._kind(node.value.value, names)
            is_widget = holder == "display" and node.value.attr in WIDGET_HOLDERS
            return "widget" if is_widget else None
        if isinstance(node, ast.Call):
            return self._result(node.func, names)
        return None

    def _result(self, function: ast.expr, names: dict[str, Kind]) -> Kind | None:
        """Return what a call gives."""
        name = called_name(function)
        if name == "ClickDragEventAutomaton":
            return "automaton"
        if isinstance(function, ast.Attribute):
            holder = self._kind(function.value, names)
            return RESULTS.get((holder, name)) if holder else None
        return None


def called_name(function: ast.expr) -> str:
    """Return the name of a function or method, without what stands in front of it."""
    return str(getattr(function, "attr", None) or getattr(function, "id", ""))


def _own_names(function: ast.FunctionDef) -> set[str]:
    """Return the names that are a function's own, whatever they mean outside of it."""
    nodes = list(ast.walk(function))
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    own |= {n.id for n in nodes if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    shared = (name for node in nodes if isinstance(node, ast.Global) for name in node.names)
    return own.difference(shared)
