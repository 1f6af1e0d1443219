"""Pictures as 0.72 showed them, and levels besides."""

from __future__ import annotations

import numpy as np
import pytest

from ivisit.legacy.running.declare import Picture, wrapped

IMAGE = "SIMULATION & s\nIMAGE & I & 1 & [0,1] & picture & float\nTEXT_OUT & T & [9,1] & None & t"


def shown(value):
    """Return the grey values that the window shows at first."""
    picture = Picture(vmin=0, vmax=255)
    array = picture.validate(value)
    return picture.pixels(array, 0, 255, "gray")[..., 0]


@pytest.mark.parametrize(
    ("value", "grey"),
    [
        ([[0, 128, 255]], [[0, 128, 255]]),
        ([[300, -1, 256]], [[44, 255, 0]]),
        (np.array([[0.9, 1.5, -1.5, 300.7]]), [[0, 1, 255, 44]]),
        (np.array([[np.nan, np.inf, -np.inf, 7.0]]), [[0, 0, 0, 7]]),
        (np.array([[True, False]]), [[1, 0]]),
        (np.float32([[257.0]]), [[1]]),
        ((1, 2, 3), [[1, 2, 3]]),
        (np.full((2, 1, 1), 9), [[9], [9]]),
    ],
)
def test_values_are_pixels_of_8_bits_that_wrap_around(value, grey):
    assert shown(value).tolist() == grey


def test_grey_with_transparency_becomes_rgba():
    pixels = Picture(vmin=0, vmax=255).validate(np.array([[[7, 128]]], np.uint8))
    assert pixels.tolist() == [[[7, 7, 7, 128]]]


def test_other_levels_show_what_was_black():
    picture = Picture(vmin=0, vmax=255)
    unit = np.array([[0.0, 0.5, 1.0]])
    assert picture.pixels(unit, 0, 1, "gray")[..., 0].tolist() == [[0, 128, 255]]


def test_whole_numbers_of_any_type_wrap():
    for kind in ("int16", "int64", "uint16"):
        assert wrapped(np.array([300], kind)).tolist() == [44]


@pytest.mark.parametrize("bad", [5, [[1, 2], [3]], [["a"]], np.zeros((2, 2, 2, 2)), [[None]]])
def test_what_is_no_picture_leaves_its_panel_empty_and_is_told_once(load, caplog, bad):
    script = load(IMAGE, data="picture = np.zeros((2, 2)); t = 1")
    script.data.picture = bad
    script.step(2)
    for _ in range(3):
        assert script.engine.outputs() == {"T": "1"}
    assert caplog.text.count("I: must be an array of real numbers") == 1
    script.data.picture = np.ones((2, 2))
    assert script.engine.outputs()["I"].tolist() == [[1, 1], [1, 1]]


def test_data_may_be_made_in_step_and_change_shape_and_type(load):
    script = load(
        IMAGE,
        data="picture = np.array([[0, 0, 0]])",
        methods="def step(self): SimData.picture = np.zeros((5, 6, 3), 'uint8'); SimData.t = None",
    )
    script.step()
    assert script.engine.outputs()["I"].shape == (5, 6, 3)
    assert script.engine.outputs()["T"] == "None"


def test_a_widget_without_data_is_empty_and_the_others_live(load, caplog):
    script = load(IMAGE, data="t = 1")
    script.step()
    assert script.engine.outputs() == {"T": "1"}
    assert "I: the script has no data 'picture'" in caplog.text
