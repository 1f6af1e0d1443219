"""Time and memory of storing and retrieving, against dense products and textbook loops.

    OMP_NUM_THREADS=1 python benchmarks/assocmem.py            # n = 1000, 2000 and 10000
    python benchmarks/assocmem.py --sizes 2000 --repeat 5      # one size, best of five

Each row is one task. "ours" is this package, "product" the same task by dense single-precision
matrix products, "ratio" product / ours: above 1 we are faster. Weights of "bayes", 1000 queries.
Peak memory is measured in a process of its own for each size, patterns and queries included.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy
import scipy.sparse
from numpy.typing import NDArray

# This file bears the name of the package, which must not be looked for beside it.
HERE = Path(__file__).resolve().parent
sys.path[:] = [folder for folder in sys.path if Path(folder).resolve() != HERE]

from assocmem import AssociativeMemory, Channel, measures, patterns

COMPLETENESS, ADDITION, N_QUERIES = 0.75, 0.25, 1000


@dataclass(frozen=True)
class Size:
    """Numbers of units, active units and patterns."""

    n_units: int
    n_active: int
    n_patterns: int

    @property
    def channel(self) -> Channel:
        return Channel.of_query(
            COMPLETENESS, ADDITION, n_units=self.n_units, n_active=self.n_active
        )


SIZES = {
    1000: Size(1000, 30, 1000),
    2000: Size(2000, 40, 3000),
    10000: Size(10000, 100, 20000),
}
TEXTBOOK = Size(200, 8, 250)


def best_time(task: Callable[[], Any], repeat: int) -> tuple[float, Any]:
    """Return the least CPU time of some runs in seconds, and the last result.

    CPU time, because other programs may run; it is wall time where OMP_NUM_THREADS is 1.
    """
    times = []
    result = None
    for _ in range(repeat):
        result = None  # so that no two results share the memory
        start = time.process_time()
        result = task()
        times.append(time.process_time() - start)
    return min(times), result


def draw(size: Size) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return patterns and queries."""
    of_patterns, of_queries = np.random.default_rng(0).spawn(2)
    stored = patterns.palm(size.n_patterns, size.n_units, size.n_active, rng=of_patterns)
    queries = patterns.corrupt(
        stored[:N_QUERIES], completeness=COMPLETENESS, addition=ADDITION, rng=of_queries
    )
    return stored, queries


# The same tasks by dense matrix products


def product_learning(stored: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Count coincidences by one product (in parts of 4096 patterns, for memory)."""
    n_units = stored.shape[1]
    counts = np.zeros((n_units, n_units), np.float32)
    for start in range(0, len(stored), 4096):
        part = stored[start : start + 4096].astype(np.float32)
        counts += part.T @ part
    return counts


def sparse_learning(stored: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Count coincidences by a product of sparse matrices."""
    sparse = scipy.sparse.csr_array(stored, dtype=np.int32)
    return (sparse.T @ sparse).toarray()


def product_weights(
    counts: NDArray[Any], n_patterns: int, channel: Channel
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Compute Bayesian weights and biases as whole-matrix expressions."""
    usage = np.diag(counts).astype(np.float32)
    on, off = usage, n_patterns - usage
    s = np.float32(1 - channel.e01 - channel.e10)
    a = np.float32(channel.e01) + s * counts / on
    b = np.float32(channel.e01) + s * (on[:, None] - counts) / off
    silent = np.log((1 - a) / (1 - b))
    weights = np.log(a / b) - silent
    return weights, np.log(on / off) + silent.sum(axis=0)


def product_step(
    weights: NDArray[np.float32], bias: NDArray[np.float32], states: NDArray[Any], k: int
) -> NDArray[np.uint8]:
    """Make one step of all queries by a product, and sort for the winners."""
    x = states.astype(np.float32) @ weights + bias
    winners = np.argsort(-x, axis=1)[:, :k]
    answer = np.zeros(states.shape, np.uint8)
    np.put_along_axis(answer, winners, 1, axis=1)
    return answer


# The same task by textbook loops


def textbook_retrieval(
    stored: NDArray[np.uint8], queries: NDArray[np.uint8], channel: Channel, k: int
) -> list[list[int]]:
    """Store and make one step of Bayesian retrieval with loops over patterns, queries and units."""
    from math import log

    n_patterns, n_units = stored.shape
    units = range(n_units)
    counts = [[0] * n_units for _ in units]
    for pattern in stored.tolist():
        active = [i for i in units if pattern[i]]
        for i in active:
            for j in active:
                counts[i][j] += 1
    answers = []
    for query in queries.tolist():
        potentials = []
        for j in units:
            on = counts[j][j]
            off = n_patterns - on
            x = log(on / off) if on else -1e6
            for i in units if on else ():
                both, usage = counts[i][j], counts[i][i]
                a = (both * (1 - channel.e10) + (on - both) * channel.e01) / on
                b = (usage - both) * (1 - channel.e10) + (off - usage + both) * channel.e01
                b /= off
                x += log(a / b) if query[i] else log((1 - a) / (1 - b))
            potentials.append(x)
        order = sorted(units, key=lambda j: -potentials[j])
        answers.append(sorted(order[:k]))
    return answers


class Report:
    """Prints rows as they are measured."""

    def __init__(self) -> None:
        print(f"  {'task':36} {'ours':>10} {'product':>10} {'ratio':>7}")

    def row(self, task: str, ours: float, other: float | None = None, note: str = "") -> None:
        right = f"{'':10} {'':7}" if other is None else f"{other:8.3f} s {other / ours:7.2f}"
        print(f"  {task:36} {ours:8.3f} s {right}  {note}".rstrip(), flush=True)


def measure_ours(size: Size, repeat: int, pipe: Any) -> None:
    """Measure this package alone; send times, answers and the peak memory."""
    stored, queries = draw(size)
    k, channel = size.n_active, size.channel

    def learn() -> AssociativeMemory:
        memory = AssociativeMemory(size.n_units)
        memory.store(stored)
        return memory

    times: dict[str, float] = {}
    errors: dict[str, Any] = {}
    times["learning"], memory = best_time(learn, repeat)

    def weights() -> None:
        memory._evaluator.clear()
        memory._evaluator.matrix(channel)

    times["weight matrix"], _ = best_time(weights, repeat)
    runs: dict[str, dict[str, Any]] = {
        "one step": {"max_steps": 1},
        "up to 10 steps": {},
        "up to 10 steps, batch ANE": {"noise": "batch"},
        "up to 10 steps, batch ANE, clamp": {"noise": "batch", "clamp": True},
        "up to 10 steps, soft ANE": {"noise": "soft"},
        "search": {"noise": "search"},
    }
    for name, settings in runs.items():
        times[name], out = best_time(
            lambda settings=settings: memory.retrieve(
                queries, channel=channel, n_active=k, **settings
            ),
            repeat,
        )
        error = measures.output_error(out.patterns, stored[:N_QUERIES]).mean()
        errors[name] = f"{out.n_steps.mean():.2f} steps a query, output error {error:.5f}"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pipe.send((times, errors, peak))


def measure_products(size: Size, repeat: int, pipe: Any) -> None:
    """Measure products; send times, a note on sparse ones, and the peak memory of dense ones."""
    stored, queries = draw(size)
    k, channel = size.n_active, size.channel
    times: dict[str, float] = {}
    times["learning"], counts = best_time(lambda: product_learning(stored), min(repeat, 2))
    times["weight matrix"], (weights, bias) = best_time(
        lambda: product_weights(counts, size.n_patterns, channel), repeat
    )
    times["one step"], _ = best_time(lambda: product_step(weights, bias, queries, k), repeat)
    times["up to 10 steps"] = 10 * times["one step"]
    batch = 10 * times["one step"] + 9 * times["weight matrix"]
    times["up to 10 steps, batch ANE"] = times["up to 10 steps, batch ANE, clamp"] = batch
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sparse, _ = best_time(lambda: sparse_learning(stored), min(repeat, 2))
    notes = {"learning": f"sparse product {sparse:.3f} s"}
    pipe.send((times, notes, peak))


def in_own_process(task: Callable[..., None], *arguments: Any) -> Any:
    """Run a measurement in a fresh process, so that its peak memory is its own."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=task, args=(*arguments, sender))
    process.start()
    sender.close()
    try:
        return receiver.recv()
    finally:
        process.join()


def benchmark(size: Size, repeat: int) -> None:
    """Print the rows of one size."""
    print(f"n = {size.n_units}, k = {size.n_active}, M = {size.n_patterns}, {N_QUERIES} queries")
    ours, errors, peak = in_own_process(measure_ours, size, repeat)
    products, notes, peak_products = in_own_process(measure_products, size, repeat)
    report = Report()
    for name, seconds in ours.items():
        report.row(name, seconds, products.get(name), (errors | notes).get(name, ""))
    print(f"  {'peak memory':36} {peak:7.0f} MB {peak_products:7.0f} MB\n")


def benchmark_textbook() -> None:
    """Print the comparison with loops on a small case."""
    size = TEXTBOOK
    stored, queries = draw(size)
    queries = queries[:10]
    slow, answers = best_time(
        lambda: textbook_retrieval(stored, queries, size.channel, size.n_active), 1
    )

    def ours() -> NDArray[np.uint8]:
        memory = AssociativeMemory(size.n_units)
        memory.store(stored)
        return memory.retrieve(
            queries, channel=size.channel, n_active=size.n_active, max_steps=1
        ).patterns

    fast, out = best_time(ours, 5)
    same = [np.flatnonzero(row).tolist() for row in out] == answers
    print(f"n = {size.n_units}, k = {size.n_active}, M = {size.n_patterns}, {len(queries)} queries")
    print(
        f"  store and one step: loops {slow:.3f} s, ours {fast:.4f} s, ratio {slow / fast:.0f}, "
        f"same answers: {same}\n"
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--repeat", type=int, default=3, help="best of so many runs (default 3)")
    options = parser.parse_args()
    print(f"NumPy {np.__version__}, SciPy {scipy.__version__}; best of {options.repeat} runs")
    print("product, 10 steps: ten products without dropping finished queries\n")
    benchmark_textbook()
    for n_units in options.sizes:
        benchmark(SIZES[n_units], options.repeat)


if __name__ == "__main__":
    main()
