"""Parameter sets as the window uses them: which one is shown, whether it is modified, the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ivisit.errors import ParameterError, StoreError
from ivisit.gui.actions.layout_memory import layout_state, take_layout
from ivisit.gui.actions.store_care import STORE, StoreCare
from ivisit.gui.actions.undo import Action
from ivisit.gui.toolkit.dialogs import FormDialog
from ivisit.parameters import Parameters
from ivisit.sets.wording import local_time

if TYPE_CHECKING:
    from ivisit.gui.window import Window
    from ivisit.store import ParameterSet, ParameterStore

#: Seconds that the window waits for other programs that write into the store.
PATIENCE = 2.0
#: What messages on values that do not fit are about; see `MessageBar.show`.
PROBLEMS = "problems"


class SetCommands:
    """What can be done with parameter sets.

    The store is opened when it is first needed, and made at the first save. A store that cannot
    be used costs a message, never the window.

    Parameters
    ----------
    window : Window
        The window.
    path : Path
        File of the store.

    Attributes
    ----------
    name : str
        The set that is shown; empty when there is none.
    chosen : dict
        The values as the user has chosen them. What the simulation assigns to its own parameters
        does not count as a modification.
    base : dict
        The values from which they are modified: those of the set, or those at the start.
    store : ParameterStore or None
        The open store.
    shown : ParameterSet or None
        The version of the set that is shown.
    newest_seen : int
        The newest version of that set that the user knows of.
    care : StoreCare
        Watches the store.
    """

    def __init__(self, window: Window, path: Path) -> None:
        self.window = window
        self.path = path
        self.name = ""
        self.chosen = self._present_values()
        self.base = dict(self.chosen)
        self.store: ParameterStore | None = None
        self.shown: ParameterSet | None = None
        self.newest_seen = 0
        self.care = StoreCare(window)

    # What is shown --------------------------------------------------------------------------

    @property
    def modified(self) -> bool:
        """Whether values differ from those of the set, or from those at the start."""
        return self.chosen != self.base

    def title(self) -> str:
        """Return the name of the set with a mark when it is modified."""
        return f"{self.name or 'No parameter set'}{' (modified)' if self.modified else ''}"

    def description(self) -> str:
        """Return version, grade, time and comment of the set that is shown."""
        if self.shown is None:
            return ""
        shown = self.shown
        lines = [f"{shown.name}, version {shown.version}, {local_time(shown.saved_at)}"]
        if shown.grade is not None:
            lines.append(f"Grade {shown.grade:g}")
        return "\n".join([*lines, shown.comment] if shown.comment else lines)

    def _present_values(self) -> dict[str, Any]:
        """Return the values that belong into a parameter set."""
        controls = self.window.session.simulation_class.controls
        values = self.window.engine.parameters()
        return {name: values[name] for name, control in controls.items() if control.saved}

    def note(self, name: str, value: Any) -> None:
        """The user gave a parameter another value."""
        if self.window.session.simulation_class.controls[name].saved:
            self.chosen[name] = value

    def adopt_simulation(self) -> None:
        """The simulation was loaded anew: forget controls it no longer has, add new ones."""
        present = self._present_values()
        former_base = self.base
        self.chosen = present
        self.base = {name: former_base.get(name, present[name]) for name in present}

    # The store ------------------------------------------------------------------------------

    @contextmanager
    def _reported(self) -> Iterator[None]:
        """Turn an error of the store into a message."""
        try:
            yield
        except (StoreError, ParameterError) as error:
            self.care.report(error)

    def open_store(self, *, create: bool = False) -> ParameterStore | None:
        """Return the open store; None where there is none and none shall be made."""
        if self.store is None and (create or self.path.exists()):
            from ivisit.store import ParameterStore

            self.store = ParameterStore(self.path, patience=PATIENCE)
            if self.store.read_only:
                self.care.tell_read_only(self.path)
        return self.store

    def forget_store(self) -> None:
        """Close the store; it is opened again when it is needed."""
        store, self.store = self.store, None
        if store is not None:
            with suppress(StoreError):  # it cannot be used any more, or nobody would ask
                store.close()

    def names(self) -> list[str]:
        """Return the names of the stored sets."""
        with self._reported():
            if store := self.open_store():
                return [s.name for s in store.sets(self.window.session.simulation_class)]
        return []

    def history(self) -> list[ParameterSet]:
        """Return the versions of the set that is shown, the newest one first."""
        with self._reported():
            if self.name and (store := self.open_store()):
                return store.history(self.window.session.simulation_class, self.name)[::-1]
        return []

    def close(self) -> None:
        """Close the store."""
        with self._reported():
            if self.store is not None:
                self.store.close()

    # Commands -------------------------------------------------------------------------------

    def begin_with(self, name: str | None, values: Mapping[str, Any]) -> None:
        """Start with a stored set, if one is named, and with values that take precedence.

        Raises
        ------
        StoreError, ParameterError
            Other than later in the window: who asks for a set that is not there must know.
        """
        simulation = self.window.session.simulation_class
        if name:
            store = self.open_store()
            if store is None:
                raise StoreError(f"{self.path}: there is no such store, so no set {name!r}")
            self.shown = stored = store.load(simulation, name)
            self._assign(stored, stored.adjustments)
            self.name = name
            self.newest_seen = self._newest_version()
            self._report_problems(stored)
            take_layout(self.window, stored.layout)
            self.base = dict(self.chosen)
        for parameter, value in values.items():
            self.window.values.assign(parameter, value)
        if not name:
            self.base = dict(self.chosen)

    def load(self, name: str, version: int | None = None) -> None:
        """Load a stored set, or a former version of it."""
        with self._reported():
            store = self.open_store()
            if store is None:
                raise StoreError(f"{self.path}: there is no such store")
            simulation = self.window.session.simulation_class
            stored = store.load(simulation, name, version=version)
            controls = simulation.controls
            defaults = {n: c.default for n, c in controls.items() if c.saved}
            self._go_to(
                f"loading {name!r}", name, {**defaults, **stored}, stored, stored.adjustments
            )
            take_layout(self.window, stored.layout)
            if stored.comment:
                self.window.say(f"{name}: {stored.comment}")
            self._report_problems(stored)

    def new(self) -> None:
        """Return to the defaults, without a set."""
        controls = self.window.session.simulation_class.controls
        defaults = {name: control.default for name, control in controls.items() if control.saved}
        self._go_to("new parameter set", "", defaults, None, {})

    def take_unsaved(
        self,
        name: str,
        version: int,
        values: Mapping[str, Any],
        base: Mapping[str, Any],
        ranges: Mapping[str, Mapping[str, Any]],
    ) -> None:
        """Show values that a window has not saved, as modifications of the set `name`.

        Parameters
        ----------
        name : str
            The set; empty for none.
        version : int
            The version of it that was modified; 0 when it is not known here.
        values, base : mapping of str to value
            The values, and those from which they were modified.
        ranges : mapping
            Their ranges; see `Engine.take`.
        """
        stored = None
        if name and version and (store := self.open_store()):
            with suppress(StoreError):  # it was deleted since: saving makes it anew
                stored = store.load(self.window.session.simulation_class, name, version=version)
        controls = self.window.session.simulation_class.controls
        canonical = {}
        for parameter, value in base.items():
            if parameter in controls:
                with suppress(ParameterError):  # the declaration was changed since
                    canonical[parameter] = controls[parameter].validate(value)
        self._go_to("restoring unsaved values", name, values, stored, ranges, canonical)

    def _go_to(
        self,
        label: str,
        name: str,
        values: Mapping[str, Any],
        stored: ParameterSet | None,
        ranges: Mapping[str, Mapping[str, Any]],
        base: Mapping[str, Any] | None = None,
    ) -> None:
        """Show other values, in a way that can be undone; they modify `base` where it is given."""
        former = (self.name, dict(self.chosen), dict(self.base), self.shown)
        former_ranges = self.window.engine.adjustments()

        def redo() -> None:
            self._assign(values, ranges)
            self.base = self.chosen | {n: v for n, v in (base or {}).items() if n in self.chosen}
            self._show_name(name, stored)

        def undo() -> None:
            self._assign(former[1], former_ranges)
            self.base = former[2]
            self._show_name(former[0], former[3])

        redo()
        self.window.values.undo_stack.push(Action(label, undo, redo))

    def _assign(self, values: Mapping[str, Any], ranges: Mapping[str, Mapping[str, Any]]) -> None:
        refused = []
        for name, value in values.items():
            try:
                self.window.engine.take(ranges, name, value)
                self.window.values.assign(name, value)
            except ParameterError as error:
                refused.append(str(error))
        if refused:
            self.window.messages.show(PROBLEMS, "; ".join(refused))

    def _show_name(self, name: str, stored: ParameterSet | None) -> None:
        self.name, self.shown = name, stored
        self.newest_seen = self._newest_version()
        self.window.show_set()

    def _newest_version(self) -> int:
        """Return the number of the newest version of the set that is shown."""
        if self.store is None or self.shown is None:
            return 0
        try:
            return self.store.load(self.shown.simulation, self.name).version
        except StoreError:
            return self.shown.version

    def _report_problems(self, stored: ParameterSet) -> None:
        if stored.problems:
            problems = "; ".join(stored.problems.values())
            text = f"{stored.name}: not everything fits any more: {problems}"
            self.window.messages.show(PROBLEMS, text)

    def save(self, then: Callable[[], None] | None = None) -> None:
        """Save under the present name, or ask for one; call `then` when that succeeded."""
        if not self.name:
            self.ask_name(then)
            return
        if self.care.may_save_over(lambda: self.save(then)):
            problem = self.save_under(self.name, again=lambda: self.save(then))
            if then and not problem:
                then()

    def ask_name(self, then: Callable[[], None] | None = None) -> FormDialog:
        """Ask for name, comment and grade, and save; call `then` when that succeeded."""
        shown = self.shown

        def accept(fields: dict[str, str]) -> str:
            problem = self._take_form(fields)
            if then and not problem:
                then()
            return problem

        return FormDialog(
            self.window,
            "Save parameter set",
            {
                "Name": self.name,
                "Comment": shown.comment if shown is not None else "",
                "Grade": f"{shown.grade:g}"
                if shown is not None and shown.grade is not None
                else "",
            },
            accept,
            text="The former version of a set with this name is kept.",
            button="Save",
        )

    def _take_form(self, fields: dict[str, str]) -> str:
        name, grade = fields["Name"].strip(), fields["Grade"].strip()
        if not name:
            return "A parameter set needs a name."
        try:
            number = float(grade) if grade else None
        except ValueError:
            return f"The grade must be a number or empty, not {grade!r}."
        return self.save_under(name, comment=fields["Comment"], grade=number)

    def save_under(
        self,
        name: str,
        *,
        comment: str | None = None,
        grade: float | None = None,
        again: Callable[[], object] | None = None,
    ) -> str:
        """Save the present values; return what went wrong, which is told with the ways out.

        Without a comment, that and the grade of the set that is shown are kept; ``again()``
        repeats what the user wanted.
        """
        if comment is None:
            shown = self.shown
            comment, grade = (shown.comment, shown.grade) if shown is not None else ("", None)
        from ivisit.store.parameter_set import Adjusted

        values = self._present_values()
        try:
            store = self.open_store(create=True)
            assert store is not None
            engine = self.window.engine
            simulation = self.window.session.simulation_class
            ranges = Parameters(simulation, engine.parameters(), engine.adjustments())
            stored = store.save(
                Adjusted(simulation, ranges),
                name,
                values,
                comment=comment,
                grade=grade,
                layout=layout_state(self.window),
            )
        except (StoreError, ParameterError) as error:
            self.care.report(error, again)
            return str(error)
        self.window.messages.dismiss(STORE)
        self.chosen, self.base = dict(values), dict(values)
        self._show_name(name, stored)
        self.window.say(f"Saved {name!r}, version {stored.version}, in {self.path.name}")
        return ""

    def delete(self) -> None:
        """Delete the set that is shown; its values stay, and undo brings it back."""
        name, stored = self.name, self.shown
        simulation = self.window.session.simulation_class

        def redo() -> None:
            with self._reported():
                if store := self.open_store():
                    store.delete(simulation, name)
                    self._show_name("", None)
                    self.window.say(f"Deleted {name!r}; Ctrl-Z brings it back")

        def undo() -> None:
            with self._reported():
                if store := self.open_store():
                    store.restore(simulation, name)
                    self._show_name(name, stored)

        if name:
            redo()
            self.window.values.undo_stack.push(Action(f"deleting {name!r}", undo, redo))
