"""`Printing`: what simulations print, for the console of the window and the terminal alike."""

from __future__ import annotations

import sys
import threading
from collections import deque
from typing import Any, TextIO

#: Pieces of text that wait for the window at the most.
MOST_WAITING = 10_000


class _Tee:
    """Stands for ``sys.stdout`` or ``sys.stderr`` while windows live."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        Printing.note(text)
        return self.stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


class Printing:
    """Collects what the thread of each session writes to stdout and stderr."""

    _streams: tuple[_Tee, _Tee] | None = None
    _texts: dict[int, deque[str]] = {}

    @classmethod
    def begin(cls, thread: threading.Thread) -> None:
        """Collect what `thread` prints."""
        if cls._streams is None:
            cls._streams = _Tee(sys.stdout), _Tee(sys.stderr)
            sys.stdout, sys.stderr = cls._streams
        cls._texts[id(thread)] = deque(maxlen=MOST_WAITING)

    @classmethod
    def end(cls, thread: threading.Thread) -> None:
        """Collect no more of it; when it was the last one, leave the streams alone again."""
        cls._texts.pop(id(thread), None)
        if not cls._texts and cls._streams is not None:
            for name, tee in zip(("stdout", "stderr"), cls._streams, strict=True):
                if getattr(sys, name) is tee:  # else somebody else has changed it since
                    setattr(sys, name, tee.stream)
            cls._streams = None

    @classmethod
    def note(cls, text: str) -> None:
        """Keep a text if a thread of a session writes it."""
        waiting = cls._texts.get(id(threading.current_thread()))
        if waiting is not None:
            waiting.append(text)

    @classmethod
    def take(cls, thread: threading.Thread) -> str:
        """Return what `thread` has printed since the last call."""
        waiting = cls._texts.get(id(thread))
        texts = []
        while waiting:
            texts.append(waiting.popleft())
        return "".join(texts)
