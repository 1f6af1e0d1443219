"""``db_ivisit_cfg`` and ``sqldatabase`` for scripts that open their ``.db`` file themselves.

The module ``ivisit.defdb`` of IVISIT 0.7x. Here old files are read by ``ivisit params import``, and
when a script is opened; they are never written.
"""

from ivisit.legacy.running.old_parser import db_ivisit_cfg, sqldatabase

__all__ = ["db_ivisit_cfg", "sqldatabase"]
