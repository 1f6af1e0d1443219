"""Write ``as_under_072.json``: what the six examples of the report do under IVISIT 0.72.

    xvfb-run /path/to/environment/bin/python under_072.py OUTPUT.json

The environment has ``pip install ivisit==0.72 supylib numpy matplotlib pillow``. Each script is
parsed into a new ``.db`` file and opened in 0.72's own window; NumPy's generator is seeded with 0
right before ``init``, and after some steps the parameters, and what the widgets of the data show,
are written down. Nothing of this project is imported.
"""

import contextlib
import hashlib
import io
import json
import os
import sys
import tempfile
from pathlib import Path

import matplotlib
import numpy as np

import ivisit

#: How many steps each of them computes.
EXAMPLES = {
    "hello_world": 3,
    "lif_scope": 150,
    "lif_matplotlib": 8,
    "data_generation": 2,
    "classification": 2,
    "digits_network": 20,
}
FOLDER = Path(__file__).resolve().parent


def run(name, folder):
    """Return parameters, texts and pictures of a script after some steps."""
    path = FOLDER / (name + ".py")
    result = {}

    def main(fname=None, sim=None, **named):
        file = str(Path(folder) / (name + ".db"))
        database = ivisit.sqldatabase(ivisit.db_ivisit_cfg, file, debugLevel=0)
        ivisit.IVisitParser(str(path), database, sim_name=None)
        window = ivisit.IVisitMain(loadFirst=file, sim=sim)
        window.pack()
        for _ in range(5):
            window.master.update()
        np.random.seed(0)
        window.onSim_init()
        for _ in range(EXAMPLES[name]):
            window.onSim_step()
            window.master.update()
        result.update(look(sim, window))
        window.master.destroy()

    original, ivisit.IVisit_main = ivisit.IVisit_main, main
    try:
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"),
             {"__name__": "__main__", "__file__": str(path)})
    finally:
        ivisit.IVisit_main = original
    return result


def look(sim, window):
    """Return what the parameters are, and what the widgets show."""
    names = [n for n in vars(sim.parameters) if not n.startswith("_")]
    result = {"steps": window.steps, "parameters": {n: repr(getattr(sim.parameters, n)) for n in names},
              "texts": {}, "pictures": {}}
    for widget in window.display.data_widgets:
        if hasattr(widget, "im"):
            data = np.ascontiguousarray(np.array(widget.widgetdef.data, dtype=np.uint8))
            result["pictures"][widget.widgetdef.name] = {
                "shape": list(data.shape),
                "sha256": hashlib.sha256(data.tobytes()).hexdigest(),
                "mean": float(data.mean()),
            }
        else:
            result["texts"][widget.widgetdef.name] = widget.textlabel.cget("text")
    return result


def main():
    """Run all examples."""
    output = Path(sys.argv[1]).resolve()
    sys.path.insert(0, str(FOLDER))
    results = {"provenance": {"ivisit": ivisit.__version__, "numpy": np.__version__,
                              "matplotlib": matplotlib.__version__}}
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        sys.argv = ["script.py"]
        for name in EXAMPLES:
            with contextlib.redirect_stdout(io.StringIO()):
                results[name] = run(name, folder)
        os.chdir("/")
    output.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


main()
