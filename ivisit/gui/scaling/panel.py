"""`ScalingPanel`: a sweep as a curve or heat map, or an optimization, as it grows."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Mapping
from tkinter import ttk
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageTk

from ivisit.errors import IVisitError, ParameterError
from ivisit.gui.actions.undo import Action
from ivisit.gui.scaling.running import Scaling
from ivisit.runs.optimize_result import OptimizeResult
from ivisit.runs.sweep_result import SweepResult

if TYPE_CHECKING:
    from ivisit.gui.window import Window

#: Milliseconds between two looks into the store.
LOOK = 400
#: Seconds for which an answer to the user stays before the progress is told again.
ANSWER = 4.0
#: Width and height of the picture at 96 dpi, and the least of them.
SIZE, LEAST = (640, 440), 120


class ScalingPanel(tk.Toplevel):
    """Shows what is stored so far; a click on a point gives its values to the window.

    Parameters
    ----------
    window : Window
        The window.
    scaling : Scaling
        What goes on.

    Attributes
    ----------
    result : SweepResult or None
        What the picture shows.
    """

    def __init__(self, window: Window, scaling: Scaling) -> None:
        super().__init__(window.root, background=window.theme.palette.background)
        self.window = window
        self.scaling = scaling
        self.result: SweepResult | None = None
        self._figure: Any = None
        self._photo: Any = None
        self._size = (0, 0)
        self._answer_ends = 0.0
        px = window.theme.pixels
        request = scaling.request
        kind = "Optimize" if request.goal else "Sweep"
        self.title(f"{kind} {', '.join(axis.name for axis in request.axes)} - {request.metric}")
        foot = ttk.Frame(self, padding=px(10))
        foot.pack(side="bottom", fill="x")
        self.stop_button = ttk.Button(foot, text="Stop", command=self.stop)
        self.copy_button = ttk.Button(foot, text="Copy command", command=self.copy_command)
        self.best_button = ttk.Button(foot, text="Load best", command=self.load_best)
        for button in (self.stop_button, self.copy_button, self.best_button):
            if request.goal or button is not self.best_button:
                button.pack(side="right", padx=(px(8), 0))
        self.status = ttk.Label(foot, text="Beginning ...", anchor="w")
        self.status.pack(side="left", fill="x", expand=True)
        self.picture = tk.Label(self, background="white", borderwidth=0)
        self.picture.pack(fill="both", expand=True)
        self.picture.bind("<Button-1>", self._clicked)
        self.picture.bind("<Configure>", lambda event: self.draw(), add=True)
        # At the lower right of the window, so that its controls stay in sight.
        root, width, height = window.root, px(SIZE[0]), px(SIZE[1] + 60)
        x = root.winfo_rootx() + max(root.winfo_width() - width - px(20), 0)
        y = root.winfo_rooty() + max(root.winfo_height() - height - px(40), 0)
        self.geometry(f"{width}x{height}+{x}+{y}")
        self.protocol("WM_DELETE_WINDOW", self.destroy)
        self.bind("<Escape>", lambda event: self.destroy())
        self.bind("<Destroy>", self._destroyed)
        self._timer = self.after(LOOK, self._look)

    # Growing --------------------------------------------------------------------------------

    def _look(self) -> None:
        ended = self.scaling.child.has_ended  # before reading: nothing comes afterwards
        result = self.scaling.result()
        if result is not None and (self.result is None or len(result) != len(self.result)):
            self.result = result
            self.draw(anew=True)
        self._tell(ended)
        if ended:
            self.stop_button.configure(state="disabled")
        else:
            self._timer = self.after(LOOK, self._look)

    def _tell(self, ended: bool) -> None:
        """Say how far it is, or how it has ended."""
        if not ended and time.monotonic() < self._answer_ends:
            return
        # Of a complete one the exit code only says that some of its runs have failed.
        complete = self.result is not None and self.result.complete
        problem = self.scaling.child.problem() if ended and not complete else ""
        done = 0 if self.result is None else len(self.result)
        size = self.result.sweep.size if self.result is not None else 0
        text = f"{done} of {size} runs" if size else "Beginning ..."
        if self.result is not None and (failed := self.result.failures):
            text += f", {len(failed)} failed ({failed[0].failure})"
        if problem:
            text = problem
        elif self.result is not None and isinstance(self.result, OptimizeResult):
            text += self._best(self.result)
            if ended and self.result.complete:
                text += f"; saved as {self.scaling.request.save!r}"
        elif self.result is not None:
            text += "; a click on a point loads its values"
        self.status.configure(text=text, wraplength=max(self.winfo_width() - 360, 200))

    @staticmethod
    def _best(result: OptimizeResult) -> str:
        try:
            best = result.top(1)[0]
        except (IndexError, IVisitError):
            return ""
        values = ", ".join(f"{name} {value:.4g}" for name, value in best["parameters"].items())
        return f"; best {result.objective} {best['value']:.4g} at {values}"

    def draw(self, *, anew: bool = False) -> None:
        """Draw what is known, in the size of the place."""
        size = self.picture.winfo_width(), self.picture.winfo_height()
        if self.result is None or min(size) < LEAST or (size == self._size and not anew):
            return
        self._size = size
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        self._figure = self._new_figure(self.result)
        self._figure.set_size_inches(size[0] / self._figure.dpi, size[1] / self._figure.dpi)
        canvas = FigureCanvasAgg(self._figure)
        canvas.draw()
        pixels = np.asarray(canvas.buffer_rgba())
        self._photo = ImageTk.PhotoImage(Image.fromarray(pixels), master=self)
        self.picture.configure(image=self._photo)

    def _new_figure(self, result: SweepResult) -> Any:
        request = self.scaling.request
        if isinstance(result, OptimizeResult):
            return result.history_figure()
        names = [axis.name for axis in request.axes]
        if len(names) == 1:
            return result.figure(names[0], request.metric)
        return result.heatmap(names[0], names[1], request.metric)

    # What the user does ---------------------------------------------------------------------

    def _clicked(self, event: Any) -> None:
        values = self.values_at(event.x, event.y)
        if values is not None:
            self.load(values)

    def values_at(self, x: int, y: int) -> dict[str, Any] | None:
        """Return the values of the point nearest to a place of the picture; None beside it."""
        result = self.result
        if result is None or self._figure is None or isinstance(result, OptimizeResult):
            return None
        axes = self._figure.axes[0]
        place = (x, self._size[1] - y)
        if not axes.bbox.contains(*place):
            return None
        across, up = axes.transData.inverted().transform(place)
        names = [axis.name for axis in self.scaling.request.axes]
        if len(names) == 1:
            known = np.unique(result.parameters[names[0]])
            pixels = axes.transData.transform(np.column_stack([known, np.zeros(len(known))]))[:, 0]
            return {names[0]: known[np.argmin(abs(pixels - x))].item()}
        # A heat map has a cell for each value, whatever the distances between values are.
        found = {}
        for name, position in zip(names, (across, up), strict=True):
            known = np.unique(result.parameters[name])
            found[name] = known[min(max(round(position), 0), len(known) - 1)].item()
        return found

    def load(self, values: Mapping[str, Any]) -> None:
        """Give the window the values of a point; undo takes them back together."""
        window = self.window
        former = {name: window.engine.parameters()[name] for name in values}
        give = window.values.give
        told = ", ".join(f"{name} {value:.6g}" for name, value in values.items())
        try:
            give(values)
        except ParameterError as error:  # the range was changed since
            window.say(str(error))
            return
        window.values.undo_stack.push(
            Action(f"loading {told}", lambda: give(former), lambda: give(values))
        )
        self._answer(f"Loaded {told}")

    def load_best(self) -> None:
        """Give the window the best values so far."""
        if isinstance(self.result, OptimizeResult) and (best := self.result.top(1)):
            self.load(best[0]["parameters"])

    def _answer(self, text: str) -> None:
        """Tell what the user's doing has brought about, for long enough to be read."""
        self._answer_ends = time.monotonic() + ANSWER
        self.status.configure(text=text)

    def stop(self) -> None:
        """End it; what was computed stays stored, and the command goes on."""
        self.scaling.child.stop()
        self._answer("Stopping ...")

    def copy_command(self) -> None:
        """Copy the command that does the same, and goes on where this was ended."""
        self.window.copy(self.scaling.command)
        self._answer(f"Copied: {self.scaling.command}")

    def _destroyed(self, event: Any) -> None:
        if event.widget is self:
            self.after_cancel(self._timer)
            self.scaling.close()
