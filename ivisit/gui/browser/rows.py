"""`SetRows`: the sets that the browser lists, and what stands in its columns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from ivisit.gui.toolkit.table_cells import Cell, Column
from ivisit.sets.listing import ORDERS, chosen, ordered
from ivisit.sets.wording import grade_text, in_words, short_time, zone_now
from ivisit.store.differences import differences
from ivisit.store.parameter_set import ParameterSet

#: Stars of the best grade.
STARS = 5
#: How many differences are named in a row.
NAMED = 6

COLUMNS = (
    Column("picture", "", 50, can_sort=False),
    Column("name", "Name", 110, 2),
    Column("version", "Version", 70),
    Column("grade", "Grade", 80),
    Column("difference", "Differs from the present values", 190, 5),
    Column("comment", "Comment", 110, 3),
    Column("saved", f"Saved ({zone_now()})", 146),
)


class SetRows:
    """Filtered and sorted sets as a model of a table.

    Parameters
    ----------
    picture : callable
        ``picture(stored)`` returns a small Tk image, or None while there is none.

    Attributes
    ----------
    sets : list of ParameterSet
        All of them.
    shown : list of ParameterSet
        Those that the filter lets pass, in order.
    order, reverse : str, bool
        By which column they are sorted, and whether the other way round.
    present : mapping
        The present values of the simulation.
    loaded : tuple of str and int
        Name and version of the set that is loaded.
    """

    def __init__(self, picture: Callable[[ParameterSet], Any]) -> None:
        self._picture = picture
        self.sets: list[ParameterSet] = []
        self.shown: list[ParameterSet] = []
        self.order, self.reverse = "saved", False
        self.present: Mapping[str, Any] = {}
        self.loaded: tuple[str, int] = ("", 0)
        self._words: dict[int, str] = {}

    def take(self, sets: Sequence[ParameterSet]) -> None:
        """Take over what the store holds; of what was shown, that stays which is still there."""
        self.sets = list(sets)
        present = {stored.name: stored for stored in sets}
        self.shown = [present[one.name] for one in self.shown if one.name in present]
        self._words.clear()

    def compare_with(self, present: Mapping[str, Any]) -> None:
        """Compare with these values from now on."""
        self.present = dict(present)
        self._words.clear()

    def find(self, where: str, names: Collection[str]) -> None:
        """Show the sets that a filter lets pass; `ParameterError` says what is wrong with it."""
        found = chosen(self.sets, where, names)
        if self.order in ORDERS:
            self.shown = ordered(found, self.order, reverse=self.reverse)
        else:
            self.shown = sorted(found, key=self._distance, reverse=self.reverse)

    def _distance(self, stored: ParameterSet) -> int:
        return len(differences(self.present, self._whole(stored)))

    def _whole(self, stored: ParameterSet) -> dict[str, Any]:
        """Return all values that loading a set would give; what it lacks stays as it is."""
        return {name: stored.get(name, value) for name, value in self.present.items()}

    def difference(self, stored: ParameterSet) -> str:
        """Say what loading a set would change of the present values."""
        if stored.damage:
            return "damaged: " + stored.damage.partition("is damaged: ")[2]
        number = id(stored)
        if number not in self._words:
            differing = differences(self.present, self._whole(stored))
            self._words[number] = in_words(differing, NAMED) or "nothing"
        return self._words[number]

    # For the table --------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.shown)

    def cell(self, row: int, column: str) -> Cell:
        """Return what stands in a row and a column."""
        stored = self.shown[row]
        if column == "picture":
            return Cell(image=self._picture(stored))
        if column == "name":
            is_loaded = stored.name == self.loaded[0]
            return Cell(stored.name, font="IvisitHeading" if is_loaded else "TkDefaultFont")
        if column == "version":
            return self._version_cell(stored)
        if column == "grade":
            text = grade_text(stored.grade)
            return Cell(text or "☆" * STARS, "accent" if text else "muted")
        if column == "difference":
            text = self.difference(stored)
            return Cell(
                text, "danger" if stored.damage else "muted" if text == "nothing" else "text"
            )
        if column == "comment":
            return Cell(stored.comment)
        return Cell(short_time(stored.saved_at), "muted")

    def _version_cell(self, stored: ParameterSet) -> Cell:
        name, version = self.loaded
        if stored.name == name and version != stored.version:
            return Cell(f"v{stored.version} (v{version})", "accent")
        return Cell(f"v{stored.version}", "muted")
