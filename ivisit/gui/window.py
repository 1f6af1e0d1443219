"""`Window`: assembles the parts, draws frames, and passes on what the user does."""

from __future__ import annotations

import gc
import logging
import os
import time
import tkinter as tk
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, cast

from ivisit.engine import Engine
from ivisit.errors import Failure
from ivisit.gui.actions.arranging import ArrangingCommands
from ivisit.gui.actions.autosaving import Autosave
from ivisit.gui.actions.marking import Marks
from ivisit.gui.actions.reloading import SourceCommands
from ivisit.gui.actions.remembering import remember
from ivisit.gui.actions.requests import handle
from ivisit.gui.actions.sessions import SessionCommands
from ivisit.gui.actions.sets import PROBLEMS, SetCommands
from ivisit.gui.actions.stored_sets import StoredSetCommands
from ivisit.gui.actions.values import ValueCommands
from ivisit.gui.actions.waiting import WaitingMarks
from ivisit.gui.bars.console import Console
from ivisit.gui.bars.error_pane import ErrorPane
from ivisit.gui.bars.menu import MenuBar
from ivisit.gui.bars.messages import MessageBar
from ivisit.gui.bars.status import StatusLine
from ivisit.gui.bars.toolbar import Toolbar
from ivisit.gui.drawers import Drawer
from ivisit.gui.layouts import Layout
from ivisit.gui.saving import tell_saved
from ivisit.gui.session import QuickSwitching, Session
from ivisit.gui.settings import Settings
from ivisit.gui.toolkit.dialogs import QuestionDialog
from ivisit.gui.toolkit.editing import order_for_tab, teach_keys
from ivisit.gui.toolkit.on_demand import on_demand
from ivisit.gui.toolkit.scrolling import protect_from_wheel, scroll_on_tab, scroll_on_wheel
from ivisit.gui.toolkit.theme import DARK, LIGHT, Theme
from ivisit.recording import Frame
from ivisit.runs.beginning import store_name
from ivisit.simulation import Simulation
from ivisit.store import default_path

if TYPE_CHECKING:
    from ivisit.gui.browser import Browser
    from ivisit.gui.drawers.changes import Changes

logger = logging.getLogger(__name__)

#: Seconds between two frames, and the least pause that leaves time for the user's input.
FRAME_TIME, LEAST_PAUSE = 1 / 60, 0.003
#: Seconds that one `Window.update` takes at the most.
UPDATE_TIME = 0.1
#: Tcl's flag for handling an event only if there is one.
DONT_WAIT = 2
#: Points by which letters may be smaller or larger than those of the system.
SMALLEST_FONT, LARGEST_FONT = -3, 14
#: Seconds for which closing waits for the present step.
CLOSE_TIME = 0.5
#: Classes of widgets that take no input: a click on them ends the typing.
BACKGROUND = ("Canvas", "Frame", "Label", "TFrame", "TLabel", "Tk")


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
        self.layout: Layout | None = None
        self._question: QuestionDialog | None = None
        self._timer = ""
        self._due = 0.0
        self._faulty: set[str] = set()
        try:
            self._build(store, parameter_set, parameters)
        except BaseException:
            self.root.destroy()
            raise
        QuickSwitching.begin(self)
        # Panels have sizes once the window is on the screen: the first frame then fits.
        self.update()
        if not self.alive:
            return  # somebody was very quick
        self.session.start()
        # One Tcl command for all rounds: making one costs three calls into Tk.
        self._poll_command = self.root.register(self._poll)
        self._poll()

    @property
    def engine(self) -> Engine:
        """The engine of the simulation; reloading the source replaces it."""
        return self.session.engine

    @property
    def browser(self) -> Browser:
        """The page with the parameter sets."""
        return cast("Browser", self.drawer.page_called("Sets"))

    @property
    def changes(self) -> Changes:
        """The page with the changes of this run."""
        return cast("Changes", self.drawer.page_called("Changes"))

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
        root.title(f"{self.session.simulation_class.key} - ivisit")
        self.theme = Theme(root)
        self.theme.apply(LIGHT)
        self.settings = Settings(self.session.simulation_class.key)
        self.font_size = self.settings.get("font_size", int, 0)
        self.theme.set_font_size(self.font_size)
        path = Path(store) if store else default_path(store_name(self.session.simulation_class))
        self.values = ValueCommands(self)
        self.sets = SetCommands(self, path)
        self.waiting = WaitingMarks(self)
        self.stored_sets = StoredSetCommands(self)
        self.source = SourceCommands(self)
        self.arranging = ArrangingCommands(self)
        self.autosave = Autosave(self)
        self.sessions = SessionCommands(self)
        self.status = StatusLine(self)
        self.toolbar = Toolbar(self)
        self.messages = MessageBar(self)
        self.menu = MenuBar(self)
        self.drawer = Drawer(self)
        self.console, self.error_pane = Console(self), ErrorPane(self)
        self.drawer.add(self.console)
        self.drawer.add_later("Sets", on_demand("ivisit.gui.browser", "Browser"))
        self.drawer.add_later("Changes", on_demand("ivisit.gui.drawers.changes", "Changes"))
        self.drawer.add(self.error_pane)
        self.drawer.take_heights(self.settings.get_own("drawer", dict, {}))
        self.marks = Marks(self)
        self.toolbar.pack(side="top", fill="x")
        self.status.pack(side="bottom", fill="x")
        for kind in ("TCombobox", "TScale"):
            protect_from_wheel(root, kind)
        scroll_on_wheel(root)
        scroll_on_tab(root)
        self.word_undo = teach_keys(root)
        root.configure(menu=self.menu)
        self.arranging.begin()
        preferred = self.engine.simulation._opening(path)
        self.sets.begin_with(parameter_set or preferred, parameters or {})
        self.session.live = self.settings.get_own("live", bool, self.session.live)
        self.toolbar.show_live(self.session.live)
        self.build_layout()
        self.arranging.fit_window()
        self.set_dark(self.settings.get("dark", bool, False))
        self.show_set()
        root.deiconify()

    def build_layout(self) -> None:
        """Make the widgets of all controls and panels anew."""
        self.arranging.build()
        assert self.layout is not None
        order_for_tab(self.toolbar, self.messages, self.layout, self.drawer, self.status)

    def abandon(self) -> None:
        """Leave a step that does not end behind; a fresh simulation has the same values."""
        if not self.session.worker.busy:
            return
        problems = self.session.abandon()
        self.build_layout()
        self.say("The step is left behind; a fresh run has begun")
        if problems:
            self.messages.show(PROBLEMS, "; ".join(problems.values()))

    def set_font_size(self, size: int) -> None:
        """Make all letters larger or smaller, by points; 0 is the size of the system."""
        self.font_size = min(max(size, SMALLEST_FONT), LARGEST_FONT)
        self.theme.set_font_size(self.font_size)
        if self.layout is not None:
            self.layout.refit()

    def set_dark(self, dark: bool) -> None:
        """Choose the dark or the light colors."""
        self.menu.show_dark(dark)
        self.theme.apply(DARK if dark else LIGHT)
        self.theme.color_menu(self.menu)
        self.drawer.color()
        if self.layout is not None:
            self.layout.color()

    # Frames ---------------------------------------------------------------------------------

    def _poll(self) -> None:
        """Look after everything, sixty times a second."""
        now = time.perf_counter()
        courtesy = self.session.worker.courtesy
        courtesy.begin()
        try:
            self._tick(now)
        finally:
            if self.alive:
                self._due = max(self._due + FRAME_TIME, now)
                pause = max(self._due - time.perf_counter(), LEAST_PAUSE)
                call = self.root.tk.call
                self._timer = call("after", int(pause * 1000), self._poll_command)
                courtesy.end(pause)

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
        self.waiting.poll()
        self.toolbar.show_running(session.running)
        self.console.add(session.printed())
        self.marks.poll()
        self.drawer.poll(now)
        self.status.poll(now)
        self.source.poll(now)
        self.sets.care.poll(now)
        self.autosave.poll(now)
        self.sessions.poll(now)

    def _draw(self, frame: Frame, now: float) -> None:
        assert self.layout is not None
        self.last_frame_at = now
        self.steps = frame.steps
        self.frames += 1
        for card in self.layout.cards:
            try:
                card.show(frame)
            # A fault of one panel must not stop the others; it is told.
            except Exception as error:  # noqa: BLE001
                self._panel_fault(card.name, error)
        for name, control in self.layout.controls.items():
            control.follow(frame.parameters[name], frame.revision)
        self.arranging.learn_shapes()
        self.status.drew(now, frame.steps, frame.run)

    def _panel_fault(self, name: str, error: Exception) -> None:
        """Tell that a panel cannot be drawn, once."""
        if name not in self._faulty:
            self._faulty.add(name)
            logger.error("%s cannot be drawn", name, exc_info=error)
            self.error_pane.show(Failure.from_exception(f"drawing of {name}", error))

    def _leave_field(self, event: Any) -> None:
        """A click elsewhere takes over what was typed; beside all fields it ends the typing."""
        self.values.commit_typing(clicked=str(event.widget))
        widget = event.widget
        if not isinstance(widget, tk.Misc) or widget.winfo_class() not in BACKGROUND:
            return
        # Lists and panels that want keys have just taken the focus themselves.
        if str(widget.cget("takefocus")) != "1":
            widget.winfo_toplevel().focus_set()

    # Commands -------------------------------------------------------------------------------

    def toggle_run(self) -> None:
        """Run or stop the simulation."""
        self.session.toggle()
        self.toolbar.show_running(self.session.running)
        self.status.update_texts()

    def escape(self) -> None:
        """Leave a drag or one panel alone, else end the playing, else cancel steps that wait."""
        if self.arranging.escape():
            return
        if self.sessions.playing is not None:
            self.sessions.stop()
        elif self.session.worker.waiting_steps > 1:
            self.session.worker.cancel_steps()

    def step(self) -> None:
        """Compute one step."""
        self.session.step()

    def run_for(self, steps: int, until: Callable[[Any], bool] | None = None) -> None:
        """Run for so many steps at the most, or until a function of the simulation is true."""
        self.session.run(steps, until)

    def set_live(self, live: bool) -> None:
        """Choose whether a changed value computes a step while nothing runs."""
        self.session.live = live
        self.toolbar.show_live(self.session.live)
        self.menu.show_live()
        if live and any(self.engine.waiting()):
            self.session.worker.change(restart=bool(self.engine.waiting()[1]), preview=False)

    def init(self) -> None:
        """Start a new run."""
        self.error_pane.hide()
        self.session.init()

    def retry(self) -> None:
        """Compute the step that has failed once more."""
        self.error_pane.hide()
        self.session.retry()

    def say(self, text: str) -> None:
        """Show a message in the status line."""
        self.status.say(text)

    def tell_saved(
        self,
        path: str | os.PathLike[str],
        problem: str = "",
        again: Callable[[], object] | None = None,
    ) -> None:
        """Tell how the saving of a file went; see `ivisit.gui.saving.tell_saved`."""
        tell_saved(self, path, problem, again)

    def point_at(self, text: str) -> None:
        """Show what the pointer points at; an empty text when it is nothing."""
        self.status.point_at(text)

    def change(
        self, name: str, value: Any, *, continues: bool = False, settled: bool = True
    ) -> Any:
        """Give a parameter the value that the user entered; see `Host.change`."""
        self.session.take_over()
        valid = self.values.change(name, value, continues=continues)
        self.session.changed(name, settled=settled)
        return valid

    def settle(self, name: str) -> None:
        """The user has let go of a control."""
        self.session.changed(name, settled=True)

    def show_set(self) -> None:
        """Display the name of the present parameter set."""
        self.toolbar.show_set(self.sets.short_title())
        self.status.update_texts()

    def copy(self, text: str) -> None:
        """Copy a text to the clipboard."""
        self.root.clipboard_clear()
        self.root.clipboard_append(text)

    # The end --------------------------------------------------------------------------------

    def quit(self) -> None:
        """Close the window; ask first when something is unsaved."""
        self.values.commit_typing()
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
        self.autosave.close()
        remember(self)
        self.session.turns.stop(self.root.after_cancel)
        if self._timer:
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
        # Not Tk's update(): while drawing takes all the time, that would never return.
        handle_event = self.root.tk.dooneevent if self.alive else None
        end = time.perf_counter() + UPDATE_TIME
        while handle_event and handle_event(DONT_WAIT) and time.perf_counter() < end:
            pass

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
