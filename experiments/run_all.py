"""Run all experiments, one after the other; what has been computed is not computed again.

python experiments/run_all.py            # all, about an hour on two cores
python experiments/run_all.py --quick    # small versions of all, into build/experiments/quick
python experiments/run_all.py theory     # some
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def names() -> list[str]:
    """Return the names of all experiments; the other files here help them."""
    files = sorted(HERE.glob("*.py"))
    return [f.stem for f in files if "\nEXPERIMENT = " in f.read_text(encoding="utf-8")]


def run(command: list[str], environment: dict[str, str]) -> int:
    """Return the exit code of a command, which is given the time to end after Ctrl-C."""
    process = subprocess.Popen(command, env=environment)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait()
        raise


def main() -> int:
    """Run them; 1 when one of them failed, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help=f"of {', '.join(names())} (all)")
    parser.add_argument("--quick", action="store_true", help="small versions")
    parser.add_argument("--accept-changed", action="store_true", help="as for each experiment")
    options = parser.parse_args()
    if unknown := set(options.names) - set(names()):
        parser.error(f"no such experiment: {', '.join(sorted(unknown))}")
    chosen = options.names or names()
    words = ["--quick"] if options.quick else []
    words += ["--accept-changed"] if options.accept_changed else []
    # Sweeps have a process for each core; their libraries must not have threads besides.
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    if options.quick:
        print("small versions try the scripts; their claims decide nothing", file=sys.stderr)
    failed = []
    for number, name in enumerate(chosen, 1):
        print(f"[{number}/{len(chosen)}] {name}", file=sys.stderr, flush=True)
        began = time.perf_counter()
        command = [sys.executable, str(HERE / f"{name}.py"), *words]
        try:
            if run(command, environment):
                failed.append(name)
        except KeyboardInterrupt:
            print("\nended; the same command goes on where it was", file=sys.stderr)
            return 130
        print(f"  {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    if not options.quick and not failed:
        subprocess.run([sys.executable, str(HERE / "write_page.py")], check=True)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
