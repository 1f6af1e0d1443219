"""`Recipe`: what a run was made of, as a line for the shell and as Python."""

from __future__ import annotations

import operator
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ivisit.plugins.finding import plugin_name
from ivisit.plugins.origins import source_file
from ivisit.plugins.reading import describe
from ivisit.simulation import Simulation


@dataclass(frozen=True)
class Recipe:
    """A run that can be repeated with `ivisit run` or `iv.run`.

    Attributes
    ----------
    simulation : subclass of Simulation
        The simulation.
    steps, seed : int
        Of the run.
    values : dict
        The parameters that differ from the set, or without one from the defaults.
    parameter_set : str
        The set from which it starts, as ``--set`` takes it; empty for none.
    """

    simulation: type[Simulation]
    steps: int
    seed: int
    values: Mapping[str, Any] = field(default_factory=dict)
    parameter_set: str = ""

    def command(self) -> str:
        """Return the line for the shell of this system."""
        words = ["ivisit", "run", address_of(self.simulation), "--steps", str(self.steps)]
        words += ["--seed", str(self.seed)]
        words += option("--set", self.parameter_set) if self.parameter_set else []
        for name, value in self.values.items():
            words += ["-p", f"{name}={self.simulation.controls[name].text(value)}"]
        return quoted(words)

    def python(self) -> str:
        """Return the same as a call."""
        arguments = [repr(address_of(self.simulation))]
        if self.values:
            arguments.append(repr({name: plain(value) for name, value in self.values.items()}))
        arguments += [f"steps={self.steps}", f"seed={self.seed}"]
        if self.parameter_set:
            arguments.append(f"parameter_set={self.parameter_set!r}")
        return f"import ivisit as iv\n\nresult = iv.run({', '.join(arguments)})\n"


def quoted(words: Sequence[str]) -> str:
    """Return words as one line that the shell takes apart again.

    >>> quoted(["ivisit", "run", "my sim.py", "-p", "text=it's"])
    'ivisit run \\'my sim.py\\' -p \\'text=it\\'"\\'"\\'s\\''
    """
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def option(name: str, text: str) -> list[str]:
    """Return an option and its text; in one word where the text would be taken for an option.

    >>> option("--set", "soft"), option("--set", "-3 dB")
    (['--set', 'soft'], ['--set=-3 dB'])
    """
    return [f"{name}={text}"] if text.startswith("-") else [name, text]


def address_of(simulation: type[Simulation], *, absolute: bool = False) -> str:
    """Return what `ivisit run` understands: a plugin, ``package.module:Class``, or a path.

    The path of a file below the working directory is relative, unless it shall be absolute. A
    class that is nowhere written, as one of a notebook, is called by its name.
    """
    name = plugin_name(simulation)
    if name is not None:
        return name
    file = source_file(simulation)
    if file is None:
        return simulation.key
    if "." in simulation.__module__ and _is_member(simulation):
        return f"{simulation.__module__}:{simulation.__qualname__}"
    path, here = file.absolute(), Path.cwd()
    if absolute:
        path = file.resolve()  # one address, by whatever links it was reached
    elif path.is_relative_to(here):
        path = path.relative_to(here)
    return f"{path}:{simulation.__name__}" if _has_several(file, simulation.__name__) else str(path)


def _has_several(file: Path, name: str) -> bool:
    """Tell whether a file has several simulations, so that the class must be named."""
    try:
        classes = describe(file.read_bytes())
    except OSError:
        return False
    return len(classes) > 1 and name in classes


def _is_member(simulation: type[Simulation]) -> bool:
    """Tell whether a class is found in its module by its name."""
    try:
        found = operator.attrgetter(simulation.__qualname__)(sys.modules[simulation.__module__])
    except (KeyError, AttributeError):
        return False
    return found is simulation


def plain(value: Any) -> Any:
    """Return a value of a parameter as what Python's literals can be."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.tolist() if hasattr(value, "tolist") else value
