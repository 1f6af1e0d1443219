"""The bar that shows how far a film is."""

from __future__ import annotations

from collections.abc import Callable
from tkinter import ttk
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivisit.gui.window import Window


class FilmBar(ttk.Frame):
    """A drawer with a progress bar; the film can be ended early, or given up.

    Parameters
    ----------
    window : Window
        The window.
    name : str
        Name of the film.
    expected : int
        How many pictures there will be.
    finish, cancel : callable
        What the buttons do.
    """

    def __init__(
        self,
        window: Window,
        name: str,
        expected: int,
        finish: Callable[[], object],
        cancel: Callable[[], object],
    ) -> None:
        px = window.theme.pixels
        super().__init__(window.root, style="Card.TFrame", padding=px(6))
        self.name, self.expected = name, expected
        self.label = ttk.Label(self, style="Card.TLabel")
        self.label.pack(side="left", padx=(px(4), px(12)))
        self.cancel = ttk.Button(self, text="Cancel", command=cancel)
        self.cancel.pack(side="right", padx=(px(6), 0))
        self.finish = ttk.Button(self, text="Stop and keep", command=finish)
        self.finish.pack(side="right", padx=(px(12), 0))
        self.progress = ttk.Progressbar(self, maximum=expected, mode="determinate")
        self.progress.pack(side="left", fill="x", expand=True)
        self.show(0)

    def show(self, pictures: int) -> None:
        """Show how many pictures there are."""
        self.label.configure(text=f"Recording {self.name}: {pictures} of {self.expected} pictures")
        self.progress.configure(value=pictures)
