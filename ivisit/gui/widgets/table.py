"""A small array of numbers, edited cell by cell or by paste."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Any, cast

from ivisit.controls.table import Table, rows_of_text
from ivisit.gui.widgets.base import ControlWidget
from ivisit.ranges import short_text

#: Visible rows, and the width of a column at 96 dpi.
VISIBLE_ROWS = 5
COLUMN_WIDTH = 74


class TableWidget(ControlWidget):
    """Widget of a `Table`.

    A double click, or Enter, edits a cell; Insert adds a row and Delete removes the selected
    ones. Ctrl-V takes over what was copied from a spreadsheet, Ctrl-C copies all.
    """

    def _build(self) -> None:
        px = self.host.theme.pixels
        self.columns = list(cast(Table, self.control).columns)
        self.tree = ttk.Treeview(
            self.body,
            columns=[str(index) for index in range(len(self.columns))],
            show="headings",
            height=VISIBLE_ROWS,
            selectmode="extended",
        )
        for index, name in enumerate(self.columns):
            self.tree.heading(str(index), text=name)
            self.tree.column(str(index), minwidth=px(30), anchor="e")
        self._narrow()
        bar = ttk.Scrollbar(self.body, orient="vertical", command=self.tree.yview, takefocus=False)
        self.tree.configure(yscrollcommand=bar.set)
        self.tree.grid(row=0, column=0, columnspan=2, sticky="ew")
        bar.grid(row=0, column=2, sticky="ns")
        buttons = ttk.Frame(self.body)
        buttons.grid(row=1, column=0, columnspan=3, sticky="w", pady=(px(3), 0))
        self.buttons = {}
        for text, command in (("Add", self.add_row), ("Remove", self.remove_rows),
                              ("Paste", self.paste)):  # fmt: skip
            button = ttk.Button(buttons, text=text, command=command, takefocus=False)
            button.pack(side="left", padx=(0, px(4)))
            self.buttons[text] = button
        self.body.columnconfigure(0, weight=1)
        self._editor: ttk.Entry | None = None
        self._place = (0, 0)
        self._bind_keys()

    def _narrow(self) -> None:
        """Ask for no more room than at first: columns grow with the room that they are given."""
        for index in range(len(self.columns)):
            self.tree.column(str(index), width=self.host.theme.pixels(COLUMN_WIDTH))

    def align(self, label_width: int, unit_width: int) -> None:
        self._narrow()
        super().align(label_width, unit_width)

    def _bind_keys(self) -> None:
        tree = self.tree
        tree.bind("<Double-Button-1>", self._edit_at)
        tree.bind("<Return>", self._edit_selected)
        tree.bind("<Insert>", lambda event: self.add_row())
        tree.bind("<Delete>", lambda event: self.remove_rows())
        tree.bind("<Control-v>", self._key_paste)
        tree.bind("<Control-c>", lambda event: self.copy())

    def _show(self, value: Any) -> None:
        if self._editor is not None:
            return
        tree = self.tree
        present = tree.get_children()
        for index, row in enumerate(value):
            texts = [short_text(number) for number in row]
            if index >= len(present):
                tree.insert("", "end", values=texts)
            elif list(map(str, tree.item(present[index], "values"))) != texts:
                tree.item(present[index], values=texts)
        for item in present[len(value) :]:
            tree.delete(item)

    def _is_editing(self) -> bool:
        return self._editor is not None

    # Cells ----------------------------------------------------------------------------------

    def _edit_at(self, event: Any) -> str:
        item, column = self.tree.identify_row(event.y), self.tree.identify_column(event.x)
        if item and column:
            self.edit(self.tree.index(item), int(column[1:]) - 1)
        return "break"

    def _edit_selected(self, event: Any) -> str:
        item = self.tree.focus()
        if item:
            self.edit(self.tree.index(item), 0)
        return "break"

    def edit(self, row: int, column: int) -> None:
        """Open a field over a cell."""
        self.finish()
        item = self.tree.get_children()[row]
        self.tree.see(item)
        box = self.tree.bbox(item, str(column))
        if not box:
            return
        self._place = (row, column)
        self._editor = editor = ttk.Entry(self.tree, justify="right")
        editor.insert(0, repr(self.value[row][column]).removesuffix(".0"))
        editor.select_range(0, "end")
        editor.place(x=box[0], y=box[1], width=box[2], height=box[3])
        editor.focus_set()
        editor.bind("<Return>", lambda event: self._take_cell(1, 0))
        editor.bind("<KP_Enter>", lambda event: self._take_cell(1, 0))
        editor.bind("<Tab>", lambda event: self._take_cell(0, 1))
        editor.bind("<Escape>", lambda event: self._close())
        editor.bind("<FocusOut>", lambda event: self.finish())

    def _take_cell(self, down: int, right: int) -> str:
        """Take the field over and go on with the next cell, where there is one."""
        row, column = self._place
        if self._take_over():
            row, column = row + down, column + right
            if column == len(self.columns):
                row, column = row + 1, 0
            if row < len(self.value):
                self.edit(row, column)
            else:
                self.tree.focus_set()
        return "break"

    def finish(self) -> None:
        self._take_over()

    def _take_over(self) -> bool:
        """Take over what stands in the field; tell whether it was a number."""
        if self._editor is None:
            return True
        text = self._editor.get().strip()
        row, column = self._place
        self._close()
        try:
            number = float(text)
        except ValueError:
            self.show_problem(f"Must be a number, not {text!r}")
            return False
        if number == self.value[row][column]:
            return True
        rows = [list(numbers) for numbers in self.value]
        rows[row][column] = number
        return self.commit(rows)

    def _close(self) -> None:
        editor, self._editor = self._editor, None
        if editor is not None:
            editor.destroy()
            self._show(self.value)

    # Rows -----------------------------------------------------------------------------------

    def add_row(self) -> None:
        """Add a row like the last one and edit it."""
        self.finish()
        rows = list(self.value)
        rows.append(rows[-1] if rows else (0.0,) * len(self.columns))
        if self.commit(rows):
            self.update_idletasks()
            self.edit(len(rows) - 1, 0)

    def remove_rows(self) -> None:
        """Remove the selected rows, or the last one."""
        self.finish()
        chosen = {self.tree.index(item) for item in self.tree.selection()}
        chosen = chosen or {len(self.value) - 1}
        self.commit([row for index, row in enumerate(self.value) if index not in chosen])

    def _key_paste(self, event: Any) -> str:
        self.paste()
        return "break"

    def paste(self) -> None:
        """Replace all rows by the numbers on the clipboard."""
        self.finish()
        try:
            self.commit(rows_of_text(self.clipboard_get()))
        except tk.TclError:
            self.show_problem("There is nothing to paste")
        except ValueError as error:
            self.show_problem(f"What was copied is no table of numbers: {error}")

    def copy(self) -> None:
        """Copy all rows, as a spreadsheet takes them."""
        self.host.copy("\n".join("\t".join(map(repr, row)) for row in self.value))
