"""Keys that Tk does not know on all systems: select all, Enter on buttons, taking words back."""

from __future__ import annotations

import tkinter as tk
from typing import Any

#: Classes of one-line fields.
FIELDS = ("Entry", "TEntry", "TCombobox")
#: Tags for the bindings that come before and after the field's own.
BEFORE, AFTER = "IvisitBeforeKey", "IvisitAfterKey"
#: What happens to a text; keys such as Enter hand it over, and other ones choose another text.
EDITS = ("<KeyPress>", "<<Paste>>", "<<Cut>>", "<<Clear>>", "<<PasteSelection>>")
#: The bit of an event's state that says that Control is held.
CONTROL = 4
#: Keys that hand a text over or replace it by another one: there is nothing to take back then.
ENDING_KEYS = ("Return", "KP_Enter", "Escape", "Tab", "Up", "Down", "Prior", "Next")


def teach_keys(root: tk.Tk) -> WordUndo:
    """Have the keys of a window do what people expect; return what takes words back."""
    select_all_by_key(root)
    press_by_enter(root)
    show_selection_where_typed(root)
    return WordUndo(root)


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

    for kind in (*FIELDS, "Text"):
        for key in ("<Control-a>", "<Control-A>"):
            root.bind_class(kind, key, select)


def press_by_enter(root: tk.Tk) -> None:
    """Have Enter press the button that has the focus, and nothing else, as the blank does."""

    def press(event: Any) -> str:
        event.widget.invoke()
        return "break"  # a dialog would press its default button, too

    for key in ("<Return>", "<KP_Enter>"):
        root.bind_class("TButton", key, press)


def show_selection_where_typed(root: tk.Tk) -> None:
    """Take the selection from a field that the focus leaves: it would look as if typed into."""

    def leave(event: Any) -> None:
        event.widget.select_clear()

    root.bind_class("TEntry", "<FocusOut>", leave, add=True)


def order_for_tab(*widgets: tk.Widget) -> None:
    """Have the Tab key lead through these parts of a window in this order, and to others last."""
    for widget in reversed(widgets):
        widget.lower()


class TypedText:
    """What has been typed into a one-line field, word by word.

    Attributes
    ----------
    undone, done : list of str
        Texts to which redo and undo lead, the nearest one last.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.done: list[str] = []
        self.undone: list[str] = []

    def begin(self, text: str) -> None:
        """The field shows a text that was not typed."""
        self.__init__(text)  # type: ignore[misc]

    def note(self, text: str) -> None:
        """The user has made another text of it; what goes on with a word is one with it."""
        if text == self.text:
            return
        if not (self.done and goes_on_with_word(self.done[-1], self.text, text)):
            self.done.append(self.text)
        self.text = text
        self.undone.clear()

    def step(self, source: list[str], target: list[str]) -> str | None:
        """Go to the latest text in `source`; None where there is none."""
        if not source:
            return None
        target.append(self.text)
        self.text = source.pop()
        return self.text


def goes_on_with_word(before: str, present: str, text: str) -> bool:
    """Tell whether the change from `present` to `text` belongs to the word typed since `before`.

    >>> goes_on_with_word("a ", "a b", "a bc"), goes_on_with_word("a", "a ", "a b")
    (True, False)
    >>> goes_on_with_word("word", "wor", "wo"), goes_on_with_word("word", "wor", "worn")
    (True, False)
    """
    if len(text) == len(present) + 1 and len(present) > len(before):
        typed = _inserted(present, text)
        former = _inserted(before, present)[-1:]
        return bool(typed) and not (former.isspace() and not typed.isspace())
    return len(text) == len(present) - 1 and len(present) < len(before)


def _inserted(before: str, after: str) -> str:
    """Return what was inserted into `before` at one place to give `after`; else nothing."""
    start = 0
    while start < len(before) and before[start] == after[start]:
        start += 1
    length = len(after) - len(before)
    inserted = after[start : start + length]
    return inserted if after[start + length :] == before[start:] else ""


class WordUndo:
    """Lets words be taken back in all fields: Tk cannot do so in those of one line.

    Parameters
    ----------
    root : tkinter.Tk
        The window.
    """

    def __init__(self, root: tk.Tk) -> None:
        self._root = root
        self._texts: dict[str, TypedText] = {}
        for kind in (*FIELDS, "Text"):
            root.bind_class(kind, "<FocusIn>", self._enter, add=True)
        for event in EDITS:
            root.bind_class(BEFORE, event, self._before)
            root.bind_class(AFTER, event, self._after)

    def _enter(self, event: Any) -> None:
        """The field has the focus: from now on it is watched."""
        field = event.widget
        tags = field.bindtags()
        if BEFORE not in tags:
            place = tags.index(field.winfo_class()) + 1
            field.bindtags((BEFORE, *tags[:place], AFTER, *tags[place:]))
            field.bind(
                "<Destroy>", lambda event: self._texts.pop(str(event.widget), None), add=True
            )
        self._texts[str(field)] = TypedText(text_of(field))

    def _forget(self, event: Any) -> None:
        self._texts.pop(str(event.widget), None)

    def _before(self, event: Any) -> None:
        typed, text = self._texts.get(str(event.widget)), text_of(event.widget)
        if typed is not None and (typed.text != text or self._ends(event)):
            typed.begin(text)

    def _after(self, event: Any) -> None:
        typed = self._texts.get(str(event.widget))
        if typed is None:
            return
        if self._ends(event):
            typed.begin(text_of(event.widget))
        else:
            typed.note(text_of(event.widget))

    @staticmethod
    def _ends(event: Any) -> bool:
        """Tell whether a key hands the text over, so that there is nothing to take back."""
        if isinstance(event.widget, tk.Text):
            return bool(event.keysym == "Return" and event.state & CONTROL)
        return event.keysym in ENDING_KEYS

    def undo(self) -> bool:
        """Take back the latest word in the field that has the focus; tell if there was one."""
        return self._step(back=True)

    def redo(self) -> bool:
        """Type the word again that was taken back last; tell if there was one."""
        return self._step(back=False)

    def _step(self, *, back: bool) -> bool:
        path = str(self._root.tk.call("focus"))
        typed = self._texts.get(path)
        if typed is None or typed.text != text_of(field := self._root.nametowidget(path)):
            return False
        former = typed.text
        source, target = (typed.done, typed.undone) if back else (typed.undone, typed.done)
        text = typed.step(source, target)
        if text is None:
            return False
        put_text(field, text, cursor=end_of_change(former, text))
        return True


def text_of(field: tk.Entry | tk.Text) -> str:
    """Return what stands in a field of one line or several."""
    return field.get("1.0", "end-1c") if isinstance(field, tk.Text) else field.get()


def put_text(field: tk.Entry | tk.Text, text: str, cursor: int) -> None:
    """Have another text stand in a field, the cursor behind so many letters."""
    if isinstance(field, tk.Text):
        field.replace("1.0", "end-1c", text)
        field.mark_set("insert", f"1.0 + {cursor} chars")
        field.see("insert")
    else:
        field.delete(0, "end")
        field.insert(0, text)
        field.icursor(cursor)


def end_of_change(before: str, after: str) -> int:
    """Return behind which letter of `after` it goes on as `before` does.

    >>> end_of_change("one two ", "one "), end_of_change("ab", "axyb")
    (4, 3)
    """
    most = min(len(before), len(after))
    start = 0
    while start < most and before[start] == after[start]:
        start += 1
    end = 0
    while end < most - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return len(after) - end
