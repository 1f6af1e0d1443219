"""Saves until the disk is full; run by test_disk_full.py.

    python hog.py STORE BYTES

No file of this process may grow beyond BYTES, which stands for a full disk. Prints, as JSON, how
many saves were acknowledged, and what the store said to the one that did not fit and to the next.
"""

from __future__ import annotations

import json
import resource
import sys

from ivisit.errors import StoreError
from ivisit.store import ParameterStore


def main() -> None:
    path, limit = sys.argv[1], int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    acknowledged = 0
    errors = []
    try:
        with ParameterStore(path) as store:
            while len(errors) < 2:
                try:
                    store.save("S", "a", {"n": acknowledged + 1, "text": "x" * 5000})
                    acknowledged += 1
                except StoreError as error:
                    errors.append(str(error))
            readable = len(store.history("S", "a"))
    except StoreError as error:
        errors.append(str(error))
        readable = 0
    json.dump({"acknowledged": acknowledged, "errors": errors, "readable": readable}, sys.stdout)


if __name__ == "__main__":
    main()
