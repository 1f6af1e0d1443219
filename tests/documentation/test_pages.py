"""The documentation: links lead somewhere, and names are names."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs.tools.blocks import PAGES, ROOT, name_of


def headings(page: Path) -> set[str]:
    """Return the anchors of a page: those of headings, as GitHub and MkDocs make them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)
    titles = re.findall(r"^#+ (.+)$", text, flags=re.M)
    made = {re.sub(r"[^\w\- ]", "", t).strip().lower().replace(" ", "-") for t in titles}
    return made | set(re.findall(r"^::: (\S+)", text, flags=re.M))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_files_and_headings_of_the_repository(page):
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)
    for file, anchor in re.findall(r"\]\((?!https?://)([^)#\s]*)#?([^)\s]*)\)", text):
        target = page.parent / file if file else page
        assert target.is_file(), f"{page.name} links to {file}, which is no file"
        if anchor and target.suffix == ".md":
            assert anchor in headings(target), f"{page.name} links to {file}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_names_of_ivisit_in_the_documentation_exist(page):
    import ivisit as iv

    old_names = {"Version"}
    for name in set(re.findall(r"\biv\.([A-Za-z_]\w*)", page.read_text())) - old_names:
        assert hasattr(iv, name), f"{page.name} names iv.{name}"


def test_nothing_outside_the_window_imports_tk():
    for module in (ROOT / "ivisit").rglob("*.py"):
        if "gui" not in module.relative_to(ROOT).parts:
            assert not re.search(
                r"^\s*(import|from) (tkinter|PIL\.ImageTk)", module.read_text(), flags=re.M
            ), module


def test_the_learning_systems_do_not_need_ivisit():
    code = (
        "import sys, assocmem, dopamine_wp, dopamine_wp.series, assocmem.capacity\n"
        "heavy = 'ivisit', 'tkinter', 'matplotlib'\n"
        "sys.exit(' '.join(m for m in heavy if m in sys.modules) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def quoted(text: str) -> list[str]:
    """Return the numbers of a text that have their intervals with them."""
    return re.findall(r"[\d.]+ \[[\d.]+, [\d.]+\]", " ".join(text.split()))


def claimed(name: str = "*") -> list[str]:
    """Return the numbers of the claims of an experiment, or of all."""
    files = (ROOT / "docs" / "experiments").glob(f"{name}.json")
    captions = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return [claim["number"] for caption in captions for claim in caption["claims"]]


def test_the_headlines_of_the_readme_are_results_of_experiments():
    found = quoted((ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(found) > 5
    for number in found:
        assert any(number in claim for claim in claimed()), f"no experiment gives {number}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_paragraphs_that_name_an_experiment_have_its_numbers(page):
    for paragraph in page.read_text(encoding="utf-8").split("\n\n"):
        names = re.findall(r"\(experiments/README\.md#([\w-]+)\)", paragraph)
        known = [number for name in names for number in claimed(name.replace("-", "_"))]
        for number in quoted(paragraph) if names else ():
            assert any(number in claim for claim in known), f"{names} does not give {number}"


def test_every_recipe_is_in_the_list_of_recipes_and_counted_in_the_readme():
    folder = ROOT / "docs" / "how-to"
    recipes = {page.name for page in folder.glob("*.md")} - {"index.md"}
    assert set(re.findall(r"\]\(([\w-]+\.md)\)", (folder / "index.md").read_text())) == recipes
    assert f"[{len(recipes)} recipes]" in (ROOT / "README.md").read_text()


def test_every_command_of_make_is_told_to_contributors():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^\.PHONY: (.*)$", text, flags=re.M)[0].split())
    told = set(re.findall(r"\bmake ([a-z-]+)", (ROOT / "CONTRIBUTING.md").read_text()))
    assert targets - told == {"help", "xvfb", "cluster"}, "the rest is what other targets need"


def test_wheels_in_the_documentation_bear_the_present_version():
    setup = (ROOT / "setup.cfg").read_text(encoding="utf-8")
    version = re.findall(r"^version = (.+)$", setup, flags=re.M)[0]
    for page in PAGES:
        wheels = re.findall(r"ivisit_lab-([\w.]+)-py3", page.read_text(encoding="utf-8"))
        assert set(wheels) <= {version}, name_of(page)


def test_every_page_is_in_the_navigation_of_the_site():
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    for page in (ROOT / "docs").rglob("*.md"):
        name = page.relative_to(ROOT / "docs").as_posix()
        assert re.search(rf"[ :]{re.escape(name)}$", navigation, flags=re.M), f"{name} is missing"
