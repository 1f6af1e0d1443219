"""Write the pages of docs/reference from the parser, the docstrings and the schema.

``make reference`` does it; a test says when a page is stale.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = Path(__file__).parents[1] / "reference"
NOTE = "<!-- Made by `make reference`; changes belong into {source}. -->\n"

#: The order in which a reader wants the names of a package; what is not named here comes last.
GROUPS = {
    "ivisit": {
        "Simulations": ["Simulation", "launch"],
        "Controls": [
            "Slider",
            "DictSlider",
            "OptionList",
            "RadioButtons",
            "Checkbox",
            "CheckboxGroup",
            "Button",
            "TextBox",
            "Table",
        ],
        "Panels": ["Image", "Trace", "Raster", "Histogram", "Figure", "TextOutput", "Comment"],
        "Runs": ["run", "RunResult", "replay", "rerun", "Change", "PointerEvent", "Failure"],
        "Comparisons": ["compare", "Comparison"],
        "Films": ["Film"],
        "Sweeps and optimization": ["sweep", "SweepResult", "optimize", "OptimizeResult", "Range"],
        "Parameter sets": ["ParameterStore", "ParameterSet"],
        "Finding simulations": ["get_simulation", "list_simulations", "SimulationInfo"],
        "The engine": ["Engine", "Frame"],
        "Errors": [
            "IVisitError",
            "ParameterError",
            "StoreError",
            "PluginError",
            "RunError",
            "FilmError",
            "DirectiveError",
        ],
        "Scripts for IVISIT 0.7x": [
            "IVisit_main",
            "IVisit_Simulation",
            "IVisit_Parameters",
            "IVisit_Data",
        ],
    },
    "assocmem": {
        "Memories": ["AssociativeMemory", "BinaryMemory", "RetrievalResult", "Channel"],
        "Rules": [
            "RULES",
            "register",
            "Rule",
            "LikelihoodRule",
            "Terms",
            "Potentials",
            "Counts",
            "Weights",
        ],
        "Modules": ["patterns", "measures", "capacity", "decoders", "sequences", "theory"],
    },
    "dopamine_wp": {
        "Training": ["train", "Trainer", "AskTell", "History", "Checkpoint", "plot_histories"],
        "Networks": ["MLP", "RNN", "BlackBox", "Network"],
        "Dopamine": [
            "Dopamine1",
            "Dopamine2",
            "Dopamine2T",
            "DopamineV",
            "DopamineVPlus",
            "DopamineK",
        ],
        "Other rules without derivatives": ["WP", "SPSA", "SNES", "SepCMAES", "NodePerturbation"],
        "With derivatives": [
            "SGD",
            "Momentum",
            "RMSProp",
            "Adam",
            "ForwardGradient",
            "FeedbackAlignment",
            "RFLO",
        ],
        "A rule of your own": [
            "OPTIMIZERS",
            "Optimizer",
            "PerturbationOptimizer",
            "Probe",
            "Proposal",
        ],
        "Modules": ["tasks", "series", "metrics", "baselines"],
    },
}


def pages() -> dict[str, str]:
    """Return the text of each page by its file name."""
    return {
        "command-line.md": command_line(),
        "store-schema.md": store_schema(),
        **{f"{package}.md": package_page(package) for package in GROUPS},
    }


# The command line -------------------------------------------------------------------------------


def command_line() -> str:
    """Return the page of all commands, from the parser."""
    from ivisit.cli import build_parser

    parser = build_parser()
    found = list(commands(parser, ()))
    lines = [
        NOTE.format(source="ivisit/commands"),
        "# All commands\n",
        "Made from the parser: what `ivisit COMMAND --help` prints. How commands work together,",
        "exit codes and environment variables are told in [the command line](../command-line.md).",
        "All take `--help`, `--quiet` (no progress and no messages) and `--debug` (tracebacks).\n",
        "| command | what it does |\n|---|---|",
    ]
    lines += [
        f"| [`ivisit {' '.join(words)}`](#{anchor(words)}) | {cell(summary)} |"
        for words, summary, _ in found
    ]
    for words, _, sub in found:
        lines += ["", f"## ivisit {' '.join(words)}", "", paragraphs(sub.description or "")]
        lines += ["", "```text", synopsis(words, sub), "```", ""]
        if rows := [option_row(action) for action in listed(sub)]:
            lines += ["| option | meaning |\n|---|---|", *rows]
        example = (sub.epilog or "").partition("\n")[2]
        if example:
            lines += ["", "```", inspect.cleandoc(example), "```"]
    return "\n".join(lines) + "\n"


def commands(
    parser: argparse.ArgumentParser, words: tuple[str, ...], summary: str = ""
) -> Iterator[tuple[tuple[str, ...], str, argparse.ArgumentParser]]:
    """Yield words, one-line help and parser of every command."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, sub in action.choices.items():
                yield from commands(sub, (*words, name), helps.get(name, ""))
            return
    yield words, summary, parser


def anchor(words: tuple[str, ...]) -> str:
    """Return the anchor that renderers give to a command's heading."""
    return "-".join(("ivisit", *words))


def synopsis(words: tuple[str, ...], parser: argparse.ArgumentParser) -> str:
    """Return the command with what it must be given.

    The parser's own usage is wrapped differently by different versions of Python.
    """
    parts = ["ivisit", *words]
    for action in parser._actions:
        if not action.option_strings:
            name = metavar(action)
            parts.append(f"[{name}]" if action.nargs in ("?", "*") else name)
        elif action.required:
            parts.append(f"{action.option_strings[0]} {metavar(action)}")
    return " ".join([*parts, "[OPTIONS]"])


def metavar(action: argparse.Action) -> str:
    """Return what stands for the value of an option or argument."""
    return str(action.metavar or action.dest.upper().replace("_", "-"))


def listed(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Return arguments and options without those that all commands have."""
    common = ("--help", "--quiet", "--debug")
    return [
        action
        for action in parser._actions
        if action.help != argparse.SUPPRESS and not {*common} & {*action.option_strings}
    ]


def option_row(action: argparse.Action) -> str:
    """Return the row of an option."""
    takes = action.nargs != 0 and not isinstance(action, argparse.BooleanOptionalAction)
    names = action.option_strings or [metavar(action)]
    shown = ", ".join(
        f"`{name} {metavar(action)}`" if takes and action.option_strings else f"`{name}`"
        for name in names
    )
    meaning = cell(action.help or "")
    if action.choices and takes:
        meaning += "; one of " + ", ".join(f"`{choice}`" for choice in action.choices)
    return f"| {shown} | {meaning} |"


def cell(text: str) -> str:
    """Return text for a cell of a table."""
    return escape(" ".join(text.split())).replace("|", "\\|").replace("%%", "%")


def escape(text: str) -> str:
    """Keep angle brackets and stars of plain text from being read as markup."""
    parts = re.split(r"(`+[^`]*`+)", text)
    parts[::2] = [part.replace("<", "&lt;").replace("*", "\\*") for part in parts[::2]]
    return "".join(parts)


def paragraphs(text: str) -> str:
    """Return a parser's description with its examples as code."""
    blocks = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join(
        f"```\n{inspect.cleandoc(block)}\n```" if "\n  " in f"\n{block}" else escape(block)
        for block in blocks
    )


# The packages -----------------------------------------------------------------------------------


def package_page(package: str) -> str:
    """Return the page of a package's public names.

    In the repository it has signatures and docstrings as they are; the site renders them instead
    (`docs.tools.hooks`), which the comments around each name are for.
    """
    module = importlib.import_module(package)
    public = [n for n in module.__all__ if is_own(package, getattr(module, n))]
    named = {n for names in GROUPS[package].values() for n in names}
    groups = {h: [n for n in names if n in public] for h, names in GROUPS[package].items()}
    groups["More"] = [n for n in public if n not in named]
    first = next(iter(groups.values()))[0]
    lines = [
        NOTE.format(source="the docstrings"),
        f"# {package}\n",
        f"{first_line(module)}\n",
        f"In Python `help({package}.{first})` prints the same.\n",
        "| name | what it is |\n|---|---|",
    ]
    lines += [
        f"| [`{name}`](#{name.lower()}) | {cell(first_line(getattr(module, name)))} |"
        for names in groups.values()
        for name in names
    ]
    for heading, names in groups.items():
        if names:
            lines += ["", f"## {heading}"]
        for name in names:
            lines += ["", *entry(package, name)]
    return "\n".join(lines) + "\n"


def entry(package: str, name: str) -> list[str]:
    """Return signature, docstring and members of a public name."""
    thing = getattr(importlib.import_module(package), name)
    inherited = inherited_names(package, thing)
    options = f" inherits {' '.join(inherited)}" if inherited else ""
    lines = [f"<!-- begin {package}.{name}{options} -->", f"### {name}", ""]
    doc = first_line(thing) if isinstance(thing, dict) else inspect.getdoc(thing) or ""
    call = [f"{name}{bare_signature(thing)}", ""] if callable(thing) else []
    lines += ["```text", *call, *doc.splitlines(), "```"]
    rows = [member_row(thing, member) for member in (*own_names(thing), *inherited)]
    lines += ["", *filter(None, rows)] if any(rows) else []
    return [*lines, "", "<!-- end -->"]


def own_names(thing: Any) -> list[str]:
    """Return the public members that a class or module defines itself, in their order."""
    if isinstance(thing, ModuleType):
        return [name for name, member in vars(thing).items() if is_offered(thing, name, member)]
    if not isinstance(thing, type) or issubclass(thing, Exception):
        return []
    return [
        name
        for name, member in vars(thing).items()
        if not name.startswith("_")
        and (inspect.isroutine(member) or isinstance(member, (property, classmethod)))
    ]


def is_offered(module: ModuleType, name: str, member: Any) -> bool:
    """Tell whether a function or class of a module is for its users."""
    if hasattr(module, "__all__"):
        return name in module.__all__
    return (
        not name.startswith("_")
        and (inspect.isfunction(member) or isinstance(member, type))
        and member.__module__ == module.__name__
    )


def member_row(thing: Any, name: str) -> str:
    """Return the line about a method, property or function; empty where it has no docstring."""
    member = getattr(thing, name)
    if not (summary := first_line(member)):
        return ""
    call = bare_signature(member) if callable(member) else ""
    return f"- `{name}{call}`: {escape(summary)}"


def bare_signature(thing: Any) -> str:
    """Return what a call takes, without types, which the docstring names."""
    try:
        signature = inspect.signature(thing)
    except (TypeError, ValueError):
        return ""
    bare = [
        p.replace(annotation=p.empty) for p in signature.parameters.values() if p.name != "self"
    ]
    return str(signature.replace(parameters=bare, return_annotation=signature.empty))


#: Bases whose methods matter to those who write a kind of their own, not to those who use one.
FOR_AUTHORS = (
    "ivisit.controls",
    "ivisit.panels",
    "ivisit.declarations",
    "dopamine_wp.optimizers",
    "dopamine_wp.networks",
)


def inherited_names(package: str, cls: Any) -> list[str]:
    """Return what a class inherits from bases that nobody else shows."""
    if not isinstance(cls, type):
        return []
    module = importlib.import_module(package)
    shown = [getattr(module, n) for n in module.__all__]
    hidden = [
        base
        for base in cls.__mro__[1:]
        if base.__module__.startswith(package)
        and base not in shown
        and not base.__module__.startswith(FOR_AUTHORS)
    ]
    names = {
        title: None
        for base in hidden
        for title, member in vars(base).items()
        if not title.startswith("_") and title not in vars(cls)
        if inspect.isfunction(member) or isinstance(member, property)
    }
    return list(names)


def is_own(package: str, thing: Any) -> bool:
    """Tell the package's own names from those that old scripts find in it."""
    if isinstance(thing, ModuleType):
        return thing.__name__.startswith(f"{package}.")
    if isinstance(thing, (str, dict)):
        return isinstance(thing, dict)
    return str(getattr(thing, "__module__", "")).startswith(f"{package}.")


def first_line(thing: Any) -> str:
    """Return the summary of a docstring."""
    if isinstance(thing, dict):
        return f"All by name: {', '.join(map(str, thing))}."
    return (inspect.getdoc(thing) or "").partition("\n\n")[0].replace("\n", " ")


# The store --------------------------------------------------------------------------------------

#: Questions that people ask a store with the sqlite3 shell; the tests ask them, too.
QUERIES = {
    "The sets of a simulation, the newest first": """
SELECT name, version, comment, grade, saved_at
FROM sets WHERE simulation = 'GaussFilter' ORDER BY saved_at DESC;""",
    "One parameter in all versions of a set": """
SELECT version, json_extract(parameters, '$.sigma') AS sigma, saved_at
FROM history WHERE simulation = 'GaussFilter' AND name = 'soft' ORDER BY version;""",
    "The best runs of a sweep": """
SELECT id, json_extract(parameters, '$.sigma') AS sigma, json_extract(metrics, '$.change') AS change
FROM runs WHERE sweep = 'widths' AND status = 'finished' ORDER BY change LIMIT 5;""",
    "A metric against a parameter": """
SELECT json_extract(parameters, '$.sigma') AS sigma,
       avg(json_extract(metrics, '$.change')) AS mean_change, count(*) AS n
FROM runs WHERE sweep = 'widths' GROUP BY sigma ORDER BY sigma;""",
    "What failed, and why": """
SELECT id, json_extract(failure, '$.type') AS type, json_extract(failure, '$.message') AS message
FROM runs WHERE status = 'failed';""",
    "How sweeps stand": """
SELECT name, kind, status, done, failed, size FROM sweeps;""",
    "How much there is of each simulation": """
SELECT simulation, count(*) AS runs, min(started_at) AS first, max(started_at) AS last
FROM runs GROUP BY simulation;""",
}


def store_schema() -> str:
    """Return the page about tables and views, from a store that is made for it."""
    from ivisit.store import ParameterStore

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "new.ivisit")
        ParameterStore(path).close()
        with closing(sqlite3.connect(path)) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            parts = list(described(connection, "view")), list(described(connection, "table"))
    lines = [
        NOTE.format(source="docs/tools/reference.py and ivisit/store/migrations"),
        "# The schema of a store\n",
        f"Schema {version} (`PRAGMA user_version`). Views are for people: they join names and show",
        "each run complete; their meaning is told in [the parameter store](../store.md). Tables",
        "are what ivisit writes. Read a store as you like; write into it through ivisit only,",
        "which signs every row with a checksum.\n",
        "## Queries\n",
        "`sqlite3 -readonly -box gauss.ivisit` opens a store without changing it.",
    ]
    for question, query in QUERIES.items():
        lines += ["", f"{question}:", "", "```sql", query.strip(), "```"]
    for heading, described_parts in zip(("Views", "Tables"), parts, strict=True):
        lines += ["", f"## {heading}"]
        lines += [line for part in described_parts for line in part]
    return "\n".join(lines) + "\n"


def described(connection: sqlite3.Connection, kind: str) -> Iterator[list[str]]:
    """Yield the lines about each table or view."""
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = ? AND name NOT LIKE 'sqlite_%' ORDER BY name",
        (kind,),
    ).fetchall()
    for (name,) in names:
        columns = connection.execute(f"PRAGMA table_info({name})").fetchall()
        foreign = {
            row[3]: f"{row[2]}({row[4]})"
            for row in connection.execute(f"PRAGMA foreign_key_list({name})")
        }
        lines = ["", f"### {name}", ""]
        if kind == "view":
            lines.append(", ".join(f"`{column[1]}`" for column in columns))
        else:
            lines.append("| column | type | |\n|---|---|---|")
            lines += [f"| `{c[1]}` | {c[2]} | {column_note(c, foreign)} |" for c in columns]
        yield lines


def column_note(column: tuple[Any, ...], foreign: dict[str, str]) -> str:
    """Return what is special about a column."""
    _, name, _, required, default, key = column
    notes = ["primary key"] if key else []
    notes += ["not null"] if required and not key else []
    notes += [f"default `{default}`"] if default is not None else []
    notes += [f"references `{foreign[name]}`"] if name in foreign else []
    return ", ".join(notes)


def main() -> None:
    """Write all pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
