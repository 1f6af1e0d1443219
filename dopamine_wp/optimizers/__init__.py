"""Learning rules, one file per rule.

Two families: the perturbation rules (`WP`, `Dopamine1`, `Dopamine2`, `DopamineV`) see losses or
outputs only, the gradient rules (`SGD`, `Momentum`, `RMSProp`, `Adam`) use back-propagation. All
are immutable descriptions; what they remember lives in the run's history. `Optimizer` is the
base class for one's own rule, `OPTIMIZERS` the registry that the comparison and the simulations
read, by name.
"""

from dopamine_wp.optimizers.base import Optimizer, PerturbationOptimizer, Proposal
from dopamine_wp.optimizers.dopamine1 import Dopamine1
from dopamine_wp.optimizers.dopamine2 import Dopamine2
from dopamine_wp.optimizers.dopaminek import DopamineK
from dopamine_wp.optimizers.dopaminev import DopamineV
from dopamine_wp.optimizers.gradient import SGD, Adam, Momentum, RMSProp
from dopamine_wp.optimizers.probe import Directions, Probe
from dopamine_wp.optimizers.wp import WP

#: The optimizers by the names under which they are chosen.
OPTIMIZERS: dict[str, type[Optimizer]] = {
    cls.__name__: cls
    for cls in (WP, Dopamine1, Dopamine2, DopamineV, DopamineK, SGD, Momentum, RMSProp, Adam)
}

__all__ = [
    "OPTIMIZERS",
    "SGD",
    "WP",
    "Adam",
    "Directions",
    "Dopamine1",
    "Dopamine2",
    "DopamineK",
    "DopamineV",
    "Momentum",
    "Optimizer",
    "PerturbationOptimizer",
    "Probe",
    "Proposal",
    "RMSProp",
]
