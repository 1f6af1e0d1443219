"""What the browser tells of the sets that are chosen: history, values, and how two differ."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from tkinter import ttk
from typing import Any

from ivisit.gui.drawers.changes import Cells
from ivisit.gui.toolkit.table_cells import Cell, Column
from ivisit.gui.toolkit.theme import Theme
from ivisit.gui.toolkit.virtual_table import VirtualTable
from ivisit.sets.actions import Step
from ivisit.sets.wording import changes, short_time, value_text, zone_now
from ivisit.store.differences import differences, same
from ivisit.store.parameter_set import ParameterSet

HISTORY = (
    Column("version", "Version", 62, can_sort=False),
    Column("changed", "What it changed", 130, 1, can_sort=False),
    Column("saved", f"Saved ({zone_now()})", 146, can_sort=False, is_optional=True),
)


class Details(ttk.Frame):
    """A table on the right of the browser.

    Parameters
    ----------
    parent : tkinter.Misc
        The parent.
    theme : Theme
        Looks and sizes.
    picture : callable
        ``picture(stored)`` returns a Tk image of a version, or None.
    load, restore : callable
        Called with a name and the number of a former version, to load it and to make it the
        current one.

    Attributes
    ----------
    kind : str
        What is shown of one set: ``History`` or ``Values``.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        picture: Callable[[ParameterSet], Any],
        load: Callable[[str, int], object],
        restore: Callable[[str, int, int], object],
    ) -> None:
        super().__init__(parent, style="Card.TFrame", relief="flat", borderwidth=0)
        self.theme = theme
        self.kind = "History"
        self.steps: list[Step] = []
        self._picture = picture
        self._load, self._restore = load, restore
        self._shown: Callable[[], None] = self._show_nothing
        px = theme.pixels
        self.side = ttk.Frame(self, style="Card.TFrame", relief="flat", borderwidth=0)
        self.side.grid(row=0, column=0, sticky="n", padx=(0, px(6)))
        self.picture = ttk.Label(self.side, style="CardMuted.TLabel", anchor="center")
        self.picture.pack()
        self.tabs = {}
        for kind in ("History", "Values"):
            button = ttk.Button(self.side, text=kind, command=lambda kind=kind: self.choose(kind))  # type: ignore[misc]
            button.pack(fill="x", pady=(px(4), 0))
            self.tabs[kind] = button
        self.restore_button = ttk.Button(self.side, text="Make current", command=self.restore)
        self.table = VirtualTable(self, theme, HISTORY)
        self.table.grid(row=0, column=1, sticky="nsew")
        self.columnconfigure(1, weight=1)
        self.rowconfigure(0, weight=1)
        self.table.bind("<<Activated>>", lambda event: self.load())
        self.table.bind("<<Selected>>", lambda event: self._version_chosen(), add=True)

    def choose(self, kind: str) -> None:
        """Show the history or the values of one set."""
        self.kind = kind
        self._shown()

    def color(self) -> None:
        """Take over the colors of the theme."""
        self.table.color()

    # What is shown --------------------------------------------------------------------------

    def show_nothing(self) -> None:
        """No set is chosen."""
        self._shown = self._show_nothing
        self._shown()

    def show_one(self, steps: list[Step], present: Mapping[str, Any]) -> None:
        """One set is chosen: its versions, the newest first."""
        self._shown = lambda: self._show_one(steps, present)
        self._shown()

    def show_two(self, first: ParameterSet, second: ParameterSet) -> None:
        """Two sets are chosen: how they differ."""
        self._shown = lambda: self._show_two(first, second)
        self._shown()

    def show_many(self, count: int) -> None:
        """More sets are chosen."""
        self._shown = lambda: self._show_text(f"{count} sets")
        self._shown()

    def _show_nothing(self) -> None:
        self._show_text("")

    def _show_text(self, text: str) -> None:
        self._set_columns([Column("text", text, 100, 1, can_sort=False)])
        self._show_picture(None)
        self.table.show(Cells([]))

    def _show_one(self, steps: list[Step], present: Mapping[str, Any]) -> None:
        self._show_picture(steps[0].stored if steps else None)
        if self.kind == "History":
            self.steps = steps
            self._set_columns(HISTORY)
            self.table.show(Cells([self._step_row(step) for step in steps]))
        else:
            stored = steps[0].stored if steps else {}
            self._set_columns(_value_columns("Parameter", "In the set", "Now"))
            self.table.show(Cells([_value_row(n, v, present) for n, v in stored.items()]))
        self._show_tabs(self.kind)

    def _show_two(self, first: ParameterSet, second: ParameterSet) -> None:
        differing = differences(first, second)
        self._set_columns(_value_columns("Differs", first.name, second.name))
        self._show_picture(None)
        rows = []
        for name, text in changes(differing):
            before, _, after = text.partition(" -> ")
            rows.append({"name": Cell(name), "first": Cell(before), "second": Cell(after)})
        self.table.show(Cells(rows))

    def _step_row(self, step: Step) -> dict[str, Cell]:
        damaged = bool(step.stored.damage)
        return {
            "version": Cell(f"v{step.stored.version}", "muted"),
            "changed": Cell(step.words(), "danger" if damaged else "text"),
            "saved": Cell(short_time(step.stored.saved_at), "muted"),
        }

    def _set_columns(self, columns: Any) -> None:
        if columns is not HISTORY:
            self.steps = []
        self.table.columns = list(columns)
        self._show_tabs("")
        self.restore_button.pack_forget()

    def _show_tabs(self, chosen: str) -> None:
        for kind, button in self.tabs.items():
            button.configure(
                state="normal" if chosen else "disabled",
                style="Accent.TButton" if kind == chosen else "TButton",
            )

    def _show_picture(self, stored: ParameterSet | None) -> None:
        image = None if stored is None else self._picture(stored)
        text = "" if image is not None else "no picture" if stored is not None else ""
        self.picture.configure(image=image or "", text=text)

    # Versions -------------------------------------------------------------------------------

    def _chosen(self) -> Step | None:
        """Return the version that is selected, where the history is shown."""
        row = self.table.active
        return self.steps[row] if 0 <= row < len(self.steps) else None

    def _version_chosen(self) -> None:
        step = self._chosen()
        if step is None:
            return
        self._show_picture(step.stored)
        if step.stored.version != self.steps[0].stored.version and not step.stored.damage:
            self.restore_button.pack(fill="x", pady=(self.theme.pixels(4), 0))
        else:
            self.restore_button.pack_forget()

    def load(self) -> None:
        """Load the selected version."""
        step = self._chosen()
        if step is not None:
            self._load(step.stored.name, step.stored.version)

    def restore(self) -> None:
        """Make the selected version the current one again."""
        step = self._chosen()
        if step is not None:
            self._restore(step.stored.name, step.stored.version, self.steps[0].stored.version)


def _value_columns(*titles: str) -> list[Column]:
    keys = ("name", "first", "second")
    return [
        Column(key, title, 90, 1, can_sort=False) for key, title in zip(keys, titles, strict=True)
    ]


def _value_row(name: str, value: Any, present: Mapping[str, Any]) -> dict[str, Cell]:
    is_same = name in present and same(value, present[name])
    return {
        "name": Cell(name),
        "first": Cell(value_text(value)),
        "second": Cell(value_text(present.get(name)), "muted" if is_same else "accent"),
    }
