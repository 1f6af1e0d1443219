"""Processes that open, save and close at random, and are killed; run by test_kill.py.

    python storm.py STORE KILLS

Four processes share the store; whichever is killed is followed by another. Prints, as JSON, how
many saves were acknowledged, which of them are missing, and how many processes failed by
themselves.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
import traceback
from pathlib import Path

from ivisit.store import ParameterStore

WRITERS = 4


def save_at_random(path: str, writer: int) -> None:
    chance = random.Random(os.getpid())
    with open(f"{path}.{writer}", "a") as acknowledged:
        while True:
            with ParameterStore(path) as store:
                for _ in range(chance.randint(1, 4)):
                    saved = store.save("S", f"{writer}", {"n": chance.randrange(10)})
                    acknowledged.write(f"{saved.version}\n")
                    acknowledged.flush()
                if chance.random() < 0.3:
                    store.sets()


def start(path: str, writer: int) -> int:
    child = os.fork()
    if child == 0:
        try:
            save_at_random(path, writer)
        finally:
            traceback.print_exc()
            os._exit(1)
    return child


def end(child: int) -> bool:
    """Kill a process; tell whether it had failed by itself."""
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != -signal.SIGKILL


def main() -> None:
    path, kills = sys.argv[1], int(sys.argv[2])
    chance = random.Random(20260501)
    children = [start(path, writer) for writer in range(WRITERS)]
    failed = 0
    for _ in range(kills):
        time.sleep(chance.uniform(0.0, 0.15))
        writer = chance.randrange(WRITERS)
        failed += end(children[writer])
        children[writer] = start(path, writer)
    failed += sum(map(end, children))
    missing: list[str] = []
    total = 0
    with ParameterStore(path) as store:
        for writer in range(WRITERS):
            present = {one.version for one in store.history("S", f"{writer}")}
            said = {int(line) for line in Path(f"{path}.{writer}").read_text().split()}
            total += len(said)
            missing += [f"{writer}: {version}" for version in sorted(said - present)]
        sound = store.check().is_sound
    json.dump({"saved": total, "missing": missing, "failed": failed, "sound": sound}, sys.stdout)


if __name__ == "__main__":
    main()
