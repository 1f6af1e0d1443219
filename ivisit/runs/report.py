"""A sweep as one page for a browser: nothing beside it, nothing from a network."""

from __future__ import annotations

import html
import io
import json
import math
import shlex
from collections import Counter
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from ivisit.errors import IVisitError
from ivisit.runs import figures
from ivisit.runs.overview import best_rows
from ivisit.runs.progress import duration_text
from ivisit.runs.sweep_result import SweepResult
from ivisit.runs.writing import written

#: Most rows of the table in the page; a browser must stay quick.
MOST_ROWS = 20_000
#: Metrics that get a picture of their own.
MOST_PICTURES = 4
#: Failures that are shown with their tracebacks.
MOST_FAILURES = 20


def write_report(result: SweepResult, path: Path) -> None:
    """Write the page.

    Parameters
    ----------
    result : SweepResult
        A sweep or an optimisation.
    path : Path
        The file; it is complete or as it was.

    Raises
    ------
    IVisitError
        When it cannot be written.
    """
    text = page(result)
    written(path, lambda file: file.write(text), text=True)


def page(result: SweepResult) -> str:
    """Return the page as HTML."""
    template = resources.files("ivisit.runs").joinpath("report.html").read_text(encoding="utf-8")
    parts = {
        "title": html.escape(f"{result.sweep.simulation}: {result.name}"),
        "summary": _summary(result),
        "line": html.escape(result.summary()),
        "pictures": "".join(_pictures(result)),
        "best": _best(result),
        "failures": _failures(result),
        "table": _data(result),
        "cut": _cut(result),
        "specification": _definitions(dict(result.sweep.specification)),
        "provenance": _definitions(dict(result.sweep.provenance)),
        "commands": _commands(result),
    }
    for name, text in parts.items():
        template = template.replace(f"<!--{name}-->", text)
    return template


def _summary(result: SweepResult) -> str:
    failed, diverged = int((result.status == "failed").sum()), int(result.diverged.sum())
    cells = [
        ("runs", f"{len(result)} of {result.sweep.size}", ""),
        ("failed", str(failed), "bad" if failed else ""),
        ("not finite", str(diverged), "bad" if diverged else ""),
        *((f"{name}: never", str(runs.sum()), "") for name, runs in result.never.items()),
        ("computing time", duration_text(float(result.duration.sum())), ""),
        ("begun", result.sweep.created_at[:16].replace("T", " ") + " UTC", ""),
    ]
    return "".join(
        f'<div class="fact {kind}"><b>{value}</b><span>{name}</span></div>'
        for name, value, kind in ([html.escape(text) for text in cell] for cell in cells)
    )


# Pictures -------------------------------------------------------------------------------------


def _pictures(result: SweepResult) -> Iterator[str]:
    if not len(result) or not result.metrics:
        return
    made: list[tuple[str, Any]] = []
    names = list(result.metrics)
    if result.sweep.kind == "optimize":
        names = [result.objective]  # type: ignore[attr-defined]
        made.append(("history", result.history_figure()))  # type: ignore[attr-defined]
    for name in names[:MOST_PICTURES]:
        if not np.isfinite(result.metrics[name]).any():
            continue
        if result.sweep.kind == "sweep" and result.varied:
            made.append((name, figures.picture(result, name)))
        elif len(result.varied) > 1:
            made.append((name, figures.parallel(result, name)))
    if len(result.varied) > 1 and made:
        made.append((f"importance-{names[0]}", _importance(result, names[0])))
    for name, figure in made:
        if figure is not None:
            kind = ' class="wide"' if name == "history" else ""
            yield f"<figure{kind}>{_svg(figure, name)}</figure>"


def _importance(result: SweepResult, metric: str) -> Any:
    try:
        return figures.importance(result, metric)
    except IVisitError:
        return None  # a sample for Sobol indices that is not complete


def _svg(figure: Any, name: str) -> str:
    """Return a figure as an inline picture, whose identifiers are not those of another one."""
    import matplotlib

    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": name}):
        figure.savefig(buffer, format="svg", metadata={"Date": None}, transparent=True, dpi=150)
    text = buffer.getvalue()
    return text[text.index("<svg") :]


# Tables ---------------------------------------------------------------------------------------


def _data(result: SweepResult) -> str:
    """Return the long table as JSON that cannot end the script it stands in."""
    columns = {"id": result.ids, **result.columns()}
    rows = [
        [_cell(value) for value in row]
        for row in zip(*(c[:MOST_ROWS].tolist() for c in columns.values()), strict=True)
    ]
    # Seeds have more digits than a browser's numbers.
    place = list(columns).index("seed")
    for row in rows:
        row[place] = str(row[place])
    text = json.dumps({"columns": list(columns), "rows": rows}, ensure_ascii=False)
    return text.replace("<", "\\u003c")


def _cell(value: Any) -> Any:
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _cut(result: SweepResult) -> str:
    if len(result) <= MOST_ROWS:
        return ""
    return (
        f"The first {MOST_ROWS} of {len(result)} runs; <code>ivisit runs export</code> writes all."
    )


def _best(result: SweepResult) -> str:
    """Return the best trials, or for each metric the points with its smallest and largest value."""
    rows = best_rows(result)
    if not rows:
        return "<p>No run has finished with finite numbers.</p>"
    head, *body = rows
    return (
        "<table><tr>"
        + "".join(f"<th>{html.escape(cell)}</th>" for cell in head)
        + "</tr>"
        + "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
            for row in body
        )
        + "</table>"
    )


def _failures(result: SweepResult) -> str:
    failures = result.failures
    if not failures:
        return "<p>None.</p>"
    causes = Counter(f"{f.failure.stage}: {f.failure.type}: {f.failure.message}" for f in failures)
    text = "<table><tr><th>runs</th><th>cause</th></tr>"
    for cause, count in causes.most_common(MOST_FAILURES):
        text += f"<tr><td>{count}</td><td>{html.escape(cause)}</td></tr>"
    text += "</table>"
    for failure in failures[:MOST_FAILURES]:
        values = ", ".join(f"{name}={value}" for name, value in failure.parameters.items())
        head = f"run {failure.id}: {failure.failure.type}; {values}"
        body = failure.failure.traceback or str(failure.failure)
        if failure.output:
            body += f"\n\nIt printed:\n{failure.output}"
        text += (
            f"<details><summary>{html.escape(head)}</summary>"
            f"<pre>{html.escape(body)}</pre></details>"
        )
    if len(failures) > MOST_FAILURES:
        text += f"<p>The first {MOST_FAILURES} of {len(failures)}.</p>"
    return text


def _definitions(values: dict[str, Any]) -> str:
    rows = []
    for name, value in values.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        rows.append(f"<dt>{html.escape(name)}</dt><dd>{html.escape(text)}</dd>")
    return f"<dl>{''.join(rows)}</dl>"


def _commands(result: SweepResult) -> str:
    """Return how to continue and how to repeat."""
    store = shlex.quote(result.path.name)
    name = shlex.quote(result.name)
    begun = result.sweep.provenance.get("command")
    if begun is None:
        call = "sweep" if result.sweep.kind == "sweep" else "optimize"
        begun = f"# the same call: iv.{call}(..., name={result.name!r})"
    number = int(result.ids[0]) if len(result) else "ID"
    lines = [
        ("continue, or repeat in another folder", begun),
        ("repeat one run and compare its bits", f"ivisit runs rerun {number} --db {store}"),
        ("all runs as a table", f"ivisit runs export {name} --out runs.csv --db {store}"),
    ]
    return "".join(f"<p>{label}</p><pre>{html.escape(command)}</pre>" for label, command in lines)
