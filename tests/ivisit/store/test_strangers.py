"""A stranger's file does nothing when it is opened, listed or saved into."""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ivisit.cli import main
from ivisit.commands.common import set_up_logging
from ivisit.errors import Failure, StoreError
from ivisit.store import ParameterStore

FIXTURES = Path(__file__).parent

#: Recursion without an end.
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def make(path: Path, *statements: str) -> Path:
    with ParameterStore(path) as store:
        store.save("S", "a", {"n": 1})
        store.save_run("S", parameters={}, seed=0, steps=1, status="finished")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
    return path


def use(path: Path) -> None:
    """Do with a store whatever can be done."""
    with ParameterStore(path) as store:
        assert [one.name for one in store.sets()] == ["a"]
        assert store.simulations() == ["S"]
        assert store.load("S", "a") == {"n": 1}
        assert store.save("S", "a", {"n": 2}).version == 2
        assert len(store.history("S", "a")) == 2
        assert len(list(store.runs())) == 1
        assert store.check().is_sound
        store.info()
        store.copy("S", "a", "b")
        store.delete("S", "b")
        store.purge()
        store.prune(keep=1)
        store.backup(path.with_name("backup.ivisit"))
        store.export(path.with_name("sets.json"))
        store.vacuum()


@pytest.mark.parametrize(
    "trigger",
    [
        "AFTER INSERT ON set_version BEGIN DELETE FROM run; END",
        "BEFORE UPDATE ON parameter_set BEGIN DELETE FROM set_version; END",
        f"AFTER UPDATE ON mark BEGIN INSERT INTO simulation (key) {ENDLESS}; END",
    ],
)
def test_a_trigger_is_refused_and_the_file_left_alone(path: Path, trigger: str) -> None:
    make(path, f"CREATE TRIGGER sneaky {trigger}")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"holds the trigger 'sneaky', which would run whenever"):
        ParameterStore(path)
    assert path.read_bytes() == before


def test_a_trigger_in_the_log_is_refused_too(path: Path) -> None:
    make(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("CREATE TRIGGER sneaky AFTER INSERT ON run BEGIN DELETE FROM run; END")
        with pytest.raises(StoreError, match="holds the trigger 'sneaky'"):
            ParameterStore(path)


@pytest.mark.parametrize("view", ["history", "current_sets", "sets", "parameters", "runs", "bomb"])
def test_views_are_never_asked(path: Path, view: str) -> None:
    use(make(path, f"DROP VIEW IF EXISTS {view}", f"CREATE VIEW {view} AS {ENDLESS}"))


@pytest.mark.parametrize("view", ["sets", "parameters", "bomb"])
def test_views_of_an_old_file_are_never_asked(path: Path, view: str) -> None:
    shutil.copyfile(FIXTURES / "version1.ivisit", path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"DROP VIEW IF EXISTS {view}")
        connection.execute(f"CREATE VIEW {view} AS {ENDLESS}")
    with ParameterStore(path) as store:
        assert len(store.sets()) == 2
        assert len(list(store.runs())) == 3


@pytest.mark.parametrize(
    "statements",
    [
        ("DROP TABLE mark", f"CREATE VIEW mark AS {ENDLESS}"),
        ("DROP TABLE mark", "CREATE VIRTUAL TABLE mark USING fts5(token, former)"),
        ("DROP INDEX run_of_sweep",),
        ("DROP INDEX run_of_sweep", "CREATE INDEX run_of_sweep ON run (sweep)"),
        ("ALTER TABLE run DROP COLUMN provenance",),
    ],
)
def test_a_table_that_is_none_is_refused(path: Path, statements: tuple[str, ...]) -> None:
    try:
        make(path, *statements)
    except sqlite3.OperationalError as error:
        pytest.skip(f"this SQLite cannot make the file: {error}")
    with pytest.raises(StoreError, match="is not the table or index that it should be"):
        ParameterStore(path)


def test_what_somebody_added_beside_is_left_alone(path: Path) -> None:
    make(
        path,
        "CREATE TABLE notes (text)",
        "INSERT INTO notes VALUES ('mine')",
        "CREATE INDEX by_status ON run (status)",
        "ALTER TABLE run ADD COLUMN note TEXT",
    )
    use(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT * FROM notes").fetchall() == [("mine",)]


def test_functions_with_side_effects_are_not_for_the_file(path: Path) -> None:
    with ParameterStore(path) as store:
        assert store._file.connection.execute("PRAGMA trusted_schema").fetchone() == (0,)


def test_deep_json_is_damage_and_no_recursion_without_end(path: Path) -> None:
    make(path)
    deep = '{"n": ' + "[" * 100_000 + "]" * 100_000 + "}"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE set_version SET parameters = ?, layout = ?", (deep, deep))
        connection.execute("UPDATE run SET provenance = ?", (deep,))
    with ParameterStore(path) as store:
        found = store.check(accept=True)
        assert (len(found.sets), len(found.runs), found.accepted) == (1, 1, 0)


NASTY = "\x1b]0;owned\x07\x1b[2J\r\n\x9b31m\u202egnp.exe"


def run_command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ivisit", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("params", "list"),
        ("params", "list", "--json"),
        ("params", "show", "S", "nice"),
        ("params", "show", "S", "typo"),
        ("params", "show", "other", "typo"),
        ("params", "history", "S", "nice"),
        ("params", "diff", "S", "nice", "a"),
        ("store", "info"),
        ("store", "check"),
    ],
)
def test_control_characters_never_reach_a_terminal(path: Path, arguments: tuple[str, ...]) -> None:
    with ParameterStore(path) as store:
        store.save("S", "nice", {NASTY: NASTY}, comment=NASTY)
        store.save("S", "a", {NASTY: 1})
        store.save("S", NASTY, {})
        store.save(NASTY, NASTY, {})
    done = run_command(path.parent, *arguments)
    for text in (done.stdout, done.stderr):
        assert not set(text) & set("\x1b\x07\r\x9b\u202e"), text


@pytest.mark.parametrize("debug", [[], ["--debug"]])
def test_control_characters_of_runs_and_of_log_messages_never_reach_a_terminal(
    path: Path, debug: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    failure = Failure("step", NASTY, NASTY, f"Traceback:\n\t{NASTY}", NASTY, 1, NASTY)
    with ParameterStore(path) as store:
        store.save_run(
            NASTY, parameters={NASTY: NASTY}, seed=0, steps=1, status="failed",
            metrics={NASTY: 1.0}, failure=failure, sweep=NASTY, index=0,
        )  # fmt: skip
    for command in (["list"], ["show", "1"], ["delete", "1", "--yes"], ["show", NASTY]):
        main(["runs", *command, "--db", str(path), *debug])
    options = argparse.Namespace(debug=bool(debug), quiet=False)
    logger = logging.getLogger("ivisit")
    former = logger.handlers[:], logger.level, logger.propagate
    try:
        set_up_logging(options)
        try:
            raise ValueError(NASTY)
        except ValueError:
            logging.getLogger("ivisit.store").exception("the set %s", NASTY)
    finally:
        logger.handlers[:], logger.level, logger.propagate = former
    shown = capsys.readouterr()
    assert "owned" in shown.out
    assert "the set \\x1b]0;owned" in shown.err
    assert "\n" in shown.err.partition("the set")[2]
    for text in shown:
        assert not set(text) & set("\x1b\x07\r\x9b\u202e"), text


def check_flips(path: Path, whole: bytes, places: list[tuple[int, int]]) -> dict[str, int]:
    """Flip a bit at each place; count what was refused, told as damage, or changed nothing."""
    counts = {"refused": 0, "told": 0, "harmless": 0}
    expected = contents(path)
    for number, (place, bit) in enumerate(places):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << bit
        target = path.with_name(f"flipped {number}.ivisit")
        target.write_bytes(flipped)
        try:
            found = contents(target)
        except StoreError:
            counts["refused"] += 1
        else:
            for known, row in expected.items():
                assert found.get(known) in (row, "damaged"), (place, bit)
            counts["told" if "damaged" in found.values() else "harmless"] += 1
        for file in target.parent.glob(f"{target.name}*"):
            file.unlink()
    return counts


def contents(path: Path) -> dict[object, str]:
    """Return what a store serves, by set and version, and by run."""
    with ParameterStore(path) as store:
        found: dict[object, str] = {}
        for one in store.sets():
            for version in store.history(one.simulation, one.name):
                served = f"{dict(version)} {version.comment} {version.grade} {version.layout}"
                place = (version.simulation, version.name, version.version)
                found[place] = "damaged" if version.damage else served
        for run in store.runs():
            found[run.id] = "damaged" if run.status == "damaged" else repr(run)
        return found


def filled(path: Path) -> bytes:
    with ParameterStore(path) as store:
        for n in range(30):
            store.save(f"S{n % 3}", f"set {n % 5}", {"n": n, "x": n / 7}, comment=f"comment {n}")
            store.save_run("S", parameters={"n": n}, seed=n, steps=n, status="finished")
    return path.read_bytes()


def places_in(whole: bytes, count: int, seed: int) -> list[tuple[int, int]]:
    import random

    chance = random.Random(seed)
    # Most of a small file is empty; damage there shows nothing.
    used = [place for place, byte in enumerate(whole) if byte]
    return [(chance.choice(used), chance.randrange(8)) for _ in range(count)]


def test_a_flipped_bit_is_refused_told_or_harmless(path: Path) -> None:
    whole = filled(path)
    counts = check_flips(path, whole, places_in(whole, 100, 0))
    assert counts["refused"] > 10
    assert counts["told"] > 10


@pytest.mark.stress
@pytest.mark.parametrize("part", range(4))
def test_thousands_of_flipped_bits_are_refused_told_or_harmless(
    path: Path, part: int, record_property: Callable[[str, object], None]
) -> None:
    whole = filled(path)
    counts = check_flips(path, whole, places_in(whole, 2000, part + 1))
    record_property("counts", counts)
    assert counts["told"] > 200
