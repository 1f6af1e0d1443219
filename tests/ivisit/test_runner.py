"""Headless runs and their results."""

import csv
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import zipfile

import matplotlib.figure
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ivisit as iv
from ivisit.runs.single import replay


class Decay(iv.Simulation):
    rate = iv.Slider(0.5, 0.0, 1.0)
    weights = iv.DictSlider({"a": 1, "b": 2}, 0, 9)
    level = iv.Trace()
    noise = iv.Trace()
    picture = iv.Image()
    text = iv.TextOutput()
    plot = iv.Figure()

    def init(self):
        self.level = 1.0
        self.plot.clear()
        self.plot.subplots().plot([0, 1])

    def step(self):
        if self.rate == 0.0:
            raise ValueError("nothing decays")
        self.level *= self.rate
        self.noise = self.rng.standard_normal()
        self.picture = np.full((2, 3), self.level)
        self.text = f"level {self.level:.3f}\nümlaut"


def test_a_run_records_all_traces_and_the_final_outputs():
    result = iv.run(Decay, {"rate": 0.1}, steps=3)
    assert result.traces["level"] == pytest.approx([0.1, 0.01, 0.001])
    assert result.recorded_steps.tolist() == [1, 2, 3]
    assert (result.status, result.steps, result.seed) == ("finished", 3, 0)
    assert result.parameters == {"rate": 0.1, "weights": {"a": 1, "b": 2}}
    assert result.outputs["picture"].shape == (2, 3)
    assert result.outputs["text"] == "level 0.001\nümlaut"
    assert result.outputs["plot"].shape == (480, 640, 4)
    assert result.duration > 0


def test_every_nth_step_and_chosen_traces():
    result = iv.run(Decay, steps=10, every=3, record=["level"])
    assert result.recorded_steps.tolist() == [3, 6, 9]
    assert list(result.traces) == ["level"]
    assert result.traces["level"] == pytest.approx(0.5 ** np.array([3, 6, 9]))
    assert iv.run(Decay, steps=10, record=[]).traces == {}


def test_no_steps_is_only_init():
    result = iv.run(Decay, steps=0)
    assert result.outputs["level"] == 1.0
    assert result.traces["level"].shape == (0,)


@pytest.mark.parametrize("steps", [-1, 1.5, "3", True, None])
def test_other_numbers_of_steps_are_refused(steps):
    with pytest.raises(iv.ParameterError, match="steps: must be a whole number from 0 on"):
        iv.run(Decay, steps=steps)


@pytest.mark.parametrize("progress", [False, True])
def test_until_is_asked_once_a_step(progress, capfd):
    asked = []

    def small(simulation):
        asked.append(simulation.level)
        return simulation.level < 0.01

    result = iv.run(Decay, steps=100, until=small, progress=progress)
    assert result.steps == len(asked) == 7
    assert ("step/s" in capfd.readouterr().err) is progress


def test_values_come_from_defaults_then_the_set_then_the_parameters(tmp_path):
    path = tmp_path / "decay.ivisit"
    with iv.ParameterStore(path) as store:
        store.save(Decay, "fast", {"rate": 0.25, "weights": {"a": 3, "b": 4}})
        result = iv.run(Decay, {"weights": {"b": 5}}, steps=1, store=store, parameter_set="fast")
        assert result.parameters == {"rate": 0.25, "weights": {"a": 3, "b": 5}}
        (stored,) = store.runs()
    assert stored.parameters == result.parameters
    assert stored.metrics["level"] == 0.25
    assert (stored.status, stored.steps) == ("finished", 1)
    with pytest.raises(iv.StoreError, match="fats"):
        iv.run(Decay, steps=1, store=path, parameter_set="fats")


def test_a_failed_run_raises_with_what_was_recorded_and_is_entered_in_the_store(tmp_path):
    class Breaks(Decay):
        def step(self):
            super().step()
            if self.level < 0.2:
                raise ArithmeticError("too small")

    with pytest.raises(iv.RunError, match="too small") as caught:
        iv.run(Breaks, steps=10, store=tmp_path / "s.ivisit")
    result = caught.value.result
    assert result.status == "failed"
    assert result.traces["level"].tolist() == [0.5, 0.25]
    assert result.failure.source == 'raise ArithmeticError("too small")'
    with iv.ParameterStore(tmp_path / "s.ivisit") as store:
        (stored,) = store.runs()
    assert stored.status == "failed"
    assert stored.failure.type == "ArithmeticError"
    assert "too small" in stored.failure.traceback


def test_ctrl_c_keeps_what_was_recorded():
    class Interrupted(Decay):
        def step(self):
            super().step()
            if self.level < 0.2:
                raise KeyboardInterrupt

    result = iv.run(Interrupted, steps=10)
    assert result.status == "interrupted"
    assert len(result.traces["level"]) == 2


@pytest.mark.parametrize("ending", ["finishes", "fails"])
def test_a_simulation_made_for_the_run_is_closed_after_it(ending):
    class Closes(Decay):
        closed = 0

        def step(self):
            if ending == "fails":
                raise ValueError

        def close(self):
            Closes.closed += 1

    try:
        iv.run(Closes, steps=1)
    except iv.RunError:
        assert ending == "fails"
    assert Closes.closed == 1
    instance = Closes()
    try:
        iv.run(instance, steps=1)
    except iv.RunError:
        assert ending == "fails"
    assert Closes.closed == 1


@pytest.mark.parametrize("stage", ["main_init", "init", "step"])
def test_the_first_failure_is_told_when_close_fails_in_its_wake(stage):
    class Broken(iv.Simulation):
        def close(self):
            raise OSError("no camera to close")

    def fail(self):
        raise ValueError("no camera to open")

    setattr(Broken, stage, fail)
    with pytest.raises(iv.RunError, match="no camera to open") as caught:
        iv.run(Broken, steps=2)
    assert caught.value.failure.stage == stage
    assert caught.value.result.failure.message == "no camera to open"
    assert caught.value.result.status == "failed"


def test_a_close_that_fails_is_told():
    class Stuck(Decay):
        def close(self):
            raise OSError("camera is stuck")

    with pytest.raises(iv.RunError, match=r"close\(\) raised OSError: camera is stuck") as caught:
        iv.run(Stuck, steps=2)
    assert caught.value.result.steps == 2


def test_thousands_of_runs_draw_no_figure(monkeypatch):
    from ivisit import rasterizing

    monkeypatch.setattr(rasterizing.Rasterizer, "pixels", lambda *a: pytest.fail("was drawn"))
    for seed in range(20):
        iv.run(Decay, steps=1, seed=seed)


# Files ----------------------------------------------------------------------------------------


def assert_equal(a, b):
    for name in ("simulation", "parameters", "seed", "steps", "status", "changes", "failure",
                 "duration", "provenance", "panels"):  # fmt: skip
        assert getattr(a, name) == getattr(b, name)
    assert list(a.traces) == list(b.traces)
    for name in a.traces:
        assert a.traces[name].tobytes() == b.traces[name].tobytes()
    assert a.recorded_steps.tolist() == b.recorded_steps.tolist()
    assert set(a.outputs) == set(b.outputs)
    for name, value in a.outputs.items():
        assert np.array_equal(value, b.outputs[name])


def test_a_saved_result_is_read_back_whole_and_without_pickle(tmp_path):
    result = iv.run(Decay, steps=5)
    path = result.save(tmp_path / "r")
    assert path == tmp_path / "r.npz"
    assert_equal(iv.RunResult.load(path), result)
    with zipfile.ZipFile(path) as archive:
        assert all(b"pickle" not in archive.read(name)[:200] for name in archive.namelist())
    assert os.listdir(tmp_path) == ["r.npz"]


def test_a_failed_result_can_be_saved_too(tmp_path):
    with pytest.raises(iv.RunError) as caught:
        iv.run(Decay, {"rate": 0.0}, steps=5)
    result = caught.value.result
    assert_equal(iv.RunResult.load(result.save(tmp_path / "r.npz")), result)


@given(st.lists(st.floats(width=64), min_size=1, max_size=20))
def test_every_float_survives_npz_and_csv(values):
    import tempfile

    class Given(iv.Simulation):
        x = iv.Trace()

        def init(self):
            self.left = list(values)

        def step(self):
            self.x = self.left.pop(0)

    result = iv.run(Given, steps=len(values))
    with tempfile.TemporaryDirectory() as folder:
        loaded = iv.RunResult.load(result.save(f"{folder}/r.npz"))
        table = list(csv.reader(result.to_csv(f"{folder}/r.csv").read_text().splitlines()))
    assert loaded.traces["x"].tobytes() == result.traces["x"].tobytes()
    assert table[0] == ["step", "x"]
    read = np.array([float(row[1]) for row in table[1:]])
    assert np.array_equal(read, result.traces["x"], equal_nan=True)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04broken"])
def test_a_file_that_is_no_result_is_refused(tmp_path, content):
    path = tmp_path / "r.npz"
    path.write_bytes(content)
    with pytest.raises(iv.IVisitError, match=r"r.npz: is not a result file"):
        iv.RunResult.load(path)
    np.savez(path, x=np.zeros(3))
    with pytest.raises(iv.IVisitError, match="is not a result file"):
        iv.RunResult.load(path)
    with pytest.raises(iv.IVisitError, match=r"missing.npz: cannot be read: No such file"):
        iv.RunResult.load(tmp_path / "missing.npz")


def test_a_result_that_cannot_be_written_leaves_the_former_one(tmp_path):
    result = iv.run(Decay, steps=2)
    with pytest.raises(iv.IVisitError, match="cannot be written"):
        result.save(tmp_path / "no" / "r.npz")
    path = result.save(tmp_path / "r.npz")
    before = path.read_bytes()
    result.outputs = {**result.outputs, "object": np.array([object()])}
    result.provenance["broken"] = object()
    with pytest.raises(TypeError):
        result.save(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["r.npz"]


def test_results_can_be_pickled_for_other_processes():
    result = iv.run(Decay, steps=2)
    assert_equal(pickle.loads(pickle.dumps(result)), result)


def test_figures_of_one_panel_and_of_all():
    result = iv.run(Decay, steps=5)
    for name in [None, *result.outputs]:
        assert isinstance(result.figure(name), matplotlib.figure.Figure)
    (axes,) = result.figure("level").axes
    assert axes.lines[0].get_ydata().tolist() == result.traces["level"].tolist()
    assert len(result.figure().axes) == 5
    assert axes.get_title() == "Level"
    with pytest.raises(KeyError, match="Did you mean 'level'"):
        result.figure("levle")
    with pytest.raises(KeyError, match="Did you mean 'level'"):
        result.outputs["levle"]


def test_a_notebook_shows_a_table_with_escaped_text():
    result = iv.run(Decay, steps=1)
    result.parameters["<b>"] = "&"
    page = result._repr_html_()
    assert "&lt;b&gt;" in page
    assert "array (2, 3)" in page


def test_a_replay_repeats_every_change(tmp_path):
    engine = iv.Engine(Decay, seed=7)
    engine.set("rate", 0.9)
    engine.run(3)
    engine.set("rate", 0.2)
    engine.run(4)
    from ivisit.runs.single import result_of

    session = iv.RunResult.load(result_of(engine).save(tmp_path / "session.npz"))
    again = replay(Decay, session)
    assert session.parameters["rate"] == 0.9
    assert again.traces["level"].tobytes() == session.traces["level"].tobytes()
    assert again.traces["noise"].tobytes() == session.traces["noise"].tobytes()


def test_sigint_ends_a_headless_process_cleanly(tmp_path):
    script = tmp_path / "slow.py"
    script.write_text(
        textwrap.dedent("""
        import time
        import ivisit as iv

        class Slow(iv.Simulation):
            x = iv.Trace()

            def init(self):
                self.x = 0

            def step(self):
                self.x += 1
                if self.x == 3:
                    print("ready", flush=True)
                time.sleep(0.01)
        """)
    )
    # A test run that was started in the background has its children ignore the signal.
    program = (
        "import runpy, signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "runpy.run_module('ivisit', run_name='__main__', alter_sys=True)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, "run", "slow.py", "--steps", "100000", "--out", "r.npz"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in errors
    result = iv.RunResult.load(tmp_path / "r.npz")
    assert result.status == "interrupted"
    assert len(result.traces["x"]) == result.steps > 0
