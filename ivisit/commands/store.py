"""``ivisit store``: look after the file that keeps parameter sets and runs."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ivisit.commands.common import add_store_option, command, print_json, print_table, say
from ivisit.commands.stores import default_store

if TYPE_CHECKING:
    from ivisit.store import ParameterStore

FAILED = 1


def add(parsers: Any) -> None:
    """Add the group and its commands to the parser."""
    group = parsers.add_parser(
        "store",
        help="look after the file of a store: info, check, backup, restore, prune, vacuum",
        description="Look after the file that keeps parameter sets and runs: the one that --db or "
        "IVISIT_DB names, else the only one of this folder.",
        epilog="example:\n  ivisit store backup gauss-2026-05-01.ivisit --db gauss_filter.ivisit",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).add_subparsers(dest="action", metavar="ACTION", required=True)

    _action(group, "info", info, "tell what the store holds, and how it lies on the disk")

    parser = _action(group, "check", check, "look for damage; exit code 1 when there is some")
    parser.add_argument(
        "--accept",
        action="store_true",
        help="sign what somebody changed on purpose, with the sqlite3 shell",
    )

    parser = _action(group, "backup", backup, "write a complete copy, also while others write")
    parser.add_argument("copy", metavar="COPY", help="the file to write; it must not exist")

    parser = _action(
        group, "restore", restore, "put a backup in the place of the store, whatever is there"
    )
    parser.add_argument("backup", metavar="BACKUP", help="a copy of the store")

    parser = _action(group, "prune", prune, "remove old versions of sets for good")
    parser.add_argument("--keep", type=int, default=10, metavar="N", help="versions that stay (10)")
    parser.add_argument("--deleted", action="store_true", help="remove deleted sets, too")

    _action(group, "vacuum", vacuum, "give the space of what was removed back to the disk")


def _action(group: Any, name: str, function: Any, help: str) -> argparse.ArgumentParser:
    operand = {"backup": " copy.ivisit", "restore": " copy.ivisit"}.get(name, "")
    example = f"ivisit store {name}{operand} --db gauss_filter.ivisit"
    parser = command(group, name, function, help=help, example=example, json_output=True)
    add_store_option(parser)
    return parser


def _path(options: argparse.Namespace) -> Path:
    return Path(options.db) if options.db else default_store()


def _open(options: argparse.Namespace) -> ParameterStore:
    from ivisit.store import ParameterStore

    return ParameterStore(_path(options), create=False)


def info(options: argparse.Namespace) -> int:
    """Print what the store holds."""
    with _open(options) as store:
        found = store.info()
    if options.json:
        print_json(asdict(found) | {"path": str(found.path)})
        return 0
    deleted = f", {found.deleted_sets} deleted" if found.deleted_sets else ""
    free = f", of which 'ivisit store vacuum' gives back {found.free_pages * 4} KB"
    print_table(
        [
            ("file", str(found.path)),
            ("size", f"{found.size / 1000:.0f} KB" + free * (found.free_pages > 0)),
            ("schema", f"version {found.schema}" + ", read-only" * found.read_only),
            ("simulations", str(found.simulations)),
            ("parameter sets", f"{found.sets} in {found.versions} versions{deleted}"),
            ("runs", str(found.runs)),
        ]
    )
    if found.pages_in_log:
        say(
            options,
            f"Another program is reading: {found.pages_in_log} pages are still in the log beside "
            "the file (-wal), and the file alone is not the whole store. Copy it with 'ivisit "
            "store backup', or when that program is done.",
        )
    return 0


def check(options: argparse.Namespace) -> int:
    """Print what is damaged."""
    from ivisit.store import DamageError

    try:
        with _open(options) as store:
            found = store.check(accept=options.accept)
    except DamageError as error:
        # A file that cannot be opened for its damage is an answer, not a wrong request.
        if options.json:
            print_json({"is_sound": False, "structure": [str(error)], "sets": [], "runs": []})
        else:
            print_table([(str(error),)])
        return FAILED
    if options.json:
        print_json(
            {
                "is_sound": found.is_sound,
                "structure": found.structure,
                "sets": [
                    {name: getattr(one, name) for name in ("simulation", "name", "version")}
                    for one in found.sets
                ],
                "runs": [run.id for run in found.runs],
                "accepted": found.accepted,
            }
        )
    else:
        print_table([(line,) for line in found.structure])
        print_table([(one.damage,) for one in found.sets])
        print_table([(f"{r.simulation}: run {r.id} is damaged",) for r in found.runs])
        if options.accept:
            say(options, f"signed {found.accepted} changed rows")
        if found.is_sound:
            say(options, "no damage")
    return 0 if found.is_sound else FAILED


def backup(options: argparse.Namespace) -> int:
    """Write a copy."""
    with _open(options) as store:
        store.backup(options.copy)
    if options.json:
        print_json({"copy": options.copy})
    say(options, f"wrote {options.copy}")
    return 0


def restore(options: argparse.Namespace) -> int:
    """Put a backup in the place of the store."""
    from ivisit.store import ParameterStore

    path = _path(options)
    kept = ParameterStore.restore_backup(path, options.backup)
    if options.json:
        print_json({"store": str(path), "former": None if kept is None else str(kept)})
    say(options, f"{path} holds what {options.backup} holds")
    if kept is not None:
        say(options, f"what it held before is in {kept}")
    return 0


def prune(options: argparse.Namespace) -> int:
    """Remove old versions."""
    with _open(options) as store:
        versions = store.prune(keep=options.keep)
        sets = store.purge() if options.deleted else 0
    if options.json:
        print_json({"versions": versions, "sets": sets})
    say(options, f"removed {versions} versions and {sets} deleted sets for good")
    return 0


def vacuum(options: argparse.Namespace) -> int:
    """Shrink the file."""
    with _open(options) as store:
        before = store.path.stat().st_size
        store.vacuum()
    freed = before - store.path.stat().st_size
    if options.json:
        print_json({"freed": freed})
    say(options, f"gave {freed / 1000:.0f} KB back")
    return 0
