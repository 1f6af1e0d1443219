"""The Tk window: `open_window` for `ivisit.launch`, and `Window` for whoever drives it by hand.

From the ground up: `theme` and `indicators` (looks), `scrolling`, `tooltip` and `dialogs`;
`widgets` (one for every kind of control) and `panels` (one for every kind of panel), which
`layouts` arrange with `arranging`; `session` (engine and worker), `sets`, `undo`, `reloading` and
`requests` (what can be done); `toolbar`, `menu`, `status`, the pages of the drawer (`console`,
`browser`, `changes`, `error_pane`); `window` joins them.

Importing this package needs neither Tk nor a display.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ivisit.errors import IVisitError

if TYPE_CHECKING:
    from ivisit.gui.window import Window
    from ivisit.simulation import Simulation

HEADLESS_HINT = "To run the simulation without a window: ivisit run ..."
TK_HINT = (
    "Python has no Tk here. Install python3-tk (Debian, Ubuntu), python3-tkinter (Fedora) or "
    "python-tk (Homebrew)."
)

#: Windows that nobody waits for: a notebook's windows live as long as they are open.
_open_windows: list[Window] = []

__all__ = ["Window", "open_window"]


def open_window(
    simulation: Simulation | type[Simulation],
    *,
    seed: int | None = 0,
    store: str | os.PathLike[str] | None = None,
    parameter_set: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    run: bool = False,
) -> None:
    """Open the window and return when it is closed; the parameters are those of `Window`.

    The window does not open empty: when `init` leaves all panels so, the first step is computed.
    In a notebook it returns at once, and the window lives beside the notebook.

    Raises
    ------
    IVisitError
        When there is no Tk or no display; the message says what to do.
    """
    kernel = _notebook_shell()
    with told_without_window():
        from ivisit.gui.actions.remembering import begin_remembering

        window = _import_window()(
            simulation,
            seed=seed,
            store=store,
            parameter_set=parameter_set,
            parameters=parameters,
        )
    begin_remembering(window)
    if kernel is not None:
        # Only now: without a display the kernel's loop would fail later, in the kernel's log.
        try:
            _join_event_loop(kernel)
        except IVisitError:
            window.close()
            raise
    if run:
        window.session.run()
    else:
        window.session.show_something()
    if kernel is None:
        window.mainloop()
    else:
        _open_windows[:] = [w for w in _open_windows if w.alive] + [window]


@contextmanager
def told_without_window() -> Iterator[None]:
    """Turn what Python and Tk say where no window can be opened into an `IVisitError`."""
    try:
        import _tkinter
    except ImportError as error:
        raise IVisitError(f"{TK_HINT} {HEADLESS_HINT}") from error
    try:
        yield
    except ImportError as error:
        if (error.name or "").lower() in ("_tkinter", "tkinter", "pil._imagingtk"):
            raise IVisitError(f"{TK_HINT} {HEADLESS_HINT}") from error
        raise
    except _tkinter.TclError as error:
        raise IVisitError(f"The window cannot be opened: {error}. {HEADLESS_HINT}") from error


def _import_window() -> type[Window]:
    from ivisit.gui.window import Window

    return Window


def _notebook_shell() -> Any:
    """Return the IPython shell of a running notebook kernel; None elsewhere."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell if getattr(shell, "kernel", None) is not None else None


def _join_event_loop(shell: Any) -> None:
    """Have the kernel look after Tk windows between two cells."""
    try:
        shell.enable_gui("tk")
    # Which exception says that the kernel cannot do so differs from kernel to kernel.
    except Exception as error:
        raise IVisitError(
            f"This notebook kernel cannot show a Tk window: {error}. {HEADLESS_HINT}"
        ) from error


def __getattr__(name: str) -> Any:
    if name == "Window":
        with told_without_window():
            return _import_window()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
