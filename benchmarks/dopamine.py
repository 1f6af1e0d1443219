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
import math
import platform
import time

import numpy as np

from dopamine_wp import MLP, RNN, WP, Adam, Dopamine1, Trainer, tasks

try:
    import torch
except ImportError:
    torch = None

try:
    import jax
    import jax.numpy as jnp
except ImportError:
    jax = None

SIGMA, RATE = 1e-3, 0.1
REPLICAS = (1, 10, 100, 1000, 10000)
BATCH_SIZES = (1, 16)
NAMES = ("WP", "Dopamine1", "Adam")


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


# What one would write without the package: rules for one network, whose loss is a function of theta


def wp(loss, noise, state):
    """Return one step of WP: theta -> theta."""

    def step(theta):
        xi = noise()
        delta = float(loss(theta + SIGMA * xi) - loss(theta))
        return theta - (RATE / SIGMA * delta) * xi

    return step


def dopamine1(loss, noise, state):
    """Return one step of Dopamine1 on a fixed batch, with its defaults."""
    state.update(rate=0.01, spread=0.0, power=1.0, loss=None)

    def step(theta):
        if state["loss"] is None:
            state["loss"] = float(loss(theta))
        sigma = min(max(0.1 * state["rate"], 1e-6), 1e-2)
        xi = noise()
        slope = (float(loss(theta + sigma * xi)) - state["loss"]) / sigma
        state["power"] *= 0.95
        state["spread"] = 0.95 * state["spread"] + 0.05 * slope**2
        unit = math.sqrt(state["spread"] / (1 - state["power"])) + 1e-30
        coded = min(max(slope / unit, -3.0), 3.0)
        candidate = theta - (state["rate"] * coded) * xi
        after = float(loss(candidate))
        expected, actual = state["rate"] * coded * slope, state["loss"] - after
        agreement = min(max(actual / expected, -1.0), 1.0) if expected else 0.5
        state["rate"] = min(max(state["rate"] * math.exp(0.1 * (agreement - 0.5)), 1e-6), 0.3)
        if actual < 0:
            return theta
        state["loss"] = after
        return candidate

    return step


def adam(gradient, state):
    """Return one step of Adam: theta -> theta."""
    state.update(m=0.0, q=0.0, t=0)

    def step(theta):
        g = gradient(theta)
        state["t"] += 1
        state["m"] = 0.9 * state["m"] + 0.1 * g
        state["q"] = 0.999 * state["q"] + 0.001 * g * g
        m, q = state["m"] / (1 - 0.9 ** state["t"]), state["q"] / (1 - 0.999 ** state["t"])
        return theta - 0.001 * m / (q**0.5 + 1e-8)

    return step


def loop(thetas, rules):
    """Return replica-steps per second of one network after the other, each with its own rule."""
    thetas, rules = list(thetas), list(rules)

    def step():
        for i, rule in enumerate(rules):
            thetas[i] = rule(thetas[i])

    return len(rules) * per_second(step)


# ... with NumPy


def numpy_xor():
    """Return loss and gradient of one XOR network as functions of theta (17,)."""
    X, Y = (array.astype(np.float32) for array in tasks.xor())

    def forward(theta):
        hidden = np.tanh(X @ theta[:8].reshape(2, 4) + theta[8:12])
        return hidden, 1 / (1 + np.exp(-(hidden @ theta[12:16].reshape(4, 1) + theta[16:])))

    def loss(theta):
        return ((forward(theta)[1] - Y) ** 2).mean()

    def gradient(theta):
        hidden, output = forward(theta)
        d_output = 2 * (output - Y) / Y.size * output * (1 - output)
        d_hidden = d_output @ theta[12:16].reshape(1, 4) * (1 - hidden**2)
        parts = X.T @ d_hidden, d_hidden.sum(0), hidden.T @ d_output, d_output.sum(0)
        return np.concatenate([part.ravel() for part in parts])

    return loss, gradient


def numpy_rnn(net, batch):
    """Return loss and gradient (back-propagation through time) of one recurrent network."""
    X, Y = batch

    def forward(theta):
        weights = {name: view[0] for name, view in net.unpack(theta[None]).items()}
        states, outputs = [np.zeros((len(X), net.n_hidden), np.float32)], []
        for t in range(X.shape[1]):
            drive = X[:, t] @ weights["Wx"] + states[-1] @ weights["Wh"] + weights["b"]
            states.append(np.tanh(drive))
            outputs.append(states[-1] @ weights["Wo"] + weights["bo"])
        return weights, states, outputs

    def loss(theta):
        outputs = forward(theta)[2]
        return sum(((y - Y[:, t]) ** 2).mean() for t, y in enumerate(outputs)) / len(outputs)

    def gradient(theta):
        weights, states, outputs = forward(theta)
        d = {name: np.zeros_like(weight) for name, weight in weights.items()}
        d_next = np.zeros_like(states[0])
        for t in reversed(range(len(outputs))):
            d_output = 2 * (outputs[t] - Y[:, t]) / Y.size
            d["Wo"] += states[t + 1].T @ d_output
            d["bo"] += d_output.sum(0)
            d_drive = (d_output @ weights["Wo"].T + d_next) * (1 - states[t + 1] ** 2)
            d["Wx"] += X[:, t].T @ d_drive
            d["Wh"] += states[t].T @ d_drive
            d["b"] += d_drive.sum(0)
            d_next = d_drive @ weights["Wh"].T
        return np.concatenate([d[name].ravel() for name in net.shapes])

    return loss, gradient


def numpy_loops(net, loss, gradient, replicas):
    """Return replica-steps per second of WP, Dopamine1 and Adam in plain NumPy loops."""
    theta, rng = net.init(replicas, rng=0), np.random.default_rng(0)

    def noise():
        return rng.standard_normal(theta.shape[1], dtype=np.float32)

    return [
        loop(theta, (wp(loss, noise, {}) for _ in theta)),
        loop(theta, (dopamine1(loss, noise, {}) for _ in theta)),
        loop(theta, (adam(gradient, {}) for _ in theta)),
    ]


# ... with torch


def torch_xor_loss():
    """Return the loss of one network as a function of theta (17,)."""
    X, Y = (torch.tensor(array, dtype=torch.float32) for array in tasks.xor())

    def loss(theta):
        hidden = torch.tanh(X @ theta[:8].reshape(2, 4) + theta[8:12])
        output = torch.sigmoid(hidden @ theta[12:16].reshape(4, 1) + theta[16:])
        return ((output - Y) ** 2).mean()

    return loss


def torch_rnn_loss(net, batch):
    """Return the loss of one recurrent network as a function of theta."""
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


def torch_loops(net, loss, replicas):
    """Return replica-steps per second of WP, Dopamine1 and Adam in plain torch loops."""
    theta = torch.tensor(net.init(replicas, rng=0))

    def noise():
        return torch.randn(theta.shape[1])

    def torch_adam(start):
        weights = start.clone().requires_grad_()
        optimizer = torch.optim.Adam([weights])

        def step(_):
            optimizer.zero_grad()
            loss(weights).backward()
            optimizer.step()

        return step

    with torch.no_grad():
        forward_only = [
            loop(theta, (wp(loss, noise, {}) for _ in theta)),
            loop(theta, (dopamine1(loss, noise, {}) for _ in theta)),
        ]
    return [*forward_only, loop(theta, map(torch_adam, theta))]


def torch_xor_vmap(replicas):
    """Return replica-steps per second on XOR, all networks at once by ``torch.func.vmap``.

    For WP, Dopamine1 and Adam.
    """
    one = torch_xor_loss()
    loss, gradient = torch.func.vmap(one), torch.func.vmap(torch.func.grad(one))
    start = torch.tensor(MLP((2, 4, 1), dtype=np.float32).init(replicas, rng=0))
    state = {"rate": torch.full((replicas,), 0.01), "spread": torch.zeros(replicas), "t": 0}
    state["loss"] = loss(start)

    def wp_step(theta):
        xi = torch.randn(theta.shape)
        delta = loss(theta + SIGMA * xi) - loss(theta)
        return theta - RATE / SIGMA * delta[:, None] * xi

    def dopamine1_step(theta):
        rate, xi = state["rate"], torch.randn(theta.shape)
        sigma = (0.1 * rate).clamp(1e-6, 1e-2)
        slope = (loss(theta + sigma[:, None] * xi) - state["loss"]) / sigma
        state["t"] += 1
        state["spread"] = 0.95 * state["spread"] + 0.05 * slope**2
        unit = (state["spread"] / (1 - 0.95 ** state["t"])).sqrt() + 1e-30
        coded = (slope / unit).clamp(-3, 3)
        candidate = theta - (rate * coded)[:, None] * xi
        after = loss(candidate)
        actual, expected = state["loss"] - after, rate * coded * slope
        agreement = torch.where(expected > 0, (actual / expected).clamp(-1, 1), 0.5)
        state["rate"] = (rate * (0.1 * (agreement - 0.5)).exp()).clamp(1e-6, 0.3)
        better = actual >= 0
        state["loss"] = torch.where(better, after, state["loss"])
        return torch.where(better[:, None], candidate, theta)

    def speed(rule):
        theta = start

        def step():
            nonlocal theta
            theta = rule(theta)

        return replicas * per_second(step)

    with torch.no_grad():
        forward_only = [speed(wp_step), speed(dopamine1_step)]
    return [*forward_only, speed(adam(gradient, {}))]


# ... with JAX


def jax_xor_scan(replicas, steps=200):
    """Return replica-steps per second of WP with signs, `steps` of them compiled into one scan."""
    X, Y = (jnp.asarray(array, jnp.float32) for array in tasks.xor())

    def loss(theta):
        hidden = jnp.tanh(X @ theta[:8].reshape(2, 4) + theta[8:12])
        output = jax.nn.sigmoid(hidden @ theta[12:16].reshape(4, 1) + theta[16:])
        return ((output - Y) ** 2).mean()

    losses = jax.vmap(loss)

    def step(theta, key):
        xi = jax.random.rademacher(key, theta.shape, jnp.float32)
        delta = losses(theta + SIGMA * xi) - losses(theta)
        return theta - RATE / SIGMA * delta[:, None] * xi, None

    @jax.jit
    def run(theta, key):
        return jax.lax.scan(step, theta, jax.random.split(key, steps))[0]

    theta = jnp.asarray(MLP((2, 4, 1), dtype=np.float32).init(replicas, rng=0))
    key = jax.random.key(0)
    return replicas * steps * per_second(lambda: run(theta, key).block_until_ready())


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
