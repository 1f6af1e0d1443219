"""The message bar: what the user has to know, until he has dealt with it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from functools import partial
from tkinter import ttk
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ivisit.gui.toolkit.theme import Theme

#: Messages that are shown at a time; older ones wait until newer ones are dismissed.
MOST_SHOWN = 3
#: The width, at 96 dpi, that a text has at least, however many buttons stand behind it.
LEAST_TEXT = 220


class Messenger(Protocol):
    """A window with a toolbar, below which messages stand."""

    @property
    def theme(self) -> Theme: ...
    @property
    def root(self) -> tk.Tk | tk.Toplevel: ...
    @property
    def toolbar(self) -> ttk.Frame: ...


class MessageBar(ttk.Frame):
    """Messages below the toolbar, each with what can be done about it.

    The status line has what may be missed; what matters stands here until it is dismissed, or
    until what it is about is over.
    """

    def __init__(self, window: Messenger) -> None:
        super().__init__(window.root)
        self.window = window
        self.messages: dict[str, Message] = {}

    def show(
        self, key: str, text: str, offers: Mapping[str, Callable[[], object]] | None = None
    ) -> None:
        """Show a message.

        Parameters
        ----------
        key : str
            What it is about: a message takes the place of the former one about the same.
        text : str
            The message.
        offers : mapping of str to callable, optional
            What the buttons say and do. One that is pressed dismisses the message.
        """
        former = self.messages.get(key)
        text = " ".join(text.split())
        if former is not None and former.text == text and [*former.buttons] == [*(offers or {})]:
            return  # what is being read stands still
        self.dismiss(key)
        self.messages[key] = Message(self, key, text, offers or {})
        self._arrange()

    def change_text(self, key: str, text: str) -> None:
        """Have the message `key`, if it is shown, say something else."""
        if key in self.messages:
            self.messages[key].set_text(text)

    def dismiss(self, key: str) -> None:
        """Take a message away; without one that does nothing."""
        message = self.messages.pop(key, None)
        if message is not None:
            message.destroy()
            self._arrange()

    def choose(self, key: str, action: Callable[[], object]) -> None:
        """Dismiss a message and do what it offers."""
        self.dismiss(key)
        action()

    def _arrange(self) -> None:
        """Show the newest messages, the latest one on top; no bar where there is none."""
        gap = self.window.theme.pixels(4)
        for message in self.messages.values():
            message.pack_forget()
        for message in [*self.messages.values()][: -MOST_SHOWN - 1 : -1]:
            message.pack(fill="x", padx=2 * gap, pady=(0, gap))
        if self.messages and not self.winfo_manager():
            self.pack(side="top", fill="x", after=self.window.toolbar)
        elif not self.messages:
            self.pack_forget()


class Message(ttk.Frame):
    """One message with its buttons."""

    def __init__(
        self, bar: MessageBar, key: str, text: str, offers: Mapping[str, Callable[[], object]]
    ) -> None:
        px = bar.window.theme.pixels
        super().__init__(bar, style="Notice.TFrame", padding=(px(10), px(4), px(6), px(4)))
        self.text = text
        self.buttons: dict[str, ttk.Button] = {}
        # Made in the order in which Tab leads through them.
        actions = {**offers, "Dismiss": lambda: None}
        places = [self._add_button(bar, key, label, act) for label, act in actions.items()]
        self.dismiss_button = places.pop()
        self.buttons = dict(zip(offers, places, strict=True))
        for button in (self.dismiss_button, *reversed(places)):
            button.pack(side="right", padx=(px(6), 0), anchor="n")
        self.label = ttk.Label(self, text=text, style="Notice.TLabel", justify="left", anchor="w")
        self.label.pack(side="left", fill="x", expand=True)
        self.bind("<Configure>", lambda event: self._wrap(event.width, px(LEAST_TEXT), px(30)))

    def _add_button(
        self, bar: MessageBar, key: str, label: str, action: Callable[[], object]
    ) -> ttk.Button:
        return ttk.Button(self, text=label, command=partial(bar.choose, key, action))

    def _wrap(self, width: int, least: int, gap: int) -> None:
        buttons = (self.dismiss_button, *self.buttons.values())
        taken = sum(button.winfo_reqwidth() + gap // 4 for button in buttons)
        self.label.configure(wraplength=max(width - taken - gap, least))

    def set_text(self, text: str) -> None:
        """Say something else."""
        if text != self.text:
            self.text = text
            self.label.configure(text=text)
