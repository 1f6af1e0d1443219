"""The error pane, a page of the drawer: what went wrong in the user's code, what can be done."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import TYPE_CHECKING

from ivisit.errors import Failure
from ivisit.gui.drawers.page import Page

if TYPE_CHECKING:
    from ivisit.gui.window import Window


class ErrorPane(Page):
    """Shows a failure; hidden while there is none."""

    caption = "Error"
    natural_height = 250
    is_always_there = False

    def __init__(self, window: Window) -> None:
        px = window.theme.pixels
        super().__init__(window)
        self.configure(padding=px(4))
        self.failure: Failure | None = None
        head = ttk.Frame(self, style="Card.TFrame", relief="flat", borderwidth=0)
        head.pack(fill="x")
        self.title = ttk.Label(
            head, style="Danger.TLabel", background=window.theme.palette.surface, anchor="w"
        )
        buttons = ttk.Frame(head, style="Card.TFrame", relief="flat", borderwidth=0)
        buttons.pack(side="right", anchor="n")
        self.title.pack(side="left", fill="x", expand=True, anchor="n")
        self.buttons: dict[str, ttk.Button] = {}
        offers = [("Init again", window.init), ("Retry step", window.retry)]
        if window.session.simulation_class._goes_on_after_error:
            offers.reverse()  # what Step and Run do, too, stands first
        for text, command in (
            *offers,
            ("Reload source", window.source.reload),
            ("Copy", self.copy),
            ("Close", self.hide),
        ):
            button = ttk.Button(buttons, text=text, command=command)
            button.pack(side="left", padx=(px(6), 0))
            self.buttons[text] = button
        self.place_label = ttk.Label(self, style="Card.TLabel", justify="left", anchor="w")
        self.place_label.pack(fill="x", pady=(px(2), px(4)))
        body = ttk.Frame(self, style="Card.TFrame", relief="flat", borderwidth=0)
        body.pack(fill="both", expand=True)
        self.text = tk.Text(
            body, height=1, wrap="none", font="TkFixedFont", highlightthickness=0, padx=px(4)
        )
        bar = ttk.Scrollbar(body, orient="vertical", command=self.text.yview)
        self.text.configure(yscrollcommand=bar.set)
        bar.pack(side="right", fill="y")
        self.text.pack(side="left", fill="both", expand=True)
        self.bind("<Configure>", self._wrap)

    def _wrap(self, event: tk.Event) -> None:
        px = self.window.theme.pixels
        self.title.configure(wraplength=max(event.width - px(420), px(200)))
        self.place_label.configure(wraplength=event.width - px(24))

    def color(self) -> None:
        self.window.theme.color_text(self.text)
        self.title.configure(background=self.window.theme.palette.surface)

    def show(self, failure: Failure) -> None:
        """Show `failure`."""
        self.failure = failure
        stage = failure.stage if " " in failure.stage else f"{failure.stage}()"
        self.title.configure(text=f"{failure.type} in {stage}: {failure.message}")
        place = ""
        if failure.file:
            place = f'{failure.file}, line {failure.line}: "{failure.source}"'
        self.place_label.configure(text=place)
        can_retry = self.window.engine.can_retry
        self.buttons["Retry step"].configure(state="normal" if can_retry else "disabled")
        self.text.configure(state="normal")
        self.text.replace("1.0", "end-1c", failure.traceback)
        self.text.configure(state="disabled")
        self.text.see("end")
        self.is_always_there = True
        self.open()

    def hide(self) -> None:
        """Take the pane away; the window lives on."""
        self.failure = None
        self.is_always_there = False
        self.window.drawer.leave(self)

    def copy(self) -> None:
        """Copy place and traceback to the clipboard."""
        if self.failure:
            self.window.copy(f"{self.failure}\n\n{self.failure.traceback}")
