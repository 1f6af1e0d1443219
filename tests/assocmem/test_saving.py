"""Files of memories: complete or untouched when written, refused in one way when damaged."""

from __future__ import annotations

import io
import resource
import signal
import zipfile

import numpy as np
import pytest

from assocmem import RULES, AssociativeMemory, Channel, Rule, capacity, saving
from assocmem._files import written_aside

CHANNEL = Channel(0.05, 0.25)


@pytest.mark.parametrize("rule", RULES)
def test_files_keep_everything(rule, tmp_path, palm_memory):
    memory, stored, queries = palm_memory(rule)
    memory.save(tmp_path / "memory.npz")
    loaded = AssociativeMemory.load(tmp_path / "memory.npz")
    assert loaded.rule.name == rule
    for query_noise in (CHANNEL, Channel(0, 0)):
        x, y = (m.potentials(queries, query_noise) for m in (memory, loaded))
        np.testing.assert_array_equal(x.finite, y.finite)
        np.testing.assert_array_equal(x.infinite, y.infinite)
    loaded.forget(stored)
    assert loaded.n_patterns == 0


def test_files_of_hetero_associations(tmp_path):
    memory = AssociativeMemory(3, n_outputs=2, rule="willshaw")
    memory.store([[1, 0, 1]], [[0, 1]])
    memory.save(tmp_path / "hetero")
    loaded = AssociativeMemory.load(tmp_path / "hetero")
    assert (loaded.n_units, loaded.n_outputs, loaded.is_auto) == (3, 2, False)
    np.testing.assert_array_equal(loaded.coincidences, memory.coincidences)
    loaded.store([[1, 1, 1]], [[1, 1]])
    assert loaded.output_usage.tolist() == [1, 2]


def test_a_rule_of_ones_own_is_given_when_loading(tmp_path):
    class Doubled(Rule):
        name = "doubled"

        def terms(self, counts, channel):
            terms = RULES["hebb"]().terms(counts, channel)
            return terms._replace(active=terms.active._replace(finite=2 * terms.active.finite))

    memory = AssociativeMemory(3, rule=Doubled())
    memory.store([1, 1, 0])
    memory.save(tmp_path / "own.npz")
    with pytest.raises(ValueError, match="own.npz: was saved with the rule 'doubled', which is"):
        AssociativeMemory.load(tmp_path / "own.npz")
    loaded = AssociativeMemory.load(tmp_path / "own.npz", rule=Doubled())
    assert loaded.potentials([1, 0, 0]).finite.tolist() == [2, 2, 0]


def test_files_that_hold_no_memory_are_refused(tmp_path, palm_memory):
    text = tmp_path / "text.npz"
    text.write_text("no archive")
    with pytest.raises(ValueError, match="is not a saved memory"):
        AssociativeMemory.load(text)
    np.savez(tmp_path / "other.npz", a=1)
    with pytest.raises(ValueError, match=r"it lacks \['coincidences'"):
        AssociativeMemory.load(tmp_path / "other.npz")
    palm_memory()[0].save(tmp_path / "good.npz")
    content = dict(np.load(tmp_path / "good.npz"))
    np.savez(tmp_path / "later.npz", **content | {"version": 4})
    with pytest.raises(ValueError, match="version 4; this program reads versions up to 3"):
        AssociativeMemory.load(tmp_path / "later.npz")
    np.savez(tmp_path / "bad.npz", **content | {"n_patterns": 1})
    with pytest.raises(ValueError, match="contradict each other"):
        AssociativeMemory.load(tmp_path / "bad.npz")
    np.savez(tmp_path / "flat.npz", **content | {"coincidences": content["usage"]})
    with pytest.raises(ValueError, match="its coincidences has type int64 and 1 axes"):
        AssociativeMemory.load(tmp_path / "flat.npz")
    np.savez(tmp_path / "short.npz", **content | {"usage": content["usage"][1:]})
    with pytest.raises(ValueError, match="do not fit"):
        AssociativeMemory.load(tmp_path / "short.npz")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("version", np.array([1]), "its version has type int64 and 1 axes"),
        ("version", np.array(1.0), "its version has type float64"),
        ("version", np.array(0), "has version 0"),
        ("n_patterns", np.array(2.7), "its n_patterns has type float64"),
        ("n_patterns", np.array(2**40), "n_patterns: must be a whole number, from 0"),
        ("n_patterns", np.array(-1), "n_patterns: must be a whole number, from 0"),
        ("n_patterns", np.array([60]), "its n_patterns has type int64 and 1 axes"),
        ("usage", np.full(60, 0.5), "its usage has type float64"),
        ("coincidences", np.zeros((60, 60), np.int64), "must be of type int16 or int32, not int64"),
        ("coincidences", np.zeros((60, 60), np.int16), "contradict each other"),
        ("rule", np.array(7), "its rule has type"),
        ("rule", np.array("bays"), "bad.npz: was saved with the rule 'bays', which is not"),
    ],
)
def test_entries_of_another_kind_are_refused_by_name(name, value, message, tmp_path, palm_memory):
    palm_memory()[0].save(tmp_path / "good.npz")
    np.savez(tmp_path / "bad.npz", **dict(np.load(tmp_path / "good.npz")) | {name: value})
    with pytest.raises(ValueError, match=message) as info:
        AssociativeMemory.load(tmp_path / "bad.npz")
    assert str(tmp_path) in str(info.value)


def test_unsymmetric_coincidences_are_no_auto_association(tmp_path, palm_memory):
    memory = palm_memory()[0]
    memory.save(tmp_path / "good.npz")
    content = dict(np.load(tmp_path / "good.npz"))
    i, j = np.argwhere((content["coincidences"] > 0) & ~np.eye(60, dtype=bool))[0]
    content["coincidences"][i, j] -= 1
    np.savez(tmp_path / "bad.npz", **content)
    with pytest.raises(ValueError, match="contradict each other"):
        AssociativeMemory.load(tmp_path / "bad.npz")


def test_an_array_is_no_memory(tmp_path):
    np.save(tmp_path / "array.npy", np.eye(3))
    with pytest.raises(ValueError, match="is not a saved memory"):
        AssociativeMemory.load(tmp_path / "array.npy")
    with pytest.raises(FileNotFoundError):
        AssociativeMemory.load(tmp_path / "missing.npz")


def refused_or_whole(content, path, usage):
    """Load damaged content: a ValueError, or a memory that equals the original."""
    path.write_bytes(content)
    try:
        loaded = AssociativeMemory.load(path)
    except ValueError:
        return
    np.testing.assert_array_equal(loaded.usage, usage)


def damage(content, generator):
    """Return a copy that is cut, or in which bytes are changed, erased or moved."""
    data = bytearray(content)
    place, length = generator.integers(len(data)), int(generator.integers(1, 40))
    kind = generator.integers(4)
    if kind == 0:
        return bytes(data[:place])
    if kind == 1:
        data[place : place + length] = generator.bytes(length)
    elif kind == 2:
        del data[place : place + length]
    else:
        data[place] ^= 1 << int(generator.integers(8))
    return bytes(data)


@pytest.mark.parametrize(
    "n_files", [150, pytest.param(3000, marks=pytest.mark.stress)], ids=["sample", "all"]
)
@pytest.mark.parametrize("compressed", [True, False], ids=["as saved", "uncompressed"])
def test_damaged_files_raise_nothing_but_value_errors(n_files, compressed, tmp_path, palm_memory):
    memory = palm_memory()[0]
    memory.save(tmp_path / "good.npz")
    content = (tmp_path / "good.npz").read_bytes()
    if not compressed:  # there, more of the bytes are headers of arrays
        buffer = io.BytesIO()
        np.savez(buffer, **dict(np.load(tmp_path / "good.npz")))
        content = buffer.getvalue()
    generator = np.random.default_rng(0)
    for _ in range(n_files):
        refused_or_whole(damage(content, generator), tmp_path / "bad.npz", memory.usage)


@pytest.fixture
def full_disk():
    """Let every file of this process end at 4000 bytes."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, before)


def test_a_full_disk_leaves_the_old_file_as_it_was(tmp_path, palm_memory, request):
    memory = palm_memory()[0]
    path = tmp_path / "memory.npz"
    memory.save(path)
    before = path.read_bytes()
    generator = np.random.default_rng(0)
    memory.store((generator.random((200, 60)) < 0.5).astype(np.uint8))
    comparison = capacity.Comparison(capacity.Task(20, 2), 0.01, ())
    request.getfixturevalue("full_disk")
    with pytest.raises(OSError, match="File too large"):
        memory.save(path)
    with pytest.raises(OSError, match="File too large"):
        memory.save(tmp_path / "new.npz")
    with pytest.raises(OSError, match="File too large"):
        comparison.plot(tmp_path / "plot.png")
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["memory.npz"]


def test_errors_name_the_file_that_was_asked_for(tmp_path, palm_memory):
    path = tmp_path / "missing" / "memory.npz"
    with pytest.raises(FileNotFoundError) as info:
        palm_memory()[0].save(path)
    assert info.value.filename == str(path)


def test_links_are_followed_and_permissions_kept(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    target.chmod(0o600)
    link.symlink_to(target)
    with written_aside(link) as aside:
        aside.write_text("new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_file_that_says_it_unfolds_to_a_terabyte_is_refused(tmp_path, palm_memory):
    path = tmp_path / "bomb.npz"
    palm_memory()[0].save(path)
    with zipfile.ZipFile(path, "a") as packed:
        packed.getinfo("coincidences.npy").file_size = 2**40
        packed.comment = b"."  # so that the directory is written anew
    with pytest.raises(
        ValueError, match=r"bomb\.npz.* 1,099,511,\d+,\d+ bytes; at most 2,147,483,648"
    ):
        AssociativeMemory.load(path)


def test_what_is_larger_than_any_file_may_unfold_to_is_saved_as_it_is(
    tmp_path, palm_memory, monkeypatch
):
    memory = palm_memory()[0]
    memory.save(tmp_path / "small.npz")
    monkeypatch.setattr(saving, "ALWAYS_ALLOWED", 100)
    memory.save(tmp_path / "large.npz")
    small, large = ((tmp_path / name).stat().st_size for name in ("small.npz", "large.npz"))
    assert small < large
    assert AssociativeMemory.load(tmp_path / "large.npz").n_patterns == memory.n_patterns
