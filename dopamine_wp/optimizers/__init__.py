"""Learning rules, one file per rule.

By what they see:

- losses only: `WP`, `SPSA`, `Dopamine1`, `Dopamine2`, `SNES`, `SepCMAES`; by trial: `Dopamine2T`
- outputs and targets: `DopamineV`; with the readout's inputs: `DopamineVPlus`, `DopamineK`
- the network's inside, without a backward pass through it: `NodePerturbation`, `ForwardGradient`,
  `FeedbackAlignment`, `RFLO`
- gradients by back-propagation: `SGD`, `Momentum`, `RMSProp`, `Adam`

All are immutable descriptions; what they remember lives in the run's history. `Optimizer` is the
base class for one's own rule, `OPTIMIZERS` the registry that the comparison and the simulations
read, by name.
"""

from dopamine_wp.optimizers.base import Optimizer, PerturbationOptimizer, Proposal
from dopamine_wp.optimizers.dopamine1 import Dopamine1
from dopamine_wp.optimizers.dopamine2 import Dopamine2
from dopamine_wp.optimizers.dopamine2t import Dopamine2T
from dopamine_wp.optimizers.dopaminek import DopamineK
from dopamine_wp.optimizers.dopaminev import DopamineV
from dopamine_wp.optimizers.dopaminevplus import DopamineVPlus
from dopamine_wp.optimizers.feedback_alignment import FeedbackAlignment
from dopamine_wp.optimizers.forward_gradient import ForwardGradient
from dopamine_wp.optimizers.gradient import SGD, Adam, Momentum, RMSProp
from dopamine_wp.optimizers.node_perturbation import NodePerturbation
from dopamine_wp.optimizers.probe import Directions, Probe
from dopamine_wp.optimizers.rflo import RFLO
from dopamine_wp.optimizers.sepcmaes import SepCMAES
from dopamine_wp.optimizers.snes import SNES
from dopamine_wp.optimizers.spsa import SPSA
from dopamine_wp.optimizers.wp import WP

#: The optimizers by the names under which they are chosen.
OPTIMIZERS: dict[str, type[Optimizer]] = {
    cls.__name__: cls
    for cls in (
        WP,
        SPSA,
        Dopamine1,
        Dopamine2,
        Dopamine2T,
        DopamineV,
        DopamineVPlus,
        DopamineK,
        SNES,
        SepCMAES,
        NodePerturbation,
        ForwardGradient,
        FeedbackAlignment,
        RFLO,
        SGD,
        Momentum,
        RMSProp,
        Adam,
    )
}

__all__ = [
    "OPTIMIZERS",
    "RFLO",
    "SGD",
    "SNES",
    "SPSA",
    "WP",
    "Adam",
    "Directions",
    "Dopamine1",
    "Dopamine2",
    "Dopamine2T",
    "DopamineK",
    "DopamineV",
    "DopamineVPlus",
    "FeedbackAlignment",
    "ForwardGradient",
    "Momentum",
    "NodePerturbation",
    "Optimizer",
    "PerturbationOptimizer",
    "Probe",
    "Proposal",
    "RMSProp",
    "SepCMAES",
]
