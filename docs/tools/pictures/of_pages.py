"""Pictures of what the code of the pages makes: what it saves, and its simulations in windows."""

from __future__ import annotations

import shutil
from typing import Any

from docs.tools.blocks import ROOT, blocks, commands
from docs.tools.driving import HEIGHT, Driven
from docs.tools.pictures.registry import FOLDER, keep, makes, page_names
from docs.tools.running import run_page

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


for _page, _wanted in OF_PAGES.items():
    makes(*_wanted.values())(lambda page=_page, wanted=_wanted: keep_of_page(page, wanted))


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


@makes("sweep.png")
def sweep() -> None:
    """The sweep of docs/sweeps.md."""
    result = page_names("sweeps.md")["result"]
    save(result.figure("drift", "position", by="rule"), "sweep.png")


@makes("optimize.png")
def optimize() -> None:
    """The optimisation at the top of docs/optimize.md."""
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
