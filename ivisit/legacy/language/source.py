"""`ScriptSource`: what the code of an old script says, read without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

#: Classes from which a script derives its own.
PARAMETERS, DATA, SIMULATION = "IVisit_Parameters", "IVisit_Data", "IVisit_Simulation"


class ScriptSource:
    """Names and classes in a script.

    Parameters
    ----------
    tree : ast.Module
        The parsed script.

    Attributes
    ----------
    parameters, data : dict of str to expression, or None
        Attributes of the script's own class of parameters or data, with the expressions that
        they begin with; None where the script has no such class.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.parameters = self._attributes(PARAMETERS)
        self.data = self._attributes(DATA)

    def classes(self, base: str) -> list[ast.ClassDef]:
        """Return the classes that derive, directly or not, from `base`."""
        names = {base}
        found = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef) and names & set(map(_last_name, node.bases)):
                names.add(node.name)
                found.append(node)
        return found

    def _attributes(self, base: str) -> dict[str, ast.expr | None] | None:
        classes = self.classes(base)
        if not classes:
            return None
        attributes: dict[str, ast.expr | None] = {}
        for node in classes:
            for statement in node.body:
                if isinstance(statement, ast.Assign):
                    attributes |= dict(_assigned(statement))
                elif isinstance(statement, ast.AnnAssign):
                    attributes[_last_name(statement.target)] = statement.value
        return attributes

    @cached_property
    def stored_attributes(self) -> dict[str, int]:
        """Attributes that are assigned to, of whatever object, with the first line."""
        return self._first_lines(
            (node.attr, node.lineno)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
        )

    @cached_property
    def loaded_names(self) -> dict[str, int]:
        """Names that are used, with the first line."""
        return self._first_lines(
            (node.id, node.lineno)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        )

    @cached_property
    def defined_names(self) -> set[str]:
        """Names that the script itself defines or imports, anywhere."""
        names = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                names.add(node.id)
            elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
                names.add(node.name)
            elif isinstance(node, ast.arg):
                names.add(node.arg)
            elif isinstance(node, ast.alias):
                names.add((node.asname or node.name).partition(".")[0])
            elif isinstance(node, ast.ExceptHandler) and node.name:
                names.add(node.name)
        return names

    @cached_property
    def star_imports(self) -> list[str]:
        """Modules of which everything is imported."""
        return [
            node.module or ""
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names)
        ]

    @cached_property
    def method_calls(self) -> dict[str, int]:
        """Names of the methods that are called, with the first line."""
        return self._first_lines(
            (node.func.attr, node.lineno)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        )

    def module_attributes(self, module: str) -> dict[str, int]:
        """Return the attributes of a module that the script uses, with the first line."""
        names = {
            alias.asname or alias.name
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Import)
            for alias in node.names
            if alias.name == module
        }
        return self._first_lines(
            (node.attr, node.lineno)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in names
        )

    @staticmethod
    def _first_lines(found: Iterator[tuple[str, int]]) -> dict[str, int]:
        lines: dict[str, int] = {}
        for name, line in found:
            lines[name] = min(line, lines.get(name, line))
        return lines


def _last_name(node: ast.expr) -> str:
    """Return ``c`` for the expressions ``c`` and ``a.b.c``."""
    return str(getattr(node, "attr", None) or getattr(node, "id", ""))


def _assigned(statement: ast.Assign) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield the names that an assignment binds, with the expression where it is their own."""
    for target in statement.targets:
        yield from _bound(target, statement.value)


def _bound(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, ast.expr | None]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Starred):
        yield from _bound(target.value, None)
    elif isinstance(target, ast.Tuple | ast.List):
        values = getattr(value, "elts", [])
        is_paired = len(values) == len(target.elts) and not any(
            isinstance(one, ast.Starred) for one in [*target.elts, *values]
        )
        parts = values if is_paired else [None] * len(target.elts)
        for part, own in zip(target.elts, parts, strict=True):
            yield from _bound(part, own)
