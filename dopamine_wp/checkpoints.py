"""Saving a run while it goes on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from dopamine_wp import _checks

if TYPE_CHECKING:
    from dopamine_wp.trainer import Trainer


class Checkpoint:
    """A callback of `train` that saves the history every so many steps, replacing the last one.

    The file is replaced in one go: a crash while it is written leaves the former one. A run that
    was cut short goes on with ``train(..., resume=History.load(path))``.

    Parameters
    ----------
    path : path-like
        The file, as for `History.save`.
    save_every : int
        Steps between two files, counted over the whole run.

    Raises
    ------
    ValueError
        If `save_every` is below 1 or the folder does not exist.

    Examples
    --------
    >>> import tempfile
    >>> from dopamine_wp import MLP, Dopamine1, History, tasks, train
    >>> net = MLP((2, 4, 1), output="sigmoid")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     keep = Checkpoint(folder + "/run.npz", save_every=10)
    ...     _ = train(net, Dopamine1(), tasks.xor(), theta=net.init(rng=0), steps=25, rng=1,
    ...               callbacks=[keep])
    ...     History.load(keep.path).steps
    20
    """

    def __init__(self, path: str | os.PathLike[str], *, save_every: int) -> None:
        _checks.whole("Checkpoint", "save_every", save_every)
        self.path = Path(path)
        if not self.path.parent.is_dir():
            raise _checks.refuse("Checkpoint", "path", "a file in a folder that exists", str(path))
        self.save_every = save_every

    def __call__(self, trainer: Trainer) -> None:
        """Save the run so far, if it is time."""
        if trainer.steps_done % self.save_every == 0:
            trainer.history(status="running").save(self.path)
