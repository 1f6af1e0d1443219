"""`Mains`: what a script does to open its window, for which `iv.launch` takes the place."""

from __future__ import annotations

import ast

from ivisit.legacy.language.source import SIMULATION, ScriptSource
from ivisit.legacy.tools.kinds import called_name


class Mains:
    """The statements that make a script's simulation, run it, or open the window.

    Parameters
    ----------
    source : ScriptSource
        The script.
    """

    def __init__(self, source: ScriptSource) -> None:
        #: The functions, such as ``main``, that open the window.
        self._openers = {
            statement.name
            for statement in source.tree.body
            if isinstance(statement, ast.FunctionDef) and _opens(statement)
        }
        self._names = _names_of_simulations(source) | self._openers

    def has(self, statement: ast.stmt) -> bool:
        """Tell whether a statement of the module is one of them."""
        if isinstance(statement, ast.FunctionDef):
            return statement.name in self._openers
        if isinstance(statement, ast.ClassDef | ast.Import | ast.ImportFrom):
            return False
        return any(
            (isinstance(node, ast.Name) and node.id in self._names)
            or getattr(node, "attr", getattr(node, "id", "")) == "IVisit_main"
            for node in ast.walk(statement)
        )


def _opens(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(node, ast.Call) and called_name(node.func) == "IVisit_main"
        for node in ast.walk(function)
    )


def _names_of_simulations(source: ScriptSource) -> set[str]:
    """Return the names under which the script keeps its simulation."""
    classes = {node.name for node in source.classes(SIMULATION)} | {SIMULATION}
    names: set[str] = set()
    for statement in ast.walk(source.tree):
        if not (isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call)):
            continue
        if called_name(statement.value.func) in classes:
            names |= {t.id for t in statement.targets if isinstance(t, ast.Name)}
    return names
