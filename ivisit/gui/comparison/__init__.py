"""Comparing sets of parameters in lock-step, in a window of its own.

From the ground up: `lane` (one simulation with its session) and `lockstep` (what steps them
together), which know no Tk; `hosts`; `rows`, `images`, `figures`, `histograms` and `traces` (panels
side by side, and what they share), which `arrangement` arranges; `headers` and `toolbar`; `window`
joins them, `opening` asks what to compare.
"""

from __future__ import annotations

from ivisit.gui.comparison.opening import ask_comparison, open_comparison

__all__ = ["ask_comparison", "open_comparison"]
