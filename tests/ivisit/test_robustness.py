"""A run whose end, output, store or set is not as one would wish: one message, nothing lost."""

import contextlib
import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import ivisit as iv
from ivisit.cli import main
from ivisit.runs.interrupting import EndOnce
from tests.ivisit.hearing import hear_signals

SIMULATION = """
import os, time
import ivisit as iv

class Walk(iv.Simulation):
    size = iv.Slider({default}, {low}, {high})
    word = iv.TextBox("é ✓")
    pause = iv.Checkbox(False)
    position = iv.Trace()
    said = iv.TextOutput()

    def init(self):
        self.position = 0.0

    def step(self):
        {extra}
        self.position += self.size * self.rng.standard_normal()
        self.said = self.word
        if self.pause:
            time.sleep(0.01)
"""


def write(path="walk.py", default=1.0, low=0.0, high=10.0, extra="pass"):
    text = SIMULATION.format(default=default, low=low, high=high, extra=extra)
    Path(path).write_text(text, encoding="utf-8")
    return path


def ivisit(*words, **options):
    """Run the command in a process of its own."""
    command = [sys.executable, "-m", "ivisit", *map(str, words)]
    environment = {**os.environ, "PYTHONPATH": str(Path(iv.__file__).parents[1])}
    environment |= options.pop("env", {})
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        errors="replace",
        env=environment,
        timeout=60,
        **options,
    )


# Sets that do not fit -------------------------------------------------------------------------


@pytest.fixture
def stored():
    """A set of which a value lies outside the narrowed range of today's file."""
    write()
    with iv.ParameterStore("walk.ivisit") as store:
        store.save(iv.get_simulation("walk.py"), "soft", {"size": 7.0, "word": "kept"})
    write(high=5.0)


@pytest.mark.parametrize("name", ["soft", "walk.ivisit:soft"])
def test_a_set_that_does_not_fit_is_refused_by_name(stored, capsys, name):
    assert main(["run", "walk.py", "--steps", "1", "--set", name]) == 2
    message = capsys.readouterr().err
    for part in ("walk.ivisit", "soft", "size", "between 0 and 5", "--loose"):
        assert part in message
    assert "not 7.0. Say --loose" in message
    with pytest.raises(iv.ParameterError, match="size"):
        iv.run("walk.py", steps=1, parameter_set=name)


def test_what_fits_of_it_is_taken_on_request_and_the_rest_told(stored, caplog):
    result = iv.run("walk.py", steps=1, parameter_set="soft", strict=False)
    assert result.parameters["word"] == "kept"
    assert result.parameters["size"] == 1.0
    assert "size" in caplog.text
    assert main(["run", "walk.py", "--steps", "1", "--set", "soft", "--loose", "--quiet"]) == 0


@pytest.mark.parametrize("edit", ["renamed", "removed option"])
def test_renamed_parameters_and_removed_options_do_not_fit_either(edit):
    class Old(iv.Simulation):
        key = "Changing"
        width = iv.Slider(1.0, 0.0, 9.0)
        mode = iv.OptionList("a", ["a", "b"])

    class Renamed(iv.Simulation):
        key = "Changing"
        breadth = iv.Slider(1.0, 0.0, 9.0)
        mode = iv.OptionList("a", ["a", "b"])

    class Fewer(iv.Simulation):
        key = "Changing"
        width = iv.Slider(1.0, 0.0, 9.0)
        mode = iv.OptionList("a", ["a", "c"])

    with iv.ParameterStore("s.ivisit") as store:
        store.save(Old, "soft", {"width": 2.0, "mode": "b"})
        present = Renamed if edit == "renamed" else Fewer
        with pytest.raises(iv.ParameterError, match="width" if edit == "renamed" else "mode"):
            iv.run(present, steps=1, store=store, parameter_set="soft")


def test_a_missing_set_is_told_with_its_file(capsys):
    write()
    iv.ParameterStore("other.ivisit").close()
    arguments = ["run", "walk.py", "--steps", "1", "--set"]
    assert main([*arguments, "none", "--db", "other.ivisit"]) == 2
    assert "other.ivisit" in capsys.readouterr().err
    assert main([*arguments, "other.ivisit:none"]) == 2
    assert "other.ivisit" in capsys.readouterr().err


def test_a_set_may_come_from_another_store_than_the_run_goes_to():
    write()
    with iv.ParameterStore("mine.ivisit") as store:
        store.save(iv.get_simulation("walk.py"), "soft", {"size": 2.0})
    result = iv.run("walk.py", steps=1, store="runs.ivisit", parameter_set="mine.ivisit:soft")
    assert result.parameters["size"] == 2.0
    with iv.ParameterStore("runs.ivisit") as store:
        assert len(list(store.runs())) == 1


# Replay ---------------------------------------------------------------------------------------


def replayed(*words, capsys):
    code = main(["replay", "r.npz", "--yes", *words])
    return code, capsys.readouterr().err


@pytest.mark.parametrize("every", [1, 3, 10])
def test_a_replay_repeats_what_was_recorded(capsys, every):
    write()
    arguments = ["--steps", "20", "--every", str(every), "--out", "r.npz", "--quiet"]
    assert main(["run", "walk.py", *arguments]) == 0
    code, said = replayed(capsys=capsys)
    assert code == 0, said
    assert "1 trace" in said
    assert "2 outputs" in said


def test_a_thinned_recording_is_replayed():
    write()
    engine = iv.Engine(iv.get_simulation("walk.py"), limit=16)
    engine.run(100)
    from ivisit.runs.single import result_of

    recorded = result_of(engine)
    assert recorded.every > 1
    assert iv.replay("walk.py", recorded) == recorded


def test_a_failure_that_recurs_is_equal(capsys):
    write(extra="assert abs(self.position) < 2, 'too far'")
    assert main(["run", "walk.py", "--steps", "500", "--out", "r.npz"]) == 1
    code, said = replayed(capsys=capsys)
    assert code == 0, said
    assert "equals" in said
    write(extra="pass")
    code, said = replayed(capsys=capsys)
    assert code == 1
    assert "status" in said


def test_a_difference_in_a_text_or_picture_is_seen(capsys):
    write()
    assert main(["run", "walk.py", "--steps", "2", "--out", "r.npz"]) == 0
    Path("walk.py").write_text(Path("walk.py").read_text().replace("= self.word", "= 'other'"))
    code, said = replayed(capsys=capsys)
    assert code == 1
    assert "differs in said" in said


def test_an_async_run_says_that_it_cannot_be_repeated_exactly(capsys):
    from ivisit.runs.single import result_of

    write()
    engine = iv.Engine(iv.get_simulation("walk.py"), mode="async")
    engine.run(2)
    result_of(engine).save("r.npz")
    assert iv.RunResult.load("r.npz").mode == "async"
    assert "async" in replayed("--simulation", "walk.py", capsys=capsys)[1]


def test_masked_pictures_survive_saving():
    class Masked(iv.Simulation):
        picture = iv.Image()

        def step(self):
            self.picture = np.ma.masked_greater(np.arange(4.0).reshape(2, 2), 2)

    result = iv.run(Masked, steps=1)
    result.save("m.npz")
    loaded = iv.RunResult.load("m.npz")
    assert np.ma.getmaskarray(loaded.outputs["picture"]).tolist() == [[False] * 2, [False, True]]
    assert loaded == result


# Global random numbers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draw", "told"),
    [
        ("np.random.rand()", "numpy.random"),
        ("random.random()", "random"),
        ("self.rng.random()", ""),
    ],
)
def test_global_random_numbers_are_told_once(draw, told, caplog):
    import random

    namespace = {"iv": iv, "np": np, "random": random}
    exec(f"class Draws(iv.Simulation):\n  def step(self): {draw}", namespace)
    with caplog.at_level(logging.WARNING, logger="ivisit"):
        for _ in range(2):
            iv.run(namespace["Draws"], steps=1)
    assert caplog.text.count("self.rng instead") == bool(told)
    assert told in caplog.text


# Interrupted ----------------------------------------------------------------------------------


def interrupted(*signals, late=()):
    """Start a long run, send signals, some when all is written, and return code and messages."""
    path = Path(write())
    # What is imported may take its time at the end.
    path.write_text(f"{path.read_text('utf-8')}import atexit\natexit.register(time.sleep, 0.1)\n")
    arguments = ["run", "walk.py", "--steps", "100000", "-p", "pause=true", "--out", "r.npz"]
    command = [sys.executable, "-m", "ivisit", *arguments, "--progress"]
    environment = {**os.environ, "PYTHONPATH": str(Path(iv.__file__).parents[1])}
    with subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=hear_signals,
    ) as process:
        said = _read_until(rb"\D[1-9]\d*/100000", process)  # the bar has moved
        for number in signals:
            process.send_signal(number)
            time.sleep(0.005)
        said += _read_until(rb"interrupted after", process)
        for number in late:
            process.send_signal(number)
        said += process.communicate(timeout=30)[1]
        return process.returncode, said.decode()


def _read_until(pattern, process):
    seen = b""
    while not re.search(pattern, seen):
        one = process.stderr.read(1)
        assert one, seen.decode()
        seen += one
    return seen


@pytest.mark.parametrize(
    "signals",
    [
        [signal.SIGINT],
        [signal.SIGTERM],
        [signal.SIGHUP],
        [signal.SIGINT, signal.SIGINT],
        [signal.SIGTERM, signal.SIGINT, signal.SIGTERM],
    ],
    ids=lambda signals: "+".join(s.name for s in signals),
)
def test_what_was_recorded_is_kept_however_a_run_is_ended(signals):
    code, said = interrupted(*signals, late=signals)
    assert code == 130, said
    assert "Traceback" not in said
    result = iv.RunResult.load("r.npz")
    assert result.status == "interrupted"
    assert len(result.traces["position"]) == result.steps > 0


@pytest.fixture
def python_s_handler():
    """Have Ctrl-C end the process, however the tests were started."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


@pytest.mark.usefixtures("python_s_handler")
def test_the_first_request_to_end_is_raised_and_the_next_is_not():
    with EndOnce():
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


# The store fails ------------------------------------------------------------------------------


def test_a_store_that_cannot_take_the_run_is_refused_before_it(capsys):
    write(extra="open('ran', 'w')")
    Path("noise.ivisit").write_bytes(b"no store" * 100)
    arguments = ["run", "walk.py", "--steps", "1"]
    assert main([*arguments, "--db", "noise.ivisit"]) == 2
    assert main([*arguments, "--db", "missing/folder/s.ivisit"]) == 2
    assert not Path("ran").exists()


def test_the_result_survives_a_store_that_fails_at_the_end(capsys, monkeypatch):
    def fail(self, *arguments, **named):
        raise iv.StoreError("full.ivisit: the disk is full")

    monkeypatch.setattr(iv.ParameterStore, "save_run", fail)
    write()
    with pytest.raises(iv.StoreError, match="disk is full") as raised:
        iv.run("walk.py", steps=3, store="full.ivisit")
    assert len(raised.value.result.traces["position"]) == 3
    arguments = ["run", "walk.py", "--steps", "3", "--db", "full.ivisit"]
    assert main([*arguments, "--out", "r.npz"]) == 1
    printed = capsys.readouterr()
    assert "position = " in printed.out
    assert printed.err.count("disk is full") == 1
    assert iv.RunResult.load("r.npz").steps == 3
    assert main([*arguments, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["steps"] == 3


# Output that cannot be written ----------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1"])
def test_a_console_that_lacks_characters_gets_escapes(encoding):
    write()
    done = ivisit("run", "walk.py", "--steps", "1", env={"PYTHONIOENCODING": encoding})
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "\\u2713" in done.stdout


def test_a_full_output_is_one_message():
    write()
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "ivisit", "run", "walk.py", "--steps", "1", "--quiet"]
        environment = {**os.environ, "PYTHONPATH": str(Path(iv.__file__).parents[1])}
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, env=environment, check=False
        )
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        "ivisit: the output cannot be written: No space left on device"
    ]


def test_a_closed_output_costs_nothing_else():
    write()
    command = f"{sys.executable} -m ivisit run walk.py --steps 1 --quiet --out r.npz >&-"
    environment = {**os.environ, "PYTHONPATH": str(Path(iv.__file__).parents[1])}
    done = subprocess.run(
        command, shell=True, stderr=subprocess.PIPE, text=True, env=environment, check=False
    )
    assert "Traceback" not in done.stderr
    assert iv.RunResult.load("r.npz").steps == 1


def test_json_stays_json_whatever_the_simulation_prints():
    write(extra="print('from python'); os.system('echo from a program')")
    done = ivisit("run", "walk.py", "--steps", "2", "--json")
    assert json.loads(done.stdout)["steps"] == 2
    assert "from a program" in done.stderr
    assert "from python" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "missing.py", "--steps", "1", "--json"],
        ["run", "walk.py", "--steps", "1", "-p", "size=99", "--json"],
        ["run", "walk.py", "--json"],
        ["show", "missing.py", "--json"],
        ["params", "show", "X", "none", "--db", "none.ivisit", "--json"],
    ],
)
def test_errors_are_json_where_json_was_asked_for(arguments, capsys):
    write()
    with contextlib.suppress(SystemExit):  # argparse's way
        assert main(arguments) == 2
    printed = capsys.readouterr()
    assert json.loads(printed.out)["error"]["message"]
    assert printed.err


# The simulation goes elsewhere, or fails in odd ways ------------------------------------------


def test_a_change_of_the_folder_moves_neither_the_result_nor_the_store(tmp_path):
    write(extra="os.makedirs('elsewhere', exist_ok=True); os.chdir('elsewhere')")
    arguments = ["--steps", "1", "--out", "r.npz", "--db", "s.ivisit", "--quiet"]
    assert ivisit("run", "walk.py", *arguments).returncode == 0
    assert Path("r.npz").is_file()
    with iv.ParameterStore("s.ivisit", create=False) as store:
        assert len(list(store.runs())) == 1


class Odd(BaseException):
    """Not an `Exception`."""


class Silent(Exception):
    """Its text cannot be told."""

    def __str__(self):
        raise RuntimeError("no text")


@pytest.mark.parametrize("error", [Odd("odd"), Silent(), SystemExit(3), MemoryError()])
@pytest.mark.parametrize("stage", ["step", "init", "main_init", "close"])
def test_any_exception_is_one_failure_and_what_was_recorded_is_kept(error, stage):
    def fail(self):
        if stage != "step" or self.count == 3:
            raise error
        self.count += 1

    body = {stage: fail, "count": 0, "level": iv.Trace()}
    Fails = type("Fails", (iv.Simulation,), {"step": lambda self: None, **body})
    with pytest.raises(iv.RunError, match=type(error).__name__) as raised:
        iv.run(Fails, steps=5)
    assert raised.value.failure.stage == stage
    assert raised.value.result.steps == {"step": 3, "close": 5}.get(stage, 0)


def test_an_exception_in_the_constructor_is_a_failure():
    class Fails(iv.Simulation):
        def __init__(self):
            raise TypeError("inside")

    with pytest.raises(iv.RunError, match="__init__.*inside"):
        iv.run(Fails, steps=1)


def test_a_class_with_required_arguments_is_refused_with_the_way_out():
    class Needs(iv.Simulation):
        def __init__(self, size):
            self.size = size

        def step(self):
            pass

    with pytest.raises(iv.ParameterError, match=r"Needs.*size.*instance"):
        iv.run(Needs, steps=1)
    assert iv.run(Needs(3), steps=1).steps == 1
