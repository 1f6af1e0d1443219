"""The pictures of docs/gallery.md: each simulation of apps/ in its window.

``make gallery`` makes all of them, ``python -m docs.tools.pictures gallery/lorenz.png`` one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from docs.tools.driving import Driven
from docs.tools.pictures.registry import app, keep, makes


@dataclass
class View:
    """How a simulation is photographed: after so many steps, with these values and events."""

    steps: int
    parameters: dict[str, Any] = field(default_factory=dict)
    #: What a person does after the first half of the steps.
    act: Callable[[Driven], None] | None = None
    colors: int = 256


def press(
    panel: str, places: list[tuple[float, float]], button: int = 1
) -> Callable[[Driven], None]:
    """Return what draws with the mouse through places of a panel, fractions of its picture."""

    def act(driven: Driven) -> None:
        canvas = driven.window.layout.panels[panel].canvas
        driven.send(canvas, f"<ButtonPress-{button}>", *places[0])
        for place in places[1:]:
            driven.send(canvas, f"<B{button}-Motion>", *place)
            driven.look()
        driven.send(canvas, f"<ButtonRelease-{button}>", *places[-1])
        driven.look()

    return act


def change(parameter: str, value: Any) -> Callable[[Driven], None]:
    """Return what gives a parameter another value."""
    return lambda driven: driven.window.change(parameter, value)


#: Every file of apps/, in the order of the page.
VIEWS = {
    "hello_world": View(30),
    "gauss_filter": View(60, act=change("sigma", 4.0), colors=40),
    "dog_filter": View(5, colors=48),
    "lif_neurons": View(900, act=change("drive", 18.0)),
    "lif_figure": View(300),
    "balanced_network": View(4000),
    "phase_plane": View(900),
    "lorenz": View(700),
    "data_generation": View(2, act=press("plane", [(0.3, 0.75), (0.4, 0.8), (0.5, 0.78)])),
    "classification": View(2),
    "kmeans": View(6),
    "digits_network": View(150),
    "perturbation_landscape": View(300),
    "pendulum": View(150),
    "paint_and_recall": View(2),
    "hopfield_landscape": View(120, act=press("landscape", [(0.35, 0.3)])),
    "game_of_life": View(160),
    "gray_scott": View(200, colors=48),
}


def photograph(name: str, view: View) -> None:
    """Take the picture of one simulation."""
    with Driven(app(name), None, parameters=view.parameters) as driven:
        driven.run(view.steps // 2)
        if view.act is not None:
            view.act(driven)
        driven.run(view.steps - view.steps // 2)
        keep(driven.shot(), f"gallery/{name}.png", view.colors)


for _name, _view in VIEWS.items():
    makes(f"gallery/{_name}.png")(lambda name=_name, view=_view: photograph(name, view))
