"""Networks whose replicas share one parameter array `theta` of shape (R, P).

`MLP` for tasks without time, `RNN` for series. Both offer `loss`, `outputs`, `gradient`,
`unpack` and `init`; `Network` is the base class for one's own. `BlackBox` is anything with
parameters and a loss.
"""

from dopamine_wp.networks.base import Batch, Network
from dopamine_wp.networks.black_box import BlackBox
from dopamine_wp.networks.mlp import MLP
from dopamine_wp.networks.rnn import RNN

__all__ = ["MLP", "RNN", "Batch", "BlackBox", "Network"]
