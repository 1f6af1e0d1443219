"""Which storage of coincidences suits the first patterns of a memory."""

from __future__ import annotations

import logging

import numpy as np

from assocmem._types import PatternRows
from assocmem.learning import active_per_row

log = logging.getLogger(__name__)

#: How coincidences can be kept.
STORAGES = ("dense", "sparse", "auto")

#: Sparse storage pays from so many synapses, if less than this fraction of them is filled.
SPARSE_FROM_SYNAPSES, SPARSE_BELOW_FILLED = 10**8, 0.35


def choose_storage(inputs: PatternRows, outputs: PatternRows, *, fading: bool) -> str:
    """Return ``"dense"`` or ``"sparse"``, and log the choice.

    Parameters
    ----------
    inputs, outputs : ndarray or csr_array, shape (n_patterns, n_units) and (n_patterns, n_outputs)
        The first patterns.
    fading : bool
        Whether they are stored with decay, of which sparse storage knows nothing.
    """
    work = float((active_per_row(inputs) * active_per_row(outputs)).sum(dtype=np.int64))
    n_inputs, n_outputs = inputs.shape[1], outputs.shape[1]
    size = n_inputs * n_outputs
    filled = -np.expm1(-work / size)
    pays = size >= SPARSE_FROM_SYNAPSES and filled < SPARSE_BELOW_FILLED and not fading
    storage = "sparse" if pays else "dense"
    log.info(
        "storage: %s for %d x %d units with about %.2g %% of all pairs active together",
        storage,
        n_inputs,
        n_outputs,
        100 * filled,
    )
    return storage
