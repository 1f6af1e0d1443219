"""Tell which simulations a file has by reading it: nothing is executed."""

from __future__ import annotations

import ast
from functools import lru_cache

#: A line with this text marks a script of IVISIT 0.7x.
OLD_SCRIPT_MARK = b"@IVISIT:"


@lru_cache(maxsize=256)
def describe(content: bytes) -> dict[str, str] | str:
    """Return the summaries of the simulations in a file by the names of their classes.

    Returns
    -------
    dict of str to str, or str
        Empty where there are none; for an old script one, without a name; a text says why the
        file cannot be read.
    """
    try:
        tree = ast.parse(content)
        docstring = ast.get_docstring(tree)
        classes = _simulation_classes(tree)
    except (MemoryError, RecursionError) as error:
        return f"{type(error).__name__}: {str(error) or 'it is nested too deeply'}"
    except (SyntaxError, ValueError) as error:
        return str(error)
    if OLD_SCRIPT_MARK in content:
        return {"": summary_of(docstring) or "A script for IVISIT 0.7x."}
    only = docstring if len(classes) == 1 else ""
    return {c.name: summary_of(ast.get_docstring(c) or only) for c in classes}


def _simulation_classes(tree: ast.Module) -> list[ast.ClassDef]:
    """Return the classes that derive from ``Simulation``, directly or through one of them.

    Abstract ones do not count.
    """
    #: Name of a class that is known -> names of the methods that are still to be written.
    missing: dict[str, set[str]] = {"Simulation": set()}
    classes = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            # "iv.Simulation" has an attribute of that name, a bare "Simulation" an id.
            bases = {getattr(b, "attr", None) or getattr(b, "id", None) for b in node.bases}
            known = [missing[base] for base in bases if base in missing]
            abstract, written = _methods(node)
            if known:
                missing[node.name] = (set().union(*known) - written) | abstract
                if not missing[node.name]:
                    classes.append(node)
    return classes


def _methods(node: ast.ClassDef) -> tuple[set[str], set[str]]:
    """Return the names that a class declares as abstract, and those that it defines."""
    abstract: set[str] = set()
    written: set[str] = set()
    for part in node.body:
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            marks = {getattr(d, "attr", None) or getattr(d, "id", "") for d in part.decorator_list}
            is_abstract = any(str(mark).startswith("abstract") for mark in marks)
            (abstract if is_abstract else written).add(part.name)
        elif isinstance(part, ast.Assign):
            written.update(t.id for t in part.targets if isinstance(t, ast.Name))
        elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            written.add(part.target.id)
    return abstract, written


def summary_of(docstring: str | None) -> str:
    """Return the first paragraph of a docstring as one line."""
    return " ".join((docstring or "").strip().partition("\n\n")[0].split())
