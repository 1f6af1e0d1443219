"""An old script in the new style: ``ivisit migrate old_script.py``.

The result runs for what most scripts are: parameters, images, pictures of Matplotlib, texts,
clicks. What has no certain translation is marked with ``TODO``.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

from ivisit.errors import DirectiveError
from ivisit.legacy.language.directives import parse_directives
from ivisit.legacy.language.lines import MARK, read_source
from ivisit.legacy.language.source import DATA, PARAMETERS, SIMULATION, ScriptSource
from ivisit.legacy.records import (
    Block,
    DictSliderRecord,
    ParameterRecord,
    TextOutRecord,
    WidgetRecord,
)
from ivisit.legacy.running.bindings import bind
from ivisit.legacy.running.declare import panel_of
from ivisit.legacy.tools.blocks import BlockWidgets, constant_of
from ivisit.legacy.tools.edits import Edits
from ivisit.legacy.tools.kinds import Kinds
from ivisit.legacy.tools.naming import Naming, class_name, name_all
from ivisit.legacy.tools.outside import Outside
from ivisit.legacy.tools.pointers import read_bindings
from ivisit.legacy.tools.receivers import (
    RUNNING,
    RUNNING_BEGINS,
    RUNNING_LINES,
    is_bound,
    with_self,
)
from ivisit.legacy.tools.statements import (
    BASE_ATTRIBUTES,
    HELPERS,
    LEAKED,
    is_docstring,
    is_text,
    plain,
)
from ivisit.legacy.tools.translate import Translator

#: A line that declares the old file's encoding; the new one has Python's usual one.
CODING = re.compile(r"#.*coding[:=]")


def migrated(path: str | os.PathLike[str]) -> str:
    """Return the Python source of a new simulation that does what an old script does.

    Parameters
    ----------
    path : path-like
        The old script.

    Raises
    ------
    DirectiveError
        When the script cannot be read, is not valid Python, or has no directives.
    """
    file = Path(path)
    text = read_source(file)
    blocks = parse_directives(text, str(file)).blocks
    if not blocks:
        raise DirectiveError(f"{file}: has no directives from which a simulation could be made")
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise DirectiveError(f"{file}: is not valid Python: {error}") from error
    text = with_self(text, ScriptSource(tree))
    return _Migration(file.stem, text, ScriptSource(ast.parse(text)), blocks).source()


class _Migration:
    """The parts of one migration.

    Of scripts with several SIMULATION blocks, each becomes a class with the widgets of its own,
    derived from one with the methods.
    """

    def __init__(self, stem: str, text: str, source: ScriptSource, blocks: list[Block]) -> None:
        self.stem = stem
        self.script = source
        self.block, self.blocks = blocks[0], blocks
        lists = [n for n, v in (source.parameters or {}).items() if isinstance(v, ast.List)]
        self.widgets = BlockWidgets(blocks, lists)
        self.kinds = Kinds(source)
        self.edits = Edits(text)
        self.simulations = source.classes(SIMULATION)
        self.naming = self._named()
        self.notes = read_bindings(self.kinds, self.naming)
        self.translator = Translator(text, source, self.kinds, self.naming, self.notes, self.edits)
        others = source.defined_names - {node.name for node in self.simulations}
        self._kept: dict[int, bool] = {}
        self._has: dict[str, set[str]] = {}
        self.name = class_name(self.block.name or stem, others)
        if len(blocks) > 1:
            has_class = bool(self.simulations)
            self.name = self.simulations[0].name if has_class else class_name(stem, others)

    def _named(self) -> Naming:
        own = {
            node.attr
            for node in ast.walk(self.script.tree)
            if isinstance(node, ast.Attribute) and self.kinds.of(node.value) == "simulation"
        }
        panels = {w.data: w for w in self.widgets.widgets if isinstance(w, TextOutRecord)}
        not_own = {"parameters", "data", "isModified", *BASE_ATTRIBUTES}
        data = {
            name: name in panels and not is_text(value)
            for name, value in (self.script.data or {}).items()
        }
        for node in ast.walk(self.script.tree):
            if isinstance(node, ast.Attribute) and self.kinds.of(node.value) == "data":
                data.setdefault(node.attr, False)
        naming = name_all(
            self.widgets.widgets,
            {n: isinstance(v, ast.List) for n, v in (self.script.parameters or {}).items()},
            data,
            (own | set(self.kinds.methods)) - not_own,
        )
        self.widgets.name_others(naming.widgets)
        return naming

    # The file --------------------------------------------------------------------------------

    def source(self) -> str:
        """Return the source of the new file."""
        # What a method begins with depends on what the others use, and on what stands outside.
        for node in self.simulations:
            self._translate(node)
        outside = Outside(self.script, self.translator, self.kinds, self.edits)
        outside.translate()
        classes = [
            self._class(node, is_first=number == 0) for number, node in enumerate(self.simulations)
        ]
        for node in [*self.script.classes(PARAMETERS), *self.script.classes(DATA)]:
            self.edits.replace_lines(node.lineno, node.end_lineno or node.lineno, "")
        for node, text in zip(self.simulations, classes, strict=True):
            self.edits.replace_lines(node.lineno, node.end_lineno or node.lineno, text)
        lines = self.edits.made().splitlines(True)
        shell = lines.pop(0) if lines and lines[0].startswith("#!") else ""
        body = "".join(line for line in lines if MARK not in line and not CODING.match(line))
        if not self.simulations:
            body += "\n\n" + self._new_class()
        head = f"{plain(self.stem)}: made from a script for IVISIT 0.7x by 'ivisit migrate'."
        helpers = [HELPERS[name] for name in sorted(self.notes.helpers & set(HELPERS))]
        launched = self.simulations[-1].name if len(self.simulations) > 1 else self.name
        derived: list[str] = []
        if len(self.blocks) > 1:
            derived, launched = self._derived(launched)
        future = "from __future__ import annotations\n\n" * outside.has_annotations
        running = f"\n\n{RUNNING_LINES}\n" * self._needs_running
        parts = [
            f'{shell}"""{head}"""\n\n{future}{self._imports(body)}{running}\n{body.strip()}',
            *helpers,
            *derived,
            f'if __name__ == "__main__":\n    iv.launch({launched})',
        ]
        text = "\n\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"
        return re.sub(r"\n{4,}", "\n\n\n", text)

    def _translate(self, node: ast.ClassDef) -> None:
        """Translate the methods of a simulation's class, whose bases have been before."""
        bases = [ast.unparse(base) for base in node.bases]
        self.translator.inherited = {m for base in bases for m in self._has.get(base, ())}
        has = self._has[node.name] = set(self.translator.inherited)
        for method in node.body:
            if isinstance(method, ast.FunctionDef):
                function = method.name if is_bound(method) else ""
                left = self.translator.body(method.body, function) > 0
                self._kept[id(method)] = left
                if left or method.name not in ("__init__", "bind"):
                    has.add(method.name)

    def _derived(self, base: str) -> tuple[list[str], str]:
        """Return a class for each of several SIMULATION blocks, and the name of the first."""
        taken = {*self.script.defined_names, self.name}
        classes: list[str] = []
        names: list[str] = []
        for block in self.blocks:
            names.append(class_name(block.name or self.stem, [*taken, *names]))
            lines = [f"class {names[-1]}({base}):", f'    """{plain(block.name or names[-1])}."""']
            classes.append("\n".join([*lines, "", *self._controls_and_panels(block)]))
        return classes, names[0]

    def _imports(self, body: str) -> str:
        lines = ["import ivisit as iv"]
        if "ivisit" in self.script.star_imports:
            used = set(LEAKED) & set(self.script.loaded_names) - self.script.defined_names
            lines = [LEAKED[name] for name in sorted(used)] + lines
        if "threading.Lock()" in body and "import threading" not in "\n".join([*lines, body]):
            lines.insert(0, "import threading")
        is_known = {"ivisit.matplotlib", "ivisit.special"} & set(self.script.star_imports)
        if "getDataPos_from_PixelPos" in body and not is_known:
            lines.append("from ivisit.matplotlib import getDataPos_from_PixelPos")
        return "\n".join(lines)

    # The class -------------------------------------------------------------------------------

    def _new_class(self) -> str:
        """Return a class for a script that has none."""
        lines = [f"class {self.name}(iv.Simulation):", f'    """{self._summary()}"""', ""]
        lines += [*self._declarations(), *self._initial(), "    def step(self):"]
        return "\n".join([*lines, "        raise NotImplementedError\n"])

    def _summary(self) -> str:
        doc = ast.get_docstring(self.script.tree)
        return plain(doc or f"{(len(self.blocks) == 1 and self.block.name) or self.name}.")

    def _class(self, node: ast.ClassDef, *, is_first: bool) -> str:
        """Return the source of a simulation's class in the new style."""
        doc = ast.get_docstring(node)
        bases = "iv.Simulation" if is_first else ", ".join(map(ast.unparse, node.bases))
        name = self.name if is_first else node.name
        if not is_first and node.bases and ast.unparse(node.bases[0]) == self.simulations[0].name:
            bases = self.name
        lines = [f"class {name}({bases}):"]
        lines.append(f'    """{plain(doc) if doc else self._summary()}"""\n')
        methods = [self._method(m) for m in node.body if not is_docstring(m)]
        if is_first:
            lines += [*self._declarations(), *self._initial_method(node), *self._pointer(node)]
        text = "\n".join([*lines, *methods]).rstrip()
        return re.sub(r"\n{3,}", "\n\n", text) + "\n\n\n"

    def _controls_and_panels(self, block: Block) -> Iterator[str]:
        for widget in block.widgets:
            if id(widget) not in self.naming.widgets:
                continue
            name = self.naming.name(widget)
            if len(self.blocks) > 1 and isinstance(widget, ParameterRecord):
                read = self.naming.control(widget.parameter)
                if read is not None and self.naming.name(read) != name:
                    yield f"    # TODO: the methods read {self.naming.name(read)!r} instead"
            yield f"    {name} = {self._declaration(widget)}"

    def _declarations(self) -> list[str]:
        beginnings = self.script.parameters or {}
        if len(self.blocks) == 1:
            lines = list(self._controls_and_panels(self.block))
        else:
            lines = [
                f"    {self.naming.name(widget)} = {constant_of(widget, beginnings)}"
                for widget in self.widgets.missing()
            ]
        constants = [
            f"    {new} = {ast.unparse(value)}"
            for old, new in self.naming.parameters.items()
            if (value := beginnings.get(old)) is not None and old not in self.naming.controls
        ]
        return [*lines, *constants, "", *self._lists()]

    def _lists(self) -> Iterator[str]:
        """Yield properties for the lists whose items have widgets."""
        for old, new in self.naming.parameters.items():
            value = (self.script.parameters or {}).get(old)
            records = self.naming.controls.get(old, [])
            if not records or not isinstance(value, ast.List):
                continue
            items = [ast.unparse(item) for item in value.elts]
            for record in records:
                if 0 <= record.index < len(items):
                    items[record.index] = f"self.{self.naming.name(record)}"
            yield "    @property"
            yield f"    def {new}(self):"
            yield '        """The list of the old script, with the values of its widgets."""'
            yield f"        return [{', '.join(items)}]"
            yield ""

    def _declaration(self, widget: WidgetRecord) -> str:
        """Return the expression that declares a control or a panel."""
        if isinstance(widget, DictSliderRecord):
            return _dict_slider(widget)
        if isinstance(widget, ParameterRecord):
            control = bind(widget).control
            control.name = self.naming.name(widget)
            control.check("")
            return control.source("iv.")
        pointed = {binding.panel for binding in self.notes.bindings}
        panel = panel_of(widget)
        panel.name = self.naming.name(widget)
        source = panel.source("iv.")
        return source[:-1] + ", pointer=True)" if panel.name in pointed else source

    def _initial(self) -> Iterator[str]:
        """Yield the lines that give panels and data what the script's classes began with."""
        for old, value in (self.script.data or {}).items():
            if value is None:
                continue
            if old in self.naming.data:
                yield f"        self.{self.naming.data[old]} = {ast.unparse(value)}"
            elif old in self.naming.panels:
                name = self.naming.name(self.naming.panels[old])
                yield f"        self.{name} = {ast.unparse(value)}"

    def _initial_method(self, node: ast.ClassDef) -> list[str]:
        """Return the methods that the old base class, or the script, did not need."""
        names = {method.name for method in node.body if isinstance(method, ast.FunctionDef)}
        lines: list[str] = []
        if self._set_up_call() and "main_init" not in names:
            lines += ["    def main_init(self):", *self._set_up_call(), ""]
        if "init" not in names:
            body = [*self._begin(), *self._bind_call()]
            lines += ["    def init(self):", *(body or ["        pass"]), ""]
        if "_is_modified" in self.notes.helpers:
            lines += [
                "    def _is_modified(self, name):",
                '        """Tell whether a parameter has changed since the last step."""',
                "        seen, present = self._seen, self.parameters",
                "        return name in present and (seen is None or seen[name] != present[name])",
                "",
            ]
        return lines

    def _begin(self) -> list[str]:
        """Return the lines with which `init` begins."""
        lines = list(self._initial())
        if "_is_modified" in self.notes.helpers:
            lines.append("        self._seen = None")
        return lines

    def _end_of_step(self) -> list[str]:
        """Return the lines with which `step` ends."""
        lines = [
            f"        self.{self.naming.name(panel)} = self.{self.naming.data[name]}"
            for name, panel in self.naming.panels.items()
            if name in self.naming.data
        ]
        if "_is_modified" in self.notes.helpers:
            lines.append("        self._seen = dict(self.parameters)")
        return lines

    def _method(self, node: ast.stmt) -> str:
        """Return a method, or what else stands in the class, in the new style."""
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        last = node.end_lineno or node.lineno
        if not isinstance(node, ast.FunctionDef):
            return self.edits.made(first, last)
        if not self._kept[id(node)] and node.name in ("bind", "__init__"):
            return ""
        if node.body[0].lineno == node.lineno:  # "def f(self): ..." in one line
            body = " " * 8 + "; ".join(self.edits.text_of(statement) for statement in node.body)
            body += "\n"
        else:
            body = self.edits.made(node.body[0].lineno, last)
        extra = {"main_init": self._set_up_call(), "init": self._begin()}.get(node.name, [])
        end = self._end_of_step() if node.name == "step" else []
        if node.name == "init":
            end = self._bind_call()
        lines = [*self._head(node), *extra, body.rstrip("\n"), *end]
        return "\n".join(lines) + "\n"

    def _bind_call(self) -> list[str]:
        """Return the line with which `init` ends: in 0.72 it was followed by `bind`."""
        return ["        self._bind()"] if self._is_left("bind") else []

    def _is_left(self, name: str) -> bool:
        """Tell whether something is left of a method of the script."""
        method = self.kinds.methods.get(name)
        return method is not None and not all(map(self.translator.is_needless, method.body))

    def _set_up_call(self) -> list[str]:
        """Return the lines with which `main_init` begins."""
        used = {
            node.attr
            for node in ast.walk(self.script.tree)
            if isinstance(node, ast.Attribute) and self.kinds.of(node.value) == "simulation"
        }
        lines = [
            f"        self.{name} = {value}"
            for name, value in BASE_ATTRIBUTES.items()
            if name in used
        ]
        begin = list(RUNNING_BEGINS) if self._needs_running else []
        set_up = ["        self._set_up()"] if self._is_left("__init__") else []
        return [*begin, *lines, *set_up]

    @property
    def _needs_running(self) -> bool:
        """Whether functions outside of the class ask for parameters or data."""
        return RUNNING in self.notes.helpers

    def _head(self, node: ast.FunctionDef) -> list[str]:
        """Return the line with ``def``."""
        renamed = {"__init__": "_set_up", "bind": "_bind", **self.naming.own}
        arguments = ast.unparse(node.args)
        if node.name in ("main_init", "bind", "init", "step"):
            arguments = "self"
        decorators = [f"    @{ast.unparse(d)}" for d in node.decorator_list]
        return [*decorators, f"    def {renamed.get(node.name, node.name)}({arguments}):"]

    def _pointer(self, node: ast.ClassDef) -> list[str]:
        """Return the method that hands mouse events on."""
        if not self.notes.bindings:
            return []
        lines = ["    def pointer(self, event):"]
        for binding in self.notes.bindings:
            condition = f" and {binding.condition}" if binding.condition else ""
            lines.append(f'        if event.panel == "{binding.panel}"{condition}:')
            lines.append(f"            {binding.call}")
        return [*lines, ""]


def _dict_slider(widget: DictSliderRecord) -> str:
    """Return the expression that declares a dict slider, with the keys of the script's dict."""
    control = bind(widget).control
    control.name = widget.name
    control.check("")
    items = "".join(
        f"            {item.key!r}: {slider.source('iv.')},\n"
        for item, slider in zip(widget.items, control.items.values(), strict=True)
    )
    return f"iv.DictSlider(\n        {{\n{items}        }},\n        label={widget.name!r},\n    )"
