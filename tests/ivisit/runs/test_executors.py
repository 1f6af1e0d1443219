"""The same numbers, by bits, whoever computes: processes, threads, loky, Dask, MPI."""

from __future__ import annotations

import errno
import multiprocessing
import os
import pickle
import re
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import time
import types
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar

import pytest

import ivisit as iv
from ivisit.errors import IVisitError
from ivisit.runs import dispatching
from ivisit.runs.executors import LocalProcesses, local
from ivisit.runs.origin import origin_of
from ivisit.runs.sweep_result import SweepResult

COUNT = 60


def sweep(path: Path, name: str, **options: Any) -> SweepResult:
    return iv.sweep(
        path,
        {"size": [0.5, 1.0, 2.0], "drift": [0.0, 0.25]},
        repeats=COUNT // 6,
        steps=5,
        metrics=["position", "speed:auc"],
        name=name,
        store=path.parent / f"{name}.ivisit",
        **options,
    )


@pytest.fixture
def expected(walk: Path, fingerprint: Callable[[SweepResult], str]) -> str:
    """The digest of the sweep, computed in this process."""
    return fingerprint(sweep(walk, "expected", workers=0))


@pytest.mark.parametrize("kind", ["1", "2", "8", "threads", "fork", "spawn", "loky"])
def test_all_executors_give_the_same_bits(
    walk: Path, expected: str, fingerprint: Callable[[SweepResult], str], kind: str
) -> None:
    output = sys.stdout
    if kind.isdecimal():
        result = sweep(walk, kind, workers=int(kind))
    elif kind == "loky":
        loky = pytest.importorskip("loky")
        executor = loky.get_reusable_executor(max_workers=2)
        result = sweep(walk, kind, executor=executor)
        executor.shutdown()
    elif kind == "threads":
        with ThreadPoolExecutor(4) as executor:
            result = sweep(walk, kind, executor=executor)
            assert executor.submit(int).result() == 0, "it must not have been shut down"
    else:
        context = multiprocessing.get_context(kind)
        with ProcessPoolExecutor(2, mp_context=context) as executor:
            result = sweep(walk, kind, executor=executor)
    assert fingerprint(result) == expected
    assert sys.stdout is output


def test_workers_compute_on_one_thread_and_the_parent_keeps_its_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    crew = LocalProcesses(1)
    try:
        assert crew.submit(os.getenv, "OMP_NUM_THREADS").result() == "1"
        assert crew.submit(os.getenv, "OPENBLAS_NUM_THREADS").result() == "3"
        assert crew.submit(signal.getsignal, signal.SIGINT).result() == signal.SIG_IGN
    finally:
        crew.close()
    assert "OMP_NUM_THREADS" not in os.environ
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == set()


@pytest.mark.parametrize(
    ("guard", "stdin"),
    [
        ("if True:", False),
        ("if __name__ == '__main__':", False),
        ("if __name__ == '__main__':", True),
    ],
    ids=["script without guard", "script", "stdin"],
)
def test_a_script_may_sweep_its_own_class(
    write: Callable[[str, str], Path], guard: str, stdin: bool
) -> None:
    if stdin:
        pytest.importorskip("cloudpickle")
    path = write(
        "own.py",
        f"""
        import ivisit as iv
        class Own(iv.Simulation):
            rate = iv.Slider(0.5, 0.0, 1.0)
            level = iv.Trace()
            def step(self):
                self.level = self.rate
        print("loaded")
        {guard}
            print("guarded", file=open("guarded.txt", "a"))
            result = iv.sweep(Own, {{"rate": [0.25, 0.75]}}, steps=1, workers=2, name="own")
            print(result.metrics["level"])
        """,
    )
    done = subprocess.run(
        [sys.executable, "-" if stdin else str(path)],
        input=path.read_text() if stdin else None,
        capture_output=True,
        text=True,
        cwd=path.parent,
        timeout=60,
        check=False,
    )
    assert done.stdout == "loaded\n[0.25 0.75]\n", done.stderr
    if "__main__" in guard:
        assert (path.parent / "guarded.txt").read_text() == "guarded\n"


def test_a_script_without_guard_is_told_to_get_one_when_a_pool_imports_it(
    write: Callable[[str, str], Path],
) -> None:
    path = write(
        "unguarded.py",
        """
        from concurrent.futures import ProcessPoolExecutor
        import multiprocessing
        import ivisit as iv
        class Own(iv.Simulation):
            rate = iv.Slider(0.5, 0.0, 1.0)
            level = iv.Trace()
        pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
        iv.sweep(Own, {"rate": [0.25, 0.75]}, steps=1, executor=pool)
        """,
    )
    done = subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True, cwd=path.parent, timeout=60,
        check=False,
    )  # fmt: skip
    assert "put the call under:  if __name__ == '__main__':" in done.stderr


def test_a_class_of_a_notebook_needs_cloudpickle_or_this_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Local(iv.Simulation):
        rate = iv.Slider(0.5, 0.0, 1.0)
        level = iv.Trace()

        def step(self) -> None:
            self.level = self.rate

    monkeypatch.setitem(sys.modules, "cloudpickle", None)
    store = tmp_path / "s.ivisit"
    with pytest.raises(IVisitError, match=r"%%writefile.*cloudpickle.*workers=0"):
        iv.sweep(Local, {"rate": [0.25]}, steps=1, workers=1, store=store)
    result = iv.sweep(Local, {"rate": [0.25]}, steps=1, workers=0, store=store)
    assert result.metrics["level"].tolist() == [0.25]


def test_a_class_of_a_module_without_a_file_is_swept_in_this_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = types.ModuleType("made_by_a_console")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    code = """
import ivisit as iv
class Own(iv.Simulation):
    rate = iv.Slider(0.5, 0.0, 1.0)
    level = iv.Trace()
    def step(self):
        self.level = self.rate
"""
    exec(code, vars(module))
    store = tmp_path / "s.ivisit"
    result = iv.sweep(module.Own, {"rate": [0.25]}, steps=1, workers=0, store=store)
    assert result.metrics["level"].tolist() == [0.25]


def test_cloudpickle_may_bring_a_class_again_and_again() -> None:
    cloudpickle = pytest.importorskip("cloudpickle")

    class Local(iv.Simulation):
        rate = iv.Slider(0.5, 0.0, 1.0)
        level = iv.Trace()

        def step(self) -> None:
            self.level = self.rate

    for _ in range(2):
        again = cloudpickle.loads(cloudpickle.dumps(Local))
        assert iv.run(again, {"rate": 0.25}, steps=1).outputs["level"] == 0.25
        with pytest.raises(iv.ParameterError, match=r"Local\.rate: must be between 0 and 1"):
            again().rate = 2.0
        with pytest.raises(AttributeError, match="are declared in the class body"):
            again.rate = iv.Slider(0.5, 0.0, 3.0)


def test_an_executor_that_is_shut_down_is_told(walk: Path) -> None:
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.raises(IVisitError, match="takes no more work"):
        sweep(walk, "down", executor=executor)


class BreakingPool(ProcessPoolExecutor):
    """A pool that notices the death of a worker just while it takes a chunk."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        type(self).pools.append(self)

    pools: ClassVar[list[BreakingPool]] = []
    found: ClassVar[str]

    def submit(self, *arguments: Any, **options: Any) -> Future[Any]:
        if len(self.pools) > 1 or self._broken:
            return super().submit(*arguments, **options)
        self._broken = "a worker is gone"
        if self.found == "no answer":
            return Future()
        raise {"closed pipes": OSError, "closed queue": ValueError}[self.found]("it is closed")


@pytest.mark.parametrize("found", ["closed pipes", "closed queue", "no answer"])
def test_a_worker_that_dies_while_a_chunk_is_sent_costs_no_run(
    walk: Path,
    expected: str,
    fingerprint: Callable[[SweepResult], str],
    monkeypatch: pytest.MonkeyPatch,
    found: str,
) -> None:
    monkeypatch.setattr(BreakingPool, "pools", [])
    monkeypatch.setattr(BreakingPool, "found", found, raising=False)
    monkeypatch.setattr(local, "ProcessPoolExecutor", BreakingPool)
    monkeypatch.setattr(dispatching, "GRACE", 0.1)
    assert fingerprint(sweep(walk, "sent", workers=1)) == expected
    assert len(BreakingPool.pools) == 2, "one rebuilt"


@pytest.mark.parametrize("found", ["closed pipes", "closed queue", "no answer"])
def test_an_executor_of_the_caller_that_breaks_is_told(
    walk: Path, monkeypatch: pytest.MonkeyPatch, found: str
) -> None:
    monkeypatch.setattr(BreakingPool, "pools", [])
    monkeypatch.setattr(BreakingPool, "found", found, raising=False)
    monkeypatch.setattr(dispatching, "GRACE", 0.1)
    with BreakingPool(1) as executor, pytest.raises(IVisitError, match="takes no more work"):
        sweep(walk, "breaks", executor=executor)


def test_a_worker_that_cannot_be_started_is_not_taken_for_one_that_died(
    walk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: Any) -> None:
        raise OSError(errno.EAGAIN, "no more processes")

    monkeypatch.setattr(ProcessPoolExecutor, "_spawn_process", refuse)
    with pytest.raises(IVisitError, match=r"no worker process .* no more processes; what was"):
        sweep(walk, "refused", workers=1)


# Dask -----------------------------------------------------------------------------------------


class Cluster:
    """A scheduler and workers, each a process of its own, on loopback."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self.log = folder / "scheduler.log"
        self._start("scheduler", "--host", "127.0.0.1", "--port", "0", log=self.log)
        self.address = self._wait_for(r"Scheduler at:\s+(tcp://\S+)")

    def add_worker(self, *options: str) -> int:
        """Start a worker with its nanny, from a folder of its own; return its number."""
        number = len(self.processes)
        here = self.folder / f"worker{number}"
        here.mkdir()
        self._start(
            "worker", self.address, "--nthreads", "1", "--host", "127.0.0.1",
            "--local-directory", str(here), *options, log=here / "log", cwd=here,
        )  # fmt: skip
        return number

    def _start(self, *words: str, log: Path, cwd: Path | None = None) -> None:
        with log.open("wb") as file:
            self.processes.append(
                subprocess.Popen(
                    [
                        sys.executable,
                        "-m",
                        "distributed.cli.dask_" + words[0],
                        *words[1:],
                        "--no-dashboard",
                    ],
                    stdout=file,
                    stderr=file,
                    cwd=cwd or self.folder,
                    start_new_session=True,
                )
            )

    def _wait_for(self, pattern: str) -> str:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            found = re.search(pattern, self.log.read_text())
            if found:
                return found[1]
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def wait_for_workers(self, count: int) -> None:
        """Wait until so many workers have registered."""
        end = time.monotonic() + 30
        while self.log.read_text().count("Register worker") < count:
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.05)

    def kill(self, number: int) -> None:
        """Kill a process with all that it has started."""
        os.killpg(self.processes[number].pid, signal.SIGKILL)
        self.processes[number].wait()

    def close(self) -> None:
        """Kill everything."""
        for number, process in enumerate(self.processes):
            if process.poll() is None:
                self.kill(number)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A real Dask scheduler with two workers."""
    try:
        import distributed  # noqa: F401
    except ImportError:
        if os.environ.get("CI"):
            pytest.fail("CI must test Dask: pip install distributed")
        pytest.skip("needs dask.distributed")
    folder = tmp_path / "cluster"
    folder.mkdir()
    cluster = Cluster(folder)
    try:
        for _ in range(2):
            cluster.add_worker()
        cluster.wait_for_workers(2)
        yield cluster
    finally:
        cluster.close()


@pytest.mark.xdist_group("cluster")
def test_a_dask_cluster_gives_the_same_bits_also_when_a_worker_is_killed_with_its_nanny(
    walk: Path,
    cluster: Cluster,
    tmp_path: Path,
    ivisit: Callable[..., Any],
    until: Callable[..., Any],
    stored_rows: Callable[[Path], int],
    expected: str,
    fingerprint: Callable[[SweepResult], str],
) -> None:
    assert fingerprint(sweep(walk, "dask", executor=cluster.address)) == expected
    common = shlex.split(
        "sweep walk.py -p size=lin:0.1:9:20 -p nap=0.02 --repeats 10 --steps 1 --name k "
        "--metric position"
    )
    store = tmp_path / "k.ivisit"
    command = ivisit(*common, "--db", store, "--scheduler", cluster.address)
    until(lambda: stored_rows(store))
    cluster.kill(1)
    until(lambda: re.search("Remov(e|ing) worker", cluster.log.read_text()))
    assert command.process.poll() is None, "the kill must hit an unfinished sweep"
    code, _, errors = command.finish()
    assert code == 0, errors
    assert stored_rows(store) == 200
    assert ivisit(*common, "--db", tmp_path / "l.ivisit").finish()[0] == 0
    local = SweepResult(tmp_path / "l.ivisit", "k")
    assert fingerprint(SweepResult(store, "k")) == fingerprint(local)


@pytest.mark.xdist_group("cluster")
def test_a_parent_killed_on_dask_goes_on_and_a_lost_scheduler_is_told(
    walk: Path,
    cluster: Cluster,
    tmp_path: Path,
    ivisit: Callable[..., Any],
    until: Callable[..., Any],
    stored_rows: Callable[[Path], int],
) -> None:
    store = tmp_path / "k.ivisit"
    common = shlex.split(
        "sweep walk.py -p size=lin:0.1:9:20 -p nap=0.02 --repeats 15 --steps 1 --name k "
        f"--db {store}"
    )
    command = ivisit(*common, "--scheduler", cluster.address)
    until(lambda: stored_rows(store))
    command.kill()
    before = stored_rows(store)
    assert before < 300
    command = ivisit(*common, "--scheduler", cluster.address)
    until(lambda: stored_rows(store) > before)
    cluster.close()
    code, _, errors = command.finish(90)
    assert code == 1, errors
    assert "the same command goes on" in errors
    assert before < stored_rows(store) < 300
    assert ivisit(*common, "--workers", "2").finish()[0] == 0
    assert stored_rows(store) == 300


def test_a_file_that_is_not_there_is_unpacked_from_what_travelled_along(
    write: Callable[[str, str], Path],
) -> None:
    path = write(
        "moved/sim.py",
        """
        import ivisit as iv
        import helper
        class Moved(iv.Simulation):
            value = iv.Trace()
            def step(self):
                self.value = helper.FACTOR
        """,
    )
    write("moved/helper.py", "FACTOR = 3.0")
    origin, _ = origin_of(str(path), iv.get_simulation(path))
    travelled = pickle.dumps(origin)
    shutil.rmtree(path.parent)
    simulation = pickle.loads(travelled).load()()
    simulation.step()
    assert simulation.value == 3.0
    place = Path(sys.modules[type(simulation).__module__].__file__ or "")
    assert place.name == "sim.py"
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    shutil.rmtree(place.parent)


# MPI ------------------------------------------------------------------------------------------


@pytest.mark.xdist_group("cluster")
@pytest.mark.skipif(shutil.which("mpiexec") is None, reason="needs Open MPI")
def test_the_ranks_of_an_mpi_job_give_the_same_bits(
    walk: Path, expected: str, fingerprint: Callable[[SweepResult], str], tmp_path: Path
) -> None:
    pytest.importorskip("mpi4py")
    root = ["--allow-run-as-root"] if os.getuid() == 0 else []
    done = subprocess.run(
        ["mpiexec", *root, "--oversubscribe", "-n", "3", sys.executable, "-m", "mpi4py.futures",
         "-m", "ivisit", "sweep", str(walk), "-p", "size=0.5,1,2", "-p", "drift=0,0.25",
         "--repeats", str(COUNT // 6), "--steps", "5", "--metric", "position",
         "--metric", "speed:auc", "--name", "mpi", "--db", str(tmp_path / "mpi.ivisit"), "--mpi"],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert fingerprint(SweepResult(tmp_path / "mpi.ivisit", "mpi")) == expected


def test_mpi_without_other_ranks_says_how_to_start_it(walk: Path) -> None:
    pytest.importorskip("mpi4py")
    with pytest.raises(IVisitError, match="mpiexec -n N python -m mpi4py.futures"):
        sweep(walk, "alone", executor="mpi")


def test_a_scheduler_that_is_not_there_is_told_and_nothing_runs(
    walk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("ivisit.runs.executors.dask.PATIENCE", 1)
    with pytest.raises(IVisitError, match="there is no Dask scheduler"):
        sweep(walk, "none", executor="tcp://127.0.0.1:9")
