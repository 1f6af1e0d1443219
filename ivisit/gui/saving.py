"""Saving files from a window: what went wrong stays to be read, and offers another place."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from ivisit.files import replace_file

if TYPE_CHECKING:
    from ivisit.gui.bars.messages import MessageBar
    from ivisit.gui.host import Host

#: What the button says that asks for another place.
ELSEWHERE = "Save elsewhere ..."


class Teller(Protocol):
    """A window that can tell something."""

    messages: MessageBar

    def say(self, text: str) -> None:
        """Show a message for some seconds."""


def tell_saved(
    window: Teller,
    path: str | os.PathLike[str],
    problem: str = "",
    again: Callable[[], object] | None = None,
) -> None:
    """Tell how the saving of a file went.

    Parameters
    ----------
    window : Teller
        The window.
    path : path-like
        The file.
    problem : str, optional
        Why it could not be saved; that stays until it is dismissed.
    again : callable, optional
        Asks for another place.
    """
    key = f"saving {path}"
    if problem:
        text = problem if problem.startswith(f"{path}:") else f"{path}: cannot be saved: {problem}"
        window.messages.show(key, text, {ELSEWHERE: again} if again else {})
    else:
        window.messages.dismiss(key)
        window.say(f"Saved {path}")


def save_file(
    host: Host,
    path: str | os.PathLike[str],
    write: Callable[[IO[Any]], Any],
    again: Callable[[], object],
) -> None:
    """Write a file as `ivisit.files.replace_file` does, and have the host tell how it went."""
    host.tell_saved(path, problem_of(path, write), again)


def problem_of(
    path: str | os.PathLike[str], write: Callable[[IO[Any]], Any], *, text: bool = False
) -> str:
    """Write a file; return why that was not possible, nothing where it was."""
    try:
        replace_file(Path(path), write, text=text)
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or str(error)
    return ""
