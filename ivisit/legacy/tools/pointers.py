"""The mouse bindings of an old script, and what `pointer` of a new simulation does for them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from ivisit.legacy.records import ImageRecord
from ivisit.legacy.tools.kinds import Kinds
from ivisit.legacy.tools.naming import Naming

#: Tk's sequences of events, and what they are in `pointer`; ``{}`` is the button.
SEQUENCES = {
    "<Button-{}>": "press",
    "<ButtonPress-{}>": "press",
    "<B{}-Motion>": "drag",
    "<ButtonRelease-{}>": "release",
    "<Double-Button-{}>": "double",
}


@dataclass
class Binding:
    """What `pointer` of the new simulation does for one old binding."""

    panel: str
    condition: str
    call: str


@dataclass
class Notes:
    """What the translation of the methods needs besides them.

    Attributes
    ----------
    bindings : list of Binding
        Mouse bindings.
    canvases : dict of str to ImageRecord
        Attribute of the simulation that held a canvas, to the image.
    events : dict of str to ImageRecord
        Method that is called with events, to the image on which they happen.
    helpers : set of str
        Helper functions and methods that the new code calls.
    done : set of int
        Ids of the statements for which `pointer` takes the place.
    """

    bindings: list[Binding] = field(default_factory=list)
    canvases: dict[str, ImageRecord] = field(default_factory=dict)
    events: dict[str, ImageRecord] = field(default_factory=dict)
    helpers: set[str] = field(default_factory=set)
    done: set[int] = field(default_factory=set)


def read_bindings(kinds: Kinds, naming: Naming) -> Notes:
    """Return the mouse bindings in all methods of a simulation."""
    notes = Notes()
    for method in kinds.own_methods.values():
        for statement in ast.walk(method):
            if isinstance(statement, ast.Assign | ast.Expr) and isinstance(
                statement.value, ast.Call
            ):
                _read(statement, statement.value, kinds, naming, notes)
    return notes


def _read(
    statement: ast.Assign | ast.Expr, call: ast.Call, kinds: Kinds, naming: Naming, notes: Notes
) -> None:
    """Note the binding that a statement makes, if any."""
    function = call.func
    texts = [a.value if isinstance(a, ast.Constant) else None for a in call.args]
    if not isinstance(function, ast.Attribute) or len(texts) < 3:
        return
    kind, method = kinds.of(function.value), function.attr
    if (kind, method) == ("display", "bind2Widget"):
        image, event = naming.panel(str(texts[0])), _event_of(str(texts[1]))
        if image is not None and event is not None:
            target = ast.unparse(call.args[2])
            if isinstance(call.args[2], ast.Lambda):
                return
            condition = f'event.kind == "{event[0]}" and event.button == {event[1]}'
            notes.bindings.append(Binding(naming.name(image), condition, f"{target}(event)"))
            notes.events[target.removeprefix("self.")] = image
            for goal in statement.targets if isinstance(statement, ast.Assign) else ():
                if isinstance(goal, ast.Attribute):
                    notes.canvases[goal.attr] = image
            notes.done.add(id(statement))
    elif (kind, method) == ("automaton", "bind"):
        image = naming.panel(str(texts[2]))
        if image is not None:
            axes = f", {texts[3]!r}" if len(texts) > 3 and texts[3] else ""
            called = f"{ast.unparse(function.value)}.pointer(event{axes})"
            notes.bindings.append(Binding(naming.name(image), "", called))
            notes.done.add(id(statement))


def _event_of(sequence: str) -> tuple[str, int] | None:
    """Return kind and button of a Tk event sequence; None where `pointer` has no such."""
    for form, kind in SEQUENCES.items():
        for button in (1, 2, 3):
            if sequence == form.format(button):
                return kind, button
    return None
