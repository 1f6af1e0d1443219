"""Optuna's samplers: TPE, CMA-ES, Gaussian processes; with the extra ``[optimize]``.

The study is in memory. The store is the only state, and a sampler is led to where it was by
asking and telling all over again.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
import warnings
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from ivisit.errors import IVisitError, ParameterError
from ivisit.runs.proposers.base import Proposer
from ivisit.runs.space import Dimension


def available() -> bool:
    """Tell whether Optuna is installed."""
    return importlib.util.find_spec("optuna") is not None


class _Sampler(Proposer):
    """A study with one of Optuna's samplers."""

    def __init__(self, dimensions: Sequence[Dimension], seed: int) -> None:
        super().__init__(dimensions, seed)
        try:
            self._optuna = importlib.import_module("optuna")
        except ImportError as error:
            raise IVisitError(
                "this method needs Optuna: pip install 'ivisit-lab[optimize]', or take --method de"
            ) from error
        self._optuna.logging.set_verbosity(self._optuna.logging.WARNING)
        self._distributions = {d.name: self._distribution(d) for d in dimensions}
        self._trials: dict[int, Any] = {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._study = self._optuna.create_study(sampler=self._sampler())

    @abstractmethod
    def _sampler(self) -> Any:
        """Return Optuna's sampler."""

    def _distribution(self, dimension: Dimension) -> Any:
        kinds = self._optuna.distributions
        if dimension.options is not None:
            return kinds.CategoricalDistribution(dimension.options)
        kind = kinds.IntDistribution if dimension.whole else kinds.FloatDistribution
        return kind(dimension.low, dimension.high, log=dimension.scale == "log")

    def ask(self, trial: int) -> tuple[Any, ...]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            asked = self._trials[trial] = self._study.ask(self._distributions)
        return tuple(asked.params[dimension.name] for dimension in self.dimensions)

    def tell(self, trial: int, values: tuple[Any, ...], cost: float) -> None:
        asked = self._trials.pop(trial)
        if math.isfinite(cost):
            self._study.tell(asked, cost)
        else:
            self._study.tell(asked, state=self._optuna.trial.TrialState.FAIL)

    def insert(self, trial: int, values: tuple[Any, ...], cost: float) -> None:
        states = self._optuna.trial.TrialState
        asked = self._trials.pop(trial, None)
        if asked is not None:
            self._study.tell(asked, state=states.FAIL)
        finite = math.isfinite(cost)
        names = [dimension.name for dimension in self.dimensions]
        self._study.add_trial(
            self._optuna.trial.create_trial(
                params=dict(zip(names, values, strict=True)),
                distributions=self._distributions,
                value=cost if finite else None,
                state=states.COMPLETE if finite else states.FAIL,
            )
        )


class TreeParzen(_Sampler):
    """Tree-structured Parzen estimator, all parameters together.

    Bergstra et al., NeurIPS 24 (2011); Falkner, Klein, Hutter, ICML (2018) for the joint one.
    """

    def _sampler(self) -> Any:
        return self._optuna.samplers.TPESampler(
            seed=self.seed, multivariate=True, constant_liar=True
        )


class CovarianceAdaptation(_Sampler):
    """CMA-ES; Hansen and Ostermeier, Evolutionary Computation 9 (2001) 159. No options."""

    def __init__(self, dimensions: Sequence[Dimension], seed: int) -> None:
        options = [d.name for d in dimensions if d.options is not None]
        if options:
            raise ParameterError(
                f"cmaes: searches numbers only, and {', '.join(options)} has options; take tpe"
            )
        super().__init__(dimensions, seed)

    def _sampler(self) -> Any:
        if importlib.util.find_spec("cmaes") is None:
            raise IVisitError("cmaes: needs the package cmaes: pip install 'ivisit-lab[optimize]'")
        return self._optuna.samplers.CmaEsSampler(seed=self.seed)


class GaussianProcess(_Sampler):
    """Gaussian-process regression with log expected improvement; needs PyTorch."""

    def _sampler(self) -> Any:
        if importlib.util.find_spec("torch") is None:
            raise IVisitError("gp: needs PyTorch (pip install torch); tpe does without it")
        return self._optuna.samplers.GPSampler(seed=self.seed)
