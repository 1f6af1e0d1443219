"""pyplot inside a simulation: no window, no leak, one hint."""

import contextlib
import logging
import os
import subprocess
import sys
import textwrap
import threading

import matplotlib.pyplot as plt
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import ivisit as iv


class Student(iv.Simulation):
    """Draws as students do."""

    def init(self):
        self.sizes = []

    def step(self):
        fig, ax = plt.subplots()
        ax.plot([1, 2, 3])
        assert type(fig.canvas) is FigureCanvasAgg
        plt.show()
        plt.pause(0.001)
        self.sizes.append(len(plt.get_fignums()))


@pytest.fixture(autouse=True)
def _no_figures():
    plt.close("all")
    yield
    assert plt.get_fignums() == []


@pytest.fixture
def windows(monkeypatch):
    """What pyplot's own backend is asked for: nothing, by a simulation."""
    asked = []
    backend = (
        plt._get_backend_mod.__wrapped__() if hasattr(plt._get_backend_mod, "__wrapped__") else None
    )
    if backend is None:
        iv.run(Student, steps=1)
        backend = plt._get_backend_mod.__wrapped__()
    for name in ("new_figure_manager", "show"):
        monkeypatch.setattr(backend, name, lambda *a, name=name, **k: asked.append(name))
    return asked


def test_a_simulation_opens_no_window_and_does_not_leak(windows):
    engine = iv.Engine(Student)
    engine.run(50)
    assert max(engine.simulation.sizes) == 10
    engine.close()
    assert plt.get_fignums() == []
    for _ in range(5):
        iv.run(Student, steps=3)
    assert windows == []


def test_it_is_pointed_out_once_with_two_lines(caplog):
    with caplog.at_level(logging.WARNING, "ivisit"):
        engine = iv.Engine(Student)
        for _ in range(3):
            engine.run(1)
        engine.close()
    (record,) = caplog.records
    first, *lines = record.getMessage().splitlines()
    assert first.startswith("Student: figures of matplotlib.pyplot are drawn into memory")
    assert len(lines) == 2
    (request,) = engine.link.take()
    assert "Student: figures of matplotlib.pyplot" in request.text


def test_the_two_lines_work():
    from ivisit.pyplots import HINT

    declaration, drawing = (line.partition("#")[0].strip() for line in HINT.splitlines()[1:])
    namespace = {"iv": iv}
    code = f"class S(iv.Simulation):\n    {declaration}\n    def init(self):\n        {drawing}\n"
    exec(code + "        axes.plot([1, 2], [3, 4], lw=9, c='k')", namespace)
    assert iv.run(namespace["S"], steps=0).outputs["plot"].min() < 50


def test_a_figure_that_a_panel_shows_needs_no_hint(caplog):
    class Shown(iv.Simulation):
        plot = iv.Figure()

        def init(self):
            self.plot = plt.figure(figsize=(3, 2))
            plt.plot([1, 2])

        def step(self):
            plt.plot([2, 1], c="k", lw=20)

    with caplog.at_level(logging.WARNING, "ivisit"):
        result = iv.run(Shown, steps=1)
    assert result.outputs["plot"].shape[:2] == (200, 300)
    assert result.outputs["plot"].min() == 0
    assert not caplog.records


def test_a_panel_s_figure_may_be_made_the_current_one(windows):
    class Current(iv.Simulation):
        plot = iv.Figure()

        def step(self):
            plt.figure(self.plot)
            plt.plot([1, 2])

    # Older versions of Matplotlib know no such thing.
    with contextlib.suppress(iv.RunError):
        iv.run(Current, steps=1)
    assert windows == []
    plt.close("all")


def test_figures_of_others_are_theirs():
    mine = plt.figure()
    canvas = type(mine.canvas)
    iv.run(Student, steps=20)
    assert plt.get_fignums() == [mine.number]
    other = plt.figure()
    assert type(other.canvas) is canvas
    plt.close("all")


def test_only_the_thread_that_steps_is_concerned(windows):
    entered, leave = threading.Event(), threading.Event()

    class Waiting(iv.Simulation):
        def step(self):
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=iv.Engine(Waiting).run, args=(1,))
    thread.start()
    entered.wait(10)
    plt.show()
    leave.set()
    thread.join()
    assert windows == ["show"]


SCRIPT = """
    import sys
    import ivisit as iv
    {top}

    class S(iv.Simulation):
        count = iv.Trace()
        def step(self):
            import matplotlib.pyplot as plt
            plt.figure()
            plt.plot([1, 2])
            plt.pause(0.001)
            plt.show()
            self.count = len(plt.get_fignums())

    if __name__ == "__main__":
        {run}
"""


@pytest.mark.parametrize("top", ["", "import matplotlib", "import matplotlib.pyplot"])
def test_a_script_opens_no_foreign_window_and_can_plot_afterwards(tmp_path, display, top):
    run = """
        print(iv.run(S, steps=3).outputs["count"])
        import matplotlib.pyplot as plt
        print(plt.get_fignums(), type(plt.figure().canvas).__name__)
        print([f for f in sys.meta_path if "ivisit" in type(f).__module__])
    """
    (tmp_path / "s.py").write_text(
        textwrap.dedent(SCRIPT).format(top=top, run=textwrap.indent(textwrap.dedent(run), "    "))
    )
    done = subprocess.run(
        [sys.executable, "s.py"], capture_output=True, text=True, cwd=tmp_path, timeout=60,
        env=os.environ | {"DISPLAY": display, "MPLBACKEND": "TkAgg"}, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["3.0", "[] FigureCanvasTkAgg", "[]"], done.stderr


@pytest.mark.parametrize("how", ["iv.launch(S, run=True)", "gui"])
def test_a_window_goes_on_stepping(tmp_path, display, how):
    """It used to hang at step 0, beside a foreign window."""
    text = textwrap.dedent(SCRIPT).format(
        top="import matplotlib.pyplot", run="iv.launch(S, run=True)"
    )
    text = text.replace(
        "self.count =",
        "self.steps = getattr(self, 'steps', 0) + 1\n"
        "        if self.steps == 5:\n"
        "            import os, tkinter\n"
        "            os._exit(40 + len(plt.get_fignums()))\n"
        "        self.count =",
    )
    (tmp_path / "s.py").write_text(text)
    command = ["-m", "ivisit", "gui", "s.py", "--run"] if how == "gui" else ["s.py"]
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, cwd=tmp_path, timeout=60,
        env=os.environ | {"DISPLAY": display, "MPLBACKEND": "TkAgg"}, check=False,
    )  # fmt: skip
    assert done.returncode == 45, done.stderr
    assert done.stderr.count("figures of matplotlib.pyplot are drawn into memory") <= 1


def test_files_that_draw_while_they_are_loaded_do_not_leak(tmp_path):
    path = tmp_path / "s.py"
    path.write_text(
        "import matplotlib.pyplot as plt\nimport ivisit as iv\nplt.figure()\n"
        "class S(iv.Simulation):\n    pass\n"
    )
    for _ in range(15):
        iv.run(path, steps=1)
    assert len(plt.get_fignums()) == 1
    plt.close("all")


def test_a_file_that_draws_while_it_is_loaded_opens_no_window(tmp_path, windows):
    path = tmp_path / "s.py"
    path.write_text(
        "import matplotlib.pyplot as plt\nimport ivisit as iv\n"
        "class S(iv.Simulation):\n    seen = type(plt.figure().canvas).__name__\n"
        "plt.plot([1, 2])\nplt.show()\nplt.close('all')\n"
    )
    backend = os.environ.get("MPLBACKEND")
    assert iv.get_simulation(path).seen == "FigureCanvasAgg"
    assert windows == []
    assert os.environ.get("MPLBACKEND") == backend
