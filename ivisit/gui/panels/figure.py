"""A Matplotlib figure; the worker draws it, the window shows the pixels."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any, cast

from ivisit.gui.panels.navigation import Navigation
from ivisit.gui.panels.picture import PicturePanel
from ivisit.gui.panels.plotting import value_text
from ivisit.gui.saving import problem_of
from ivisit.gui.toolkit.theme import Palette
from ivisit.link import Saved
from ivisit.looks import FigureView, Ink
from ivisit.panels import Figure
from ivisit.recording import Frame
from ivisit.viewing import looked_at

#: Seconds after which a new size counts: while the user drags, nothing is drawn anew.
SETTLING = 0.12
#: Smallest width and height in which a figure is drawn.
SMALLEST = 20
#: Width and height at 96 dpi below which a figure does not keep its proportions.
READABLE = 150
#: Dots per inch at which a figure asks for its place, on a screen of 96.
DOTS = 84


class FigureWidget(PicturePanel):
    """Widget of a `Figure`: tells the engine how it is looked at, and shows what comes of it.

    Ctrl and the mouse wheel zoom, dragging moves, or turns three-dimensional axes, a double click
    shows all again; with ``zoom`` chosen, dragging marks a part to look at.
    """

    smallest = (240, 190)

    def _build(self) -> None:
        super()._build()
        # Until the figure is drawn in the new size, the old one is stretched.
        self.canvas.smooth = True
        self.canvas.bind("<Configure>", self._resized, add=True)
        self.canvas.bind("<Motion>", self._tell, add=True)
        self.canvas.bind("<Leave>", lambda event: self.host.point_at(""), add=True)
        self._fills = cast(Figure, self.panel).aspect is None
        self.bind_pointer()
        # After the simulation's bindings: that of the button's release takes the place of others.
        self.navigation = Navigation(self)
        self._tools = {
            mode: self.add_tool(mode, lambda mode=mode: self.navigation.choose(mode), help)  # type: ignore[misc]
            for mode, help in (
                ("zoom", "Mark the part to look at"),
                ("pan", "Move what is looked at"),
            )
        }
        self._tools["home"] = self.add_tool("home", self.navigation.home, "Show all again")
        self.add_tool("save", self.ask_file, "Save the figure as PNG, PDF or SVG")
        self._fill_menu()
        self._color_view()

    def _fill_menu(self) -> None:
        for label, command in (
            ("Mark the part to look at", lambda: self.navigation.choose("zoom")),
            ("Move what is looked at", lambda: self.navigation.choose("pan")),
            ("Show all again", self.navigation.home),
        ):
            self.menu.add_command(label=label, command=command)
        self._fill_variable = f"fill{self.menu}"
        self.menu.add_checkbutton(
            label="Fill the card",
            variable=self._fill_variable,  # type: ignore[arg-type]
            onvalue="1",
            offvalue="0",
            command=lambda: self.fill(not self._fills),
        )
        self.menu.add_separator()
        self.add_copying()
        self.menu.add_command(label="Save ...", command=self.ask_file)
        self.menu.add_command(
            label="Save what is shown ...", command=lambda: self.ask_file(shown=True)
        )
        self.setvar(self._fill_variable, "1" if self._fills else "0")

    @property
    def view(self) -> FigureView:
        """How the engine draws the figure."""
        return self.host.engine.figure_views.setdefault(self.name, FigureView())

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
        self.show_tools()

    def show_again(self) -> None:
        """Have the figure drawn as the view wants it now."""
        self.show_tools()
        self.host.session.worker.refresh()

    def show_tools(self) -> None:
        """Mark the tool that is chosen, and whether there is more than what is shown."""
        on = {self.navigation.mode, "home" if self.view.limits else ""}
        for name, tool in self._tools.items():
            style = "On.Tool.TButton" if name in on else "Tool.TButton"
            if str(tool.cget("style")) != style:
                tool.configure(style=style)

    def fill(self, fills: bool) -> None:
        """Draw the figure as wide and high as its card, or in the proportions declared."""
        self._fills = fills
        self.setvar(self._fill_variable, "1" if fills else "0")
        self._request_size()

    def view_state(self) -> dict[str, Any]:
        return {"fill": self._fills}

    def take_view(self, state: Mapping[str, Any]) -> None:
        if isinstance(state.get("fill"), bool) and state["fill"] != self._fills:
            self.fill(state["fill"])

    # Mouse and pointer ----------------------------------------------------------------------

    def takes_pointer(self) -> bool:
        return not self.navigation.mode

    def place_of(self, x: int, y: int) -> dict[str, Any]:
        rows, columns = (1, 1) if self.canvas.pixels is None else self.canvas.pixels.shape[:2]
        column, row = self.canvas.position_at(x, y)
        across, down = column / columns, row / rows
        place = self.view.axes_at(across, down)
        if place is None:
            return {"x": across, "y": down}
        across, down = place.data_at(across, down)
        return {"x": across, "y": down, "axes": place.index}

    def _tell(self, event: Any) -> None:
        """Tell the coordinates under the pointer, where they are numbers."""
        x, y = self.canvas.fraction_at(event.x, event.y)
        place = self.view.axes_at(x, y)
        if place is None or place.kind != "flat":
            self.host.point_at("")
            return
        here = place.data_at(x, y)
        corners = place.data_at(*place.box[:2]), place.data_at(*place.box[2:])
        texts = [
            f"{name} = {value_text(value, abs(end - begin) / 100, 4)}"
            for name, value, begin, end, numeric in zip(
                "xy", here, *corners, place.numeric, strict=True
            )
            if numeric
        ]
        self.host.point_at(f"{self.panel.label}: {', '.join(texts)}" if texts else "")

    # Files ----------------------------------------------------------------------------------

    def file_types(self) -> list[tuple[str, str]]:
        return [*super().file_types(), ("PDF drawing", "*.pdf"), ("SVG drawing", "*.svg")]

    def save(self, path: str, *, shown: bool = False) -> None:
        """Save the figure as ``.png``, ``.pdf`` or ``.svg``.

        It is saved as the simulation has drawn it, black on white and with its own limits; with
        `shown`, what is looked at: the pixels, or the drawing within the present limits.
        """
        ending = Path(path).suffix.lower().lstrip(".") or "png"
        if shown and ending not in ("pdf", "svg"):
            super().save(path)
            return
        engine, name = self.host.engine, self.name
        limits = dict(self.view.limits) if shown else {}

        def write() -> None:
            figure = getattr(engine.simulation, name)
            try:
                with looked_at(figure, limits) if limits else nullcontext():
                    problem = problem_of(path, lambda file: figure.savefig(file, format=ending))
            # Formatters and artists are the simulation's code, which may raise anything.
            except Exception as error:  # noqa: BLE001
                problem = f"{type(error).__name__}: {error}"
            engine.link.post(Saved(path, problem, lambda: self.ask_file(shown=shown)))

        # The figure is the simulation's: its thread draws it, between two steps.
        self.host.session.worker.call(write)

    # Size and colors ------------------------------------------------------------------------

    def color(self) -> None:
        super().color()
        self._color_view()
        self.host.session.worker.refresh()

    def _color_view(self) -> None:
        self.view.ink = ink_of(self.host.theme.palette)
        self.view.scale = self.host.theme.scale * self.host.theme.letters

    def refit(self) -> None:
        self._color_view()
        self.host.session.worker.refresh()

    def _resized(self, event: Any) -> None:
        # The first size is wanted at once, else the first picture would be drawn twice.
        seconds = 0.0 if self.view.size is None else SETTLING
        self.after_once("size", seconds, self._request_size, anew=True)

    def _request_size(self) -> None:
        size = self._size_in(self.canvas.winfo_width(), self.canvas.winfo_height())
        if min(size) > SMALLEST and self.view.size != size:
            self.view.size = size
            self.host.session.worker.refresh()

    def _size_in(self, width: int, height: int) -> tuple[int, int]:
        """Return the size of the figure in a place, in the proportions declared.

        Not so low or narrow, where there is room, that axes and letters would leave nothing.
        """
        aspect = cast(Figure, self.panel).aspect
        if aspect is None or self._fills:
            return width, height
        least = self.host.theme.pixels(READABLE)
        across = min(width, max(round(height * aspect), least))
        return across, min(height, max(round(width / aspect), least))


def ink_of(palette: Palette) -> Ink | None:
    """Return the colors of a palette in place of white and black; None where it is a light one."""
    if palette.name != "dark":
        return None
    paper, ink = (
        (int(c[1:3], 16) / 255, int(c[3:5], 16) / 255, int(c[5:7], 16) / 255)
        for c in (palette.surface, palette.text)
    )
    return Ink(paper, ink)
