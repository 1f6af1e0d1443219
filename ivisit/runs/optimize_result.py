"""`OptimizeResult`: the trials of an optimisation, read from the store."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from ivisit.errors import IVisitError
from ivisit.runs.statistics import worst_as
from ivisit.runs.sweep_result import SweepResult
from ivisit.store import ParameterStore


class OptimizeResult(SweepResult):
    """The trials of an optimisation; each run of a trial is a row, as in a sweep.

    Parameters
    ----------
    store : path-like
        The file.
    name : str
        Name of the optimisation, or ``SIMULATION/NAME``.
    simulation : str, optional
        Key of the simulation.

    Attributes
    ----------
    objective : str
        The metric that is optimised.
    maximize : bool
        Whether it is to be large.
    """

    @property
    def objective(self) -> str:
        """The metric that is optimised."""
        return str(self.sweep.specification["objective"]["metric"])

    @property
    def maximize(self) -> bool:
        """Whether the objective is to be large."""
        return bool(self.sweep.specification["objective"]["direction"] == "maximize")

    @property
    def trial(self) -> np.ndarray:
        """Trial of each run, int64, shape (n,)."""
        trials: np.ndarray = self.index // self.sweep.specification["repeats"]
        return trials

    @cached_property
    def history(self) -> np.ndarray:
        """The trials in their order, a structured array.

        Fields: trial, the parameters, value (median over repeats; infinite for a failed or
        diverged trial: ``inf``, or ``-inf`` when the objective is to be large), best so far.
        """
        costs = worst_as(self.metric(self.objective), self.maximize)
        trials, first = np.unique(self.trial, return_index=True)
        sign = -1.0 if self.maximize else 1.0
        values = np.array([np.median(costs[self.trial == t]) for t in trials])
        columns = [("trial", np.int64), *((n, c.dtype) for n, c in self.parameters.items())]
        table = np.empty(trials.size, dtype=[*columns, ("value", float), ("best", float)])
        table["trial"] = trials
        for name, column in self.parameters.items():
            table[name] = column[first]
        table["value"] = sign * values
        table["best"] = sign * np.minimum.accumulate(values) if values.size else values
        return table

    def top(self, n: int = 3) -> list[dict[str, Any]]:
        """Return the `n` best trials with different parameters, best first.

        Each is a dict with ``trial``, ``parameters`` and ``value``.
        """
        history = self.history
        order = np.argsort(worst_as(history["value"], self.maximize), kind="stable")
        found: list[dict[str, Any]] = []
        for place in order:
            parameters = {name: history[name][place].item() for name in self.varied}
            if parameters not in [best["parameters"] for best in found]:
                value = float(history["value"][place])
                trial = int(history["trial"][place])
                found.append({"trial": trial, "parameters": parameters, "value": value})
            if len(found) == n:
                break
        return found

    @cached_property
    def confirmation(self) -> SweepResult | None:
        """The runs that tried the best trials again, if that was asked for."""
        beginning = f"{self.name}-confirm-"
        with ParameterStore(self.path, create=False) as store:
            names = [
                sweep.name
                for sweep in store.sweeps()
                if sweep.simulation == self.sweep.simulation
                and sweep.name.startswith(beginning)
                and sweep.name.endswith(f"-{self.sweep.specification['trials']}")
                and sweep.status == "finished"
            ]
        return SweepResult(self.path, names[-1], self.sweep.simulation) if names else None

    @cached_property
    def winner(self) -> dict[str, Any]:
        """The best trial as in `top`, or the best point of the confirmation as in `best`."""
        confirmed = self.confirmation
        if confirmed is not None:
            return confirmed.best(self.objective, maximize=self.maximize)[0]
        top = self.top(1)
        if not top or not np.isfinite(top[0]["value"]):
            raise IVisitError(f"optimization {self.name!r}: {self._none()}")
        return top[0]

    @property
    def best_parameters(self) -> dict[str, Any]:
        """The best values of what was searched; decided by the confirmation where there is one."""
        return dict(self.winner["parameters"])

    @property
    def best_value(self) -> float:
        """The objective there; of noisy objectives it is too good to be true, unless confirmed."""
        return float(self.winner["value"])

    def importance(self, metric: str | None = None) -> Any:
        """Return a figure of how much each parameter says about the objective.

        Parameters
        ----------
        metric : str, optional
            Another metric than the objective.
        """
        return super().importance(metric or self.objective)

    def history_figure(self) -> Any:
        """Return a figure: trials and the best so far, and the objective over each parameter."""
        from ivisit.runs.figures import history

        return history(self, self.objective, maximize=self.maximize)

    def summary(self) -> str:
        """Return one line: how many runs, the best value."""
        text = super().summary()
        try:
            values = ", ".join(f"{n}={v!r}" for n, v in self.best_parameters.items())
        except IVisitError:
            return f"{text}; {self._none()}"
        confirmed = " (confirmed)" if self.confirmation is not None else ""
        return f"{text}; best {self.objective} {self.best_value:.6g}{confirmed} at {values}"

    def _none(self) -> str:
        """Say why there is no best trial."""
        if self.objective in self.never:
            return f"{self.objective} has held in no trial"
        return f"no trial has given a finite {self.objective}"
