"""An old script as a skeleton in the new style: ``ivisit migrate old_script.py``."""

from __future__ import annotations

import ast
import keyword
import os
import re
from collections.abc import Container, Iterable
from pathlib import Path
from unicodedata import normalize

from ivisit.errors import DirectiveError
from ivisit.legacy.language.directives import parse_directives
from ivisit.legacy.language.grid import Grid
from ivisit.legacy.language.lines import read_source
from ivisit.legacy.language.source import SIMULATION, ScriptSource
from ivisit.legacy.names import free_name
from ivisit.legacy.records import (
    Block,
    ButtonRecord,
    CheckboxRecord,
    CommentRecord,
    DictSliderRecord,
    ImageRecord,
    ListRecord,
    ParameterRecord,
    RadioRecord,
    SliderRecord,
    TextOutRecord,
    TextRecord,
    WidgetRecord,
)
from ivisit.reserved import RESERVED
from ivisit.simulation import Simulation

#: Methods of an old simulation, and what the new method says about the old one.
METHODS = {
    "main_init": "Prepare what all runs share.",
    "init": "Start a run.",
    "step": "Compute one step.",
}


def skeleton(path: str | os.PathLike[str]) -> str:
    """Return Python source: the controls and panels declared, the old methods as comments.

    Parameters
    ----------
    path : path-like
        The old script.

    Raises
    ------
    DirectiveError
        When the script cannot be read or has no directives.
    """
    file = Path(path)
    text = read_source(file)
    blocks = parse_directives(text, str(file)).blocks
    if not blocks:
        raise DirectiveError(f"{file}: has no directives from which a simulation could be made")
    methods = _methods(text)
    names: list[str] = []
    classes = []
    for block in blocks:
        names.append(_class_name(block.name or file.stem, names))
        classes.append(_class_source(names[-1], block, methods))
    launches = "\n".join(f"    iv.launch({name})" for name in names[:1])
    return (
        f'"""{_plain(file.stem)}: made from a script for IVISIT 0.7x by \'ivisit migrate\'."""\n\n'
        "import numpy as np\n\nimport ivisit as iv\n\n\n"
        + "\n\n".join(classes)
        + f'\n\nif __name__ == "__main__":\n{launches}\n'
    )


def _class_source(name: str, block: Block, methods: dict[str, list[str]]) -> str:
    """Return the source of one class."""
    lines = [f"class {name}(iv.Simulation):", f'    """{_plain(block.name or name)}."""', ""]
    taken: set[str] = set()
    for widget in block.widgets:
        attribute = _attribute(widget, taken)
        lines.append(f"    {attribute} = {_declaration(widget)}")
    for method, summary in METHODS.items():
        if method == "main_init" and not methods.get(method):
            continue
        lines += ["", f"    def {method}(self):", f'        """{summary}"""']
        lines += [f"        {line}".rstrip() for line in _as_comment(methods.get(method, []))]
        if method == "step":
            lines.append("        raise NotImplementedError")
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Return `text` without the characters that mean something in a docstring."""
    return text.replace("\\", "/").replace('"', "'")


def _as_comment(source: Iterable[str]) -> list[str]:
    lines = [f"# {line}".rstrip() for line in source]
    return ["# In the old script:", *lines] if lines else []


def _methods(text: str) -> dict[str, list[str]]:
    """Return the source lines of the old simulation's methods, without indentation."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return {}
    lines = text.split("\n")
    found: dict[str, list[str]] = {}
    for node in ScriptSource(tree).classes(SIMULATION):
        for method in node.body:
            if isinstance(method, ast.FunctionDef) and method.name in METHODS:
                body = lines[method.lineno - 1 : method.end_lineno]
                indent = len(body[0]) - len(body[0].lstrip())
                found[method.name] = [
                    line[indent:] if not line[:indent].strip() else line for line in body
                ]
    return found


def _class_name(name: str, taken: list[str]) -> str:
    """Return a class name made of the words of `name`."""
    words = re.findall(r"[A-Za-z0-9]+", name) or ["Simulation"]
    proper = "".join(word[:1].upper() + word[1:] for word in words)
    is_usable = proper.isidentifier() and not keyword.iskeyword(proper)
    return _free(proper if is_usable else f"Simulation{proper}", taken)


def _attribute(widget: WidgetRecord, taken: set[str]) -> str:
    """Return the name of an attribute: that of the old parameter or data, where it is free."""
    name = widget.name
    if isinstance(widget, ParameterRecord):
        name = widget.parameter
    elif isinstance(widget, ImageRecord | TextOutRecord):
        name = widget.data
    word = "".join(c if f"a{c}".isidentifier() else "_" for c in normalize("NFKC", name))
    word = word.strip("_") or "widget"
    if not word.isidentifier():  # it begins with a digit
        word = f"p_{word}"
    if keyword.iskeyword(word) or word in RESERVED or hasattr(Simulation, word):
        word = f"{word}_"
    free = _free(word, taken)
    taken.add(free)
    return free


def _free(name: str, taken: Container[str]) -> str:
    return free_name(name, is_free=lambda free: free not in taken, numbered="{}_{}")


def _declaration(widget: WidgetRecord) -> str:
    """Return the expression that declares the control or panel."""
    label = f"label={widget.name!r}"
    if isinstance(widget, SliderRecord):
        return f"iv.Slider({_slider_arguments(widget.value, widget.grid)}, {label})"
    if isinstance(widget, DictSliderRecord):
        items = ", ".join(
            f"{item.key!r}: iv.Slider({_slider_arguments(item.value, item.grid)}, "
            f"label={item.name!r})"
            for item in widget.items
        )
        return f"iv.DictSlider({{{items}}}, {label})"
    if isinstance(widget, ListRecord):
        kind = "RadioButtons" if isinstance(widget, RadioRecord) else "OptionList"
        options = list(dict.fromkeys((*widget.options, widget.value)))
        return f"iv.{kind}({widget.value!r}, {options!r}, {label})"
    if isinstance(widget, CheckboxRecord):
        states = {
            name or str(number): digit == "1"
            for number, (name, digit) in enumerate(
                zip(widget.labels, widget.value, strict=True), start=1
            )
        }
        return f"iv.CheckboxGroup({states!r}, {label})"
    if isinstance(widget, ButtonRecord):
        return f"iv.Button({widget.text!r})"
    if isinstance(widget, TextRecord):
        lines = f"lines={widget.rows}, " if widget.rows > 1 else ""
        return f"iv.TextBox({widget.value!r}, {lines}{label})"
    if isinstance(widget, ImageRecord):
        return f"iv.Image(vmin=0, vmax=255, {label})"
    if isinstance(widget, TextOutRecord):
        return f"iv.TextOutput(align={widget.align!r}, {label})"
    assert isinstance(widget, CommentRecord)
    return f"iv.Comment({widget.text!r})"


def _slider_arguments(value: float, grid: Grid) -> str:
    """Return default, bounds and step of a slider."""
    low, high = min(grid.minimum, value), max(grid.maximum, value)
    step = min(grid.resolution, high - low)
    return f"{value!r}, {low!r}, {high!r}" + (f", step={step!r}" if step else "")
