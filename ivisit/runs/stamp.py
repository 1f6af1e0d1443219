"""What a process computes with, in few words: to be compared with another one."""

from __future__ import annotations

import json

from ivisit.runs.environment import environment

#: The parts of an environment that tell whether two processes should give the same numbers.
STAMPED = ("python", "platform", "versions")


def machine_stamp() -> str:
    """Return versions and platform of this process as JSON."""
    known = environment()
    return json.dumps({name: known[name] for name in STAMPED}, sort_keys=True)
