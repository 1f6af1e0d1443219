"""`Board`: the area of the cards; puts them where the arrangement has them, with sashes between."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable, Mapping
from typing import Any

from ivisit.gui.arranging.solving import Rectangle, Sash, Size, Solution, solve
from ivisit.gui.arranging.tree import Part
from ivisit.gui.panels import PanelWidget
from ivisit.gui.toolkit.scrolling import ScrolledFrame

#: Seconds between two arrangements while a sash is dragged.
DRAG_TIME = 1 / 60


class Board(ScrolledFrame):
    """Cards beside and below each other; the gaps between them can be dragged.

    Parameters
    ----------
    parent : tkinter.Misc
        The parent.
    gap : int
        Pixels between two cards.
    background : str
        Color behind the cards.
    on_drag : callable
        Called when the user has moved a sash.

    Attributes
    ----------
    part : Stack, str or None
        The arrangement.
    cards : dict of str to PanelWidget
        The cards that are shown, by name.
    solution : Solution
        Where they are.
    """

    def __init__(
        self, parent: tk.Misc, gap: int, background: str, on_drag: Callable[[], object]
    ) -> None:
        super().__init__(parent, horizontal=True, background=background)
        self.gap = gap
        self.on_drag = on_drag
        self.part: Part | None = None
        self.cards: Mapping[str, PanelWidget] = {}
        self.solution = Solution()
        self._shown: dict[str, Rectangle] = {}
        self._cursor = ""
        self._grip: tuple[Sash, list[float], int] | None = None
        self._distance = 0
        self._timer: str | None = None
        self._idle: str | None = None
        self._due = 0.0
        self.configure(width=1, height=1)
        self.grid_propagate(False)
        self.bind("<Destroy>", self._stop_timers, add=True)
        content = self.content
        content.bind("<Motion>", self._point)
        content.bind("<Leave>", self._point)
        content.bind("<ButtonPress-1>", self._take_hold)
        content.bind("<B1-Motion>", self._drag)
        content.bind("<ButtonRelease-1>", self._let_go)

    # Places -----------------------------------------------------------------------------------

    def show(self, part: Part | None, cards: Mapping[str, PanelWidget]) -> None:
        """Arrange these cards, and take all others away."""
        for name in [name for name in self._shown if name not in cards]:
            self.cards[name].take_out()
            del self._shown[name]
        self.part, self.cards = part, cards
        self.arrange()

    def lose(self, name: str) -> None:
        """A card has been placed by somebody else: next time it is placed in any case."""
        self._shown.pop(name, None)

    def room(self) -> Size:
        """Return the width and height that there are for the cards."""
        return self.winfo_width(), self.winfo_height()

    def arrange(self) -> None:
        """Put each card into its place."""
        width, height = self.room()
        if width <= 1 or height <= 1:
            return  # not on the screen yet
        least = {name: card.smallest_size() for name, card in self.cards.items()}
        solution = solve(self.part, least, (width, height), self.gap)
        if solution.height > height:
            bar = self.vertical_bar.winfo_reqwidth() + self.gap // 2
            solution = solve(self.part, least, (width - bar, height), self.gap)
        self.solution = solution
        across, down = solution.width > width, solution.height > height
        self.content.configure(
            width=solution.width if across else 1, height=solution.height if down else 1
        )
        self.fit()
        for name, place in solution.places.items():
            if self._shown.get(name) != place:
                self._shown[name] = place
                self.cards[name].place(
                    in_=self.content, x=place.x, y=place.y, width=place.width, height=place.height
                )

    def seen(self) -> Rectangle:
        """Return what is seen of the content."""
        canvas = self.canvas
        return Rectangle(
            int(canvas.canvasx(0)),
            int(canvas.canvasy(0)),
            canvas.winfo_width(),
            canvas.winfo_height(),
        )

    # Sashes -----------------------------------------------------------------------------------

    def sash_at(self, x: int, y: int) -> Sash | None:
        """Return the sash at a place of the content."""
        return next((sash for sash in self.solution.sashes if sash.place.contains(x, y)), None)

    def _point(self, event: Any) -> None:
        if self._grip is not None:
            return
        sash = self.sash_at(event.x, event.y)
        cursor = "" if sash is None else _cursor_of(sash)
        if cursor != self._cursor:
            self._cursor = cursor
            self.content.configure(cursor=cursor)

    def _take_hold(self, event: Any) -> None:
        sash = self.sash_at(event.x, event.y)
        if sash is not None:
            place = event.x_root if sash.stack.direction == "row" else event.y_root
            self._grip = (sash, list(sash.stack.weights), place)
            self._distance = 0

    def _drag(self, event: Any) -> None:
        if self._grip is None:
            return
        sash, _, start = self._grip
        place = event.x_root if sash.stack.direction == "row" else event.y_root
        self._distance = place - start
        pause = self._due - time.perf_counter()
        if pause <= 0:
            self._move_sash()
        elif self._timer is None:
            self._timer = self.after(int(pause * 1000) + 1, self._move_sash)

    def _move_sash(self) -> None:
        self._stop_timers()
        if self._grip is None:
            return
        sash, weights, _ = self._grip
        sash.stack.weights[:] = weights
        sash.move(self._distance)
        began = time.perf_counter()
        self.arrange()
        # Cards draw anew in their new sizes; nothing is left to do after that.
        self._idle = self.after_idle(lambda: self._note_effort(began))

    def _note_effort(self, began: float) -> None:
        """Say when the sash may move again: as often as it is seen, and as there is time for."""
        self._idle = None
        now = time.perf_counter()
        self._due = now + max(DRAG_TIME - (now - began), (now - began) / 2)

    def _stop_timers(self, event: Any = None) -> None:
        if event is not None and event.widget is not self:
            return
        for timer in (self._timer, self._idle):
            if timer is not None:
                self.after_cancel(timer)
        self._timer = self._idle = None

    def _let_go(self, event: Any) -> None:
        if self._grip is not None:
            self._move_sash()
            self._grip = None
            self._point(event)
            if self._distance:
                self.on_drag()

    @property
    def is_dragging(self) -> bool:
        """Whether a sash is held."""
        return self._grip is not None

    def cancel(self) -> None:
        """Put the sash that is held back."""
        if self._grip is not None:
            self._distance = 0
            self._move_sash()
            self._grip = None


def _cursor_of(sash: Sash) -> str:
    return "sb_h_double_arrow" if sash.stack.direction == "row" else "sb_v_double_arrow"
