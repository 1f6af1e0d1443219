"""Perturbations that are drawn again instead of being stored (seed replay).

The directions of step t come from Philox (J. Salmon et al., "Parallel random numbers: as easy as
1, 2, 3", SC 2011) with the run's key and a counter that starts at t in its third 64-bit word. The
low words count the draws within the step, so that the streams of two steps never overlap.
"""

from __future__ import annotations

import numpy as np

from dopamine_wp import _checks

NOISES = ("normal", "rademacher")


class NoiseStream:
    """The perturbations of one step, from the beginning.

    Parameters
    ----------
    key : int
        Philox key of the run, 0 <= key < 2**64.
    step : int
        Number of the step, used as the counter.
    kind : {"normal", "rademacher"}
        N(0, 1), or -1 and +1 with equal probability.

    Examples
    --------
    >>> import numpy as np
    >>> first, again = np.empty((2, 3)), np.empty((2, 3))
    >>> NoiseStream(5, step=7, kind="normal").fill(first)
    >>> NoiseStream(5, step=7, kind="normal").fill(again)
    >>> bool((first == again).all())
    True
    """

    def __init__(self, key: int, step: int, kind: str) -> None:
        _checks.choice("NoiseStream", "kind", kind, NOISES)
        counter = np.array([0, 0, step, 0], dtype=np.uint64)
        self._bits = np.random.Philox(key=key, counter=counter)
        self._generator = np.random.Generator(self._bits)
        self._normal = kind == "normal"

    def fill(self, out: np.ndarray) -> None:
        """Fill a C-contiguous float array with the next perturbations of the stream."""
        if self._normal:
            self._generator.standard_normal(out=out, dtype=out.dtype)
            return
        words = self._bits.random_raw(-(-out.size // 64))
        # Little-endian, so that the signs do not depend on the machine.
        signs = np.unpackbits(words.astype("<u8", copy=False).view(np.uint8), count=out.size)
        out[...] = signs.reshape(out.shape)
        out *= 2
        out -= 1


def draw_key(rng: int | np.random.Generator | np.random.SeedSequence | None) -> int:
    """Draw a Philox key from a seed or generator; None takes entropy from the system."""
    return int(np.random.default_rng(rng).integers(2**64, dtype=np.uint64))
