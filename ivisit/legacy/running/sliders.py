"""Sliders that rest where those of IVISIT 0.72 do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self, cast

from ivisit.controls import DictSlider, Slider
from ivisit.declarations import as_number
from ivisit.legacy.language.fields import to_float
from ivisit.legacy.language.grid import Grid
from ivisit.ranges import Range


@dataclass(frozen=True)
class GridRange(Range):
    """A range whose numbers are those of a `Grid`."""

    grid: Grid = field(kw_only=True)

    def value_at(self, fraction: float) -> float:
        low, high = self.grid.minimum, self.grid.maximum
        return self.grid.rested(low + min(max(fraction, 0.0), 1.0) * (high - low))

    def stepped(self, value: float, count: int) -> float:
        return self.grid.rested(value + count * self.step)

    def snapped(self, value: float) -> float:
        return self.grid.rested(value)


class OldSlider(Slider[Any]):
    """A number on the grid of an old slider.

    Parameters
    ----------
    default : int or float
        The value; where it lies outside the grid, as scripts have always got it, the range is
        wider.
    grid : Grid
        Where the slider rests.
    bounded : bool, optional
        Whether values outside the range are refused. Those of dict sliders never were.
    label, help : str, optional
        See `Control`.
    """

    def __init__(
        self,
        default: float,
        grid: Grid,
        *,
        bounded: bool = True,
        label: str | None = None,
        help: str = "",
    ) -> None:
        low, high, step = _bounds(grid, default)
        super().__init__(default, low, high, step=step, label=label, help=help)
        self.grid = grid
        self.bounded = bounded

    @property
    def range(self) -> Range:
        return GridRange(
            self.minimum, self.maximum, self.step, whole=self.grid.whole, grid=self.grid
        )

    def validate(self, value: Any, *, owner: str = "", present: Any = None) -> Any:
        if self.bounded:
            return super().validate(value, owner=owner, present=present)
        number = as_number(value, self.type)
        if number is None:
            raise self._refused(owner, value)
        return number

    def allowed(self) -> str:
        return (
            super().allowed()
            if self.bounded
            else f"a number; the slider goes from {self.minimum} to {self.maximum}"
        )

    def nearest(self, value: Any) -> Any:
        return self.grid.rested(value) if self.bounded else value

    def fitting(self, value: Any, *, owner: str = "") -> tuple[Any, str]:
        number = as_number(value, self.type)
        if number is None or not self.bounded or self.minimum <= number <= self.maximum:
            return super().fitting(value, owner=owner)
        shown = self.grid.given(number)
        if not self.minimum <= shown <= self.maximum:
            shown = self.grid.rested(number)
        return shown, f"{self._refused(owner, value)}; {shown!r} is used"

    def moved(self, value: float, present: float) -> float:
        """Return the value that the script gets when it, or a file, wants `value`."""
        return present if self.grid.is_beside(value, present) else self.grid.rested(value)

    def _unsettled(self, changes: Mapping[str, Any]) -> Self:
        clone = super()._unsettled(changes)
        names = {"minimum": "minimum", "maximum": "maximum", "step": "resolution"}
        given: dict[str, Any] = {names[k]: v or 0 for k, v in changes.items() if k in names}
        clone.grid = replace(self.grid, **given)
        clone.minimum, clone.maximum, clone._step = _bounds(clone.grid, clone.grid.minimum)
        return clone

    def source(self, prefix: str = "") -> str:
        plain = Slider[Any](
            self.default,
            self.minimum,
            self.maximum,
            step=self._step,
            label=self._label,
            help=self.help,
        )
        return plain.source(prefix)

    def describe(self) -> dict[str, Any]:
        return super().describe() | {"kind": "Slider"}


class OldDictSlider(DictSlider):
    """A dict of numbers, of which `selected` is on the slider at first.

    Parameters
    ----------
    default : dict of str to OldSlider
        The items.
    selected : str
        Name of an item.
    shows_all : bool
        Whether all values stand in a box of text beside the slider.
    label, help : str, optional
        See `Control`.
    """

    def __init__(
        self,
        default: Mapping[str, OldSlider],
        *,
        selected: str,
        shows_all: bool,
        label: str | None = None,
        help: str = "",
    ) -> None:
        super().__init__(default, label=label, help=help)
        self.selected = selected
        self.shows_all = shows_all

    def parse(self, text: str, *, owner: str = "", present: Any = None) -> Any:
        """Return the value of a dict in JSON, or of lines such as `lines` gives.

        Of a line only the number behind the last colon counts, and the line's place.
        """
        if text.lstrip().startswith("{"):
            return super().parse(text, owner=owner, present=present)
        values = dict(present or self.default)
        for name, line in zip(self._items, text.split("\n"), strict=False):
            number = to_float(line.rpartition(":")[2])
            if number is not None:
                values[name] = self.given(name, number, values[name])
        return self.validate(values, owner=owner, present=present)

    def given(self, name: str, value: float, present: float) -> float:
        """Return the number that an item gets; only the selected one is on the slider."""
        slider = cast(OldSlider, self._items[name])
        number = round(value) if slider.type is int else float(value)
        return slider.grid.given(number, present) if name == self.selected else number

    def source(self, prefix: str = "") -> str:
        return DictSlider(cast(Any, self._items), label=self._label, help=self.help).source(prefix)

    def describe(self) -> dict[str, Any]:
        return super().describe() | {"kind": "DictSlider"}


def _bounds(grid: Grid, value: float) -> tuple[float, float, float | None]:
    """Return minimum, maximum and step of a slider that can show all that scripts may get."""
    numbers = (grid.minimum, grid.maximum, grid.lowest, grid.highest, value)
    low, high = min(numbers), max(numbers)
    high = high if low < high else low + 1
    return low, high, min(grid.resolution, high - low) or None
