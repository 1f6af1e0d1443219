"""Every block of code in the documentation runs; every command is one."""

from __future__ import annotations

import argparse
import contextlib
import doctest
import importlib
import os
import sys
import types
from pathlib import Path

import pytest

from docs.tools.blocks import (
    FLAGS,
    PAGES,
    ROOT,
    agrees,
    blocks,
    commands,
    name_of,
    transcript,
)
from ivisit.cli import build_parser, main

#: What a transcript may not wait for.
IN_THIS_PROCESS = {"sweep": ["--workers", "0"], "optimize": ["--workers", "0"]}


def has_code(page: Path) -> bool:
    return any(b.note == "file" or b.language == "console" or runs(b) for b in blocks(page))


def runs(block) -> bool:
    return block.language == "python" and not block.note


def opens_a_window(page: Path) -> bool:
    return any(runs(b) and "ivisit.gui" in b.text for b in blocks(page))


@pytest.fixture
def in_the_repository():
    """Have the programs of the repository where the commands look for them."""
    os.symlink(ROOT / "apps", "apps")


@pytest.mark.usefixtures("in_the_repository")
@pytest.mark.parametrize(
    "page",
    [
        pytest.param(p, marks=[pytest.mark.window] if opens_a_window(p) else [], id=name_of(p))
        for p in PAGES
        if has_code(p)
    ],
)
def test_the_blocks_of_a_page_run_one_after_the_other(page, capsys, monkeypatch, request):
    if opens_a_window(page):
        monkeypatch.setenv("DISPLAY", request.getfixturevalue("display"))
    module = types.ModuleType("page")  # dataclasses look for theirs
    monkeypatch.setitem(sys.modules, "page", module)
    for block in blocks(page):
        if block.note == "file":
            compile(block.text, block.what, "exec") if block.what.endswith(".py") else None
            Path(block.what).write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            for words, wanted in transcript(block.text):
                run_command(words, wanted, capsys)
        elif block.is_session:
            check_session(block.text, name_of(page), vars(module))
        elif runs(block):
            exec(compile(block.text, name_of(page), "exec"), vars(module))


def check_session(text, name, names):
    session = doctest.DocTestParser().get_doctest(text, names, name, name, 0)
    told = []
    doctest.DocTestRunner(optionflags=FLAGS).run(session, out=told.append, clear_globs=False)
    names.update(session.globs)  # the session has a copy
    assert not told, "".join(told)


def run_command(words, wanted, capsys):
    assert words[0] == "ivisit", f"only commands of ivisit are run, not {words[0]}"
    capsys.readouterr()
    code = main([*words[1:], *IN_THIS_PROCESS.get(words[1], [])])
    printed = capsys.readouterr()
    assert code == 0, f"{words}: {printed.err}"
    assert agrees(wanted, printed.out + printed.err), f"{words} printed\n{printed.out}{printed.err}"


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
