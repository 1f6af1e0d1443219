"""The browser of parameter sets: a drawer that lists, finds, compares and changes them.

`rows` is what its table shows, `pictures` makes and fetches small pictures of the panels, `details`
shows the set that is chosen, and `browser` joins them. What is done to sets is in
`ivisit.gui.actions.stored_sets` and, without Tk, in `ivisit.sets`.
"""

from __future__ import annotations

from ivisit.gui.browser.browser import Browser

__all__ = ["Browser"]
