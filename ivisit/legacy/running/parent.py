"""`Parent`: what old scripts get as `parent`, with a window and without one."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ivisit.legacy.running.starting import old_file
from ivisit.legacy.running.winfo import WinfoAnswers
from ivisit.link import Command, CommandName, Quit, Say, SetTitle

if TYPE_CHECKING:
    from ivisit.engine import Engine
    from ivisit.legacy.running.adapter import OldSimulation
    from ivisit.legacy.running.display import Display


#: Methods of Tk's windows with which scripts arrange them and listen to them.
_LOOKS = """
    aspect attributes bind bind_all columnconfigure config configure deiconify focus focus_force
    focus_set geometry grid iconbitmap iconify iconname iconphoto lift lower maxsize minsize
    option_add overrideredirect pack place protocol resizable rowconfigure state tkraise transient
    unbind unbind_all withdraw
"""


class Parent(WinfoAnswers):
    """The main window, as old scripts know it.

    Everything may be called from `step`, callbacks and the script's own threads, and returns at
    once. Without a window, what only a window can do is not done.

    Parameters
    ----------
    simulation : OldSimulation
        The simulation.
    engine : Engine
        Its engine.
    display : Display
        The widgets.

    Attributes
    ----------
    sim : IVisit_Simulation
        The script's simulation.
    display : Display
        The widgets.
    currfile : str
        Path of the ``.db`` file that 0.72 would use, whether it exists or not.
    master : Parent
        Stands for the Tk root window.
    """

    _kind = "parent"
    _instead = "the window runs beside the script and arranges itself"
    db = None
    wdefcoll = None
    key_sim_display = 0

    def __init__(self, simulation: OldSimulation, engine: Engine, display: Display) -> None:
        self._simulation = simulation
        self._engine = engine
        self._timers: dict[str, threading.Timer] = {}
        self._numbers = itertools.count(1)
        self.display = display
        self.sim = simulation._script.simulation
        self.currfile = str(old_file(simulation._script))
        self.master = self

    @property
    def steps(self) -> int:
        """Steps of the run; in `step` the present one counts, and so do those that failed."""
        simulation = self._simulation
        return self._engine.steps + simulation._stepping + simulation._failed_steps

    @property
    def runflg(self) -> int:
        """1 while the simulation steps until it is stopped, 0 during a single step, too."""
        link = self._engine.link
        return int(link.is_running if link.is_open else self._engine.state == "running")

    # The buttons ----------------------------------------------------------------------------

    def onSim_main_init(self) -> None:
        """Prepare the simulation anew, then start a run."""
        self._engine.post(self._simulation.main_init)
        self.onSim_init()

    def onSim_init(self) -> None:
        """Start a run."""
        self._command("init")

    def onSim_step(self) -> None:
        """Compute one step; a running simulation stops."""
        self._command("step")

    doOneStepCycle = onSim_step

    def onSim_run(self) -> None:
        """Start a run and step until stopped."""
        self._command("run")

    def onSim_cont(self) -> None:
        """Step on until stopped."""
        self._command("cont")

    def onSim_stop(self) -> None:
        """Stop after the present step, without a window too."""
        self._engine.stop()
        self._command("stop")

    def onSave(self) -> None:
        """Save the parameters."""
        self._command("save")

    def onOpen(self, file: str | None = None) -> None:
        """Say how files are opened now."""
        text = f"{file or 'a file'} can be opened with 'ivisit params import' or 'ivisit gui --db'"
        self._engine.link.post(Say(text))

    def onQuit(self) -> None:
        """Stop and close the window."""
        self._engine.stop()
        self._engine.link.post(Quit())

    quit = onQuit
    destroy = onQuit

    def help(self, flagContent: Any = None) -> None:
        """Show the script's own explanation."""
        self._engine.link.post(Say(type(self._simulation).__doc__ or ""))

    def _command(self, name: CommandName) -> None:
        self._engine.link.post(Command(name))

    # What a Tk widget can do ----------------------------------------------------------------

    def after(self, ms: int, func: Callable[..., Any] | None = None, *args: Any) -> str | None:
        """Call ``func(*args)`` in `ms` milliseconds, between two steps; without it, wait."""
        if func is None:
            time.sleep(ms / 1000)
            return None
        name = f"after#{next(self._numbers)}"

        def due() -> None:
            if self._timers.pop(name, None) is not None:
                self._engine.post(func, *args)

        timer = self._timers[name] = threading.Timer(ms / 1000, due)
        timer.daemon = True
        timer.start()
        return name

    def after_idle(self, func: Callable[..., Any], *args: Any) -> str | None:
        """Call ``func(*args)`` before the next step."""
        return self.after(0, func, *args)

    def after_cancel(self, id: str) -> None:
        """Do not call what `after` was to call."""
        timer = self._timers.pop(id, None)
        if timer is not None:
            timer.cancel()

    def cancel_all(self) -> None:
        """Call nothing any more that `after` was to call."""
        for name in list(self._timers):
            self.after_cancel(name)

    def title(self, string: str | None = None) -> str:
        """Show a text as the window's title."""
        if string is not None:
            self._engine.link.post(SetTitle(str(string)))
        return type(self._simulation).__name__

    def update(self) -> None:
        """Do nothing: the window draws and reacts by itself, also during a step."""

    update_idletasks = update
    bell = update

    def _extent(self) -> tuple[int, int]:
        return self._engine.link.sizes.get("", (1, 1))

    def _toplevel(self) -> Parent:
        return self

    def _is_looks(self, name: str) -> bool:
        return name.removeprefix("wm_") in _LOOKS.split()
