"""Arrangements to draw from."""

from __future__ import annotations

import itertools

from hypothesis import strategies as st

from ivisit.gui.arranging.tree import names_in, simplified

NAMES = [f"card {index}" for index in range(8)]


@st.composite
def trees(draw, names=None):
    """Draw an arrangement of some cards, each of them once."""
    if names is None:
        names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=8, unique=True))
    if len(names) == 1:
        return names[0]
    cuts = draw(st.sets(st.integers(1, len(names) - 1), min_size=1, max_size=3))
    ends = [0, *sorted(cuts), len(names)]
    parts = [draw(trees(names[a:b])) for a, b in itertools.pairwise(ends)]
    weights = [draw(st.floats(0, 100)) for _ in parts]
    direction = draw(st.sampled_from(["row", "column"]))
    return simplified(direction, list(zip(parts, weights, strict=True)))


rooms = st.tuples(st.integers(50, 3000), st.integers(50, 2000))
sizes = st.tuples(st.integers(20, 400), st.integers(20, 300))


@st.composite
def problems(draw):
    """Draw an arrangement, what its cards need, and a room; some cards are hidden."""
    part = draw(trees())
    names = names_in(part)
    shown = draw(st.sets(st.sampled_from(names), min_size=1))
    return part, {name: draw(sizes) for name in sorted(shown)}, draw(rooms)
