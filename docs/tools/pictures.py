"""All pictures of the README and of docs/, and how each is made.

``make pictures`` makes all of them, ``python -m docs.tools.pictures steered.gif`` some. Pictures of
windows come from the running window on a virtual screen (Xvfb), those of examples from the code on
their page.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from docs.tools.blocks import ROOT, blocks
from docs.tools.driving import HEIGHT, Driven, virtual_screen

FOLDER = ROOT / "docs" / "images"
#: Makers of pictures, by the names of their pictures in docs/images.
MAKERS: dict[tuple[str, ...], Callable[[], None]] = {}


def makes(*names: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register what makes pictures."""

    def register(maker: Callable[[], None]) -> Callable[[], None]:
        MAKERS[names] = maker
        return maker

    return register


def made() -> set[str]:
    """Return the names of all pictures."""
    return {name for names in MAKERS for name in names}


def keep(picture: Any, name: str, colors: int = 256) -> None:
    """Write a picture of Pillow with few colors: windows have no more."""
    path = FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.convert("RGB").quantize(colors, dither=0).save(path, optimize=True)


# Pictures that the code of a page saves --------------------------------------------------------

#: Page -> what its code saves -> the picture.
OF_PAGES = {
    "runs.md": {"decay.png": "decay.png"},
    "assocmem.md": {"errors.png": "assocmem-errors.png"},
    "dopamine.md": {"forecast.png": "dopamine-forecast.png"},
}


def run_page(page: str, wanted: dict[str, str]) -> None:
    """Run the code of a page and keep what it saves."""
    from PIL import Image

    page_names(page, wanted)
    for saved, name in wanted.items():
        with Image.open(saved) as picture:
            keep(picture, name)


def page_names(page: str, until: Iterable[str] = ()) -> dict[str, Any]:
    """Run the code of a page, sessions too, and return the names that it defines.

    With `until`, no further than to where these files have been saved.
    """
    import doctest

    module = sys.modules["page"] = ModuleType("page")  # dataclasses look for theirs
    for block in blocks(ROOT / "docs" / page):
        if block.language == "python" and not block.note:
            text = block.text
            if block.is_session:
                examples = doctest.DocTestParser().get_examples(text)
                text = "\n".join(e.source for e in examples if e.exc_msg is None)
            exec(compile(text, page, "exec"), vars(module))
            if until and all(map(os.path.exists, until)):
                break
    return vars(module)


for _page, _wanted in OF_PAGES.items():
    makes(*_wanted.values())(lambda page=_page, wanted=_wanted: run_page(page, wanted))


# Windows ---------------------------------------------------------------------------------------


def app(name: str) -> Any:
    """Return the simulation of a file in apps/."""
    import ivisit as iv

    return iv.get_simulation(ROOT / "apps" / f"{name}.py")


@makes("gauss_filter.png")
def gauss_filter() -> None:
    """The first example."""
    with Driven(app("gauss_filter"), parameters={"sigma": 4.0}) as driven:
        driven.run(200)
        keep(driven.shot(), "gauss_filter.png")


@makes("dog_filter.png")
def dog_filter() -> None:
    """A script for IVISIT 0.7x."""
    with Driven(app("dog_filter")) as driven:
        driven.run(3)
        keep(driven.shot(), "dog_filter.png")


@makes("lorenz.png")
def lorenz() -> None:
    """A window with a figure and traces."""
    with Driven(app("lorenz")) as driven:
        driven.run(700)
        keep(driven.shot(), "lorenz.png", 64)


@makes("launcher.png")
def launcher() -> None:
    """The launcher, after four simulations have been used."""
    from PIL import ImageGrab

    from ivisit.gui.actions.remembering import begin_remembering
    from ivisit.gui.launcher.window import LauncherWindow

    for name, steps in (("dog_filter", 3), ("pendulum", 40), ("lorenz", 700), ("gauss_filter", 3)):
        with Driven(app(name)) as driven:
            begin_remembering(driven.window)
            driven.run(steps)
    window = LauncherWindow()  # where apps/ is below the working directory
    window.root.geometry("820x600+0+0")
    end = time.monotonic() + 60
    while not window.entries and time.monotonic() < end:
        window.update()
        time.sleep(0.01)
    window.update()
    root = window.root
    place = (0, 0, root.winfo_rootx() + root.winfo_width(), root.winfo_rooty() + 600)
    keep(ImageGrab.grab(xdisplay=os.environ["DISPLAY"]).crop(place), "launcher.png", 128)
    window.close()


@makes("film-dialog.png")
def film_dialog() -> None:
    """The dialog that begins a film."""
    from ivisit.gui.actions.film_dialog import FilmDialog

    with Driven(app("lorenz")) as driven:
        driven.run(300)
        dialog = FilmDialog(driven.window)
        driven.window.update()
        keep(driven.shot(dialog), "film-dialog.png", 64)


@makes("attractor.gif")
def attractor() -> None:
    """A film that needs no window."""
    import ivisit as iv

    path = FOLDER / "attractor.gif"
    film = iv.Film(path, ["attractor"], every=8, rate=15, size=(400, 300))
    iv.run(app("lorenz"), {"rho": 24.5}, steps=480, film=film)


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
    SIZE = 806, 468
    COLORS = 64

    def __init__(self) -> None:
        self.driven: Any = None
        self.frames: list[Any] = []

    def save(self, path: Path) -> None:
        """Write all pictures, with the colors of the last one."""
        from PIL import Image

        palette = self.frames[-1].quantize(self.COLORS, Image.Quantize.MAXCOVERAGE)
        frames = [frame.quantize(palette=palette, dither=0) for frame in self.frames]
        first, *others = frames
        first.save(path, save_all=True, append_images=others, duration=self.DURATION, loop=0)

    def wait(self, frames: int) -> None:
        """Take pictures."""
        for _ in range(frames):
            end = time.monotonic() + self.DURATION / 1000
            while time.monotonic() < end:
                self.driven.window.update()
                time.sleep(0.002)
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


CONTROLS = [
    *("sigma", "weights", "border", "squash", "learning", "show", "kick", "note", "points"),
]
PANELS = ["field", "level", "spikes", "rates", "phase", "report", "hint"]


@makes(*(f"controls/{name}.png" for name in CONTROLS))
def controls() -> None:
    """Each control of the class on docs/controls.md."""
    with Driven(page_names("controls.md")["Inputs"], (460, HEIGHT)) as driven:
        for name in CONTROLS:
            keep(driven.shot(driven.window.layout.controls[name], 6), f"controls/{name}.png", 64)


@makes(*(f"panels/{name}.png" for name in PANELS))
def panels() -> None:
    """Each panel of the class on docs/panels.md."""
    with Driven(page_names("panels.md")["Outputs"]) as driven:
        driven.run(400)
        for name in PANELS:
            driven.window.layout.panels[name].update()
            keep(driven.shot(driven.window.layout.panels[name], 2), f"panels/{name}.png", 128)


# Sweeps ----------------------------------------------------------------------------------------


@makes("sweep.png")
def sweep() -> None:
    """The sweep of docs/sweeps.md."""
    result = page_names("sweeps.md")["result"]
    save(result.figure("drift", "position", by="rule"), "sweep.png")


@makes("optimize.png")
def optimize() -> None:
    """The optimisation at the top of docs/optimize.md."""
    from docs.tools.blocks import commands
    from ivisit.cli import main

    block = blocks(ROOT / "docs" / "optimize.md")[0]
    words = next(commands(block.text))
    main([*words[1:], "--out", "optimize.png", "--quiet"])
    from PIL import Image

    with Image.open("optimize.png") as picture:
        keep(picture, "optimize.png")


def save(figure: Any, name: str) -> None:
    """Write a figure of Matplotlib."""
    from PIL import Image

    figure.savefig("figure.png", dpi=110)
    with Image.open("figure.png") as picture:
        keep(picture, name)


def main(names: list[str]) -> None:
    """Make the pictures that are named, or all."""
    if unknown := set(names) - made():
        sys.exit(
            f"nothing makes {', '.join(sorted(unknown))}; there are {', '.join(sorted(made()))}"
        )
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), virtual_screen():
        os.environ["IVISIT_SETTINGS"] = str(Path(folder, "window.json"))
        os.symlink(ROOT / "apps", "apps")
        for pictures, maker in MAKERS.items():
            if not names or {*names} & {*pictures}:
                print(", ".join(pictures))
                maker()


if __name__ == "__main__":
    main(sys.argv[1:])
