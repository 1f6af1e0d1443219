"""`OptionList`: one of several options, from a drop-down list."""

from __future__ import annotations

from ivisit.controls.base import Value
from ivisit.controls.choices import Choice


class OptionList(Choice[Value]):
    """One of several options, chosen from a drop-down list.

    Parameters
    ----------
    default : object
        One of `options`, or its label.
    options : sequence, dict or Enum
        Texts and numbers, all different, also as text; None and members of an `Enum` are called by
        name. A dict of label to value has whatever values you want: people choose a label, results
        and parameter sets keep it, and the simulation reads the value.
    label, unit, help, group, restart
        See `Control`.

    Examples
    --------
    >>> OptionList("reflect", ["reflect", "nearest"])
    OptionList('reflect', ['reflect', 'nearest'])
    >>> import math, ivisit as iv
    >>> class Layer(iv.Simulation):
    ...     squash = iv.OptionList("tanh", {"tanh": math.tanh, "none": None})
    >>> layer = Layer()
    >>> layer.squash(0.0), layer.parameters["squash"]
    (0.0, 'tanh')
    """
