"""Arranging several small buttons in as few rows as fit."""

from __future__ import annotations

from collections.abc import Sequence
from tkinter import ttk


def arrange_in_columns(buttons: Sequence[ttk.Widget], width: int, gap: int) -> None:
    """Put `buttons` into a grid of equal columns, at most `width` pixels wide altogether."""
    widest = max(button.winfo_reqwidth() for button in buttons) + gap
    columns = min(max(width // widest, 1), len(buttons))
    for index, button in enumerate(buttons):
        row, column = divmod(index, columns)
        button.grid(row=row, column=column, sticky="w", padx=(0, gap))
