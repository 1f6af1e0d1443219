"""Several processes save into one store at the same time; run by test_many_writers.py.

    python writers.py STORE PROCESSES SAVES [VFS]

Prints the exit status of each process as JSON. VFS is the name of one of SQLite's ways to use
the file system, e.g. one that cannot do write-ahead logging.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys

from ivisit.store import ParameterStore


def use_file_system(name: str) -> None:
    """Let every connection of this process to a file use the given VFS."""
    connect = sqlite3.connect

    def connect_with_vfs(address: str, **options: object) -> sqlite3.Connection:
        if address.startswith("file:"):
            address = f"{address}&vfs={name}"
        return connect(address, **options)  # type: ignore[call-overload,no-any-return]

    sqlite3.connect = connect_with_vfs  # type: ignore[assignment]


def write(path: str, writer: int, saves: int) -> None:
    """Save into a set that all share and into one of its own, in turns."""
    with ParameterStore(path) as store:
        for n in range(saves):
            name = "shared" if n % 2 else f"writer {writer}"
            store.save("S", name, {"writer": writer, "n": n})


def main() -> None:
    path, processes, saves = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if len(sys.argv) > 4:
        use_file_system(sys.argv[4])
    children = []
    for writer in range(processes):
        child = os.fork()
        if child == 0:
            try:
                write(path, writer, saves)
            finally:
                failed = sys.exc_info()[1] is not None
                if failed:
                    sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
                    sys.stderr.flush()
                os._exit(failed)
        children.append(child)
    statuses = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    json.dump(statuses, sys.stdout)


if __name__ == "__main__":
    main()
