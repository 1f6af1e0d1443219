"""The fenced blocks of a page, and how they are run.

A comment before a block says what is special about it: ``<!-- file: my_sim.py -->``, its text is
that file; ``<!-- not run: needs a batch system -->``.
"""

from __future__ import annotations

import doctest
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
#: How what is printed is compared.
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
_FENCE = re.compile(
    r"(?:^<!-- (?P<note>file|not run): (?P<what>.+?) -->\n+)?"
    r"^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    flags=re.S | re.M,
)


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    language: str
    text: str
    note: str
    what: str

    @property
    def is_session(self) -> bool:
        """Whether it is a session of the interpreter."""
        return self.runs and ">>>" in self.text

    @property
    def runs(self) -> bool:
        """Whether it is Python that is run in its place."""
        return self.language == "python" and not self.note


def name_of(page: Path) -> str:
    """Return a page's name in the repository."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    """Return the blocks of a page."""
    found = _FENCE.finditer(page.read_text(encoding="utf-8"))
    return [Block(m["language"], m["text"], m["note"] or "", m["what"] or "") for m in found]


def commands(text: str) -> Iterator[list[str]]:
    """Yield the words of each command of ours in a block for the shell."""
    for line in text.replace("\\\n", " ").splitlines():
        words = shlex.split(line.removeprefix("$ "), comments=True)
        while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
            del words[0]
        if words[:1] == ["ivisit"] or words[:2] == ["python", "-m"]:
            yield until_operator(words)


def until_operator(words: list[str]) -> list[str]:
    """Return the words before the first operator of the shell."""
    ends = [i for i, word in enumerate(words) if word in ("|", ">", "&&", "&")]
    return words[: ends[0]] if ends else words


def transcript(text: str) -> Iterator[tuple[list[str], str]]:
    """Yield the words of each command of a console block, and what it should print."""
    for part in re.split(r"^\$ ", text.replace("\\\n", " "), flags=re.M)[1:]:
        command, _, output = part.partition("\n")
        yield shlex.split(command, comments=True), output


def agrees(wanted: str, got: str) -> bool:
    """Compare as doctests do: ``...`` stands for anything, blanks are alike."""
    return not wanted.strip() or doctest.OutputChecker().check_output(wanted, got, FLAGS)
