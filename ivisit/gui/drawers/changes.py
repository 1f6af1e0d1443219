"""The page "Changes": what differs from the loaded set, and the log of changes of the run."""

from __future__ import annotations

from collections.abc import Sequence
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from ivisit.gui.drawers.page import Page
from ivisit.gui.toolkit.table_cells import Cell, Column
from ivisit.gui.toolkit.virtual_table import VirtualTable
from ivisit.recording import Adjustment, Change, LogEntry
from ivisit.sets.wording import value_text

if TYPE_CHECKING:
    from ivisit.gui.window import Window

#: Entries of the log that are looked at, so that a long session costs no time.
MOST_ENTRIES = 2000


class Cells:
    """Texts in rows as a model of a table."""

    def __init__(self, rows: Sequence[dict[str, Cell]]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def cell(self, row: int, column: str) -> Cell:
        """Return what stands in a row and a column."""
        return self.rows[row].get(column, Cell())


class Changes(Page):
    """On the left what differs from the loaded set, on the right what was changed, by step.

    Enter or a double click on a difference goes back to the saved value.
    """

    caption = "Changes"
    natural_height = 220

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        px = window.theme.pixels
        self.names: list[str] = []
        self._seen: tuple[Any, ...] = ()
        sides = ttk.Frame(self, style="Card.TFrame", relief="flat", borderwidth=0)
        sides.pack(fill="both", expand=True)
        self.differences = VirtualTable(
            sides,
            window.theme,
            [
                Column("label", "Differs", 130, 3, can_sort=False),
                Column("saved", "Saved", 90, 2, can_sort=False),
                Column("present", "Now", 90, 2, can_sort=False),
            ],
            empty=lambda: f"Nothing differs from the values {self._where()}",
        )
        self.log = VirtualTable(
            sides,
            window.theme,
            [
                Column("step", "Step", 90, can_sort=False),
                Column("text", "Changed in this run", 220, 1, can_sort=False),
            ],
            empty=lambda: "Nothing was changed since the last Init",
        )
        for column, table in enumerate((self.differences, self.log)):
            table.grid(row=0, column=column, sticky="nsew", padx=(px(6) * column, 0))
            sides.columnconfigure(column, weight=1, uniform="sides")
        sides.rowconfigure(0, weight=1)
        self.differences.bind("<<Activated>>", lambda event: self.go_back())
        for text, command in (("All back", self.all_back), ("Go back", self.go_back)):
            button = ttk.Button(self.tools, text=text, command=command)
            button.pack(side="right", padx=(px(6), 0))

    def _where(self) -> str:
        return self.window.sets.saved_where()

    def opened(self) -> None:
        self._seen = ()
        self.values_changed()
        self.differences.canvas.focus_set()

    def color(self) -> None:
        self.differences.color()
        self.log.color()

    def go_back(self) -> None:
        """Return to the saved values of what is selected."""
        self.window.sets.go_back([self.names[row] for row in self.differences.selection])

    def all_back(self) -> None:
        """Return to all saved values."""
        self.window.sets.go_back()

    def values_changed(self) -> None:
        sets = self.window.sets
        controls = self.window.session.simulation_class.controls
        selected = {self.names[row] for row in self.differences.selection if row < len(self.names)}
        self.names = sets.changed_names()
        rows = [
            {
                "label": Cell(controls[name].label),
                "saved": Cell(value_text(sets.base.get(name)), "muted"),
                "present": Cell(value_text(sets.chosen[name])),
            }
            for name in self.names
        ]
        chosen = [row for row, name in enumerate(self.names) if name in selected]
        self.differences.show(Cells(rows), chosen or [0] * bool(rows))

    def poll(self, now: float) -> None:
        changes = self.window.engine.changes
        seen = (self.window.engine.runs, len(changes))
        if seen != self._seen:
            self._seen = seen
            entries = [e for e in changes[-MOST_ENTRIES:] if isinstance(e, Change | Adjustment)]
            rows = [
                {"step": Cell(f"{e.step:,}", "muted"), "text": Cell(self._text(e))}
                for e in reversed(entries)
            ]
            self.log.show(Cells(rows))

    def _text(self, entry: LogEntry) -> str:
        controls = self.window.session.simulation_class.controls
        if isinstance(entry, Change):
            label = controls[entry.name].label if entry.name in controls else entry.name
            return f"{label} = {value_text(entry.value)}"
        assert isinstance(entry, Adjustment)
        changes = ", ".join(f"{n} {value_text(value)}" for n, value in entry.changes.items())
        return f"{entry.name}: {changes}"
