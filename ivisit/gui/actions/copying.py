"""Out of the window: what repeats the present state without one, as a command or as Python."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ivisit.errors import ParameterError, StoreError
from ivisit.runs.beginning import split_set, store_name
from ivisit.runs.repeating import Recipe
from ivisit.store import default_path

if TYPE_CHECKING:
    from ivisit.gui.window import Window
    from ivisit.store import ParameterSet

CHANGED = (
    "values were changed, or events came, while the run went on: only 'Save session' and "
    "'ivisit replay' repeat that exactly"
)
WAITING = "it has values that are not in the picture yet"


def copy_as_command(window: Window) -> None:
    """Copy the ``ivisit run ...`` line for the present state."""
    recipe, doubts = recipe_of(window)
    line = recipe.command()
    window.copy(line)
    window.say(_told(f"Copied: {line}", doubts))


def copy_as_python(window: Window) -> None:
    """Copy the call of ``iv.run`` for the present state."""
    recipe, doubts = recipe_of(window)
    window.copy(recipe.python())
    window.say(_told("Copied as Python", doubts))


def _told(text: str, doubts: list[str]) -> str:
    # What somebody must know comes first: the line may be too long for its place.
    return f"Copied, but {'; '.join(doubts)}" if doubts else text


def recipe_of(window: Window) -> tuple[Recipe, list[str]]:
    """Return what repeats the present state of a window, and what speaks against that."""
    engine = window.engine
    doubts = []
    if engine.changes:
        doubts.append(CHANGED)
    elif any(engine.waiting()):
        doubts.append(WAITING)
    # Those with which the run began: the simulation may have changed some of them itself.
    values = engine.parameters() if doubts else (engine.initial_parameters or engine.parameters())
    base, name = _base_of(window)
    controls = window.session.simulation_class.controls
    different = {
        key: value
        for key, value in values.items()
        if not controls[key].momentary and value != base[key]
    }
    doubts += [text for key in different if (text := _out_of_range(window, key, different[key]))]
    return (
        Recipe(window.session.simulation_class, engine.steps, engine.seed, different, name),
        doubts,
    )


def _out_of_range(window: Window, name: str, value: Any) -> str:
    """Say of a value that only the window's range allows that the command will refuse it."""
    simulation = window.session.simulation_class
    try:
        simulation.controls[name].validate(value, owner=simulation.key)
    except ParameterError as error:
        return f"the range of {name} was changed here: {error}"
    return ""


def _base_of(window: Window) -> tuple[dict[str, Any], str]:
    """Return the values from which a run starts, and the set that has them, for ``--set``."""
    simulation = window.session.simulation_class
    defaults = {name: control.default for name, control in simulation.controls.items()}
    stored = _current_set(window)
    if stored is None:
        return defaults, ""
    path = window.sets.path
    own = default_path(store_name(simulation))
    names_a_file = split_set(stored.name)[0] is not None  # a set may be called as one of elsewhere
    if Path(path).absolute() == own.absolute() and not names_a_file:
        return defaults | dict(stored), stored.name
    if path.suffix != ".ivisit":
        return defaults, ""  # no other store can be named beside a set
    return defaults | dict(stored), f"{path}:{stored.name}"


def _current_set(window: Window) -> ParameterSet | None:
    """Return the set that is shown as the store has it; None when it has another version."""
    shown = window.sets.shown
    try:
        store = window.sets.open_store() if shown is not None else None
        if shown is None or store is None:
            return None
        stored = store.load(window.session.simulation_class, shown.name)
    except (StoreError, ParameterError):
        return None  # the values alone repeat the run as well
    return stored if stored.version == shown.version else None
