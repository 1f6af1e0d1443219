"""`Outside`: what stands outside of the simulation's class, in the new style."""

from __future__ import annotations

import ast

from ivisit.legacy.language.source import DATA, PARAMETERS, SIMULATION, ScriptSource
from ivisit.legacy.tools.edits import Edits
from ivisit.legacy.tools.kinds import Kinds
from ivisit.legacy.tools.mains import Mains
from ivisit.legacy.tools.statements import is_docstring, is_future, is_import_of_ivisit
from ivisit.legacy.tools.translate import Translator


class Outside:
    """Translates functions, other classes and statements of a script.

    Parameters
    ----------
    script : ScriptSource
        The script.
    translator : Translator
        Translates bodies.
    kinds : Kinds
        What the script's names stand for.
    edits : Edits
        Where the changes go.

    Attributes
    ----------
    has_annotations : bool
        Whether the script leaves annotations alone; what else it has ``from __future__`` holds
        anyhow.
    """

    def __init__(
        self, script: ScriptSource, translator: Translator, kinds: Kinds, edits: Edits
    ) -> None:
        self.script = script
        self.translator = translator
        self.kinds = kinds
        self.edits = edits
        self.has_annotations = False

    def translate(self) -> None:
        """Translate all of it."""
        body = self.script.tree.body
        if body and is_docstring(body[0]):
            self.translator.drop(body[0])
        mains = Mains(self.script)
        done = [one for base in (SIMULATION, PARAMETERS, DATA) for one in self.script.classes(base)]
        for statement in body:
            if statement in done:
                continue
            if is_future(statement):
                self.has_annotations |= "annotations" in ast.unparse(statement)
                self.translator.drop(statement)
            elif self._is_needless(statement, mains):
                self.translator.drop(statement)
            else:
                self._translate(statement)

    def _is_needless(self, statement: ast.stmt, mains: Mains) -> bool:
        if mains.has(statement) or is_import_of_ivisit(statement):
            return True
        return isinstance(statement, ast.Assign) and self.translator.is_needless(statement)

    def _translate(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.FunctionDef):
            self.translator.body(statement.body)
        elif isinstance(statement, ast.ClassDef):
            for method in statement.body:
                if isinstance(method, ast.FunctionDef):
                    self.translator.body(method.body)
        else:
            self._write_constants(statement)

    def _write_constants(self, statement: ast.stmt) -> None:
        """Write what parameters begin with where a statement reads them before anything runs."""
        for node in ast.walk(statement):
            if isinstance(node, ast.Attribute) and self.kinds.of(node.value) == "parameters":
                value = (self.script.parameters or {}).get(node.attr)
                if value is not None:
                    self.edits.replace(node, ast.unparse(value))
