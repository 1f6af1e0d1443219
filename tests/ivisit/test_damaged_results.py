"""Whatever is wrong with the file of a result, one `IVisitError` says so."""

from __future__ import annotations

import copy
import io
import json
import pickle
import random
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ivisit as iv
from ivisit.errors import IVisitError
from ivisit.runs.result import RunResult


class Walk(iv.Simulation):
    """A random walk with a picture."""

    scale = iv.Slider(1.0, 0.1, 10.0)
    place = iv.Trace()
    picture = iv.Image()
    note = iv.TextOutput()

    def step(self) -> None:
        self.place = self.scale * float(self.rng.normal())
        self.picture = self.rng.normal(size=(8, 8))
        self.note = "walked"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a sound file."""
    path = tmp_path_factory.mktemp("result") / "r.npz"
    return iv.run(Walk, steps=20).save(path).read_bytes()


def mutated(whole: bytes, chance: random.Random) -> bytes:
    """Return the file with some bytes changed, cut out, doubled, or overwritten."""
    data = bytearray(whole)
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        place = chance.randrange(len(data))
        length = chance.choice((1, 1, 4, 32, 512))
        match chance.randrange(6):
            case 0:
                data[place] ^= 1 << chance.randrange(8)
            case 1:
                data[place : place + length] = chance.randbytes(length)
            case 2:
                del data[place : place + length]
            case 3:
                data[place:place] = data[place : place + length]
            case 4:
                data[place : place + length] = bytes(len(data[place : place + length]))
            case 5:
                del data[place:]
        if not data:
            return b""
    return bytes(data)


def rewritten(whole: bytes, change: Callable[[dict[str, bytes]], Any]) -> bytes:
    """Return the file with its members changed, and a sound archive around them."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def as_member(value: Any) -> bytes:
    target = io.BytesIO()
    np.save(target, np.asarray(value))
    return target.getvalue()


def with_metadata(whole: bytes, change: Callable[[dict[str, Any]], Any]) -> bytes:
    """Return the file with its metadata changed."""

    def rewrite(members: dict[str, bytes]) -> None:
        metadata = json.loads(str(np.load(io.BytesIO(members["metadata.npy"]))))
        change(metadata)
        members["metadata.npy"] = as_member(json.dumps(metadata))

    return rewritten(whole, rewrite)


#: Values that a field may be replaced by.
STRANGE: list[Any] = [
    None, True, -1, 10**15, 10**400, 1.5, float("nan"), float("inf"), "", "x", "\0", "\x1b[2J", [],
    [1], ["x"], [[]], [None], {}, {"x": 1}, {"name": 3}, [{"name": "x"}], [{"step": 1}],
]  # fmt: skip


def strange(whole: bytes, chance: random.Random) -> bytes:
    """Return the file with strange values somewhere in its metadata, or in an array's place."""

    def change(metadata: dict[str, Any]) -> None:
        for _ in range(chance.choice((1, 1, 2))):
            holder: Any = metadata
            while isinstance(holder, dict | list) and holder:
                key = chance.choice(
                    list(holder) if isinstance(holder, dict) else range(len(holder))
                )
                if not isinstance(holder[key], dict | list) or chance.random() < 0.6:
                    if chance.random() < 0.2:
                        del holder[key]
                    else:
                        holder[key] = copy.deepcopy(chance.choice(STRANGE))
                    break
                holder = holder[key]

    def exchange(members: dict[str, bytes]) -> None:
        name = chance.choice(sorted(members))
        kinds: list[Any] = [[], 0, 1.5, "text", np.zeros((3, 0)), np.arange(20), np.ones((20, 2))]
        members[name] = as_member(chance.choice(kinds))

    if chance.random() < 0.3:
        return rewritten(whole, exchange)
    return with_metadata(whole, change)


def check(path: Path, data: bytes) -> bool:
    """Load the file; tell whether it was refused. Anything but an IVisitError fails the test."""
    path.write_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of doubled names
        try:
            result = RunResult.load(path)
        except IVisitError as refusal:
            message = str(refusal)
            result = None
    if result is None:
        assert message.startswith(f"{path}: ")
        assert "\n" not in message
        return True
    assert isinstance(result.parameters, dict)
    repr(result)
    result._repr_html_()
    return False


def fuzz(whole: bytes, path: Path, make: Callable[..., bytes], seeds: range) -> int:
    return sum(check(path, make(whole, random.Random(seed))) for seed in seeds)


@pytest.mark.parametrize("make", [mutated, strange])
def test_a_changed_file_is_refused_or_read(
    whole: bytes, tmp_path: Path, make: Callable[..., bytes]
) -> None:
    assert fuzz(whole, tmp_path / "r.npz", make, range(300)) > 100


@pytest.mark.stress
@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("make", [mutated, strange])
def test_thousands_of_changed_files_are_refused_or_read(
    whole: bytes, tmp_path: Path, make: Callable[..., bytes], part: int
) -> None:
    seeds = range(1000 + 5000 * part, 1000 + 5000 * (part + 1))
    assert fuzz(whole, tmp_path / "r.npz", make, seeds) > 1500


def test_each_cut_of_a_file_is_refused(whole: bytes, tmp_path: Path) -> None:
    for length in range(0, len(whole), max(len(whole) // 200, 1)):
        assert check(tmp_path / "r.npz", whole[:length])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m.update(steps=10**15), "its steps cannot be 1000000000000000"),
        (lambda m: m.update(steps=10**9), "1000000000 steps, but rows up to 20"),
        (lambda m: m.update(steps=3), "3 steps, but rows up to 20"),
        (lambda m: m.update(steps=-1), "its steps cannot be -1"),
        (lambda m: m.update(steps="20"), "its steps cannot be '20'"),
        (lambda m: m.update(seed=None), "its seed cannot be None"),
        (lambda m: m.update(status="good"), "its status cannot be 'good'"),
        (lambda m: m.update(parameters=[1]), r"its parameters cannot be \[1\]"),
        (lambda m: m.update(provenance=3), "its provenance cannot be 3"),
        (lambda m: m.update(duration="long"), "its duration cannot be 'long'"),
        (lambda m: m.update(panels=[{}]), r"its panels cannot be \[\{\}\]"),
        (lambda m: m.update(failure={"stage": "step"}), "is not a result file .* or damaged"),
        (lambda m: m.update(changes=[{"step": "x", "name": "a", "value": 1}]), "a change at no st"),
        (lambda m: m.update(changes=[3]), "is not a result file of ivisit-lab, or damaged"),
        (lambda m: m.update(secret=3), "holds 'secret', which this version .* does not know"),
        (lambda m: m.update(traces=["place", "other"]), "is not a result file of ivisit-lab"),
        (lambda m: m.update(traces="place"), "its traces are no list"),
        (lambda m: m.pop("simulation"), "is not a result file"),
    ],
)
def test_what_is_wrong_is_named(
    whole: bytes, tmp_path: Path, change: Callable[[dict[str, Any]], Any], message: str
) -> None:
    path = tmp_path / "r.npz"
    path.write_bytes(with_metadata(whole, change))
    with pytest.raises(IVisitError, match=message):
        RunResult.load(path)


class Trap:
    """What executes code when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("trapped"),)


def test_no_pickle_is_executed(
    whole: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "r.npz"
    assert check(path, pickle.dumps(Trap()))
    target = io.BytesIO()
    np.save(target, np.array([Trap()], dtype=object), allow_pickle=True)
    for name in ("metadata.npy", "trace_0.npy", "recorded_steps.npy"):
        assert check(path, rewritten(whole, lambda m, n=name: m.update({n: target.getvalue()})))
    assert not Path("trapped").exists()


def test_a_folder_and_a_missing_file_are_named(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.npz"):
        with pytest.raises(IVisitError, match="cannot be read"):
            RunResult.load(path)
