"""A training run, one step at a time: for programs that steer the training while it goes on."""

from __future__ import annotations

import time
import warnings
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
        # Python's own numbers, which files can keep.
        self.total_steps = int(total_steps)
        self.stop_loss = None if stop_loss is None else float(stop_loss)
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
        """Return a trainer that goes on where `history` ended; `options` as for the class.

        Parameters
        ----------
        net, optimizer, batches, **options
            As for the class.
        history : History
            The run that goes on.
        """
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
        """Go on with another learning rule, which begins with an empty memory.

        Parameters
        ----------
        optimizer : Optimizer
            The other rule.
        """
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
