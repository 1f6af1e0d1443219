"""`Browser`: the page "Sets" of the drawer."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable, Collection
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from ivisit.errors import ParameterError
from ivisit.gui.actions.store_care import state_of
from ivisit.gui.browser.asking import Asking
from ivisit.gui.browser.details import Details
from ivisit.gui.browser.pictures import Pictures
from ivisit.gui.browser.rows import COLUMNS, STARS, SetRows
from ivisit.gui.drawers.page import Page
from ivisit.gui.toolkit.hint_entry import HintEntry
from ivisit.gui.toolkit.tooltip import Tooltip
from ivisit.gui.toolkit.virtual_table import VirtualTable
from ivisit.sets.conditions import EXAMPLE
from ivisit.store.parameter_set import ParameterSet

if TYPE_CHECKING:
    from ivisit.gui.window import Window

#: Seconds between two looks at the store: somebody else may have written.
WATCH_TIME = 1.0
#: Size at 96 dpi of a row, of the picture in it, and of the picture in the details.
ROW_HEIGHT, SMALL, LARGE = 30, (46, 26), (120, 75)
#: What is said of an empty list.
NO_SETS = "No parameter sets yet. Ctrl-S saves the present values."
NO_DELETED = "Nothing is deleted."


class Browser(Page):
    """Lists, finds, compares and changes the stored sets of the simulation.

    Parameters
    ----------
    window : Window
        The window.
    """

    caption = "Sets"
    natural_height = 300

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        theme = window.theme
        self.commands = window.stored_sets
        small = (theme.pixels(SMALL[0]), theme.pixels(SMALL[1]))
        large = (theme.pixels(LARGE[0]), theme.pixels(LARGE[1]))
        self.rows = SetRows(Pictures(self.commands.picture, window.root, small))
        self.asking = Asking(self)
        self.shows_deleted = False
        self._state: object = None
        self._looked_at = 0.0
        self._make_head()
        self._make_body(Pictures(self.commands.picture, window.root, large))
        self._make_buttons()
        self._bind_keys()

    # Building -------------------------------------------------------------------------------

    def _make_head(self) -> None:
        px, theme = self.window.theme.pixels, self.window.theme
        head = ttk.Frame(self, style="Card.TFrame", relief="flat", borderwidth=0)
        head.pack(fill="x", pady=(0, px(4)))
        self.filter = HintEntry(head, theme, f"Find: {EXAMPLE}", self._find)
        self.filter.pack(side="left", fill="x", expand=True)
        self.buttons_row = ttk.Frame(head, style="Card.TFrame", relief="flat", borderwidth=0)
        self.buttons_row.pack(side="right")
        self.count = ttk.Label(self.tools, style="CardMuted.TLabel", takefocus=False)
        self.count.pack(side="right", padx=(px(8), 0))
        # A Tcl variable by name: see `theme`.
        self.deleted_variable = f"deleted{self}"
        self.setvar(self.deleted_variable, "0")
        self.deleted_box = ttk.Checkbutton(
            self.tools,
            text="Deleted",
            variable=self.deleted_variable,  # type: ignore[arg-type]
            onvalue="1",
            offvalue="0",
            style="Card.TCheckbutton",
            command=lambda: self.show_deleted(self.getvar(self.deleted_variable) in ("1", 1)),
        )
        self.deleted_box.pack(side="right", padx=(px(8), 0))
        Tooltip(self.deleted_box, "Show the deleted sets, to bring them back", theme)
        self.problem = ttk.Label(self, style="CardProblem.TLabel", takefocus=False)

    def _make_body(self, large: Callable[[ParameterSet], Any]) -> None:
        px, theme = self.window.theme.pixels, self.window.theme
        self.body = ttk.Frame(self, style="Card.TFrame", relief="flat", borderwidth=0)
        self.body.pack(fill="both", expand=True)
        self.table = VirtualTable(
            self.body, theme, COLUMNS, row_height=ROW_HEIGHT, empty=self._why_empty
        )
        self.details = Details(
            self.body, theme, large, self.window.sets.load, self.commands.restore
        )
        self.table.grid(row=0, column=0, sticky="nsew")
        self.details.grid(row=0, column=1, sticky="nsew", padx=(px(8), 0))
        self.body.columnconfigure(0, weight=2, uniform="sides")
        self.body.columnconfigure(1, weight=1, uniform="sides")
        self.body.rowconfigure(0, weight=1)
        self.table.on_heading = self.sort
        self.table.on_cell = self._click
        self.table.bind("<<Selected>>", lambda event: self._show_details())
        self.table.bind("<<Activated>>", lambda event: self.load())

    def _make_buttons(self) -> None:
        px = self.window.theme.pixels
        self.buttons: dict[str, ttk.Button] = {}
        for text, command in (
            ("Load", self.load),
            ("Duplicate", self.duplicate),
            ("Rename", self.asking.name),
            ("Comment", self.asking.comment),
            ("Delete", self.delete),
            ("Bring back", self.bring_back),
            ("Remove for good", self.asking.removal),
            ("More", self.post_menu),
        ):
            self.buttons[text] = ttk.Button(self.buttons_row, text=text, command=command)
        self.menu = tk.Menu(self, tearoff=False)
        for label, key, command in (
            ("Load", "Enter", self.load),
            ("Duplicate", "Ctrl+D", self.duplicate),
            ("Rename ...", "F2", self.asking.name),
            ("Comment ...", "F3", self.asking.comment),
            ("Delete", "Del", self.delete),
        ):
            self.menu.add_command(label=label, accelerator=key, command=command)
        grades = tk.Menu(self.menu, tearoff=False)
        for grade in range(STARS, -1, -1):
            grades.add_command(
                label="★" * grade or "none",
                accelerator=str(grade),
                command=lambda grade=grade: self.grade(grade),  # type: ignore[misc]
            )
        self.menu.add_cascade(label="Grade", menu=grades)
        self.menu.add_command(label="Compare side by side", command=self.compare)
        self.menu.add_separator()
        self.menu.add_command(label="Export the selected sets ...", command=self.asking.export)
        self.menu.add_command(label="Import a file ...", command=self.asking.import_)
        self.menu.add_command(
            label="Import, and join sets of one name ...",
            command=lambda: self.asking.import_(merge=True),
        )
        self.menu.add_command(
            label="Take over sets of a renamed simulation ...", command=self.asking.take_over
        )
        self._show_buttons()
        self.buttons["Load"].configure(style="Accent.TButton")
        self.table.canvas.configure(takefocus=True)
        self.buttons_row.configure(padding=(px(2), 0, 0, 0))

    def _show_buttons(self) -> None:
        """Show the buttons of stored or of deleted sets."""
        px = self.window.theme.pixels
        shown = {False: ("Load", "Duplicate", "Rename", "Comment", "Delete", "More"),
                 True: ("Bring back", "Remove for good")}[self.shows_deleted]  # fmt: skip
        for text, button in self.buttons.items():
            button.pack_forget()
            if text in shown:
                button.pack(side="left", padx=(px(4), 0))

    def _bind_keys(self) -> None:
        canvas = self.table.canvas
        self.filter.bind("<Down>", self._into_table)
        self.filter.bind("<Return>", self._load_found)
        canvas.bind("<F2>", lambda event: self.asking.name())
        canvas.bind("<F3>", lambda event: self.asking.comment())
        canvas.bind("<Delete>", lambda event: self.delete())
        canvas.bind("<Control-d>", lambda event: self.duplicate())
        for grade in range(STARS + 1):
            canvas.bind(f"<Key-{grade}>", lambda event, grade=grade: self.grade(grade))  # type: ignore[misc]
        second = "2" if self.tk.call("tk", "windowingsystem") == "aqua" else "3"
        for sequence in (f"<ButtonRelease-{second}>", "<Control-ButtonRelease-1>"):
            canvas.bind(sequence, self._post_at)
        for sequence in ("<Shift-F10>", "<Menu>"):
            canvas.bind(sequence, lambda event: self.post_menu())

    # What is shown --------------------------------------------------------------------------

    def opened(self) -> None:
        self.refresh()
        self.filter.focus_set()

    def color(self) -> None:
        self.table.color()
        self.details.color()
        self.window.theme.color_menu(self.menu)

    def poll(self, now: float) -> None:
        if now - self._looked_at > WATCH_TIME:
            self._looked_at = now
            if state_of(self.window.sets.path) != self._state:
                self.refresh()

    def values_changed(self) -> None:
        self._compare()
        if self.rows.order == "difference":
            self._find(self.filter.get())
        self.table.redraw()
        if self.details.kind == "Values" and len(self.table.selection) == 1:
            self._show_details()

    def refresh(self, selected: str = "") -> None:
        """Show what the store holds now; select a set, or those that are selected."""
        self._looked_at = time.perf_counter()
        self._state = state_of(self.window.sets.path)
        names = {selected} if selected else {one.name for one in self.selected()}
        self.rows.take(self.commands.sets(deleted=self.shows_deleted))
        self._compare()
        self._find(self.filter.get(), names)

    def _compare(self) -> None:
        sets = self.window.sets
        self.rows.compare_with(sets.chosen)
        self.rows.loaded = ("", 0) if sets.shown is None else (sets.name, sets.shown.version)

    def _find(self, where: str, names: set[str] | None = None) -> None:
        """Show the sets that a filter lets pass, or say what is wrong with it."""
        kept = {one.name for one in self.selected()} if names is None else names
        try:
            self.rows.find(where, self.window.session.simulation_class.controls)
        except ParameterError as error:
            self.problem.configure(text=str(error))
            self.problem.pack(fill="x", before=self.body)
            self._show_rows(kept)
            return
        if self.problem.winfo_manager():
            self.problem.pack_forget()
        self._show_rows(kept)

    def _show_rows(self, kept: Collection[str]) -> None:
        """Show the rows that there are; those with the names `kept` are selected."""
        shown, all_sets = len(self.rows), len(self.rows.sets)
        self.count.configure(text=f"{shown:,} of {all_sets:,} sets")
        self.table.sorted_by = (self.rows.order, self.rows.reverse)
        self.table.show(self.rows, [i for i, s in enumerate(self.rows.shown) if s.name in kept])
        self._show_details()

    def _why_empty(self) -> str:
        if self.rows.sets:
            return "No set is like that. Escape shows all again."
        return NO_DELETED if self.shows_deleted else NO_SETS

    def selected(self) -> list[ParameterSet]:
        """Return the selected sets."""
        return [self.rows.shown[row] for row in self.table.selection if row < len(self.rows)]

    def select(self, names: Collection[str]) -> None:
        """Select sets by name."""
        self.table.select(i for i, stored in enumerate(self.rows.shown) if stored.name in names)

    def sort(self, column: str) -> None:
        """Sort by a column; the other way round when that was done already."""
        rows = self.rows
        rows.order, rows.reverse = column, rows.order == column and not rows.reverse
        self._find(self.filter.get())

    def show_deleted(self, deleted: bool) -> None:
        """Show the deleted sets instead of the others."""
        self.shows_deleted = deleted
        self.setvar(self.deleted_variable, "1" if deleted else "0")
        self._show_buttons()
        self.refresh()

    def _show_details(self) -> None:
        chosen = self.selected()
        if not chosen:
            self.details.show_nothing()
        elif len(chosen) == 1:
            steps = self.commands.history(chosen[0].name)
            self.details.show_one(steps, self.window.sets.chosen)
        elif len(chosen) == 2:
            self.details.show_two(*chosen)
        else:
            self.details.show_many(len(chosen))

    # The user's doing -----------------------------------------------------------------------

    def _into_table(self, event: Any) -> str:
        self.table.canvas.focus_set()
        if not self.table.selection and len(self.rows):
            self.table.select([0])
        return "break"

    def _load_found(self, event: Any) -> str:
        """Load the selected set, or the first one that was found."""
        self.filter.follow()
        if not self.selected() and len(self.rows):
            self.table.select([0])
        self.load()
        return "break"

    def _click(self, row: int, column: str, fraction: float) -> None:
        """A click on a star gives that grade; on the only star that there is, none."""
        if column == "grade" and not self.shows_deleted:
            stored = self.rows.shown[row]
            font = ("font", "measure", "TkDefaultFont", "★" * STARS)
            width = int(str(self.tk.call(*font)))
            left, right = self.table.span("grade")
            place = fraction * (right - left) - self.window.theme.pixels(6)
            star = int(place / max(width, 1) * STARS) + 1
            if 1 <= star <= STARS:
                self.grade(0 if stored.grade == star else star)

    def _post_at(self, event: Any) -> None:
        row = self.table.row_at(event.y)
        if row >= 0 and row not in self.table.selection:
            self.table.select([row])
        self._post(event.x_root, event.y_root)

    def post_menu(self) -> None:
        """Open the menu of all that can be done."""
        button = self.buttons["More"]
        self._post(button.winfo_rootx(), button.winfo_rooty())

    def _post(self, x: int, y: int) -> None:
        if not self.shows_deleted:
            self.window.theme.color_menu(self.menu)
            self.menu.tk_popup(x, y)

    def chosen(self) -> ParameterSet | None:
        """Return the set that something is to be done to, the first of several."""
        chosen = self.selected()
        if not chosen:
            self.window.say("Select a set first")
            return None
        return chosen[0]

    def load(self) -> None:
        """Load the selected set."""
        stored = self.chosen()
        if stored is None:
            return
        if self.shows_deleted:
            self.bring_back()
        else:
            self.window.sets.load(stored.name)

    def grade(self, grade: int) -> None:
        """Give the selected sets a grade; 0 takes it away."""
        self.commands.grade(self.selected(), grade or None)
        self.refresh()

    def duplicate(self) -> None:
        """Store the selected set under a further name."""
        stored = self.chosen()
        if stored is not None:
            self.refresh(self.commands.duplicate(stored.name))

    def compare(self) -> None:
        """Run the selected sets side by side; a single one beside the present values."""
        # Few windows ever compare anything.
        from ivisit.gui.comparison.opening import PRESENT, open_comparison

        if self.chosen() is not None:
            sets: list[ParameterSet | str] = [*self.selected()]
            open_comparison(self.window, sets if len(sets) > 1 else [*sets, PRESENT])

    def delete(self) -> None:
        """Delete the selected sets."""
        if self.chosen() is not None and not self.shows_deleted:
            self.commands.delete([one.name for one in self.selected()])
            self.refresh()

    def bring_back(self) -> None:
        """Bring the selected sets back."""
        if self.chosen() is not None:
            self.commands.bring_back([one.name for one in self.selected()])
            self.refresh()
