"""`launch`: open the window on a simulation, or hand the simulation over to who loads the file."""

from __future__ import annotations

import os
from typing import Any

from ivisit.plugins.finding import get_simulation
from ivisit.plugins.loading import hand_over


def launch(
    simulation: Any,
    *,
    seed: int | None = 0,
    store: str | os.PathLike[str] | None = None,
    parameter_set: str | None = None,
    parameters: dict[str, Any] | None = None,
    run: bool = False,
) -> None:
    """Open the window on `simulation` and return when it is closed.

    Parameters
    ----------
    simulation : Simulation, subclass, str or path-like
        A class, an instance, a plugin's name or a path ``file.py[:Class]``.
    seed : int or None, optional
        Seed of the runs; None draws one and shows it.
    store : path-like, optional
        File of the parameter store; by default ``<name>.ivisit`` in the working directory, or
        what the environment variable ``IVISIT_DB`` says. The file is made at the first save.
    parameter_set : str, optional
        Name of a stored parameter set to start with.
    parameters : dict, optional
        Values that take precedence over the set.
    run : bool, optional
        Whether the simulation runs at once. By default it waits for Run; only when `init` leaves
        all panels empty the first step is computed, so that there is something to see.

    Raises
    ------
    IVisitError
        When there is no display or no Tk; the message says what to do instead.

    Notes
    -----
    When the file that calls it is being loaded (``ivisit run file.py``), no window opens: the
    simulation is handed over, and the code after the call goes on.
    """
    found = get_simulation(simulation)
    if hand_over(found):
        return
    from ivisit.gui import open_window
    from ivisit.legacy.files.reader import offer

    offer()
    open_window(
        found,
        seed=seed,
        store=store,
        parameter_set=parameter_set,
        parameters=parameters,
        run=run,
    )
