"""The report page: self-contained, escaped, and alive in a browser."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

import ivisit as iv
from ivisit.runs.report import page, write_report
from ivisit.runs.sweep_result import SweepResult

WILD = '''
    """Fails with what could break a page."""
    import ivisit as iv

    class Wild(iv.Simulation):
        rate = iv.Slider(1.0, 1e-3, 1e3, scale="log")
        rule = iv.OptionList("plain", ["plain", "</script><b>&"])
        loss = iv.Trace()
        def step(self):
            print("<i>printed</i>")
            if self.rate > 500:
                raise ValueError("</script><script>alert(1)</script>")
            self.loss = float("inf") if self.rate > 50 else self.rate + self.rng.random()
'''


@pytest.fixture
def result(write: Callable[[str, str], Path]) -> SweepResult:
    """A sweep with failures and texts that must be escaped."""
    path = write("wild.py", WILD)
    return iv.sweep(
        path,
        {"rate": [0.1, 1.0, 100.0, 1000.0], "rule": ["plain", "</script><b>&"]},
        repeats=3,
        steps=1,
        workers=0,
        name="wild <sweep>",
        store=path.with_suffix(".ivisit"),
    )


class Checker(HTMLParser):
    """Collects what a page refers to, and its structure."""

    def __init__(self) -> None:
        super().__init__()
        self.references: list[str] = []
        self.scripts = 0
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        for name, value in attributes:
            if name in ("src", "href", "xlink:href") and value and not value.startswith("#"):
                self.references.append(value)


def test_the_page_needs_nothing_else_and_holds_everything(result: SweepResult) -> None:
    text = page(result)
    checker = Checker()
    checker.feed(text)
    assert [r for r in checker.references if not r.startswith("data:")] == []
    assert not re.search(r"url\((?!#)", text)
    assert "@import" not in text
    assert checker.scripts == 2, "nothing that a run printed or raised may become a script"
    assert text.count("<svg") >= 2
    data = json.loads(
        re.search(r'<script id="data" type="application/json">(.*?)</script>', text)[1]
    )
    assert len(data["rows"]) == 24
    assert data["rows"][1][data["columns"].index("rule")] == "</script><b>&"
    assert data["rows"][0][data["columns"].index("seed")] == str(result.seed[0])
    for word in (
        "ivisit runs rerun",
        "numpy",
        "repeats",
        "wild &lt;sweep&gt;",
        "6</b><span>failed",
    ):
        assert word in text
    assert not re.search("<!--[a-z]+-->", text)


BROWSER = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)

#: Sorts by loss twice, filters, and leaves what the table then shows in the document.
USE = """
<script>
const press = name => [...document.querySelectorAll("#runs th button")]
  .find(button => button.textContent.startsWith(name)).click();
press("loss"); press("loss");
const box = document.getElementById("filter");
box.value = "rate<50 status=finished"; box.dispatchEvent(new Event("input"));
const cells = [...document.querySelectorAll("#runs tr")].map(
  row => [...row.cells].map(cell => cell.textContent).join("|"));
document.body.dataset.cells = JSON.stringify(cells);
</script></body>"""


@pytest.mark.skipif(BROWSER is None, reason="needs Chromium")
def test_the_table_sorts_and_filters_in_a_browser(result: SweepResult, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    write_report(result, file)
    file.write_text(file.read_text(encoding="utf-8").replace("</body>", USE), encoding="utf-8")
    done = subprocess.run(
        [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
         "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", f"--user-data-dir={tmp_path / 'browser'}", "--dump-dom", file.as_uri()],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    found = re.search(r'data-cells="(.*?)"', done.stdout)
    assert found, done.stderr
    rows = [line.split("|") for line in json.loads(html.unescape(found[1]))]
    place = next(i for i, name in enumerate(rows[0]) if name.startswith("loss"))
    shown = [float(row[place]) for row in rows[1:]]
    chosen = result.metrics["loss"][result.parameters["rate"] < 50]
    assert shown == pytest.approx(sorted(chosen, reverse=True), rel=1e-6)


def test_a_page_that_cannot_be_written_is_told(result: SweepResult, tmp_path: Path) -> None:
    with pytest.raises(iv.IVisitError, match="cannot be written"):
        write_report(result, tmp_path / "no" / "report.html")
