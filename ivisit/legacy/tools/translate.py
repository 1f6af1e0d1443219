"""`Translator`: the methods of an old simulation in the new style, where that is certain.

Statements that use the old window are kept as comments behind ``TODO``; all else is changed at
the places where it names parameters, data or mouse events, and is left as it is written.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable

from ivisit.legacy.language.source import SIMULATION, ScriptSource
from ivisit.legacy.records import (
    ButtonRecord,
    CheckboxRecord,
    ImageRecord,
    ParameterRecord,
)
from ivisit.legacy.tools.edits import Edits
from ivisit.legacy.tools.kinds import Kinds, called_name
from ivisit.legacy.tools.naming import Naming
from ivisit.legacy.tools.pointers import Notes
from ivisit.legacy.tools.receivers import RUNNING
from ivisit.legacy.tools.remarks import asks_for_changes, remarks

#: Kinds of objects that a new simulation does not have.
OF_THE_WINDOW = ("parent", "display", "widget", "scale")
#: Methods of the old base class, which do nothing that the new one does not.
BASE_METHODS = ("__init__", "main_init", "init", "bind", "step")
#: Where a statement has its own expressions.
EXPRESSIONS = ("test", "iter", "target", "targets", "value", "items", "exc", "msg", "subject")


class Translator:
    """Translates statements into edits of the source.

    Parameters
    ----------
    text : str
        The script.
    source : ScriptSource
        The same, read.
    kinds : Kinds
        What its names stand for.
    naming : Naming
        What parameters and data are called in the new simulation.
    notes : Notes
        The mouse bindings, and what the new code needs besides the methods.
    edits : Edits
        Where the changes go.

    Attributes
    ----------
    inherited : set of str
        Methods that the class which is translated has from another class of the script.
    """

    def __init__(
        self,
        text: str,
        source: ScriptSource,
        kinds: Kinds,
        naming: Naming,
        notes: Notes,
        edits: Edits,
    ) -> None:
        self._source_text = text
        self._script = source
        self._per_line = Counter(
            node.lineno for node in ast.walk(source.tree) if isinstance(node, ast.stmt)
        )
        self._dropped: Counter[int] = Counter()
        self.kinds = kinds
        self.naming = naming
        self.edits = edits
        self.notes = notes
        self._bases = {node.name for node in source.classes(SIMULATION)} | {SIMULATION}
        self._function = ""
        self.inherited: set[str] = set()

    # Statements ------------------------------------------------------------------------------

    def body(self, statements: Iterable[ast.stmt], function: str = "") -> int:
        """Translate the body of a function; return how many statements are left of it."""
        self._function = function
        return self._block(list(statements))

    def _block(self, statements: list[ast.stmt]) -> int:
        left = [one for one in statements if not self.is_needless(one)]
        # What shares a line with something that asks the window goes with it.
        asking = [group for group in _by_lines(left) if any(map(self._asks_the_window, group))]
        gone = {id(one) for group in asking for one in group}
        # A body needs a statement; a comment is none.
        needs_pass = bool(left) and len(gone) == len(left)
        for number, group in enumerate(asking):
            self._comment_out(group, needs_pass and number == 0)
        for statement in statements:
            if self.is_needless(statement):
                self.drop(statement, alone=bool(left) or statement is not statements[0])
            elif id(statement) not in gone:
                self._translate(statement)
        return len(left)

    def drop(self, statement: ast.stmt, *, alone: bool = True) -> None:
        """Take a statement away; without others in its body, ``pass`` stands there."""
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        self._dropped[first] += 1
        if alone and self._dropped[first] == self._per_line[first]:
            self.edits.replace_lines(first, last, "")
        else:
            self.edits.replace(statement, "pass")

    def is_needless(self, statement: ast.stmt) -> bool:
        """Tell whether a statement does nothing that a new simulation needs."""
        if id(statement) in self.notes.done:
            return True
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            name = self._base_method(statement.value)
            return bool(name) and name not in self.inherited
        if isinstance(statement, ast.Assign):
            return self._is_alias(statement.targets, statement.value)
        return False

    def _base_method(self, call: ast.Call) -> str:
        """Return the method of the base class that is called; "" for another call."""
        function = call.func
        is_base = isinstance(function, ast.Attribute) and self._is_base(function.value)
        name = called_name(function)
        return name if is_base and name in BASE_METHODS else ""

    def _is_base(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Call):
            return called_name(node.func) == "super"
        return called_name(node) in self._bases

    def _is_alias(self, targets: list[ast.expr], value: ast.expr) -> bool:
        """Tell whether names, or attributes of the simulation, get objects of the old interface."""
        kinds = [self.kinds.of(part) for part in _parts(value)]
        if not all(kinds) or any(kind in ("event", "canvas", "automaton") for kind in kinds):
            return False
        names = [part for target in targets for part in _parts(target)]
        if all(kind in OF_THE_WINDOW for kind in kinds):
            return all(isinstance(name, ast.Attribute | ast.Name) for name in names)
        return all(isinstance(name, ast.Name) for name in names)

    def _asks_the_window(self, statement: ast.stmt) -> bool:
        """Tell whether a statement uses the old window; of a compound one, what is before it."""
        parts: list[ast.AST] = [statement]
        if isinstance(statement, ast.If | ast.While):
            parts = [statement.test]
            if any(self.kinds.of(node) in OF_THE_WINDOW for node in ast.walk(statement.test)):
                return True
        elif isinstance(statement, ast.For):
            parts = [statement.iter]
        elif isinstance(statement, ast.With | ast.Try | ast.FunctionDef | ast.ClassDef):
            return False
        return any(self._is_of_window(node) for part in parts for node in ast.walk(part))

    def _is_of_window(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Attribute) and self.kinds.of(node.value) == "canvas":
            return not (node.attr in ("winfo_width", "winfo_height") and self._image(node.value))
        if isinstance(node, ast.Attribute) and self.kinds.of(node.value) == "event":
            return node.attr not in ("x", "y", "num", "row", "column")
        return self.kinds.of(node) in OF_THE_WINDOW

    def _comment_out(self, group: list[ast.stmt], needs_pass: bool) -> None:
        """Keep the statements of some lines as a comment that asks somebody to look."""
        first, last = group[0].lineno, group[-1].end_lineno or group[-1].lineno
        indent = self.edits.indent(first)
        lines = [f"{indent}# TODO: this asks the old window, and has no counterpart; it was:\n"]
        lines += [
            f"{indent}# {line.removeprefix(indent)}".rstrip() + "\n"
            for line in self.edits.lines(first, last)
        ]
        lines += [f"{indent}pass\n"] if needs_pass else []
        self.edits.replace_lines(first, last, "".join(lines))

    def _translate(self, statement: ast.stmt) -> None:
        """Translate the expressions of a statement, and the bodies of a compound one."""
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            self._block(statement.body)
            return
        self._mark(statement)
        for name in (
            "test",
            "iter",
            "target",
            "targets",
            "value",
            "items",
            "exc",
            "msg",
            "subject",
        ):
            for part in _as_list(getattr(statement, name, None)):
                self._expression(part)
        for name in ("body", "orelse", "finalbody"):
            block = getattr(statement, name, None)
            if isinstance(block, list) and block:
                self._block(block)
        for handler in getattr(statement, "handlers", ()):
            self._block(handler.body)

    def _mark(self, statement: ast.stmt) -> None:
        """Write comments above what works but deserves a look."""
        indent = self.edits.indent(statement.lineno)
        for remark in remarks(_own_nodes(statement), self._script, self.kinds, self.naming):
            self.edits.insert(statement.lineno, f"{indent}# TODO: {remark}\n")

    # Expressions -----------------------------------------------------------------------------

    def _expression(self, node: ast.AST) -> None:
        if self._rewritten(node):
            return
        for child in ast.iter_child_nodes(node):
            self._expression(child)

    def _rewritten(self, node: ast.AST) -> bool:
        """Write a node anew where it is one of the old interface; tell whether that was done."""
        for rewrite in (self._comparison, self._position, self._attribute, self._call, self._name):
            text = rewrite(node)
            if text is not None and isinstance(node, ast.expr):
                self.edits.replace(node, text)
                return True
        return False

    def _holder(self) -> str:
        """Return the simulation that has parameters and data."""
        if self._function:
            return "self"
        self.notes.helpers.add(RUNNING)
        return RUNNING

    def _parameter(
        self, node: ast.AST, kind: type[ParameterRecord]
    ) -> tuple[str, ParameterRecord] | None:
        """Return the new name and the record of a parameter whose one widget is of a kind."""
        if not isinstance(node, ast.Attribute) or self.kinds.of(node.value) != "parameters":
            return None
        record = self.naming.control(node.attr)
        if not isinstance(record, kind):
            return None
        return f"{self._holder()}.{self.naming.name(record)}", record

    def _comparison(self, node: ast.AST) -> str | None:
        """Return ``self.button`` for ``p.button == '1'``, and the like for check boxes."""
        if not isinstance(node, ast.Compare) or len(node.ops) != 1:
            return None
        value = getattr(node.comparators[0], "value", None)
        if value not in ("0", "1") or not isinstance(node.ops[0], ast.Eq | ast.NotEq):
            return None
        wanted = (value == "1") == isinstance(node.ops[0], ast.Eq)
        negation = "" if wanted else "not "
        if button := self._parameter(node.left, ButtonRecord):
            return f"{negation}{button[0]}"
        if isinstance(node.left, ast.Subscript):
            boxes = self._parameter(node.left.value, CheckboxRecord)
            place = _constant(node.left.slice)
            if boxes and isinstance(boxes[1], CheckboxRecord) and isinstance(place, int):
                labels = boxes[1].labels
                if -len(labels) <= place < len(labels):
                    return f"{negation}{boxes[0]}[{labels[place]!r}]"
        return None

    def _attribute(self, node: ast.AST) -> str | None:
        if not isinstance(node, ast.Attribute):
            return None
        kind, name = self.kinds.of(node.value), node.attr
        if kind == "simulation" and name in self.naming.own:
            return f"{ast.unparse(node.value)}.{self.naming.own[name]}"
        if kind == "parameters":
            return self._parameter_text(node)
        if kind == "data":
            if name in self.naming.data:
                return f"{self._holder()}.{self.naming.data[name]}"
            panel = self.naming.panels.get(name)
            return f"{self._holder()}.{self.naming.name(panel)}" if panel else None
        if kind == "event" and self._function in self.notes.events:
            image = self.notes.events[self._function]
            plain = {"x": "event.column", "y": "event.row", "num": "event.button"}
            text = plain.get(name)
            if text and name in "xy" and image.scale != 1:
                text = f"int(({text} + 0.5) * {image.scale:g})"
            return text and text.replace("event", ast.unparse(node.value))
        return None

    def _parameter_text(self, node: ast.Attribute) -> str | None:
        name, holder = node.attr, self._holder()
        if name in self.naming.parameters:
            return f"{holder}.{self.naming.parameters[name]}"
        record = self.naming.control(name)
        if record is None:
            return None
        text = f"{holder}.{self.naming.name(record)}"
        if isinstance(node.ctx, ast.Load):
            for kind, helper in ((ButtonRecord, "_digit"), (CheckboxRecord, "_digits")):
                if isinstance(record, kind):
                    self.notes.helpers.add(helper)
                    return f"{helper}({text})"
        return text

    def _position(self, node: ast.AST) -> str | None:
        """Return the call that turns a place of a canvas into data coordinates."""
        if not isinstance(node, ast.Call) or len(node.args) < 3:
            return None
        if called_name(node.func) != "getDataPos_from_canvas":
            return None
        image = self._image(node.args[2])
        if image is None:
            return None
        places = [self._text(argument) for argument in node.args]
        places[2] = self._extent(image, 0)
        named = [f"{k.arg}={self._text(k.value)}" for k in node.keywords]
        return f"getDataPos_from_PixelPos({', '.join([*places, *named])})"

    def _call(self, node: ast.AST) -> str | None:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return None
        function = node.func
        if (name := self._base_method(node)) in self.inherited:
            is_bound = isinstance(function.value, ast.Call)
            arguments = [self._text(argument) for argument in node.args[not is_bound :]]
            arguments += [f"{k.arg}={self._text(k.value)}" for k in node.keywords]
            renamed = {"__init__": "_set_up", "bind": "_bind"}.get(name, name)
            return f"super().{renamed}({', '.join(arguments) if name == '__init__' else ''})"
        if self.kinds.of(function.value) == "canvas":
            image = self._image(function.value)
            axis = {"winfo_height": 0, "winfo_width": 1}.get(function.attr)
            return None if image is None or axis is None else self._extent(image, axis)
        return self._is_modified(node)

    def _is_modified(self, node: ast.Call) -> str | None:
        """Return what asks whether a parameter has changed, for a call that did so."""
        if not asks_for_changes(node, self.kinds):
            return None
        wanted = getattr(node.args[0], "value", None) if node.args else None
        for records in self.naming.controls.values():
            for record in records:
                if record.name == wanted:
                    self.notes.helpers.add("_is_modified")
                    return f"self._is_modified({self.naming.name(record)!r})"
        return None

    def _name(self, node: ast.AST) -> str | None:
        """Return ``self`` for parameters or data that are handed on as a whole."""
        is_whole = isinstance(node, ast.Name | ast.Attribute) and self.kinds.of(node) in (
            "parameters",
            "data",
        )
        return self._holder() if is_whole else None

    def _image(self, node: ast.expr) -> ImageRecord | None:
        """Return the image whose canvas an expression is."""
        if isinstance(node, ast.Attribute) and node.attr in self.notes.canvases:
            return self.notes.canvases[node.attr]
        if self._function in self.notes.events and self.kinds.of(node) == "canvas":
            return self.notes.events[self._function]
        return None

    def _extent(self, image: ImageRecord, axis: int) -> str:
        text = f"self.{self.naming.name(image)}.shape[{axis}]"
        return text if image.scale == 1 else f"int({image.scale:g} * {text})"

    def _text(self, node: ast.expr) -> str:
        """Return an expression in the new style as text."""
        outer, self.edits = self.edits, Edits(self._source_text)
        try:
            self._expression(node)
            return self.edits.text_of(node)
        finally:
            self.edits = outer


def _by_lines(statements: list[ast.stmt]) -> list[list[ast.stmt]]:
    """Return the statements in groups of those that share a line."""
    groups: list[list[ast.stmt]] = []
    for statement in statements:
        if groups and statement.lineno <= (groups[-1][-1].end_lineno or 0):
            groups[-1].append(statement)
        else:
            groups.append([statement])
    return groups


def _constant(node: ast.expr) -> object:
    """Return the value of a constant, also a negative number; None for what is none."""
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def _own_nodes(statement: ast.stmt) -> list[ast.AST]:
    """Return the nodes of a statement, but for those of the statements in its bodies."""
    found: list[ast.AST] = [statement]
    for node in ast.iter_child_nodes(statement):
        if not isinstance(node, ast.stmt | ast.ExceptHandler):
            found += list(ast.walk(node))
    return found


def _parts(node: ast.expr) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, ast.Tuple) else [node]


def _as_list(value: object) -> list[ast.AST]:
    parts = value if isinstance(value, list) else [value]
    return [part for part in parts if isinstance(part, ast.AST)]
