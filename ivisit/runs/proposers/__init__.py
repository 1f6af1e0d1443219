"""Methods of optimisation, one kind a file; see `ivisit.runs.proposers.base`.

The registry names them; each is loaded when it is used.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Sequence

from ivisit.errors import ParameterError, expected
from ivisit.runs.proposers.base import Proposer
from ivisit.runs.seeding import stream
from ivisit.runs.space import Dimension

logger = logging.getLogger(__name__)

#: Name to "module:class".
METHODS = {
    "de": "ivisit.runs.proposers.differential_evolution:DifferentialEvolution",
    "random": "ivisit.runs.proposers.sampling:RandomSearch",
    "sobol": "ivisit.runs.proposers.sampling:SobolSearch",
    "tpe": "ivisit.runs.proposers.optuna_samplers:TreeParzen",
    "cmaes": "ivisit.runs.proposers.optuna_samplers:CovarianceAdaptation",
    "gp": "ivisit.runs.proposers.optuna_samplers:GaussianProcess",
}

__all__ = ["METHODS", "Proposer", "check_method", "default_method", "make_proposer"]


def check_method(method: str) -> str:
    """Return the name of a method, or raise `ParameterError`."""
    if method not in METHODS:
        raise ParameterError(expected("optimize", "method", f"one of {', '.join(METHODS)}", method))
    return method


def default_method() -> str:
    """Return the best method that is installed."""
    from ivisit.runs.proposers.optuna_samplers import available

    if available():
        return "tpe"
    logger.warning(
        "using differential evolution; pip install 'ivisit-lab[optimize]' usually finds better "
        "values in 100 trials"
    )
    return "de"


def make_proposer(method: str, dimensions: Sequence[Dimension], entropy: int) -> Proposer:
    """Return a proposer.

    Parameters
    ----------
    method : str
        One of `METHODS`.
    dimensions : sequence of Dimension
        What is searched.
    entropy : int
        Seed of the optimisation.
    """
    module, _, name = METHODS[check_method(method)].partition(":")
    seed = int(stream(entropy, method).integers(2**31))
    proposer: Proposer = getattr(importlib.import_module(module), name)(dimensions, seed)
    return proposer
