"""``IVisitParser`` for scripts that read their directives themselves.

The module ``ivisit.parser`` of IVISIT 0.7x. Here directives are read whenever a script is loaded.
"""

from ivisit.legacy.running.old_parser import IVisitParser

__all__ = ["IVisitParser"]
