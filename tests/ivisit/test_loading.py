"""Files that are loaded as libraries: apart from each other, and without a trace elsewhere."""

import builtins
import gc
import os
import pickle
import sys
import textwrap
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_all_start_methods

import matplotlib.pyplot  # noqa: F401 - so that no test is the one that imports it
import pytest

import ivisit as iv
from ivisit import pyplots
from ivisit.plugins import loading, origins, sources

pyplots.enter(None)

SIMULATION = """
import ivisit as iv

class S(iv.Simulation):
    value = iv.Trace()
    def step(self):
        {step}
"""


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    return write


@pytest.fixture(autouse=True)
def _nothing_global_changes():
    """Whatever a test of this file loads, the process looks as before."""

    def state():
        return (
            sys.modules["__main__"],
            sys.argv,
            list(sys.path),
            {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")},
            builtins.__import__,
            list(sys.meta_path),
            list(sys.path_hooks),
            [name for name in sys.modules if "helper" in name and not name.startswith("_ivisit_")],
        )

    former = state()
    yield
    assert state() == former


def value_of(path, **options):
    return iv.run(path, steps=1, **options).traces["value"][0]


def simulation(step, top=""):
    return textwrap.dedent(top) + SIMULATION.format(step=step)


# Two folders ----------------------------------------------------------------------------------

IMPORTS = {
    "at the top": ("import helper", "self.value = helper.VALUE"),
    "from, at the top": ("from helper import VALUE", "self.value = VALUE"),
    "lazily": ("", "import helper; self.value = helper.VALUE"),
    "lazily, from": ("", "from helper import VALUE; self.value = VALUE"),
    "everything": ("from helper import *", "self.value = VALUE"),
    "by a function": ("", "self.value = __import__('helper').VALUE"),
    "by importlib": ("import importlib", "self.value = importlib.import_module('helper').VALUE"),
    "by import_module": (
        "from importlib import import_module",
        "self.value = import_module('helper').VALUE",
    ),
    "by importlib.util too": (
        "import importlib.util",
        "self.value = importlib.import_module('helper').VALUE + 0 * bool(importlib.util)",
    ),
    "by exec": ("", "n = {}; exec('import helper', n); self.value = n['helper'].VALUE"),
    "through another helper": ("import other_helper", "self.value = other_helper.value()"),
    "a package": ("import helpers.inner", "self.value = helpers.inner.VALUE"),
    "a package, as": ("import helpers.inner as inner", "self.value = inner.VALUE"),
    "from a package": ("from helpers import inner", "self.value = inner.VALUE"),
    "relative": ("from helpers import relative", "self.value = relative.VALUE"),
    "relative, lazily": ("import helpers.relative as r", "self.value = r.lazily()"),
    "a star of a package": ("from helpers import *", "self.value = inner.VALUE"),
    "a folder without init": ("from helper_folder import inner", "self.value = inner.VALUE"),
    "from the path": (
        "import sys; sys.path.insert(0, __file__[:-6] + 'extra'); import extra_helper",
        "self.value = extra_helper.VALUE",
    ),
    "from the end of the path, lazily": (
        "import sys; sys.path.append(__file__[:-6] + 'extra')",
        "import extra_helper; self.value = extra_helper.VALUE",
    ),
}


@pytest.fixture
def two_folders(write):
    """Return a function that writes the same file into two folders with unlike helpers."""

    def make(top, step):
        for folder, value in (("a", 2), ("b", 5)):
            write(f"{folder}/helper.py", f"VALUE = {value}\n")
            write(
                f"{folder}/other_helper.py",
                "def value():\n    import helper\n    return helper.VALUE\n",
            )
            write(f"{folder}/helpers/__init__.py", "__all__ = ['inner']\n")
            write(f"{folder}/helpers/inner.py", f"VALUE = {value}\n")
            write(
                f"{folder}/helpers/relative.py",
                "from .inner import VALUE\n"
                "def lazily():\n    from . import inner\n    from .. helpers import inner\n"
                "    return inner.VALUE\n".replace("    from .. helpers import inner\n", ""),
            )
            write(f"{folder}/helper_folder/inner.py", f"VALUE = {value}\n")
            write(f"{folder}/extra/extra_helper.py", f"VALUE = {value}\n")
            write(f"{folder}/sim.py", simulation(step, top))
        return write("a/x", "").with_name("sim.py"), write("b/x", "").with_name("sim.py")

    return make


@pytest.mark.parametrize("how", IMPORTS)
def test_each_file_has_the_helpers_of_its_own_folder(two_folders, how):
    a, b = two_folders(*IMPORTS[how])
    assert [value_of(a), value_of(b), value_of(a)] == [2, 5, 2]
    one, other = iv.Engine(iv.get_simulation(a)), iv.Engine(iv.get_simulation(b))
    one.run(1)
    other.run(1)
    one.run(1)
    assert [e.simulation.outputs["value"] for e in (one, other)] == [2, 5]


def test_helpers_come_before_modules_that_the_process_has_imported(two_folders, monkeypatch):
    a, b = two_folders("import helper", "self.value = helper.VALUE")
    with monkeypatch.context() as changed:
        changed.syspath_prepend(str(b.parent))
        import helper

        try:
            assert value_of(a) == 2
            assert helper.VALUE == 5
        finally:
            del sys.modules["helper"]


def test_a_helper_with_a_library_s_name_is_not_found_by_other_libraries(write):
    # "statistics" is imported by the standard library's "random" as well.
    write("statistics.py", "mean = lambda values: 42\n")
    path = write("sim.py", simulation("self.value = statistics.mean([1])", "import statistics"))
    assert value_of(path) == 42
    import statistics

    assert statistics.mean([1, 3]) == 2


def test_a_mere_folder_hides_no_library(write):
    write("numpy/notes.txt", "")
    path = write("sim.py", simulation("self.value = np.float64(3)", "import numpy as np"))
    assert value_of(path) == 3


def test_the_framework_is_never_loaded_twice(write):
    write("ivisit/__init__.py", "raise RuntimeError\n")
    assert value_of(write("sim.py", simulation("self.value = 3"))) == 3


def test_a_module_that_is_missing_says_so(write):
    write("helpers/__init__.py", "")
    for statement in (
        "import no_such_module",
        "import helpers.nothing",
        "from helpers import gone",
    ):
        path = write("sim.py", simulation("pass", statement))
        with pytest.raises(iv.PluginError, match="(No module named|cannot import name)"):
            iv.get_simulation(path)
    path = write("sim.py", simulation("pass", "from . import helpers"))
    with pytest.raises(iv.PluginError, match="no known parent package"):
        iv.get_simulation(path)


def test_a_file_of_a_package_is_told_its_name(write):
    write("package/__init__.py", "")
    path = write("package/sim.py", simulation("pass", "from . import other"))
    with pytest.raises(iv.PluginError, match=r"run by its name.*: package\.sim:CLASS"):
        iv.get_simulation(path)


def test_a_helper_that_fails_once_can_be_imported_later(write):
    write("helper.py", "import os\nif 'b' not in globals(): raise ValueError('not yet')\n")
    top = "try:\n    import helper\nexcept ValueError:\n    helper = None\n"
    assert value_of(write("sim.py", simulation("self.value = helper is None", top))) == 1


# Anew -----------------------------------------------------------------------------------------


def test_every_run_executes_file_and_helpers_anew(write):
    write("helper.py", "calls = []\n")
    path = write(
        "sim.py",
        simulation("calls.append(1); helper.calls.append(1); self.value = 10 * len(calls) + "
                   "len(helper.calls)", "import helper\ncalls = []"),
    )  # fmt: skip
    assert [value_of(path), value_of(path)] == [11, 11]


def test_what_was_loaded_is_what_later_imports_run(write):
    path = write("sim.py", simulation("import helper; self.value = helper.VALUE"))
    write("helper.py", "VALUE = 1\n")
    engine = iv.Engine(iv.get_simulation(path))
    write("helper.py", "VALUE = 2\n")
    engine.run(1)
    assert engine.simulation.outputs["value"] == 1
    assert value_of(path) == 2


def test_a_helper_that_a_step_writes_can_be_imported(write):
    step = """(HERE / "made_helper.py").write_text("VALUE = 4")
        import made_helper
        self.value = made_helper.VALUE"""
    top = "from pathlib import Path\nHERE = Path(__file__).parent"
    assert value_of(write("sim.py", simulation(step, top))) == 4


def test_executions_are_forgotten_when_nobody_uses_them(write):
    path = write("sim.py", simulation("pass", "class Thing:\n    def f(self): pass\n"))
    seen = []
    for _ in range(4):
        engine = iv.Engine(iv.get_simulation(path))
        seen.append(weakref.ref(type(engine.simulation)))
        engine.run(1)
    del engine
    gc.collect()
    assert [ref() is None for ref in seen] == [True, True, True, False]
    before = len(sys.modules)
    iv.run(path, steps=1)
    assert len(sys.modules) == before


# Private names --------------------------------------------------------------------------------

LOOKING = """
    from __future__ import annotations
    import dataclasses, enum, inspect, pickle, typing
    import helper
    import ivisit as iv

    @dataclasses.dataclass
    class Point:
        x: Number
        other: Point | None = None
        class Inner:
            def method(self): "inner"

    class Color(enum.Enum):
        RED = 1

    Number = float
    T = typing.TypeVar("T")

    def square(x: Number) -> Point:
        return Point(x * x)

    class S(iv.Simulation):
        value = iv.Trace()
        loaded_as = __name__

        def step(self):
            for thing in (Point(1.0), Point, Point.Inner, Color.RED, square, helper.Thing, T,
                          helper.Thing(), type(self), Point.Inner().method.__func__):
                again = pickle.loads(pickle.dumps(thing))
                assert type(again) is type(thing)
                if isinstance(thing, (type, enum.Enum)) or callable(thing):
                    assert again is thing or type(thing) is helper.Thing
            assert "return Point(x * x)" in inspect.getsource(square)
            assert "RED = 1" in inspect.getsource(Color)
            assert "class S(" in inspect.getsource(type(self))
            assert typing.get_type_hints(square) == {"x": float, "return": Point}
            assert typing.get_type_hints(Point)["other"] == typing.Optional[Point]
            assert inspect.getmodule(square).square is square
            self.value = square(3.0).x + (__name__ == "__main__")
"""


def test_pickle_inspect_and_type_hints_find_what_a_file_defines(write):
    write("helper.py", "class Thing:\n    def __call__(self): pass\n")
    path = write("sim.py", LOOKING)
    assert value_of(path) == 9
    cls = iv.get_simulation(path)
    assert cls.loaded_as == "__main__"
    assert pickle.loads(pickle.dumps(cls)) is cls
    assert cls.__module__.startswith("_ivisit_sim_")


def test_executions_side_by_side_pickle_their_own_classes(write):
    write("helper.py", "class Thing:\n    def __call__(self): pass\n")
    path = write("sim.py", LOOKING)
    first, second = iv.Engine(iv.get_simulation(path)), iv.Engine(iv.get_simulation(path))
    for engine in (first, second, first):
        engine.run(2)
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: value_of(path), range(12))) == {9}


POOLS = """
    from __future__ import annotations
    import concurrent.futures, dataclasses, multiprocessing
    import helper
    import ivisit as iv

    @dataclasses.dataclass
    class Point:
        x: int
        again: Point | None = None

    def work(point):
        assert __name__ != "__main__"
        return point.x + helper.VALUE

    if __name__ == "__main__" and multiprocessing.parent_process() is not None:
        raise RuntimeError("the part for the main process ran in a child")

    class S(iv.Simulation):
        value = iv.Trace()

        def step(self):
            import lazy_helper
            context = multiprocessing.get_context("METHOD")
            with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as executor:
                one, = executor.map(work, [Point(1)])
                assert executor.submit(lazy_helper.triple, 2).result() == 6
            with context.Pool(1) as pool:
                two, = pool.map(work, [Point(2)])
            self.value = 10 * one + two

    iv.launch(S)
"""
METHODS = [
    method for method in ("fork", "spawn", "forkserver") if method in get_all_start_methods()
]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_executions_side_by_side_may_use_processes(write, method):
    """Their pools pickle in threads of their own, where no frame tells whose function it is."""
    write("helper.py", "VALUE = 3\n")
    write("lazy_helper.py", "def triple(x):\n    return 3 * x\n")
    path = write("sim.py", POOLS.replace("METHOD", method))
    # A process that is forked while another thread holds a lock would wait for it for ever.
    threads = 1 if method == "fork" else 2
    with ThreadPoolExecutor(threads) as pool:
        assert set(pool.map(lambda _: value_of(path), range(3))) == {45}


def test_what_an_earlier_execution_has_pickled_is_of_the_later_one_s_class(write):
    write("helper.py", "class Thing: pass\n")
    top = (
        "import pickle\nimport helper\nfrom pathlib import Path\nFILE = Path(__file__ + '.pickle')"
    )
    step = """
        if FILE.exists():
            self.value = isinstance(pickle.loads(FILE.read_bytes()), helper.Thing)
        FILE.write_bytes(pickle.dumps(helper.Thing()))"""
    path = write("sim.py", simulation(step, top))
    first, second = iv.Engine(iv.get_simulation(path)), iv.Engine(iv.get_simulation(path))
    for engine in (first, second, first):
        engine.run(1)
    assert first.simulation.outputs["value"] == second.simulation.outputs["value"] == 1
    assert value_of(path) == 1


def test_names_are_by_folder_and_content(write):
    text = simulation("self.value = 1", "import helper")
    write("a/helper.py", "")
    write("b/helper.py", "")
    a, b = write("a/sim.py", text), write("b/sim.py", text)

    def name(path):
        cls = iv.get_simulation(path)
        origins.release(cls)
        return cls.__module__

    former = name(a)
    assert former == name(a) != name(b)
    write("a/helper.py", "# edited")
    assert name(a) != former


# Several simulations ---------------------------------------------------------------------------


def test_a_simulation_beside_the_launched_one_is_found_by_its_name(write):
    second = "\nclass Other(S):\n    def step(self):\n        self.value = 2\n"
    path = write("sim.py", simulation("self.value = 1") + second + "\niv.launch(S)\n")
    assert [value_of(path), value_of(f"{path}:Other")] == [1, 2]
    with pytest.raises(iv.PluginError, match="has no simulation called 'Third'"):
        iv.get_simulation(f"{path}:Third")


# Threads --------------------------------------------------------------------------------------


def test_two_threads_get_the_file_that_each_of_them_asked_for(write):
    launched = (
        simulation("self.value = {value}", "import time") + "\ntime.sleep(0.01)\niv.launch(S)\n"
    )
    paths = [write(f"{n}/sim.py", launched.format(value=n)) for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        values = list(pool.map(value_of, paths * 8))
    assert values == list(range(4)) * 8


def test_a_file_may_run_another_one_while_it_is_loaded(write):
    inner = write("inner.py", simulation("self.value = 7") + "\niv.launch(S)\n")
    top = f"import ivisit as iv\nresult = iv.run({str(inner)!r}, steps=1)"
    outer = simulation("self.value = result.traces['value'][0] + 1", top) + "\niv.launch(S)\n"
    assert value_of(write("outer.py", outer)) == 8


def test_threads_of_a_step_import_the_helpers_too(write):
    write("helper.py", "VALUE = 6\n")
    step = """
        def work():
            import helper
            self.value = helper.VALUE
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()"""
    assert value_of(write("sim.py", simulation(step, "import threading"))) == 6


def test_main_and_arguments_are_those_of_the_file_while_it_is_executed(write):
    top = """
        import sys, __main__, os
        here = sys.path[0]
        seen = (__main__.__file__ == __file__, sys.argv == [__file__],
                os.path.join(here, "sim.py") == __file__, __name__ == "__main__",
                __builtins__ is not None, __package__, __spec__ is None)
    """
    path = write("sim.py", simulation("self.value = all(seen[:5])", top))
    assert value_of(path) == 1


@pytest.mark.parametrize("ending", ["sys.exit(0)", "sys.exit('enough')", "raise SystemExit"])
def test_a_file_may_end_with_sys_exit(write, ending):
    path = write("sim.py", simulation("self.value = 1", "import sys") + f"\n{ending}\n")
    assert value_of(path) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("class Odd(BaseException): pass\nraise Odd('x')", "cannot be loaded: Odd: x"),
        ("raise GeneratorExit", "cannot be loaded: GeneratorExit"),
        ("x = " + "-" * 200_000 + "1", "cannot be compiled|not valid Python"),
        ("x = " + "(" * 50_000 + ")" * 50_000, "cannot be compiled|not valid Python"),
        ("x = 1\0", "not valid Python"),
    ],
)
def test_no_file_can_end_the_process_that_loads_it(write, text, message):
    with pytest.raises(iv.PluginError, match=message):
        iv.get_simulation(write("bad.py", text))


def test_an_interruption_is_passed_on(write):
    with pytest.raises(KeyboardInterrupt):
        iv.get_simulation(write("bad.py", "raise KeyboardInterrupt"))


# Sources --------------------------------------------------------------------------------------


@pytest.fixture
def program(write):
    write("helper.py", "from helpers import inner\nVALUE = inner.VALUE\n")
    write("helpers/__init__.py", "")
    write("helpers/inner.py", "VALUE = 3\n")
    write("lazy_helper.py", "EXTRA = 10\n")
    write("unused.py", "raise RuntimeError\n")
    step = "import lazy_helper; self.value = helper.VALUE + lazy_helper.EXTRA"
    return write("sim.py", simulation(step, "import helper, json, numpy"))


def test_a_source_holds_the_file_and_all_that_its_folder_supplies(program):
    source = sources.read_source(program)
    assert [h.module for h in source.helpers] == [
        "helper",
        "helpers",
        "helpers.inner",
        "lazy_helper",
    ]
    assert source.file.content == program.read_bytes()
    assert source.is_in_place()
    assert source.is_portable
    assert source.size == sum(len(f.content) for f in (source.file, *source.helpers))


def test_a_source_runs_elsewhere(program, tmp_path, monkeypatch):
    monkeypatch.setattr(sources.tempfile, "gettempdir", lambda: str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    source = pickle.loads(pickle.dumps(origins.source_of(iv.get_simulation(program))))
    assert value_of(loading.load_library(source)) == 13
    program.unlink()
    (program.parent / "helper.py").write_text("VALUE = 77\n")
    elsewhere = loading.load_library(source)
    assert value_of(elsewhere) == 13
    assert origins.source_file(elsewhere).is_relative_to(tmp_path / "temporary")
    moved = origins.source_of(elsewhere)
    assert (moved.digest, moved.key == source.key) == (source.digest, False)
    # What somebody has damaged there is written again.
    origins.source_file(elsewhere).write_text("damaged")
    assert value_of(loading.load_library(source)) == 13


def test_a_source_with_files_elsewhere_cannot_be_sent(write):
    write("other/far_helper.py", "VALUE = 4\n")
    top = "import sys\nsys.path.append(__file__[:-11] + 'other')\nimport far_helper"
    path = write("here/sim.py", simulation("self.value = far_helper.VALUE", top))
    cls = iv.get_simulation(path)
    assert value_of(cls) == 4
    source = origins.source_of(cls)
    assert [h.module for h in source.helpers] == ["far_helper"]
    path.unlink()
    with pytest.raises(iv.PluginError, match="cannot be taken along: it imports .*far_helper"):
        loading.load_library(source)


# Several classes ------------------------------------------------------------------------------

ABSTRACT = """
    import abc
    import ivisit as iv

    class Base(iv.Simulation):
        '''Abstract.'''
        @abc.abstractmethod
        def rule(self): ...

    class Real(Base):
        '''Real.'''
        def rule(self): ...
"""


def test_abstract_classes_do_not_count(write):
    path = write("sim.py", ABSTRACT)
    assert iv.get_simulation(path).__name__ == "Real"
    with pytest.raises(iv.PluginError, match="Base is abstract: it lacks rule"):
        iv.get_simulation(f"{path}:Base")


def test_threads_wait_for_each_other_only_while_a_file_is_executed(write):
    path = write("sim.py", simulation("self.value = 1"))
    engine = iv.Engine(iv.get_simulation(path))
    entered, leave = threading.Event(), threading.Event()

    def stay():
        entered.set()
        leave.wait(10)

    engine.simulation.step = stay
    thread = threading.Thread(target=engine.run, args=(1,))
    thread.start()
    entered.wait(10)
    assert value_of(path) == 1
    leave.set()
    thread.join()


@pytest.mark.parametrize("name", ["my sim.py", "sim.v2.py", "größe-2.py", "1.py", "__main__.py"])
def test_files_have_any_name(write, name):
    write("helper.py", "class Thing:\n    def __call__(self): pass\n")
    path = write(name, LOOKING)
    assert value_of(path) == 9


def test_a_helper_may_import_the_file_and_helpers_each_other(write):
    write("helper.py", "import other_helper\nVALUE = 2\n")
    write(
        "other_helper.py", "import helper\ndef f():\n    import sim\n    return helper.VALUE, sim\n"
    )
    step = "two, sim = helper.other_helper.f(); self.value = two + (sim.__name__ != __name__)"
    top = "import helper\nif __name__ == '__main__':\n    READY = True"
    assert value_of(write("sim.py", simulation(step, top))) == 3


def test_a_link_runs_with_the_helpers_beside_the_file_it_leads_to(write, tmp_path):
    write("real/helper.py", "VALUE = 4\n")
    write("links/helper.py", "VALUE = 5\n")
    real = write("real/sim.py", simulation("self.value = helper.VALUE", "import helper"))
    link = tmp_path / "links" / "sim.py"
    link.symlink_to(real)
    assert value_of(link) == 4


def test_a_file_that_loads_itself_says_so(write):
    path = write("sim.py", simulation("pass") + "\niv.run(__file__, steps=1)\n")
    with pytest.raises(iv.PluginError, match="loads itself while it is loaded"):
        iv.run(path, steps=1)


def test_who_waits_for_a_file_that_is_executed_says_so(write, monkeypatch, caplog):
    """As when a file waits for threads that load files: that never ends."""
    monkeypatch.setattr(loading, "PATIENCE", 0.05)
    path = write("sim.py", simulation("self.value = 1"))
    with ThreadPoolExecutor(1) as pool:
        with loading._alone(path):
            waiting = pool.submit(value_of, path)
            while not caplog.records:
                assert not waiting.done()
        assert waiting.result() == 1
    assert "waits for another thread" in caplog.text
