"""Learning one by one, very sparse patterns, and memories of 10^4 to 10^5 units.

    OMP_NUM_THREADS=1 python benchmarks/assocmem_large.py            # to n = 30000
    OMP_NUM_THREADS=1 python benchmarks/assocmem_large.py --largest  # n = 100000, too

Times are CPU seconds of this process, best of some runs, so that a busy machine does not spoil
them. Alternatives in the same run: products of scipy.sparse, products in single precision (of
PyTorch, where it is installed), and all weights anew after each pattern.
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

# A file here bears the name of the package, which must not be looked for beside it.
HERE = Path(__file__).resolve().parent
sys.path[:] = [folder for folder in sys.path if Path(folder).resolve() != HERE]

from assocmem import AssociativeMemory, Channel, measures, patterns


def best(task: Callable[[], Any], repeat: int = 3) -> float:
    """Return the shortest CPU time of some runs, in seconds."""
    times = []
    for _ in range(repeat):
        start = time.process_time()
        task()
        times.append(time.process_time() - start)
    return min(times)


def follow(memory: AssociativeMemory, pattern: Any, cue: Any, call: dict[str, Any]) -> None:
    """Store one pattern and retrieve one."""
    memory.store(pattern)
    memory.retrieve(cue, **call)


def all_anew(memory: AssociativeMemory, channel: Channel) -> None:
    """Compute all weights."""
    memory._evaluator.clear()
    memory._evaluator.matrix(channel)


def learn(n: int, content: Any) -> None:
    """Store patterns in a new memory."""
    AssociativeMemory(n).store(content)


def scipy_product(rows: Any) -> Any:
    """Count coincidences by a product of sparse matrices."""
    return (rows.T @ rows).toarray()


def one_by_one(n: int = 4000, k: int = 12, n_patterns: int = 4000) -> None:
    """Store one pattern and retrieve one, against all weights anew."""
    print(f"store one and retrieve one, n = {n}, k = {k}, M = {n_patterns}")
    stored = patterns.palm(n_patterns, n, k, rng=0)
    new = patterns.palm(30, n, k, rng=1)
    cues = patterns.corrupt(new, completeness=0.75, addition=0.25, rng=2)
    channel = Channel.of_query(0.75, 0.25, n_units=n, n_active=k)
    for rule in ("bayes", "bcpnn-full", "bcpnn", "covariance"):
        memory = AssociativeMemory(n, rule=rule)
        memory.store(stored)
        call = {"channel": channel, "n_active": k}
        steps = [partial(follow, memory, *pair, call) for pair in zip(new, cues, strict=True)]
        times = [best(step, 1) for step in steps]
        whole = best(partial(all_anew, memory, channel))
        median = float(np.median(times))
        print(
            f"  {rule:12} {1e3 * median:8.2f} ms   all weights anew {1e3 * whole:7.1f} ms   "
            f"ratio {whole / median:5.1f}"
        )


def learning() -> None:
    """Learn very sparse patterns, against products of other libraries."""
    print("learning at k ~ log n: dense input / sparse input / scipy.sparse X^T X, toarray()")
    for n, k, n_patterns in ((1000, 10, 5000), (4000, 12, 10_000), (10_000, 13, 20_000)):
        rows = patterns.palm(n_patterns, n, k, rng=0, sparse=True)
        dense, wide = rows.toarray(), rows.astype(np.int32)

        ours, ours_sparse = best(partial(learn, n, dense)), best(partial(learn, n, rows))
        other = best(partial(scipy_product, wide))
        text = f"  n = {n:6}: {ours:6.3f} / {ours_sparse:6.3f} / {other:6.3f} s"
        text += f"   sparse input / scipy {ours_sparse / other:4.2f}"
        if importlib.util.find_spec("torch") and n <= 4000:
            import torch

            product = torch.from_numpy(dense).float()
            text += f"   torch {best(partial(torch.mm, product.T, product), 1):6.3f} s"
        print(text)


def large(n: int, k: int, n_patterns: int) -> None:
    """Store and retrieve with sparse storage, half of each cue wrong."""
    print(f"sparse storage, n = {n}, k = {k}, M = {n_patterns}, half of each cue wrong")
    stored = patterns.palm(n_patterns, n, k, rng=0, sparse=True)
    asked = stored[:20]
    cues = patterns.corrupt(asked, completeness=0.5, addition=0.5, rng=1)
    channel = Channel.of_query(0.5, 0.5, n_units=n, n_active=k)
    memory = AssociativeMemory(n, storage="sparse")
    print(f"  learning {best(partial(memory.store, stored), 1):8.2f} s")
    call = {"channel": channel, "n_active": k}
    first = best(partial(memory.retrieve, cues[:1], **call), 1)
    print(f"  first query {first:5.2f} s (tables and sums)")
    runs = {
        "one step": {"max_steps": 1},
        "up to 10 steps": {},
        "batch ANE, clamp": {"noise": "batch", "clamp": True},
        "search": {"noise": "search"},
        "soft": {"noise": "soft"},
    }
    for noise in ("search", "soft"):  # sums over all pairs, made once
        memory.retrieve(cues[:1], noise=noise, **call)
    for name, settings in runs.items():
        outcome = []

        def ask(settings: Any = settings, outcome: list[Any] = outcome) -> None:
            outcome.append(memory.retrieve(cues, **call, **settings).patterns)

        seconds = best(ask, 1)
        exact = measures.exact_fraction(outcome[0], asked)
        print(f"  {name:18} {1e3 * seconds / 20:8.1f} ms a query, {20 * exact:.0f} of 20 exact")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    filled = memory._statistics.n_coincidences / n**2
    print(
        f"  {100 * filled:.1f} % of all pairs, {memory._statistics.nbytes / 1e9:.2f} GB, peak "
        f"{peak:.2f} GB of this process"
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--largest", action="store_true", help="also n = 100000")
    options = parser.parse_args()
    one_by_one()
    learning()
    for size in ((20_000, 14, 20_000), (30_000, 100, 30_000)):
        large(*size)
    if options.largest:
        large(100_000, 100, 20_000)


if __name__ == "__main__":
    main()
