"""ivisit: declare a simulation once; watch, steer, store and run it everywhere.

>>> import ivisit as iv
>>> class Walk(iv.Simulation):
...     step_size = iv.Slider(1.0, 0.0, 10.0)
...     position = iv.Trace()
...
...     def init(self):
...         self.position = 0.0
...
...     def step(self):
...         self.position += self.step_size * self.rng.standard_normal()
>>> result = iv.run(Walk, steps=100)
>>> result.traces["position"].shape
(100,)

``iv.launch(Walk)`` opens the window. Names are imported when they are first used, so that
``import ivisit`` is light. The distribution is called ``ivisit-lab``.
"""

from __future__ import annotations

import importlib
import os
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ivisit.controls import (
        Button,
        Checkbox,
        CheckboxGroup,
        DictSlider,
        OptionList,
        RadioButtons,
        Slider,
        Table,
        TextBox,
    )
    from ivisit.engine import Engine
    from ivisit.errors import (
        DirectiveError,
        Failure,
        FilmError,
        IVisitError,
        ParameterError,
        PluginError,
        RunError,
        StoreError,
    )
    from ivisit.events import PointerEvent
    from ivisit.films import Film
    from ivisit.launcher import launch
    from ivisit.legacy.running.api import (
        IVisit_Data,
        IVisit_main,
        IVisit_Parameters,
        IVisit_Simulation,
        Version,
    )
    from ivisit.panels import Comment, Figure, Histogram, Image, Raster, TextOutput, Trace
    from ivisit.plugins.finding import SimulationInfo, get_simulation, list_simulations
    from ivisit.recording import Change, Frame
    from ivisit.runs.comparing import compare
    from ivisit.runs.comparison import Comparison
    from ivisit.runs.optimize_result import OptimizeResult
    from ivisit.runs.optimizing import optimize
    from ivisit.runs.rerunning import rerun
    from ivisit.runs.result import RunResult
    from ivisit.runs.single import replay, run
    from ivisit.runs.space import Range
    from ivisit.runs.sweep_result import SweepResult
    from ivisit.runs.sweeping import sweep
    from ivisit.simulation import Simulation
    from ivisit.store import ParameterSet, ParameterStore

#: Public name -> module that defines it.
_HOMES = {
    **dict.fromkeys(
        (
            "Button",
            "Checkbox",
            "CheckboxGroup",
            "DictSlider",
            "OptionList",
            "RadioButtons",
            "Slider",
            "Table",
            "TextBox",
        ),
        "ivisit.controls",
    ),
    **dict.fromkeys(
        ("Comment", "Figure", "Histogram", "Image", "Raster", "TextOutput", "Trace"),
        "ivisit.panels",
    ),
    "Simulation": "ivisit.simulation",
    "Engine": "ivisit.engine",
    **dict.fromkeys(("Change", "Frame"), "ivisit.recording"),
    **dict.fromkeys(("replay", "run"), "ivisit.runs.single"),
    "RunResult": "ivisit.runs.result",
    "Comparison": "ivisit.runs.comparison",
    "compare": "ivisit.runs.comparing",
    "OptimizeResult": "ivisit.runs.optimize_result",
    "Range": "ivisit.runs.space",
    "optimize": "ivisit.runs.optimizing",
    "rerun": "ivisit.runs.rerunning",
    "SweepResult": "ivisit.runs.sweep_result",
    "sweep": "ivisit.runs.sweeping",
    **dict.fromkeys(("ParameterSet", "ParameterStore"), "ivisit.store"),
    **dict.fromkeys(
        ("SimulationInfo", "get_simulation", "list_simulations"), "ivisit.plugins.finding"
    ),
    "PointerEvent": "ivisit.events",
    "Film": "ivisit.films",
    "launch": "ivisit.launcher",
    **dict.fromkeys(
        (
            "DirectiveError",
            "Failure",
            "FilmError",
            "IVisitError",
            "ParameterError",
            "PluginError",
            "RunError",
            "StoreError",
        ),
        "ivisit.errors",
    ),
    **dict.fromkeys(
        ("IVisit_Data", "IVisit_Parameters", "IVisit_Simulation", "IVisit_main", "Version"),
        "ivisit.legacy.running.api",
    ),
}

#: What scripts for IVISIT 0.7x find here besides: name -> module, or attribute of a module.
_FOR_OLD_SCRIPTS = {
    "IVisitParser": "ivisit.parser.IVisitParser",
    "datetime": "datetime.datetime",
    "np": "numpy",
    "os": "os",
    "sys": "sys",
    "threading": "threading",
    "time": "time",
}

__all__ = [
    "Button",
    "Change",
    "Checkbox",
    "CheckboxGroup",
    "Comment",
    "Comparison",
    "DictSlider",
    "DirectiveError",
    "Engine",
    "Failure",
    "Figure",
    "Film",
    "FilmError",
    "Frame",
    "Histogram",
    "IVisitError",
    "IVisit_Data",
    "IVisit_Parameters",
    "IVisit_Simulation",
    "IVisit_main",
    "Image",
    "OptimizeResult",
    "OptionList",
    "ParameterError",
    "ParameterSet",
    "ParameterStore",
    "PluginError",
    "PointerEvent",
    "RadioButtons",
    "Range",
    "Raster",
    "RunError",
    "RunResult",
    "Simulation",
    "SimulationInfo",
    "Slider",
    "StoreError",
    "SweepResult",
    "Table",
    "TextBox",
    "TextOutput",
    "Trace",
    "Version",
    "compare",
    "datetime",
    "get_simulation",
    "launch",
    "list_simulations",
    "np",
    "optimize",
    "os",
    "replay",
    "rerun",
    "run",
    "sweep",
    "sys",
    "threading",
    "time",
]


class _Version(str):
    """The version of ivisit-lab; as a number, that of IVISIT whose scripts run here.

    Old scripts compare ``float(iv.__version__)``.
    """

    __slots__ = ()

    def __float__(self) -> float:
        from ivisit.legacy.running.api import Version

        return float(Version)


def _check_installation() -> None:
    """Look once whether the old package lies in the same folder; it would have this module."""
    if os.path.exists(os.path.join(__path__[0], "widgetdefcollection.py")):
        from pathlib import Path

        from ivisit.installation import warn_of_mixture

        warn_of_mixture(Path(__path__[0]))


_check_installation()


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        value: Any = _Version(version("ivisit-lab"))
    elif name in _HOMES:
        value = getattr(importlib.import_module(_HOMES[name]), name)
    elif name in _FOR_OLD_SCRIPTS:
        value = resolve_name(_FOR_OLD_SCRIPTS[name])
    elif (
        name.startswith("IVisit")
        and name in (widgets := importlib.import_module("ivisit.widgets")).__all__
    ):
        value = getattr(widgets, name)
    else:
        raise AttributeError(f"module 'ivisit' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "__version__"})
