"""Stand-ins for what scripts of IVISIT 0.7x use to read their own directives into a file."""

from __future__ import annotations

import logging
import os
from typing import Any

from ivisit.legacy.language.merge import ParseMode

logger = logging.getLogger(__name__)

#: Described the tables of an old file; here a name that scripts hand on.
db_ivisit_cfg = None


class sqldatabase:
    """Stands for an open old file, which is neither made nor changed.

    Parameters
    ----------
    config : object
        Means nothing any more.
    filename : str, optional
        The file.
    debugLevel : int, optional
        Means nothing any more.
    """

    def __init__(self, config: Any = None, filename: str = "", debugLevel: int = 0) -> None:
        self.filename = filename

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"{name!r}: old files are only read now. 'ivisit params import {self.filename}' makes "
            "parameter sets of one, and ivisit.ParameterStore works with those"
        )


class IVisitParser:
    """Does nothing: the directives of a script are read whenever it is loaded.

    Parameters
    ----------
    filepath : str
        The script.
    db, parsemode, sim_name : object, optional
        Mean nothing any more; the menu of the window offers the modes.
    """

    PARSEMODE_OnlyNewWidgets = ParseMode.ONLY_NEW.value
    PARSEMODE_UpdateOld = ParseMode.UPDATE.value
    PARSEMODE_UpdateOldExceptValues = ParseMode.KEEP_VALUES.value
    PARSEMODE_OPTIONS = [mode.value for mode in ParseMode]

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        db: Any = None,
        parsemode: str = PARSEMODE_UpdateOldExceptValues,
        sim_name: str | None = None,
    ) -> None:
        logger.info("%s: directives need no parsing any more", filepath)
