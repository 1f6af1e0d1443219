"""Perturbations that are drawn again instead of being stored (seed replay).

The directions of step t come from Philox (J. Salmon et al., "Parallel random numbers: as easy as
1, 2, 3", SC 2011) with the run's key and a counter that starts at t in its third 64-bit word. The
low words count the draws within the step, so that the streams of two steps never overlap.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dopamine_wp import _checks

NOISES = ("normal", "rademacher")


#: Normal numbers made at a time, so that the temporaries stay in the cache.
_CHUNK = 2**15

#: The bits of every byte, most significant first, as -1 and +1.
_SIGNS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1) * 2.0 - 1


class NoiseStream:
    """The perturbations of a run, step by step.

    Parameters
    ----------
    key : int
        Philox key of the run, 0 <= key < 2**64.
    kind : {"normal", "rademacher"}
        N(0, 1), or -1 and +1 with equal probability.

    Examples
    --------
    >>> import numpy as np
    >>> stream, first, again = NoiseStream(5, "normal"), np.empty((2, 3)), np.empty((2, 3))
    >>> stream.restart(step=7)
    >>> stream.fill(first)
    >>> stream.restart(step=7)
    >>> stream.fill(again)
    >>> bool((first == again).all())
    True
    """

    def __init__(self, key: int, kind: str) -> None:
        _checks.choice("NoiseStream", "kind", kind, NOISES)
        self._bits = np.random.Philox(key=key)
        self._state = self._bits.state
        self._generator = np.random.Generator(self._bits)
        self._normal = kind == "normal"
        self._table: tuple[np.dtype[Any], float, np.ndarray] | None = None

    def restart(self, step: int) -> None:
        """Go to the beginning of the perturbations of `step`."""
        # Several times faster than a new Philox with this counter, and the same
        self._state["state"]["counter"][:] = 0, 0, step, 0
        self._bits.state = self._state

    def fill(self, out: np.ndarray, scale: float = 1.0) -> None:
        """Fill a C-contiguous float array with the next perturbations, times `scale`."""
        if not self._normal:
            self._fill_signs(out, scale)
        elif out.dtype == np.float32:
            numbers = out.reshape(-1)
            for start in range(0, len(numbers), _CHUNK):
                self._fill_normals(numbers[start : start + _CHUNK], scale)
        else:
            self._generator.standard_normal(out=out)
            if scale != 1:
                out *= scale

    def _fill_normals(self, out: np.ndarray, scale: float) -> None:
        """Fill a float32 vector by the transform of G. Box and M. Muller (1958).

        ``sqrt(-2 ln u) cos(2 pi v)`` and the same with sin. NumPy vectorizes the four functions
        for float32, which makes this about three times as fast as its own normal generator.
        """
        pairs = -(-len(out) // 2)
        words = self._bits.random_raw(pairs).astype("<u8", copy=False)
        uniform = words.view(np.uint32).astype(np.float32)
        uniform *= np.float32(2**-32)
        radius, angle = uniform[:pairs], uniform[pairs:]
        # Half a grid step above zero, where the logarithm has its pole
        radius += np.float32(2**-33)
        np.log(radius, out=radius)
        radius *= -2
        np.sqrt(radius, out=radius)
        if scale != 1:
            radius *= scale
        angle *= np.float32(2 * np.pi)
        np.cos(angle, out=out[:pairs])
        out[:pairs] *= radius
        odd = len(out) - pairs
        np.sin(angle[:odd], out=out[pairs:])
        out[pairs:] *= radius[:odd]

    def _fill_signs(self, out: np.ndarray, scale: float) -> None:
        """Fill an array with the bits of raw words, eight signs a byte from a table."""
        words = self._bits.random_raw(-(-out.size // 64)).astype("<u8", copy=False)
        rows, indices, numbers = self._rows(out.dtype, scale), words.view(np.uint8), out.reshape(-1)
        whole = out.size // 8
        # Without a range check, take writes into `out` directly
        np.take(rows, indices[:whole], 0, numbers[: 8 * whole].view(rows.dtype), "wrap")
        if out.size % 8:
            last = rows[indices[whole : whole + 1]].view(out.dtype)
            numbers[8 * whole :] = last[: out.size % 8]

    def _rows(self, dtype: np.dtype[Any], scale: float) -> np.ndarray:
        """Return the table of signs times `scale`, eight numbers to an item of 32 or 64 bytes."""
        if self._table is None or self._table[:2] != (dtype, scale):
            table = (_SIGNS * scale).astype(dtype)
            self._table = dtype, scale, table.view(f"V{8 * dtype.itemsize}").reshape(-1)
        return self._table[2]


def draw_key(rng: int | np.random.Generator | np.random.SeedSequence | None) -> int:
    """Draw a Philox key from a seed or generator; None takes entropy from the system."""
    return int(_checks.generator("rng", rng).integers(2**64, dtype=np.uint64))
