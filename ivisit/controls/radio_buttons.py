"""`RadioButtons`: one of several options, all of them visible."""

from __future__ import annotations

from ivisit.controls.base import Value
from ivisit.controls.choices import Choice


class RadioButtons(Choice[Value]):
    """One of several options, all of them visible; the parameters are those of `OptionList`."""
