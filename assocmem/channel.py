"""The noise of a query: a binary channel with two error probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from assocmem._validation import binary, real_number, refusal, same_shape, whole_number


@dataclass(frozen=True)
class Channel:
    """Binary channel between a stored pattern u and a query q.

    Parameters
    ----------
    e01 : float
        Probability of a false alarm, P(q_i = 1 | u_i = 0), from 0 to 1.
    e10 : float
        Probability of a miss, P(q_i = 0 | u_i = 1), from 0 to 1.

    Raises
    ------
    ValueError
        If a probability lies outside [0, 1].

    Notes
    -----
    The value 0 is exact: rules answer it with exact infinities, not with large numbers. A channel
    with ``e01 + e10 == 1`` carries no information, one beyond that is an inverting channel; both
    are allowed.

    References
    ----------
    A. Knoblauch, Neural Computation 23:1393 (2011), section 2.

    Examples
    --------
    >>> Channel.of_query(0.75, 0.25, n_units=200, n_active=8)
    Channel(e01=0.010416666666666666, e10=0.25)
    """

    e01: float
    e10: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "e01", real_number("e01", self.e01, 0, 1))
        object.__setattr__(self, "e10", real_number("e10", self.e10, 0, 1))

    @classmethod
    def of_query(
        cls, completeness: float, addition: float, *, n_units: int, n_active: float
    ) -> Channel:
        """Return the channel of queries that keep and add fractions of a pattern's active units.

        Parameters
        ----------
        completeness : float
            Fraction lambda of the active units that the query keeps, from 0 to 1.
        addition : float
            Number kappa of wrongly active units per active unit, at least 0.
        n_units : int
            Number of units n.
        n_active : float
            (Mean) number k of active units of a pattern, from 0 to n.

        Returns
        -------
        Channel
            With e10 = 1 - lambda and e01 = kappa k / (n - k).

        Raises
        ------
        ValueError
            If an argument is out of range, or kappa k exceeds the n - k silent units.
        """
        n_units = whole_number("n_units", n_units, 1)
        n_active = real_number("n_active", n_active, 0, n_units)
        completeness = real_number("completeness", completeness, 0, 1)
        addition = real_number("addition", addition, 0)
        n_silent = n_units - n_active
        if addition * n_active > n_silent:
            raise ValueError(
                f"addition: {addition:g} times {n_active:g} active units must not exceed the "
                f"{n_silent:g} silent units"
            )
        e01 = min(1.0, addition * n_active / n_silent) if n_silent else 0.0
        return cls(e01, 1 - completeness)

    @classmethod
    def estimate(cls, queries: ArrayLike, patterns: ArrayLike) -> Channel:
        """Return the relative frequencies of the two errors in `queries`.

        Parameters
        ----------
        queries, patterns : array_like, shape (n_patterns, n_units) or (n_units,)
            Noisy versions and their originals, zeros and ones.

        Returns
        -------
        Channel
            Error frequencies pooled over all patterns; 0 for an error that cannot occur.

        Raises
        ------
        ValueError
            If the shapes differ or an array is not binary.
        """
        noisy, original = binary("queries", queries), binary("patterns", patterns)
        same_shape("queries", noisy, "patterns", original)
        n_active = int(np.count_nonzero(original))
        hits = int(np.count_nonzero(noisy & original))
        false_alarms = int(np.count_nonzero(noisy)) - hits
        n_silent = original.size - n_active
        return cls(
            false_alarms / n_silent if n_silent else 0.0,
            1 - hits / n_active if n_active else 0.0,
        )

    @property
    def is_noisy(self) -> bool:
        """Whether both probabilities lie strictly between 0 and 1, so that all odds are finite."""
        return 0 < self.e01 < 1 and 0 < self.e10 < 1

    def limited(self, smallest: float) -> Channel:
        """Return the channel with both probabilities kept from `smallest` to 1 - `smallest`."""
        e01, e10 = np.clip([self.e01, self.e10], smallest, 1 - smallest).tolist()
        return Channel(e01, e10)

    def key(self) -> tuple[float, float]:
        """Return both probabilities, rounded to 12 digits: the key of weight caches."""
        return float(f"{self.e01:.12g}"), float(f"{self.e10:.12g}")


def check_channel(channel: Channel | None, needed_by: str | None) -> Channel | None:
    """Return the channel, or refuse what is none; `needed_by` names the rule that asks for one."""
    if channel is None and needed_by is not None:
        raise ValueError(
            f"channel: must be given with the rule {needed_by!r} and this kind of retrieval, "
            "e.g. Channel(e01=0.01, e10=0.25)"
        )
    if channel is not None and not isinstance(channel, Channel):
        raise refusal("channel", "a Channel", channel)
    return channel


def required_channel(channel: Channel) -> Channel:
    """Return the channel, or refuse what is none."""
    if not isinstance(channel, Channel):
        raise refusal("channel", "a Channel, e.g. Channel(e01=0.01, e10=0.25)", channel)
    return channel
