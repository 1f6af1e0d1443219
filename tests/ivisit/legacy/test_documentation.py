"""The examples of the page on migrating are what they say: the same script twice."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import ivisit as iv
from ivisit.legacy.language.widget_fields import FIELDS
from ivisit.legacy.tools.check import check_script

PAGE = Path(__file__).parents[3] / "docs" / "migrating.md"


@pytest.fixture
def examples(tmp_path):
    """The old and the new script of the page, as files."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    files = [tmp_path / "old.py", tmp_path / "new.py"]
    for file, block in zip(files, blocks, strict=True):
        file.write_text(block, encoding="utf-8")
    return files


def test_both_examples_give_the_same_picture(examples):
    old, new = (iv.run(file, steps=1) for file in examples)
    assert np.array_equal(old.outputs["Smoothed"], new.outputs["smoothed"])
    assert old.outputs["Report"] == new.outputs["report"] == "mean change 23.68"
    assert list(old.parameters.values()) == list(new.parameters.values())


def test_nothing_is_found_in_the_old_example(examples):
    assert check_script(examples[0]) == []


def test_the_readers_know_every_directive():
    from ivisit.legacy.language.readers import READERS

    others = {"SIMULATION", "DICTSLIDER", "DICTSLIDERITEM"}
    assert set(READERS) | others == set(FIELDS)
