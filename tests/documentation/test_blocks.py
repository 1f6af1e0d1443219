"""Every block of code in the documentation runs; every command is one."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
from pathlib import Path

import pytest

from docs.tools.blocks import PAGES, ROOT, blocks, commands, name_of
from docs.tools.running import run_page
from ivisit.cli import build_parser


def has_code(page: Path) -> bool:
    return any(b.note == "file" or b.language == "console" or b.runs for b in blocks(page))


def opens_a_window(page: Path) -> bool:
    return any(b.runs and "ivisit.gui" in b.text for b in blocks(page))


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(p, marks=[pytest.mark.window] if opens_a_window(p) else [], id=name_of(p))
        for p in PAGES
        if has_code(p)
    ],
)
def test_the_blocks_of_a_page_run_one_after_the_other(page, monkeypatch, request):
    if opens_a_window(page):
        monkeypatch.setenv("DISPLAY", request.getfixturevalue("display"))
    os.symlink(ROOT / "apps", "apps")  # where the commands look for them
    run_page(page)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_commands_of_a_page_are_commands(page):
    for block in blocks(page):
        if block.language in ("", "console", "bash"):
            for words in commands(block.text):
                parser, rest = parser_of(words)
                if parser is not None:
                    check(parser, rest)


def parser_of(words):
    """Return the parser of a command, and its arguments."""
    if words[0] == "ivisit":
        return build_parser(), words[1:]
    package = words[2]
    if package == "ivisit":
        return build_parser(), words[3:]
    if package in ("assocmem", "dopamine_wp"):
        return importlib.import_module(f"{package}.__main__").build_parser(), words[3:]
    return None, []


def check(parser: argparse.ArgumentParser, words: list[str]) -> None:
    """Have a parser read a command without executing it."""
    with contextlib.suppress(SystemExit):
        parser.parse_args(words)
        return
    pytest.fail(f"not a command: {words}")


def test_whatever_is_not_run_says_why():
    for page in PAGES:
        for block in blocks(page):
            assert block.note != "not run" or len(block.what.split()) > 1, name_of(page)
