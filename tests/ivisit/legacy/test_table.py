"""What scripts get for 686 directives, beside what IVISIT 0.72 has been seen to give.

``table/table.json`` was written once, under 0.72; see ``table/README.md``.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from ivisit import DictSlider, Engine
from ivisit.legacy.language.directives import parse_directives
from ivisit.legacy.running.adapter import Script, simulation_class
from ivisit.legacy.running.api import IVisit_Data, IVisit_Parameters, IVisit_Simulation

TABLE = json.loads((Path(__file__).parent / "table" / "table.json").read_text(encoding="utf-8"))

#: Where ours differs on purpose from what 0.72 does: part of the directives, and why.
REASONS = {
    "[x, just_left]": "0.72 means to look at each word, but a blank in front of one hides it",
    "[x,just_right]": "0.72 means to look at each word, but a blank in front of one hides it",
    "& p & 0 & int & 4": "0.72 mixes up two sliders on one list, the last index counting for both",
    "choose": "in 0.72, to look at an item of a dict slider changes its value",
}


class Run:
    """One case of the table, run here."""

    def __init__(self, case: dict[str, Any]) -> None:
        names = {"np": np}
        parameters = {k: eval(v, names) for k, v in case.get("parameters", {}).items()}
        data = {k: eval(v, names) for k, v in case.get("data", {}).items()}
        self.parameters = type("Parameters", (IVisit_Parameters,), parameters)
        self.names = list(parameters)
        self.before = set(dir(self.parameters))
        self.seen: list[dict[str, str]] = []
        self.chosen = ""
        run = self

        class Simulation(IVisit_Simulation):
            def step(self) -> None:
                run.seen.append(run.values())

        lines = ["#@IVISIT:SIMULATION & s", *("#@IVISIT:" + line for line in case["directives"])]
        block = parse_directives("\n".join(lines)).blocks[0]
        script = Script(Simulation("s", self.parameters, type("Data", (IVisit_Data,), data)))
        self.engine = Engine(simulation_class(script, "s", "S", block.widgets))
        self.engine.init()

    def values(self) -> dict[str, str]:
        """Return the parameters as a step finds them."""
        names = [*self.names, *sorted(set(dir(self.parameters)) - self.before)]
        return {name: repr(getattr(self.parameters, name)) for name in names}

    def step(self) -> dict[str, str]:
        """Compute a step and return what it found."""
        self.engine.run(1)
        return self.seen[-1]

    def act(self, what: str, name: str = "", value: Any = None) -> None:
        """Do what the user or the script does."""
        adapter: Any = self.engine.simulation
        handle = adapter._display.getWidget(name) if name else None
        if what == "set":
            adapter._display.setWidgetValue(name, value)
        elif what == "reconfigure":
            handle.reconfigure(**value)
        elif what == "press":
            self.engine.press(handle.name)
        elif what == "end":
            self._drag_to_end(handle.name, 1.0 if value == "maximum" else 0.0)
        elif what == "type":
            self.engine.set(handle.name, self.engine.control(handle.name).parse(value))
        elif what == "choose":
            self._choose(handle.name, value)

    def _drag_to_end(self, name: str, fraction: float) -> None:
        control: Any = self.engine.control(name)
        if control.items:
            item = self.chosen or control.selected
            self.engine.set(name, {item: control.items[item].range.value_at(fraction)})
        else:
            self.engine.set(name, control.range.value_at(fraction))

    def _choose(self, name: str, value: str) -> None:
        present = self.engine.parameters()[name]
        if isinstance(self.engine.control(name), DictSlider):
            self.chosen = value
        elif isinstance(present, dict):
            self.engine.set(name, {value: not present[value]})
        else:
            self.engine.set(name, value)

    def shown(self) -> dict[str, Any]:
        """Return the picture as RGB and the text, as the window shows them."""
        result: dict[str, Any] = {}
        panels: Any = self.engine.simulation.panels
        for name, value in self.engine.outputs().items():
            panel = panels[name]
            if isinstance(value, np.ndarray):
                scale = self.engine.simulation._data[name].scale
                pixels = panel.pixels(value, panel.vmin, panel.vmax, panel.cmap)
                result["picture"] = enlarged(pixels, scale)
            else:
                result["text"] = {"text": value, "justify": panel.align}
        return result


def enlarged(pixels: np.ndarray, scale: float) -> np.ndarray:
    """Return a picture as many times as large, as Pillow does it, and 0.72 with it."""
    if scale == 1:
        return pixels
    height, width = pixels.shape[:2]
    size = (int(scale * width), int(scale * height))
    return np.asarray(PIL.Image.fromarray(pixels).resize(size, PIL.Image.Resampling.NEAREST))


def as_rgb(picture: dict[str, Any]) -> np.ndarray:
    """Return the picture that 0.72 drew as ours are: grey values three times."""
    pixels = np.array(picture["pixels"], np.uint8)
    channels = {"L": [0, 0, 0], "LA": [0, 0, 0, 1], "RGB": [0, 1, 2], "RGBA": [0, 1, 2, 3]}
    deep = pixels[..., None] if pixels.ndim == 2 else pixels
    return deep[..., channels[picture["mode"]]]


def outcome(case: dict[str, Any]) -> tuple[str, list[Any]]:
    """Return ``equal``, ``better`` or ``different``, and where old and new differ."""
    old = case["old"]
    run = Run(case)
    here = len(run.engine.simulation.controls) + len(run.engine.simulation.panels)
    # One bad directive, and 0.72 has no widget at all.
    works = isinstance(old.get("step"), dict) and old["widgets"] >= here
    pairs: list[tuple[Any, Any]] = [(old.get("step"), run.step())]
    shown = run.shown()
    pairs += [
        (old.get(kind), shown.get(kind))
        for kind in ("picture", "text")
        if kind in old or kind in shown
    ]
    for action, expected in zip(case.get("actions", []), old.get("after", []), strict=False):
        run.act(*action)
        pairs.append((expected, run.step()))
    return _judged(works, [(a, b) for a, b in pairs if not _is_same(a, b)])


def _is_same(old: Any, new: Any) -> bool:
    if isinstance(old, dict) and "pixels" in old:
        if new is None:
            return not np.size(old["pixels"])  # no picture, or one of no pixels
        return np.array_equal(as_rgb(old), new)
    return False if isinstance(new, np.ndarray) else bool(old == new)


def _judged(works: bool, differences: list[Any]) -> tuple[str, list[Any]]:
    if not works:
        return "better", differences
    return ("different" if differences else "equal"), differences


def reason(case: dict[str, Any]) -> str | None:
    text = " ".join(case["directives"])
    if text.startswith("DICTSLIDER"):
        text = " ".join(action[0] for action in case.get("actions", []))
    return next((part for part in REASONS if part in text), None)


def keyword(case: dict[str, Any]) -> str:
    """Return the kind of the case's first widget."""
    return case["directives"][0].partition("&")[0].strip()


def test_the_table_is_large_and_was_made_by_072():
    assert TABLE["provenance"]["ivisit"] == "0.72"
    assert len(TABLE["cases"]) >= 300
    assert {
        "SLIDER",
        "DICTSLIDER",
        "LISTSEL",
        "CHECKBOX",
        "RADIOBUTTON",
        "BUTTON",
        "TEXT_IN",
        "IMAGE",
        "TEXT_OUT",
    } <= set(map(keyword, TABLE["cases"]))


@pytest.mark.parametrize("kind", sorted(set(map(keyword, TABLE["cases"]))))
def test_scripts_get_what_072_gives_them_or_there_is_a_reason(kind):
    for case in TABLE["cases"]:
        if keyword(case) == kind:
            verdict, differences = outcome(case)
            expected = "different" if reason(case) else None
            assert verdict != "different" or expected, (case["directives"], differences)
            assert expected is None or verdict == expected, case["directives"]


def test_most_cases_are_equal_and_ours_copes_where_072_shows_nothing():
    counted = Counter(outcome(case)[0] for case in TABLE["cases"])
    assert counted["different"] == len(REASONS)
    assert counted["equal"] > 6 * counted["better"]
