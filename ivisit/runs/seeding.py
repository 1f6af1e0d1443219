"""Seeds of the runs of a sweep: a function of the run's place alone, never of who computes it."""

from __future__ import annotations

import numpy as np


def run_seed(entropy: int, key: int) -> int:
    """Return the seed of one run.

    Parameters
    ----------
    entropy : int
        Seed of the sweep.
    key : int
        Place of the run in the sweep, or its repeat where all points share their random numbers.

    Returns
    -------
    int
        63 bits: they fit SQLite, pandas and a command line, and of a million runs two have the
        same seed with probability 5e-8. ``iv.run(..., seed=that)`` repeats the run alone.

    Examples
    --------
    >>> run_seed(0, 0) == run_seed(0, 0), run_seed(0, 0) == run_seed(0, 1)
    (True, False)
    """
    sequence = np.random.SeedSequence(entropy, spawn_key=(key,))
    return int(sequence.generate_state(1, np.uint64)[0]) >> 1


def stream(entropy: int, name: str) -> np.random.Generator:
    """Return random numbers for the sweep itself: samples of parameters, proposals."""
    # Two words in the key: no run, with its one word, can have the same.
    key = (2**31, int.from_bytes(name.encode()[:8], "little"))
    return np.random.default_rng(np.random.SeedSequence(entropy, spawn_key=key))
