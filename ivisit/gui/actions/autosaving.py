"""`Autosave`: unsaved values and layout survive a crash, a kill and a lost display."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from ivisit.errors import ParameterError
from ivisit.gui.actions.layout_memory import layout_state, take_layout
from ivisit.gui.drafts import Draft, DraftFile, draft_folder, leftovers
from ivisit.plugins.origins import source_file
from ivisit.sets.wording import local_time, what_changes

if TYPE_CHECKING:
    from ivisit.gui.window import Window

#: Seconds between two looks at what is unsaved, and between two signs of life.
AUTOSAVE_TIME, TOUCH_TIME = 3.0, 20.0
#: Values that a message names at the most.
MOST_NAMED = 6
#: What the messages are about; see `MessageBar.show`.
UNSAVED, UNSAFE = "unsaved", "autosave"
#: What of a layout changes by itself.
VOLATILE = ("geometry", "saved_by")


class Autosave:
    """Keeps a draft of what is unsaved, and offers what windows before have left behind.

    A change itself costs nothing; every few seconds the window gathers what is unsaved, and another
    thread writes it.

    Parameters
    ----------
    window : Window
        The window.
    """

    def __init__(self, window: Window) -> None:
        self.window = window
        simulation = window.session.simulation_class
        self._about = simulation.key, str(source_file(simulation) or "")
        self.file = DraftFile(*self._about)
        self._offered = False
        self._due = self._touch_due = 0.0
        self._written: dict[str, Any] | None = None
        self._base_layout: tuple[Any, dict[str, Any]] | None = None
        self._thread: threading.Thread | None = None
        self._error = self._told = ""

    def poll(self, now: float) -> None:
        """Offer what was left behind, once; keep what is unsaved, every few seconds."""
        if not self._offered:
            self._offered = True
            self.offer()
        if now >= self._due:
            self._due = now + AUTOSAVE_TIME
            self.keep(now)

    def keep(self, now: float) -> None:
        """Have what is unsaved written, if it is not there yet."""
        if self._thread is not None and self._thread.is_alive():
            return
        if self._error != self._told:
            self._told = self._error  # once: who has dismissed it knows
            if self._error:
                self.window.messages.show(UNSAFE, self._error)
            else:
                self.window.messages.dismiss(UNSAFE)
        content = self._unsaved()
        if content is None:
            if self._written is not None:
                self.file.remove()
        elif content != self._written or self._error:
            self._thread = threading.Thread(
                target=self._write, args=(content,), name="autosave", daemon=True
            )
            self._thread.start()
        elif now >= self._touch_due:
            self._touch_due = now + TOUCH_TIME
            self.file.touch()
        self._written = content

    def _write(self, content: dict[str, Any]) -> None:
        try:
            self.file.write(content)
            self._error = ""
        except (OSError, ParameterError) as error:
            reason = getattr(error, "strerror", None) or error
            self._error = (
                f"{draft_folder()}: cannot be written ({reason}); after a crash, unsaved values "
                "would be lost, and looks and sizes of the window are not remembered"
            )

    def _unsaved(self) -> dict[str, Any] | None:
        """Return what a crash would lose; None where it is nothing."""
        sets = self.window.sets
        layout = layout_state(self.window)
        settled = {name: value for name, value in layout.items() if name not in VOLATILE}
        if self._base_layout is None or self._base_layout[0] is not sets.shown:
            self._base_layout = (sets.shown, settled)
        if not sets.modified and settled == self._base_layout[1]:
            return None
        return {
            "values": dict(sets.chosen),
            "base": dict(sets.base),
            "adjustments": self.window.engine.adjustments(),
            "layout": layout,
            "store": str(sets.path.absolute()),
            "set": sets.name,
            "version": sets.shown.version if sets.shown is not None else 0,
        }

    # What was left behind -------------------------------------------------------------------

    def offer(self) -> None:
        """Offer the latest that windows before have left behind, if there is anything."""
        found = leftovers(*self._about)
        if not found:
            return
        draft = found[0]
        content = draft.content
        changes = what_changes(content["base"], content["values"])
        what = f"unsaved values: {changes}" if changes else "an unsaved layout"
        name = f" of {content['set']!r}" if content["set"] else ""
        self.window.messages.show(
            UNSAVED,
            f"A window{name} ended unexpectedly on {local_time(content['saved_at'])} with {what}",
            {"Restore": lambda: self.restore(draft), "Discard": lambda: self.discard(draft)},
        )

    def restore(self, draft: Draft) -> None:
        """Bring back what a window has left behind, in a way that can be undone."""
        content = draft.content
        if not draft.path.exists():
            self.window.say("Another window has taken these values over, or discarded them")
            return
        sets = self.window.sets
        is_here = content["store"] == str(sets.path.absolute())
        sets.take_unsaved(
            content["set"],
            content["version"] if is_here else 0,
            content["values"],
            content["base"],
            content["adjustments"],
        )
        take_layout(self.window, content["layout"])
        # It is unsaved still: first this window keeps it, then the former draft goes.
        if (unsaved := self._unsaved()) is not None:
            self._write(unsaved)
            self._written = unsaved
        if not self._error:
            draft.remove()
        self.window.say("Restored; Ctrl-Z takes that back")
        self.offer()

    def discard(self, draft: Draft) -> None:
        """Forget what a window has left behind."""
        draft.remove()
        self.offer()

    def close(self) -> None:
        """The window is closed in good order: there is nothing to keep."""
        if self._thread is not None:
            self._thread.join()
        self.file.remove()
