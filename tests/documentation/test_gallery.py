"""docs/gallery.md shows every file of apps/, with its picture, its command and its source."""

from __future__ import annotations

import re

import pytest

from docs.tools.blocks import ROOT
from docs.tools.pictures.gallery import VIEWS

APPS = sorted(path.stem for path in (ROOT / "apps").glob("*.py"))
SECTIONS = dict(
    re.findall(
        r"^## (\w+)\n(.*?)(?=^## |\Z)",
        (ROOT / "docs/gallery.md").read_text(encoding="utf-8"),
        re.DOTALL | re.MULTILINE,
    )
)


def test_the_gallery_has_a_section_and_a_view_for_each_app():
    assert len(APPS) >= 14
    assert sorted(VIEWS) == APPS
    assert set(APPS) <= set(SECTIONS)
    assert list(VIEWS) == [name for name in SECTIONS if name in VIEWS]
    assert f"[{len(APPS)} simulations]" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", APPS)
def test_a_section_has_picture_command_source_and_something_to_try(name):
    section = SECTIONS[name]
    for wanted in (f"](images/gallery/{name}.png)", f"ivisit gui apps/{name}.py\n", "**Try:**"):
        assert wanted in section
    assert f"](../apps/{name}.py)" in section
    picture = ROOT / "docs" / "images" / "gallery" / f"{name}.png"
    assert picture.stat().st_size < 100_000


def test_the_table_of_contents_names_each_once():
    text = (ROOT / "docs/gallery.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"\]\(#(\w+)\)", text)) == APPS
