"""Every picture of the documentation exists, is shown, and is made by a script."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.tools.blocks import PAGES, ROOT, name_of
from docs.tools.pictures import FOLDER, made

SUFFIXES = {".png", ".gif", ".svg", ".jpg"}
#: Folders whose pictures have makers of their own: one script a picture.
SCRIPTS = {"docs/experiments": "experiments/{stem}.py"}


def pictures(page: Path) -> list[Path]:
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"!\[[^]]*\]\(([^)\s]+)\)|<img[^>]*src=\"([^\"]+)\"", text)
    return [(page.parent / (a or b)).resolve() for a, b in links if ":" not in (a or b)]


SHOWN = {picture for page in PAGES for picture in pictures(page)}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_pictures_of_a_page_are_made_by_a_script(page):
    for picture in pictures(page):
        assert picture.exists(), f"{name_of(page)} shows {picture}"
        folder = picture.parent.relative_to(ROOT).as_posix()
        if folder in SCRIPTS:
            assert (ROOT / SCRIPTS[folder].format(stem=picture.stem)).exists(), picture
        else:
            assert picture.relative_to(FOLDER).as_posix() in made(), f"nothing makes {picture}"


def test_every_picture_that_is_made_is_there_and_shown():
    there = {p.relative_to(FOLDER).as_posix() for p in FOLDER.rglob("*") if p.suffix in SUFFIXES}
    assert there == made()
    assert {FOLDER / name for name in there} <= SHOWN, "a picture that no page shows"


def test_every_picture_says_in_words_what_it_shows():
    for page in PAGES:
        for words in re.findall(r"!\[([^]]*)\]\(", page.read_text(encoding="utf-8")):
            assert len(words.split()) > 1, f"{name_of(page)}: a picture without a description"


def test_the_film_of_the_readme_is_small():
    assert (FOLDER / "steered.gif").stat().st_size < 2_000_000
