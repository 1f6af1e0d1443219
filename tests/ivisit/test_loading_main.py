"""Files that a command makes the process's ``__main__``, as ``python file.py`` does."""

import logging
import os
import subprocess
import sys
import textwrap

import pytest

import ivisit as iv
from ivisit.cli import main
from ivisit.plugins import loading

PROGRAM = """
    from __future__ import annotations
    import concurrent.futures, inspect, logging, multiprocessing, pickle, sys, typing
    import own_helper
    import ivisit as iv

    logging.basicConfig(filename="run.log", level=logging.INFO)

    class Point:
        def __init__(self, x):
            self.x = x
        def other(self) -> Point:
            ...

    def double(point: Point) -> float:
        return 2 * point.x + own_helper.ZERO

    class S(iv.Simulation):
        value = iv.Trace()

        def step(self):
            import __main__
            assert __main__.S is type(self) and __name__ == "__main__"
            assert sys.argv == [SCRIPT] and sys.path[0] == FOLDER
            assert pickle.loads(pickle.dumps(self.step.__func__)) is self.step.__func__
            assert isinstance(pickle.loads(pickle.dumps(Point(1))), Point)
            assert "2 * point.x" in inspect.getsource(double)
            assert "own_helper" in inspect.getsource(Point) + inspect.getsource(__main__)
            assert typing.get_type_hints(double)["point"] is Point
            total = 0
            for method in ("spawn", "fork"):
                context = multiprocessing.get_context(method)
                with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
                    total += sum(pool.map(double, [Point(1), Point(2)]))
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                total += pool.apply(double, (Point(3),))
            logging.getLogger("mine").info("stepped")
            self.value = total

    {ending}
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(ending=""):
        folder = tmp_path / "folder"
        folder.mkdir(exist_ok=True)
        (folder / "own_helper.py").write_text("ZERO = 0\n")
        path = folder / "program.py"
        text = PROGRAM.replace("SCRIPT", repr(str(path))).replace("FOLDER", repr(str(folder)))
        path.write_text(textwrap.dedent(text).replace("{ending}", ending))
        return path

    return write


def ivisit(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "ivisit", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        **options,
    )


@pytest.mark.parametrize(
    "ending", ["", "iv.launch(S)", "iv.launch(S())\nif __name__ == '__main__': sys.exit(3)"]
)
def test_a_step_may_use_what_it_may_use_under_python(program, tmp_path, ending):
    done = ivisit("run", program(ending), "--steps", "1", env=os.environ | {"DISPLAY": ""})
    assert (done.returncode, done.stdout) == (0, "value = 18.0\n"), done.stderr
    assert "INFO:mine:stepped" in (tmp_path / "run.log").read_text()


def test_the_window_runs_a_file_as_main_too(program, tmp_path, display):
    text = program("iv.launch(S)").read_text()
    program().write_text(
        text.replace(
            "self.value = total",
            "self.value = total; import os; print(total, flush=True); os._exit(7)",
        )
    )
    done = ivisit("gui", tmp_path / "folder/program.py", env=os.environ | {"DISPLAY": display})
    assert (done.returncode, done.stdout) == (7, "18\n"), done.stderr


def test_a_file_that_is_shown_is_main(tmp_path):
    (tmp_path / "s.py").write_text(
        "import sys, ivisit as iv\n"
        "class S(iv.Simulation):\n    '''It is {}.'''\n"
        "S.__doc__ = S.__doc__.format(vars(sys.modules['__main__']) is globals())\n"
    )
    assert ivisit("show", tmp_path / "s.py").stdout.startswith("S: It is True.")


def test_a_class_of_a_package_is_run_by_its_name(tmp_path):
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "numbers_of_ours.py").write_text("ONE = 1\n")
    (package / "sims.py").write_text(
        "import ivisit as iv\nfrom .numbers_of_ours import ONE\n"
        "class S(iv.Simulation):\n    value = iv.Trace()\n"
        "    def step(self):\n        from . import numbers_of_ours\n"
        "        self.value = ONE + numbers_of_ours.ONE\n"
    )
    done = ivisit("run", "package.sims:S", "--steps", "1", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "value = 2.0\n"), done.stderr
    for wrong, message in [
        ("package.sims:T", "package.sims:T cannot be imported: AttributeError"),
        ("package.gone:S", "package.gone:S cannot be imported: ModuleNotFoundError"),
        ("package.sims:ONE", "package.sims:ONE is not a class derived from ivisit.Simulation"),
    ]:
        done = ivisit("run", wrong, "--steps", "1", cwd=tmp_path)
        assert done.returncode == 2
        assert message in done.stderr


def test_a_command_in_a_process_that_goes_on_leaves_it_as_it_was(program):
    logger = logging.getLogger("ivisit")
    text = program().read_text()
    path = program()
    path.write_text(text[: text.index("    def step")])

    def state():
        return sys.modules["__main__"], sys.argv, sys.path[:], os.environ.get("MPLBACKEND"), (
            logger.handlers[:], logger.propagate, logger.level, logging.getLogger().level,
        )  # fmt: skip

    before = state()
    assert main(["run", str(path), "--steps", "1", "--quiet"]) == 0
    path.write_text("raise ValueError")
    assert main(["run", str(path), "--steps", "1", "--quiet"]) == 2
    sys.modules.pop("own_helper", None)
    assert state() == before


def test_a_file_that_fails_leaves_the_former_main(tmp_path):
    path = tmp_path / "bad.py"
    path.write_text("raise ValueError('no')\n")
    former = sys.modules["__main__"], sys.argv, sys.path[:]
    with pytest.raises(iv.PluginError, match="ValueError: no"):
        loading.load_main(path)
    assert (sys.modules["__main__"], sys.argv, sys.path) == former


def test_the_file_of_the_process_is_loaded_again_as_main(tmp_path):
    path = tmp_path / "s.py"
    (tmp_path / "reloaded_helper.py").write_text("")
    path.write_text(
        "import reloaded_helper\nimport ivisit as iv\nclass S(iv.Simulation):\n    pass\n"
    )
    state = loading.MainState()
    try:
        first = loading.load_main(path)
        again = loading.load_again(path)
        assert first is not again
        assert first.__module__ == again.__module__ == "__main__"
        assert sys.modules["__main__"].S is again
        assert sys.path.count(str(tmp_path)) == 1
        helpers = iv.run(again, steps=0).provenance["helpers"]
        assert [helper["module"] for helper in helpers] == ["reloaded_helper"]
    finally:
        state.restore()
        sys.modules.pop("reloaded_helper", None)
    assert loading.load_again(path).__module__ != "__main__"
