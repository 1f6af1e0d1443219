"""The six examples of the report on IVISIT (arXiv:2408.03341), written anew as old scripts.

``scripts/as_under_072.json`` is what ``scripts/under_072.py`` has seen them do under 0.72.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import matplotlib
import numpy as np
import pytest

import ivisit as iv
from ivisit.errors import PluginError
from ivisit.plugins.loading import load_file

SCRIPTS = Path(__file__).parent / "scripts"
OLD = json.loads((SCRIPTS / "as_under_072.json").read_text(encoding="utf-8"))
EXAMPLES = [name for name in OLD if name != "provenance"]
#: Those whose pictures Matplotlib draws, each of its versions a little differently.
PLOTTED = {"lif_matplotlib", "data_generation", "classification"}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty folder in which one works."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IVISIT_DB", raising=False)


def run_here(name):
    """Return parameters, texts and pictures of a script after some steps, as the table has them."""
    engine = iv.Engine(load_file(SCRIPTS / f"{name}.py"), seed=0)
    engine.run(OLD[name]["steps"])
    adapter = engine.simulation
    parameters = adapter._script.simulation.parameters
    names = [n for n in vars(parameters) if not n.startswith("_")]
    result = {
        "parameters": {n: repr(getattr(parameters, n)) for n in names},
        "texts": {},
        "pictures": {},
    }
    for panel, value in engine.outputs().items():
        if isinstance(value, str):
            result["texts"][panel] = value
            continue
        declared = type(adapter).panels[panel]
        pixels = declared.pixels(value, declared.vmin, declared.vmax, declared.cmap)
        if value.ndim == 2:
            pixels = np.ascontiguousarray(pixels[..., 0])
        result["pictures"][panel] = {
            "shape": list(value.shape),
            "sha256": hashlib.sha256(pixels.tobytes()).hexdigest(),
            "mean": float(pixels.mean()),
        }
    return result


@pytest.mark.parametrize("name", EXAMPLES)
def test_values_and_pictures_are_those_of_072(name):
    old, new = OLD[name], run_here(name)
    assert new["parameters"] == old["parameters"]
    assert new["texts"] == old["texts"]
    assert list(new["pictures"]) == list(old["pictures"])
    drawn_alike = matplotlib.__version__ == OLD["provenance"]["matplotlib"]
    for panel, picture in old["pictures"].items():
        assert new["pictures"][panel]["shape"] == picture["shape"]
        if name not in PLOTTED or drawn_alike:
            assert new["pictures"][panel]["sha256"] == picture["sha256"], panel
        assert new["pictures"][panel]["mean"] == pytest.approx(picture["mean"], abs=3)


@pytest.mark.window
@pytest.mark.parametrize("name", EXAMPLES)
def test_each_runs_in_the_window(user, name):
    window = user.open(load_file(SCRIPTS / f"{name}.py"))
    window.toggle_run()
    user.until(lambda: window.steps > 3)
    window.toggle_run()
    user.until(lambda: not window.session.running)
    assert window.engine.failure is None
    user.look()
    for panel in OLD[name]["pictures"]:
        assert user.panel(panel).canvas.pixels.std() > 0


def click(user, canvas, fraction_x, fraction_y, *further):
    """Press the left button at a place of a picture, move to others, and let it go."""
    width, height = canvas.winfo_width(), canvas.winfo_height()
    places = [(fraction_x, fraction_y), *further]
    for number, (x, y) in enumerate(places):
        sequence = "<B1-Motion>" if number else "<ButtonPress-1>"
        canvas.event_generate(sequence, x=int(x * width), y=int(y * height))
    canvas.event_generate("<ButtonRelease-1>", x=int(x * width), y=int(y * height))


@pytest.mark.window
def test_a_click_adds_a_point_where_it_is_seen(user):
    window = user.open(load_file(SCRIPTS / "data_generation.py"))
    sim = window.engine.simulation._script.simulation
    before = len(sim.points[1])
    user.control("New point").commit("second")
    window.step()
    user.until(lambda: window.steps == 1)
    user.look()
    click(user, user.panel("Data").canvas, 0.5, 0.5)
    user.until(lambda: len(sim.points[1]) == before + 1)
    # The middle of the figure lies a little beside the middle of its axes.
    assert np.abs(sim.points[1][-1]).max() < 0.5


@pytest.mark.window
def test_points_are_set_moved_and_deleted_by_hand(user):
    window = user.open(load_file(SCRIPTS / "classification.py"))
    sim = window.engine.simulation._script.simulation
    window.step()
    user.until(lambda: window.steps == 1)
    user.look()
    canvas = user.panel("Plane").canvas

    def choose(action):
        user.control("Action").commit(action)
        steps = window.steps
        window.step()
        user.until(lambda: window.steps == steps + 1)

    choose("New blue")
    click(user, canvas, 0.5, 0.5)
    user.until(lambda: len(sim.points) == 5)
    assert sim.labels[-1] == 1
    choose("Move")
    click(user, canvas, 0.5, 0.5, (0.6, 0.5), (0.7, 0.5))
    user.until(lambda: sim.points[4][0] > 1)
    choose("Delete")
    click(user, canvas, 0.7, 0.5)
    user.until(lambda: len(sim.points) == 4)


def test_the_network_learns():
    result = iv.run(SCRIPTS / "digits_network.py", steps=200)
    correct = float(result.outputs["Result"].partition("correct ")[2].partition(" %")[0])
    assert correct > 80


def test_the_network_says_where_it_has_looked_for_its_data(tmp_path):
    path = shutil.copy(SCRIPTS / "digits_network.py", tmp_path)
    with pytest.raises(PluginError, match=r"digits\.npz is neither in .* nor in a folder above"):
        load_file(path)


@pytest.mark.skipif(
    not os.environ.get("IVISIT_OLD_PYTHON") or not shutil.which("xvfb-run"),
    reason="IVISIT_OLD_PYTHON names no Python with IVISIT 0.72",
)
def test_072_still_does_what_the_table_says(tmp_path):
    output = tmp_path / "again.json"
    command = [os.environ["IVISIT_OLD_PYTHON"], SCRIPTS / "under_072.py", output]
    subprocess.run(["xvfb-run", "-a", *command], check=True, capture_output=True)
    again = json.loads(output.read_text(encoding="utf-8"))
    assert {name: again[name] for name in EXAMPLES} == {name: OLD[name] for name in EXAMPLES}
