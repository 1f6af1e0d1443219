"""Keys in fields that Tk does not know on all systems."""

from __future__ import annotations

import tkinter as tk
from typing import Any


def select_all_by_key(root: tk.Tk) -> None:
    """Have Ctrl+A select all that stands in a field."""

    def select(event: Any) -> str:
        widget = event.widget
        if isinstance(widget, tk.Text):
            widget.tag_add("sel", "1.0", "end-1c")
        else:
            widget.select_range(0, "end")
            widget.icursor("end")
        return "break"

    for kind in ("Entry", "TEntry", "TCombobox", "Text"):
        for key in ("<Control-a>", "<Control-A>"):
            root.bind_class(kind, key, select)
