"""The documentation mentions everything."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import assocmem
from assocmem import RULES
from assocmem.activation import ACTIVATIONS
from assocmem.noise import NOISE_MODES

PAGE = Path(__file__).parents[2] / "docs" / "assocmem.md"
MODULES = [m.name for m in pkgutil.walk_packages(assocmem.__path__, "assocmem.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_are_right(name):
    if name != "assocmem.__main__":
        results = doctest.testmod(importlib.import_module(name))
        assert results.failed == 0


@pytest.mark.parametrize("word", [*RULES, *ACTIVATIONS, *NOISE_MODES])
def test_the_page_mentions_every_rule_activation_and_noise_estimate(word):
    text = PAGE.read_text(encoding="utf-8")
    shortened = "-global" if word == "covariance-global" else word
    assert f"`{shortened}`" in text


def test_everything_public_has_a_docstring_with_its_errors_and_shapes():
    without = [
        f"{module}.{name}"
        for module in MODULES
        if module != "assocmem.__main__"
        for name, thing in vars(importlib.import_module(module)).items()
        if getattr(thing, "__module__", None) == module
        and not name.startswith("_")
        and callable(thing)
        and not thing.__doc__
    ]
    assert without == []
