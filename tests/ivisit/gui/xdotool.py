"""Hands on the mouse and the keyboard of the display itself, for tests from end to end.

What is clicked and typed here takes the way of real input through the X server: it reaches what
stands there and has the focus, whatever the test believes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Any

import pytest


class Hands:
    """Moves the pointer and types by ``xdotool``.

    Parameters
    ----------
    user : User
        Whose windows handle the events; see the fixture ``user``.
    """

    def __init__(self, user: Any) -> None:
        if shutil.which("xdotool") is None:
            missing = "needs xdotool (Debian/Ubuntu: apt-get install xdotool)"
            if os.environ.get("IVISIT_REQUIRE_DISPLAY") == "1" or os.environ.get("CI"):
                pytest.fail(missing)
            pytest.skip(missing)
        self.user = user

    def _do(self, *arguments: str) -> None:
        subprocess.run(["xdotool", *arguments], check=True, timeout=20)
        self.user.window.update()

    def point(self, widget: Any, x: int | None = None, y: int | None = None) -> None:
        """Move the pointer to the middle of a widget, or elsewhere on it."""
        self.user.until(widget.winfo_viewable)
        x = widget.winfo_width() // 2 if x is None else x
        y = widget.winfo_height() // 2 if y is None else y
        self._do("mousemove", str(widget.winfo_rootx() + x), str(widget.winfo_rooty() + y))

    def click(
        self, widget: Any, x: int | None = None, y: int | None = None, *, button: int = 1
    ) -> None:
        """Click into the middle of a widget, or elsewhere on it."""
        self.point(widget, x, y)
        self._do("click", str(button))

    def drag(self, widget: Any, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Press the left button at one place of a widget and let it go at another."""
        self.point(widget, *start)
        self._do("mousedown", "1")
        self.point(widget, *end)
        self._do("mouseup", "1")

    def press(self, *keys: str) -> None:
        """Press keys one after the other, as in ``press("ctrl+a", "Return")``."""
        for key in keys:
            self._do("key", key)

    def type(self, text: str) -> None:
        """Type a text."""
        self._do("type", text)

    def replace(self, entry: Any, text: str) -> None:
        """Replace the text of a field and press Enter.

        Each key waits until the one before has done its work: focus and keys take two ways.
        """
        self.click(entry)
        self.user.until(lambda: entry.focus_displayof() is entry)
        self.press("ctrl+a")
        self.user.until(entry.selection_present)
        self.type(text)
        self.user.until(lambda: entry.get() == text)
        self.press("Return")
