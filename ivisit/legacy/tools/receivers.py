"""The first argument of methods: what a migrated script calls the simulation.

Methods of the simulation say ``self``, whatever the old script called it. Functions outside of
them, which in the old style reached parameters and data through their classes, find them in the
simulation that runs.
"""

from __future__ import annotations

import ast

from ivisit.legacy.language.source import SIMULATION, ScriptSource
from ivisit.legacy.tools.edits import Edits

#: The name of the simulation that runs, in a migrated script that needs one.
RUNNING = "_simulation"
#: Where it is made, and how it gets its value.
RUNNING_LINES = f"""\
# TODO: functions outside of the class know the simulation that runs by this name; hand it to them
{RUNNING} = None
"""
RUNNING_BEGINS = (f"        global {RUNNING}", f"        {RUNNING} = self")


def is_bound(method: ast.FunctionDef) -> bool:
    """Tell whether the first argument of a method is the object itself."""
    names = {getattr(decorator, "id", "") for decorator in method.decorator_list}
    return bool(method.args.args) and not names & {"staticmethod", "classmethod"}


def with_self(text: str, source: ScriptSource) -> str:
    """Return a script whose simulation's methods call their first argument ``self``."""
    edits = Edits(text)
    for node in source.classes(SIMULATION):
        for method in node.body:
            if not isinstance(method, ast.FunctionDef) or not is_bound(method):
                continue
            first = method.args.args[0]
            for part in ast.walk(method) if first.arg != "self" else ():
                if isinstance(part, ast.Name) and part.id == first.arg:
                    edits.replace(part, "self")
            if first.arg != "self":
                edits.replace(first, "self")
    return edits.made()
