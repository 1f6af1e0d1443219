"""The menu that a right click on a slider opens."""

from __future__ import annotations

import tkinter as tk
from functools import partial
from typing import TYPE_CHECKING, Any

from ivisit.gui.toolkit.on_demand import on_demand
from ivisit.gui.widgets.base import ControlWidget

if TYPE_CHECKING:
    from ivisit.gui.window import Window

#: Where the dialogs are.
DIALOGS = "ivisit.gui.scaling.dialogs"


class SliderMenu(tk.Menu):
    """What can be done with a slider beside moving it.

    Parameters
    ----------
    window : Window
        The window; a right click on any of its sliders opens the menu.
    bar : tkinter.Menu
        The menu bar, with which it changes its colors.
    """

    def __init__(self, window: Window, bar: tk.Menu) -> None:
        super().__init__(bar, tearoff=False)
        self.window = window
        self.name = ""
        for label, dialog in (("Sweep ...", "SweepDialog"), ("Optimize ...", "OptimizeDialog")):
            self.add_command(label=label, command=partial(self._open, dialog))
        is_mac = self.tk.call("tk", "windowingsystem") == "aqua"
        for sequence in ("<ButtonRelease-2>" if is_mac else "<ButtonRelease-3>",):
            window.root.bind(sequence, self._clicked, add=True)

    def _open(self, dialog: str) -> None:
        self.window.values.commit_typing()
        on_demand(DIALOGS, dialog)(self.window, self.name)

    def _clicked(self, event: Any) -> None:
        widget = event.widget
        while isinstance(widget, tk.Misc) and not isinstance(widget, ControlWidget):
            widget = widget.master
        if isinstance(widget, ControlWidget) and self._is_plain_slider(widget.name):
            self.name = widget.name
            self.window.theme.color_menu(self)
            self.tk_popup(event.x_root, event.y_root)

    def _is_plain_slider(self, name: str) -> bool:
        return name in on_demand(DIALOGS, "sliders_of")(self.window)
