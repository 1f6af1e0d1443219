"""Processes that save without end and are killed at random moments; run by test_kill.py.

    python victims.py SEED

For each store path read from stdin, one after the other, a child opens the store and saves until
it is killed with SIGKILL. Answers with a line: the last save that the child had acknowledged, or 0.
"""

from __future__ import annotations

import os
import random
import signal
import struct
import sys
import time

from ivisit.store import ParameterStore

NUMBER = struct.Struct("q")


def save_without_end(path: str, acknowledge: int) -> None:
    """Save states of which all parts belong together, and tell of each one that is stored."""
    store = ParameterStore(path)
    present = store.sets("S")
    n = present[0]["n"] if present else 0
    while True:
        n += 1
        # Large enough for several pages of the file, so that a torn write would show.
        store.save("S", "a", {"n": n, "text": f"{n:06}" * 1000, "again": n}, comment=str(n))
        os.write(acknowledge, NUMBER.pack(n))


def kill_one(path: str, chance: random.Random) -> int:
    """Let a child save into `path`, kill it at some moment, and return its last acknowledged n."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            save_without_end(path, writing)
        finally:
            # Reached only when saving fails; the parent then finds this exit status.
            sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        if chance.random() < 0.25:
            # While it opens the store, or soon after.
            numbers = b""
            time.sleep(chance.uniform(0.0, 0.02))
        else:
            # Counted in saves, so that a busy machine comes as far as an idle one.
            numbers = pipe.read(NUMBER.size * chance.randint(1, 8))
            time.sleep(chance.uniform(0.0, 0.003))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        numbers += pipe.read()
    if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
        raise RuntimeError(f"the child that saved into {path} failed by itself")
    return int(NUMBER.unpack(numbers[-NUMBER.size :])[0]) if numbers else 0


def main() -> None:
    chance = random.Random(int(sys.argv[1]))
    for line in sys.stdin:
        print(kill_one(line.rstrip("\n"), chance), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
