"""Steps and frames a second of old scripts in the window, here and under IVISIT 0.72, in one run.

    python benchmarks/old_scripts.py --old-python /path/to/environment/bin/python

The other environment has ``pip install ivisit==0.72 supylib numpy matplotlib pillow``; its Python
can also be named by the environment variable IVISIT_OLD_PYTHON. Without it only the numbers of
this version are printed. A display is needed, real or virtual (``xvfb-run``).

Each script runs freely for some seconds, several times in turns; the best run counts, because
whatever else the machine does can only slow a run down. There are three scripts that do one thing
each, and the six examples of the report on IVISIT, from the tests. Our window shows at most 60
frames a second, the newest one each time, while 0.72 counts every step as a frame. A freeze is the
longest time for which Tk's own loop did not come round; 0.72 steps in that loop. The start is the
time from starting Python to the first round of that loop, everything having been drawn. The
milliseconds of the processor that a step takes, drawing included, and those of the start depend
less than the rest on whatever else the machine does. The last lines are the time that
``getMatplotlibImage`` takes, for a new figure each time and for one that changes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

#: Each script makes one picture a step, the large one without computing anything.
SCRIPTS = {
    "image": """
        #@IVISIT:SIMULATION & image
        #@IVISIT:SLIDER & Speed & [200,1] & [0,10,5,1] & speed & -1 & int & 3
        #@IVISIT:IMAGE & Picture & 1.0 & [0,255] & picture & int
        import numpy as np
        import ivisit as iv

        class SimParameters(iv.IVisit_Parameters):
            speed = 3

        class SimData(iv.IVisit_Data):
            picture = np.zeros((300, 400, 3), "uint8")

        class Sim(iv.IVisit_Simulation):
            def __init__(self):
                iv.IVisit_Simulation.__init__(self, "image", SimParameters, SimData)
                self.y, self.x = np.mgrid[0:300, 0:400]
                self.n = 0

            def step(self):
                self.n += 1
                wave = np.sin((self.x + self.n * SimParameters.speed) / 20.0) * 127 + 128
                SimData.picture = np.stack([wave, wave * 0.5, 255 - wave], axis=2).astype("uint8")
    """,
    "large": """
        #@IVISIT:SIMULATION & large
        #@IVISIT:SLIDER & Speed & [200,1] & [0,10,5,1] & speed & -1 & int & 3
        #@IVISIT:IMAGE & Picture & 1.0 & [0,255] & picture & int
        import numpy as np
        import ivisit as iv

        class SimParameters(iv.IVisit_Parameters):
            speed = 3

        class SimData(iv.IVisit_Data):
            picture = np.zeros((600, 800, 3), "uint8")

        class Sim(iv.IVisit_Simulation):
            def __init__(self):
                iv.IVisit_Simulation.__init__(self, "large", SimParameters, SimData)
                x = np.mgrid[0:600, 0:800][1]
                self.pictures = [
                    np.stack([(x + 9 * i) % 256] * 3, axis=2).astype("uint8") for i in range(20)
                ]
                self.n = 0

            def step(self):
                self.n += 1
                SimData.picture = self.pictures[self.n * SimParameters.speed % 20]
    """,
    "figure": """
        #@IVISIT:SIMULATION & figure
        #@IVISIT:SLIDER & Speed & [200,1] & [0,10,5,1] & speed & -1 & int & 3
        #@IVISIT:IMAGE & Plot & 1.0 & [0,255] & plot & int
        import numpy as np
        import ivisit as iv
        from ivisit.matplotlib import *

        class SimParameters(iv.IVisit_Parameters):
            speed = 3

        class SimData(iv.IVisit_Data):
            plot = np.array([[0, 0, 0]])

        class Sim(iv.IVisit_Simulation):
            def __init__(self):
                iv.IVisit_Simulation.__init__(self, "figure", SimParameters, SimData)
                self.n = 0

            def step(self):
                self.n += 1
                fig = getMatplotlibFigure(figsize=(4, 3))
                ax = fig.add_subplot(111)
                x = np.linspace(0, 10, 200)
                ax.plot(x, np.sin(x + self.n * SimParameters.speed / 10.0))
                SimData.plot = getMatplotlibImage(fig)
    """,
}

#: The examples of the report on IVISIT.
EXAMPLES = (
    "hello_world",
    "lif_scope",
    "lif_matplotlib",
    "data_generation",
    "classification",
    "digits_network",
)
FOLDER = Path(__file__).resolve().parents[1] / "tests" / "ivisit" / "legacy" / "scripts"

#: Appended to each script: count steps and pictures on the screen for some seconds, then quit.
MEASURE = '''
import json, os, sys, time
seconds = float(os.environ["MEASURE_SECONDS"])
counts = {"frames": 0, "steps": 0, "freeze": 0.0, "start": 0.0, "start_cpu": 0.0}
is_old = hasattr(iv, "IVisitMain")

def count_frames():
    """Count how often the window shows another picture, whoever draws it."""
    if is_old:
        widget, method = iv.IVisitImageWidget, "updateData"
    else:
        from ivisit.gui.panels.image import ImageWidget as widget
        method = "show"
    original = getattr(widget, method)

    def counted(*arguments, **named):
        counts["frames"] += 1
        return original(*arguments, **named)

    setattr(widget, method, counted)

def watch(root):
    """Note the longest time between two rounds of Tk's loop."""
    last = time.perf_counter()

    def tick():
        nonlocal last
        now = time.perf_counter()
        counts["freeze"] = max(counts["freeze"], now - last)
        last = now
        root.after(2, tick)

    tick()

def note_start(root):
    """Note when Tk's loop comes round for the first time, everything having been drawn."""
    def note():
        root.update_idletasks()
        counts["start"] = time.time() - float(os.environ["MEASURE_BEGAN"])
        counts["start_cpu"] = time.process_time()

    root.after(1, note)

if not is_old:
    from ivisit.gui.window import Window
    mainloop = Window.mainloop

    def watched(window):
        note_start(window.root)
        watch(window.root)
        mainloop(window)

    Window.mainloop = watched

class Measured(Sim):
    def main_init(self, parent=None):
        Sim.main_init(self, parent)
        if parent is not None:
            self.parent = parent
            if is_old:
                note_start(parent.master)
            parent.after(int(500 * seconds), self.start)

    def start(self):
        count_frames()
        if is_old:
            watch(self.parent.master)
        self.parent.onSim_run()
        self.parent.after(int(333 * seconds), self.begin)

    def begin(self):
        counts.update(frames=0, steps=0, freeze=0.0)
        self.began, self.began_cpu = time.perf_counter(), time.process_time()
        self.parent.after(int(seconds * 1000), self.end)

    def step(self):
        Sim.step(self)
        counts["steps"] += 1

    def end(self):
        took = time.perf_counter() - self.began
        result = {name: counts[name] / took for name in ("frames", "steps")}
        result |= {name: counts[name] for name in ("freeze", "start", "start_cpu")}
        result["cpu"] = (time.process_time() - self.began_cpu) / max(counts["steps"], 1)
        print("RESULT", json.dumps(result), flush=True)
        os._exit(0)

sim = Measured()
sim.main_init()
sim.init()
sim.step()
iv.IVisit_main(sim=sim)
'''


def script(name: str) -> str:
    """Return the text of a script that measures itself."""
    if name in SCRIPTS:
        return textwrap.dedent(SCRIPTS[name]) + MEASURE
    text, _, end = (FOLDER / f"{name}.py").read_text(encoding="utf-8").rpartition("\nsim = ")
    return f"{text}\nSim = {end.partition('(')[0]}\n{MEASURE}"


def measure(python: str, name: str, seconds: float) -> dict[str, float]:
    """Run one script under an interpreter.

    Returns frames and steps a second, the longest freeze, the seconds from starting Python to
    the first round of Tk's loop, and those of the processor for that and for a step.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.py"
        # The digits are looked for above the script, helper modules beside it.
        (Path(folder) / "data").symlink_to(Path(__file__).resolve().parents[1] / "data")
        (Path(folder) / "lif_neurons.py").symlink_to(FOLDER / "lif_neurons.py")
        path.write_text(script(name), encoding="utf-8")
        _prepare_database(python, path)
        environment = {**os.environ, "MEASURE_SECONDS": str(seconds), "OMP_NUM_THREADS": "1"}
        environment["MEASURE_BEGAN"] = str(time.time())
        environment.pop("IVISIT_DB", None)
        # Users have the modules compiled from their second start on.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        answer = subprocess.run(
            [python, path.name],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60 + 10 * seconds,
        )
        for line in answer.stdout.splitlines():
            if line.startswith("RESULT"):
                return json.loads(line.removeprefix("RESULT"))
        raise SystemExit(f"{python} {name}: no result\n{answer.stderr[-2000:]}")


#: Milliseconds of one getMatplotlibImage: for a new figure, and for one whose line changes.
DRAWING = """
import json, time
import numpy as np
from ivisit.matplotlib import getMatplotlibFigure, getMatplotlibImage

def new(n):
    figure = getMatplotlibFigure(figsize=(4, 3))
    (line,) = figure.add_subplot(111).plot(np.sin(np.arange(200) / 9 + n))
    getMatplotlibImage(figure)
    return figure, line

figure, line = new(0)

def changed(n):
    line.set_ydata(np.sin(np.arange(200) / 9 + n))
    getMatplotlibImage(figure)

def best(draw):
    times = []
    for n in range(40):
        began = time.perf_counter()
        draw(n)
        times.append(time.perf_counter() - began)
    return min(times) * 1000

print("RESULT", json.dumps({"new": best(new), "changed": best(changed)}))
"""


def measure_drawing(python: str) -> dict[str, float]:
    """Return the milliseconds of one getMatplotlibImage under an interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        answer = subprocess.run(
            [python, "-c", DRAWING], cwd=folder, capture_output=True, text=True, check=True
        )
    return json.loads(answer.stdout.rpartition("RESULT")[2])


def _compare_drawing(old_python: str) -> None:
    """Print the times of getMatplotlibImage, the old ones too where they can be measured."""
    ours = measure_drawing(sys.executable)
    old = measure_drawing(old_python) if old_python else {}
    for kind, duration in ours.items():
        text = f"getMatplotlibImage, {kind} figure: {duration:.1f} ms"
        if old:
            text += f"; 0.72: {old[kind]:.1f} ms, ratio {old[kind] / duration:.2f}"
        print(text)


def _prepare_database(python: str, script: Path) -> None:
    """Have 0.72 read the directives, which there is done by hand; ours needs nothing."""
    if python == sys.executable:
        return
    code = (
        "import sys; from ivisit import sqldatabase, db_ivisit_cfg, IVisitParser\n"
        "db = sqldatabase(db_ivisit_cfg, sys.argv[2], debugLevel=0)\n"
        "IVisitParser(sys.argv[1], db, 'Also UPDATE OLD WIDGETS', None)\n"
    )
    subprocess.run(
        [python, "-c", code, script.name, f"{script.stem}.db"],
        cwd=script.parent,
        check=True,
        capture_output=True,
    )


def _is_usable(python: str) -> bool:
    """Tell whether the interpreter has IVISIT 0.72."""
    code = "import ivisit; assert ivisit.Version == '0.72' and hasattr(ivisit, 'IVisitParser')"
    try:
        # Not from this folder: its "ivisit" would be found first.
        with tempfile.TemporaryDirectory() as folder:
            answer = subprocess.run([python, "-c", code], capture_output=True, cwd=folder)
    except OSError:
        return False
    return answer.returncode == 0


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--old-python", default=os.environ.get("IVISIT_OLD_PYTHON", ""))
    parser.add_argument("--seconds", type=float, default=4.0, help="length of a run (default 4)")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each kind (default 3)")
    parser.add_argument("--only", nargs="*", help="names of scripts (default: all)")
    options = parser.parse_args()
    with_old = bool(options.old_python) and _is_usable(options.old_python)
    if not with_old:
        print("IVISIT 0.72 is not installed in the environment of --old-python: not compared")
    print(
        f"{'script':15} {'':6} {'frames/s':>9} {'steps/s':>9} {'CPU/step/ms':>12} "
        f"{'freeze/ms':>10} {'start/s':>8} {'CPU/s':>6}"
    )
    for name in options.only or (*SCRIPTS, *EXAMPLES):
        best: dict[str, dict[str, float]] = {}
        for _ in range(options.repeats):
            for which, python in (("ours", sys.executable), ("0.72", options.old_python)):
                if which == "ours" or with_old:
                    run = measure(python, name, options.seconds)
                    if run["steps"] > best.get(which, {"steps": -1.0})["steps"]:
                        best[which] = run
        for which, run in best.items():
            rates = f"{run['frames']:9.1f} {run['steps']:9.1f} {1000 * run['cpu']:12.2f}"
            ends = f"{1000 * run['freeze']:10.1f} {run['start']:8.2f} {run['start_cpu']:6.2f}"
            print(f"{name:15} {which:6} {rates} {ends}")
        if with_old:
            ratios = {key: best["ours"][key] / best["0.72"][key] for key in best["ours"]}
            print(
                f"{name:15} {'ratio':6} {ratios['frames']:9.2f} {ratios['steps']:9.2f} "
                f"{ratios['cpu']:12.2f} {'':10} {ratios['start']:8.2f} {ratios['start_cpu']:6.2f}"
            )
    _compare_drawing(options.old_python if with_old else "")
    return 0


if __name__ == "__main__":
    sys.exit(main())
