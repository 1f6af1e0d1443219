"""Write ``table.json``: what IVISIT 0.72 delivers for each of the cases.

    xvfb-run /path/to/environment/bin/python generate.py

The environment has ``pip install ivisit==0.72 supylib numpy matplotlib pillow``. Each case is a
script that is parsed into a new ``.db`` file, as 0.72 does it, and opened in 0.72's own window;
what a step of the script finds in its parameters, and what the widgets of its data show, is
written down. Nothing of this project is imported.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER))

from tkinter import Tk

import numpy as np
import PIL
from cases import cases
from ivisit.parser import IVisitParser

import ivisit
from ivisit import db_ivisit_cfg, sqldatabase


def run(case: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return what 0.72 does with one case."""
    script, file = folder / "script.py", folder / "script.db"
    lines = ["#@IVISIT:SIMULATION & s", *("#@IVISIT:" + line for line in case["directives"])]
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    file.unlink(missing_ok=True)
    result: dict[str, Any] = {}
    database = sqldatabase(db_ivisit_cfg, str(file), debugLevel=0)
    try:
        IVisitParser(str(script), database, sim_name=None)
    except Exception as error:
        result["parsing"] = type(error).__name__
    root = Tk()
    try:
        result |= show(case, file, root)
    finally:
        root.destroy()
    return result


def show(case: dict[str, Any], file: Path, root: Tk) -> dict[str, Any]:
    """Return what a step finds, and what is shown, in the window of 0.72."""
    names = {"np": np}
    parameters = {k: eval(v, names) for k, v in case.get("parameters", {}).items()}
    data = {k: eval(v, names) for k, v in case.get("data", {}).items()}
    Parameters = type("Parameters", (ivisit.IVisit_Parameters,), parameters)
    Data = type("Data", (ivisit.IVisit_Data,), data)
    before = set(dir(Parameters))
    seen: list[dict[str, str]] = []

    class Simulation(ivisit.IVisit_Simulation):
        def __init__(self) -> None:
            ivisit.IVisit_Simulation.__init__(self, "s", Parameters, Data)

        def step(self) -> None:
            names = [*parameters, *sorted(set(dir(Parameters)) - before)]
            seen.append({name: repr(getattr(Parameters, name)) for name in names})

    try:
        window = ivisit.IVisitMain(parent=None, loadFirst=str(file), sim=Simulation(), debuglevel=0)
    except Exception as error:
        return {"window": type(error).__name__}
    window.pack()
    settle(root)
    if window.display is None:
        return {"window": "no display"}
    display = window.display
    result: dict[str, Any] = {"widgets": len(display.par_widgets) + len(display.data_widgets)}
    errors: list[str] = []
    root.report_callback_exception = lambda kind, error, trace: errors.append(kind.__name__)
    try:
        window.onSim_init()
        window.onSim_step()
        settle(root)
        result["step"] = seen[-1]
        result |= shown(window)
    except Exception as error:
        return result | {"step": type(error).__name__}
    for action in case.get("actions", []):
        try:
            act(window, *action)
            settle(root)
            window.onSim_step()
            settle(root)
            result.setdefault("after", []).append(seen[-1])
        except Exception as error:
            result.setdefault("after", []).append(type(error).__name__)
    if errors:
        result["errors"] = errors
    return result


def act(window: Any, what: str, name: str = "", value: Any = None) -> None:
    """Do what the user or the script does."""
    display = window.display
    widget = display.getWidget(name) if name else None
    if what == "set":
        display.setWidgetValue(name, value)
    elif what == "reconfigure":
        widget.reconfigure(**value)
    elif what == "end":
        widget.slider.set(widget.slider["to" if value == "maximum" else "from"])
    elif what == "press":
        widget.button.invoke()
    elif what == "type" and hasattr(widget, "textinput"):
        widget.textinput.settext(value)
        widget.onSetTextButton()
    elif what == "type":
        widget.textframe.settext(value)
        widget.onSet()
    elif what == "choose" and hasattr(widget, "radiobuttons"):
        widget.dict_radiobuttons[value].invoke()
    elif what == "choose" and hasattr(widget, "checkbuttons"):
        widget.checkbuttons[widget.listkeys.index(value)].invoke()
    elif what == "choose":
        menu = widget.optionmenu["menu"]
        labels = [menu.entrycget(i, "label") for i in range(menu.index("end") + 1)]
        menu.invoke(labels.index(value))


def shown(window: Any) -> dict[str, Any]:
    """Return the pixels of the picture and the text of the text, where there are such widgets."""
    result: dict[str, Any] = {}
    for widget in window.display.data_widgets:
        if hasattr(widget, "im"):
            result["picture"] = {"mode": widget.im.mode, "pixels": np.asarray(widget.im).tolist()}
        else:
            label = widget.textlabel
            result["text"] = {"text": label.cget("text"), "justify": str(label.cget("justify"))}
    return result


def settle(root: Tk) -> None:
    """Have everything drawn: only then does a slider of Tk report the value it has snapped to."""
    for _ in range(3):
        root.update()
        time.sleep(0.005)
    root.update()


def main() -> None:
    """Run all cases and write the table."""
    table = []
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)
        sys.argv = [str(Path(name) / "script.py")]
        for number, case in enumerate(cases()):
            noise = io.StringIO()
            with contextlib.redirect_stdout(noise), contextlib.redirect_stderr(noise):
                result = run(case, Path(name))
            table.append(case | {"old": result})
            if number % 50 == 0:
                print(number, flush=True)
        os.chdir("/")
    root = Tk()
    provenance = {
        "generated_by": "generate.py, with the cases of cases.py",
        "ivisit": ivisit.__version__,
        "tk": root.tk.eval("info patchlevel"),
        "numpy": np.__version__,
        "pillow": PIL.__version__,
        "python": platform.python_version(),
    }
    lines = [json.dumps(row, ensure_ascii=False) for row in table]
    text = f'{{"provenance": {json.dumps(provenance)},\n"cases": [\n' + ",\n".join(lines) + "\n]}\n"
    (FOLDER / "table.json").write_text(text, encoding="utf-8")
    print(len(table), "cases")


if __name__ == "__main__":
    main()
