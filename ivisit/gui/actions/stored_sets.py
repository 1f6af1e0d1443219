"""What the window does to stored sets, other than showing one; most of it can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ivisit.errors import ParameterError, StoreError
from ivisit.gui.actions.undo import Action
from ivisit.sets import actions
from ivisit.sets.actions import Step
from ivisit.store.parameter_set import ParameterSet

if TYPE_CHECKING:
    from ivisit.gui.window import Window
    from ivisit.store import ParameterStore

Answer = TypeVar("Answer")


class StoredSetCommands:
    """Passes on to `ivisit.sets.actions` and the store, and remembers for undo.

    A failure costs a message, never the window.

    Parameters
    ----------
    window : Window
        The window.
    """

    def __init__(self, window: Window) -> None:
        self.window = window

    @property
    def _simulation(self) -> str:
        # By key: what no longer fits the declaration must not be lost.
        return self.window.session.simulation_class.key

    def _ask(self, question: Callable[[ParameterStore], Answer]) -> Answer | None:
        """Return what the store answers; None after a message when it cannot, or is not there."""
        try:
            store = self.window.sets.open_store()
            return None if store is None else question(store)
        except (StoreError, ParameterError) as error:
            self.window.sets.care.report(error)
            return None

    # Reading --------------------------------------------------------------------------------

    def sets(self, *, deleted: bool = False) -> list[ParameterSet]:
        """Return the stored sets, or the deleted ones."""
        simulation = self.window.session.simulation_class
        return self._ask(lambda store: store.sets(simulation, deleted=deleted)) or []

    def history(self, name: str) -> list[Step]:
        """Return the versions of a set with what each has changed, the newest one first."""
        steps = self._ask(lambda store: actions.history(store, self._simulation, name))
        return (steps or [])[::-1]

    def picture(self, stored: ParameterSet) -> bytes | None:
        """Return the picture of a version."""
        return self._ask(lambda store: store.picture(self._simulation, stored.name, stored.version))

    def keys(self) -> list[str]:
        """Return the keys of other simulations that the store holds."""
        keys = self._ask(lambda store: store.simulations()) or []
        return [key for key in keys if key != self._simulation]

    # Changing -------------------------------------------------------------------------------

    def _do(self, label: str, redo: Callable[[], object], undo: Callable[[], object]) -> bool:
        """Do something that can be taken back; tell whether it succeeded."""
        try:
            redo()
        except (StoreError, ParameterError) as error:
            self.window.sets.care.report(error)
            return False
        self.window.values.undo_stack.push(
            Action(label, lambda: self._guarded(undo), lambda: self._guarded(redo))
        )
        return True

    def _guarded(self, act: Callable[[], object]) -> None:
        try:
            act()
        except (StoreError, ParameterError) as error:
            self.window.sets.care.report(error)

    def _store(self) -> ParameterStore:
        store = self.window.sets.open_store()
        if store is None:
            raise StoreError(f"{self.window.sets.path}: there is no such store")
        return store

    def grade(self, sets: Sequence[ParameterSet], grade: float | None) -> None:
        """Give sets a grade; None takes it away."""
        sets = list(sets)
        former = [one.grade for one in sets]

        def give(grades: Sequence[float | None]) -> None:
            store = self._store()
            with store.together():
                graded = [
                    store.amend(self._simulation, one.name, grade=value)
                    for one, value in zip(sets, grades, strict=True)
                ]
            for stored in graded:
                self.window.sets.replaced(stored)

        if sets:
            label = f"grade of {_listed([one.name for one in sets])}"
            self._do(label, lambda: give([grade] * len(sets)), lambda: give(former))

    def comment(self, name: str, former: str, comment: str) -> None:
        """Give a set a comment."""

        def give(text: str) -> None:
            self.window.sets.replaced(self._store().amend(self._simulation, name, comment=text))

        self._do(f"comment on {name!r}", lambda: give(comment), lambda: give(former))

    def rename(self, name: str, new_name: str) -> str:
        """Give a set another name; return what went wrong."""

        def rename(old: str, new: str) -> None:
            self.window.sets.renamed(old, self._store().rename(self._simulation, old, new))

        try:
            rename(name, new_name)
        except (StoreError, ParameterError) as error:
            return str(error)
        self.window.values.undo_stack.push(
            Action(
                f"renaming {name!r}",
                lambda: self._guarded(lambda: rename(new_name, name)),
                lambda: self._guarded(lambda: rename(name, new_name)),
            )
        )
        return ""

    def duplicate(self, name: str) -> str:
        """Store a set under a further name, and return that; empty when it failed."""
        copied: list[str] = []

        def redo() -> None:
            if copied:
                self._store().restore(self._simulation, copied[0])
            else:
                copied.append(actions.duplicate(self._store(), self._simulation, name).name)

        def undo() -> None:
            # Not for good: somebody may have worked on with it.
            self._store().delete(self._simulation, copied[0])
            self.window.sets.deleted(copied)

        if self._do(f"duplicating {name!r}", redo, undo):
            self.window.say(f"Stored {name!r} as {copied[0]!r}, too")
        return copied[0] if copied else ""

    def _each(self, names: Sequence[str], act: Callable[[ParameterStore, str], object]) -> None:
        """Do something to all of the sets, or where one refuses it, to none of them."""
        store = self._store()
        with store.together():
            for name in names:
                act(store, name)

    def delete(self, names: Sequence[str]) -> None:
        """Delete sets."""
        names = list(names)

        def redo() -> None:
            self._each(names, lambda store, name: store.delete(self._simulation, name))
            self.window.sets.deleted(names)

        shown = self.window.sets.shown

        def undo() -> None:
            self._each(names, lambda store, name: store.restore(self._simulation, name))
            self.window.sets.brought_back(names, shown)

        if names and self._do(f"deleting {_listed(names)}", redo, undo):
            self.window.say(f"Deleted {_listed(names)}; Ctrl-Z brings it back")

    def bring_back(self, names: Sequence[str]) -> None:
        """Bring deleted sets back."""
        names = list(names)

        def redo() -> None:
            self._each(names, lambda store, name: store.restore(self._simulation, name))

        def undo() -> None:
            self._each(names, lambda store, name: store.delete(self._simulation, name))
            self.window.sets.deleted(names)

        if names and self._do(f"bringing {_listed(names)} back", redo, undo):
            self.window.say(f"Brought {_listed(names)} back")

    def remove(self, names: Sequence[str]) -> None:
        """Remove deleted sets for good, with their histories."""

        def remove() -> None:
            self._each(names, lambda store, name: actions.remove(store, self._simulation, name))
            self.window.say(f"Removed {_listed(names)} for good")

        self._guarded(remove)

    def restore(self, name: str, version: int, current: int) -> None:
        """Make a former version the current one again."""

        def make_current(number: int) -> None:
            stored = self._store().restore(self._simulation, name, version=number)
            self.window.sets.replaced(stored, number)

        label = f"restoring version {version} of {name!r}"
        if self._do(label, lambda: make_current(version), lambda: make_current(current)):
            self.window.say(f"Version {version} of {name!r} is the current one again")

    def export(self, path: str, names: Sequence[str], again: Callable[[], object]) -> None:
        """Write sets with all their versions to a JSON file; ``again()`` asks for another one."""

        def write() -> None:
            store = self._store()
            try:
                count = store.export(path, self._simulation, names=names)
            except StoreError as error:
                self.window.tell_saved(path, str(error), again)
                return
            self.window.tell_saved(path)
            self.window.say(f"Wrote {count} set{'s'[: count != 1]} to {Path(path).name}")

        self._guarded(write)

    def import_(self, path: str, *, merge: bool = False) -> list[str]:
        """Add the sets of a file; return the names of those that have changed."""
        names: list[str] = []

        def read() -> None:
            store = self.window.sets.open_store(create=True)
            assert store is not None
            simulation = self.window.session.simulation_class
            changed = actions.import_file(store, path, simulation, merge=merge)
            names[:] = [one.name for one in changed if one.simulation == simulation.key]
            others = sorted({one.simulation for one in changed} - {simulation.key})
            text = f"{len(names)} set{'s'[: len(names) != 1]} imported or changed"
            self.window.say(text + f"; others belong to {', '.join(others)}" * bool(others))

        self._guarded(read)
        return names

    def take_over(self, key: str) -> None:
        """Move the sets of another simulation here: its class was renamed."""

        def move() -> None:
            moved = self._store().rekey(key, self._simulation)
            self.window.say(f"Moved {moved} sets and runs from {key}")

        self._guarded(move)


def _listed(names: Sequence[str]) -> str:
    return repr(names[0]) if len(names) == 1 else f"{len(names)} sets"
