"""What a window imports only when it is needed."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import pytest

from ivisit.gui.toolkit.on_demand import on_demand

#: Packages of what most windows are never asked for, and what they need.
LATER = (
    "films.writers",
    "gui.actions.portrait",
    "gui.bars.about",
    "gui.browser",
    "gui.comparison",
    "gui.drawers.changes",
    "gui.panels.image",
    "gui.panels.trace",
    "gui.playing",
    "gui.scaling.dialogs",
    "gui.widgets.table",
    "runs.executors",
    "store.store",
)


def test_a_window_does_not_import_what_it_is_seldom_asked_for():
    code = "import sys, ivisit.gui.window; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {f"ivisit.{name}" for name in LATER} & set(loaded)


def test_it_is_imported_when_it_is_called():
    assert on_demand("fractions", "Fraction")(1, 3) == Fraction(1, 3)
    with pytest.raises(AttributeError, match="nothing"):
        on_demand("fractions", "nothing")()
