"""Parameter sets as the window uses them: which one is shown, whether it is modified, the store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ivisit.errors import ParameterError, StoreError
from ivisit.gui.actions.layout_memory import layout_state, take_layout
from ivisit.gui.actions.shown_set import ShownSet
from ivisit.gui.actions.store_care import STORE, StoreCare
from ivisit.gui.actions.undo import Action
from ivisit.gui.toolkit.dialogs import FormDialog
from ivisit.parameters import Parameters

if TYPE_CHECKING:
    from ivisit.gui.window import Window
    from ivisit.store import ParameterSet, ParameterStore

#: Seconds that the window waits for other programs that write into the store.
PATIENCE = 2.0
#: What messages on values that do not fit are about; see `MessageBar.show`.
PROBLEMS = "problems"


class SetCommands(ShownSet):
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
    store : ParameterStore or None
        The open store.
    care : StoreCare
        Watches the store.
    """

    def __init__(self, window: Window, path: Path) -> None:
        super().__init__(window)
        self.path = path
        self.store: ParameterStore | None = None
        self.care = StoreCare(window)

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

    def adopt_values(self, label: str = "", former: Mapping[str, Any] | None = None) -> None:
        """Have the values that are there now count as those that the user has chosen.

        With a `label`, undo leads back to the `former` ones.
        """
        present = self.chosen = self._present_values()
        self.revision += 1
        if label and former is not None:
            self.window.values.undo_stack.push(
                Action(label, lambda: self._assign(former, {}), lambda: self._assign(present, {}))
            )

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
            self.window.values.see()

        def undo() -> None:
            self._assign(former[1], former_ranges)
            self.base = former[2]
            self._show_name(former[0], former[3])
            self.window.values.see()

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
        self.revision += 1
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
        if name == self.name and (warning := self.care.warn_once()):
            return warning
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
        from ivisit.gui.actions.portrait import portrait_of
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
                picture=portrait_of(self.window.layout) if self.window.layout else None,
            )
        except (StoreError, ParameterError) as error:
            self.care.report(error, again)
            return str(error)
        self.window.messages.dismiss(STORE)
        self.chosen, self.base = dict(values), dict(values)
        self._show_name(name, stored)
        self.window.say(f"Saved {name!r}, version {stored.version}, in {self.path.name}")
        return ""

    def go_back(self, names: Collection[str] | None = None) -> None:
        """Return to the saved values of some parameters, or of all; that can be undone."""
        wanted = self.changed_names()
        if names is not None:
            wanted = [name for name in wanted if name in names]
        former = {name: self.chosen[name] for name in wanted}
        saved = {name: self.base[name] for name in wanted}

        def give(values: Mapping[str, Any]) -> None:
            self._assign(values, {})
            self.window.values.see()
            self.window.status.update_texts()

        if wanted:
            give(saved)
            what = "all values" if len(wanted) > 1 else wanted[0]
            action = Action(
                f"going back to the saved {what}", lambda: give(former), lambda: give(saved)
            )
            self.window.values.undo_stack.push(action)

    def delete(self) -> None:
        """Delete the set that is shown; its values stay, and undo brings it back."""
        if self.name:
            self.window.stored_sets.delete([self.name])

    # What happened to stored sets -----------------------------------------------------------

    def replaced(self, stored: ParameterSet, source: int | None = None) -> None:
        """A set got a version with the values of version `source`, or of the one before."""
        if self.shown is not None and stored.name == self.name:
            is_like = self.shown.version == (stored.version - 1 if source is None else source)
            self._show_name(self.name, stored if is_like else self.shown)

    def renamed(self, name: str, stored: ParameterSet) -> None:
        """A set got another name."""
        if self.shown is not None and name == self.name:
            self._show_name(stored.name, replace(self.shown, name=stored.name))

    def deleted(self, names: Collection[str]) -> None:
        """Sets were deleted."""
        if self.name in names:
            self._show_name("", None)

    def brought_back(self, names: Collection[str], shown: ParameterSet | None) -> None:
        """Deleted sets came back, among them perhaps the one that was shown."""
        if shown is not None and shown.name in names and self.shown is None:
            self._show_name(shown.name, shown)
