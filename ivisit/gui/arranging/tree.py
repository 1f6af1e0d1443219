"""An arrangement of cards: rows and columns in each other, with weights."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from ivisit.declarations import as_number

Direction = Literal["row", "column"]
Side = Literal["left", "right", "above", "below"]
#: Where a card may go, as seen from another one.
SIDES: tuple[Side, ...] = ("left", "right", "above", "below")
#: How deep rows and columns of a stored arrangement may lie in each other.
DEEPEST = 32


@dataclass
class Stack:
    """Parts beside each other, or one below the other.

    Attributes
    ----------
    direction : str
        ``row`` or ``column``.
    parts : list
        Names of cards, and further stacks.
    weights : list of float
        How the parts share the room that is left when each has what it needs at least.
    """

    direction: Direction
    parts: list[Part]
    weights: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.weights = list(self.weights or [1.0] * len(self.parts))
        if len(self.weights) != len(self.parts):
            raise ValueError(f"{len(self.parts)} parts have {len(self.weights)} weights")


#: A card by its name, or several ones.
Part: TypeAlias = "Stack | str"


def names_in(part: Part | None) -> list[str]:
    """Return the names of the cards, in reading order."""
    return list(_walk(part))


def _walk(part: Part | None) -> Iterator[str]:
    if isinstance(part, Stack):
        for child in part.parts:
            yield from _walk(child)
    elif part is not None:
        yield part


def simplified(direction: Direction, parts: Sequence[tuple[Part, float]]) -> Part | None:
    """Return a stack of parts with weights, without levels that say nothing."""
    flat: list[tuple[Part, float]] = []
    for part, weight in parts:
        if isinstance(part, Stack) and part.direction == direction:
            total = sum(part.weights) or 1.0
            flat += [(p, w * weight / total) for p, w in zip(part.parts, part.weights, strict=True)]
        else:
            flat.append((part, weight))
    if len(flat) < 2:
        return flat[0][0] if flat else None
    return Stack(direction, [part for part, _ in flat], [weight for _, weight in flat])


def without(part: Part | None, names: Collection[str]) -> Part | None:
    """Return the arrangement without some cards; None when none is left.

    >>> without(Stack("row", ["a", Stack("column", ["b", "c"])]), {"a"})
    Stack(direction='column', parts=['b', 'c'], weights=[1.0, 1.0])
    """
    if not isinstance(part, Stack):
        return None if part in names else part
    kept = []
    for child, weight in zip(part.parts, part.weights, strict=True):
        left = without(child, names)
        if left is not None:
            kept.append((left, weight))
    return simplified(part.direction, kept)


def beside(part: Part | None, name: str, target: str, side: Side) -> Part:
    """Return the arrangement with the card `name` at one side of another one.

    Parameters
    ----------
    part : Stack, str or None
        The arrangement.
    name : str
        The card; where it stands already, it leaves its place.
    target : str
        The other card; an empty text stands for all of them.
    side : str
        One of `SIDES`.

    >>> beside("a", "b", "a", "left").parts
    ['b', 'a']
    """
    if part is not None and target == name and name in names_in(part):
        return part
    rest = without(part, {name})
    if rest is None:
        return name
    if not target or target not in names_in(rest):
        return _joined(rest, name, side)
    return _inserted(rest, name, target, side)


def _direction_of(side: Side) -> Direction:
    return "row" if side in ("left", "right") else "column"


def _joined(part: Part, name: str, side: Side) -> Part:
    """Return a stack of a part and one more card."""
    direction = _direction_of(side)
    weight = 1.0
    if isinstance(part, Stack) and part.direction == direction:
        # The newcomer gets as much as the others have on an average.
        weight = float(len(part.parts))
    pair: list[tuple[Part, float]] = [(part, weight), (name, 1.0)]
    joined = simplified(direction, pair if side in ("right", "below") else pair[::-1])
    assert joined is not None
    return joined


def _inserted(part: Part, name: str, target: str, side: Side) -> Part:
    if part == target:
        return _joined(part, name, side)
    if not isinstance(part, Stack):
        return part
    direction = _direction_of(side)
    if direction == part.direction and target in part.parts:
        index = part.parts.index(target) + (side in ("right", "below"))
        parts, weights = list(part.parts), list(part.weights)
        parts.insert(index, name)
        weights.insert(index, sum(weights) / len(weights) or 1.0)
        return Stack(part.direction, parts, weights)
    return Stack(
        part.direction,
        [_inserted(child, name, target, side) for child in part.parts],
        part.weights,
    )


def exchanged(part: Part, name: str, side: Side, shown: Collection[str]) -> Part | None:
    """Return the arrangement with a card and what stands next to it in its stack exchanged.

    None where the card's own stack has another direction, or nothing on that side that is shown.
    """
    if not isinstance(part, Stack):
        return None
    if name not in part.parts:
        for index, child in enumerate(part.parts):
            found = exchanged(child, name, side, shown)
            if found is not None:
                parts = [*part.parts[:index], found, *part.parts[index + 1 :]]
                return Stack(part.direction, parts, part.weights)
        return None
    if part.direction != _direction_of(side):
        return None
    own, step = part.parts.index(name), 1 if side in ("right", "below") else -1
    other = own + step
    while 0 <= other < len(part.parts):
        if set(names_in(part.parts[other])) & set(shown):
            parts, weights = list(part.parts), list(part.weights)
            parts[own], parts[other] = parts[other], parts[own]
            weights[own], weights[other] = weights[other], weights[own]
            return Stack(part.direction, parts, weights)
        other += step
    return None


def swapped(part: Part, first: str, second: str) -> Part:
    """Return the arrangement with two cards in each other's places."""
    if isinstance(part, Stack):
        parts = [swapped(child, first, second) for child in part.parts]
        return Stack(part.direction, parts, part.weights)
    return {first: second, second: first}.get(part, part)


def fitted(part: Part | None, names: Sequence[str]) -> Part | None:
    """Return the arrangement for the cards that there are.

    Cards that are gone leave their places to the others; new ones stand in a row below all.
    """
    known = names_in(part)
    rest = without(part, set(known) - set(names))
    new = [name for name in names if name not in known]
    if not new:
        return rest
    row: Part = new[0] if len(new) == 1 else Stack("row", list(new))
    if rest is None:
        return row
    count = len(rest.parts) if isinstance(rest, Stack) and rest.direction == "column" else 1
    return simplified("column", [(rest, float(count)), (row, 1.0)])


def to_json(part: Part | None) -> Any:
    """Return the arrangement as JSON has it; see `from_json`.

    >>> to_json(Stack("row", ["a", "b"], [1.0, 2.0]))
    {'row': ['a', 'b'], 'weights': [1.0, 2.0]}
    """
    if not isinstance(part, Stack):
        return part
    return {
        part.direction: [to_json(child) for child in part.parts],
        "weights": [float(f"{weight:.6g}") for weight in part.weights],
    }


def from_json(entry: Any) -> Part | None:
    """Return what `to_json` has written; what makes no sense is left out, None where all is."""
    return _read(entry, set(), DEEPEST)


def _read(entry: Any, seen: set[str], depth: int) -> Part | None:
    if isinstance(entry, str):
        if entry in seen:
            return None
        seen.add(entry)
        return entry
    if not isinstance(entry, Mapping) or not depth:
        return None
    direction: Direction = "row" if "row" in entry else "column"
    children, weights = entry.get(direction), entry.get("weights")
    if not isinstance(children, list | tuple):
        return None
    if not isinstance(weights, list | tuple) or len(weights) != len(children):
        weights = [1.0] * len(children)
    parts = []
    for child, weight in zip(children, weights, strict=True):
        part = _read(child, seen, depth - 1)
        if part is not None:
            parts.append((part, _weight(weight)))
    return simplified(direction, parts)


def _weight(value: Any) -> float:
    number = as_number(value, float)
    return 1.0 if number is None or number < 0 else float(number)
