"""What is wrong or doubtful in an old script, found without running it."""

from __future__ import annotations

import ast
import builtins
import os
from collections.abc import Iterator
from pathlib import Path

import ivisit
from ivisit.errors import closest
from ivisit.legacy.language.directives import parse_directives
from ivisit.legacy.language.lines import MARK, read_source
from ivisit.legacy.language.source import ScriptSource
from ivisit.legacy.records import (
    DataRecord,
    DictSliderRecord,
    Finding,
    ParameterRecord,
    WidgetRecord,
)
from ivisit.legacy.running.adapter import OldSimulation
from ivisit.legacy.tools.uses import Use, uses
from ivisit.reserved import RESERVED

#: The modules whose names a star import of an old script brings.
STAR_MODULES = ("ivisit", "ivisit.matplotlib", "ivisit.special")


def check_script(path: str | os.PathLike[str]) -> list[Finding]:
    """Return the findings about an old script, by line.

    Parameters
    ----------
    path : path-like
        The script.

    Raises
    ------
    DirectiveError
        When the script cannot be read.
    """
    file = Path(path)
    text = read_source(file)
    if MARK not in text:
        message = f"has no line with {MARK}; is it a script for IVISIT 0.7x?"
        return [Finding(0, message, file=str(file))]
    directives = parse_directives(text, str(file))
    findings = list(directives.findings)
    try:
        source = ScriptSource(ast.parse(text))
    except SyntaxError as error:
        message = f"is not valid Python: {error.msg}"
        return [*findings, Finding(error.lineno or 0, message, "error", str(file))]
    for block in directives.blocks:
        for widget in block.widgets:
            findings += (
                Finding(widget.line, f"{widget.name!r}: {message}", severity, str(file))
                for message, severity in _about(widget, source)
            )
    findings += (
        Finding(line, message, "warning", str(file)) for line, message in _about_code(source)
    )
    findings += (
        Finding(use.line, str(use), "warning", str(file)) for use in uses(source) if not use.works
    )
    return sorted(findings, key=lambda finding: finding.line)


def script_uses(path: str | os.PathLike[str]) -> list[Use]:
    """Return what an old script uses of the old interface, by line; see `check_script`."""
    return uses(ScriptSource(ast.parse(read_source(Path(path)))))


def _about(widget: WidgetRecord, source: ScriptSource) -> Iterator[tuple[str, str]]:
    """Yield what is doubtful about a widget's name and attribute."""
    if widget.name in RESERVED or hasattr(OldSimulation, widget.name):
        attribute = getattr(widget, "parameter", "") or getattr(widget, "data", "")
        yield (
            f"the name belongs to ivisit; it works, and in parameter sets and on the command line "
            f"the widget is called '{widget.name} ({attribute})'",
            "note",
        )
    if isinstance(widget, DataRecord) and source.data is not None:
        # Data may be made anywhere, e.g. by "d.x = ..." in step().
        if widget.data not in source.data and widget.data not in source.stored_attributes:
            hint = closest(widget.data, [*source.data, *source.stored_attributes])
            yield f"nothing in the script makes the data {widget.data!r}.{hint}", "warning"
    elif isinstance(widget, ParameterRecord) and source.parameters is not None:
        yield from _about_parameter(widget, source.parameters)


def _about_parameter(
    widget: ParameterRecord, parameters: dict[str, ast.expr | None]
) -> Iterator[tuple[str, str]]:
    name = widget.parameter
    if name not in parameters:
        hint = closest(name, parameters)
        yield f"the parameters have no attribute {name!r}; it will be created.{hint}", "warning"
        return
    value = parameters[name]
    if isinstance(widget, DictSliderRecord):
        if value is not None and not _may_be_dict(value):
            yield f"the parameter {name!r} is no dict and will be replaced by one", "warning"
    elif isinstance(value, ast.List | ast.Tuple) and not 0 <= widget.index < len(value.elts):
        message = (
            f"the parameter {name!r} is a list of {len(value.elts)}, so listindex must be between "
            f"0 and {len(value.elts) - 1}, not {widget.index}; the widget will be missing"
        )
        yield message, "error"


def _may_be_dict(value: ast.expr) -> bool:
    return not isinstance(value, ast.Constant | ast.List | ast.Tuple | ast.Set)


def _about_code(source: ScriptSource) -> Iterator[tuple[int, str]]:
    """Yield lines of the script's code that will not work, or not as they look."""
    for name, line in source.module_attributes("ivisit").items():
        if not hasattr(ivisit, name):
            yield line, f"ivisit has no {name!r} any more.{closest(name, ivisit.__all__)}"
    if source.star_imports and set(source.star_imports) <= set(STAR_MODULES):
        known = {*dir(builtins), *ivisit.__all__, *source.defined_names, *_star_names()}
        for name, line in source.loaded_names.items():
            if name not in known and not name.startswith("__"):
                yield (
                    line,
                    (
                        f"{name!r} is defined nowhere; if it came with 'from ivisit import *', "
                        "import it from where it belongs"
                    ),
                )
        for name in ("Image", "Button"):
            if name in source.loaded_names and name not in source.defined_names:
                yield (
                    source.loaded_names[name],
                    (f"{name!r} is ivisit's own now; import Pillow's or Tk's {name} yourself"),
                )
    called_at = source.method_calls.get("isModified")
    if called_at and "display" not in source.stored_attributes:
        yield (
            called_at,
            (
                "isModified() always returns 0 as long as bind() does not keep its second argument "
                "as self.display"
            ),
        )


def _star_names() -> set[str]:
    import ivisit.matplotlib
    import ivisit.special

    return {*ivisit.matplotlib.__all__, *ivisit.special.__all__}
