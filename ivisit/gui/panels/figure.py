"""A Matplotlib figure; the worker draws it, the window shows the pixels."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from ivisit.files import replace_file
from ivisit.gui.panels.picture import PicturePanel
from ivisit.link import Say
from ivisit.panels import Figure
from ivisit.recording import Frame

#: Milliseconds after which a new size counts: while the user drags, nothing is drawn anew.
SETTLING = 120
#: Dots per inch at which a figure asks for its place, on a screen of 96.
DOTS = 84


class FigureWidget(PicturePanel):
    """Widget of a `Figure`: tells the engine how large the figure is to be drawn."""

    smallest = (240, 190)

    def _build(self) -> None:
        super()._build()
        # Until the figure is drawn in the new size, the old one is stretched.
        self.canvas.smooth = True
        self.canvas.bind("<Configure>", self._resized, add=True)
        self._timer: str | None = None
        self.menu.add_command(label="Save ...", command=self.ask_file)
        self.bind_pointer()

    def aspect(self) -> float:
        figure = cast(Figure, self.panel)
        return figure.width / figure.height

    def wanted_size(self) -> tuple[int, int]:
        figure = cast(Figure, self.panel)
        px, (across, down) = self.host.theme.pixels, self.frame_size()
        return px(figure.width * DOTS) + across, px(figure.height * DOTS) + down

    def show(self, frame: Frame) -> None:
        pixels = frame.outputs.get(self.name)
        if isinstance(pixels, str):
            self.canvas.say(pixels)
        # The engine returns the same array while the figure has not changed.
        elif pixels is not None and pixels is not self.canvas.pixels:
            self.canvas.show(pixels)

    def place_of(self, x: int, y: int) -> tuple[float, float, tuple[int, int] | None, bool]:
        column, row = self.canvas.position_at(x, y)
        rows, columns = (1, 1) if self.canvas.pixels is None else self.canvas.pixels.shape[:2]
        # Matplotlib is the simulation's: its thread finds the axes.
        return column / columns, row / rows, None, False

    def file_types(self) -> list[tuple[str, str]]:
        return [*super().file_types(), ("PDF drawing", "*.pdf"), ("SVG drawing", "*.svg")]

    def save(self, path: str) -> None:
        """Save the picture as it is shown, or the figure itself as ``.pdf`` or ``.svg``."""
        ending = Path(path).suffix.lower()
        if ending not in (".pdf", ".svg"):
            super().save(path)
            return
        engine, name = self.host.engine, self.name

        def write() -> None:
            figure = getattr(engine.simulation, name)
            try:
                replace_file(Path(path), lambda file: figure.savefig(file, format=ending[1:]))
            except (OSError, ValueError) as error:
                engine.link.post(Say(f"{path}: cannot be saved: {error}"))
            else:
                engine.link.post(Say(f"Saved {path}"))

        # The figure is the simulation's: its thread draws it, between two steps.
        self.host.session.worker.call(write)

    def _resized(self, event: Any) -> None:
        if self._timer:
            self.after_cancel(self._timer)
        # The first size is wanted at once, else the first picture would be drawn twice.
        first = self.name not in self.host.engine.figure_sizes
        self._timer = self.after(1 if first else SETTLING, self._request_size)

    def _request_size(self) -> None:
        self._timer = None
        size = (self.canvas.winfo_width(), self.canvas.winfo_height())
        if min(size) > 20 and self.host.engine.figure_sizes.get(self.name) != size:
            self.host.engine.figure_sizes[self.name] = size
            self.host.session.worker.refresh()
