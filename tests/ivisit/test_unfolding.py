"""What a file may unfold to is looked at before anything of it is unfolded."""

from __future__ import annotations

import io
import sqlite3
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

import ivisit as iv
from ivisit import unfolding
from ivisit.errors import IVisitError, StoreError
from ivisit.runs.packing import unpack

STILL = '''
import ivisit as iv

class Still(iv.Simulation):
    """Nothing ever happens."""

    level = iv.Trace()

    def step(self):
        self.level = 0.0
'''


@pytest.fixture
def still(tmp_path: Path) -> Path:
    """The file of a simulation, alone in its folder, so that nothing else is packed with it."""
    folder = tmp_path / "simulation"
    folder.mkdir()
    path = folder / "still.py"
    path.write_text(STILL)
    return path


@pytest.fixture
def result(still: Path) -> iv.RunResult:
    """A run of a thousand steps whose trace is all zeros."""
    return iv.run(still, steps=1000)


def claiming(path: Path, claimed: int, name: str) -> Path:
    """Have an archive say that a member is larger than it is, and return its path."""
    with zipfile.ZipFile(path, "a") as packed:
        packed.getinfo(name).file_size = claimed
        packed.comment = b"."  # so that the directory is written anew
    return path


def test_a_result_that_says_it_unfolds_to_a_terabyte_is_refused(
    result: iv.RunResult, tmp_path: Path
) -> None:
    path = claiming(result.save(tmp_path / "r.npz"), 2**40, "trace_0.npy")
    told = r"r\.npz: unfolds to .* trace_0\.npy has 1,099,511,627,776; at most 2,147,483,648 are"
    with pytest.raises(IVisitError, match=told):
        iv.RunResult.load(path)


def test_an_array_that_says_another_size_than_its_member_is_refused(
    result: iv.RunResult, tmp_path: Path
) -> None:
    path = result.save(tmp_path / "r.npz")
    with zipfile.ZipFile(path) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    members["trace_0.npy"] = members["trace_0.npy"].replace(b"(1000,)", b"(9999,)")
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    with pytest.raises(IVisitError, match=r"trace_0\.npy says .* 80,120 bytes.* holds 8,128"):
        iv.RunResult.load(path)


def test_a_packed_run_is_bounded_by_its_own_size_and_not_by_that_of_its_parts(
    result: iv.RunResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "r.zip"
    result.pack(path)
    assert unpack(path)[0] == result
    claimed = claiming(path, 2**40, "manifest.json")
    with pytest.raises(IVisitError, match=r"r\.zip: unfolds to .* manifest\.json has"):
        unpack(claimed)
    # The result inside stands for little, and what that stands for in turn for more.
    result.pack(path)
    monkeypatch.setattr(unfolding, "allowed_size", lambda size: 10_000)
    with pytest.raises(IVisitError, match=r"r\.zip: unfolds to .* recorded_steps"):
        unpack(path)


def test_a_member_that_holds_more_than_it_says_is_not_unfolded() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("zeros", bytes(2**25))
        packed.filelist[0].file_size = 100
    with zipfile.ZipFile(target) as packed:
        tracemalloc.start()
        with pytest.raises(zipfile.BadZipFile):
            unfolding.member_of(packed, "zeros")
        assert tracemalloc.get_traced_memory()[1] < 2**20
        tracemalloc.stop()


def test_what_is_larger_than_any_file_may_unfold_to_is_saved_as_it_is_and_loads(
    result: iv.RunResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = result.save(tmp_path / "small.npz").stat().st_size
    for module in ("ivisit.unfolding", "ivisit.runs.result"):
        monkeypatch.setattr(f"{module}.ALWAYS_ALLOWED", 100)
    path = result.save(tmp_path / "large.npz")
    assert path.stat().st_size - small > 10_000
    assert iv.RunResult.load(path) == result


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (zlib.compress(bytes(2**20)), "unfolds to more than 40 bytes"),
        (zlib.compress(bytes(8))[:-3], "its end is missing"),
        (b"no such thing", "is damaged"),
        (zlib.compress(b"12345"), "multiple of element size"),
    ],
)
def test_a_kept_trace_that_is_damaged_or_too_long_is_refused_by_name(
    content: bytes, reason: str, tmp_path: Path, still: Path
) -> None:
    path = tmp_path / "s.ivisit"
    found = iv.sweep(still, steps=5, keep=["level"], workers=0, name="scan", store=path)
    assert found.traces("level")[0][1].tolist() == [0.0] * 5
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE run_trace SET data = ?", (content,))
    connection.close()
    with pytest.raises(StoreError, match=f"trace 'level' of run 0 .*'scan'.*{reason}"):
        found.traces("level")


@pytest.mark.parametrize("size", [0, 8, 2**16])
def test_what_is_within_the_bound_unfolds_whole(size: int) -> None:
    content = np.arange(size // 8, dtype="<i8").tobytes()
    assert unfolding.unfolded(zlib.compress(content), len(content)) == content
