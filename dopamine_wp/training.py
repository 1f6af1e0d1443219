"""The training loop.

`train` runs a number of steps and returns a `History`. `Trainer` is the same loop opened up.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.batches import Batches
from dopamine_wp.history import History
from dopamine_wp.networks.base import Network, RandomSource
from dopamine_wp.optimizers.base import Optimizer
from dopamine_wp.trainer import Trainer


def train(
    net: Network,
    optimizer: Optimizer,
    batches: Batches,
    *,
    steps: int,
    theta: np.ndarray | None = None,
    stop_loss: float | None = None,
    rng: RandomSource = None,
    resume: History | None = None,
    total_steps: int | None = None,
    callbacks: Iterable[Callable[[Trainer], object]] = (),
    progress: bool = False,
) -> History:
    """Train R replicas of a network.

    Parameters
    ----------
    net : Network
        `MLP`, `RNN` or one's own.
    optimizer : Optimizer
        The learning rule.
    batches : tuple (X, Y), callable, iterator or None
        One fixed batch, a function of the batch index 0, 1, ..., or an iterator; None for a
        `BlackBox` that needs none. A mini-batch is held for `optimizer.hold` steps.
    steps : int
        Number of steps to do; when resuming, further steps.
    theta : array_like, shape (R, P)
        Initial parameters, one row per replica; not changed. Needed unless `resume` is given,
        which brings its own.
    stop_loss : float, optional
        A replica counts as solved when a loss below it is evaluated at theta; solved replicas
        train on, and the run ends when all are solved. A resumed run with another `stop_loss`
        counts anew.
    rng : int, Generator or None, keyword only
        Seed or generator for the perturbations; None draws entropy, which the history records as
        `key`. Ignored when resuming.
    resume : History, optional
        Go on where this run ended, bit for bit as if it had not ended, given the same network,
        optimizer, batches and `total_steps`. An iterator of batches has to continue as well; a
        batch of it that was still being held is not repeated.
    total_steps : int, optional
        Length over which ``decay="linear"`` runs to zero, when it spans several calls; default
        the `steps` of this call, or when resuming the longer of the former length and all steps.
    callbacks : iterable of callable
        Called with the `Trainer` after every step; one that returns True (Python's or NumPy's)
        stops the run. False or None lets it go on; anything else is refused.
    progress : bool, default False
        Show a progress bar with the median loss on standard error.

    Returns
    -------
    History
        Of all steps, those of the resumed run included.

    Raises
    ------
    ValueError
        For shapes that do not fit, arguments out of range, or a `resume` of another optimizer.

    Warns
    -----
    UserWarning
        When resuming with other settings of the optimizer or of the network than the history was
        made with, or without `total_steps` where that stretches a decay of the rate.

    Notes
    -----
    Ctrl-C ends the run after the last complete step; the history's status is "interrupted".
    Replicas never influence each other, but they share the noise block of a step, so that the
    results of a replica may depend on R.

    Examples
    --------
    >>> from dopamine_wp import MLP, Dopamine1, tasks, train
    >>> net = MLP((2, 4, 1), output="sigmoid")
    >>> theta = net.init(replicas=10, rng=0)
    >>> history = train(
    ...     net, Dopamine1(), tasks.xor(), theta=theta, steps=1500, stop_loss=0.01, rng=1
    ... )
    >>> history.status
    'solved'
    """
    _checks.whole("train", "steps", steps, minimum=0)
    _checks.flag("train", "progress", progress)
    followers = list(callbacks) if isinstance(callbacks, Iterable) else [None]
    if not all(map(callable, followers)):
        raise _checks.refuse("train", "callbacks", "a sequence of functions", callbacks)
    if resume is not None and not isinstance(resume, History):
        raise _checks.refuse(
            "train", "resume", "a History (History.load(path) reads one from a file)", resume
        )
    if total_steps is not None:
        _checks.whole("train", "total_steps", total_steps)
    if resume is not None:
        length = total_steps or max(resume.total_steps, resume.steps + steps)
        if total_steps is None:
            _warn_of_a_jump(optimizer, resume, length)
        trainer = Trainer.resume(
            net, optimizer, batches, resume, total_steps=length, stop_loss=stop_loss
        )
    elif theta is not None:
        length = total_steps or max(steps, 1)
        trainer = Trainer(
            net,
            optimizer,
            batches,
            theta=theta,
            total_steps=length,
            stop_loss=stop_loss,
            rng=rng,
        )
    else:
        raise ValueError("train.theta: must be given, as an array (replicas, parameters)")
    return trainer.history(_run(trainer, steps, followers, progress))


def _run(
    trainer: Trainer, steps: int, callbacks: list[Callable[[Trainer], object]], progress: bool
) -> str:
    """Do the steps and return the status word that says why they ended."""
    bar = _progress_bar(steps) if progress else None
    try:
        for _ in range(steps):
            if trainer.solved:
                break
            try:
                trainer.step()
            except StopIteration:
                return "exhausted"
            if bar is not None:
                bar.set_postfix_str(_median_loss(trainer), refresh=False)
                bar.update()
            if any([_stops(callback(trainer)) for callback in callbacks]):  # noqa: C419 - each is called
                return "stopped"
    except KeyboardInterrupt:
        return "interrupted"
    finally:
        if bar is not None:
            bar.close()
    return "solved" if trainer.solved else "finished"


def _stops(answer: object) -> bool:
    """Tell whether a callback's answer ends the run."""
    if answer is None or isinstance(answer, bool | np.bool_):
        return bool(answer)
    if isinstance(answer, np.ndarray) and answer.shape == () and answer.dtype == bool:
        return bool(answer)
    raise _checks.refuse("train", "callbacks", "functions that return True, False or None", answer)


def _warn_of_a_jump(optimizer: Optimizer, history: History, length: int) -> None:
    """Say that a decaying rate jumps back, since the run has become longer than it was to be."""
    done, planned = history.steps, history.total_steps
    before = optimizer.rate * optimizer.schedule(max(done - 1, 0), planned)
    now = optimizer.rate * optimizer.schedule(done, length)
    if length != planned and now > before:
        warnings.warn(
            f"train.resume: the decay of the rate is stretched from {planned} to {length} steps, "
            f"so that the rate jumps from {before:.3g} to {now:.3g}; give total_steps= to both "
            "parts for a decay that spans them",
            stacklevel=3,
        )


def _median_loss(trainer: Trainer) -> str:
    """Return the last median loss in words, without a warning where all replicas have failed."""
    losses = np.asarray(trainer.record.loss[-1]) if trainer.record.loss else np.array(np.nan)
    finite = losses[np.isfinite(losses)]
    return f"loss {np.median(finite):.3g}" if finite.size else "loss not finite"


def _progress_bar(steps: int) -> Any:
    from tqdm import tqdm

    return tqdm(total=steps, unit="step")
