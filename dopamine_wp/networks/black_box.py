"""Anything with parameters and a loss: simulators, rewards, models of other libraries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.batches import NO_BATCH
from dopamine_wp.networks.base import Network

LossFunction = Callable[..., Any]


class BlackBox(Network):
    """A loss as a network: what is inside is nobody's business.

    Parameters
    ----------
    loss : callable
        ``loss(theta)`` with theta (R, P) returns R losses, lower is better (of a reward: minus the
        reward). With batches (anything but None as `batches` of `train`) ``loss(theta, batch)``,
        where the batch is handed on as it is.
    n_parameters : int
        P.
    init : callable or array_like, optional
        Initial parameters: ``init(replicas, rng) -> (replicas, P)`` with a NumPy generator, or one
        vector (P,) for all replicas. Default N(0, 1).
    vectorized : bool, default True
        With False ``loss`` gets one vector (P,) at a time and returns one number.
    dtype : {float64, float32}, default float64
        What theta is handed on as.

    Raises
    ------
    ValueError
        For arguments of another kind; when used, if the loss returns anything but R numbers.

    Notes
    -----
    A loss that is not finite counts as failed: the perturbation is ignored, the step rejected.
    Rules that need a gradient, outputs or hidden activity refuse
    it by name. Perturbed copies of all replicas come in one call, as more rows.

    A loss with noise of its own (a stochastic simulator) breaks the comparison of perturbed and
    unperturbed: use the same noise for all rows of a call and for a batch, for example a seed as
    the batch, ``batches=lambda index: index``.

    Examples
    --------
    >>> import numpy as np
    >>> from dopamine_wp import BlackBox, Dopamine1, train
    >>> def sphere(theta):
    ...     return (theta**2).sum(axis=1)
    >>> net = BlackBox(sphere, 5)
    >>> history = train(net, Dopamine1(), None, theta=net.init(10, rng=0), steps=600, rng=1)
    >>> bool((history.loss[-1] < 0.01).all())
    True
    """

    needs_batches = False

    def __init__(
        self,
        loss: LossFunction,
        n_parameters: int,
        *,
        init: Any = None,
        vectorized: bool = True,
        dtype: Any = np.float64,
    ) -> None:
        if not callable(loss) or isinstance(loss, type):
            raise _checks.refuse("BlackBox", "loss", "a function of theta (R, P)", loss)
        _checks.whole("BlackBox", "n_parameters", n_parameters)
        _checks.flag("BlackBox", "vectorized", vectorized)
        super().__init__({"theta": (n_parameters,)}, dtype=dtype)
        self._function, self._vectorized = loss, vectorized
        self._first = init
        if init is not None and not callable(init):
            self._first = _checks.numbers_array("BlackBox", "init", init, self.dtype)
        if isinstance(self._first, np.ndarray) and self._first.shape != (n_parameters,):
            raise _checks.refuse(
                "BlackBox",
                "init",
                f"a function or an array of shape ({n_parameters},)",
                self._first.shape,
            )

    def __repr__(self) -> str:
        name = getattr(self._function, "__qualname__", type(self._function).__name__)
        return f"BlackBox({name}, {self.n_parameters}, dtype={self.dtype.name})"

    def as_batch(self, batch: Any) -> Any:
        """Return the batch as it is."""
        return batch

    def evaluate(self, theta: np.ndarray, batch: Any) -> np.ndarray:
        """Return the losses (R,) that the function gives."""
        arguments = () if self._without(batch) else (batch,)
        # Warnings inside the function are its owner's to see
        with np.errstate(all="warn"):
            if self._vectorized:
                # A copy: theta is safe from the function, which sees ordinary rows
                losses = self._function(np.array(theta, order="C"), *arguments)
            else:
                losses = [self._function(row, *arguments) for row in theta.copy()]
        return as_losses("BlackBox.loss", losses, len(theta))

    @staticmethod
    def _without(batch: Any) -> bool:
        """Tell whether this is no batch at all, and not one that a user has made."""
        return batch is None or batch is NO_BATCH

    def _initialize(self, views: dict[str, np.ndarray], rng: np.random.Generator) -> None:
        theta = views["theta"]
        if self._first is None:
            theta[...] = rng.standard_normal(theta.shape)
            return
        values = self._first(len(theta), rng) if callable(self._first) else self._first
        if np.shape(values) not in (theta.shape, theta.shape[1:]):
            raise ValueError(
                f"BlackBox.init: must return an array of shape {theta.shape}, "
                f"not {np.shape(values)}"
            )
        theta[...] = values


def as_losses(owner: str, losses: Any, replicas: int) -> np.ndarray:
    """Return what a user gave as losses, as a float64 array (replicas,)."""
    try:
        given = np.asarray(losses)
        if np.iscomplexobj(given):
            raise TypeError("complex numbers have no order")
        result = np.array(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{owner}: must give real numbers, not {losses!r}") from error
    if result.shape != (replicas,):
        raise ValueError(
            f"{owner}: must give one number for each of the {replicas} rows of theta, an array of "
            f"shape ({replicas},), not of shape {result.shape}"
        )
    return result
