"""``ivisit params``: look after stored parameter sets."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ivisit.commands.common import (
    add_parameter_option,
    add_store_option,
    assignments,
    command,
    print_json,
    print_table,
    say,
    split_assignments,
)
from ivisit.commands.set_printing import print_set, record, row, value_json
from ivisit.commands.stores import (
    SimulationLike,
    default_store,
    open_store,
    simulation_or_key,
    stores_here,
)
from ivisit.errors import ParameterError

if TYPE_CHECKING:
    from ivisit.store import ParameterSet, ParameterStore


def add(parsers: Any) -> None:
    """Add the group and its commands to the parser."""
    group = parsers.add_parser(
        "params",
        help="list, show, save, compare, restore, export ... parameter sets",
        description="Look after stored parameter sets. SIMULATION is a plugin's name, a file, or "
        "the key under which the store has it.",
        epilog="example:\n  ivisit params list apps/gauss_filter.py",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).add_subparsers(dest="action", metavar="ACTION", required=True)
    where = "apps/gauss_filter.py"

    parser = _action(
        group, "list", list_, "list the sets", f"ivisit params list {where} --where 'sigma>3'"
    )
    parser.add_argument("simulation", nargs="?", help="only the sets of this simulation")
    parser.add_argument("--deleted", action="store_true", help="list the deleted sets instead")
    parser.add_argument(
        "--where",
        metavar="FILTER",
        default="",
        help="only the sets that it finds: words of name and comment, and conditions such as "
        "'sigma>3 mode=wrap grade>=3'",
    )
    parser.add_argument(
        "--sort",
        choices=("name", "version", "grade", "comment", "saved"),
        help="by name, or the best, the newest ... first",
    )

    parser = _action(group, "show", show, "show a set", f"ivisit params show {where} soft")
    _add_set(parser)
    _add_version(parser, "show this version")

    example = f"ivisit params save {where} soft -p sigma=8 --comment 'for portraits'"
    parser = _action(group, "save", save, "save the defaults with changes as a set", example)
    _add_set(parser)
    _add_texts(parser)

    example = f"ivisit params set {where} soft -p sigma=9"
    parser = _action(group, "set", set_, "change values of a stored set", example)
    _add_set(parser)
    _add_texts(parser)

    parser = _action(
        group, "copy", copy, "store a set under a second name",
        f"ivisit params copy {where} soft softer",
    )  # fmt: skip
    _add_set(parser)
    parser.add_argument("new_name", nargs="?", help="the other name; default: 'SET 2' ...")

    parser = _action(
        group, "rename", rename, "give a set another name",
        f"ivisit params rename {where} soft softer",
    )  # fmt: skip
    _add_set(parser)
    parser.add_argument("new_name", help="the other name")

    parser = _action(
        group, "delete", delete, "delete a set; 'restore' brings it back",
        f"ivisit params delete {where} soft",
    )  # fmt: skip
    _add_set(parser)
    parser.add_argument("--purge", action="store_true", help="remove it for good, with its history")

    parser = _action(
        group, "restore", restore, "bring back a deleted set or a former version",
        f"ivisit params restore {where} soft --version 1",
    )  # fmt: skip
    _add_set(parser)
    _add_version(parser, "make this version the current one")

    parser = _action(
        group, "history", history, "list all versions of a set and what each has changed",
        f"ivisit params history {where} soft",
    )  # fmt: skip
    _add_set(parser)

    parser = _action(
        group, "diff", diff, "compare two sets", f"ivisit params diff {where} soft sharp"
    )
    parser.add_argument("simulation", help="plugin, file or stored key")
    parser.add_argument("a", metavar="A", help="a set's name, or NAME@VERSION")
    parser.add_argument("b", metavar="B", help="a set's name, or NAME@VERSION")

    parser = _action(
        group, "export", export, "write sets with all versions to a JSON file",
        f"ivisit params export sets.json {where}",
    )  # fmt: skip
    parser.add_argument("file", help="the JSON file to write")
    parser.add_argument("simulation", nargs="?", help="only the sets of this simulation")
    parser.add_argument(
        "--set",
        dest="names",
        metavar="SET",
        action="append",
        help="only this set; may be repeated",
    )

    parser = _action(
        group, "import", import_, "read sets from a JSON file or an old IVISIT .db file",
        f"ivisit params import sets.json {where}",
    )  # fmt: skip
    parser.add_argument("file", help="a file of 'params export', or a .db of IVISIT 0.7x")
    parser.add_argument("simulation", nargs="?", help="simulation whose store takes them")
    parser.add_argument(
        "--merge",
        action="store_true",
        help="add the versions to the sets of the same names, instead of beside them as "
        "'soft (meyer)'",
    )

    parser = _action(
        group, "rekey", rekey, "move the sets and runs of a simulation that was renamed",
        "ivisit params rekey GaussFilter Blur --db gauss_filter.ivisit",
    )  # fmt: skip
    parser.add_argument("old", metavar="OLD", help="the key under which the store has them")
    parser.add_argument("new", metavar="NEW", help="the name of the class now")


def _action(group: Any, name: str, function: Any, help: str, example: str) -> Any:
    parser = command(group, name, function, help=help, example=example, json_output=True)
    add_store_option(parser)
    return parser


def _add_set(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("simulation", help="plugin, file or stored key")
    parser.add_argument("name", metavar="SET", help="name of the set")


def _add_version(parser: argparse.ArgumentParser, help: str) -> None:
    parser.add_argument("--version", type=int, metavar="N", help=help)


def _add_texts(parser: argparse.ArgumentParser) -> None:
    add_parameter_option(parser)
    parser.add_argument("--comment", help="anything worth remembering")
    parser.add_argument("--grade", type=float, help="how good the set is, on a scale of your own")


# The actions ----------------------------------------------------------------------------------


def list_(options: argparse.Namespace) -> int:
    """Print a row for every set."""
    from ivisit.store import ParameterStore

    # First: an old script brings the sets of its old file into a store.
    simulation = simulation_or_key(options) if options.simulation else None
    paths = [Path(options.db)] if options.db else []
    if not paths:
        paths = [default_store(options.simulation)] if options.simulation else stores_here()
        paths = [path for path in paths if path.exists()]
    if not paths:
        say(options, "no parameter sets yet")
    found: list[tuple[Path, ParameterSet]] = []
    for path in paths:
        with ParameterStore(path, create=False) as store:
            sets = store.sets(simulation, deleted=options.deleted)
            if simulation is not None and not sets:
                say(options, _nothing(store, simulation))
        found += [(path, stored) for stored in sets]
    found = _listed(options, simulation, found)
    if options.json:
        print_json([{"file": str(path), **record(stored)} for path, stored in found])
    else:
        print_table([(str(path),) * (len(paths) > 1) + row(stored) for path, stored in found])
    return 0


def _listed(
    options: argparse.Namespace,
    simulation: SimulationLike | None,
    found: list[tuple[Path, ParameterSet]],
) -> list[tuple[Path, ParameterSet]]:
    """Return what ``--where`` lets pass, in the order of ``--sort``."""
    from ivisit.sets.listing import chosen, ordered

    names = () if simulation is None or isinstance(simulation, str) else simulation.controls
    paths = {id(stored): path for path, stored in found}
    try:
        sets = chosen([stored for _, stored in found], options.where, names)
    except ParameterError as error:
        raise ParameterError(f"--where: {error}") from None
    if options.sort:
        sets = ordered(sets, options.sort)
    if found and not sets:
        say(options, "no set is like that")
    return [(paths[id(stored)], stored) for stored in sets]


def show(options: argparse.Namespace) -> int:
    """Print the values of a set."""
    simulation = simulation_or_key(options)
    with open_store(options) as store:
        stored = store.load(simulation, options.name, version=options.version)
    print_set(options, stored)
    return 0


def save(options: argparse.Namespace) -> int:
    """Save the defaults with changes."""
    from ivisit.sets.actions import save_defaults

    simulation = simulation_or_key(options)
    changes = _parse(simulation, options.parameters)
    if not isinstance(simulation, str):
        changes = {n: simulation.controls[n].validate(value) for n, value in changes.items()}
    with open_store(options, create=True) as store:
        stored = save_defaults(
            store,
            simulation,
            options.name,
            changes,
            comment=options.comment or "",
            grade=options.grade,
        )
    print_set(options, stored)
    return 0


def set_(options: argparse.Namespace) -> int:
    """Change values of a stored set; a new version."""
    simulation = simulation_or_key(options)
    with open_store(options) as store:
        stored = store.amend(
            simulation,
            options.name,
            _parse(simulation, options.parameters),
            comment=options.comment,
            grade=... if options.grade is None else options.grade,
        )
    print_set(options, stored)
    return 0


def copy(options: argparse.Namespace) -> int:
    """Store a set under a second name."""
    from ivisit.sets.actions import duplicate

    simulation = simulation_or_key(options)
    with open_store(options) as store:
        print_set(options, duplicate(store, simulation, options.name, options.new_name))
    return 0


def rename(options: argparse.Namespace) -> int:
    """Give a set another name."""
    simulation = simulation_or_key(options)
    with open_store(options) as store:
        print_set(options, store.rename(simulation, options.name, options.new_name))
    return 0


def delete(options: argparse.Namespace) -> int:
    """Delete a set."""
    from ivisit.sets.actions import remove

    simulation = simulation_or_key(options)
    with open_store(options) as store:
        if options.purge:
            remove(store, simulation, options.name)
            say(options, f"removed {options.name!r} and its history")
        else:
            store.delete(simulation, options.name)
            say(options, f"deleted {options.name!r}; 'ivisit params restore' brings it back")
    return 0


def restore(options: argparse.Namespace) -> int:
    """Bring back a deleted set or a former version."""
    simulation = simulation_or_key(options)
    with open_store(options) as store:
        print_set(options, store.restore(simulation, options.name, version=options.version))
    return 0


def history(options: argparse.Namespace) -> int:
    """Print a row for every version, with what it has changed."""
    from ivisit.sets.actions import history as history_of

    simulation = simulation_or_key(options)
    with open_store(options) as store:
        steps = history_of(store, simulation, options.name)
    if options.json:
        changed = [{name: list(pair) for name, pair in step.values.items()} for step in steps]
        records = [record(step.stored) for step in steps]
        print_json([{**r, "changed": c} for r, c in zip(records, changed, strict=True)])
    else:
        print_table([(*row(step.stored), step.words()) for step in steps])
    return 0


def _nothing(store: ParameterStore, simulation: SimulationLike) -> str:
    """Say that a store has no sets of a simulation, and of which it has some."""
    key = simulation if isinstance(simulation, str) else simulation.key
    keys = ", ".join(map(repr, store.simulations())) or "nothing"
    return (
        f"{store.path}: has no sets of {key!r}. It holds {keys}; 'ivisit params rekey OLD NEW' "
        "moves those of a simulation that was renamed."
    )


def diff(options: argparse.Namespace) -> int:
    """Print the parameters in which two sets differ."""
    simulation = simulation_or_key(options)
    with open_store(options) as store:
        a, b = (_version(options, store, simulation, text) for text in (options.a, options.b))
        differences = store.diff(simulation, a, b)
    if options.json:
        print_json({name: list(pair) for name, pair in differences.items()})
    else:
        print_table([(n, value_json(a), "->", value_json(b)) for n, (a, b) in differences.items()])
        if not differences:
            say(options, "no differences")
    return 0


def export(options: argparse.Namespace) -> int:
    """Write sets to a JSON file."""
    simulation = simulation_or_key(options) if options.simulation else None
    with open_store(options) as store:
        count = store.export(options.file, simulation, names=options.names)
    say(options, f"wrote {count} set{'s'[: count != 1]} to {options.file}")
    return 0


def import_(options: argparse.Namespace) -> int:
    """Read sets from a JSON file or an old .db file."""
    from ivisit.legacy.files.reader import offer
    from ivisit.sets.actions import import_file

    offer()
    with open_store(options, create=True) as store:
        changed = import_file(store, options.file, options.simulation, merge=options.merge)
    if options.json:
        print_json([{"file": options.file, **record(stored)} for stored in changed])
    for stored in changed:
        say(options, f"imported {stored.simulation}: {stored.name}")
    say(options, f"{len(changed)} set{'s'[: len(changed) != 1]} imported or changed")
    return 0


def rekey(options: argparse.Namespace) -> int:
    """Move sets and runs from one key to another."""
    from ivisit.store import ParameterStore

    with ParameterStore(options.db or default_store(), create=False) as store:
        moved = store.rekey(options.old, options.new)
    if options.json:
        print_json({"moved": moved})
    say(options, f"moved {moved} sets and runs from {options.old} to {options.new}")
    return 0


def _parse(simulation: SimulationLike, texts: list[str]) -> dict[str, Any]:
    """Return the values of ``-p``; of a group, the items that are given."""
    if isinstance(simulation, str):
        # Without a declaration the text decides: a JSON number, true, false, or a text.
        return {name: _guess(text) for name, text in split_assignments(texts).items()}
    return assignments(simulation, texts)


def _guess(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _version(
    options: argparse.Namespace, store: ParameterStore, simulation: SimulationLike, text: str
) -> str | tuple[str, int]:
    """Return the set that `text` names, or the version that NAME@VERSION names."""
    from ivisit.store.parameter_set import split_version

    names = [stored.name for stored in store.sets(simulation)]
    name, version = split_version(text, names)
    if version is not None:
        return name, version
    if text in names and (former := split_version(text, ()))[1] is not None:
        say(options, f"{text!r} is the set of this name, not version {former[1]} of {former[0]!r}")
    return text
