"""The status line: parameter set, steps, rates, seed, and messages."""

from __future__ import annotations

import time
from collections import deque
from tkinter import ttk
from typing import TYPE_CHECKING

from ivisit.gui.toolkit.tooltip import Tooltip

if TYPE_CHECKING:
    from ivisit.gui.window import Window

#: Seconds over which rates are averaged, between two updates, and for which a message stays.
AVERAGED, UPDATED, MESSAGE_DURATION = 1.5, 0.2, 10.0
#: A step that takes longer than these many seconds is mentioned, and may be abandoned.
LONG_STEP, ABANDONED = 1.0, 5.0


class Rates:
    """Steps and frames a second, from what was drawn lately."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int, int]] = deque()

    def add(self, now: float, steps: int, run: int) -> None:
        """A frame that had finished `steps` steps was drawn."""
        if self._seen and (self._seen[-1][2] != run or self._seen[-1][1] > steps):
            self._seen.clear()
        self._seen.append((now, steps, run))

    def clear(self) -> None:
        """Forget all: the simulation stopped."""
        self._seen.clear()

    def get(self, now: float) -> tuple[float, float]:
        """Return steps/s and frames/s."""
        # One older entry stays, so that a slow simulation has a rate too.
        while len(self._seen) > 2 and self._seen[1][0] < now - AVERAGED:
            self._seen.popleft()
        if len(self._seen) < 2:
            return 0.0, 0.0
        first, last = self._seen[0], self._seen[-1]
        seconds = max(now - first[0], 1e-3)
        return (last[1] - first[1]) / seconds, (len(self._seen) - 1) / seconds


class StatusLine(ttk.Frame):
    """The line at the bottom of the window."""

    def __init__(self, window: Window) -> None:
        px = window.theme.pixels
        super().__init__(window.root, padding=(px(10), px(3), px(10), px(4)))
        self.window = window
        self.rates = Rates()
        self._updated_at = 0.0
        self._message = ""
        self._message_ends = 0.0
        self._pointed = ""
        #: Which values are not in the picture yet, if any.
        self.waits = ""
        self.labels: dict[str, ttk.Label] = {}
        self._texts: dict[str, str] = {}
        for name in ("seed", "frames", "speed", "steps"):
            label = ttk.Label(self, style="Muted.TLabel", anchor="e")
            label.pack(side="right", padx=(px(16), 0))
            self.labels[name] = label
        self.abandon = ttk.Button(self, text="Abandon", command=window.abandon)
        Tooltip(
            self.abandon,
            "Leave this step behind and begin anew with the same values",
            window.theme,
        )
        self.progress = ttk.Progressbar(self, length=px(120), maximum=1.0)
        for name in ("set", "message"):
            label = ttk.Label(self, anchor="w", style="Muted.TLabel" if name == "set" else "TLabel")
            label.pack(side="left", padx=(0, px(16)))
            self.labels[name] = label
        # A long message is cut where the line ends.
        Tooltip(self.labels["message"], lambda: self._texts.get("message", ""), window.theme)

    @property
    def is_free(self) -> bool:
        """Whether no message is shown that somebody may be reading."""
        return not self._message or time.perf_counter() >= self._message_ends

    def say(self, text: str) -> None:
        """Show a message for some seconds."""
        self._message = " ".join(text.split())
        self._message_ends = time.perf_counter() + MESSAGE_DURATION
        self.update_texts()

    def point_at(self, text: str) -> None:
        """Show what the pointer points at; an empty text when it is nothing."""
        if text != self._pointed:
            self._pointed = text
            self._set("message", self._message_text(time.perf_counter()))

    def drew(self, now: float, steps: int, run: int) -> None:
        """Count a frame that was drawn."""
        self.rates.add(now, steps, run)

    def poll(self, now: float) -> None:
        """Update the texts a few times a second."""
        if now - self._updated_at >= UPDATED:
            self.update_texts()

    def update_texts(self) -> None:
        """Update all texts."""
        now = self._updated_at = time.perf_counter()
        window = self.window
        if not (window.session.running or window.sessions.playing):
            self.rates.clear()
        speed, frames = self.rates.get(now)
        self._offer_to_abandon(now)
        self._show_progress()
        self._set("set", window.sets.title())
        self._set("message", self._message_text(now))
        self._set("steps", f"Step {window.steps:,}")
        self._set("speed", speed_text(speed))
        self._set("frames", f"{rate_text(frames)} frames/s")
        self._set("seed", f"Seed {short_seed(window.engine.seed)}")

    def _offer_to_abandon(self, now: float) -> None:
        """Show the button where a step takes very long."""
        worker = self.window.session.worker
        long = worker.busy and now - self.window.last_frame_at > ABANDONED
        if long and not self.abandon.winfo_manager():
            self.abandon.pack(side="left", after=self.labels["message"])
        elif not long and self.abandon.winfo_manager():
            self.abandon.pack_forget()

    def _show_progress(self) -> None:
        """Show how far a run of so many steps, or a session that is played, is."""
        worker, playing = self.window.session.worker, self.window.sessions.playing
        first, last = worker.goal_from, worker.goal if self.window.session.running else None
        if playing is not None:
            first, last = 0, playing.result.steps
        if last is not None:
            done = (self.window.steps - first) / max(last - first, 1)
            self.progress.configure(value=min(max(done, 0.0), 1.0))
        is_shown = bool(self.progress.winfo_manager())
        if last is not None and not is_shown:
            gap = self.window.theme.pixels(16)
            self.progress.pack(side="left", before=self.labels["message"], padx=(0, gap))
        elif last is None and is_shown:
            self.progress.pack_forget()

    def _message_text(self, now: float) -> str:
        """Return the most important of what could be said."""
        session = self.window.session
        if session.worker.stopping:
            return "Stop waits for the end of the present step"
        if self._message and now < self._message_ends:
            return self._message
        if session.worker.waiting_steps > 1:
            return f"{session.worker.waiting_steps} steps wait; Escape cancels them"
        if session.worker.busy and (waited := now - self.window.last_frame_at) > LONG_STEP:
            usual = session.worker.step_seconds
            usually = f" (usually {duration_text(usual)})" if usual > LONG_STEP else ""
            return f"Computing for {duration_text(waited)}{usually}"
        if self._pointed:
            return self._pointed
        if session.worker.goal is not None and session.running:
            return progress_text(session.worker.goal, self.window.steps, self.rates.get(now)[0])
        return self.waits

    def _set(self, name: str, text: str) -> None:
        # A call into Tk may cost as much as drawing: only for what has changed.
        if self._texts.get(name) != text:
            self._texts[name] = text
            self.labels[name].configure(text=text)


def rate_text(rate: float) -> str:
    """Return a rate with about three digits."""
    if rate >= 1e6:
        return f"{rate / 1e6:.2f}M"
    if rate >= 1e4:
        return f"{rate / 1e3:.0f}k"
    return f"{rate:.0f}" if rate >= 10 or rate == 0 else f"{rate:.1f}"


def speed_text(rate: float) -> str:
    """Return steps a second, or seconds a step where that reads better.

    >>> speed_text(0.2), speed_text(250.0)
    ('5.0 s/step', '250 steps/s')
    """
    return f"{1 / rate:.1f} s/step" if 0 < rate < 1 else f"{rate_text(rate)} steps/s"


def duration_text(seconds: float) -> str:
    """Return a duration as people say it.

    >>> duration_text(3.14), duration_text(75), duration_text(4000)
    ('3.1 s', '1 min 15 s', '1 h 6 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def progress_text(goal: int, steps: int, rate: float) -> str:
    """Return how far a run for a number of steps is, and how long it will still take."""
    left = max(goal - steps, 0)
    return f"{left:,} steps to go" + (f", about {duration_text(left / rate)}" if rate else "")


def short_seed(seed: int) -> str:
    """Return a seed; one drawn from entropy has forty digits, of which the first are shown."""
    text = str(seed)
    return text if len(text) <= 12 else f"{text[:10]}…"
