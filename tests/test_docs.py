"""The documentation: links lead somewhere, code blocks are code, nothing private is told."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_to_files_of_the_repository(page):
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_python_blocks_parse(page):
    for block in re.findall(r"^```python\n(.*?)^```", page.read_text(), flags=re.S | re.M):
        if ">>>" not in block:
            ast.parse(block)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
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
