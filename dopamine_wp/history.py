"""What a training run leaves behind: curves, final parameters and all that resuming needs."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from dopamine_wp import _checks, saving

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(eq=False, repr=False)
class History:
    """Result of `train`; hand it to ``train(..., resume=history)`` to go on.

    Attributes
    ----------
    theta : ndarray, shape (R, P), the network's dtype
        Parameters after the last step.
    loss : ndarray, shape (steps, R), float64
        Loss at theta before every step, on that step's batch; NaN where a rule does not know it.
    rate : ndarray, shape (steps, R)
        Learning rate used in every step.
    rpe : ndarray, shape (steps, R)
        Reward prediction error, the mean over the perturbations; NaN for gradient rules.
    agreement : ndarray, shape (steps, R)
        Actual over expected gain, clipped to [-1, 1]; NaN for rules that do not measure it.
    fpe : ndarray, shape (steps,)
        Forward-pass equivalents that every replica has spent up to and with each step, in units
        of `fpe_unit`.
    seconds : ndarray, shape (steps,)
        Wall-clock time spent in the steps up to and with each step, without what callbacks took;
        NaN for the steps of files of version 1. No part of what a repeated run reproduces.
    solved_at : ndarray, shape (R,)
        Cumulative forward-pass equivalents when a loss below `stop_loss` was first evaluated at
        theta; inf if never.
    failed : ndarray of bool, shape (R,)
        Replicas whose loss was not finite at some step; they stayed where they were.
    status : str
        "finished" (all steps done), "solved" (all replicas below `stop_loss`), "stopped" (by a
        callback), "exhausted" (the iterator of batches ended), "interrupted" (Ctrl-C) or "running"
        (saved by a `Checkpoint`).
    optimizer : str
        Class name of the optimizer.
    settings, network : str
        The optimizer and the network in words, by which resuming notices other ones; empty in
        histories that were saved by a former version.
    fpe_unit : str
        What one forward-pass equivalent is: "16 sequences" (recurrent networks) or "batch", a pass
        over one batch whatever its size. Files of version 1 counted all networks by the batch and
        are read with that mark.
    key : int
        Philox key of the perturbations.
    total_steps : int
        Length over which a decay runs to zero.
    stop_loss : float or None
        Loss below which a replica counted as solved.
    state : dict of str to ndarray
        The optimizer's memory.
    known_loss : ndarray, shape (R,), or None
        Loss at the last theta on the batch that was being held.
    held_batch : int
        Checksum of that batch.
    """

    theta: np.ndarray
    loss: np.ndarray
    rate: np.ndarray
    rpe: np.ndarray
    agreement: np.ndarray
    fpe: np.ndarray
    solved_at: np.ndarray
    failed: np.ndarray
    status: str
    optimizer: str
    key: int
    total_steps: int
    stop_loss: float | None = None
    settings: str = ""
    network: str = ""
    fpe_unit: str = "batch"
    seconds: np.ndarray = field(default_factory=lambda: np.empty(0))
    state: dict[str, np.ndarray] = field(default_factory=dict)
    known_loss: np.ndarray | None = None
    held_batch: int = 0

    def __post_init__(self) -> None:
        if len(self.seconds) != len(self.fpe):
            self.seconds = np.full(len(self.fpe), np.nan)

    @property
    def steps(self) -> int:
        """Number of steps done."""
        return len(self.fpe)

    @property
    def replicas(self) -> int:
        """R, the number of replicas."""
        return len(self.theta)

    def __repr__(self) -> str:
        cost = self.fpe[-1] if self.steps else 0
        return (
            f"History({self.optimizer}, {self.status}: {self.steps} steps, "
            f"{self.replicas} replicas, {cost:g} forward-pass equivalents each)"
        )

    def fpe_to(self, loss: float) -> np.ndarray:
        """Return what it has cost every replica to come below a loss for the first time.

        Parameters
        ----------
        loss : float
            The loss that is to be reached.

        Returns
        -------
        ndarray, shape (R,)
            Cumulative forward-pass equivalents of the first step at whose beginning the loss was
            below; inf for replicas that never were. `solved_at` is finer: it knows when within a
            step, and the candidate of the last step.

        Examples
        --------
        >>> from dopamine_wp import MLP, Adam, tasks, train
        >>> net = MLP((2, 4, 1), output="sigmoid")
        >>> history = train(net, Adam(0.1), tasks.xor(), theta=net.init(2, rng=0), steps=60)
        >>> history.fpe_to(0.1).tolist()
        [57.0, 42.0]
        """
        _checks.real("History.fpe_to", "loss", loss)
        # An additional step at which everybody is below costs infinitely much
        below = np.vstack([self.loss < loss, np.ones(self.loss.shape[1], bool)])
        return np.append(self.fpe, np.inf)[below.argmax(axis=0)]

    def plot(
        self,
        ax: Axes | None = None,
        *,
        curve: Literal["loss", "rate", "rpe", "agreement"] = "loss",
        axis: Literal["fpe", "seconds", "steps"] = "fpe",
        smooth: int = 1,
    ) -> Axes:
        """Plot the median over the replicas with a band between the quartiles.

        The arguments, the result and the errors are those of `plot_histories`, which plots several
        runs together.

        Parameters
        ----------
        ax, curve, axis, smooth
            See `plot_histories`.
        """
        from dopamine_wp.plotting import plot_histories

        return plot_histories({self.optimizer: self}, ax, curve=curve, axis=axis, smooth=smooth)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the history to one ``.npz`` file, replacing it in one go.

        Parameters
        ----------
        path : path-like
            The file; its name is taken as it is.

        Returns
        -------
        Path
            The file that was written.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        return saving.write(path, vars(self))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> History:
        """Read a history that `save` has written.

        Parameters
        ----------
        path : path-like
            The file.

        Returns
        -------
        History

        Raises
        ------
        OSError
            If the file cannot be opened.
        ValueError
            If the file is not a history, is damaged or of a later version.
        """
        return cls(**saving.read(path))
