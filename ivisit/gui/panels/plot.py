"""`PlotPanel`: what panels have in common that plot something against an axis of time."""

from __future__ import annotations

import tkinter as tk
from typing import Any

import numpy as np
from PIL import Image, ImageTk

from ivisit.gui.cursor import Cursor
from ivisit.gui.panels.base import PanelWidget
from ivisit.gui.panels.plotting import nice_length, nice_step, telling_ticks, tick_text

#: Zoom of one notch of the mouse wheel, and the smallest number of steps that a plot shows.
NOTCH, FEWEST = 1.25, 4

Tick = tuple[float, str]


class PlotPanel(PanelWidget):
    """A plot over steps: axes, a picture of the data between them, zoom, pan and a cursor.

    Subclasses say which steps there are (`last_step`), which values the vertical axis has
    (`vertical`), and paint the data (`paint`).

    Ctrl and the mouse wheel zoom in time, dragging moves, a double click shows all again; the event
    ``<<ViewChanged>>`` says that the user has done so.

    Attributes
    ----------
    span : int or None
        How many of the latest steps are shown; None: all.
    zoom : tuple of float, optional
        First and last step that are shown, where the user has chosen them.
    """

    group = "plot"
    #: Whether the horizontal axis is that of time, with cursor and zoom.
    is_timeline = True
    smallest = (200, 130)
    natural = (420, 200)

    def _build(self) -> None:
        self.cursor: Cursor = self.host.session.cursor
        self.span: int | None = None
        self.zoom: tuple[float, float] | None = None
        self._run = 0
        self._axes: tuple[Any, ...] = ()
        self._photo: ImageTk.PhotoImage | None = None
        # Known here: each question to Tk gives the interpreter away to a simulation that computes.
        self.canvas_size = (1, 1)
        #: Texts of the vertical ticks, and the width of the widest.
        self._measured: tuple[tuple[str, ...], int] = ((), 0)
        self._cursor_shown = False
        self._measure_letters()
        self._grip: tuple[int, tuple[float, float]] | None = None
        self.canvas = canvas = tk.Canvas(
            self.body, highlightthickness=0, borderwidth=0, width=1, height=1
        )
        canvas.grid(row=0, column=0, sticky="nsew")
        self._item = canvas.create_image(0, 0, anchor="nw")
        self._cursor_line = canvas.create_line(0, 0, 0, 0, state="hidden", tags="cursor")
        canvas.bind("<Configure>", self._resized, add=True)
        if self.is_timeline:
            self._bind_pointer(canvas)
        self.bind("<Destroy>", self._forget, add=True)

    def _bind_pointer(self, canvas: tk.Canvas) -> None:
        canvas.bind("<Motion>", self._point, add=True)
        canvas.bind("<Leave>", lambda event: self.cursor.move(None), add=True)
        canvas.bind("<ButtonPress-1>", self._take_hold, add=True)
        canvas.bind("<B1-Motion>", self._move, add=True)
        canvas.bind("<ButtonRelease-1>", self._let_go, add=True)
        canvas.bind("<Double-Button-1>", lambda event: self._show_all_again(), add=True)
        for wheel in ("<Control-Button-4>", "<Control-Button-5>", "<Control-MouseWheel>"):
            canvas.bind(wheel, self._zoom_at)
        self.cursor.watch(self.show_cursor)

    def _forget(self, event: Any) -> None:
        self.cursor.forget(self.show_cursor)
        self.host.session.turns.forget(self)

    def refit(self) -> None:
        self._measure_letters()
        self._axes = ()
        self.redraw()

    def _measure_letters(self) -> None:
        """Find out how much room the labels of the axes need."""
        line = int(str(self.tk.call("font", "metrics", "IvisitSmall", "-linespace")))
        widest = int(str(self.tk.call("font", "measure", "IvisitSmall", "-0.000")))
        self._letters = (widest + self.host.theme.pixels(12), line)

    # For the kinds --------------------------------------------------------------------------

    def last_step(self) -> int:
        """Return the latest step that there is data of."""
        raise NotImplementedError

    def vertical(self, first: float, last: float, height: int) -> tuple[float, float, list[Tick]]:
        """Return the positions of bottom and top, and the ticks, for steps `first` to `last`."""
        raise NotImplementedError

    def paint(self, picture: Image.Image) -> None:
        """Paint the data onto `picture`, which shows the background."""
        raise NotImplementedError

    def header(self) -> int:
        """Return the height in pixels that stays free above the axes, as for a legend."""
        return 0

    def show_cursor(self) -> None:
        """Show the cursor, which this plot or another one of the session has moved."""
        self._place_cursor()

    # Which steps ----------------------------------------------------------------------------

    def event_widget(self) -> tk.Misc:
        return self.canvas

    def color(self) -> None:
        palette = self.host.theme.palette
        self.canvas.configure(background=palette.surface)
        self.canvas.itemconfigure(self._cursor_line, fill=palette.muted)
        self._axes = ()
        self.redraw()

    def set_span(self, span: int | None) -> None:
        """Show the latest `span` steps; None shows the whole run."""
        self.span = span
        self.zoom = None
        self.redraw()

    def show_all(self) -> None:
        """Return from zooming and moving."""
        self.zoom = None
        self.redraw()

    def look_at(self, zoom: tuple[float, float] | None) -> None:
        """Show these steps, as another plot does; None shows all."""
        if zoom != self.zoom:
            self.zoom = zoom
            self.redraw()

    def _show_all_again(self) -> None:
        self.show_all()
        self.event_generate("<<ViewChanged>>")

    def shown_span(self) -> int | None:
        """Return how many of the latest steps are shown, as declared, chosen or automatic."""
        return self.span

    def horizontal(self) -> tuple[float, float]:
        """Return the first and the last step on the axis."""
        if self.zoom is not None:
            return self.zoom
        span = self.shown_span()
        if span is None or self.last_step() <= span:
            whole = nice_length(self.last_step())
            return 0.0, float(whole if span is None else min(whole, span))
        return float(self.last_step() - span), float(self.last_step())

    def begins_anew(self, run: int) -> bool:
        """Tell whether a frame of `run` is the first one of another run; note it."""
        if run == self._run:
            return False
        self._run = run
        self.zoom = None
        return True

    # Drawing --------------------------------------------------------------------------------

    def _resized(self, event: Any) -> None:
        self.canvas_size = (event.width, event.height)
        self.redraw_soon()

    def redraw_soon(self) -> None:
        """Draw now, or while a simulation runs a little later where drawing takes long."""
        if self.host.session.running:
            self.host.session.turns.ask(self, self.host.root.after)
        else:
            self.redraw()

    def redraw(self) -> None:
        """Draw axes, if they have changed, and data."""
        width, height = self.canvas_size
        left, top, right, bottom = self.area = self._area_in(width, height)
        if right - left < 10 or bottom - top < 10:
            self._axes = ()
            self.canvas.delete("axes")
            self.canvas.itemconfigure(self._item, state="hidden")
            return
        first, last = self.horizontal()
        low, high, marks = self.vertical(first, last, bottom - top)
        self.area = self._area_beside(marks)
        self.limits = (first, last, low, high)
        relative = self.is_timeline and self.zoom is None and first > 0
        time_axis = (-(last - first), 0.0) if relative else (first, last)
        axes = (time_axis, low, high, tuple(marks), self.area, self._time_unit())
        if axes != self._axes:
            self._axes = axes
            self._draw_axes(time_axis, marks)
        picture = self._background.copy()
        self.paint(picture)
        self._paste(picture)
        self._place_cursor()

    def small_picture(self) -> Image.Image | None:
        if not self._axes:
            return None
        picture = self._background.copy()
        self.paint(picture)
        return picture

    def _area_in(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom of the plot without its labels."""
        px = self.host.theme.pixels
        top = self._letters[1] // 2
        return self._letters[0], top + self.header(), width - px(14), height - self._letters[1] - 4

    def _area_beside(self, marks: list[Tick]) -> tuple[int, int, int, int]:
        """Return the area, moved to the right where the texts of the ticks need more room."""
        left, top, right, bottom = self.area
        texts = tuple(text for _, text in marks)
        if texts != self._measured[0]:
            widths = (int(self.tk.call("font", "measure", "IvisitSmall", text)) for text in texts)
            self._measured = texts, max(widths, default=0)
        needed = self._measured[1] + 10
        return max(left, min(needed, right - 10)), top, right, bottom

    def _time_unit(self) -> tuple[float, str]:
        """Return what a step is, and its unit; 1 and nothing where nothing is declared."""
        return self.host.session.step_time()

    def x_of(self, steps: Any) -> Any:
        """Return the pixels, counted from the left of the picture, of step numbers."""
        first, last, _, _ = self.limits
        return (steps - first) * ((self.area[2] - self.area[0]) / (last - first))

    def y_of(self, positions: Any) -> Any:
        """Return the pixels, counted from the top of the picture, of vertical positions."""
        _, _, low, high = self.limits
        # Halves: the difference of the largest numbers would be infinite.
        half = high / 2 - low / 2
        with np.errstate(over="ignore", invalid="ignore"):
            return (high / 2 - positions / 2) * ((self.area[3] - self.area[1]) / half)

    def step_at(self, x: int) -> float:
        """Return the step at a horizontal place of the canvas."""
        first, last, _, _ = self.limits
        left, _, right, _ = self.area
        return first + (x - left) / max(right - left, 1) * (last - first)

    def _draw_axes(self, time_axis: tuple[float, float], marks: list[Tick]) -> None:
        palette = self.host.theme.palette
        canvas = self.canvas
        left, top, right, bottom = self.area
        canvas.delete("axes")
        small: Any = {"fill": palette.muted, "font": "IvisitSmall", "tags": "axes"}
        shape = (bottom - top, right - left, 3)
        background = np.empty(shape, np.uint8)
        background[...] = rgb(palette.surface)
        for position, text in marks:
            y = float(self.y_of(position))
            background[min(max(round(y), 0), shape[0] - 1)] = rgb(palette.hover)
            canvas.create_text(left - 6, top + y, text=text, anchor="e", **small)
        for place, text in self.horizontal_ticks(time_axis, right - left):
            x = left + (place - time_axis[0]) / (time_axis[1] - time_axis[0]) * (right - left)
            canvas.create_line(x, bottom, x, bottom + 3, fill=palette.border, tags="axes")
            half = int(str(self.tk.call("font", "measure", "IvisitSmall", text))) / 2 + 1
            x = max(min(x, self.canvas_size[0] - half), half)
            canvas.create_text(x, bottom + 3, text=text, anchor="n", **small)
        canvas.create_line(
            [left, top, left, bottom, right, bottom], fill=palette.border, tags="axes"
        )
        canvas.coords(self._item, left + 1, top)
        canvas.itemconfigure(self._item, state="normal")
        canvas.tag_lower("axes")
        self._background = Image.fromarray(np.ascontiguousarray(background[:, 1:]))

    def horizontal_ticks(self, limits: tuple[float, float], width: int) -> list[Tick]:
        """Return step and text of the ticks of the horizontal axis."""
        duration, unit = self._time_unit()
        low, high = limits[0] * duration, limits[1] * duration
        distance = nice_step(high - low, max(width // self.host.theme.pixels(90), 1))
        if not unit:
            distance = max(distance, 1.0)
        marks, distance = telling_ticks(low, high, distance)
        relative = limits[1] == 0
        shown = []
        for value in marks:
            text = tick_text(value, distance) if unit else f"{value:,.0f}"
            if relative:
                text = "now" if abs(value) < distance * 1e-6 else text
            shown.append((value / duration, text))
        if unit and shown:
            place, text = shown[-1]
            shown[-1] = (place, f"{text} {unit}" if text != "now" else text)
        return shown

    def _paste(self, image: Image.Image) -> None:
        photo = self._photo
        if photo is None or (photo.width(), photo.height()) != image.size:
            # Assigned only after the item shows the new one: Tk would blank the item else.
            photo = ImageTk.PhotoImage(image, master=self)
            self.canvas.itemconfigure(self._item, image=photo)
            self._photo = photo
        else:
            photo.paste(image)

    # The pointer ----------------------------------------------------------------------------

    def is_inside(self, x: int, y: int) -> bool:
        """Tell whether a place of the canvas lies between the axes."""
        left, top, right, bottom = self.area
        return left <= x <= right and top <= y <= bottom

    def _point(self, event: Any) -> None:
        if self._axes and self.is_inside(event.x, event.y):
            self.cursor.move(min(max(round(self.step_at(event.x)), 0), self.last_step()))
        else:
            self.cursor.move(None)

    def _place_cursor(self) -> None:
        step = self.cursor.step
        if step is None or not self._axes or not self.limits[0] <= step <= self.limits[1]:
            if self._cursor_shown:
                self._cursor_shown = False
                self.canvas.itemconfigure(self._cursor_line, state="hidden")
            return
        self._cursor_shown = True
        x = self.area[0] + self.x_of(step)
        self.canvas.coords(self._cursor_line, x, self.area[1], x, self.area[3])
        self.canvas.itemconfigure(self._cursor_line, state="normal")

    def _zoom_at(self, event: Any) -> str:
        """Zoom so that the step under the pointer stays there."""
        if self._axes:
            first, last = self.horizontal()
            factor = 1 / NOTCH if event.num == 4 or event.delta > 0 else NOTCH
            middle = self.step_at(event.x)
            if last - first > FEWEST or factor > 1:
                self._look_at(middle + (first - middle) * factor, middle + (last - middle) * factor)
        return "break"

    def _look_at(self, first: float, last: float) -> None:
        """Show these steps, as far as they lie in the run; all of it: return to following it."""
        length = last - first
        end = float(nice_length(self.last_step()))
        first = min(max(first, 0.0), max(end - length, 0.0))
        self.zoom = (first, first + length) if length < end else None
        self.redraw()
        self.event_generate("<<ViewChanged>>")

    def _take_hold(self, event: Any) -> None:
        if self._axes and self.is_inside(event.x, event.y):
            self._grip = (event.x, self.horizontal())

    def _move(self, event: Any) -> None:
        if self._grip is None:
            return
        x, (first, last) = self._grip
        moved = (event.x - x) / max(self.area[2] - self.area[0], 1) * (last - first)
        if moved:
            self._look_at(first - moved, last - moved)

    def _let_go(self, event: Any) -> None:
        self._grip = None


def rgb(color: str) -> tuple[int, int, int]:
    """Return the parts of a color ``#rrggbb``."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
