"""The arrangement that a window begins with: the one that shows most of the cards' content.

A few candidates are laid out in the room that there is: pictures in one, two, ... rows, the other
cards below, beside or among them. Each is judged by how large pictures become in their own aspect,
and plots in the aspects in which plots can be read: time runs to the right, and a narrow, high
plot shows little of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from ivisit.gui.arranging.solving import Rectangle, Size, Solution, natural_size, solve
from ivisit.gui.arranging.tree import Part, Stack, simplified

Group = Literal["picture", "plot", "text"]
#: Width over height of a picture that has not told its own, and of plots.
USUAL, PLOT = 4 / 3, 2.6
#: Beyond these, a picture counts as having this aspect.
TALLEST, WIDEST = 0.4, 8.0
#: A picture this wide has a row of its own.
PANORAMA = 2.5
#: Between these aspects, all of a plot is of use.
NARROWEST_PLOT, WIDEST_PLOT = 1.6, 4.0
#: Pictures count as at most this many times as wide as the smallest one.
EQUAL = 1.3
#: How much the area of a plot (up to its natural size) and of a text counts beside a picture's.
PLOT_WORTH, TEXT_WORTH = 0.8, 0.02
#: Parts of the width that pictures get beside other cards.
SIDES = (0.4, 0.5, 0.6, 0.7)
#: Width over height of a window's part for the cards, where both are possible.
SHAPE = 1.4
#: So much more another candidate must show for replacing the present one.
BETTER = 1.15
#: More pictures than this in a row, or rows than this, are not tried.
MOST_PICTURES = 6
#: Plots and texts of more than this beside each other cannot be read.
MOST_PLOTS, MOST_TEXTS = 3, 3


@dataclass(frozen=True)
class Wish:
    """What a card asks for.

    Attributes
    ----------
    name : str
        The card.
    group : str
        ``picture``, ``plot`` or ``text``.
    least : tuple of int
        Width and height in pixels below which it is of no use.
    natural : tuple of int
        Width and height that it has where there is room.
    aspect : float, optional
        Width over height of its picture, as far as that is known.
    frame : tuple of int
        What heading and border add to the picture.
    """

    name: str
    group: Group
    least: Size
    natural: Size
    aspect: float | None = None
    frame: Size = (18, 40)

    @property
    def shown_aspect(self) -> float:
        """The aspect that counts."""
        if self.group == "plot":
            return PLOT
        return min(max(self.aspect or USUAL, TALLEST), WIDEST)

    @property
    def is_panorama(self) -> bool:
        """Whether it is a picture that needs the whole width."""
        return self.group == "picture" and self.shown_aspect >= PANORAMA


class Choice(NamedTuple):
    """An arrangement, and which of the candidates it is: the same one for any room."""

    part: Part
    candidate: int


def automatic(
    wishes: Sequence[Wish], room: Size, gap: int, former: int | None = None
) -> Choice | None:
    """Return the arrangement that shows most in `room`; None without cards.

    Parameters
    ----------
    wishes : sequence of Wish
        The cards, in the order of their declaration.
    room : tuple of int
        Width and height of the area in pixels.
    gap : int
        Pixels between two cards.
    former : int, optional
        The candidate that was chosen for these cards in another room. It is chosen again unless
        another one is much better: cards must not jump.
    """
    candidates = list(_candidates(wishes, room, gap))
    least = {wish.name: wish.least for wish in wishes}
    worths = [worth(wishes, solve(part, least, room, gap), room) for part in candidates]
    if not candidates:
        return None
    # The first of equals: the simplest ones come first.
    best = max(range(len(candidates)), key=lambda index: worths[index])
    if former is not None and former < len(candidates) and worths[best] < BETTER * worths[former]:
        best = former
    return Choice(candidates[best], best)


def wanted_room(wishes: Sequence[Wish], room: Size, gap: int) -> Size:
    """Return the smallest room in which all cards have their natural sizes; at most `room`.

    Where they do not fit into that, they get all of it.
    """
    natural = {wish.name: wish.natural for wish in wishes}
    sizes = [natural_size(part, natural, gap) for part in _candidates(wishes, room, gap)]
    fitting = [size for size in sizes if size[0] <= room[0] and size[1] <= room[1]]
    # Small, and neither very wide nor very high.
    return min(
        fitting, key=lambda size: max(size[0] / SHAPE, size[1]), default=room if wishes else (0, 0)
    )


def worth(wishes: Sequence[Wish], solution: Solution, room: Size) -> float:
    """Return how much of the cards' content a solution shows."""
    sizes: dict[Group, list[float]] = {"picture": [], "plot": [], "text": []}
    for wish in wishes:
        # The root: two middle-sized pictures are better than a huge and a tiny one.
        size = math.sqrt(max(_content_area(wish, solution.places[wish.name]), 0.0))
        sizes[wish.group].append(size)
    # For the same reason, what is much larger than the smallest of its kind counts less.
    total = sum(
        _WORTHS[group] * min(size, EQUAL * min(members))
        for group, members in sizes.items()
        for size in members
    )
    # What has to be scrolled is not seen, and scrolling is a nuisance.
    seen = min(1.0, room[0] / max(solution.width, 1)) * min(1.0, room[1] / max(solution.height, 1))
    return total * seen**3


_WORTHS: Mapping[Group, float] = {"picture": 1.0, "plot": PLOT_WORTH, "text": TEXT_WORTH}


def _content_area(wish: Wish, place: Rectangle) -> float:
    width = max(place.width - wish.frame[0], 1)
    height = max(place.height - wish.frame[1], 1)
    aspect = wish.shown_aspect
    if wish.group == "picture":
        width = min(width, int(height * aspect) or 1)
        return width * width / aspect
    if wish.group == "plot":
        area = min(width, height * WIDEST_PLOT) * min(height, width / NARROWEST_PLOT)
        # A narrow one shows a short time only, however high it is; and a column that is much
        # higher than wide is no plot any more, however wide it is.
        wide = min(place.width / wish.natural[0], 1.0)
        flat = min(_useful_height(wish, width) / height, 1.0)
        return min(area, float(wish.natural[0] * wish.natural[1])) * wide**2 * flat**4
    return float(width * height)


def _useful_height(plot: Wish, width: float) -> float:
    """Return the height beyond which a plot of that width shows no more."""
    return max(width / NARROWEST_PLOT, float(plot.natural[1]))


# Candidates -----------------------------------------------------------------------------------


def _candidates(wishes: Sequence[Wish], room: Size, gap: int) -> Iterator[Part]:
    pictures = [w for w in wishes if w.group == "picture" and not w.is_panorama]
    panoramas = [w for w in wishes if w.is_panorama]
    plots = [w for w in wishes if w.group == "plot"]
    texts = [w for w in wishes if w.group == "text"]
    plot_rows = sorted({-(-len(plots) // in_row) for in_row in range(1, MOST_PLOTS + 1)})
    for rows in _row_counts(len(pictures)):
        of_pictures = _lines(pictures, rows)
        for rows_of_plots in reversed(plot_rows):
            lines = [
                *of_pictures,
                *([wish] for wish in panoramas),
                *_lines(plots, rows_of_plots),
                *_lines(texts, -(-len(texts) // MOST_TEXTS)),
            ]
            part = _column(lines, room[0], gap)
            if part is not None:
                yield part
        if pictures and (plots or texts):
            yield from _beside(of_pictures, panoramas, plots, texts, room, gap)
    # Among many plots the pictures would be lost.
    if 0 < len(plots) < len(pictures):
        yield from _among(pictures, panoramas, plots, texts, room, gap)


def _row_counts(count: int) -> list[int]:
    """Return in how many rows pictures may stand."""
    return sorted(
        {-(-count // in_row) for in_row in range(1, min(count, MOST_PICTURES) + 1)} or {0}
    )


def _among(
    pictures: Sequence[Wish],
    panoramas: Sequence[Wish],
    plots: Sequence[Wish],
    texts: Sequence[Wish],
    room: Size,
    gap: int,
) -> Iterator[Part]:
    """Plots in the same rows as pictures, after them."""
    cards = [*pictures, *plots]
    for rows in _row_counts(len(cards)):
        lines = [
            *_lines(cards, rows),
            *([wish] for wish in panoramas),
            *_lines(texts, -(-len(texts) // MOST_TEXTS)),
        ]
        part = _column(lines, room[0], gap)
        if part is not None:
            yield part


def _beside(
    lines: Sequence[Sequence[Wish]],
    panoramas: Sequence[Wish],
    plots: Sequence[Wish],
    texts: Sequence[Wish],
    room: Size,
    gap: int,
) -> Iterator[Part]:
    """Pictures on the left over the whole height, the others on the right."""
    for share in SIDES:
        width = int(room[0] * share)
        left = _column(lines, width, gap)
        right = _side(plots, texts, (room[0] - width, room[1]), gap)
        if left is None or right is None:
            return
        most = max(sum(w.least[0] for w in line) + gap * (len(line) - 1) for line in lines)
        spare = room[0] - gap - most - max(w.least[0] for w in (*plots, *texts))
        weight = min(max((width - most) / max(spare, 1), 0.0), 1.0)
        sides = Stack("row", [left, right], [weight, 1.0 - weight])
        if not panoramas:
            yield sides
            continue
        wide = _column([[w] for w in panoramas], room[0], gap)
        assert wide is not None
        heights = [_ideal_height([w], room[0], gap) for w in panoramas]
        yield Stack("column", [sides, wide], [max(room[1] - sum(heights), 1.0), sum(heights)])


def _side(plots: Sequence[Wish], texts: Sequence[Wish], room: Size, gap: int) -> Part | None:
    """Return plots and texts one below the other; plots no higher than they can use."""
    useful = [max(_useful_height(wish, room[0]) - wish.least[1], 1.0) for wish in plots]
    cards = [*plots, *texts]
    spare = room[1] - gap * (len(cards) - 1) - sum(wish.least[1] for wish in cards)
    rest = max(spare - sum(useful), 0.0) / max(len(texts), 1)
    weights = [*useful, *(rest for _ in texts)]
    names = [wish.name for wish in cards]
    return simplified("column", list(zip(names, weights, strict=True)))


def _lines(wishes: Sequence[Wish], rows: int) -> list[list[Wish]]:
    lines, first = [], 0
    for length in row_lengths(len(wishes), rows):
        lines.append(list(wishes[first : first + length]))
        first += length
    return lines


def row_lengths(count: int, rows: int) -> list[int]:
    """Return how many of `count` things stand in each row, as equally as possible.

    >>> row_lengths(5, 2), row_lengths(4, 2), row_lengths(0, 0)
    ([3, 2], [2, 2], [])
    """
    return [count // rows + (row < count % rows) for row in range(rows)]


def _column(lines: Sequence[Sequence[Wish]], width: int, gap: int) -> Part | None:
    """Return rows one below the other, as high as their content asks in that width."""
    rows: list[tuple[Part, float]] = []
    for line in lines:
        inner = width - gap * (len(line) - 1)
        row = simplified("row", [(wish.name, _width_weight(wish, line, inner)) for wish in line])
        least = max(wish.least[1] for wish in line)
        # Texts get what they need, unless there is nothing else.
        weight = max(_ideal_height(line, width, gap) - least, 1.0)
        if row is not None:
            rows.append((row, 0.0 if line[0].group == "text" else weight))
    return simplified("column", rows)


def _width_weight(wish: Wish, line: Sequence[Wish], width: int) -> float:
    """Return the weight at which pictures of a row become equally high."""
    whole = sum(other.shown_aspect for other in line)
    return max(width * wish.shown_aspect / whole - wish.least[0], 1.0)


def _ideal_height(line: Sequence[Wish], width: int, gap: int) -> float:
    """Return the height in which the content of a row fills `width`."""
    room = width - gap * (len(line) - 1) - sum(wish.frame[0] for wish in line)
    if all(wish.group == "plot" for wish in line):
        return max(wish.natural[1] for wish in line)
    height = room / sum(wish.shown_aspect for wish in line)
    return height + max(wish.frame[1] for wish in line)
