"""What one would write without `dopamine_wp`, and how fast it is: for ``dopamine.py``.

`WP`, `Dopamine1` and `Adam` for one network after the other, in plain NumPy and torch loops; all
networks at once by ``torch.func.vmap``; and a compiled JAX scan. All of it in one thread: whoever
imports this sets the variables of the libraries before.
"""

import math
import time

import numpy as np

from dopamine_wp import MLP, tasks

try:
    import torch
except ImportError:
    torch = None

try:
    import jax
    import jax.numpy as jnp
except ImportError:
    jax = None

#: Size of perturbations and rate of all WP steps.
SIGMA, RATE = 1e-3, 0.1


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


# Rules for one network, whose loss is a function of theta


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


# With NumPy


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


# With torch


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


# With JAX


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
