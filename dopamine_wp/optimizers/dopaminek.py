"""DopamineK: Gauss-Newton with a memory of the curvature, without derivatives."""

from __future__ import annotations

import math
from dataclasses import KW_ONLY, dataclass

import numpy as np

from dopamine_wp import _checks
from dopamine_wp.networks.base import Network
from dopamine_wp.optimizers.base import Decay, Proposal
from dopamine_wp.optimizers.gauss_newton import (
    GaussNewton,
    NormalEquations,
    agreement_with,
    damped_step,
    reactions,
)
from dopamine_wp.optimizers.probe import Probe

#: Parameters of a network up to which the rule is offered: it solves systems of this size.
LARGEST = 2000

#: Numbers in the buffers of the copies; more replicas are looked at group by group.
_BUFFER_NUMBERS = 2**24


@dataclass(frozen=True)
class DopamineK(GaussNewton):
    """Gauss-Newton that remembers the curvature of former batches, for small networks.

    theta = [r | W_o, b_o]: the recurrent (or any other) parameters r and a linear readout, where
    the network has one. With outputs o (n numbers), targets y, e = o - y, everything on the same
    batch:

    1. Every parameter in r is wiggled alone: ``J_i = (o(theta + sigma u_i) - o(theta)) / sigma``.
       The row of a readout weight is the activity that it weighs (of a bias: 1), seen anyway.
    2. ``A = 2 J J' / n``, ``b = 2 J e / n`` (entropies: ``A = J C J' / n``, ``b = J (p - y) / n``)
    3. ``S <- beta S + (1 - beta) A``, ``G = S / (1 - beta^t)``
    4. ``delta = -eta (G + lam diag(d) + 1e-12 I)^-1 b`` with d the mean of diag(G) over r on r, and
       `rho` times its mean over the readout on the readout; delta is shortened as a whole until
       its root mean square over r is at most `clip`
    5. expected gain ``p = -(b.delta + delta' A delta / 2)``, actual gain
       ``g = L(theta) - L(theta + delta)``; the step is kept if L(theta + delta) < `tol` L(theta)
    6. where p > 0, the agreement r = g / p: above 1/2 ``lam <- lam / down``, below 1/4 or not kept
       ``lam <- lam up``. The memory may lead uphill on a batch (p <= 0): then lam stays.

    Parameters
    ----------
    rate : float, default 0.5
        Fraction eta of the step that is taken.
    decay : {None, "linear"}, default "linear"
        Decay of eta to zero over the run.
    beta : float, default 0.85
        Memory of the curvature; 0 forgets, and then the rule is much worse.
    sigma : float, default 1e-3
        Size of the wiggle.
    rho : float, default 0.01
        Damping of the readout relative to that of the other parameters.
    lam_min, lam_max : float, default 1e-6, 1e4
        Range of the damping. A larger `lam_min` (1e-2) suits noisy data.
    clip : float, default 0.05
        Largest root mean square of a step over r; infinity does not clip.
    tol : float, default 2.0
        How much worse than before the loss on the batch may become by a step. Batches are tiny, so
        that a strict 1 refuses good steps; 4 lets single replicas run away.
    lam0, up, down, hold
        See `GaussNewton`.

    Raises
    ------
    ValueError
        For parameters out of range, by name; when training, for a network of more than 2000
        parameters.

    Notes
    -----
    **Use batches of 2 windows** (``tasks.forecast(..., batch_size=2)``): the memory averages over
    about 1 / (1 - beta) of them, so that passes are better spent on more steps.

    Costs P_r + 2 forward passes a step over this batch, P_r the number of parameters in r (all of
    them without a linear readout). It keeps R P^2 doubles and solves R systems of size P: meant for
    up to about 600 parameters. It draws no random numbers.

    Limits. It reads the activity that the readout weighs, which no reward alone can tell. It is
    of second order, and Adam is of first: who has gradients can build the same matrix from them.
    Single replicas may end far above the median; docs/dopamine.md shows how far. On larger
    networks use `DopamineVPlus` or `DopamineV`.

    The history's `rpe` is the mean of sigma b_i + sigma^2 A_ii / 2 over r, which for the squared
    error is L(theta + sigma u_i) - L(theta). Where the outputs do not react at all nothing moves.

    References
    ----------
    Ours; a derivative-free cousin of the extended Kalman filter for recurrent networks:
    R. Williams, IJCNN (1992); G. Puskorius, L. Feldkamp, IEEE Trans. Neural Networks 5 (1994).
    Damping as in D. Marquardt, J. SIAM 11 (1963).

    Examples
    --------
    >>> from dopamine_wp import RNN, DopamineK, series, tasks, train
    >>> task = tasks.forecast(series.henon(3500), batch_size=2, rng=0)
    >>> net = RNN(1, 8, 1, washout=task.washout)
    >>> history = train(net, DopamineK(), task.batch, theta=net.init(3, rng=1), steps=40)
    >>> bool((task.nrmse(net, history.theta) < 0.05).all())
    True
    """

    rate: float = 0.5
    _: KW_ONLY
    decay: Decay = "linear"
    beta: float = 0.85
    rho: float = 0.01
    lam_min: float = 1e-6
    lam_max: float = 1e4
    clip: float = 0.05
    tol: float = 2.0

    def __post_init__(self) -> None:
        super().__post_init__()
        _checks.real(self.name, "beta", self.beta, minimum=0, below=1)
        _checks.real(self.name, "rho", self.rho, above=0)
        if self.clip != math.inf:
            _checks.real(self.name, "clip", self.clip, above=0)
        _checks.real(self.name, "tol", self.tol, minimum=1)

    def propose(self, probe: Probe) -> Proposal:
        """Steps 1 to 6 of the class."""
        net, theta = probe.net, probe.theta
        wiggled = _wiggled(net)
        equations = self._equations(probe, wiggled)
        loss = equations.total
        known = np.isfinite(loss)

        # The damped step through the remembered curvature, and what it is expected to gain
        state = self._remember(probe, equations.A, known)
        memory = 1 - self.beta ** np.maximum(state["updates"], 1)
        G = state["curvature"] / memory[:, None, None]
        lam = self.damping(probe)
        full = damped_step(G, equations.b, lam, wiggled, self.rho, np.full(len(theta), 1e-12))
        delta = self._clipped(probe.rate * full, wiggled)
        expected = equations.expected_gain(delta)

        # What it gains on the same batch, and the damping that follows
        candidate = (theta + delta).astype(theta.dtype)
        candidate_loss = probe.loss_of(candidate)
        gain = np.where(np.isfinite(candidate_loss), loss - candidate_loss, -np.inf)
        # The memory may lead uphill on this batch, which says nothing about the damping
        agreement = agreement_with(gain, expected)
        keep = candidate_loss < self.tol * loss
        trusted = np.where(keep | np.isnan(agreement), agreement, -1.0)
        lam_next = self.next_damping(lam, trusted)
        state["damping"] = np.where(known, lam_next, lam)
        return Proposal(
            theta=candidate,
            loss=loss,
            keep=keep & delta.any(axis=1),
            candidate_loss=candidate_loss,
            rate=probe.rate,
            rpe=self.mean_prediction_error(equations, wiggled),
            agreement=agreement,
            state=state,
        )

    def check_network(self, net: Network) -> None:
        """Refuse a network without outputs, or one that is too large."""
        super().check_network(net)
        if net.n_parameters > LARGEST:
            raise ValueError(
                f"{self.name}: is for networks of at most {LARGEST} parameters, not of "
                f"{net.n_parameters}; use DopamineVPlus or DopamineV"
            )

    def _equations(self, probe: Probe, wiggled: int) -> NormalEquations:
        """Steps 1 and 2, replicas in groups so that their copies fit into the buffers."""
        net, batch, theta = probe.net, probe.batch, probe.theta
        group = max(1, _BUFFER_NUMBERS // net.unit_memory(batch, wiggled))
        result = NormalEquations(net.loss_function, *theta.shape)
        for start in range(0, len(theta), group):
            part = NormalEquations(
                net.loss_function, len(theta[start : start + group]), net.n_parameters
            )
            for block in net.unit_blocks(theta[start : start + group], batch, wiggled, self.sigma):
                base = block.outputs[0].astype(np.float64)
                part.add_loss(base, block.targets)
                part.add(reactions(block, base, self.sigma), base, block.targets)
            part.divide(net.sample_count(batch))
            result.put(start, part)
        probe.charge(1)
        probe.learn_loss(result.total)
        probe.charge(wiggled)
        return result

    def _remember(self, probe: Probe, A: np.ndarray, known: np.ndarray) -> dict[str, np.ndarray]:
        """Step 3; replicas without a finite loss remember what they did."""
        S = probe.state.get("curvature")
        updates = probe.state.get("updates", np.zeros(len(A))) + known
        if S is None:
            S = np.zeros_like(A)
        mixed = (1 - self.beta) * A
        mixed += self.beta * S
        if not known.all():
            mixed[~known] = S[~known]
        return {"curvature": mixed, "updates": updates}

    def _clipped(self, delta: np.ndarray, wiggled: int) -> np.ndarray:
        """Shorten steps that are too long in r, all parameters alike."""
        size = np.sqrt(np.mean(delta[:, :wiggled] ** 2, axis=1, keepdims=True))
        return delta * np.minimum(1, self.clip / np.maximum(size, 1e-300))


def _wiggled(net: Network) -> int:
    """Return P_r, the number of parameters in front of the linear readout."""
    readout = net.linear_readout()
    return net.n_parameters if readout is None else readout.start
