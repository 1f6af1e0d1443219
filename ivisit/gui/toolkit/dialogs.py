"""Dialogs that do not stop the window: they tell a function what the user decided."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from functools import partial
from tkinter import ttk
from typing import Protocol

from ivisit.gui.toolkit.theme import Theme


class DialogHost(Protocol):
    """What a dialog needs of the window that it stands before."""

    @property
    def root(self) -> tk.Tk | tk.Toplevel: ...
    @property
    def theme(self) -> Theme: ...
    @property
    def alive(self) -> bool: ...


class Dialog(tk.Toplevel):
    """An empty dialog in front of the window, with a row of buttons at the bottom.

    Parameters
    ----------
    host : DialogHost
        The window it belongs to.
    title : str
        Its title.
    """

    def __init__(self, host: DialogHost, title: str) -> None:
        root = host.root
        for other in root.winfo_children():
            # One of a kind at a time: the new one knows more.
            if isinstance(other, Dialog) and other.title() == title:
                other.destroy()
        super().__init__(root, background=host.theme.palette.background)
        self.host = host
        self.withdraw()
        self.title(title)
        if root.winfo_viewable():
            self.transient(root)
        px = host.theme.pixels
        self.content = ttk.Frame(self, padding=px(16))
        self.content.pack(fill="both", expand=True)
        self.row = ttk.Frame(self, padding=(px(16), 0, px(16), px(14)))
        self.row.pack(fill="x")
        self.bind("<Escape>", lambda event: self.destroy())

    def add_button(
        self, text: str, command: Callable[[], object], *, is_default: bool = False
    ) -> ttk.Button:
        """Add a button, from the right to the left; Enter presses the default one."""
        style = "Accent.TButton" if is_default else "TButton"
        button = ttk.Button(self.row, text=text, command=command, style=style)
        button.pack(side="right", padx=(self.host.theme.pixels(8), 0))
        if is_default:
            self.bind("<Return>", lambda event: command())
        return button

    def open(self, *, minimum: tuple[int, int] = (0, 0)) -> None:
        """Show the dialog in the middle of the window."""
        self.update_idletasks()
        root = self.host.root
        width = max(self.winfo_reqwidth(), minimum[0])
        height = max(self.winfo_reqheight(), minimum[1])
        x = root.winfo_rootx() + max((root.winfo_width() - width) // 2, 0)
        y = root.winfo_rooty() + max((root.winfo_height() - height) // 3, 0)
        self.geometry(f"{width}x{height}+{x}+{y}")
        self.deiconify()
        self.lift()


class FormDialog(Dialog):
    """Asks for some texts.

    Parameters
    ----------
    host : DialogHost
        The window it belongs to.
    title : str
        Its title.
    fields : mapping of str to str
        Label and initial text of each field.
    accept : callable
        ``accept(fields)`` gets the texts by label and returns what is wrong with them; the dialog
        closes when it returns an empty text.
    text : str, optional
        Explanation above the fields.
    button : str, optional
        Text of the button that accepts.
    """

    def __init__(
        self,
        host: DialogHost,
        title: str,
        fields: Mapping[str, str],
        accept: Callable[[dict[str, str]], str],
        *,
        text: str = "",
        button: str = "OK",
    ) -> None:
        super().__init__(host, title)
        self._accept = accept
        px = host.theme.pixels
        if text:
            label = ttk.Label(self.content, text=text, wraplength=px(360), justify="left")
            label.grid(row=0, column=0, columnspan=2, sticky="w", pady=(0, px(10)))
        self.entries: dict[str, ttk.Entry] = {}
        for row, (name, value) in enumerate(fields.items(), start=1):
            label = ttk.Label(self.content, text=name)
            label.grid(row=row, column=0, sticky="w", padx=(0, px(12)), pady=px(3))
            entry = ttk.Entry(self.content, width=32)
            entry.insert(0, value)
            entry.grid(row=row, column=1, sticky="ew", pady=px(3))
            self.entries[name] = entry
        self.content.columnconfigure(1, weight=1)
        self.problem = ttk.Label(self.content, style="Problem.TLabel", wraplength=px(360))
        self.problem.grid(row=len(fields) + 1, column=0, columnspan=2, sticky="w")
        self.add_button(button, self.accept, is_default=True)
        self.add_button("Cancel", self.destroy)
        self.open()
        first = next(iter(self.entries.values()))
        first.select_range(0, "end")
        first.focus_set()

    def accept(self) -> None:
        """Hand the texts over; show what is wrong, or close."""
        problem = self._accept({name: entry.get() for name, entry in self.entries.items()})
        if not self.host.alive:
            return  # it was the last thing to do
        if problem:
            self.problem.configure(text=problem)
            self.geometry("")  # the size that the longer content asks for
        else:
            self.destroy()


class QuestionDialog(Dialog):
    """Asks to choose between some answers.

    Parameters
    ----------
    host : DialogHost
        The window it belongs to.
    title, text : str
        Title and question.
    answers : mapping of str to callable
        What the buttons say and do, the default one first. A button "Cancel" is added.
    """

    def __init__(
        self,
        host: DialogHost,
        title: str,
        text: str,
        answers: Mapping[str, Callable[[], object]],
    ) -> None:
        super().__init__(host, title)
        px = host.theme.pixels
        label = ttk.Label(self.content, text=text, wraplength=px(420), justify="left")
        label.pack(anchor="w")
        self.buttons = {
            answer: self.add_button(answer, partial(self._choose, action), is_default=index == 0)
            for index, (answer, action) in enumerate(answers.items())
        }
        self.buttons["Cancel"] = self.add_button("Cancel", self.destroy)
        self.open(minimum=(px(320), 0))
        self.focus_set()

    def _choose(self, action: Callable[[], object]) -> None:
        self.destroy()
        action()


class TextDialog(Dialog):
    """Shows a long text that scrolls.

    Parameters
    ----------
    host : DialogHost
        The window it belongs to.
    title, text : str
        Title and text; lines that begin with ``#`` become headings.
    """

    def __init__(self, host: DialogHost, title: str, text: str) -> None:
        super().__init__(host, title)
        px = host.theme.pixels
        self.text = tk.Text(
            self.content,
            wrap="word",
            width=76,
            height=min(text.count("\n") + len(text) // 76 + 5, 28),
            font="TkDefaultFont",
            padx=px(10),
            pady=px(8),
        )
        bar = ttk.Scrollbar(self.content, orient="vertical", command=self.text.yview)
        self.text.configure(yscrollcommand=bar.set)
        host.theme.color_text(self.text)
        bar.pack(side="right", fill="y")
        self.text.pack(side="left", fill="both", expand=True)
        self.text.tag_configure("heading", font="IvisitHeading", spacing1=px(10), spacing3=px(4))
        for line in text.splitlines():
            is_heading = line.startswith("# ")
            tags = ("heading",) if is_heading else ()
            self.text.insert("end", (line[2:] if is_heading else line) + "\n", tags)
        self.text.configure(state="disabled")
        self.add_button("Close", self.destroy, is_default=True).focus_set()
        self.open()
