"""`DictSlider`: a dict of numbers."""

from __future__ import annotations

from collections.abc import Mapping

from ivisit.controls.groups import Group
from ivisit.controls.slider import Slider


class DictSlider(Group):
    """A dict of numbers, edited through one slider and one selector.

    Parameters
    ----------
    default : dict of str to (int, float or Slider)
        The items. A plain number gets the common bounds; a `Slider` brings its own.
    minimum, maximum, step, scale
        Common bounds of the items that are plain numbers; see `Slider`.
    label, unit, help : str, optional
        See `Control`.

    Notes
    -----
    The value is a dict that cannot be changed in place; see `FrozenDict`. On the command line an
    item is ``-p weights.first=0.5``.

    Examples
    --------
    >>> rates = DictSlider({"learning": 0.1, "decay": Slider(1, 0, 9)}, 0.0, 1.0)
    """

    def __init__(
        self,
        default: Mapping[str, float | Slider],
        minimum: float | None = None,
        maximum: float | None = None,
        *,
        step: float | None = None,
        scale: str = "linear",
        label: str | None = None,
        unit: str = "",
        help: str = "",
    ) -> None:
        items = {
            name: item
            if isinstance(item, Slider)
            # None is refused with the item's own name when the class is created.
            else Slider(item, minimum, maximum, step=step, scale=scale, unit=unit)  # type: ignore[arg-type]
            for name, item in dict(default).items()
        }
        super().__init__(items, label=label, unit=unit, help=help)

    def allowed(self) -> str:
        return f"a dict with numbers for {', '.join(map(repr, self.items))}"
