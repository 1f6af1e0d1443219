"""The pages that are made from the code agree with it."""

import re
import sqlite3
from contextlib import closing

import pytest

import ivisit as iv
from docs.tools import reference
from docs.tools.blocks import ROOT
from ivisit.errors import Failure


@pytest.mark.parametrize(
    "name", ["command-line.md", "store-schema.md", *(f"{p}.md" for p in reference.GROUPS)]
)
def test_a_page_of_the_reference_is_not_stale(name):
    page = ROOT / "docs" / "reference" / name
    made = reference.pages()[name]
    assert page.read_text(encoding="utf-8") == made, f"{name} is stale: run 'make reference'"


def test_every_command_and_option_is_in_the_reference():
    text = (ROOT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    from ivisit.cli import build_parser

    for words, _, parser in reference.commands(build_parser(), ()):
        section = text.partition(f"\n## ivisit {' '.join(words)}\n")[2].partition("\n## ")[0]
        for action in parser._actions:
            common = {"--help", "--quiet", "--debug"} & {*action.option_strings}
            for option in [] if common else action.option_strings:
                assert re.search(rf"`{re.escape(option)}[ `]", section), (words, option)


class Walk(iv.Simulation):
    sigma = iv.Slider(1.0, 0.0, 9.0)
    change = iv.Trace()

    def step(self):
        self.change = self.sigma


def test_the_queries_are_answered():
    iv.sweep(Walk, {"sigma": [1.0, 2.0]}, steps=1, name="widths", store="s.ivisit", workers=0)
    failure = Failure("step", "ValueError", "no", "", "walk.py", 3, "")
    with iv.ParameterStore("s.ivisit") as store:
        store.save("GaussFilter", "soft", {"sigma": 2.0})
        store.save_run(
            "GaussFilter", parameters={}, seed=0, steps=0, status="failed", failure=failure
        )
    with closing(sqlite3.connect("s.ivisit")) as connection:
        for question, query in reference.QUERIES.items():
            assert connection.execute(query).fetchall(), question
