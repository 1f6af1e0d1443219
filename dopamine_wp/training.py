"""The training loop.

`train` runs a number of steps and returns a `History`. `Trainer` is the same loop opened up, one
step at a time, for programs that steer the training while it goes on.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.batches import Batches, BatchSource
from dopamine_wp.history import History
from dopamine_wp.networks.base import Network, RandomSource
from dopamine_wp.noise import NoiseStream, draw_key
from dopamine_wp.optimizers.base import Optimizer, Proposal
from dopamine_wp.optimizers.probe import Probe
from dopamine_wp.workspace import Workspace


@dataclass(repr=False)
class Record:
    """Rows of a history: per step and curve an array (R,), or one number for all replicas."""

    loss: list[np.ndarray | float] = field(default_factory=list)
    rate: list[np.ndarray | float] = field(default_factory=list)
    rpe: list[np.ndarray | float] = field(default_factory=list)
    agreement: list[np.ndarray | float] = field(default_factory=list)
    fpe: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, proposal: Proposal, fpe: float, seconds: float) -> None:
        """Append what one step reports; NaN where a rule reports nothing."""
        self.loss.append(np.nan if proposal.loss is None else proposal.loss)
        self.rate.append(np.nan if proposal.rate is None else proposal.rate)
        self.rpe.append(np.nan if proposal.rpe is None else proposal.rpe)
        self.agreement.append(np.nan if proposal.agreement is None else proposal.agreement)
        self.fpe.append(fpe)
        self.seconds.append(seconds)

    def curve(self, name: str, replicas: int) -> np.ndarray:
        """Return a curve as an array (steps, R)."""
        rows = getattr(self, name)
        result = np.empty((len(rows), replicas))
        for step, row in enumerate(rows):
            result[step] = row
        return result

    def clear(self) -> None:
        """Forget the curves so far, so that an endless run does not fill the memory.

        A history that is made afterwards shows the later steps only and cannot be resumed.
        """
        for rows in (self.loss, self.rate, self.rpe, self.agreement, self.fpe, self.seconds):
            rows.clear()


class Trainer:
    """A training run, one step at a time.

    Parameters
    ----------
    net : Network
        The network.
    optimizer : Optimizer
        The learning rule.
    batches : tuple (X, Y), callable or iterator
        One fixed batch, a function of the batch index, or an iterator of batches.
    theta : array_like, shape (R, P)
        Initial parameters; copied.
    total_steps : int
        Length over which a decay of the rate runs to zero.
    stop_loss : float, optional
        Loss below which a replica counts as solved.
    rng : int, Generator or None, keyword only
        Source of the Philox key of the perturbations.

    Attributes
    ----------
    theta : ndarray, shape (R, P)
        Present parameters; replaced by a new array at every step, never changed in place.
    steps_done : int
        Steps so far.
    fpe, seconds : float
        Forward-pass equivalents so far, per replica, and wall-clock time spent in steps.
    record : Record
        Curves so far.
    solved_at, failed : ndarray, shape (R,)
        See `History`.

    Raises
    ------
    ValueError
        For shapes that do not fit the network or arguments out of range.

    Examples
    --------
    >>> from dopamine_wp import MLP, Adam, Dopamine1, tasks
    >>> net = MLP((2, 4, 1), output="sigmoid")
    >>> trainer = Trainer(net, Dopamine1(), tasks.xor(), theta=net.init(rng=0), rng=1)
    >>> trainer.step()
    >>> trainer.switch(Adam(0.01))
    >>> trainer.step()
    >>> trainer.steps_done, trainer.fpe
    (2, 6.0)
    """

    def __init__(
        self,
        net: Network,
        optimizer: Optimizer,
        batches: Batches,
        *,
        theta: np.ndarray,
        total_steps: int = 1,
        stop_loss: float | None = None,
        rng: RandomSource = None,
    ) -> None:
        _check_parties(net, optimizer)
        _checks.whole("train", "total_steps", total_steps)
        if stop_loss is not None:
            _checks.real("train", "stop_loss", stop_loss)
        checked = net.as_theta(theta)
        self.net = net
        self.optimizer = optimizer
        self._order = net.memory_order(len(checked))
        self.theta = np.array(checked, order=self._order)
        self.total_steps = total_steps
        self.stop_loss = stop_loss
        self.key = draw_key(rng)
        self.record = Record()
        self.steps_done, self.fpe, self.seconds = 0, 0.0, 0.0
        self.solved_at = np.full(len(checked), np.inf)
        self.failed = np.zeros(len(checked), dtype=bool)
        self._streams: dict[str, NoiseStream] = {}
        self._workspace = Workspace()
        self._state: dict[str, np.ndarray] = {}
        self._known_loss: np.ndarray | None = None
        self._source = BatchSource(net, batches)

    @classmethod
    def resume(
        cls, net: Network, optimizer: Optimizer, batches: Batches, history: History, **options: Any
    ) -> Trainer:
        """Return a trainer that goes on where `history` ended; `options` as for the class."""
        _check_parties(net, optimizer)
        if history.optimizer != optimizer.name:
            raise ValueError(
                f"train.resume: the history was made by {history.optimizer}, not by "
                f"{optimizer.name}; pass theta=history.theta to go on with another optimizer"
            )
        trainer = cls(net, optimizer, batches, theta=history.theta, rng=0, **options)
        _warn_of_other_settings("optimizer", history.settings, repr(optimizer))
        _warn_of_other_settings("net", history.network, repr(net))
        if history.steps and history.fpe_unit != net.fpe_unit:
            warnings.warn(
                f"train.resume: the history counts its fpe in passes over one {history.fpe_unit}, "
                f"the run that goes on in passes over {net.fpe_unit}; they are added up",
                stacklevel=3,
            )
        trainer.key = history.key
        trainer.record = Record(
            loss=list(history.loss),
            rate=list(history.rate),
            rpe=list(history.rpe),
            agreement=list(history.agreement),
            fpe=history.fpe.tolist(),
            seconds=history.seconds.tolist(),
        )
        trainer.steps_done = history.steps
        if history.steps:
            trainer.fpe = float(history.fpe[-1])
            trainer.seconds = float(np.nan_to_num(history.seconds[-1]))
        trainer.failed = history.failed.copy()
        if trainer.stop_loss == history.stop_loss:
            trainer.solved_at = history.solved_at.copy()
        trainer._state = dict(history.state)
        # The loss of the last candidate is worth something only on the batch it was measured on.
        if trainer._source.spans(history.steps, optimizer.hold):
            trainer._source.expect(history.held_batch)
        trainer._known_loss = history.known_loss
        return trainer

    @property
    def solved(self) -> bool:
        """Whether there is a `stop_loss` and every replica has been below it."""
        return self.stop_loss is not None and bool(np.isfinite(self.solved_at).all())

    def switch(self, optimizer: Optimizer) -> None:
        """Go on with another learning rule, which begins with an empty memory."""
        _check_parties(self.net, optimizer)
        self.optimizer = optimizer
        self._state = {}
        self._source.release()

    def step(self) -> None:
        """Do one step; an exception on the way leaves everything as it was before.

        Raises
        ------
        StopIteration
            If an iterator of batches has come to its end.
        ValueError
            If a batch does not fit the network.
        """
        began = time.perf_counter()
        batch, fresh = self._source.batch(self.steps_done, self.optimizer.hold)
        if fresh:
            self._known_loss = None
        factor = self.optimizer.schedule(self.steps_done, self.total_steps)
        probe = Probe(
            net=self.net,
            theta=self.theta,
            batch=batch,
            step=self.steps_done,
            rate=self.optimizer.rate * factor,
            schedule=factor,
            key=self.key,
            streams=self._streams,
            workspace=self._workspace,
            state=self._state,
            known_loss=self._known_loss,
            next_batch_same=self._source.holds(self.steps_done + 1, self.optimizer.hold),
            loss_wanted=self.stop_loss is not None,
        )
        with np.errstate(all="ignore"):
            proposal = self.optimizer.step(probe)
        self._commit(probe, proposal, began)

    def history(self, status: str = "finished") -> History:
        """Return the run so far; `status` says why it ended."""
        replicas = len(self.theta)
        return History(
            theta=np.ascontiguousarray(self.theta),
            loss=self.record.curve("loss", replicas),
            rate=self.record.curve("rate", replicas),
            rpe=self.record.curve("rpe", replicas),
            agreement=self.record.curve("agreement", replicas),
            fpe=np.array(self.record.fpe, dtype=float),
            seconds=np.array(self.record.seconds, dtype=float),
            solved_at=self.solved_at.copy(),
            failed=self.failed.copy(),
            status=status,
            optimizer=self.optimizer.name,
            settings=repr(self.optimizer),
            network=repr(self.net),
            fpe_unit=self.net.fpe_unit,
            key=self.key,
            total_steps=self.total_steps,
            stop_loss=self.stop_loss,
            state=dict(self._state),
            known_loss=self._known_loss,
            held_batch=self._source.checksum(),
        )

    def _commit(self, probe: Probe, proposal: Proposal, began: float) -> None:
        """Make a finished step part of the run."""
        keep, proposed = proposal.keep, self._as_kept(proposal.theta)
        theta, loss = proposed, proposal.candidate_loss
        if theta is None or (keep is not None and not keep.all()):
            if proposal.loss is not None:
                self.failed |= ~np.isfinite(proposal.loss)
            theta, loss = self._keep_some(proposed, probe, proposal, keep)
        before, self.fpe = self.fpe, self.fpe + probe.fpe
        if probe.known_loss is not None:
            self._note_solved(probe.known_loss, before + probe.loss_fpe)
        candidate_loss = proposal.candidate_loss
        if candidate_loss is not None and self.stop_loss is not None:
            if keep is not None:
                candidate_loss = np.where(keep, candidate_loss, np.inf)
            self._note_solved(candidate_loss, self.fpe)
        self.theta, self._known_loss, self._state = theta, loss, dict(proposal.state)
        self.seconds += time.perf_counter() - began
        self.record.add(proposal, self.fpe, self.seconds)
        self.steps_done += 1

    def _as_kept(self, theta: np.ndarray | None) -> np.ndarray | None:
        """Return a proposed theta in the dtype and memory order of this run."""
        if theta is None:
            return None
        if theta.shape != self.theta.shape:
            raise ValueError(
                f"{self.optimizer.name}.propose: theta must keep its shape {self.theta.shape}, "
                f"not {theta.shape}"
            )
        return np.asarray(theta, self.theta.dtype, order=self._order)

    def _keep_some(
        self,
        proposed: np.ndarray | None,
        probe: Probe,
        proposal: Proposal,
        keep: np.ndarray | None,
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Return theta, and its loss if known, when only the replicas in `keep` move."""
        if proposed is None or keep is None or not keep.any():
            return self.theta, probe.known_loss
        theta = np.where(keep[:, None], proposed, self.theta)
        if proposal.candidate_loss is None or proposal.loss is None:
            return theta, None
        return theta, np.where(keep, proposal.candidate_loss, proposal.loss)

    def _note_solved(self, loss: np.ndarray, fpe: float) -> None:
        """Write down which replicas have reached the stop loss, evaluated at their theta."""
        if self.stop_loss is not None:
            self.solved_at[(loss < self.stop_loss) & np.isinf(self.solved_at)] = fpe


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
    if callable(callbacks):
        raise _checks.refuse("train", "callbacks", "a sequence of functions", callbacks)
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
    return trainer.history(_run(trainer, steps, list(callbacks), progress))


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


def _check_parties(net: object, optimizer: object) -> None:
    """Refuse what is no network or no optimizer, a class in place of its instance included."""
    if not isinstance(net, Network):
        raise _checks.refuse("train", "net", "a Network such as MLP((2, 4, 1))", net)
    if not isinstance(optimizer, Optimizer):
        raise _checks.refuse("train", "optimizer", "an Optimizer such as Dopamine1()", optimizer)
    optimizer.check_network(net)


def _warn_of_other_settings(name: str, before: str, now: str) -> None:
    """Say that a resumed run goes on under other conditions; histories of old know nothing."""
    if before and before != now:
        warnings.warn(
            f"train.resume: the history was made with {name}={before} and goes on with {now}",
            stacklevel=4,
        )


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
