"""The launcher: a window with all simulations there are, each opened in a process of its own.

A simulation is somebody's code: it may take long to import, hold the interpreter, or end the
process. So none of it runs here, neither for the list nor for its window.
"""

from ivisit.gui.launcher.opening import open_launcher

__all__ = ["open_launcher"]
