"""Reads a store as a user who may not write it; run by test_read_only.py.

    python nobody.py STORE

Prints, as JSON, what the store shows and how it refuses a save. The superuser may write
everything, so those rights are given up first.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import Any

from ivisit.errors import StoreError
from ivisit.store import ParameterStore

NOBODY = 65534


def attempt(store: ParameterStore, simulation: str, name: str) -> dict[str, Any]:
    """Return what the store shows, and what it says to each method that would change it."""
    refusals = []
    for change in (
        lambda: store.save("S", "new", {}),
        lambda: store.delete(simulation, name),
        store.vacuum,
    ):
        try:
            change()
        except StoreError as error:
            refusals.append(str(error))
    return {
        "read_only": store.read_only,
        "values": [dict(one) for one in store.history(simulation, name)],
        "refusals": refusals,
    }


def main() -> None:
    if os.geteuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    messages: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: messages.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("ivisit").addHandler(handler)
    try:
        with ParameterStore(sys.argv[1]) as store:
            answer = attempt(store, *(sys.argv[2:] or ("S", "a")))
    except StoreError as error:
        answer = {"error": str(error)}
    json.dump(answer | {"messages": messages}, sys.stdout)


if __name__ == "__main__":
    main()
