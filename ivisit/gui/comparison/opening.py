"""What is to be compared: asked in a dialog, or named by whoever lists the sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from ivisit.errors import IVisitError
from ivisit.gui.comparison.window import ComparisonWindow
from ivisit.gui.toolkit.dialogs import Dialog
from ivisit.runs.comparison import FEWEST, MOST
from ivisit.store import ParameterStore
from ivisit.store.parameter_set import ParameterSet

if TYPE_CHECKING:
    from ivisit.gui.window import Window

#: What the present values and the declared ones are called.
PRESENT, DEFAULTS = "present values", "defaults"

Values = Mapping[str, Any]


def open_comparison(
    host: Window, sets: Sequence[ParameterSet | str] | Mapping[str, Values]
) -> ComparisonWindow | None:
    """Compare two to four sets of the simulation of a window.

    Parameters
    ----------
    host : Window
        The window; its simulation stops, so that the compared ones have the machine.
    sets : sequence, or mapping of str to mapping
        Stored sets, or their names in the window's store, of which ``present values`` and
        ``defaults`` are the values of the window and the declared ones; a mapping gives values by
        the name that the user sees.

    Returns
    -------
    ComparisonWindow or None
        None when something is wrong; the window's status line says what.
    """
    try:
        named = _named(host, sets)
        host.session.stop()
        window = ComparisonWindow(host, named, live=host.session.live)
    except IVisitError as error:
        host.say(str(error))
        return None
    if told := [text for name, values in named.items() if (text := _left_out(name, values))]:
        window.messages.show("problems", "; ".join(told))
    return window


def _left_out(name: str, values: Values) -> str:
    """Say what of a stored set does not fit the simulation any more."""
    problems = values.problems if isinstance(values, ParameterSet) else {}
    return f"{name} does not fit: {' '.join(problems.values())}" if problems else ""


def ask_comparison(host: Window) -> Dialog | None:
    """Ask which sets are to be compared, and open the comparison."""
    host.values.commit_typing()
    try:
        stored = _stored_sets(host)
    except IVisitError as error:
        host.say(str(error))
        stored = []
    return ChoiceDialog(host, stored)


def _named(
    host: Window, sets: Sequence[ParameterSet | str] | Mapping[str, Values]
) -> dict[str, Values]:
    if isinstance(sets, Mapping):
        named = dict(sets)
    else:
        named = {}
        for one in sets:
            if isinstance(one, str):
                named[one] = _values(host, one)
            elif one.damage:
                raise IVisitError(one.damage)  # its values are not those that were saved
            else:
                title = one.name if one.name not in named else f"{one.name}@{one.version}"
                named[title] = one
    if not FEWEST <= len(named) <= MOST:
        raise IVisitError(f"A comparison needs two to four sets, not {len(named)}")
    return named


def _values(host: Window, name: str) -> Values:
    """Return the values that a name stands for; a stored set of that name counts first."""
    stored = {one.name: one for one in _stored_sets(host)}
    if name in stored:
        return stored[name]
    if name == PRESENT:
        return _Present(host)
    if name == DEFAULTS:
        return _defaults(host)
    raise IVisitError(f"{host.sets.path}: has no parameter set {name!r}")


class _Present(dict[str, Any]):
    """The values of a window, with the ranges that they have there."""

    def __init__(self, host: Window) -> None:
        values = host.engine.parameters()
        super().__init__({name: values[name] for name in _defaults(host)})
        self.adjustments = host.engine.adjustments()


def _defaults(host: Window) -> dict[str, Any]:
    controls = host.session.simulation_class.controls
    return {name: control.default for name, control in controls.items() if control.saved}


def _stored_sets(host: Window) -> list[ParameterSet]:
    """Return the sets of the window's store that can be loaded."""
    path = host.sets.path
    if not path.exists():
        return []
    with ParameterStore(path, create=False) as store:
        return [one for one in store.sets(host.session.simulation_class) if not one.damage]


class ChoiceDialog(Dialog):
    """Lists what can be compared; two to four of it are chosen.

    Parameters
    ----------
    host : Window
        The window.
    stored : sequence of ParameterSet
        The sets of its store.
    """

    def __init__(self, host: Window, stored: Sequence[ParameterSet]) -> None:
        super().__init__(host, "Compare")
        self.window = host
        px = host.theme.pixels
        text = "Choose two to four. They run side by side with the same seed, step by step."
        label = ttk.Label(self.content, text=text, wraplength=px(420), justify="left")
        label.pack(anchor="w", pady=(0, px(8)))
        self.table = ttk.Treeview(
            self.content,
            columns=("version", "comment"),
            selectmode="none",
            height=min(max(len(stored) + 2, 5), 14),
        )
        for column, title, width in (
            ("#0", "Set", 190),
            ("version", "Version", 60),
            ("comment", "Comment", 210),
        ):
            self.table.heading(column, text=title, anchor="w")
            self.table.column(column, width=px(width), stretch=column == "comment")
        names = {one.name for one in stored}
        for name in (PRESENT, DEFAULTS):
            if name not in names:
                self.table.insert("", "end", iid=f" {name}", text=name)
        for one in stored:
            self.table.insert("", "end", iid=f"={one.name}", text=one.name,
                              values=(one.version, one.comment))  # fmt: skip
        bar = ttk.Scrollbar(self.content, orient="vertical", command=self.table.yview)
        self.table.configure(yscrollcommand=bar.set)
        bar.pack(side="right", fill="y")
        self.table.pack(side="left", fill="both", expand=True)
        self.button = self.add_button("Compare", self.accept, is_default=True)
        self.add_button("Cancel", self.destroy)
        self.table.bind("<ButtonRelease-1>", self._click)
        self.table.bind("<space>", self._press)
        self._select_first(host.sets.name)
        self.open(minimum=(px(500), 0))
        self.table.focus_set()

    def _select_first(self, shown: str) -> None:
        """Choose what is most likely meant: the present values and the set that is shown."""
        rows = self.table.get_children()
        other = f"={shown}" if f"={shown}" in rows else rows[1]
        self.table.selection_set(list(dict.fromkeys([rows[0], other])))
        self.table.focus(rows[0])
        self._show_count()

    def _click(self, event: Any) -> str:
        row = self.table.identify_row(event.y)
        if row:
            self.table.focus(row)
            self.toggle(row)
        return "break"

    def _press(self, event: Any) -> str:
        if row := self.table.focus():
            self.toggle(row)
        return "break"

    def toggle(self, row: str) -> None:
        """Choose a row, or no more."""
        self.table.selection_toggle(row)
        self._show_count()

    def _show_count(self) -> None:
        count = len(self.table.selection())
        good = FEWEST <= count <= MOST
        self.button.configure(state="normal" if good else "disabled", text=f"Compare {count}")

    def accept(self) -> None:
        """Open the comparison of what is chosen."""
        chosen = set(self.table.selection())
        if FEWEST <= len(chosen) <= MOST:
            names = [row[1:] for row in self.table.get_children() if row in chosen]
            self.destroy()
            open_comparison(self.window, names)
