"""A text that people type, in one line or several."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Any, cast

from ivisit.controls import TextBox
from ivisit.gui.widgets.base import ControlWidget


class TextBoxWidget(ControlWidget):
    """Widget of a `TextBox`: Enter (with several lines Ctrl-Enter) or leaving it commits."""

    def _build(self) -> None:
        self._shown_text = ""
        self.field: ttk.Entry | tk.Text
        lines = cast(TextBox, self.control).lines
        if lines == 1:
            self.field = ttk.Entry(self.body, width=16)
            self.field.bind("<Return>", self._enter)
            self.field.bind("<KP_Enter>", self._enter)
        else:
            self.field = tk.Text(
                self.body, width=24, height=lines, wrap="word", highlightthickness=1
            )
            self.color()
            self.field.bind("<Control-Return>", self._enter)
            self.field.bind("<Tab>", self._go_on)
        self.field.bind("<FocusOut>", lambda event: self.finish())
        self.field.bind("<Escape>", lambda event: self._show(self.value))
        self.field.grid(row=0, column=0, sticky="ew")
        self.body.columnconfigure(0, weight=1)

    def text(self) -> str:
        """Return what stands in the field."""
        if isinstance(self.field, tk.Text):
            return self.field.get("1.0", "end-1c")
        return self.field.get()

    def _show(self, value: Any) -> None:
        self._shown_text = value
        if isinstance(self.field, tk.Text):
            self.field.replace("1.0", "end-1c", value)
        else:
            self.field.delete(0, "end")
            self.field.insert(0, value)
            # An entry shows line breaks as one line; what it returns is what was not changed.
            self._shown_text = self.field.get()

    def _is_editing(self) -> bool:
        return self.text() != self._shown_text

    def color(self) -> None:
        if isinstance(self.field, tk.Text):
            self.host.theme.color_text(self.field)

    def finish(self) -> None:
        if self._is_editing():
            self.commit_text(self.text())

    def _enter(self, event: Any) -> str:
        self.finish()
        return "break"  # the field's own reaction would add a line

    def _go_on(self, event: Any) -> str:
        event.widget.tk_focusNext().focus_set()
        return "break"
