"""`NumberField`: a slider, a field for typing the number, and a unit."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from tkinter import ttk
from typing import Any

from ivisit.gui.toolkit.scrolling import WHEEL_EVENTS, wheel_units
from ivisit.gui.widgets.units import WIDTH, show_unit
from ivisit.ranges import Range, short_text

#: The bit of an event's state that says that Shift is held.
SHIFT = 1
#: Fine steps in a step.
FINE = 10
#: Seconds between two notches or keys that are undone together.
IN_A_ROW = 1.0


class NumberField:
    """The three parts in one row of `parent`, from column 0 on.

    The slider snaps to the steps, typed numbers are kept exactly. Up, Down, Page Up, Page Down
    and the mouse wheel go by steps while the slider or the field has the focus.

    Parameters
    ----------
    parent : ttk.Frame
        The parent.
    row : int
        Row of the parent's grid.
    on_number : callable
        ``on_number(value, continues, settled)``: the user chose a number; see `Host.change`.
    on_release : callable
        ``on_release()``: the user let go of the slider after dragging it.
    on_text : callable
        ``on_text(text)``: the user typed something.
    length : int
        Smallest length of the slider in pixels.
    """

    def __init__(
        self,
        parent: ttk.Frame,
        row: int,
        on_number: Callable[[float, bool, bool], Any],
        on_release: Callable[[], Any],
        on_text: Callable[[str], Any],
        length: int,
    ) -> None:
        self.on_number = on_number
        self.on_release = on_release
        self._stepped_at = 0.0
        self.on_text = on_text
        self.range = Range(0.0, 1.0, 0.1)
        self.value = 0.0
        self.dragging = False
        self._dragged = False
        self._shown_text = ""
        self._unit = length / 120
        self._tick: ttk.Frame | None = None
        self._ticked = 0.0
        self.scale = ttk.Scale(parent, from_=0.0, to=1.0, length=length, takefocus=False)
        self.entry = ttk.Entry(parent, width=9, justify="right")
        self.unit = ttk.Label(parent, style="Muted.TLabel")
        self.scale.grid(row=row, column=0, sticky="ew")
        self.entry.grid(row=row, column=1, sticky="e", padx=(length // 16, 0))
        self.unit.grid(row=row, column=2, sticky="w", padx=(length // 24, 0))
        parent.columnconfigure(0, weight=1)
        self._bind()

    def _bind(self) -> None:
        self.scale.bind("<ButtonPress-1>", self._press)
        self.scale.bind("<B1-Motion>", self._drag)
        self.scale.bind("<ButtonRelease-1>", self._release)
        # ttk's own bindings would move the thumb past the steps.
        self.scale.bindtags(tuple(t for t in self.scale.bindtags() if t != "TScale"))
        entry = self.entry
        self._bind_steps(self.scale, {"Right": 1, "Left": -1})
        self.scale.bind("<Home>", lambda event: self._go_to(self.range.minimum))
        self.scale.bind("<End>", lambda event: self._go_to(self.range.maximum))
        self._bind_steps(entry, {})
        entry.bind("<Return>", lambda event: self._enter())
        entry.bind("<KP_Enter>", lambda event: self._enter())
        entry.bind("<FocusOut>", lambda event: self._leave())
        entry.bind("<FocusIn>", lambda event: self._arrive())
        entry.bind("<Escape>", lambda event: self._show_text(exact=True))

    def _bind_steps(self, widget: ttk.Widget, keys: dict[str, int]) -> None:
        """Have keys and wheel go by steps while `widget` has the focus."""
        for key, count in ({"Up": 1, "Down": -1, "Prior": 10, "Next": -10} | keys).items():
            widget.bind(f"<{key}>", partial(self._step, count))
        for wheel in WHEEL_EVENTS:
            widget.bind(wheel, self._wheel)

    # Showing --------------------------------------------------------------------------------

    def show(self, value: float) -> None:
        """Display `value`."""
        self.value = value
        self.scale.configure(value=self.range.fraction(value))
        self._show_text(exact=self._has_focus(self.entry))

    def show_tick(self, value: float | None) -> None:
        """Mark on the trough where a value lies; None takes the mark away."""
        if value is None:
            if self._tick is not None:
                self._tick.place_forget()
            return
        if self._tick is None:
            self._tick = ttk.Frame(self.scale, style="Tick.TFrame", takefocus=False)
            self._tick.bind("<ButtonRelease-1>", lambda event: self._go_to(self._ticked))
        self._ticked = value
        unit, fraction = self._unit, self.range.fraction(value)
        # How near the thumb's middle comes to the ends: half its width and the trough's border.
        half = round(7 * unit) + round(5 * unit)
        self._tick.place(
            in_=self.scale, relx=fraction, rely=1.0, anchor="s",
            x=round(half * (1 - 2 * fraction)),
            width=max(round(2 * unit), 2), height=round(6 * unit),
        )  # fmt: skip

    def _show_text(self, exact: bool) -> None:
        self._shown_text = short_text(self.value, 1000 if exact else 8)
        self.entry.delete(0, "end")
        self.entry.insert(0, self._shown_text)

    def _has_focus(self, *widgets: ttk.Widget) -> bool:
        # Not focus_get(): it fails on widgets that only Tk knows, such as a list dropped down.
        return str(self.entry.tk.call("focus")) in map(str, widgets)

    def is_editing(self) -> bool:
        """Tell whether the thumb is held or a typed number is not yet committed."""
        return self.dragging or self.entry.get() != self._shown_text

    def set_unit(self, unit: str) -> None:
        """Show a unit behind the number; a long one is broken and cut."""
        show_unit(self.unit, unit, round(WIDTH * self.unit.winfo_fpixels("1i") / 96))

    # The user's doing -----------------------------------------------------------------------

    def _press(self, event: Any) -> None:
        # Not the field: there a blank would be typed, and here it runs and stops.
        self.scale.focus_set()
        self.dragging, self._dragged = True, False
        if "slider" not in self.scale.identify(event.x, event.y):
            self._drag(event)

    def _drag(self, event: Any) -> None:
        if not self.dragging:
            return
        value = self.range.value_at(float(self.scale.get(event.x, event.y)))
        if value != self.value:
            continues, self._dragged = self._dragged, True
            self.on_number(value, continues, False)

    def _release(self, event: Any) -> None:
        self.dragging = False
        if self._dragged:
            self._dragged = False
            self.on_release()

    def _step(self, count: int, event: Any = None) -> str:
        self.finish()
        shown = self.range
        if event is not None and event.state & SHIFT and not shown.whole:
            shown = replace(shown, step=shown.step / FINE)
        self._go_to(shown.stepped(self.value, count))
        return "break"  # the field's own reaction would move the cursor

    def _go_to(self, value: float) -> None:
        """Choose a number by key or wheel; several ones in a row are one change."""
        if value != self.value:
            now = time.monotonic()
            continues, self._stepped_at = now - self._stepped_at < IN_A_ROW, now
            self.on_number(value, continues, True)

    def _wheel(self, event: Any) -> str | None:
        if not self._has_focus(self.entry, self.scale):
            return None  # the wheel scrolls the controls
        return self._step(-wheel_units(event), event)

    def finish(self) -> None:
        """Take over what is being typed."""
        text = self.entry.get().strip()
        if text != self._shown_text:
            self.on_text(text)

    def _enter(self) -> None:
        self.finish()
        self.entry.select_range(0, "end")

    def _arrive(self) -> None:
        # The event may come after the first keys.
        if self.entry.get() == self._shown_text:
            self._show_text(exact=True)

    def _leave(self) -> None:
        self.finish()
        self._show_text(exact=False)
        self.entry.select_clear()
