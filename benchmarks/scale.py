"""What many runs cost, each figure as a ratio to an alternative that is measured in the same run.

    python benchmarks/scale.py            # a few minutes
    python benchmarks/scale.py --full     # also the million of runs (about ten minutes)

Rows of what is not installed (joblib, Mesa, Optuna, Dask) are left out. On a busy machine all
figures are worse; the load is printed with them.
"""

import argparse
import json
import logging
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

import numpy as np

import ivisit as iv
from ivisit.runs.proposers import make_proposer
from ivisit.runs.sitting import count_runs
from ivisit.runs.space import Dimension
from ivisit.store import ParameterStore
from ivisit.store.sweep_rows import StoredSweep, SweepRow


class Walk(iv.Simulation):
    """A random walk in pure Python."""

    size = iv.Slider(1.0, 0.0, 10.0)
    drift = iv.Slider(0.0, -1.0, 1.0)
    position = iv.Trace()
    speed = iv.Trace()

    def init(self):
        self.x = 0.0

    def step(self):
        self.speed = self.drift + self.size * self.rng.standard_normal()
        self.x += self.speed
        self.position = self.x


class Idle(iv.Simulation):
    """Nothing at all."""

    number = iv.Slider(0, 0, 10**7)
    level = iv.Trace()


STEPS = 100
SIZES = np.linspace(0.1, 9.0, 100)
DRIFTS = np.linspace(-1.0, 1.0, 10)


def one_run(values):
    """Do what a worker of a plain pool does, and store nothing."""
    size, drift, seed = values
    result = iv.run(Walk, {"size": size, "drift": drift}, steps=STEPS, seed=seed, record=[])
    return result.outputs["position"], result.outputs["speed"]


def points(count):
    return [(float(SIZES[i // 10 % 100]), float(DRIFTS[i % 10]), i) for i in range(count)]


def by_pool(count):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        return list(pool.map(one_run, points(count), chunksize=100))


def by_joblib(count):
    from joblib import Parallel, delayed

    return Parallel(n_jobs=2, batch_size=100)(delayed(one_run)(p) for p in points(count))


def by_sweep(count):
    with tempfile.TemporaryDirectory() as folder:
        result = iv.sweep(
            Walk,
            {"size": SIZES, "drift": DRIFTS},
            steps=STEPS,
            repeats=count // 1000,
            workers=2,
            store=Path(folder) / "s.ivisit",
        )
        assert len(list(ParameterStore(result.path).done_runs(result.sweep))) == count


def by_mesa(count):
    """Run a model of the same work in Mesa, two processes, nothing stored."""
    import mesa

    mesa.batch_run(
        MesaWalk, {"size": SIZES[: max(1, count // 100)].tolist(), "drift": DRIFTS.tolist()},
        iterations=10, number_processes=2, max_steps=STEPS, display_progress=False,
    )  # fmt: skip


if find_spec("mesa"):
    import mesa

    class MesaWalk(mesa.Model):
        """The same walk."""

        def __init__(self, size=1.0, drift=0.0, rng=None):
            super().__init__(rng=rng)
            self.size, self.drift, self.x = size, drift, 0.0
            self.datacollector = mesa.DataCollector(model_reporters={"x": "x"})

        def step(self):
            self.x += self.drift + self.size * self.rng.standard_normal()
            self.datacollector.collect(self)  # batch_run looks for the datum of every step


# Measuring --------------------------------------------------------------------------------------


def spent():
    """Return wall time and CPU time of this process and its ended children."""
    own, children = (
        resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    return np.array([time.perf_counter(), cpu])


def interleaved(functions, count, rounds):
    """Return the least wall and CPU time of each function; they take turns."""
    best = {name: np.full(2, np.inf) for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            began = spent()
            function(count)
            best[name] = np.minimum(best[name], spent() - began)
    return best


def seconds(function, rounds=5, clock=time.perf_counter):
    """Return the least time of several."""
    times = []
    for _ in range(rounds):
        began = clock()
        function()
        times.append(clock() - began)
    return min(times)


def row(what, measured, target, *, least=None):
    good = "" if target is None else ("ok" if measured <= target else "MISSED")
    wanted = "" if target is None else f"{target:g}"
    print(f"{what:<74}{measured:>10.3g}{wanted:>9}  {good}{least or ''}", flush=True)


# The rows -----------------------------------------------------------------------------------------


def sweep_rows(count, rounds):
    functions = {"pool": by_pool, "sweep": by_sweep}
    if find_spec("joblib"):
        functions["joblib"] = by_joblib
    best = interleaved(functions, count, rounds)
    wall, cpu = best["sweep"] / best["pool"]
    row(f"sweep of {count} x {STEPS} steps, stored / pool that stores nothing, wall", wall, 1.25)
    row("the same, CPU of all processes", cpu, 1.2)
    if "joblib" in best:
        row(
            "the same / joblib that stores nothing, wall", (best["sweep"] / best["joblib"])[0], None
        )
    if find_spec("mesa"):
        small = interleaved({"sweep": by_sweep, "mesa": by_mesa}, 1000, 1)
        row(
            "sweep of 1000, stored / mesa.batch_run, wall",
            small["sweep"][0] / small["mesa"][0],
            None,
        )


def run_rows():
    def bare():
        """Make what a run needs: an instance, random numbers, `init`."""
        for _ in range(20):
            made = Idle()
            made.rng = np.random.default_rng(0)
            made.init()

    def bare_with_own():
        """Make it with the random numbers that an instance has of its own, for who asks."""
        for _ in range(20):
            made = Idle()
            made.rng  # noqa: B018 - they are made when somebody looks
            made.rng = np.random.default_rng(0)
            made.init()

    def full():
        for _ in range(20):
            iv.run(Idle, steps=0)

    # In turns and in short pieces: one that nobody else disturbs is among them.
    best = dict.fromkeys((bare, bare_with_own, full), np.inf)
    for _ in range(500):
        for function in best:
            best[function] = min(best[function], seconds(function, 1))
    ratio = best[full] / best[bare_with_own]
    row("iv.run(steps=0) / bare instance with its rng + rng + init", ratio, 2.5)
    row("the same / without the rng of its own, which no run makes", best[full] / best[bare], None)
    row("iv.run(steps=0), us", best[full] / 20 * 1e6, None)


def rows_of(count, first=0):
    return [
        SweepRow(i, {"size": 0.1 * i, "drift": 0.25}, 2**61 + i, 100, "finished",
                 {"position": 0.1 + i, "speed": 1 / 3}, 1.25e-4)
        for i in range(first, first + count)
    ]  # fmt: skip


def stored_sweep(store, size):
    store.save_sweep(
        StoredSweep(
            simulation="Walk", name="s", kind="sweep", size=size, entropy=0, provenance={},
            specification={"fixed": {}, "space": {"order": []}, "repeats": 1, "metrics": {}},
            source_sha256=None,
        ),
        {},
    )  # fmt: skip
    return store.load_sweep("s")


def store_rows(count):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.ivisit"
        with ParameterStore(path) as store:
            sweep = stored_sweep(store, count)
            before, times = path.stat().st_size, []
            for first in range(0, count, 1000):
                batch = rows_of(1000, first)
                began = time.process_time()
                store.save_rows(sweep, batch)
                times.append(time.process_time() - began)
            row(
                "writing a run in batches of 1000, microseconds of CPU",
                np.median(times) / 1e3 * 1e6,
                15,
            )
            left = (
                seconds(lambda: count_runs(store, sweep, False), 3, time.process_time) * 1e6 / count
            )
            row(f"finding what is left of 10^6, seconds of CPU (from {count:,} runs)", left, 1.0)
        row("bytes of a run", (path.stat().st_size - before) / count, 200)


IDLE = """
import re, sys
import ivisit as iv

class Idle(iv.Simulation):
    number = iv.Slider(0, 0, 10)
    level = iv.Trace()

if __name__ == "__main__":
    axes = {"number": range(10)}
    iv.sweep(Idle, axes, repeats=int(sys.argv[1]) // 10, steps=0, workers=2, store=sys.argv[2])
    # Not ru_maxrss, which is that of whoever has started this process, if that was more.
    print(int(re.search("VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024)
"""


def peak_rows(count):
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "idle.py"
        script.write_text(IDLE)
        done = subprocess.run(
            [sys.executable, script, str(count), Path(folder) / "s.ivisit"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        row(f"peak of the parent with {count:,} runs that do nothing, MiB", float(done.stdout), 120)


def dask_rows(count):
    if not find_spec("distributed"):
        return
    from distributed import LocalCluster

    logging.getLogger("distributed").setLevel(logging.ERROR)

    def swept(executor, workers):
        with tempfile.TemporaryDirectory() as folder:
            iv.sweep(
                Walk, {"size": SIZES, "drift": DRIFTS}, steps=STEPS, repeats=count // 1000,
                executor=executor, workers=workers, store=Path(folder) / "s.ivisit",
            )  # fmt: skip

    with LocalCluster(2, threads_per_worker=1, dashboard_address=None) as cluster:
        swept(cluster.scheduler_address, None)
        best = interleaved(
            {
                "dask": lambda _: swept(cluster.scheduler_address, None),
                "local": lambda _: swept(None, 2),
            },
            count,
            3,
        )
    row(
        f"Dask in chunks / local pool, {count} x {STEPS} steps",
        best["dask"][0] / best["local"][0],
        1.5,
    )


SLEEPY = """
import time
import ivisit as iv
class Sleepy(iv.Simulation):
    number = iv.Slider(0, 0, 1000)
    level = iv.Trace()
    def step(self):
        time.sleep(4)
        self.level = 1.0
"""


def ending_rows():
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sleepy.py").write_text(SLEEPY)
        for what, signals in (("SIGKILL of the parent", [9]), ("Ctrl-C twice", [2, 2])):
            process = subprocess.Popen(
                [sys.executable, "-m", "ivisit", "sweep", "sleepy.py", "-p", "number=int:0:99",
                 "--steps", "1", "--workers", "2", "--name", what, "--quiet"],
                cwd=folder, start_new_session=True, stderr=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )  # fmt: skip
            time.sleep(5)
            for number in signals:
                os.kill(process.pid, number) if number == 9 else os.killpg(process.pid, number)
                last = time.perf_counter()
                time.sleep(0.1 if number == 2 and signals[0] == 2 else 0)
            process.wait()
            while _alive(process.pid):
                time.sleep(0.01)
            row(f"{what}: seconds until no process is left", time.perf_counter() - last, 1.0)


def _alive(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return any(
        int(fields[2]) == group and fields[0] != "Z"
        for stat in Path("/proc").glob("[0-9]*/stat")
        if (fields := _fields(stat))
    )


def _fields(stat):
    try:
        return stat.read_text().rpartition(")")[2].split()
    except OSError:
        return []


def optimizer_rows(trials=100):
    dimensions = (Dimension("x", -5.0, 5.0), Dimension("y", 1e-3, 10.0, "log"))

    def drive(method):
        proposer = make_proposer(method, dimensions, 0)
        for trial in range(trials):
            values = proposer.ask(trial)
            proposer.tell(trial, values, values[0] ** 2 + values[1])
        proposer.close()

    for method in ("de", *(["tpe"] if find_spec("optuna") else [])):
        row(
            f"{method}: its own cost a trial, milliseconds of CPU",
            seconds(lambda m=method: drive(m), 3, time.process_time) / trials * 1e3,
            5,
        )
    with (
        tempfile.TemporaryDirectory() as folder,
        ParameterStore(Path(folder) / "s.ivisit") as store,
    ):
        sweep = stored_sweep(store, trials)
        ours = seconds(lambda: [store.save_rows(sweep, rows_of(1, i)) for i in range(trials)], 1)
    if find_spec("optuna"):
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        with tempfile.TemporaryDirectory() as folder:
            study = optuna.create_study(
                storage=f"sqlite:///{folder}/o.db", sampler=optuna.samplers.RandomSampler(seed=0)
            )
            theirs = seconds(
                lambda: study.optimize(lambda t: t.suggest_float("x", 0, 1), n_trials=trials), 1
            )
        row("storing a trial at once / Optuna with SQLite", ours / theirs, None)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="also a million of runs")
    parser.add_argument("--runs", type=int, default=10_000, help="runs of the sweeps")
    parser.add_argument("--rounds", type=int, default=5, help="how often each takes its turn")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(json.dumps({"cores": os.cpu_count(), "load": load, "python": sys.version.split()[0]}))
    print(f"{'':<74}{'measured':>10}{'target':>9}")
    count = max(1000, options.runs // 1000 * 1000)
    run_rows()
    store_rows(1_000_000 if options.full else 100_000)
    optimizer_rows()
    sweep_rows(count, options.rounds)
    dask_rows(count)
    ending_rows()
    peak_rows(1_000_000 if options.full else 50_000)
    print(f"load at the end: {', '.join(f'{one:.1f}' for one in os.getloadavg())}")


if __name__ == "__main__":
    main()
