"""Saving what a run in the window has given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivisit.errors import IVisitError
from ivisit.link import Say
from ivisit.runs.single import result_of

if TYPE_CHECKING:
    from ivisit.gui.window import Window


def save_result(window: Window, path: str) -> None:
    """Save the present run as ``.npz``, or its traces as ``.csv``; a message tells how it went.

    The result has every change that the user made, by step, so that `ivisit.replay` can repeat
    the run without a window.
    """
    engine = window.engine

    def save() -> None:
        result = result_of(engine, status="failed" if engine.failure else "finished")
        try:
            if path.endswith(".csv"):
                result.to_csv(path)
            else:
                result.save(path)
        except (OSError, IVisitError) as error:
            engine.link.post(Say(f"{path}: cannot be saved: {error}"))
        else:
            engine.link.post(Say(f"Saved {path}"))

    # Between two steps: the recorder belongs to the worker's thread.
    window.session.worker.call(save)
