"""The points of a sweep: grids, explicit points and samples; each made from its index."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ivisit.errors import ParameterError, expected
from ivisit.runs.sampling import check_sample, sample_points
from ivisit.runs.targets import Target, find_target
from ivisit.simulation import Simulation

#: What a sweep takes as an axis, a series of values for one parameter.
AXIS_TYPES = (list, tuple, range, np.ndarray)


@dataclass(frozen=True)
class Range:
    """An interval of a parameter, for samples and optimisers.

    Parameters
    ----------
    low, high : float, optional
        Bounds, both included; by default those of the control.
    scale : {'linear', 'log'}, optional
        By default the control's.

    Examples
    --------
    >>> Range(1e-4, 1, scale="log")
    Range(low=0.0001, high=1, scale='log')
    """

    low: float | None = None
    high: float | None = None
    scale: str | None = None


@dataclass(frozen=True)
class Dimension:
    """A range that belongs to a parameter: what samples and optimisers see of it.

    Attributes
    ----------
    name : str
        The parameter.
    low, high : float
        Bounds, both included; of options the first and the last index.
    scale : str
        ``linear`` or ``log``.
    whole : bool
        Whether the values are ints.
    options : tuple or None
        The values, where they are no numbers of a range.
    """

    name: str
    low: float = 0.0
    high: float = 1.0
    scale: str = "linear"
    whole: bool = False
    options: tuple[Any, ...] | None = None

    def value_at(self, fraction: float) -> Any:
        """Return the value at a place between 0 and 1; every int and option has equal room."""
        if self.options is not None:
            return self.options[min(int(fraction * len(self.options)), len(self.options) - 1)]
        low, high = (self.low - 0.5, self.high + 0.5) if self.whole else (self.low, self.high)
        if self.scale == "log":
            start, end = math.log(low), math.log(high)
            value = math.exp(start + fraction * (end - start))
        else:
            value = low + fraction * (high - low)
        value = min(max(value, self.low), self.high)
        return round(value) if self.whole else value

    def fraction(self, value: Any) -> float:
        """Return a place of which `value_at` makes `value`: the middle of its room."""
        if self.options is not None:
            return (self.options.index(value) + 0.5) / len(self.options)
        low, high = (self.low - 0.5, self.high + 0.5) if self.whole else (self.low, self.high)
        if self.scale == "log":
            return (math.log(value) - math.log(low)) / (math.log(high) - math.log(low))
        return float((value - low) / (high - low))

    def document(self) -> dict[str, Any]:
        """Return the dimension as plain, JSON-ready values."""
        if self.options is not None:
            return {"options": list(self.options)}
        return {"low": self.low, "high": self.high, "scale": self.scale}


def resolve_range(target: Target, given: Range | None = None) -> Dimension:
    """Return the dimension of a parameter: what `given` says, else what its control declares.

    Raises
    ------
    ParameterError
        For bounds that the control does not accept, an empty range, a logarithmic one that is not
        positive, and for a parameter that has neither a range nor options.
    """
    given = given or Range()
    if not target.numeric:
        if given != Range():
            raise target.refusal("given without bounds, as it has options", given)
        return Dimension(target.name, options=target.options())
    control: Any = target.control
    low = target.validate(control.minimum if given.low is None else given.low)
    high = target.validate(control.maximum if given.high is None else given.high)
    scale = given.scale or control.scale
    if scale not in ("linear", "log"):
        raise target.refusal("on the scale 'linear' or 'log'", scale)
    if not low < high:
        raise target.refusal("a range whose low end is below its high end", (low, high))
    if scale == "log" and low <= 0:
        raise target.refusal("a range of positive numbers on a logarithmic scale", (low, high))
    return Dimension(target.name, low, high, scale, whole=control.type is int)


class _Block(ABC):
    """Some parameters and the series of their values."""

    targets: tuple[Target, ...]
    size: int

    @abstractmethod
    def values(self, index: int) -> tuple[Any, ...]:
        """Return the values at a place of the series."""


class _Axis(_Block):
    """One parameter and its values."""

    def __init__(self, target: Target, values: Iterable[Any]) -> None:
        self.targets = (target,)
        given = values.tolist() if isinstance(values, np.ndarray) else list(values)
        self.series = tuple(target.validate(value) for value in given)
        self.size = len(self.series)
        if not self.series:
            raise target.refusal("an axis with at least one value", given)
        seen: set[Any] = set()
        for value in self.series:
            if value in seen:
                raise target.refusal("an axis whose values differ from each other", value)
            seen.add(value)

    def values(self, index: int) -> tuple[Any, ...]:
        return (self.series[index],)


class _Table(_Block):
    """Several parameters whose values vary together: explicit points, or a sample."""

    def __init__(self, targets: Sequence[Target], rows: Sequence[tuple[Any, ...]]) -> None:
        self.targets = tuple(targets)
        self.rows = rows
        self.size = len(rows)

    def values(self, index: int) -> tuple[Any, ...]:
        return self.rows[index]


class Space:
    """The points of a sweep, in their order: the last axis is the fastest.

    Attributes
    ----------
    targets : tuple of Target
        What is varied.
    size : int
        Number of points.
    axes : dict of str to tuple
        Values of each axis of the grid.
    dimensions : dict of str to Dimension
        The sampled ranges.
    sample : tuple of (str, int) or None
        Kind and size of the sample.
    """

    def __init__(self, blocks: Sequence[_Block]) -> None:
        self._blocks = tuple(blocks)
        self.targets = tuple(target for block in blocks for target in block.targets)
        self.size = math.prod(block.size for block in blocks)
        self.axes = {
            block.targets[0].name: block.series for block in blocks if isinstance(block, _Axis)
        }
        self.dimensions: dict[str, Dimension] = {}
        self.sample: tuple[str, int] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of what is varied."""
        return tuple(target.name for target in self.targets)

    def values(self, index: int) -> tuple[Any, ...]:
        """Return the values of the point `index`, in the order of `names`."""
        parts: list[tuple[Any, ...]] = []
        for block in reversed(self._blocks):
            index, place = divmod(index, block.size)
            parts.append(block.values(place))
        return tuple(value for part in reversed(parts) for value in part)

    def document(self) -> dict[str, Any]:
        """Return what tells this space from others, as plain, JSON-ready values."""
        # The order decides which run has which index.
        document: dict[str, Any] = {"order": list(self.names)}
        if self.axes:
            document["axes"] = {name: list(values) for name, values in self.axes.items()}
        tables = [block for block in self._blocks if isinstance(block, _Table)]
        if self.sample is not None:
            document["sample"] = list(self.sample)
            document["ranges"] = {n: d.document() for n, d in self.dimensions.items()}
        elif tables:
            document["points"] = {
                "names": [target.name for target in tables[0].targets],
                "rows": [list(row) for row in tables[0].rows],
            }
        return document


def make_space(
    simulation: type[Simulation],
    parameters: Mapping[str, Any],
    *,
    points: Sequence[Mapping[str, Any]] | None = None,
    sample: tuple[str, int] | None = None,
    entropy: int = 0,
) -> tuple[dict[Target, Any], Space]:
    """Tell what is fixed from what is varied, and validate each value once.

    Parameters
    ----------
    simulation : subclass of Simulation
        Declares the parameters.
    parameters : mapping of str to object
        A list, tuple, `range` or one-dimensional array is an axis, a `Range` is sampled, anything
        else is fixed.
    points : sequence of mappings, optional
        Explicit points instead of axes; all of them name the same parameters.
    sample : tuple of (str, int), optional
        Kind and size of the sample: sobol, latin, random or saltelli.
    entropy : int, optional
        Seed of the sweep, from which samples are drawn.

    Returns
    -------
    fixed : dict of Target to value
    space : Space
    """
    fixed: dict[Target, Any] = {}
    axes: list[_Axis] = []
    ranges: list[Dimension] = []
    ranged: list[Target] = []
    for name, given in parameters.items():
        target = find_target(simulation, name)
        if isinstance(given, Range):
            ranged.append(target)
            ranges.append(resolve_range(target, given))
        elif isinstance(given, AXIS_TYPES):
            if isinstance(given, np.ndarray) and given.ndim != 1:
                raise target.refusal("a value or an axis of one dimension", given)
            axes.append(_Axis(target, given))
        else:
            fixed[target] = target.validate(given)
    _check_request(axes, ranges, points, sample)
    blocks: list[_Block] = list(axes)
    if points is not None:
        blocks = [_explicit(simulation, points)]
    if sample is not None:
        kind, size = check_sample(sample)
        units = sample_points(kind, size, len(ranges), entropy)
        rows = [tuple(d.value_at(u) for d, u in zip(ranges, row, strict=True)) for row in units]
        blocks.insert(0, _Table(ranged, rows))
    space = Space(blocks)
    if sample is not None:
        space.sample = check_sample(sample)
        space.dimensions = {dimension.name: dimension for dimension in ranges}
    _refuse_doubles([*fixed, *space.targets])
    return fixed, space


def _check_request(
    axes: Sequence[_Axis], ranges: Sequence[Dimension], points: Any, sample: Any
) -> None:
    """Refuse combinations that say nothing, or two things at once."""
    names = [axis.targets[0].name for axis in axes] + [dimension.name for dimension in ranges]
    if points is not None and (names or sample is not None):
        raise ParameterError(
            "sweep: explicit points replace axes and samples; leave out "
            + (", ".join(names) or "the sample")
        )
    if ranges and sample is None:
        raise ParameterError(
            f"sweep: {ranges[0].name} is a range, which is sampled; say how, e.g. "
            "sample=('sobol', 256) or --sample sobol:256, or give the values of an axis"
        )
    if sample is not None and not ranges:
        raise ParameterError("sweep: a sample needs ranges, e.g. x=iv.Range(0, 1) or -p x=0..1")


def _explicit(simulation: type[Simulation], points: Sequence[Mapping[str, Any]]) -> _Table:
    if not isinstance(points, Sequence) or not all(isinstance(p, Mapping) for p in points):
        raise ParameterError(expected("sweep", "points", "a list of dicts", points))
    if not points:
        raise ParameterError(expected("sweep", "points", "a list with at least one point", []))
    names = list(points[0])
    targets = [find_target(simulation, name) for name in names]
    rows = []
    for number, point in enumerate(points):
        if set(point) != set(names):
            raise ParameterError(
                f"sweep, points[{number}]: must name the same parameters as the first point, "
                f"{', '.join(names) or 'none'}; it names {', '.join(point) or 'none'}"
            )
        rows.append(tuple(t.validate(point[n]) for t, n in zip(targets, names, strict=True)))
    return _Table(targets, rows)


def _refuse_doubles(targets: Sequence[Target]) -> None:
    """Refuse a parameter that is given twice: by its name and an alias, or whole and by item."""
    seen: set[tuple[str, ...]] = set()
    whole = {target.path[0] for target in targets if len(target.path) == 1}
    for target in targets:
        if target.path in seen or (len(target.path) == 2 and target.path[0] in whole):
            raise ParameterError(f"{target.owner}.{target.path[-1]}: is given twice")
        seen.add(target.path)
