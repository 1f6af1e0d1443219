"""``ivisit store`` and what ``ivisit params`` does with several files, from the shell."""

from __future__ import annotations

import json
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
from ivisit.store import ParameterStore

Answer = tuple[int, str, str]


@pytest.fixture
def cli(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Answer]:
    """Run a command in an empty folder; return exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IVISIT_DB", raising=False)

    def run(*arguments: str) -> Answer:
        code = main(arguments)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with a set in three versions, a deleted set and a run."""
    path = tmp_path / "s.ivisit"
    with ParameterStore(path) as store:
        for n in range(3):
            store.save("S", "soft", {"n": n})
        store.save("S", "gone", {})
        store.delete("S", "gone")
        store.save_run("S", parameters={}, seed=0, steps=1, status="finished")
    return path


def test_info_tells_what_a_store_holds(cli: Callable[..., Answer], store: Path) -> None:
    code, out, err = cli("store", "info")
    assert (code, err) == (0, "")
    assert "1 in 4 versions, 1 deleted" in out
    found = json.loads(cli("store", "info", "--json", "--db", str(store))[1])
    assert found["path"] == str(store)
    assert (found["sets"], found["versions"], found["deleted_sets"], found["runs"]) == (1, 4, 1, 1)
    assert (found["schema"], found["read_only"], found["pages_in_log"]) == (4, False, 0)


def test_info_tells_that_the_file_alone_is_not_the_whole_store(
    cli: Callable[..., Answer], store: Path
) -> None:
    with closing(sqlite3.connect(store, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM run").fetchall()
        with ParameterStore(store) as writer:
            writer.save("S", "soft", {"n": 9})
            code, _, err = cli("store", "info")
            assert code == 0
            assert "pages are still in the log beside the file" in err
            # What the message advises is whole.
            assert cli("store", "backup", "copy.ivisit")[0] == 0
    with ParameterStore("copy.ivisit") as copy:
        assert copy.load("S", "soft") == {"n": 9}


def test_check_finds_damage_and_signs_what_was_meant(
    cli: Callable[..., Answer], store: Path
) -> None:
    assert cli("store", "check") == (0, "", "no damage\n")
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("UPDATE set_version SET comment = 'by hand' WHERE version = 2")
        connection.execute("UPDATE run SET seed = '1'")
    code, out, _ = cli("store", "check")
    assert code == 1
    assert "S: version 2 of the parameter set 'soft' is damaged: it is not what was saved" in out
    assert "S: run 1 is damaged" in out
    report = json.loads(cli("store", "check", "--json")[1])
    assert report["sets"] == [{"simulation": "S", "name": "soft", "version": 2}]
    assert (report["is_sound"], report["runs"]) == (False, [1])
    assert "DAMAGED" in cli("params", "history", "S", "soft")[1]
    assert cli("params", "show", "S", "soft", "--version", "2")[0] == 2
    assert cli("store", "check", "--accept") == (0, "", "signed 2 changed rows\nno damage\n")
    assert "by hand" in cli("params", "show", "S", "soft", "--version", "2")[1]


def test_check_answers_for_a_file_that_cannot_be_opened(
    cli: Callable[..., Answer], store: Path
) -> None:
    whole = store.read_bytes()
    store.write_bytes(whole[: len(whole) // 2])
    code, out, _ = cli("store", "check", "--json")
    assert code == 1
    assert "is damaged" in json.loads(out)["structure"][0]
    assert cli("store", "check")[0] == 1


def test_backup_and_restore(cli: Callable[..., Answer], store: Path) -> None:
    assert cli("store", "backup", "copy.bak")[0] == 0
    assert cli("store", "backup", "copy.bak")[0] == 2
    with ParameterStore(store) as later:
        later.save("S", "soft", {"n": 7})
    code, out, err = cli("store", "restore", "copy.bak", "--json")
    assert code == 0
    former = Path(json.loads(out)["former"])
    assert former.suffix != ".ivisit"
    assert f"what it held before is in {former}" in err
    for path, n in ((store, 2), (former, 7)):
        with ParameterStore(path) as one:
            assert one.load("S", "soft") == {"n": n}


def test_restore_names_a_bad_backup_and_changes_nothing(
    cli: Callable[..., Answer], store: Path
) -> None:
    before = store.read_bytes()
    code, _, err = cli("store", "restore", "typo.bak")
    assert (code, "typo.bak: there is no such backup" in err) == (2, True)
    assert store.read_bytes() == before


def test_prune_and_vacuum(cli: Callable[..., Answer], store: Path) -> None:
    code, out, _ = cli("store", "prune", "--keep", "1", "--deleted", "--json")
    assert (code, json.loads(out)) == (0, {"versions": 2, "sets": 1})
    assert cli("store", "vacuum")[0] == 0
    assert cli("store", "prune", "--keep", "0")[0] == 2


def test_a_store_that_is_not_there_is_not_made(cli: Callable[..., Answer]) -> None:
    for action in ("info", "check", "prune", "vacuum"):
        assert cli("store", action, "--db", "none.ivisit")[0] == 2
        code, _, err = cli("store", action)
        assert (code, "which store?" in err) == (2, True)
    assert list(Path().iterdir()) == []


def test_lists_over_several_files_name_the_file(cli: Callable[..., Answer], store: Path) -> None:
    shutil.copy(store, store.with_name("t.ivisit"))
    rows = cli("params", "list")[1].splitlines()
    assert [row.split()[0] for row in rows] == ["s.ivisit", "t.ivisit"]
    records = json.loads(cli("params", "list", "--json")[1])
    assert [record["file"] for record in records] == ["s.ivisit", "t.ivisit"]
    assert [record["name"] for record in records] == ["soft", "soft"]


def test_an_import_goes_beside_or_is_merged(cli: Callable[..., Answer], store: Path) -> None:
    with ParameterStore("meyer.ivisit") as theirs:
        theirs.save("S", "soft", {"n": 12})
        theirs.export("meyer.json")
    where = ("--db", str(store))
    assert "imported S: soft (meyer)" in cli("params", "import", "meyer.json", *where)[2]
    assert "0 sets imported" in cli("params", "import", "meyer.ivisit", *where)[2]
    shown = cli("params", "show", "S", "soft (meyer)", *where)[1]
    assert "imported: name soft, file meyer.json, user " in shown
    code, out, _ = cli("params", "import", "meyer.json", "--merge", "--json", *where)
    assert code == 0
    assert [(r["name"], r["version"], r["file"]) for r in json.loads(out)] == [
        ("soft", 4, "meyer.json")
    ]


def test_a_renamed_class_is_told_where_its_sets_are(
    cli: Callable[..., Answer], store: Path
) -> None:
    where = ("--db", str(store))
    for action in (("list", "T"), ("show", "T", "soft")):
        _, _, err = cli("params", *action, *where)
        assert "'S'" in err
        assert "ivisit params rekey" in err
    assert cli("params", "rekey", "S", "T", *where) == (
        0,
        "",
        "moved 3 sets and runs from S to T\n",
    )
    assert cli("params", "show", "T", "soft", *where)[0] == 0
    assert cli("params", "rekey", "S", "T", *where)[0] == 2


def test_a_typo_does_not_empty_an_export(cli: Callable[..., Answer], store: Path) -> None:
    Path("x.json").write_text("precious")
    code, _, err = cli("params", "export", "x.json", "TYPO", "--db", str(store))
    assert (code, "no parameter sets of 'TYPO', so" in err) == (2, True)
    assert Path("x.json").read_text() == "precious"


def test_a_set_whose_name_looks_like_a_version_is_meant_by_its_name(
    cli: Callable[..., Answer], store: Path
) -> None:
    with ParameterStore(store) as more:
        more.save("S", "soft@1", {"n": 50})
    code, out, err = cli("params", "diff", "S", "soft@1", "soft")
    assert (code, out.split()) == (0, ["n", "50", "->", "2"])
    assert "'soft@1' is the set of this name" in err
    assert cli("params", "diff", "S", "soft@2", "soft")[1].split() == ["n", "1", "->", "2"]


@pytest.mark.parametrize("command", [("params", "list"), ("store", "info"), ("store", "check")])
def test_the_home_in_the_environment_is_expanded_everywhere(
    cli: Callable[..., Answer],
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, str],
) -> None:
    monkeypatch.setenv("HOME", str(store.parent))
    monkeypatch.setenv("IVISIT_DB", "~/s.ivisit")
    (store.parent / "elsewhere").mkdir()
    monkeypatch.chdir(store.parent / "elsewhere")
    code, out, _ = cli(*command, "--json")
    assert code == 0
    assert json.loads(out)


@pytest.mark.skipif(os.name != "posix", reason="needs a kill that cannot be caught")
def test_a_killed_restore_leaves_the_old_or_the_new_state(tmp_path: Path) -> None:
    path, copy = tmp_path / "s.ivisit", tmp_path / "copy.bak"
    with ParameterStore(path) as store:
        store.save("S", "a", {"n": 1, "text": "x" * 2_000_000})
        store.backup(copy)
        store.save("S", "a", {"n": 2, "text": "y" * 2_000_000})
    code = (
        "import sys; from ivisit.store import ParameterStore as P; P.restore_backup(*sys.argv[1:])"
    )
    seen = set()
    for wait in (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.5):
        child = subprocess.Popen([sys.executable, "-c", code, str(path), str(copy)])
        try:
            child.wait(wait)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        with ParameterStore(path) as store:
            found = store.load("S", "a")["n"]
            assert store.check().is_sound
            seen.add(found)
            if found == 1:
                store.save("S", "a", {"n": 2, "text": "y" * 2_000_000})
    assert seen <= {1, 2}
