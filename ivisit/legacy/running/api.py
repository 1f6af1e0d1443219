"""The classes and the function that old scripts use: ``iv.IVisit_Simulation`` and the others.

Names and arguments are those of IVISIT 0.72, because scripts depend on them.
"""

from __future__ import annotations

import copy
import sys
import threading
from typing import Any

import numpy as np

from ivisit.legacy.running.opening import open_script

#: The version of IVISIT whose scripts run here; they may ask for it.
Version = "0.72"


class IVisit_Parameters:
    """Base class of a script's parameters: a namespace that is never instantiated."""

    par1 = 1
    par2 = 2.5
    par3 = "flag_on"


class IVisit_Data:
    """Base class of a script's data: a namespace that is never instantiated."""

    data1 = np.array([1])
    data2 = np.array([2.2])
    data3 = ["textdata"]
    data4 = np.array([[1, 2], [3, 4]])


class IVisit_Simulation:
    """Base class of a script's simulation.

    Parameters
    ----------
    name_arg : str, optional
        Name of the simulation.
    parameters_arg, data_arg : class, optional
        Where parameters are written to and data are read from.
    updateMode : str, optional
        ``sync``: parameters change right before each step; anything else: at once.
    flagLock : bool, optional
        Whether `lock` is held during `main_init`, `init`, `bind` and `step`.

    Attributes
    ----------
    lock : threading.Lock
        For the script's own threads.
    display, parent : object or None
        For the script to keep what `bind` and `main_init` are given.
    parameters_dict, parameters_dict_original, data_dict : dict
        What parameters and data were at the beginning; the second one is a deep copy.
    """

    def __init__(
        self,
        name_arg: str = "IVisitSimulation1",
        parameters_arg: Any = IVisit_Parameters,
        data_arg: Any = IVisit_Data,
        updateMode: str = "sync",
        flagLock: bool = False,
    ) -> None:
        self.name = name_arg
        self.parameters = parameters_arg
        self.data = data_arg
        self.updateMode = updateMode
        self.flagLock = flagLock
        self.lock = threading.Lock()
        self.display: Any = None
        self.parent: Any = None
        self.parameters_dict = self.get_dict_of_parameters()
        self.parameters_dict_original = self.get_dict_of_parameters(flagDeepCopy=1)
        self.data_dict = self.get_dict_of_data()

    # For the script to override -------------------------------------------------------------

    def main_init(self, parent: Any = None) -> None:
        """Prepare what all runs share; `parent` is the main window."""
        self.parent = parent

    def init(self) -> None:
        """Start a run."""

    def bind(self, parent: Any = None, display: Any = None) -> None:
        """Connect mouse and widgets with the script's own methods, after each `init`."""

    def step(self) -> None:
        """Compute one step."""

    # For the script to call -----------------------------------------------------------------

    def isModified(self, widgetname: str) -> int:
        """Return 1 if the widget's value is new in this step, else 0.

        Works in scripts that keep the display which `bind` is given as ``self.display``.
        """
        if self.display is None:
            return 0
        return int(self.display.getFlagModified(widgetname))

    def get_dict_of_parameters(
        self, flagDeepCopy: int = 0, parameters: Any = None
    ) -> dict[str, Any]:
        """Return the parameters by name, those of base classes left out."""
        return _members(self.parameters if parameters is None else parameters, flagDeepCopy)

    def get_dict_of_data(self, flagDeepCopy: int = 0, data: Any = None) -> dict[str, Any]:
        """Return the data by name, those of base classes left out."""
        return _members(self.data if data is None else data, flagDeepCopy)

    def set_dict_of_parameters(self, pars_dict: dict[str, Any] | None = None) -> None:
        """Give the parameters the values of `pars_dict`, by default those of `parameters_dict`."""
        for name, value in (self.parameters_dict if pars_dict is None else pars_dict).items():
            setattr(self.parameters, name, value)

    def print_parameters(self, pars: Any = None, indent: str = "") -> None:
        """Print the parameters."""
        for name, value in self.get_dict_of_parameters(parameters=pars).items():
            sys.stdout.write(f"{indent}Parameter {name!r}: {value}\n")

    def print_data(self, data: Any = None, indent: str = "") -> None:
        """Print the data."""
        for name, value in self.get_dict_of_data(data=data).items():
            sys.stdout.write(f"{indent}Data field {name!r}: {value}\n")

    def print_state(self) -> None:
        """Print name, parameters and data."""
        sys.stdout.write(f"{type(self).__name__} {self.name}:\n")
        self.print_parameters(indent="   ")
        self.print_data(indent="   ")


def _members(namespace: Any, deep: int) -> dict[str, Any]:
    members = {name: v for name, v in vars(namespace).items() if not name.startswith("__")}
    return copy.deepcopy(members) if deep else members


def IVisit_main(
    fname: str | None = None,
    sim: IVisit_Simulation | None = None,
    debuglevel: int = 0,
    str_app_name: str | None = None,
    str_app_help: str | None = None,
    str_app_about: str | None = None,
) -> None:
    """Open the window on a script's simulation and return when it is closed.

    When the script is being loaded (``ivisit run script.py``), no window opens: the simulation is
    handed over, and the code after the call goes on.

    Parameters
    ----------
    fname : str, optional
        An old ``.db`` file, to be read once, or a parameter store; by default the first argument
        of the script's command line, else the ``.db`` file that has the script's name.
    sim : IVisit_Simulation, optional
        The simulation.
    debuglevel : int, optional
        Means nothing any more.
    str_app_name, str_app_help, str_app_about : str, optional
        Name and explanations of the script.
    """
    texts = [text for text in (str_app_name, str_app_about, str_app_help) if text]
    open_script(sim or IVisit_Simulation(), fname, title=str_app_name or "", doc="\n\n".join(texts))
