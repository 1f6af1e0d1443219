"""Do old scripts get from every directive what IVISIT 0.72 gave them?

686 cases, of one directive or a few, that were run under IVISIT 0.72 once: what a step finds in
its parameters, the pictures and texts of the window, and what a user's action does then. Equal:
the same here, value for value and pixel for pixel. Only here: 0.72 shows no window, no widget or
no step. Different: on purpose, with a reason in the tests.

Reference: A. Knoblauch, "IVISIT", arXiv:2408.03341 (2024), the directives. The cases:
tests/ivisit/legacy/table, with the versions that 0.72 was run with.
"""

import numpy as np
from common import ROOT, Experiment, column, distinct
from intervals import Claim
from matplotlib.figure import Figure
from windows import load

VERDICTS = {"equal": "equal", "better": "only here", "different": "different"}
KINDS = ("SLIDER", "DICTSLIDER", "LISTSEL", "RADIOBUTTON", "CHECKBOX", "BUTTON", "TEXT_IN")
KINDS += ("IMAGE", "TEXT_OUT")
INTERVALS = "none: all cases of the table are run; Wilson's would take them for a random sample"


def measure(lab):
    table = load(ROOT / "tests" / "ivisit" / "legacy" / "test_table.py")
    cases = table.TABLE["cases"][:: lab.pick(1, 40)]
    found = {}
    for case in cases:
        kind = table.keyword(case)
        kind = kind if kind in KINDS else "other words"
        counts = found.setdefault(kind, dict.fromkeys(VERDICTS, 0) | {"unexplained": 0})
        verdict = table.outcome(case)[0]
        counts[verdict] += 1
        counts["unexplained"] += verdict == "different" and table.reason(case) is None
    return [{"directive": kind} | found[kind] for kind in (*KINDS, "other words") if kind in found]


def draw(rows):
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    left = np.zeros(len(rows))
    for color, (verdict, label) in zip(("C0", "C2", "C3"), VERDICTS.items(), strict=True):
        numbers = column(rows, verdict)
        axes.barh(distinct(rows, "directive"), numbers, left=left, color=color, label=label)
        left += numbers
    axes.invert_yaxis()
    axes.set_xlabel("cases")
    axes.legend()
    return figure


def claims(rows):
    total = {name: int(column(rows, name).sum()) for name in (*VERDICTS, "unexplained")}
    cases = sum(total[verdict] for verdict in VERDICTS)
    works = cases - total["better"]
    same = total["equal"]
    return [
        Claim(
            "Where 0.72 works, old scripts get the same in more than 99 % of the cases",
            f"{same} of {works} ({same / works:.1%})",
            same > 0.99 * works,
        ),
        Claim(
            "What differs, differs on purpose",
            f"{total['different']} differ, {total['unexplained']} of them without a reason",
            total["unexplained"] == 0,
        ),
        Claim(
            "Directives that gave 0.72 no widget or no step give one here",
            f"{total['better']} of {cases} cases",
            total["better"] > 0,
        ),
    ]


EXPERIMENT = Experiment(__file__, __doc__, measure, draw, claims, INTERVALS)
if __name__ == "__main__":
    EXPERIMENT.main()
