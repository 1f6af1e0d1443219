"""How fast and how fluent are scripts of IVISIT 0.7x in the window, here and under IVISIT 0.72?

Nine scripts, unchanged: three that make a picture a step and the six examples of the report.
Steps and frames a second while they run freely for two seconds, the longest time for which the
window did not look after the user, and the time from starting Python to the drawn window. Our
window shows at most 60 frames a second of each picture; 0.72 counts every step as a frame, and
steps in the loop of the window. The start of 0.72 is without the parsing that it asks its users
for. Both versions were measured in turns, each script three times. Without IVISIT 0.72 (see
benchmarks/old_scripts.py, environment variable IVISIT_OLD_PYTHON) its former numbers are kept.

Reference: A. Knoblauch, "IVISIT", arXiv:2408.03341 (2024), the examples of the report.
"""

import datetime

import numpy as np
from common import FOLDER, Experiment, column, distinct, read, select
from intervals import above, below, factor
from matplotlib.figure import Figure
from plotting import plain_ticks
from windows import OLD, VERSIONS, OldScript

NUMBERS = {"steps": "steps / s", "frames": "frames / s", "freeze": "longest freeze (s)"}
NUMBERS |= {"start": "start (s)"}
TICKS = {name: [3, 10, 30, 100, 300, 1000] for name in ("steps", "frames")}
TICKS |= {"freeze": [0.01, 0.03, 0.1, 0.3, 1], "start": [0.2, 0.3, 0.5, 1, 2]}
OLD_NAME = "IVISIT 0.72"
INTERVALS = "Student's t over logarithms of pairs: medians of each of the nine scripts"


def measure(lab):
    has_old = bool(VERSIONS["0.72"]) and not lab.quick
    axes = {"script": [*OLD.SCRIPTS, *OLD.EXAMPLES], "version": list(VERSIONS)[: 1 + has_old]}
    axes |= lab.pick({}, {"script": ["image"], "duration": 0.2})
    rows = lab.sweep(OldScript, axes, repeats=lab.pick(3, 1), workers=1)
    today = datetime.date.today().isoformat()
    rows = [{"script": "image", "version": "ivisit-lab", "date": today} | row for row in rows]
    rows = [row | {"version": OLD_NAME if row["version"] == "0.72" else "here"} for row in rows]
    former = FOLDER / "old_scripts_speed.csv"
    return rows if has_old or not former.exists() else rows + select(read(former), version=OLD_NAME)


def draw(rows):
    figure = Figure(figsize=(9, 6), layout="constrained")
    for axes, (name, label) in zip(figure.subplots(2, 2).flat, NUMBERS.items(), strict=True):
        scripts = distinct(rows, "script")
        for number, version in enumerate(distinct(rows, "version")):
            for place, script in enumerate(scripts):
                values = column(rows, name, script=script, version=version)
                where = np.full(len(values), place + 0.2 * (number - 0.5))
                style = {"color": f"C{number}", "label": version if place == 0 else None}
                axes.plot(values, where, "os"[number], markersize=5, **style)
        axes.set(xscale="log", xlabel=label)
        plain_ticks(axes.xaxis, TICKS[name])
        axes.set_yticks(range(len(scripts)), [script.replace("_", " ") for script in scripts])
        axes.invert_yaxis()
        axes.grid(axis="x", alpha=0.3)
    figure.axes[0].legend()
    return figure


def claims(rows):
    versions = ("here", OLD_NAME)
    scripts = distinct(rows, "script")
    scripts = [s for s in scripts if all(select(rows, script=s, version=v) for v in versions)]

    def quotient(name):
        ours, old = (
            [np.median(column(rows, name, script=s, version=version)) for s in scripts]
            for version in versions
        )
        return factor(ours, old)

    texts = {"steps": "Old scripts make more steps a second than under 0.72"}
    texts |= {"freeze": "The longest freeze of the window is shorter than under 0.72"}
    texts |= {"start": "The window is drawn earlier than under 0.72"}
    return [
        (above if name == "steps" else below)(text, quotient(name))
        for name, text in texts.items()
        if len(scripts) > 1
    ]


EXPERIMENT = Experiment(__file__, __doc__, measure, draw, claims, INTERVALS)
if __name__ == "__main__":
    EXPERIMENT.main()
