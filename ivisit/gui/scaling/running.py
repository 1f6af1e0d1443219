"""`Scaling`: a sweep or an optimization in a process of its own, and what it has stored so far."""

from __future__ import annotations

from ivisit.errors import IVisitError
from ivisit.gui.processes import Child
from ivisit.gui.scaling.requests import Request
from ivisit.runs.optimize_result import OptimizeResult
from ivisit.runs.repeating import quoted
from ivisit.runs.sweep_result import SweepResult


class Scaling:
    """Runs a request; each run is stored, so that the window only reads the store.

    Parameters
    ----------
    request : Request
        What is asked for.

    Attributes
    ----------
    child : Child
        The process; stopped, it stores the runs that go on first.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        self.child = Child([*request.words(), "--quiet"], quiet=True)

    @property
    def command(self) -> str:
        """The line that does the same, and goes on where this was ended."""
        return quoted(["ivisit", *self.request.words()])

    def result(self) -> SweepResult | None:
        """Return what is stored so far; None before the first run."""
        request = self.request
        kind = OptimizeResult if request.goal else SweepResult
        try:
            result = kind(request.store, request.name, request.simulation.key)
            return result if len(result) else None
        except IVisitError:
            return None  # not begun yet, or just being written

    def close(self) -> None:
        """End it and look after it no more."""
        self.child.stop()
        self.child.forget()
