"""What a worker computes with, in few words: to be compared with the parent's."""

from __future__ import annotations

import json

from ivisit.runs.environment import environment


def machine_stamp() -> str:
    """Return versions and platform of this process as JSON."""
    known = environment()
    named = {name: known[name] for name in ("python", "platform", "versions")}
    return json.dumps(named, sort_keys=True)
