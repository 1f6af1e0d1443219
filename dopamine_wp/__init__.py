"""Weight perturbation with the Dopamine optimizers, and gradient descent to compare it with.

Train many replicas of a small network at once, with rules that see only how good the network is
or with back-propagation, on truth tables and chaotic series::

    from dopamine_wp import MLP, Dopamine1, tasks, train

    net = MLP((2, 4, 1), hidden="tanh", output="sigmoid")
    theta = net.init(replicas=100, rng=0)
    history = train(net, Dopamine1(), tasks.xor(), theta=theta, steps=1500, stop_loss=0.01, rng=1)
"""

from dopamine_wp import baselines, metrics, series, tasks
from dopamine_wp.asking import AskTell
from dopamine_wp.checkpoints import Checkpoint
from dopamine_wp.history import History
from dopamine_wp.networks import MLP, RNN, BlackBox, Network
from dopamine_wp.optimizers import (
    OPTIMIZERS,
    RFLO,
    SGD,
    SNES,
    SPSA,
    WP,
    Adam,
    Dopamine1,
    Dopamine2,
    Dopamine2T,
    DopamineK,
    DopamineV,
    DopamineVPlus,
    FeedbackAlignment,
    ForwardGradient,
    Momentum,
    NodePerturbation,
    Optimizer,
    PerturbationOptimizer,
    Probe,
    Proposal,
    RMSProp,
    SepCMAES,
)
from dopamine_wp.plotting import plot_histories
from dopamine_wp.trainer import Trainer
from dopamine_wp.training import train

__all__ = [
    "MLP",
    "OPTIMIZERS",
    "RFLO",
    "RNN",
    "SGD",
    "SNES",
    "SPSA",
    "WP",
    "Adam",
    "AskTell",
    "BlackBox",
    "Checkpoint",
    "Dopamine1",
    "Dopamine2",
    "Dopamine2T",
    "DopamineK",
    "DopamineV",
    "DopamineVPlus",
    "FeedbackAlignment",
    "ForwardGradient",
    "History",
    "Momentum",
    "Network",
    "NodePerturbation",
    "Optimizer",
    "PerturbationOptimizer",
    "Probe",
    "Proposal",
    "RMSProp",
    "SepCMAES",
    "Trainer",
    "baselines",
    "metrics",
    "plot_histories",
    "series",
    "tasks",
    "train",
]
