"""Learning from losses that arrive from outside: ask for parameters, tell how good they are."""

from __future__ import annotations

from typing import Any

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.history import History
from dopamine_wp.networks.base import RandomSource
from dopamine_wp.networks.black_box import BlackBox, as_losses
from dopamine_wp.optimizers.base import Optimizer
from dopamine_wp.trainer import Trainer


class _Wanted(Exception):
    """The step cannot go on without the losses of these parameters."""

    def __init__(self, theta: np.ndarray) -> None:
        self.theta = theta


class _Outside(BlackBox):
    """A black box that is answered from a list and asks for what is not in it."""

    def __init__(self, n_parameters: int, dtype: Any) -> None:
        super().__init__(self._answer, n_parameters, dtype=dtype)
        self.answers: list[np.ndarray] = []
        self.asked = 0

    def _answer(self, theta: np.ndarray) -> np.ndarray:
        if self.asked == len(self.answers):
            raise _Wanted(theta)
        self.asked += 1
        return self.answers[self.asked - 1]


class AskTell:
    """An optimizer turned inside out: for robots, experiments, queues of jobs, people.

    A step of a rule asks once to three times. It is begun anew with every answer, up to the next
    question: steps draw their perturbations again from the seed, so nothing runs in between.

    Parameters
    ----------
    optimizer : Optimizer
        A rule that sees losses only.
    theta : array_like, shape (R, P)
        Initial parameters, one row per replica.
    total_steps : int, default 1
        Length over which a decay of the rate runs to zero; only for rules with a decay.
    stop_loss : float, optional
        Loss below which a replica counts as solved.
    rng : int, Generator or None, keyword only
        Source of the perturbations.

    Attributes
    ----------
    theta : ndarray, shape (R, P)
        Present parameters.
    steps_done : int
        Complete steps.
    solved : bool
        Whether every replica has been below `stop_loss`.

    Raises
    ------
    ValueError
        For a rule that needs more than losses, theta that is not two-dimensional, or losses that
        do not fit what was asked.

    Examples
    --------
    >>> import numpy as np
    >>> from dopamine_wp import AskTell, Dopamine1
    >>> search = AskTell(Dopamine1(), np.ones((3, 5)), rng=0)
    >>> while search.steps_done < 300:
    ...     rows = search.ask()  # (copies * R, P)
    ...     search.tell((rows**2).sum(axis=1))
    >>> bool(((search.theta**2).sum(axis=1) < 0.05).all())
    True
    """

    def __init__(
        self,
        optimizer: Optimizer,
        theta: Any,
        *,
        total_steps: int = 1,
        stop_loss: float | None = None,
        rng: RandomSource = None,
    ) -> None:
        start = _checks.numbers_array("AskTell", "theta", theta)
        if start.ndim != 2 or start.size == 0:
            raise _checks.refuse(
                "AskTell", "theta", "an array of shape (replicas, parameters)", start.shape
            )
        dtype = start.dtype if start.dtype == np.float32 else np.float64
        self._net = _Outside(start.shape[1], dtype)
        self._trainer = Trainer(
            self._net,
            optimizer,
            None,
            theta=start,
            total_steps=total_steps,
            stop_loss=stop_loss,
            rng=rng,
        )
        self._pending: np.ndarray | None = None

    @property
    def theta(self) -> np.ndarray:
        """Present parameters (R, P)."""
        return self._trainer.theta

    @property
    def steps_done(self) -> int:
        """Complete steps."""
        return self._trainer.steps_done

    @property
    def solved(self) -> bool:
        """Whether every replica has been below the stop loss."""
        return self._trainer.solved

    def ask(self) -> np.ndarray:
        """Return the rows (N, P) whose losses are wanted next; the same until they are told."""
        if self._pending is None:
            self._go_on()
        if self._pending is None:
            raise ValueError(
                "AskTell.ask: there is nothing to ask, since the rate (or sigma) is zero; give "
                "total_steps to a rule with a decay"
            )
        return self._pending.copy()

    def tell(self, losses: Any) -> None:
        """Give the losses (N,) of the rows that were asked for, in their order."""
        if self._pending is None:
            raise ValueError("AskTell.tell: must follow an ask, whose rows the losses belong to")
        self._net.answers.append(as_losses("AskTell.tell", losses, len(self._pending)))
        self._pending = None
        self._go_on()

    def history(self) -> History:
        """Return the run so far."""
        return self._trainer.history("running")

    def _go_on(self) -> None:
        """Begin the step with the answers so far, up to its next question or its end."""
        self._net.asked = 0
        try:
            self._trainer.step()
        except _Wanted as wanted:
            self._pending = wanted.theta
        else:
            self._net.answers.clear()
