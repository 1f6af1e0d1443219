"""`ParameterStore`: all that a store can do, in one object."""

from __future__ import annotations

from ivisit.store.amending import AmendingDatabase
from ivisit.store.backups import BackupDatabase
from ivisit.store.checking import CheckingDatabase
from ivisit.store.exchange import ExchangeDatabase
from ivisit.store.housekeeping import HousekeepingDatabase
from ivisit.store.sweep_runs import SweepRunDatabase


class ParameterStore(
    AmendingDatabase,
    ExchangeDatabase,
    SweepRunDatabase,
    CheckingDatabase,
    BackupDatabase,
    HousekeepingDatabase,
):
    """Parameter sets and runs of simulations in one SQLite file.

    Every change is on the disk when the method returns, whole, or it did not happen. Several
    processes and threads may use one file at the same time; a forked process opens it anew.

    Parameters
    ----------
    path : str or Path
        The file. It is made when it does not exist.
    create : bool, default True
        Whether to make a file that does not exist.
    patience : float, default 60
        Seconds for which a write waits for other writers before it gives up.

    Attributes
    ----------
    path : Path
        The file, absolute.
    read_only : bool
        Whether the file may only be read; writing then raises `StoreError`.

    Raises
    ------
    StoreError
        When there is no usable store at `path`. Such a file is never changed.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = tempfile.TemporaryDirectory()
    >>> with ParameterStore(pathlib.Path(folder.name) / "gauss.ivisit") as store:
    ...     soft = store.save("GaussFilter", "soft", {"sigma": 8.0}, comment="for portraits")
    ...     soft = store.save("GaussFilter", "soft", {"sigma": 6.5})
    ...     store.load("GaussFilter", "soft")["sigma"]
    ...     store.load("GaussFilter", "soft", version=1).comment
    6.5
    'for portraits'
    >>> folder.cleanup()
    """
