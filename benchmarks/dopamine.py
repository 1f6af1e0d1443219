"""Speed and memory of training steps, one thread, everything in one run.

Run ``python benchmarks/dopamine.py``. Replica-steps per second of `WP`, `Dopamine1` and `Adam` on
XOR and on recurrent networks are compared with what one would write without this package, each
with the same rule: a plain NumPy loop over replicas and, where torch can be imported, a plain
torch loop (Adam: ``torch.optim.Adam`` and ``backward``) and ``torch.func.vmap``. Memory is the
peak allocated during training against the length T of the series.
"""

import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"

import itertools
import math
import platform
import time
import tracemalloc

import numpy as np

from dopamine_wp import MLP, RNN, WP, Adam, Dopamine1, Trainer, tasks

try:
    import torch
except ImportError:
    torch = None

SIGMA, RATE, ADAM_RATE = 1e-3, 1e-4, 1e-3
REPLICAS = (1, 10, 100, 1000, 10000)
BATCH_SIZES = (1, 16)
RULES = {"WP": WP(RATE), "Dopamine1": Dopamine1(), "Adam": Adam(ADAM_RATE)}


def per_second(step, seconds=0.1, repeats=3):
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


# The rules as one would write them for one network; arrays of NumPy and torch alike


def wp(theta, state, loss, normal):
    """Return theta after a step of weight perturbation."""
    xi = normal(len(theta))
    delta = loss(theta + SIGMA * xi) - loss(theta)
    return theta - RATE / SIGMA * delta * xi


def dopamine1(theta, state, loss, normal):
    """Return theta after a step of Dopamine1; `state` carries what it remembers."""
    if not state:
        state.update(eta=0.01, v=0.0, steps=0, loss=float(loss(theta)))
    eta, xi = state["eta"], normal(len(theta))
    sigma = min(max(0.1 * eta, 1e-6), 1e-2)
    slope = (float(loss(theta + sigma * xi)) - state["loss"]) / sigma
    state["steps"] += 1
    state["v"] = 0.95 * state["v"] + 0.05 * slope**2
    spread = math.sqrt(state["v"] / (1 - 0.95 ** state["steps"]))
    burst = min(max(slope / (spread + 1e-30), -3.0), 3.0)
    candidate = theta - eta * burst * xi
    candidate_loss = float(loss(candidate))
    gain, expected = state["loss"] - candidate_loss, eta * burst * slope
    if expected:
        agreement = min(max(gain / expected, -1.0), 1.0)
        state["eta"] = min(max(eta * math.exp(0.1 * (agreement - 0.5)), 1e-6), 0.3)
    if gain < 0:
        return theta
    state["loss"] = candidate_loss
    return candidate


def adam(theta, state, gradient):
    """Return theta after a step of Adam with a gradient written by hand."""
    if not state:
        state.update(m=np.zeros_like(theta), q=np.zeros_like(theta), steps=0)
    g = gradient(theta)
    state["steps"] += 1
    state["m"] = 0.9 * state["m"] + 0.1 * g
    state["q"] = 0.999 * state["q"] + 0.001 * g * g
    m, q = state["m"] / (1 - 0.9 ** state["steps"]), state["q"] / (1 - 0.999 ** state["steps"])
    return theta - ADAM_RATE * m / (np.sqrt(q) + 1e-8)


def loop(rule, thetas, *arguments):
    """Return replica-steps per second of a rule applied to one network after the other."""
    thetas, states = list(thetas), [{} for _ in thetas]

    def step():
        for i, (theta, state) in enumerate(zip(thetas, states, strict=True)):
            thetas[i] = rule(theta, state, *arguments)

    return len(thetas) * per_second(step)


def numpy_loops(thetas, loss, gradient):
    """Return replica-steps per second of the plain NumPy loop by rule."""
    rng = np.random.default_rng(0)

    def normal(count):
        return rng.standard_normal(count, dtype=np.float32)

    return {
        "WP": loop(wp, thetas, loss, normal),
        "Dopamine1": loop(dopamine1, thetas, loss, normal),
        "Adam": loop(adam, thetas, gradient),
    }


def torch_loops(thetas, loss):
    """Return replica-steps per second of the plain torch loop by rule."""
    with torch.no_grad():
        result = {
            "WP": loop(wp, torch.tensor(thetas), loss, torch.randn),
            "Dopamine1": loop(dopamine1, torch.tensor(thetas), loss, torch.randn),
        }
    parameters = [torch.tensor(theta, requires_grad=True) for theta in thetas]
    optimizers = [torch.optim.Adam([theta], lr=ADAM_RATE) for theta in parameters]

    def step():
        for theta, optimizer in zip(parameters, optimizers, strict=True):
            optimizer.zero_grad()
            loss(theta).backward()
            optimizer.step()

    return result | {"Adam": len(parameters) * per_second(step)}


def torch_vmap(thetas, loss):
    """Return replica-steps per second by rule, all networks at once by torch.func.vmap."""
    theta, losses = torch.tensor(thetas), torch.func.vmap(loss)
    slopes = torch.func.vmap(torch.func.grad(loss))
    state = {}

    def wp_step():
        nonlocal theta
        xi = torch.randn(theta.shape)
        delta = losses(theta + SIGMA * xi) - losses(theta)
        theta = theta - RATE / SIGMA * delta[:, None] * xi

    def dopamine1_step():
        nonlocal theta
        if not state:
            known = losses(theta)
            state.update(eta=torch.full_like(known, 0.01), v=0 * known, steps=0, loss=known)
        eta, known, xi = state["eta"], state["loss"], torch.randn(theta.shape)
        sigma = (0.1 * eta).clamp(1e-6, 1e-2)
        slope = (losses(theta + sigma[:, None] * xi) - known) / sigma
        state["steps"] += 1
        state["v"] = 0.95 * state["v"] + 0.05 * slope**2
        spread = torch.sqrt(state["v"] / (1 - 0.95 ** state["steps"]))
        burst = (slope / (spread + 1e-30)).clamp(-3, 3)
        candidate = theta - (eta * burst)[:, None] * xi
        candidate_loss = losses(candidate)
        gain, expected = known - candidate_loss, eta * burst * slope
        agreement = torch.where(expected == 0, 0.5, (gain / expected).clamp(-1, 1))
        state["eta"] = (eta * torch.exp(0.1 * (agreement - 0.5))).clamp(1e-6, 0.3)
        theta = torch.where((gain >= 0)[:, None], candidate, theta)
        state["loss"] = torch.where(gain >= 0, candidate_loss, known)

    parameter = torch.tensor(thetas, requires_grad=True)
    optimizer = torch.optim.Adam([parameter], lr=ADAM_RATE)

    def adam_step():
        parameter.grad = slopes(parameter.detach())
        optimizer.step()

    with torch.no_grad():
        result = {
            "WP": len(thetas) * per_second(wp_step),
            "Dopamine1": len(thetas) * per_second(dopamine1_step),
        }
    return result | {"Adam": len(thetas) * per_second(adam_step)}


# XOR 2-4-1 as one would write it for one network


def numpy_xor():
    """Return loss and gradient of one network as functions of theta (17,)."""
    X, Y = (array.astype(np.float32) for array in tasks.xor())

    def forward(theta):
        hidden = np.tanh(X @ theta[:8].reshape(2, 4) + theta[8:12])
        return hidden, 1 / (1 + np.exp(-(hidden @ theta[12:16].reshape(4, 1) + theta[16:])))

    def loss(theta):
        return ((forward(theta)[1] - Y) ** 2).mean()

    def gradient(theta):
        hidden, output = forward(theta)
        slope = 2 / len(Y) * (output - Y) * output * (1 - output)
        below = slope @ theta[12:16].reshape(1, 4) * (1 - hidden**2)
        parts = (X.T @ below, below.sum(axis=0), hidden.T @ slope, slope.sum(axis=0))
        return np.concatenate([part.ravel() for part in parts])

    return loss, gradient


def torch_xor():
    """Return the loss of one network as a function of theta (17,)."""
    X, Y = (torch.tensor(array, dtype=torch.float32) for array in tasks.xor())

    def loss(theta):
        hidden = torch.tanh(X @ theta[:8].reshape(2, 4) + theta[8:12])
        output = torch.sigmoid(hidden @ theta[12:16].reshape(4, 1) + theta[16:])
        return ((output - Y) ** 2).mean()

    return loss


# A recurrent network as one would write it, one time step after the other


def numpy_rnn(net, batch):
    """Return loss and gradient (back-propagation through time) as functions of theta (P,)."""
    X, Y = batch
    T = X.shape[1]

    def forward(theta):
        weights = {name: view[0] for name, view in net.unpack(theta[None]).items()}
        hidden, outputs = [np.zeros((len(X), net.n_hidden), np.float32)], []
        for t in range(T):
            drive = X[:, t] @ weights["Wx"] + hidden[-1] @ weights["Wh"] + weights["b"]
            hidden.append(np.tanh(drive))
            outputs.append(hidden[-1] @ weights["Wo"] + weights["bo"])
        return weights, hidden, np.stack(outputs, axis=1)

    def loss(theta):
        return ((forward(theta)[2] - Y) ** 2).mean()

    def gradient(theta):
        weights, hidden, outputs = forward(theta)
        slopes = np.float32(2 / Y.size) * (outputs - Y)
        result = np.zeros_like(theta)
        parts = {name: view[0] for name, view in net.unpack(result[None]).items()}
        reaching = np.zeros_like(hidden[0])
        for t in reversed(range(T)):
            parts["Wo"] += hidden[t + 1].T @ slopes[:, t]
            parts["bo"] += slopes[:, t].sum(axis=0)
            below = (slopes[:, t] @ weights["Wo"].T + reaching) * (1 - hidden[t + 1] ** 2)
            parts["Wx"] += X[:, t].T @ below
            parts["Wh"] += hidden[t].T @ below
            parts["b"] += below.sum(axis=0)
            reaching = below @ weights["Wh"].T
        return result

    return loss, gradient


def torch_rnn(net, batch):
    """Return the loss of one network as a function of theta (P,)."""
    X, Y = (torch.tensor(array) for array in batch)
    lengths = [int(np.prod(shape)) for shape in net.shapes.values()]

    def loss(theta):
        parts = zip(theta.split(lengths), net.shapes.values(), strict=True)
        Wx, Wh, b, Wo, bo = (part.reshape(shape) for part, shape in parts)
        h, outputs = torch.zeros(len(X), net.n_hidden), []
        for t in range(X.shape[1]):
            h = torch.tanh(X[:, t] @ Wx + h @ Wh + b)
            outputs.append(h @ Wo + bo)
        return ((torch.stack(outputs, 1) - Y) ** 2).mean()

    return loss


# Tables


def row(label, values):
    print(f"{label:<34}" + "".join(f"{value:>11.3g}" for value in values), flush=True)


def xor_table():
    """Print replica-steps per second on XOR and return the ratios, with targets where set."""
    net, batch = MLP((2, 4, 1), output="sigmoid", dtype=np.float32), tasks.xor()
    print("\nXOR 2-4-1, float32: replica-steps per second")
    row("R", REPLICAS)
    rates = {}
    for label, rule in {**RULES, "WP, Rademacher": WP(RATE, noise="rademacher")}.items():
        rates[label] = [ours(net, rule, batch, replicas) for replicas in REPLICAS]
        row(label, rates[label])
    first = ReplicaFirstMLP((2, 4, 1), output="sigmoid", dtype=np.float32)
    row("WP, replica-first layout",
        [ours(first, RULES["WP"], batch, replicas) for replicas in REPLICAS])

    print("Loops: measured on up to 100 replicas, scaled to R beyond (their time is linear in R)")
    loss, gradient = numpy_xor()
    competitors = {"NumPy loop": lambda thetas: numpy_loops(thetas[:100], loss, gradient)}
    if torch is not None:
        torch_loss = torch_xor()
        competitors["torch loop"] = lambda thetas: torch_loops(thetas[:100], torch_loss)
        competitors["torch.func.vmap"] = lambda thetas: torch_vmap(thetas, torch_loss)
    thousand, ratios = REPLICAS.index(1000), []
    targets = {("WP", "NumPy loop"): 100, ("WP", "torch.func.vmap"): 5}
    for competitor, measure in competitors.items():
        speeds = [measure(net.init(replicas, rng=0)) for replicas in REPLICAS]
        for rule in RULES:
            theirs = [speed[rule] for speed in speeds]
            row(f"{rule}, {competitor}", theirs)
            quotients = np.divide(rates[rule], theirs)
            row("    ratio of ours to it", quotients)
            ratios.append((f"XOR R=1000, {rule} / {competitor}", quotients[thousand],
                           targets.get((rule, competitor))))
        if competitor == "NumPy loop":
            quotient = rates["WP, Rademacher"][thousand] / speeds[thousand]["WP"]
            ratios.append(("XOR R=1000, Rademacher / NumPy loop", quotient, 200))
    return ratios


def random_series(samples, T):
    """Return a batch of noise to work on."""
    X, Y = np.random.default_rng(0).standard_normal((2, samples, T, 1)).astype(np.float32)
    return X, Y


def rnn_table():
    """Print replica-steps per second on recurrent networks; return the ratios for one network."""
    print("\nRNN, float32: replica-steps per second, in parentheses the ratio of ours to it")
    print("Loops: measured on one replica, for R = 10 as well (their time is linear in R)")
    columns = ["ours", "NumPy loop"] + ["torch loop", "torch.func.vmap"] * (torch is not None)
    print(f"{'':<34}" + "".join(f"{column:>18}" for column in columns))
    ratios = []
    for samples, hidden, T in itertools.product(BATCH_SIZES, (32, 64, 128), (100, 500)):
        net, batch = RNN(1, hidden, 1), random_series(samples, T)
        one = net.init(rng=0)
        loops = [numpy_loops(one, *numpy_rnn(net, batch))]
        if torch is not None:
            loops.append(torch_loops(one, torch_rnn(net, batch)))
        for replicas in (1, 10):
            others = list(loops)
            if torch is not None and replicas > 1:
                others.append(torch_vmap(net.init(replicas, rng=0), torch_rnn(net, batch)))
            for name, rule in RULES.items():
                speed = ours(net, rule, batch, replicas)
                label = f"{name}, B={samples}, H={hidden}, T={T}, R={replicas}"
                cells = (f"{other[name]:.3g} ({speed / other[name]:.1f})" for other in others)
                print(f"{label:<34}{speed:>18.3g}" + "".join(f"{cell:>18}" for cell in cells),
                      flush=True)
                if replicas == 1 and torch is not None and name == "WP":
                    ratios.append((f"RNN {label} / torch loop", speed / loops[1][name], 5))
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
    print("\nRatios of ours to the competitor" + " " * 21 + "ratio   target")
    for label, ratio, target in ratios:
        print(f"{label:<50}{ratio:>9.2f}", end="")
        print("" if target is None else f"{target:>9g}  {'met' if ratio >= target else 'MISSED'}")


if __name__ == "__main__":
    main()
