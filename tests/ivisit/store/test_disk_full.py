"""A full disk refuses a save with one clear error and takes nothing that was saved before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ivisit.store import ParameterStore


@pytest.mark.parametrize("limit", [150_000, 200_001, 300_000])
def test_what_was_saved_before_the_disk_was_full_is_safe(
    path: Path, run_script: Callable[..., Any], query: Callable[..., Any], limit: int
) -> None:
    ParameterStore(path).close()
    answer = run_script("hog.py", path, str(limit))
    assert answer["acknowledged"] > 3
    assert answer["readable"] == answer["acknowledged"]
    for error in answer["errors"]:
        assert error.startswith(f"{path}: could not be written: the disk or your quota seems to be")
        assert "make room and save again" in error
    with ParameterStore(path) as store:
        versions = store.history("S", "a")
        assert [one["n"] for one in versions] == list(range(1, answer["acknowledged"] + 1))
        assert store.save("S", "a", {}).version == answer["acknowledged"] + 1
    assert query("PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize("limit", [0, 4096, 20_000])
def test_a_disk_that_is_full_from_the_start_leaves_no_half_store(
    path: Path, run_script: Callable[..., Any], limit: int
) -> None:
    answer = run_script("hog.py", path, str(limit))
    assert answer["acknowledged"] == 0
    assert "the disk or your quota seems to be full" in answer["errors"][0]
    with ParameterStore(path) as store:
        assert store.save("S", "a", {}).version == 1
