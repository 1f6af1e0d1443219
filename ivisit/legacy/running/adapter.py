"""`OldSimulation`: a script of IVISIT 0.7x as a simulation like any other.

Each SIMULATION block of a script becomes a subclass, made by `simulation_class`. Its methods hand
the values of the controls to the script's own classes, call the script's own methods, and read
the script's data attributes into the panels.
"""

from __future__ import annotations

import inspect
import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, cast

import numpy as np

from ivisit.controls import Button
from ivisit.errors import ParameterError
from ivisit.legacy.language.merge import ParseMode
from ivisit.legacy.language.reparsing import wish
from ivisit.legacy.records import DataRecord, Finding, WidgetRecord
from ivisit.legacy.running.bindings import Binding
from ivisit.legacy.running.declare import declare
from ivisit.legacy.running.display import Display
from ivisit.legacy.running.parent import Parent
from ivisit.legacy.running.starting import begin
from ivisit.link import Command, OfferMenu, Say, SetTitle
from ivisit.plugins.loading import load_file
from ivisit.simulation import Simulation, SimulationType

logger = logging.getLogger(__name__)

_MISSING = object()


@dataclass
class Script:
    """A script that has been run, up to the end of which it handed its simulation over.

    Attributes
    ----------
    simulation : IVisit_Simulation
        The script's own simulation; it and the classes that it uses exist only once.
    path : Path or None
        The file, where there is one.
    title : str
        What the script calls itself in the title of its window.
    database : Path or None
        The old ``.db`` file that was given by name.
    claimed : bool
        Whether an engine uses it.
    resets : bool
        Whether its values are to be those of the directives, whatever they were before.
    """

    simulation: Any
    path: Path | None = None
    title: str = ""
    database: Path | None = None
    claimed: bool = False
    resets: bool = False


class OldSimulation(Simulation):
    """Base class of the simulations that scripts become.

    The state of an old script are attributes of its classes. So the first instance uses the
    script that was run, and each further one runs the script anew.
    """

    #: What 0.72 waited between two steps; scripts may count on the pause for threads of theirs.
    _delay = 0.001
    _seeds_global_random = True
    # The script has computed its first step itself, and 0.72 goes on after whatever a step does.
    _opens_with_step = False
    _goes_on_after_error = True

    _script: ClassVar[Script]
    _bindings: ClassVar[dict[str, Binding[Any]]]
    _data: ClassVar[dict[str, DataRecord]]
    _records: ClassVar[dict[str, WidgetRecord]]
    #: What is wrong or doubtful in the directives.
    _findings: ClassVar[Sequence[Finding]]

    def __new__(cls, *args: Any, **kwargs: Any) -> Simulation:  # type: ignore[misc]
        script = cls._script
        if script.claimed and script.path is not None:
            again = load_file(script.path, cls.key)
            return again() if isinstance(again, type) else again
        script.claimed = True
        return super().__new__(cls, *args, **kwargs)

    def _attached(self, engine: Any) -> None:
        self._engine = engine
        self._modified = set(self._bindings)
        # Other threads add to it while a step goes on.
        self._changed: deque[str] = deque()
        self._written: dict[str, Any] = {}
        self._clicks: set[str] = set()
        self._told: set[str] = set()
        self._stepping = False
        self._failed_steps = 0
        self._display = Display(self, engine)
        self._parent = Parent(self, engine, self._display)
        self._choose_mode()
        if self._script.resets:
            engine.post(self._use_defaults)
        if self._source is not None:
            for mode in (ParseMode.ONLY_NEW, ParseMode.UPDATE):
                engine.link.post(OfferMenu(mode.value, partial(self._read_again, mode)))

    def _use_defaults(self) -> None:
        for name, control in self.controls.items():
            self._engine.set(name, control.default)

    def _read_again(self, mode: ParseMode) -> None:
        """Have the window load the script anew, with its directives read in another mode."""
        assert self._source is not None
        wish(self._source, mode, self._records.values())
        self._engine.link.post(Command("reload"))

    def _opening(self, path: Path) -> str | None:
        name, messages = begin(self, path)
        for finding in self._findings:
            if finding.severity == "error":
                messages.append(str(finding))
        if not hasattr(self, "_engine"):
            return name  # values are only tried, as before a sweep: there is nobody to be told
        if messages:
            self._engine.link.post(Say("; ".join(messages)))
        if self._script.title:
            self._engine.link.post(SetTitle(self._script.title))
        return name

    # Life cycle -----------------------------------------------------------------------------

    def main_init(self) -> None:
        self._seed_numpy()
        if not self._is_synchronous():
            self._write_changed()
        with self._locked():
            main_init = self._script.simulation.main_init
            # Scripts override it without the argument, too.
            main_init(parent=self._parent) if _takes(main_init, "parent") else main_init()

    def init(self) -> None:
        self._choose_mode()
        self._seed_numpy()
        # A click that nobody has seen yet is forgotten.
        for name in self._clicks:
            self._values[name] = False
        self._clicks.clear()
        self._mark_all_modified()
        self._failed_steps = 0
        if self._is_synchronous():
            self._write_all(buttons=False)
        else:
            self._write_changed()
        with self._locked():
            self._script.simulation.init()
            bind = self._script.simulation.bind
            bind(*(self._parent, self._display)[: _positional_count(bind)])

    def step(self) -> None:
        if self._is_synchronous():
            self._write_all()
        else:
            self._write_changed()
        while self._changed:
            self._modified.add(self._changed.popleft())
        self._stepping = True
        try:
            with self._locked():
                self._script.simulation.step()
        except BaseException:
            self._failed_steps += 1
            raise
        finally:
            self._stepping = False
        pressed = [name for name in self._bindings if self._values[name] is True]
        if not self._is_synchronous():
            for name in pressed:
                self._write(name, False)
        # A button goes up after the step, which is a change of its value too.
        self._modified = set(pressed)
        self._clicks.clear()

    def close(self) -> None:
        self._parent.cancel_all()
        close = getattr(self._script.simulation, "close", None)
        if callable(close):
            close()

    # Parameters -----------------------------------------------------------------------------

    def _assigned(self, name: str) -> None:
        self._changed.append(name)
        if isinstance(self.controls[name], Button):
            self._clicks.add(name)
        if not self._is_synchronous():
            self._write(name, self._values[name])

    def _is_modified(self, name: str) -> bool:
        """Tell whether a parameter has changed since the last step, or is about to."""
        waits = self._engine.parameters()[name] != self._values[name]
        return waits or name in self._modified or name in self._changed

    def _mark_all_modified(self) -> None:
        self._changed.clear()
        self._modified = set(self._bindings)

    def _mark_none_modified(self) -> None:
        self._changed.clear()
        self._modified.clear()

    def _choose_mode(self) -> None:
        self._engine.mode = "sync" if self._is_synchronous() else "async"

    def _is_synchronous(self) -> bool:
        return bool(self._script.simulation.updateMode == "sync")

    def _write_all(self, *, buttons: bool = True) -> None:
        """Write every parameter, so that the script's own changes of them are lost."""
        for name in self._bindings:
            released = not buttons and isinstance(self.controls[name], Button)
            self._write(name, False if released else self._values[name])

    def _write_changed(self) -> None:
        """Write the parameters that are not what was last written."""
        for name in self._bindings:
            if name not in self._written or self._written[name] != self._values[name]:
                self._write(name, self._values[name])

    def _write(self, name: str, value: Any) -> None:
        self._written[name] = value
        try:
            self._bindings[name].write(self._script.simulation.parameters, value)
        except ParameterError as error:
            self._tell_once(name, str(error))

    # Panels ---------------------------------------------------------------------------------

    def _refresh(self) -> None:
        for name, widget in self._data.items():
            value = getattr(self._script.simulation.data, widget.data, _MISSING)
            if value is _MISSING:
                self._tell_once(name, f"{widget.name}: the script has no data {widget.data!r}")
                continue
            try:
                self._outputs[name] = self.panels[name].validate(value, owner=self.key)
            except ParameterError as error:
                # Only this panel is empty; the others go on.
                self._outputs.pop(name, None)
                self._tell_once(name, str(error))
            else:
                self._told.discard(name)

    def _tell_once(self, name: str, message: str) -> None:
        """Report a fault of one widget, but not sixty times a second."""
        if name not in self._told:
            self._told.add(name)
            logger.warning("%s", message)
            self._engine.link.post(Say(message))

    # Locks and random numbers ---------------------------------------------------------------

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the script's lock where the script wants that; an exception releases it."""
        simulation = self._script.simulation
        with simulation.lock if simulation.flagLock else nullcontext():
            yield

    def _seed_numpy(self) -> None:
        """Start NumPy's global generator from the run's seed, where no window watches.

        Old scripts know no other generator; this is the one place that touches it.
        """
        if self._engine.link.is_open:
            return
        seed = self._engine.seed
        if seed >= 2**32:  # more than the old generator can take as a number
            seed = np.random.SeedSequence(seed).generate_state(8)
        np.random.seed(seed)  # noqa: NPY002


def simulation_class(
    script: Script,
    key: str,
    name: str,
    widgets: Sequence[WidgetRecord],
    *,
    findings: Sequence[Finding] = (),
    doc: str = "",
) -> type[OldSimulation]:
    """Return the simulation that a block of a script stands for.

    Parameters
    ----------
    script : Script
        The script.
    key : str
        The simulation's name in a store.
    name : str
        Name of the class, by which ``file.py:name`` chooses it.
    widgets : sequence of WidgetRecord
        Its widgets.
    findings : sequence of Finding, optional
        What reading the directives has found.
    doc : str, optional
        Docstring of the class.
    """
    declared = declare(
        widgets,
        OldSimulation,
        parameters=script.simulation.parameters,
        file=str(script.path or ""),
    )
    namespace = {
        "__doc__": doc,
        "__module__": "__main__",
        "key": key,
        "_source": script.path,
        "_script": script,
        # Widgets that only an old file knows write first: what the script says, wins.
        "_bindings": dict(
            sorted(declared.bindings.items(), key=lambda item: item[1].widget.line > 0)
        ),
        "_data": declared.data,
        "_records": declared.records,
        "_findings": [*findings, *declared.findings],
        **declared.declarations,
    }
    return cast(type[OldSimulation], SimulationType(name, (OldSimulation,), namespace))


def _takes(method: Callable[..., Any], argument: str) -> bool:
    """Tell whether `method` can be called with `argument` by name."""
    parameters = inspect.signature(method).parameters
    return argument in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())


def _positional_count(method: Callable[..., Any]) -> int | None:
    """Return how many arguments `method` takes by position; None for any number."""
    parameters = inspect.signature(method).parameters.values()
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return None
    return sum(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)
