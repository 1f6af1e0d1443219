"""Running whatever code a page has, from top to bottom, in the working directory.

The tests run all pages; `docs.tools.pictures` runs those that save a picture.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import sys
from collections.abc import Collection
from pathlib import Path
from types import ModuleType
from typing import Any

from docs.tools.blocks import FLAGS, Block, agrees, blocks, name_of, transcript

#: No page waits for worker processes.
IN_THIS_PROCESS = {"sweep": ["--workers", "0"], "optimize": ["--workers", "0"]}


def run_page(page: Path, *, until: Collection[str] = ()) -> dict[str, Any]:
    """Run the code of a page and return the names that it defines.

    Parameters
    ----------
    page : Path
        The page. Its blocks share one namespace; sessions and console blocks must print what
        the page says.
    until : collection of str, optional
        Files after which the rest of the page does not matter.

    Raises
    ------
    AssertionError
        When something else is printed, or a command fails.
    """
    module = sys.modules["page"] = ModuleType("page")  # dataclasses look for theirs
    try:
        for block in blocks(page):
            run_block(block, name_of(page), vars(module))
            if until and all(map(os.path.exists, until)):
                break
    finally:
        del sys.modules["page"]
    return vars(module)


def run_block(block: Block, name: str, names: dict[str, Any]) -> None:
    """Run one block, or write the file that it is."""
    if block.note == "file":
        if block.what.endswith(".py"):
            compile(block.text, block.what, "exec")
        Path(block.what).write_text(block.text, encoding="utf-8")
    elif block.language == "console":
        for words, wanted in transcript(block.text):
            run_command(words, wanted)
    elif block.is_session:
        run_session(block.text, name, names)
    elif block.runs:
        exec(compile(block.text, name, "exec"), names)


def run_session(text: str, name: str, names: dict[str, Any]) -> None:
    """Run a session of the interpreter and compare what it prints."""
    session = doctest.DocTestParser().get_doctest(text, names, name, name, 0)
    told: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS).run(session, out=told.append, clear_globs=False)
    names.update(session.globs)  # the session has a copy
    assert not told, "".join(told)


def run_command(words: list[str], wanted: str) -> None:
    """Run a command of ours and compare what it prints."""
    from ivisit.cli import main

    assert words[0] == "ivisit", f"only commands of ivisit are run, not {words[0]}"
    words, target = (words[:-2], words[-1]) if words[-2:-1] == [">"] else (words, "")
    output, told = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(told):
        code = main([*words[1:], *IN_THIS_PROCESS.get(words[1], [])])
    printed = output.getvalue() + told.getvalue()
    assert code == 0, f"{words}: {printed}"
    assert agrees(wanted, printed), f"{words} printed\n{printed}"
    if target:
        Path(target).write_text(output.getvalue(), encoding="utf-8")
