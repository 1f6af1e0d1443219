"""From an arrangement to pixels: which rectangle each card gets, and where the sashes lie.

Each card has a size that it needs at least; what is left is shared by the weights. A row that is
too narrow for its parts continues in a further line, so that nothing runs out on the right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from ivisit.gui.arranging.tree import Part, Stack, names_in

#: Width and height in pixels.
Size: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class Rectangle:
    """A place in pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first pixel beside it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first pixel below it."""
        return self.y + self.height

    def contains(self, x: float, y: float, margin: int = 0) -> bool:
        """Tell whether a point lies inside, or at most `margin` pixels beside it."""
        return (
            self.x - margin <= x < self.right + margin
            and self.y - margin <= y < self.bottom + margin
        )


@dataclass(frozen=True)
class Sash:
    """The gap between two parts of a stack.

    Attributes
    ----------
    stack : Stack
        The stack, whose weights the sash changes.
    before, after : int
        The two parts, by their index in the stack.
    spare : dict of int to int
        By how many pixels each shown part is larger than it needs to be, by index.
    place : Rectangle
        The gap.
    """

    stack: Stack
    before: int
    after: int
    spare: Mapping[int, int]
    place: Rectangle

    def move(self, distance: float) -> None:
        """Give `distance` pixels of the part behind the sash to the one before it."""
        total = self.spare[self.before] + self.spare[self.after]
        shown = sum(self.spare.values())
        if not total:
            return
        stack, former = self.stack, list(self.stack.weights)
        known = sum(former[index] for index in self.spare)
        spare: dict[int, float] = dict(self.spare)
        spare[self.before] = min(max(spare[self.before] + distance, 0.0), float(total))
        spare[self.after] = total - spare[self.before]
        for index, weight in enumerate(former):
            # Cards that are hidden keep their share.
            hidden = weight * shown / known if known else weight
            stack.weights[index] = float(spare.get(index, hidden))


@dataclass
class Solution:
    """Where everything is.

    Attributes
    ----------
    places : dict of str to Rectangle
        The place of each card, by name.
    sashes : list of Sash
        The gaps that can be dragged.
    width, height : int
        What the arrangement fills: more than there is where not all fits.
    """

    places: dict[str, Rectangle] = field(default_factory=dict)
    sashes: list[Sash] = field(default_factory=list)
    width: int = 0
    height: int = 0


@dataclass
class _Sized:
    """A part whose width is known, and what it holds: lines, one below the other."""

    part: Part
    width: int
    least: int
    lines: list[list[tuple[int, _Sized]]] = field(default_factory=list)


def solve(part: Part | None, least: Mapping[str, Size], room: Size, gap: int) -> Solution:
    """Return where the cards stand.

    Parameters
    ----------
    part : Stack, str or None
        The arrangement.
    least : dict of str to tuple of int
        Smallest width and height of each card that is shown; cards without an entry are not.
    room : tuple of int
        Width and height of the area. More of it is used where the cards need more.
    gap : int
        Pixels between two cards.
    """
    return _Solver(least, gap).solve(part, room)


class _Solver:
    def __init__(self, least: Mapping[str, Size], gap: int) -> None:
        self.least = least
        self.gap = gap
        self.solution = Solution()

    def solve(self, part: Part | None, room: Size) -> Solution:
        shown = [name for name in names_in(part) if name in self.least]
        if part is None or not shown:
            return self.solution
        width = max(room[0], *(self.least[name][0] for name in shown))
        sized = self._size(part, width)
        height = max(room[1], sized.least)
        self.solution.width, self.solution.height = width, height
        self._place(sized, 0, 0, height)
        return self.solution

    # Widths, and the heights that follow from them --------------------------------------------

    def _shown(self, stack: Stack) -> Iterator[tuple[int, Part]]:
        for index, child in enumerate(stack.parts):
            if any(name in self.least for name in names_in(child)):
                yield index, child

    def _wanted_width(self, part: Part) -> int:
        """Return the width at which no row has to be broken."""
        if not isinstance(part, Stack):
            return self.least[part][0]
        widths = [self._wanted_width(child) for _, child in self._shown(part)]
        if part.direction == "column":
            return max(widths)
        return sum(widths) + self.gap * (len(widths) - 1)

    def _size(self, part: Part, width: int) -> _Sized:
        if not isinstance(part, Stack):
            return _Sized(part, width, self.least[part][1])
        shown = list(self._shown(part))
        if part.direction == "column":
            lines = [[(index, self._size(child, width))] for index, child in shown]
        else:
            lines = [self._size_line(part, line, width) for line in self._lines(shown, width)]
        heights = [max(child.least for _, child in line) for line in lines]
        least = sum(heights) + self.gap * (len(lines) - 1)
        return _Sized(part, width, least, lines)

    def _lines(self, shown: list[tuple[int, Part]], width: int) -> list[list[tuple[int, Part]]]:
        """Break a row into as many lines as it needs."""
        lines: list[list[tuple[int, Part]]] = []
        used = 0
        for index, child in shown:
            wanted = self._wanted_width(child)
            if not lines or used + self.gap + wanted > width:
                lines.append([])
                used = wanted
            else:
                used += self.gap + wanted
            lines[-1].append((index, child))
        return lines

    def _size_line(
        self, stack: Stack, line: list[tuple[int, Part]], width: int
    ) -> list[tuple[int, _Sized]]:
        wanted = [min(self._wanted_width(child), width) for _, child in line]
        spare = width - sum(wanted) - self.gap * (len(line) - 1)
        extra = shares(spare, [stack.weights[index] for index, _ in line])
        return [
            (index, self._size(child, width_of + more))
            for (index, child), width_of, more in zip(line, wanted, extra, strict=True)
        ]

    # Places -----------------------------------------------------------------------------------

    def _place(self, sized: _Sized, x: int, y: int, height: int) -> None:
        part = sized.part
        if not isinstance(part, Stack):
            self.solution.places[part] = Rectangle(x, y, sized.width, height)
            return
        heights = [max(child.least for _, child in line) for line in sized.lines]
        spare = height - sum(heights) - self.gap * (len(heights) - 1)
        is_column = part.direction == "column"
        # The lines of a broken row share the height equally.
        weights = [part.weights[line[0][0]] if is_column else 1.0 for line in sized.lines]
        extra = shares(spare, weights)
        indices = [line[0][0] for line in sized.lines]
        for number, line in enumerate(sized.lines):
            line_height = heights[number] + extra[number]
            if not is_column:
                self._place_line(part, line, x, y, line_height)
            else:
                self._place(line[0][1], x, y, line_height)
                if number + 1 < len(indices):
                    gap = Rectangle(x, y + line_height, sized.width, self.gap)
                    spares = dict(zip(indices, extra, strict=True))
                    after = indices[number + 1]
                    self.solution.sashes.append(Sash(part, line[0][0], after, spares, gap))
            y += line_height + self.gap

    def _place_line(
        self, stack: Stack, line: list[tuple[int, _Sized]], x: int, y: int, height: int
    ) -> None:
        spare = {
            index: child.width - min(self._wanted_width(child.part), child.width)
            for index, child in line
        }
        for number, (index, child) in enumerate(line):
            self._place(child, x, y, height)
            x += child.width
            if number + 1 < len(line):
                gap = Rectangle(x, y, self.gap, height)
                self.solution.sashes.append(Sash(stack, index, line[number + 1][0], spare, gap))
            x += self.gap


def shares(amount: int, weights: Sequence[float]) -> list[int]:
    """Share whole pixels by weights, equally where all are 0; nothing gets lost by rounding.

    >>> shares(10, [1, 1, 1]), shares(-3, [1]), shares(9, [0, 0])
    ([3, 4, 3], [0], [5, 4])
    """
    amount = max(amount, 0)
    total = sum(weights)
    parts = [weight / total for weight in weights] if total else [1 / len(weights)] * len(weights)
    given, reached, result = 0, 0.0, []
    for part in parts:
        reached += part * amount
        # Half pixels go up, not to the even number: the shares of equal weights stay alike.
        until = int(reached + 0.5)
        result.append(until - given)
        given = until
    return result


def natural_size(part: Part | None, natural: Mapping[str, Size], gap: int) -> Size:
    """Return the size at which each shown card is about as large as it asks to be."""
    if not isinstance(part, Stack):
        return natural.get(part or "", (0, 0))
    sizes = [natural_size(child, natural, gap) for child in part.parts]
    sizes = [size for size in sizes if size != (0, 0)]
    if not sizes:
        return 0, 0
    widths, heights = zip(*sizes, strict=True)
    gaps = gap * (len(sizes) - 1)
    if part.direction == "row":
        return sum(widths) + gaps, max(heights)
    return max(widths), sum(heights) + gaps
