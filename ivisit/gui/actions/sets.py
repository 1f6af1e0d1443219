"""Parameter sets as the window uses them: which one is shown, whether it is modified, the store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ivisit.errors import ParameterError, StoreError
from ivisit.gui.actions.layout_memory import layout_state, take_layout
from ivisit.gui.actions.undo import Action
from ivisit.gui.browser.pictures import picture_of
from ivisit.gui.toolkit.dialogs import FormDialog
from ivisit.parameters import Parameters
from ivisit.sets.wording import local_time

if TYPE_CHECKING:
    from ivisit.gui.window import Window
    from ivisit.store import ParameterSet, ParameterStore

#: How many changed parameters the status line names.
NAMED = 3
#: Seconds that the window waits for other programs that write into the store.
PATIENCE = 2.0


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
    shown : ParameterSet or None
        The version of it that was loaded or saved.
    """

    def __init__(self, window: Window, path: Path) -> None:
        self.window = window
        self.path = path
        self.name = ""
        self.chosen = self._present_values()
        self._base = dict(self.chosen)
        #: Counts changes of what is shown, for who displays it.
        self.revision = 0
        self.shown: ParameterSet | None = None
        self._newest = 0
        self._store: ParameterStore | None = None

    # What is shown --------------------------------------------------------------------------

    @property
    def modified(self) -> bool:
        """Whether values differ from those of the set, or from those at the start."""
        return self.chosen != self._base

    @property
    def is_former(self) -> bool:
        """Whether a version is shown that is not the current one of its set."""
        return self.shown is not None and self.shown.version < self._newest

    def changed_names(self) -> list[str]:
        """Return the parameters whose values differ from those of the set, or at the start."""
        return [name for name, value in self.chosen.items() if value != self._base.get(name)]

    def saved_value(self, name: str) -> Any:
        """Return the value that a parameter has in the set, or had at the start."""
        return self._base.get(name)

    def saved_values(self) -> dict[str, Any]:
        """Return all of these values."""
        return dict(self._base)

    def saved_where(self) -> str:
        """Say what the values are compared with."""
        return "at the start" if self.shown is None else f"{self.shown.name} v{self.shown.version}"

    def title(self) -> str:
        """Return name and version of the set, and what differs from it."""
        text = "No parameter set"
        if self.shown is not None:
            text = f"{self.name} v{self.shown.version}"
            if self.is_former:
                text += f" (former; the current one is v{self._newest})"
        changed = self.changed_names()
        if not changed:
            return text
        more = f" and {len(changed) - NAMED} more" if len(changed) > NAMED else ""
        return f"{text}, {len(changed)} changed: {', '.join(changed[:NAMED])}{more}"

    def short_title(self) -> str:
        """Return what fits the toolbar, such as ``soft v3 *2``."""
        changed = len(self.changed_names())
        name = "" if self.shown is None else f"{self.name} v{self.shown.version}"
        return f"{name} *{changed}".strip() if changed else name

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
            self.revision += 1

    def adopt_simulation(self) -> None:
        """The simulation was loaded anew: forget controls it no longer has, add new ones."""
        present = self._present_values()
        former_base = self._base
        self.chosen = present
        self._base = {name: former_base.get(name, present[name]) for name in present}
        self.revision += 1

    # The store ------------------------------------------------------------------------------

    @contextmanager
    def _reported(self) -> Iterator[None]:
        """Turn an error of the store into a message."""
        try:
            yield
        except (StoreError, ParameterError) as error:
            self.window.say(str(error))

    def open_store(self, *, create: bool = False) -> ParameterStore | None:
        if self._store is None and (create or self.path.exists()):
            from ivisit.store import ParameterStore

            self._store = ParameterStore(self.path, patience=PATIENCE)
            if self._store.read_only:
                self.window.say(f"{self.path}: may only be read; changes cannot be saved there")
        return self._store

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
            if self._store is not None:
                self._store.close()

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
            self._newest = stored.version
            self._assign(stored, stored.adjustments)
            self.name = name
            self._report_problems(stored)
            take_layout(self.window, stored.layout)
            self._base = dict(self.chosen)
        for parameter, value in values.items():
            self.window.values.assign(parameter, value)
        if not name:
            self._base = dict(self.chosen)

    def load(self, name: str, version: int | None = None) -> None:
        """Load a stored set, or a former version of it."""
        with self._reported():
            store = self.open_store()
            if store is None:
                raise StoreError(f"{self.path}: there is no such store")
            simulation = self.window.session.simulation_class
            stored = store.load(simulation, name, version=version)
            newest = stored if version is None else store.load(simulation, name)
            controls = simulation.controls
            defaults = {n: c.default for n, c in controls.items() if c.saved}
            values = {**defaults, **stored}
            self._go_to(f"loading {name!r}", values, stored, newest.version)
            take_layout(self.window, stored.layout)
            if stored.comment:
                self.window.say(f"{name}: {stored.comment}")
            self._report_problems(stored)

    def new(self) -> None:
        """Return to the defaults, without a set."""
        controls = self.window.session.simulation_class.controls
        defaults = {name: control.default for name, control in controls.items() if control.saved}
        self._go_to("new parameter set", defaults, None)

    def _go_to(
        self, label: str, values: dict[str, Any], stored: ParameterSet | None, newest: int = 0
    ) -> None:
        """Show other values, in a way that can be undone."""
        former_values, former_base = dict(self.chosen), dict(self._base)
        former_set = (self.shown, self._newest)
        former_ranges = self.window.engine.adjustments()
        ranges = stored.adjustments if stored else {}

        def redo() -> None:
            self._assign(values, ranges)
            self._base = dict(self.chosen)
            self._show(stored, newest)

        def undo() -> None:
            self._assign(former_values, former_ranges)
            self._base = former_base
            self._show(*former_set)

        redo()
        self.window.values.undo_stack.push(Action(label, undo, redo))

    def _assign(self, values: Mapping[str, Any], ranges: Mapping[str, Mapping[str, Any]]) -> None:
        for name, value in values.items():
            try:
                self.window.engine.take(ranges, name, value)
                self.window.values.assign(name, value)
            except ParameterError as error:
                self.window.say(str(error))

    def _show(self, stored: ParameterSet | None, newest: int = 0) -> None:
        """Show a version of a set whose current one has the number `newest`, if not its own."""
        self.shown = stored
        self.name = "" if stored is None else stored.name
        self._newest = 0 if stored is None else max(newest, stored.version)
        self.revision += 1
        self.window.show_set()

    def _report_problems(self, stored: ParameterSet) -> None:
        if stored.problems:
            problems = "; ".join(stored.problems.values())
            self.window.say(f"{stored.name}: not everything fits any more: {problems}")

    def save(self, then: Callable[[], None] | None = None) -> None:
        """Save under the present name, or ask for one; call `then` when that succeeded."""
        if not self.name:
            self.ask_name(then)
            return
        problem = self.save_under(self.name)
        if problem:
            self.window.say(problem)
        elif then:
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
        self, name: str, *, comment: str | None = None, grade: float | None = None
    ) -> str:
        """Save the present values; return what went wrong.

        Without a comment, that and the grade of the set that is shown are kept.
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
                picture=picture_of(self.window.layout) if self.window.layout else None,
            )
        except (StoreError, ParameterError) as error:
            return str(error)
        self.chosen, self._base = dict(values), dict(values)
        self._show(stored)
        self.window.say(f"Saved {name!r}, version {stored.version}, in {self.path.name}")
        return ""

    def go_back(self, names: Collection[str] | None = None) -> None:
        """Return to the saved values of some parameters, or of all; that can be undone."""
        wanted = self.changed_names()
        if names is not None:
            wanted = [name for name in wanted if name in names]
        former = {name: self.chosen[name] for name in wanted}
        saved = {name: self._base[name] for name in wanted}

        def give(values: Mapping[str, Any]) -> None:
            for name, value in values.items():
                self.window.values.assign(name, value)
                self.window.session.changed(name, settled=True)

        if wanted:
            with self._reported():
                give(saved)
                what = "all values" if len(wanted) > 1 else wanted[0]
                label = f"going back to the saved {what}"
                self.window.values.undo_stack.push(
                    Action(label, lambda: give(former), lambda: give(saved))
                )
            self.window.status.update_texts()

    def delete(self) -> None:
        """Delete the set that is shown; its values stay, and undo brings it back."""
        if self.name:
            self.window.stored_sets.delete([self.name])

    # What happened to stored sets -----------------------------------------------------------

    def replaced(self, stored: ParameterSet, source: int | None = None) -> None:
        """A set got a version with the values of version `source`, or of the current one."""
        if self.shown is not None and stored.name == self.name:
            is_like = self.shown.version == (stored.version - 1 if source is None else source)
            self._show(stored if is_like else self.shown, stored.version)

    def renamed(self, name: str, stored: ParameterSet) -> None:
        """A set got another name."""
        if self.shown is not None and name == self.name:
            self._show(replace(self.shown, name=stored.name), self._newest)

    def deleted(self, names: Collection[str]) -> None:
        """Sets were deleted."""
        if self.name in names:
            self._show(None)

    def brought_back(self, names: Collection[str], shown: ParameterSet | None) -> None:
        """Deleted sets came back, among them perhaps the one that was shown."""
        if shown is not None and shown.name in names and self.shown is None:
            self._show(shown)
