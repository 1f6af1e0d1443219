"""All pictures of the README and of docs/, and how each is made.

``make pictures`` makes all of them, ``python -m docs.tools.pictures steered.gif`` some. Pictures of
windows come from the running window on a virtual screen (Xvfb), those of examples from the code on
their page.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docs.tools.blocks import ROOT, blocks
from docs.tools.driving import HEIGHT, WIDTH, Driven, virtual_screen
from docs.tools.running import run_page

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
    "tutorial/first-simulation.md": {
        "rates.png": "tutorial/rates.png",
        "curves.png": "tutorial/curves.png",
    },
    "how-to/parameter-study.md": {"map.png": "how-to/map.png"},
    "how-to/film.md": {"ripples.gif": "how-to/ripples.gif"},
    "tutorial/old-script.md": {"contrast.png": "tutorial/contrast.png"},
}


def keep_of_page(page: str, wanted: dict[str, str]) -> None:
    """Run the code of a page and keep what it saves."""
    from PIL import Image

    run_page(ROOT / "docs" / page, until=wanted)
    for saved, name in wanted.items():
        if saved.endswith(".gif"):
            (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(saved, FOLDER / name)
        else:
            with Image.open(saved) as picture:
                keep(picture, name)


def page_names(page: str) -> dict[str, Any]:
    """Return what the code of a page defines."""
    return run_page(ROOT / "docs" / page)


for _page, _wanted in OF_PAGES.items():
    makes(*_wanted.values())(lambda page=_page, wanted=_wanted: keep_of_page(page, wanted))


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


@makes("lorenz.png")
def lorenz() -> None:
    """A window with a figure and traces."""
    with Driven(app("lorenz")) as driven:
        driven.run(700)
        keep(driven.shot(), "lorenz.png", 64)


@makes("comparison.png")
def comparison() -> None:
    """Two parameter sets in lock-step."""
    from ivisit.gui.comparison import open_comparison

    with Driven(app("gauss_filter")) as driven:
        window = open_comparison(driven.window, {"sharp": {"sigma": 1.0}, "soft": {"sigma": 4.0}})
        window.root.geometry(f"{WIDTH}x{HEIGHT}+0+0")
        window.root.lift()
        driven.until(lambda: window.frames and not window.lockstep.busy)
        window.lockstep.run()
        driven.until(lambda: window.lockstep.steps >= 100)
        window.lockstep.stop()
        driven.until(lambda: not window.lockstep.busy)
        picture = window.layout.rows[0].own[0].canvas
        driven.send(picture, "<Motion>", 0.5, 0.6)
        driven.until(lambda: "difference" in window.status["message"].cget("text"))
        driven.until(lambda: window.status["speed"].cget("text").startswith("0 "))
        # A difference in few colors would be none.
        driven.shot(window.root).convert("RGB").save(FOLDER / "comparison.png", optimize=True)


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

        palette = self.frames[-1].quantize(self.COLORS, Image.Quantize.MAXCOVERAGE)
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


#: Simulations that the tutorials write, and for how many steps they run before the picture.
OF_TUTORIALS = {
    "first-simulation": {"oscillator": 200, "neuron": 700},
    "old-script": {"waves": 20},
}


@makes(*(f"tutorial/{name}.png" for names in OF_TUTORIALS.values() for name in names))
def tutorials() -> None:
    """Windows on what the tutorials write."""
    import ivisit as iv

    for page, simulations in OF_TUTORIALS.items():
        run_page(ROOT / "docs" / "tutorial" / f"{page}.md", until=[f"{n}.py" for n in simulations])
        for name, steps in simulations.items():
            with Driven(iv.get_simulation(f"{name}.py"), (1000, 580)) as driven:
                driven.run(steps)
                keep(driven.shot(), f"tutorial/{name}.png", 128)


@makes("how-to/spiking.png", "how-to/spectrum.png", "how-to/clicks.png")
def recipes() -> None:
    """Windows on what the recipes write."""
    import ivisit as iv

    for page in ("spiking-network", "fast-figure", "draw-with-the-mouse"):
        files = [
            b.what for b in blocks(ROOT / "docs" / "how-to" / f"{page}.md") if b.note == "file"
        ]
        run_page(ROOT / "docs" / "how-to" / f"{page}.md", until=files)
    with Driven(iv.get_simulation("spiking.py"), (1000, 640)) as driven:
        driven.run(800)
        keep(driven.shot(), "how-to/spiking.png", 128)
    with Driven(iv.get_simulation("spectrum.py"), (760, 420)) as driven:
        driven.run(3)
        keep(driven.shot(driven.window.layout.panels["spectrum"], 2), "how-to/spectrum.png", 64)
    points = [[-1.6, -1.2], [-0.9, 0.6], [0.1, 0.4], [0.8, -0.7], [1.6, 1.3]]
    with Driven(
        iv.get_simulation("clicks.py"), (1000, 580), parameters={"points": points, "degree": 3}
    ) as driven:
        driven.run(1)
        keep(driven.shot(), "how-to/clicks.png", 128)


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
    with virtual_screen():
        for pictures, maker in MAKERS.items():
            if not names or {*names} & {*pictures}:
                print(", ".join(pictures))
                with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
                    os.environ["IVISIT_SETTINGS"] = str(Path(folder, "window.json"))
                    os.symlink(ROOT / "apps", "apps")
                    maker()


if __name__ == "__main__":
    main(sys.argv[1:])
