"""`Button`: true during one step after a click."""

from __future__ import annotations

from ivisit.controls.checkbox import Checkbox


class Button(Checkbox):
    """A push button: true during exactly one step after a click.

    Parameters
    ----------
    label, help, group, restart
        See `Control`; the label stands on the button.

    Notes
    -----
    In the window a click counts at the next step. Headlessly ``-p reset=true`` presses the button
    for the first step. A click is never saved in a parameter set.
    """

    saved = False
    momentary = True

    def __init__(
        self, label: str | None = None, *, help: str = "", group: str = "", restart: bool = False
    ) -> None:
        super().__init__(False, label=label, help=help, group=group, restart=restart)
