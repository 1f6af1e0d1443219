"""Every public name says what it is, what it takes and what comes back, as numpydoc has it."""

from __future__ import annotations

import importlib
import inspect
import re
from types import ModuleType

import pytest

from docs.tools.reference import GROUPS, is_own
from docs.tools.reference.package_pages import inherited_names

PUBLIC = [
    (package, name)
    for package in GROUPS
    for name in importlib.import_module(package).__all__
    if is_own(package, getattr(importlib.import_module(package), name))
]
MODULES = [
    (p, n) for p, n in PUBLIC if isinstance(getattr(importlib.import_module(p), n), ModuleType)
]
#: Empty, or with the arguments of something that is named in their docstring.
HEADLESS = {"RadioButtons": "OptionList"}


#: Classes whose methods users call; kinds, rules and optimizers keep the contract of a base.
FOR_USERS = {
    *("RunResult", "SweepResult", "OptimizeResult", "Comparison", "ParameterStore", "ParameterSet"),
    *("Simulation", "Engine", "AssociativeMemory", "BinaryMemory", "RetrievalResult", "History"),
    *("Trainer", "AskTell"),
}


def thing(package, name):
    return getattr(importlib.import_module(package), name)


def sections(doc: str) -> dict[str, str]:
    """Return the sections of a docstring by heading; the summary is under ''."""
    parts = re.split(r"^([A-Z][A-Za-z ]+)\n-{3,}$", inspect.cleandoc(doc or ""), flags=re.M)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def parameters(function) -> list[str]:
    """Return the names of what a call takes."""
    return [
        p.name
        for p in inspect.signature(function).parameters.values()
        if p.name not in ("self", "cls") and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]


def undocumented(names: list[str], text: str) -> list[str]:
    return [name for name in names if not re.search(rf"\b{re.escape(name)}\b", text)]


@pytest.mark.parametrize(("package", "name"), PUBLIC, ids=lambda x: x)
def test_a_public_name_has_a_summary_and_the_sections_that_apply(package, name):
    it = thing(package, name)
    if isinstance(it, dict):
        return  # the reference lists what is in it
    parts = sections(it.__doc__)
    assert parts[""].strip(), "no summary"
    assert parts[""].strip().split("\n\n")[0].endswith((".", ":", "::")), (
        "the summary is no sentence"
    )
    if isinstance(it, ModuleType) or (isinstance(it, type) and issubclass(it, Exception)):
        return
    if name in HEADLESS:
        assert HEADLESS[name] in parts[""]
        return
    told = parts.get("Parameters", "") + parts.get("Attributes", "")
    assert not undocumented(parameters(it), told), "arguments without a word"
    returns = getattr(it, "__annotations__", {}).get("return", "None")
    if inspect.isfunction(it) and returns not in ("None", None):
        assert "Returns" in parts or "Yields" in parts


@pytest.mark.parametrize(("package", "name"), MODULES, ids=lambda x: x)
def test_the_functions_of_a_public_module_have_the_sections_that_apply(package, name):
    module = thing(package, name)
    for title, function in vars(module).items():
        if title.startswith("_") or not inspect.isfunction(function):
            continue
        if function.__module__ == module.__name__:
            parts = sections(function.__doc__)
            told = parts.get("Parameters", "")
            assert not undocumented(parameters(function), told), (
                f"{title}: arguments without a word"
            )
            # Of a number the summary says all.
            scalar = function.__annotations__["return"] in ("float", "int", "bool", "str", "None")
            said = scalar and parts[""].startswith("Return ")
            assert said or {"Returns", "Yields"} & {*parts}, f"{title}: what does it return?"


@pytest.mark.parametrize(("package", "name"), PUBLIC, ids=lambda x: x)
def test_the_methods_of_a_public_class_have_docstrings(package, name):
    it = thing(package, name)
    if not isinstance(it, type):
        return
    for title, method in vars(it).items():
        if not title.startswith("_") and (
            inspect.isfunction(method) or isinstance(method, property)
        ):
            assert inspect.getdoc(getattr(it, title)), f"{name}.{title} has no docstring"


@pytest.mark.parametrize(
    ("package", "name"), [p for p in PUBLIC if p[1] in FOR_USERS], ids=lambda x: x
)
def test_the_methods_that_users_call_tell_their_arguments(package, name):
    it = thing(package, name)
    own = [title for title in vars(it) if not title.startswith("_")]
    for title in [*own, *inherited_names(package, it)]:
        method = inspect.getattr_static(it, title)
        method = getattr(method, "__func__", method)
        if inspect.isfunction(method):
            text = inspect.getdoc(getattr(it, title)) or ""
            assert not undocumented(parameters(method), text), f"{title}: arguments without a word"
