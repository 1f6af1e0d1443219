"""Speed and memory of training steps, one thread, everything in one run.

Run ``python benchmarks/dopamine.py``. Replica-steps per second of `WP`, `Dopamine1` and `Adam` on
XOR and on recurrent networks are compared with what one would write without this package: a plain
NumPy loop over replicas of the same rule and, where they can be imported, a plain torch loop,
``torch.func.vmap`` and a compiled JAX scan. For recurrent networks the floor is printed, too: the
matrix products alone of the two passes of a WP step.
Memory against the length of a series is an experiment: experiments/memory_over_time.py.
"""

import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import itertools
import platform

import numpy as np
from dopamine_rivals import (
    RATE,
    jax,
    jax_xor_scan,
    numpy_loops,
    numpy_rnn,
    numpy_xor,
    per_second,
    torch,
    torch_loops,
    torch_rnn_loss,
    torch_xor_loss,
    torch_xor_vmap,
)

from dopamine_wp import MLP, RNN, WP, Adam, Dopamine1, Trainer, tasks

REPLICAS = (1, 10, 100, 1000, 10000)
BATCH_SIZES = (1, 16)
NAMES = ("WP", "Dopamine1", "Adam")


class ReplicaFirstMLP(MLP):
    """The same network without the layout for many replicas."""

    def memory_order(self, replicas):
        return "C"


def ours(net, rule, batch, replicas):
    """Return replica-steps per second of a rule of this package."""
    trainer = Trainer(net, rule, batch, theta=net.init(replicas, rng=0), rng=0)

    def step():
        trainer.step()
        # A benchmark runs for ever; its curves would fill the memory.
        if trainer.steps_done % 256 == 0:
            trainer.record.clear()

    return replicas * per_second(step)


def row(label, values):
    print(f"{label:<34}" + "".join(f"{value:>11.3g}" for value in values))


def xor_table():
    """Print replica-steps per second on XOR and return the ratios that have a target."""
    net, batch = MLP((2, 4, 1), output="sigmoid", dtype=np.float32), tasks.xor()
    print("\nXOR 2-4-1, float32: replica-steps per second")
    row("R", REPLICAS)
    rates = {}
    for label, rule in (
        ("WP, normal", WP(RATE)),
        ("WP, Rademacher", WP(RATE, noise="rademacher")),
        ("Dopamine1", Dopamine1()),
        ("Adam", Adam()),
    ):
        rates[label] = [ours(net, rule, batch, replicas) for replicas in REPLICAS]
        row(label, rates[label])
    first = ReplicaFirstMLP((2, 4, 1), output="sigmoid", dtype=np.float32)
    row(
        "WP, normal, replica-first layout",
        [ours(first, WP(RATE), batch, replicas) for replicas in REPLICAS],
    )
    # A loop's speed does not depend on R; the largest would only take minutes.
    plain = dict(zip(NAMES, numpy_loops(net, *numpy_xor(), 100), strict=True))
    thousand = REPLICAS.index(1000)
    own = {"WP": rates["WP, normal"], "Dopamine1": rates["Dopamine1"], "Adam": rates["Adam"]}
    for name in NAMES:
        row(f"{name}, plain NumPy loop (100)", [plain[name]])
        row(f"{name}, ratio to it", [rate / plain[name] for rate in own[name]])
    ratios = [
        ("XOR R=1000, WP / NumPy loop", own["WP"][thousand] / plain["WP"], 100),
        (
            "XOR R=1000, Rademacher / NumPy loop",
            rates["WP, Rademacher"][thousand] / plain["WP"],
            400,
        ),
    ]
    if torch is not None:
        loops = dict(zip(NAMES, torch_loops(net, torch_xor_loss(), 10), strict=True))
        vmap = np.array([torch_xor_vmap(replicas) for replicas in REPLICAS]).T
        for name, speeds in zip(NAMES, vmap, strict=True):
            row(f"{name}, plain torch loop (10)", [loops[name]])
            row(f"{name}, ratio to it", [rate / loops[name] for rate in own[name]])
            row(f"{name}, torch.func.vmap", speeds)
            row(f"{name}, ratio to it", np.array(own[name]) / speeds)
        for label in ("WP, normal", "WP, Rademacher"):
            ratio = rates[label][thousand] / vmap[0][thousand]
            ratios.append((f"XOR R=1000, {label} / torch.func.vmap", ratio, 8))
    if jax is not None:
        scan = [jax_xor_scan(replicas) for replicas in REPLICAS]
        row("WP, Rademacher, JAX jit + scan", scan)
        row("WP, Rademacher, ratio to it", np.divide(rates["WP, Rademacher"], scan))
        ratio = rates["WP, Rademacher"][thousand] / scan[thousand]
        ratios.append(("XOR R=1000, Rademacher / JAX scan", ratio, 1.5))
    return ratios


def product_floor(net, samples, T):
    """Return steps per second of WP if its two passes were matrix products and nothing else."""
    H = net.n_hidden
    M = np.ones((2, H + 1, H + 2), np.float32)
    S = np.ones((2, H + 2, samples), np.float32)
    Z = np.empty((2, H + 1, samples), np.float32)

    def step():
        for _ in range(T + 1):
            np.matmul(M, S, Z)

    return per_second(step)


def random_series(samples, T):
    """Return a batch of noise to work on."""
    X, Y = np.random.default_rng(0).standard_normal((2, samples, T, 1)).astype(np.float32)
    return X, Y


def rnn_table():
    """Print replica-steps per second on recurrent networks; return the ratios with a target."""
    print("\nRNN, float32: replica-steps per second, and the ratio to plain loops in NumPy, torch")
    columns = [f"{name}{word}" for name in NAMES for word in ("", "/NumPy", "/torch")]
    print(f"{'':<26}" + "".join(f"{column:>17}" for column in columns))
    ratios = []
    for samples, hidden, T in itertools.product(BATCH_SIZES, (32, 64, 128), (100, 500)):
        net, batch = RNN(1, hidden, 1), random_series(samples, T)
        plain = numpy_loops(net, *numpy_rnn(net, batch), 1)
        torch_speed = [np.nan] * 3
        if torch is not None:
            torch_speed = torch_loops(net, torch_rnn_loss(net, batch), 1)
        for replicas in (1, 10):
            label = f"B={samples}, H={hidden}, T={T}, R={replicas}"
            own = [ours(net, rule, batch, replicas) for rule in (WP(1e-4), Dopamine1(), Adam())]
            cells = zip(own, np.divide(own, plain), np.divide(own, torch_speed), strict=True)
            print(f"{label:<26}" + "".join(f"{cell:>17.3g}" for three in cells for cell in three))
            if replicas == 1 and samples == 16 and hidden > 32:
                floor = product_floor(net, samples, T)
                print(f"{'  matrix products only':<26}{floor:>17.3g}")
                # How many times longer than the products a step takes is at most 1.3: 1 / 1.3
                ratios.append((f"RNN {label}, WP / products only", own[0] / floor, 1 / 1.3))
    return ratios


def main():
    torch_version = torch.__version__ if torch is not None else "not installed"
    if torch is not None:
        torch.set_num_threads(1)
    print(
        f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, "
        f"NumPy {np.__version__}, torch {torch_version}, "
        f"JAX {jax.__version__ if jax is not None else 'not installed'}, one thread, "
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    ratios = xor_table() + rnn_table()
    print("\nTargets" + " " * 41 + "ratio   target")
    for label, ratio, target in ratios:
        print(f"{label:<44}{ratio:>9.2f}{target:>9.3g}  {'met' if ratio >= target else 'MISSED'}")


if __name__ == "__main__":
    main()
