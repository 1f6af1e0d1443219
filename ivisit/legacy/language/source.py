"""`ScriptSource`: what the code of an old script says, read without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

#: Classes from which a script derives its own.
PARAMETERS, DATA, SIMULATION = "IVisit_Parameters", "IVisit_Data", "IVisit_Simulation"
#: What is called to make a simulation, by the script's own class or at once.
CONSTRUCTORS = ("__init__", SIMULATION)


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
        """Return the classes that derive, directly or not, from `base`.

        Parameters and data may be kept in any class: those that the simulation is made with.
        """
        names = {base}
        given = self._given.get(base, set())
        found = []
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.ClassDef):
                continue
            if node.name in given or names & set(map(_last_name, node.bases)):
                names.add(node.name)
                found.append(node)
        return found

    @cached_property
    def _given(self) -> dict[str, set[str]]:
        """Names of the classes that are handed to ``IVisit_Simulation.__init__``."""
        given: dict[str, set[str]] = {PARAMETERS: set(), DATA: set()}
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.Call) or _last_name(node.func) not in CONSTRUCTORS:
                continue
            holder = getattr(node.func, "value", None)
            # Called of the class itself, the method is given the simulation first.
            first = 1 + (_last_name(node.func) == "__init__" and not isinstance(holder, ast.Call))
            places = {PARAMETERS: (first, "parameters_arg"), DATA: (first + 1, "data_arg")}
            for base, (place, keyword) in places.items():
                arguments = [*node.args[place : place + 1]]
                arguments += [k.value for k in node.keywords if k.arg == keyword]
                given[base] |= {a.id for a in arguments if isinstance(a, ast.Name)}
        return given

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
    def imported(self) -> dict[str, str]:
        """Names that the script imports, with what they stand for, such as ``numpy.random``."""
        names = {"np": "numpy"} if "ivisit" in self.star_imports else {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    whole = alias.name if alias.asname else alias.name.partition(".")[0]
                    names[alias.asname or whole] = whole
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        return names

    def full_name(self, node: ast.expr) -> str:
        """Return ``numpy.random.rand`` for the expression ``rnd.rand``; "" where none is known."""
        first, _, rest = ast.unparse(node).partition(".")
        whole = self.imported.get(first, "")
        return f"{whole}.{rest}" if whole and rest else whole

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
