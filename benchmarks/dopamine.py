"""Speed and memory of training steps, one thread, everything in one run.

Run ``python benchmarks/dopamine.py``. Replica-steps per second of `WP`, `Dopamine1` and `Adam` on
XOR and on recurrent networks are compared with what one would write without this package: a plain
NumPy loop over replicas and, where torch can be imported, a plain torch loop and
``torch.func.vmap``. Memory is the peak allocated during training against the length T of the
series. Dopamine1 and Adam stand beside WP to show what their steps cost; the loops do the WP step.
"""

import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"

import itertools
import platform
import time
import tracemalloc

import numpy as np

from dopamine_wp import MLP, RNN, WP, Adam, Dopamine1, Trainer, tasks

try:
    import torch
except ImportError:
    torch = None

SIGMA, RATE = 1e-3, 0.1
REPLICAS = (1, 10, 100, 1000, 10000)
BATCH_SIZES = (1, 16)


def per_second(step, seconds=0.15, repeats=5):
    """Return calls per second of `step`, the best of several stretches.

    Everything runs in one thread, so processor time is wall-clock time on an idle core, and on a
    busy machine it is the fairer measure.
    """
    step()
    began = time.process_time()
    step()
    calls = max(1, int(seconds / max(time.process_time() - began, 1e-6)))
    best = 0.0
    for _ in range(repeats):
        began = time.process_time()
        for _ in range(calls):
            step()
        best = max(best, calls / (time.process_time() - began))
    return best


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


# What one would write without the package: NumPy


def numpy_xor_loop(replicas):
    """WP on XOR, one network after the other, as a plain NumPy program does it."""
    X, Y = (array.astype(np.float32) for array in tasks.xor())
    thetas = list(MLP((2, 4, 1), dtype=np.float32).init(replicas, rng=0))
    rng = np.random.default_rng(0)

    def loss(theta):
        hidden = np.tanh(X @ theta[:8].reshape(2, 4) + theta[8:12])
        output = 1 / (1 + np.exp(-(hidden @ theta[12:16].reshape(4, 1) + theta[16:])))
        return ((output - Y) ** 2).mean()

    def step():
        for i, theta in enumerate(thetas):
            xi = rng.standard_normal(17, dtype=np.float32)
            delta = loss(theta + SIGMA * xi) - loss(theta)
            thetas[i] = theta - RATE / SIGMA * delta * xi

    return replicas * per_second(step)


def numpy_rnn_loop(net, batch, replicas):
    """WP on a recurrent network, one network after the other, one time step after the other."""
    X, Y = batch
    thetas = list(net.init(replicas, rng=0))
    rng = np.random.default_rng(0)

    def loss(theta):
        weights = {name: view[0] for name, view in net.unpack(theta[None]).items()}
        h, total = np.zeros((len(X), net.n_hidden), np.float32), 0.0
        for t in range(X.shape[1]):
            h = np.tanh(X[:, t] @ weights["Wx"] + h @ weights["Wh"] + weights["b"])
            total += ((h @ weights["Wo"] + weights["bo"] - Y[:, t]) ** 2).mean()
        return total / X.shape[1]

    def step():
        for i, theta in enumerate(thetas):
            xi = rng.standard_normal(len(theta), dtype=np.float32)
            delta = loss(theta + SIGMA * xi) - loss(theta)
            thetas[i] = theta - np.float32(RATE / SIGMA * delta) * xi

    return replicas * per_second(step)


# What one would write without the package: torch


def torch_xor_loss():
    """Return the loss of one network as a function of theta (17,)."""
    X, Y = (torch.tensor(array, dtype=torch.float32) for array in tasks.xor())

    def loss(theta):
        hidden = torch.tanh(X @ theta[:8].reshape(2, 4) + theta[8:12])
        output = torch.sigmoid(hidden @ theta[12:16].reshape(4, 1) + theta[16:])
        return ((output - Y) ** 2).mean()

    return loss


def torch_xor_loop(replicas):
    """WP on XOR, one network after the other, in torch."""
    loss = torch_xor_loss()
    thetas = list(torch.tensor(MLP((2, 4, 1), dtype=np.float32).init(replicas, rng=0)))

    @torch.no_grad()
    def step():
        for i, theta in enumerate(thetas):
            xi = torch.randn(17)
            delta = loss(theta + SIGMA * xi) - loss(theta)
            thetas[i] = theta - RATE / SIGMA * delta * xi

    return replicas * per_second(step)


def torch_xor_vmap(replicas):
    """WP on XOR, all networks at once by torch.func.vmap."""
    loss = torch.func.vmap(torch_xor_loss())
    theta = torch.tensor(MLP((2, 4, 1), dtype=np.float32).init(replicas, rng=0))

    @torch.no_grad()
    def step():
        nonlocal theta
        xi = torch.randn(theta.shape)
        delta = loss(theta + SIGMA * xi) - loss(theta)
        theta = theta - RATE / SIGMA * delta[:, None] * xi

    return replicas * per_second(step)


def torch_rnn_loop(net, batch, replicas):
    """WP on a recurrent network in torch, one network and one time step after the other."""
    X, Y = (torch.tensor(array) for array in batch)
    thetas = list(torch.tensor(net.init(replicas, rng=0)))
    lengths = [int(np.prod(shape)) for shape in net.shapes.values()]

    def loss(theta):
        parts = zip(theta.split(lengths), net.shapes.values(), strict=True)
        Wx, Wh, b, Wo, bo = (part.reshape(shape) for part, shape in parts)
        h, outputs = torch.zeros(len(X), net.n_hidden), []
        for t in range(X.shape[1]):
            h = torch.tanh(X[:, t] @ Wx + h @ Wh + b)
            outputs.append(h @ Wo + bo)
        return ((torch.stack(outputs, 1) - Y) ** 2).mean()

    @torch.no_grad()
    def step():
        for i, theta in enumerate(thetas):
            xi = torch.randn(len(theta))
            delta = loss(theta + SIGMA * xi) - loss(theta)
            thetas[i] = theta - RATE / SIGMA * delta * xi

    return replicas * per_second(step)


# Tables


def row(label, values):
    print(f"{label:<34}" + "".join(f"{value:>11.3g}" for value in values))


def xor_table():
    """Print replica-steps per second on XOR and return the ratios that have a target."""
    net, batch = MLP((2, 4, 1), output="sigmoid", dtype=np.float32), tasks.xor()
    print("\nXOR 2-4-1, float32: replica-steps per second")
    row("R", REPLICAS)
    rates = {}
    for label, rule in (
        ("WP, normal", WP(RATE)), ("WP, Rademacher", WP(RATE, noise="rademacher")),
        ("Dopamine1", Dopamine1()), ("Adam", Adam()),
    ):
        rates[label] = [ours(net, rule, batch, replicas) for replicas in REPLICAS]
        row(label, rates[label])
    first = ReplicaFirstMLP((2, 4, 1), output="sigmoid", dtype=np.float32)
    row("WP, normal, replica-first layout",
        [ours(first, WP(RATE), batch, replicas) for replicas in REPLICAS])
    # A loop's speed does not depend on R; the largest would only take minutes.
    plain = max(numpy_xor_loop(replicas) for replicas in (1, 100))
    row("plain NumPy loop", [plain])
    thousand = REPLICAS.index(1000)
    ratios = [
        ("XOR R=1000, WP / NumPy loop", rates["WP, normal"][thousand] / plain, 100),
        ("XOR R=1000, Rademacher / NumPy loop", rates["WP, Rademacher"][thousand] / plain, 200),
    ]
    if torch is not None:
        row("plain torch loop", [max(torch_xor_loop(replicas) for replicas in (1, 10))])
        vmap = [torch_xor_vmap(replicas) for replicas in REPLICAS]
        row("torch.func.vmap", vmap)
        ratio = rates["WP, normal"][thousand] / vmap[thousand]
        ratios.append(("XOR R=1000, WP / torch.func.vmap", ratio, 5))
    return ratios


def random_series(samples, T):
    """Return a batch of noise to work on."""
    X, Y = np.random.default_rng(0).standard_normal((2, samples, T, 1)).astype(np.float32)
    return X, Y


def rnn_table():
    """Print replica-steps per second on recurrent networks; return the ratios with a target."""
    print("\nRNN, float32: replica-steps per second")
    columns = ["WP", "Dopamine1", "Adam", "NumPy loop"] + ["torch loop"] * (torch is not None)
    print(f"{'':<34}" + "".join(f"{column:>11}" for column in columns))
    ratios = []
    for samples, hidden, T, replicas in itertools.product(
        BATCH_SIZES, (32, 64, 128), (100, 500), (1, 10)
    ):
        net, batch = RNN(1, hidden, 1), random_series(samples, T)
        label = f"B={samples}, H={hidden}, T={T}, R={replicas}"
        values = [ours(net, rule, batch, replicas) for rule in (WP(1e-4), Dopamine1(), Adam())]
        values.append(numpy_rnn_loop(net, batch, replicas))
        if torch is not None:
            values.append(torch_rnn_loop(net, batch, replicas))
        row(label, values)
        if replicas == 1 and torch is not None:
            ratios.append((f"RNN {label}, WP / torch loop", values[0] / values[-1], 5))
    return ratios


def peak_memory(rule, T):
    """Return the peak of the memory, in KiB, that three steps allocate at H = 32, B = 16."""
    net = RNN(1, 32, 1)
    trainer = Trainer(net, rule, random_series(16, T), theta=net.init(rng=0), rng=0)
    trainer.step()
    tracemalloc.start()
    for _ in range(3):
        trainer.step()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1024


def memory_table():
    """Print peak memory against T and return the ratio that has a target."""
    lengths = (50, 100, 500, 1000, 2000)
    print("\nRNN H=32, B=16: peak memory of training, KiB")
    row("T", lengths)
    peaks = {}
    for rule in (Dopamine1(), Adam()):
        peaks[rule.name] = [peak_memory(rule, T) for T in lengths]
        row(rule.name + (" + BPTT" if rule.name == "Adam" else ""), peaks[rule.name])
    constant = peaks["Dopamine1"][0] / peaks["Dopamine1"][3]
    return [("Dopamine1, memory at T=50 / at T=1000", constant, 0.95)]


def main():
    torch_version = torch.__version__ if torch is not None else "not installed"
    if torch is not None:
        torch.set_num_threads(1)
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, "
          f"NumPy {np.__version__}, torch {torch_version}, one thread, "
          f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    ratios = xor_table() + rnn_table() + memory_table()
    print("\nTargets" + " " * 41 + "ratio   target")
    for label, ratio, target in ratios:
        print(f"{label:<44}{ratio:>9.2f}{target:>9g}  {'met' if ratio >= target else 'MISSED'}")


if __name__ == "__main__":
    main()
