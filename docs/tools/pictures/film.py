"""The film at the top of the README."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docs.tools.driving import Driven
from docs.tools.pictures.registry import FOLDER, app, makes


@makes("steered.gif")
def steered() -> None:
    """The Lorenz attractor, steered: one slider dragged to and fro, one button clicked."""
    film = _Film()
    with Driven(type("Lorenz", (app("lorenz"),), {"pace": 60})) as film.driven:
        film.driven.run(300)
        rho = film.driven.window.layout.controls["rho"].number.scale
        kick = film.driven.window.layout.controls["kick"].body.winfo_children()[0]
        film.driven.window.toggle_run()
        film.wait(12)
        film.drag(rho, [0.32, 0.35, 0.38, 0.41, 0.44, 0.47, 0.49, 0.50], hold=14)
        film.drag(rho, [0.50, 0.45, 0.39, 0.33, 0.27, 0.23, 0.21, 0.20], hold=18)
        film.driven.click(kick)
        film.wait(10)
        film.drag(rho, [0.20, 0.23, 0.26, 0.29, 0.31, 0.32], hold=14)
        film.driven.window.toggle_run()
        film.driven.until(lambda: not film.driven.window.session.worker.busy)
    film.save(FOLDER / "steered.gif")


class _Film:
    """Takes a picture every so many milliseconds while something goes on."""

    DURATION = 90
    SIZE = 806, 494
    COLORS = 64

    def __init__(self) -> None:
        self.driven: Any = None
        self.frames: list[Any] = []

    def save(self, path: Path) -> None:
        """Write all pictures, with the colors of the last one."""
        from PIL import Image

        palette = self.frames[-1].quantize(self.COLORS, Image.Quantize.FASTOCTREE)
        frames = [frame.quantize(palette=palette, dither=0) for frame in self.frames]
        first, *others = frames
        first.save(path, save_all=True, append_images=others, duration=self.DURATION, loop=0)

    def wait(self, frames: int) -> None:
        """Take pictures."""
        for _ in range(frames):
            self.driven.wait(self.DURATION / 1000)
            picture = self.driven.shot_with_pointer()
            self.frames.append(picture.convert("RGB").resize(self.SIZE))

    def drag(self, scale: Any, places: list[float], hold: int) -> None:
        """Drag the thumb of a slider, a picture at each place, and let it go."""
        self.driven.send(scale, "<ButtonPress-1>", places[0])
        for place in places:
            self.driven.send(scale, "<B1-Motion>", place)
            self.wait(1)
        self.driven.send(scale, "<ButtonRelease-1>", places[-1])
        self.wait(hold)
