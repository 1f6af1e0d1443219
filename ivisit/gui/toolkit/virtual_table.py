"""`VirtualTable`: a table of any number of rows, of which only those that are seen are drawn."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterable, Sequence
from tkinter import ttk
from typing import Any

from ivisit.gui.toolkit.scrolling import WHEEL_EVENTS, wheel_units
from ivisit.gui.toolkit.table_cells import Column, FittedTexts, TableModel
from ivisit.gui.toolkit.theme import Theme
from ivisit.gui.toolkit.tooltip import Tooltip

#: Bits of an event's state.
SHIFT, CONTROL = 1, 4
#: Room left and right of a text at 96 dpi.
MARGIN = 6
#: Width at 96 dpi below which no column is made narrower.
LEAST = 60
#: What stands behind the title of the column by which the rows are sorted.
ARROWS = {False: " ▾", True: " ▴"}


class VirtualTable(ttk.Frame):
    """Rows and columns, drawn on a canvas; as quick with ten thousand rows as with ten.

    Arrow keys, Page Up and Down, Home and End move, with Shift they extend the selection, Ctrl-A
    selects all. It generates ``<<Selected>>`` when the selection has changed, and ``<<Activated>>``
    for Enter and a double click.

    Parameters
    ----------
    parent : tkinter.Misc
        The parent.
    theme : Theme
        Looks and sizes.
    columns : sequence of Column
        The columns.
    row_height : int
        Pixels at 96 dpi; 0: as high as a line of text needs.
    empty : callable
        ``empty()`` returns what is shown in place of no rows.

    Attributes
    ----------
    on_cell : callable
        ``on_cell(row, column key, fraction of the cell's width)`` is called for a click.
    on_heading : callable
        ``on_heading(column key)`` is called for a click on a heading.
    selection : list of int
        Selected rows, in order.
    active : int
        The row that the keys move; -1 when there is none.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        columns: Sequence[Column],
        *,
        row_height: int = 0,
        empty: Callable[[], str] = str,
    ) -> None:
        super().__init__(parent, style="Card.TFrame", padding=1)
        self.theme = theme
        self.columns = list(columns)
        self.model: TableModel | None = None
        self.on_cell: Callable[[int, str, float], object] = _nothing
        self.on_heading: Callable[[str], object] = _nothing
        self.selection: list[int] = []
        self.active = -1
        self.sorted_by: tuple[str, bool] = ("", False)
        self._anchor = -1
        self._empty = empty
        self._wanted_height = row_height
        self._first = 0
        self._waiting = ""
        self.texts = FittedTexts(self)
        self._seen: list[Column] = []
        self._edges: list[int] = []
        self._pointed: tuple[int, str] = (-1, "")
        options: dict[str, Any] = {"highlightthickness": 0, "borderwidth": 0, "width": 1}
        self.heading = tk.Canvas(self, height=1, **options)
        options["highlightthickness"] = theme.pixels(1)
        self.canvas = tk.Canvas(self, height=1, takefocus=True, **options)
        self.bar = ttk.Scrollbar(self, orient="vertical", command=self._scroll_command)
        self.heading.grid(row=0, column=0, columnspan=2, sticky="ew")
        self.canvas.grid(row=1, column=0, sticky="nsew")
        self.bar.grid(row=1, column=1, sticky="ns")
        self.rowconfigure(1, weight=1)
        self.columnconfigure(0, weight=1)
        self._bind_events()
        self.color()

    def _bind_events(self) -> None:
        canvas = self.canvas
        canvas.bind("<Configure>", lambda event: self.redraw())
        canvas.bind("<ButtonPress-1>", self._press)
        canvas.bind("<Double-Button-1>", self._double)
        self.tooltip = Tooltip(canvas, self._whole_text, self.theme)
        canvas.bind("<Motion>", self._point, add=True)
        for wheel in WHEEL_EVENTS:
            canvas.bind(wheel, self._wheel)
        for key in ("Up", "Down", "Prior", "Next", "Home", "End"):
            canvas.bind(f"<{key}>", self._move)
            canvas.bind(f"<Shift-{key}>", self._move)
        canvas.bind("<Control-a>", self._select_all)
        for key in ("Return", "KP_Enter"):
            canvas.bind(f"<{key}>", lambda event: self._activate())
        self.heading.bind("<ButtonRelease-1>", self._click_heading)
        self.bind("<Destroy>", self._cancel, add=True)

    # What is shown --------------------------------------------------------------------------

    def show(self, model: TableModel, selected: Iterable[int] = ()) -> None:
        """Show the rows of a model, some of them selected."""
        self.model = model
        self.selection = sorted(row for row in selected if 0 <= row < len(model))
        self.active = self.selection[0] if self.selection else -1
        self._anchor = self.active
        if self.active >= 0:
            self._see(self.active)
        self.redraw()

    def color(self) -> None:
        """Take over the colors and letters of the theme."""
        p = self.theme.palette
        self.canvas.configure(
            background=p.surface, highlightbackground=p.surface, highlightcolor=p.accent
        )
        self.heading.configure(background=p.hover)
        self.texts.clear()
        self.redraw()

    def redraw(self) -> None:
        """Draw the rows that are seen, once for all that has happened until Tk is idle."""
        if not self._waiting:
            self._waiting = self.after_idle(self.draw)

    def draw(self) -> None:
        """Draw the rows that are seen, now."""
        self._cancel()
        canvas, width = self.canvas, self.canvas.winfo_width()
        canvas.delete("all")
        if width <= 1:
            return
        self._measure(width)
        self._draw_heading()
        rows = self.row_count
        self._first = min(max(self._first, 0), max(rows - self.fitting, 0))
        last = min(self._first + self.fitting + 1, rows)
        for row in range(self._first, last):
            self._draw_row(row)
        if not rows:
            self._draw_empty(width)
        end = min(self._first + self.fitting, rows)
        self.bar.set(*((self._first / rows, end / rows) if rows else (0.0, 1.0)))
        self._show_bar(rows > self.fitting)

    def _show_bar(self, needed: bool) -> None:
        if needed and not self.bar.winfo_manager():
            self.bar.grid(row=1, column=1, sticky="ns")
        elif not needed and self.bar.winfo_manager():
            self.bar.grid_remove()

    def _cancel(self, event: Any = None) -> None:
        if self._waiting and (event is None or event.widget is self):
            self.after_cancel(self._waiting)
            self._waiting = ""

    @property
    def row_count(self) -> int:
        """The number of rows."""
        return 0 if self.model is None else len(self.model)

    @property
    def fitting(self) -> int:
        """How many rows are seen whole."""
        return max(self.canvas.winfo_height() // self.row_height, 1)

    @property
    def row_height(self) -> int:
        """Pixels from one row to the next."""
        line = int(str(self.tk.call("font", "metrics", "TkDefaultFont", "-linespace")))
        return max(self.theme.pixels(self._wanted_height), line + self.theme.pixels(6))

    def _measure(self, width: int) -> None:
        """Find out where the columns lie."""
        px = self.theme.pixels
        self._seen = self.columns
        if sum(px(column.width) for column in self.columns) > width:
            self._seen = [column for column in self.columns if not column.is_optional]
        widths = [px(column.width) for column in self._seen]
        left, weight = width - sum(widths), sum(column.weight for column in self._seen)
        if weight:
            # What is missing is taken from the same columns, as far as they have it.
            widths = [
                max(w + left * c.weight // weight, min(w, px(LEAST)))
                for w, c in zip(widths, self._seen, strict=True)
            ]
        self._edges = [sum(widths[:index]) for index in range(len(widths) + 1)]

    def _draw_heading(self) -> None:
        p, px = self.theme.palette, self.theme.pixels
        height = int(str(self.tk.call("font", "metrics", "TkDefaultFont", "-linespace"))) + px(6)
        self.heading.configure(height=height)
        self.heading.delete("all")
        for index, column in enumerate(self._seen):
            left, right = self._edges[index], self._edges[index + 1]
            title = column.title
            if column.key == self.sorted_by[0]:
                title += ARROWS[self.sorted_by[1]]
            text = self.texts.fit(title, "TkDefaultFont", right - left - px(MARGIN))
            self.heading.create_text(
                left + px(MARGIN), height // 2, anchor="w", text=text, fill=p.muted
            )

    def _draw_row(self, row: int) -> None:
        assert self.model is not None
        p, px, height = self.theme.palette, self.theme.pixels, self.row_height
        top = (row - self._first) * height
        selected, right = row in self._selected(), self._edges[-1]
        self.canvas.create_line(0, top + height, right, top + height, fill=p.hover)
        if selected:
            self.canvas.create_rectangle(
                0, top, right, top + height, width=0, fill=p.accent, outline=""
            )
        if row == self.active and len(self.selection) != 1:
            self.canvas.create_rectangle(2, top + 2, right - 3, top + height - 2, outline=p.muted)
        for index, column in enumerate(self._seen):
            cell = self.model.cell(row, column.key)
            left, right = self._edges[index], self._edges[index + 1]
            middle = top + height // 2
            if cell.image is not None:
                self.canvas.create_image(
                    (left + right) // 2, middle, image=cell.image, anchor="center"
                )
            elif cell.text:
                self.canvas.create_text(
                    left + px(MARGIN),
                    middle,
                    anchor="w",
                    text=self.texts.fit(cell.text, cell.font, right - left - 2 * px(MARGIN)),
                    font=cell.font,
                    fill=p.on_accent if selected else getattr(p, cell.role),
                )

    def _draw_empty(self, width: int) -> None:
        self.canvas.create_text(
            width // 2, self.canvas.winfo_height() // 2, text=self._empty(), justify="center",
            fill=self.theme.palette.muted, width=max(width - 20, 50),
        )  # fmt: skip

    def _selected(self) -> set[int]:
        return set(self.selection)

    # Scrolling ------------------------------------------------------------------------------

    def _scroll_command(self, action: str, number: str, unit: str = "") -> None:
        if action == "moveto":
            self._first = round(float(number) * self.row_count)
        else:
            self._first += int(number) * (self.fitting if unit == "pages" else 1)
        self.redraw()

    def _wheel(self, event: Any) -> str:
        self._first += wheel_units(event) * 2
        self.redraw()
        return "break"  # what lies around it need not scroll

    def _see(self, row: int) -> None:
        """Scroll as far as needed to have a row seen."""
        self._first = min(max(self._first, row - self.fitting + 1), row)

    # The pointer ----------------------------------------------------------------------------

    def _point(self, event: Any) -> None:
        """Wait anew for the pointer to rest, when it has come to another cell."""
        pointed = self.row_at(event.y), self.column_at(event.x)[0]
        if pointed != self._pointed:
            self._pointed = pointed
            self.tooltip.hide()
            self.tooltip.wait()

    def _whole_text(self) -> str:
        """Return the text under the pointer where it does not fit, for the tooltip."""
        row, column = self._pointed
        if self.model is None or not 0 <= row < self.row_count or not column:
            return ""
        cell = self.model.cell(row, column)
        left, right = self.span(column)
        room = right - left - 2 * self.theme.pixels(MARGIN)
        return "" if self.texts.fit(cell.text, cell.font, room) == cell.text else cell.text

    # The user's doing -----------------------------------------------------------------------

    def select(self, rows: Iterable[int], active: int | None = None) -> None:
        """Select rows, and none beside them."""
        self.selection = sorted(set(rows))
        if active is not None or self.selection:
            self.active = self.selection[0] if active is None else active
            self._see(self.active)
        self.redraw()
        self.event_generate("<<Selected>>")

    def row_at(self, y: int) -> int:
        """Return the row at a height of the canvas; -1 where there is none."""
        row = self._first + y // self.row_height
        return row if 0 <= row < self.row_count else -1

    def column_at(self, x: int) -> tuple[str, float]:
        """Return the column at a place of the canvas, and where in it that is, from 0 to 1."""
        for index, column in enumerate(self._seen):
            left, right = self._edges[index : index + 2] or (0, 0)
            if left <= x < right:
                return column.key, (x - left) / (right - left)
        return "", 0.0

    def span(self, key: str) -> tuple[int, int]:
        """Return where a column begins and ends, in pixels."""
        index = [column.key for column in self._seen].index(key)
        return self._edges[index], self._edges[index + 1]

    def _press(self, event: Any) -> None:
        self.canvas.focus_set()
        row = self.row_at(event.y)
        if row < 0:
            return
        if event.state & SHIFT and self._anchor >= 0:
            self._extend_to(row)
        elif event.state & CONTROL:
            self._anchor = row
            self.select(set(self.selection) ^ {row}, row)
        else:
            self._anchor = row
            self.select([row])
            self.on_cell(row, *self.column_at(event.x))

    def _double(self, event: Any) -> None:
        if self.row_at(event.y) >= 0:
            self._activate()

    def _activate(self) -> str:
        if self.active >= 0:
            self.event_generate("<<Activated>>")
        return "break"  # the window has another use for the key

    def _move(self, event: Any) -> str:
        page = self.fitting
        here, last = self.active, self.row_count - 1
        targets = {
            "Up": here - 1, "Down": here + 1, "Prior": here - page, "Next": here + page,
            "Home": 0, "End": last,
        }  # fmt: skip
        row = min(max(targets[event.keysym], 0), last)
        if row >= 0:
            if event.state & SHIFT and self._anchor >= 0:
                self._extend_to(row)
            else:
                self._anchor = row
                self.select([row])
        return "break"

    def _extend_to(self, row: int) -> None:
        low, high = sorted((self._anchor, row))
        self.select(range(low, high + 1), row)

    def _select_all(self, event: Any) -> str:
        self.select(range(self.row_count), max(self.active, 0))
        return "break"

    def _click_heading(self, event: Any) -> None:
        key, _ = self.column_at(event.x)
        if any(column.key == key and column.can_sort for column in self.columns):
            self.on_heading(key)


def _nothing(*arguments: Any) -> None:
    pass
