"""What a person is told to look at in a migrated script, though it works."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from ivisit.legacy.language.source import ScriptSource
from ivisit.legacy.tools.kinds import Kinds
from ivisit.legacy.tools.naming import Naming

#: What makes a generator of its own, of NumPy or of Python.
GENERATORS = ("default_rng", "Generator", "SeedSequence", "RandomState", "Random", "SystemRandom")


def remarks(
    nodes: Sequence[ast.AST], source: ScriptSource, kinds: Kinds, naming: Naming
) -> Iterator[str]:
    """Yield what is to be said of a statement, given all its expressions."""
    if any(_is_global_random(node, source) for node in nodes):
        yield "global random numbers; those of self.rng can be repeated"
    if any(_stores_a_parameter(node, kinds, naming) for node in nodes):
        yield "in the old style the widget's value came back in the next step"
    keeps_display = "display" in source.stored_attributes
    if not keeps_display and any(asks_for_changes(node, kinds) for node in nodes):
        yield "the old isModified() was always 0: bind() did not keep the display"


def _is_global_random(node: ast.AST, source: ScriptSource) -> bool:
    """Tell whether a node is a call of the global generator of NumPy or of Python."""
    if not isinstance(node, ast.Call):
        return False
    module, _, name = source.full_name(node.func).rpartition(".")
    return module in ("numpy.random", "random") and name not in GENERATORS


def _stores_a_parameter(node: ast.AST, kinds: Kinds, naming: Naming) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and not isinstance(node.ctx, ast.Load)
        and kinds.of(node.value) == "parameters"
        and node.attr in naming.controls
    )


def asks_for_changes(node: ast.AST, kinds: Kinds) -> bool:
    """Tell whether a node is a call of ``isModified`` of the simulation."""
    function = getattr(node, "func", None)
    return (
        isinstance(function, ast.Attribute)
        and function.attr == "isModified"
        and kinds.of(function.value) == "simulation"
    )
