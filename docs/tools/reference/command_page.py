"""The page of all commands, from the parser."""

from __future__ import annotations

import argparse
import inspect
import re
from collections.abc import Iterator

from docs.tools.reference.common import NOTE, cell, escape


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
            name = metavar(action) + (" ..." if action.nargs in ("+", "*") else "")
            parts.append(f"[{name}]" if action.nargs in ("?", "*") else name)
        elif action.required:
            parts.append(f"{action.option_strings[0]} {metavar(action)}")
    return " ".join([*parts, "[OPTIONS]"])


def metavar(action: argparse.Action) -> str:
    """Return what stands for the value of an option or argument."""
    return str(action.metavar or action.dest.upper().replace("_", "-"))


def listed(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Return arguments, then options, without those that all commands have."""
    common = ("--help", "--quiet", "--debug")
    own = [
        action
        for action in parser._actions
        if action.help != argparse.SUPPRESS and not {*common} & {*action.option_strings}
    ]
    return sorted(own, key=lambda action: bool(action.option_strings))


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
    # Also within code a bar begins a cell, unless it is escaped.
    return "| {} | {} |".format(shown.replace("|", "\\|"), meaning)


def paragraphs(text: str) -> str:
    """Return a parser's description with its examples as code."""
    blocks = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join(
        f"```\n{inspect.cleandoc(block)}\n```" if "\n  " in f"\n{block}" else escape(block)
        for block in blocks
    )
