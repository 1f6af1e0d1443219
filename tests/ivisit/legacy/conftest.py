"""Old scripts for the tests: written into an empty folder, loaded as `ivisit run` loads them."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ivisit import Engine
from ivisit.plugins.loading import load_file

#: Scripts run their code when they are imported; the generator of the table needs IVISIT 0.72.
collect_ignore = ["scripts", "table"]

SCRIPTS = Path(__file__).parent / "scripts"

TEMPLATE = """\
{directives}
import ivisit as iv
import numpy as np
from ivisit.special import *

calls = []

class SimParameters(iv.IVisit_Parameters):
    pass
{parameters}

class SimData(iv.IVisit_Data):
    pass
{data}

class Sim(iv.IVisit_Simulation):
    def __init__(self, name="sim"):
        iv.IVisit_Simulation.__init__(self, name, SimParameters, SimData{options})
{methods}

sim = Sim()
sim.main_init()
sim.init()
sim.step()
iv.IVisit_main(sim=sim)
"""


class OldScript:
    """An old script that was loaded, and the engine that runs it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.simulation_class: Any = load_file(path)
        self.engine = Engine(self.simulation_class)

    @property
    def adapter(self) -> Any:
        """The simulation that the engine runs."""
        return self.engine.simulation

    @property
    def sim(self) -> Any:
        """The script's own simulation."""
        return self.adapter._script.simulation

    @property
    def parameters(self) -> Any:
        """The script's class of parameters."""
        return self.sim.parameters

    @property
    def data(self) -> Any:
        """The script's class of data."""
        return self.sim.data

    @property
    def display(self) -> Any:
        """What the script's `bind` is given as display."""
        return self.adapter._display

    @property
    def parent(self) -> Any:
        """What the script's `bind` is given as parent."""
        return self.adapter._parent

    def step(self, steps: int = 1) -> None:
        """Compute steps."""
        self.engine.run(steps)

    def values(self) -> dict[str, Any]:
        """Return the script's parameters as they are now."""
        return {k: v for k, v in vars(self.parameters).items() if not k.startswith("__")}


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """A function that writes an old script from its parts and returns the path."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IVISIT_DB", raising=False)

    def write(
        directives: str,
        *,
        parameters: str = "",
        data: str = "",
        methods: str = "",
        options: str = "",
        name: str = "old.py",
    ) -> Path:
        lines = textwrap.dedent(directives).strip().split("\n")
        path = tmp_path / name
        path.write_text(
            TEMPLATE.format(
                directives="\n".join(f"#@IVISIT:{line}" if line else "" for line in lines),
                parameters=textwrap.indent(textwrap.dedent(parameters), "    "),
                data=textwrap.indent(textwrap.dedent(data), "    "),
                methods=textwrap.indent(textwrap.dedent(methods), "    "),
                options=options and f", {options}",
            ),
            encoding="utf-8",
        )
        return path

    return write


@pytest.fixture
def load(write: Callable[..., Path]) -> Callable[..., OldScript]:
    """A function that writes an old script from its parts and loads it."""
    return lambda directives, **parts: OldScript(write(directives, **parts))


@pytest.fixture
def run_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], OldScript]:
    """A function that loads an old script from its file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IVISIT_DB", raising=False)
    return OldScript


@pytest.fixture
def scripts() -> Path:
    """The folder with the sample scripts."""
    return SCRIPTS
