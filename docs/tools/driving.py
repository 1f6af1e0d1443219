"""A window on a virtual screen, steered and photographed by a script."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

#: Size of the virtual screen, which is that of the largest window, its menu included.
WIDTH, HEIGHT = 1240, 760
#: Seconds within which the status line tells what is so.
STATUS_TIME = 1.0
#: Seconds after which something that should happen at once counts as not happening.
PATIENCE = 60.0
#: The outline of an arrow, which screenshots of a virtual screen lack.
ARROW = ((0, 0), (0, 17), (4, 13), (7, 19), (10, 18), (7, 12), (12, 12))


@contextmanager
def virtual_screen() -> Iterator[None]:
    """Open windows on a screen of their own, with the settings of a new user."""
    read_end, write_end = os.pipe()
    size = f"{WIDTH}x{HEIGHT}x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), "-screen", "0", size, "-nolisten", "tcp"],
        pass_fds=[write_end],
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    try:
        with os.fdopen(read_end) as answer:
            os.environ["DISPLAY"] = f":{answer.readline().strip()}"
        yield
    finally:
        os.environ.pop("DISPLAY", None)
        server.terminate()
        server.wait()


class Driven:
    """A window and what a person does with it.

    Parameters
    ----------
    simulation : Simulation or subclass
        What the window shows.
    size : tuple of int or None, optional
        Width and height in pixels; None is what the window chooses.
    **options
        Those of `ivisit.gui.Window`.
    """

    def __init__(
        self, simulation: Any, size: tuple[int, int] | None = (WIDTH, HEIGHT), **options: Any
    ) -> None:
        from ivisit.gui import Window

        self.window = Window(simulation, **options)
        self.window.root.update_idletasks()
        menu = self.window.root.winfo_rooty()  # nothing else is above the window on this screen
        self.window.root.geometry(f"{size[0]}x{size[1] - menu}+0+0" if size else "+0+0")
        #: Where the pointer is, on the screen.
        self.pointer = (WIDTH // 2, HEIGHT // 2)
        self.until(lambda: self.window.engine.runs and not self.window.session.worker.busy)
        self.look()

    def __enter__(self) -> Driven:
        return self

    def __exit__(self, *error: object) -> None:
        self.window.close()

    def until(self, condition: Callable[[], Any]) -> None:
        """Wait until a condition holds."""
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("the window did not do it")
            self.window.update()
            time.sleep(0.002)

    def look(self) -> None:
        """Wait until the window shows what the simulation has done so far."""
        for _ in range(3):
            drawn = self.window.frames
            self.window.session.worker.refresh()
            self.until(lambda drawn=drawn: self.window.frames != drawn)
        self.window.root.update_idletasks()

    def run(self, steps: int) -> None:
        """Compute exactly so many steps."""
        target = self.window.steps + steps
        self.window.run_for(steps)
        self.until(lambda: self.window.steps >= target and not self.window.session.worker.busy)
        self.look()
        self.wait(STATUS_TIME)

    def wait(self, seconds: float) -> None:
        """Let time go by."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.window.update()
            time.sleep(0.002)

    def shot(self, widget: Any = None, margin: int = 0) -> Any:
        """Return a picture of the window, or of one widget in it."""
        from PIL import ImageGrab

        self.window.update()
        picture = ImageGrab.grab(xdisplay=os.environ["DISPLAY"])
        target = widget or self.window.root
        left, top = target.winfo_rootx() - margin, target.winfo_rooty() - margin
        right = left + target.winfo_width() + 2 * margin
        bottom = top + target.winfo_height() + 2 * margin
        if widget is None:  # with the menu, which is no part of the widget
            top = 0
        return picture.crop(
            (max(left, 0), max(top, 0), min(right, picture.width), min(bottom, picture.height))
        )

    def shot_with_pointer(self) -> Any:
        """Return a picture of the window with an arrow where the pointer is."""
        from PIL import ImageDraw

        picture = self.shot()
        x, y = self.pointer
        outline = [(x + dx, y + dy) for dx, dy in ARROW]
        ImageDraw.Draw(picture).polygon(outline, fill="black", outline="white")
        return picture

    def place_in(self, widget: Any, across: float, down: float = 0.5) -> tuple[int, int]:
        """Return a place inside a widget, in pixels of the widget."""
        return (
            round(across * (widget.winfo_width() - 1)),
            round(down * (widget.winfo_height() - 1)),
        )

    def send(self, widget: Any, event: str, across: float, down: float = 0.5) -> None:
        """Move the pointer into a widget, and send it an event there."""
        x, y = self.place_in(widget, across, down)
        self.pointer = widget.winfo_rootx() + x, widget.winfo_rooty() + y
        widget.event_generate(event, x=x, y=y)
        self.window.update()

    def click(self, widget: Any) -> None:
        """Click into the middle of a widget."""
        for event in ("<Enter>", "<Motion>", "<ButtonPress-1>", "<ButtonRelease-1>"):
            self.send(widget, event, 0.5)
