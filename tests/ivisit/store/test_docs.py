"""The page about the store names everything."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ivisit.store import ParameterStore

PAGE = Path(__file__).parents[3] / "docs" / "store.md"


def test_each_method_is_on_the_page_with_its_arguments() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name, method in inspect.getmembers(ParameterStore, inspect.isfunction):
        if not name.startswith("_"):
            row = text.partition(f"| `{name}(")[2].partition(")`")[0]
            arguments = list(inspect.signature(method).parameters)[1:]
            missing = [argument for argument in arguments if argument not in row]
            assert f"| `{name}(" in text, f"{name} is not in the table of methods"
            assert not missing, f"{name}: {missing} are not in the table of methods"


def test_each_view_is_on_the_page(store: ParameterStore, query: Callable[..., Any]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    for (view,) in query("SELECT name FROM sqlite_master WHERE type = 'view'"):
        row = text.partition(f"| `{view}` |")[2].partition("\n")[0]
        assert row, f"{view} is not in the table of views"
        if "the same" not in row and "either" not in row:
            for column in query(f"PRAGMA table_info({view})"):
                assert f"`{column[1]}`" in row, f"{view}.{column[1]} is missing"
