"""Windows, and what stands in them, for the guides."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from docs.tools.driving import HEIGHT, STATUS_TIME, WIDTH, Driven
from docs.tools.pictures.registry import FOLDER, app, keep, makes


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


@makes("arranging.png")
def arranging() -> None:
    """A panel that is dragged beside another one."""
    import ivisit as iv

    with Driven(iv.get_simulation("associative-recall"), (1100, 740)) as driven:
        driven.run(30)
        panels = driven.window.layout.panels
        target, label = panels["evidence"], panels["posterior"].label
        left, top = label.winfo_rootx(), label.winfo_rooty()
        driven.send(label, "<ButtonPress-1>", 0.5)
        x, y = driven.place_in(target, 0.6, 0.8)
        driven.pointer = target.winfo_rootx() + x, target.winfo_rooty() + y
        label.event_generate("<B1-Motion>", x=driven.pointer[0] - left, y=driven.pointer[1] - top)
        driven.wait(0.3)
        keep(driven.shot_with_pointer(), "arranging.png", 64)
        driven.window.layout.cancel_drag()


#: Sets in the browser: name, values, comment and grade.
SETS: list[tuple[str, dict[str, Any], str, int | None]] = [
    ("classroom", {"sigma": 3.0}, "the one that we discussed", 3),
    ("sharp", {"sigma": 0.5, "mode": "nearest"}, "edges stay", None),
    ("softer", {"sigma": 6.0, "mode": "wrap"}, "", 2),
    ("soft", {"sigma": 2.0}, "for portraits", 4),
    ("very soft", {"sigma": 18.0, "mode": "mirror"}, "for backgrounds", 5),
    ("soft", {"sigma": 2.5}, "for portraits", 4),
]


@makes("browser.png")
def browser() -> None:
    """The browser of parameter sets."""
    with Driven(app("gauss_filter")) as driven:
        window = driven.window
        window.set_live(True)
        for name, values, comment, grade in SETS:
            for parameter, value in {"mode": "reflect", **values}.items():
                window.change(parameter, value)
            driven.run(1)
            window.sets.save_under(name, comment=comment, grade=grade)
        window.change("sigma", 4.0)
        driven.run(1)
        window.browser.open()
        window.browser.filter.set("sigma>1")
        window.browser.select(["soft"])
        driven.look()
        driven.wait(STATUS_TIME)
        keep(driven.shot(), "browser.png")


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


@makes("sweep-panel.png")
def sweep_panel() -> None:
    """A heat map that was swept from the window."""
    from ivisit.gui.scaling.panel import ScalingPanel
    from ivisit.gui.scaling.requests import Axis, Request
    from ivisit.gui.scaling.running import Scaling
    from ivisit.runs.repeating import Recipe

    with Driven(app("lorenz")) as driven:
        window = driven.window
        driven.run(200)
        axes = [Axis("rho", 5.0, 45.0, 9), Axis("sigma", 2.0, 20.0, 7)]
        recipe = Recipe(window.session.simulation_class, 0, 0)
        store = Path("sweep-panel.ivisit").absolute()
        request = Request(recipe, axes, 200, "position.z:max", store, "rho-sigma")
        panel = ScalingPanel(window, Scaling(request))
        driven.until(lambda: panel.stop_button.instate(["disabled"]))
        panel.lift()
        keep(driven.shot(), "sweep-panel.png", 128)
        panel.destroy()


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


@makes("messages.png")
def messages() -> None:
    """What others did to the set, and what a crash has left behind."""
    with Driven(app("gauss_filter"), parameters={"sigma": 4.0}) as driven:
        driven.run(20)
        bar = driven.window.messages
        nothing = dict.fromkeys(("Restore", "Discard"), lambda: None)
        bar.show(
            "unsaved",
            "A window ended unexpectedly on 2026-05-04 09:12 CEST with unsaved values: "
            "sigma 2 -> 6.5, mode reflect -> wrap",
            nothing,
        )
        bar.show(
            "set",
            "'soft' was saved elsewhere by meyer on lab3: version 4, 2026-05-04 09:31 CEST; "
            "differs from the values here: sigma 4 -> 5.2",
            {"Load it": lambda: None},
        )
        driven.look()
        keep(driven.shot(), "messages.png")


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


@makes("window-error.png", "window-dark.png")
def window_states() -> None:
    """What the window shows when user code fails, and its dark colors with large text."""
    import ivisit as iv

    Path("roots.py").write_text(FAILING, encoding="utf-8")
    with Driven(iv.get_simulation("roots.py"), (1000, 640)) as driven:
        driven.window.toggle_run()
        driven.until(lambda: driven.window.engine.failure)
        driven.wait(STATUS_TIME)
        keep(driven.shot(), "window-error.png", 64)
    with Driven(app("lorenz"), (1080, 700)) as driven:
        driven.window.set_font_size(3)
        driven.window.set_dark(True)
        driven.run(500)
        keep(driven.shot(), "window-dark.png", 128)


#: A simulation with a mistake.
FAILING = '''import math

import ivisit as iv


class Roots(iv.Simulation):
    """A walk whose root is taken until it gets negative."""

    stride = iv.Slider(0.5, 0.0, 2.0, help="Standard deviation of a step.")
    root = iv.Trace()

    def init(self):
        self.x = 5.0

    def step(self):
        self.x += self.stride * self.rng.normal()
        self.root = math.sqrt(self.x)
        if self.x < 1:
            print(f"close to zero: {self.x:.3f}")
'''
