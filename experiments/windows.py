"""Old scripts in the window of this version and of IVISIT 0.72."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

from common import ROOT

import ivisit as iv

VERSIONS = {"ivisit-lab": sys.executable, "0.72": os.environ.get("IVISIT_OLD_PYTHON", "")}


def load(path: Path) -> ModuleType:
    """Return a script of benchmarks/ or tests/ as a module."""
    spec = importlib.util.spec_from_file_location(f"loaded_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


OLD = load(ROOT / "benchmarks" / "old_scripts.py")


class OldScript(iv.Simulation):
    """An old script that runs in the window of one of the versions, on a display."""

    script = iv.OptionList("image", [*OLD.SCRIPTS, *OLD.EXAMPLES])
    version = iv.OptionList("ivisit-lab", list(VERSIONS))
    duration = iv.Slider(2.0, 0.1, 60.0, unit="s")

    steps, frames = iv.Trace(unit="1/s"), iv.Trace(unit="1/s")
    freeze, start = iv.Trace(unit="s"), iv.Trace(unit="s")

    def step(self):
        with load(ROOT / "benchmarks" / "window.py").display():
            found = OLD.measure(VERSIONS[self.version], self.script, self.duration)
        for name in ("steps", "frames", "freeze", "start"):
            setattr(self, name, found[name])
