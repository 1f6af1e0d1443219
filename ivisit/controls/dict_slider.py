"""`DictSlider`: a dict of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ivisit.controls.groups import Group
from ivisit.controls.slider import Slider
from ivisit.ranges import Scale


class DictSlider(Group[float]):
    """A dict of numbers, edited through one slider and one selector.

    Parameters
    ----------
    default : dict of str to (int, float or Slider)
        The items. A plain number gets the common bounds; a `Slider` brings its own.
    minimum, maximum, step, scale
        Common bounds of the items that are plain numbers; see `Slider`.
    label, unit, help, group, restart
        See `Control`.

    Notes
    -----
    The value is a dict that cannot be changed in place; see `FrozenDict`. On the command line an
    item is ``-p weights.first=0.5``.

    Examples
    --------
    >>> DictSlider({"learning": 0.1, "decay": Slider(1, 0, 9)}, 0.0, 1.0)
    DictSlider({'learning': 0.1, 'decay': Slider(1, 0, 9)}, 0.0, 1.0)
    """

    #: Name of the item that the window shows first; empty for the first one.
    selected = ""
    #: Whether the window shows all values in a box of text besides, and takes them from there.
    shows_all = False

    def __init__(
        self,
        default: Mapping[str, float | Slider[int] | Slider[float]],
        minimum: float | None = None,
        maximum: float | None = None,
        *,
        step: float | None = None,
        scale: Scale = "linear",
        label: str | None = None,
        unit: str = "",
        help: str = "",
        group: str = "",
        restart: bool = False,
    ) -> None:
        self.minimum = minimum
        self.maximum = maximum
        self.step = step
        self.scale = scale
        self.unit = unit
        items: dict[str, Slider[Any]] = {
            name: item if isinstance(item, Slider) else self._plain(item)
            for name, item in self.given_items(default).items()
        }
        super().__init__(items, label=label, unit=unit, help=help, group=group, restart=restart)

    def _plain(self, number: float) -> Slider[Any]:
        """Return the slider of a plain number."""
        # Bounds of None are refused with the item's own name when the class is created.
        low, high = self.minimum, self.maximum
        return Slider(number, low, high, step=self.step, scale=self.scale, unit=self.unit)

    def _given(self, argument: str, attribute: str) -> Any:
        if argument != "default":
            return super()._given(argument, attribute)
        return {name: self._as_given(item) for name, item in self._items.items()}

    def _as_given(self, item: Any) -> Any:
        """Return the plain number where the item is what the common bounds make of it."""
        plain = self._plain(item.default)
        common = ("minimum", "maximum", "_step", "scale", "unit", "_label", "help")
        is_plain = all(getattr(plain, name) == getattr(item, name) for name in common)
        return item.default if is_plain else item

    def lines(self, value: Mapping[str, float]) -> str:
        """Return all values as text, one item a line."""
        return "\n".join(f"{name}: {number!r}" for name, number in value.items())

    def allowed(self) -> str:
        return f"a dict with numbers for {', '.join(map(repr, self._items))}"
