"""`Window`: assembles the parts, draws frames, and passes on what the user does."""

from __future__ import annotations

import gc
import logging
import os
import re
import time
import tkinter as tk
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from ivisit.engine import Engine, Frame
from ivisit.errors import Failure, IVisitError
from ivisit.gui.dialogs import QuestionDialog
from ivisit.gui.error_pane import ErrorPane
from ivisit.gui.layout import AutomaticLayout, FreeLayout, Layout
from ivisit.gui.menu import MenuBar
from ivisit.gui.reloading import Reload, SourceWatch
from ivisit.gui.requests import handle
from ivisit.gui.scrolling import protect_from_wheel, scroll_on_wheel
from ivisit.gui.session import QuickSwitching, Session
from ivisit.gui.sets import SetCommands
from ivisit.gui.status import StatusLine
from ivisit.gui.theme import DARK, LIGHT, Theme
from ivisit.gui.toolbar import LONGEST_DELAY, Toolbar
from ivisit.gui.undo import Action, UndoStack
from ivisit.runner import result_of, store_name
from ivisit.simulation import Simulation
from ivisit.store import default_path

logger = logging.getLogger(__name__)

#: Seconds between two frames, and the least pause that leaves time for the user's input.
FRAME_TIME, LEAST_PAUSE = 1 / 60, 0.003
#: Seconds between two looks at the source file.
WATCH_TIME = 1.0
#: Seconds for which closing waits for the present step.
CLOSE_TIME = 0.5
#: Classes of widgets that take no input: a click on them ends the typing.
BACKGROUND = ("Canvas", "Frame", "Label", "TFrame", "TLabel", "Tk")
#: A size with a position on the screen, as Tk writes them.
GEOMETRY = re.compile(r"\d+x\d+([+-]-?\d+){2}")
#: Size at 96 dpi, where the screen is large enough.
WIDTH, HEIGHT = 1240, 720
#: What title bar, menu and task bar take of the screen.
SCREEN_MARGIN = 90


class Window:
    """The window on one simulation.

    Parameters
    ----------
    simulation : Simulation or subclass
        The simulation.
    seed : int or None, optional
        Seed of the runs.
    store : path-like, optional
        File of the parameter store; see `ivisit.launch`.
    parameter_set : str, optional
        Stored set to start with.
    parameters : dict, optional
        Values that take precedence over the set.

    Attributes
    ----------
    steps : int
        Finished steps, as shown.
    frames : int
        Frames that were drawn.

    Raises
    ------
    tkinter.TclError
        When there is no display.
    IVisitError
        When the set or a value is not acceptable.

    Notes
    -----
    Whoever makes a window keeps it alive with `mainloop`, or with `update` again and again, and
    ends it with `close`, all on the same thread.
    """

    def __init__(
        self,
        simulation: Simulation | type[Simulation],
        *,
        seed: int | None = 0,
        store: str | os.PathLike[str] | None = None,
        parameter_set: str | None = None,
        parameters: Mapping[str, Any] | None = None,
    ) -> None:
        self.session = Session(simulation, seed)
        self.root = tk.Tk(className="ivisit")
        self.alive = True
        self.steps = self.frames = 0
        self.last_frame_at = time.perf_counter()
        self.undo_stack = UndoStack()
        self.layout: Layout | None = None
        self._positions: dict[str, Any] = {}
        self._reload: Reload | None = None
        self._question: QuestionDialog | None = None
        self._timer = ""
        self._due = self._watch_due = 0.0
        try:
            self._build(store, parameter_set, parameters)
        except BaseException:
            self.root.destroy()
            raise
        QuickSwitching.begin(self)
        # Panels have sizes once the window is on the screen: the first frame then fits.
        self.root.update()
        self.session.start()
        # One Tcl command for all rounds: making one costs three calls into Tk.
        self._poll_command = self.root.register(self._poll)
        self._poll()

    @property
    def engine(self) -> Engine:
        """The engine of the simulation; reloading the source replaces it."""
        return self.session.engine

    # Building -------------------------------------------------------------------------------

    def _build(
        self,
        store: str | os.PathLike[str] | None,
        parameter_set: str | None,
        parameters: Mapping[str, Any] | None,
    ) -> None:
        root = self.root
        root.withdraw()
        root.report_callback_exception = self._internal_error
        root.protocol("WM_DELETE_WINDOW", self.quit)
        root.bind("<Button-1>", self._leave_field, add=True)
        self.theme = Theme(root)
        self.theme.apply(LIGHT)
        path = Path(store) if store else default_path(store_name(self.session.simulation_class))
        self.sets = SetCommands(self, path)
        self.status = StatusLine(self)
        self.toolbar = Toolbar(self)
        self.menu = MenuBar(self)
        self.error_pane = ErrorPane(self)
        self.toolbar.pack(side="top", fill="x")
        self.status.pack(side="bottom", fill="x")
        for kind in ("TCombobox", "TScale"):
            protect_from_wheel(root, kind)
        scroll_on_wheel(root)
        root.configure(menu=self.menu)
        width = min(self.theme.pixels(WIDTH), root.winfo_screenwidth())
        margin = self.theme.pixels(SCREEN_MARGIN)
        height = min(self.theme.pixels(HEIGHT), root.winfo_screenheight() - margin)
        root.geometry(f"{width}x{height}")
        root.minsize(self.theme.pixels(480), self.theme.pixels(320))
        self.sets.begin_with(parameter_set, parameters or {})
        self._build_layout()
        self.set_dark(False)
        self.show_set()
        root.deiconify()

    def _build_layout(self) -> None:
        """Make the widgets of all controls and panels anew."""
        if self.layout is not None:
            self.layout.destroy()
        layout = FreeLayout(self, self._positions) if self._positions else AutomaticLayout(self)
        layout.pack(side="top", fill="both", expand=True)
        self.layout = layout
        self._source = SourceWatch(self.session.simulation_class)
        layout.color()

    def place_error_pane(self) -> None:
        """Show the error pane between the widgets and the status line."""
        assert self.layout is not None
        self.error_pane.pack(side="bottom", fill="x", before=self.layout, padx=self.theme.pixels(8))

    def set_dark(self, dark: bool) -> None:
        """Choose the dark or the light colors."""
        self.theme.apply(DARK if dark else LIGHT)
        self.theme.color_menu(self.menu)
        self.error_pane.color()
        if self.layout is not None:
            self.layout.color()

    # Layout in parameter sets ---------------------------------------------------------------

    def layout_state(self) -> dict[str, Any]:
        """Return what a parameter set keeps of the window."""
        worker = self.session.worker
        return {
            "widgets": self.layout.positions() if self.layout else {},
            "geometry": self.root.geometry(),
            "steps_per_frame": worker.steps_per_frame,
            "delay": worker.delay * 1000,
        }

    def take_layout(self, layout: Any) -> None:
        """Take over pace and positions from a parameter set; what makes no sense is ignored."""
        if not isinstance(layout, Mapping):
            return
        worker = self.session.worker
        pace, delay = layout.get("steps_per_frame", worker.steps_per_frame), layout.get("delay")
        if pace is None or (isinstance(pace, int) and pace > 0):
            worker.steps_per_frame = pace
        if isinstance(delay, int | float) and 0 <= delay <= LONGEST_DELAY:
            worker.delay = delay / 1000
        self.toolbar.show_pace()
        positions = layout.get("widgets") or {}
        if isinstance(positions, Mapping) and positions != self._positions:
            self._positions = dict(positions)
            if self.layout is not None:
                self._build_layout()
        geometry = layout.get("geometry")
        # A window that is already on the screen keeps the size that the user gave it.
        if self.layout is None and isinstance(geometry, str) and GEOMETRY.fullmatch(geometry):
            self.root.geometry(geometry)

    # Frames ---------------------------------------------------------------------------------

    def _poll(self) -> None:
        """Look after everything, sixty times a second."""
        now = time.perf_counter()
        try:
            self._tick(now)
        finally:
            if self.alive:
                self._due = max(self._due + FRAME_TIME, now)
                pause = max(self._due - time.perf_counter(), LEAST_PAUSE)
                call = self.root.tk.call
                self._timer = call("after", int(pause * 1000), self._poll_command)

    def _tick(self, now: float) -> None:
        session = self.session
        for request in self.engine.link.take():
            handle(self, request)
            if not self.alive:
                return
        if session.failure_changed():
            if self.engine.failure:
                self.error_pane.show(self.engine.failure)
            else:
                self.error_pane.hide()
        frame = session.worker.take_frame()
        if frame is not None:
            self._draw(frame, now)
        elif not session.worker.busy:
            self.last_frame_at = now
        session.follow_worker()
        self.toolbar.show_running(session.running)
        self.status.poll(now)
        if now >= self._watch_due:
            self._watch_due = now + WATCH_TIME
            self._watch_source()
        if self._reload is not None and self._reload.done:
            self._take_reload(self._reload)

    def _draw(self, frame: Frame, now: float) -> None:
        assert self.layout is not None
        self.last_frame_at = now
        self.steps = frame.steps
        self.frames += 1
        for panel in self.layout.panels.values():
            panel.show(frame)
        for name, control in self.layout.controls.items():
            control.follow(frame.parameters[name], frame.revision)
        self.status.drew(now, frame.steps, frame.run)

    # Values ---------------------------------------------------------------------------------

    def change(self, name: str, value: Any, *, continues: bool = False) -> Any:
        """Give a parameter the value that the user entered, so that it can be undone.

        Parameters
        ----------
        name : str
            The parameter.
        value : object
            Its new value.
        continues : bool, optional
            Whether this goes on with the former change, as in a drag.

        Raises
        ------
        ParameterError
            When the value is not acceptable.
        """
        former = self.engine.parameters()[name]
        valid = self.engine.set(name, value)
        control = self.session.simulation_class.controls[name]
        if control.saved and valid != former:
            self.sets.note(name, valid)
            if continues:
                self.undo_stack.extend(lambda: self.assign(name, valid))
            else:
                self.undo_stack.push(
                    Action(
                        f"change of {control.label}",
                        lambda: self.assign(name, former),
                        lambda: self.assign(name, valid),
                    )
                )
            self.status.update_texts()
        return valid

    def assign(self, name: str, value: Any) -> None:
        """Give a parameter a value and show it; see `change` for what the user enters."""
        valid = self.engine.set(name, value)
        self.sets.note(name, valid)
        if self.layout is not None:
            self.layout.controls[name].show(valid)

    def undo(self) -> None:
        """Take the last change of a value or of the parameter set back."""
        label = self.undo_stack.undo()
        self.say(f"Undone: {label}" if label else "There is nothing to undo")

    def redo(self) -> None:
        """Do again what was undone."""
        label = self.undo_stack.redo()
        self.say(f"Done again: {label}" if label else "There is nothing to do again")

    def commit_typing(self) -> None:
        """Take over what is being typed into a control."""
        widget: Any = self.root.tk.call("focus")
        for control in self.layout.controls.values() if self.layout else ():
            if str(widget).startswith(f"{control}."):
                control.finish()

    def _leave_field(self, event: Any) -> None:
        """A click beside all fields ends the typing and gives the blank its meaning."""
        if isinstance(event.widget, tk.Misc) and event.widget.winfo_class() in BACKGROUND:
            self.root.focus_set()

    # Commands -------------------------------------------------------------------------------

    def toggle_run(self) -> None:
        """Run or stop the simulation."""
        self.session.toggle()
        self.toolbar.show_running(self.session.running)
        self.status.update_texts()

    def step(self) -> None:
        """Compute one step."""
        self.session.step()

    def init(self) -> None:
        """Start a new run."""
        self.error_pane.hide()
        self.session.init()

    def say(self, text: str) -> None:
        """Show a message in the status line."""
        self.status.say(text)

    def show_set(self) -> None:
        """Display the name of the present parameter set."""
        self.toolbar.show_set(self.sets.name)
        self.root.title(f"{self.session.simulation_class.key} - ivisit")
        self.status.update_texts()

    def copy(self, text: str) -> None:
        """Copy a text to the clipboard."""
        self.root.clipboard_clear()
        self.root.clipboard_append(text)

    def save_result(self, path: str) -> None:
        """Save what the present run has given, as ``.npz``, or its traces as ``.csv``."""
        engine = self.engine

        def save() -> None:
            result = result_of(engine, status="failed" if engine.failure else "finished")
            try:
                result.to_csv(path) if path.endswith(".csv") else result.save(path)
            except (OSError, IVisitError) as error:
                engine.link.post("message", text=f"{path}: cannot be saved: {error}")
            else:
                engine.link.post("message", text=f"Saved {path}")

        # Between two steps: the recorder belongs to the worker's thread.
        self.session.worker.call(save)

    # Source ---------------------------------------------------------------------------------

    def _watch_source(self) -> None:
        if self._source.changed():
            self.say("The source file has changed; Ctrl-R loads it and keeps the values")

    def reload(self) -> None:
        """Load the simulation's source again; values are kept."""
        file = self._source.file
        if file is None:
            self.say("This simulation has no source file to load again")
        elif self._reload is None:
            self.say(f"Loading {file.name} ...")
            self._reload = Reload(file, self.session.simulation_class.__name__)

    def _take_reload(self, loaded: Reload) -> None:
        self._reload = None
        if loaded.simulation is None:
            if loaded.failure:
                self.error_pane.show(loaded.failure)
            return
        self.error_pane.hide()
        problems = self.session.replace(loaded.simulation)
        self.sets.adopt_simulation()
        self._build_layout()
        self.say("; ".join(problems.values()) or f"Loaded {loaded.file.name}; values are kept")

    # The end --------------------------------------------------------------------------------

    def quit(self) -> None:
        """Close the window; ask first when something is unsaved."""
        self.commit_typing()
        if not self.sets.modified:
            self.close()
        elif self._question is not None and self._question.winfo_exists():
            self._question.lift()
        else:
            self._question = QuestionDialog(
                self,
                "Quit",
                f"The values of {self.sets.name or 'this simulation'} have changed. Save them?",
                {"Save": lambda: self.sets.save(then=self.close), "Discard": self.close},
            )

    def close(self) -> None:
        """Close the window and end the simulation; a step that goes on is left behind."""
        if not self.alive:
            return
        self.alive = False
        self.sets.close()
        self.root.after_cancel(self._timer)
        self.root.destroy()
        self.session.close(CLOSE_TIME)
        QuickSwitching.end(self)
        # Tcl ends the process when its interpreter is freed on another thread, as the cyclic
        # garbage of a window might be: drop everything and collect it here.
        session = self.session
        vars(self).clear()
        self.alive, self.session = False, session
        gc.collect()

    def update(self) -> None:
        """Handle what has happened since the last call; for whoever has no `mainloop`."""
        if self.alive:
            self.root.update()

    def mainloop(self) -> None:
        """Return when the window is closed."""
        if self.alive:
            self.root.mainloop()
        gc.collect()

    def _internal_error(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """An exception in a callback of Tk: a fault of the window, which lives on all the same."""
        logger.error("internal error", exc_info=(kind, error, trace))
        if self.alive:
            self.error_pane.show(Failure.from_exception("ivisit's window", error))
