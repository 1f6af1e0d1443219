"""`open_launcher`, for ``ivisit gui`` without a name."""

from __future__ import annotations

from collections.abc import Sequence


def open_launcher(options: Sequence[str] = ()) -> None:
    """Open the launcher and return when it is closed; windows that it has opened live on.

    Parameters
    ----------
    options : sequence of str, optional
        Options of ``ivisit gui`` for the windows that are opened.

    Raises
    ------
    IVisitError
        When there is no Tk or no display; the message says what to do.
    """
    from ivisit.gui import told_without_window

    with told_without_window():
        from ivisit.gui.launcher.window import LauncherWindow

        window = LauncherWindow(options)
    window.mainloop()
