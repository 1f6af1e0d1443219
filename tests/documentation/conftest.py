"""The display of the window tests, for pages that open a window."""

from tests.ivisit.conftest import display

__all__ = ["display"]
