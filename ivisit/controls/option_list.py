"""`OptionList`: one of several options, from a drop-down list."""

from __future__ import annotations

from ivisit.controls.base import Value
from ivisit.controls.choices import Choice


class OptionList(Choice[Value]):
    """One of several options, chosen from a drop-down list.

    Parameters
    ----------
    default : str, int or float
        One of `options`.
    options : sequence of str, int or float
        All different, also as text.
    label, unit, help, group, restart
        See `Control`.
    """
