"""What all experiments share: quick or full, sweeps that go on, intervals, claims, files.

An experiment is one script. It measures rows, draws them, and says which sentences they bear out::

    EXPERIMENT = Experiment(__file__, __doc__, measure, draw, claims, intervals="...")
    if __name__ == "__main__":
        EXPERIMENT.main()

It writes three files: ``name.csv`` (the rows), ``name.png``, and ``name.json``, the caption with
the command, versions, date and claims. Picture and claims are made from the rows as the file has
them, so that whoever has the CSV file can check them. ``python name.py --redraw`` does only that.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import io
import json
import logging
import math
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from intervals import Claim

from ivisit import IVisitError

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "experiments"
#: What sweeps have computed already; a full run takes it up where it was ended.
CACHE = ROOT / "build" / "experiments"
VERSIONS = ("ivisit-lab", "numpy", "scipy", "matplotlib")

Row = dict[str, Any]
logger = logging.getLogger("experiments")


# Rows


def select(rows: Sequence[Row], **values: Any) -> list[Row]:
    """Return the rows that have these values."""
    return [row for row in rows if all(row[name] == value for name, value in values.items())]


def column(rows: Sequence[Row], name: str, **values: Any) -> np.ndarray:
    """Return one column of the rows that have these values, in their order."""
    return np.array([row[name] for row in select(rows, **values)])


def components(row: Row, name: str) -> list[float]:
    """Return what a trace of arrays has left in a row, without the places that are NaN."""
    values = [value for key, value in row.items() if key.startswith(f"{name}.")]
    return [value for value in values if not math.isnan(value)]


def distinct(rows: Sequence[Row], name: str) -> list[Any]:
    """Return the values of a column, each once, in the order in which they appear."""
    return list(dict.fromkeys(row[name] for row in rows))


def read(path: Path) -> list[Row]:
    """Return the rows of a CSV file, numbers as numbers."""
    with path.open(newline="", encoding="utf-8") as file:
        return [{name: _number(cell) for name, cell in row.items()} for row in csv.DictReader(file)]


def _number(cell: str) -> Any:
    for kind in (int, float):
        try:
            return kind(cell)
        except ValueError:
            continue
    return {"True": True, "False": False}.get(cell, cell)


# Experiments


@dataclass(frozen=True)
class Lab:
    """Where an experiment computes."""

    name: str
    quick: bool
    cache: Path
    accept_changed: bool = False

    @property
    def store(self) -> Path:
        """The file that keeps what sweeps have computed."""
        return self.cache / f"{self.name}.ivisit"

    def pick(self, full: Any, quick: Any) -> Any:
        """Return the one or the other."""
        return quick if self.quick else full

    def sweep(
        self,
        simulation: Any,
        parameters: Mapping[str, Any] | None = None,
        *,
        repeats: int = 1,
        workers: int | None = None,
        **options: Any,
    ) -> list[Row]:
        """Return a row for each run of one step: varied parameters, repeat and traces.

        All points of a repeat have the same random numbers. Runs that a former call has stored are
        not computed again, unless the script or a helper beside it has changed.
        """
        import ivisit as iv
        from ivisit.runs.sitting import SourceChanged
        from ivisit.runs.specification import SweepMismatch

        settings: dict[str, Any] = {"steps": 1, "seeds": "common", "seed": 1, **options}
        settings = {"name": simulation.__name__} | settings
        settings |= {"repeats": repeats, "store": self.store}
        settings |= {"workers": 0} if self.quick else {"workers": workers, "progress": True}
        settings["accept_changed"] = self.accept_changed
        try:
            result = iv.sweep(simulation, parameters, **settings)
        except (SourceChanged, SweepMismatch) as changed:
            logger.warning("%s: computed anew, since the script has changed", self.name)
            logger.info("%s", changed)
            self.store.unlink()
            result = iv.sweep(simulation, parameters, **settings)
        if result.failures:
            raise RuntimeError(f"{self.name}: {result.failures[0]}")
        names = {name: result.parameter(name) for name in result.varied}
        columns = names | {"repeat": result.repeat} | result.metrics
        cells = [column.tolist() for column in columns.values()]
        return [dict(zip(columns, row, strict=True)) for row in zip(*cells, strict=True)]


@dataclass(frozen=True)
class Experiment:
    """A script's measurement, picture and claims.

    Attributes
    ----------
    file : str
        The script.
    about : str
        Its docstring: the question as first line, what is done, and "Reference: ...".
    measure : callable
        Returns the rows, given a `Lab`.
    draw : callable
        Returns a Matplotlib figure of the rows.
    claims : callable
        Returns the claims that the rows decide.
    intervals : str
        What the 95 % intervals are.
    """

    file: str
    about: str
    measure: Callable[[Lab], list[Row]]
    draw: Callable[[list[Row]], Any]
    claims: Callable[[list[Row]], list[Claim]]
    intervals: str

    @property
    def name(self) -> str:
        """What its files are called."""
        return Path(self.file).stem

    def main(self, arguments: Sequence[str] | None = None) -> None:
        """Run it from the command line; exit with 1 when it fails, 130 after Ctrl-C."""
        parser = argparse.ArgumentParser(description=self.about.partition("\n")[0])
        parser.add_argument("--quick", action="store_true", help="a small version, for a test")
        parser.add_argument("--redraw", action="store_true", help="picture and claims of the rows")
        parser.add_argument("--out", type=Path, help="folder of the files (docs/experiments)")
        parser.add_argument(
            "--accept-changed",
            action="store_true",
            help="keep what was computed although the script has changed",
        )
        options = parser.parse_args(arguments)
        logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
        folder = options.out or (CACHE / "quick" if options.quick else FOLDER)
        try:
            if options.redraw:
                self.redraw(folder)
            else:
                self.run(folder, quick=options.quick, accept_changed=options.accept_changed)
        except KeyboardInterrupt as end:
            logger.info("%s", end or f"{self.name}: ended")
            sys.exit(130)
        except IVisitError as error:  # as where another process computes the same sweep
            sys.exit(f"{self.name}: {error}")

    def run(self, folder: Path, *, quick: bool = False, accept_changed: bool = False) -> None:
        """Measure, and write the three files."""
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            cache = Path(scratch) if quick else CACHE
            cache.mkdir(parents=True, exist_ok=True)
            rows = self.measure(Lab(self.name, quick, cache, accept_changed))
        table, caption = folder / f"{self.name}.csv", folder / f"{self.name}.json"
        text = as_csv(rows)
        if not (caption.exists() and table.exists() and table.read_text(encoding="utf-8") == text):
            command = f"python experiments/{self.name}.py" + (" --quick" if quick else "")
            write_text(table, text)
            write_json(caption, {"command": command} | provenance())
        self.redraw(folder)

    def redraw(self, folder: Path) -> None:
        """Make picture and claims of the rows that are stored."""
        rows = read(folder / f"{self.name}.csv")
        caption = json.loads((folder / f"{self.name}.json").read_text(encoding="utf-8"))
        claims = self.claims(rows)
        title, _, text = self.about.strip().partition("\n")
        text, _, reference = text.partition("Reference:")
        about = {
            "title": title,
            "text": " ".join(text.split()),
            "reference": " ".join(reference.split()),
            "intervals": self.intervals,
            "claims": list(map(asdict, claims)),
        }
        write_json(folder / f"{self.name}.json", caption | about)
        figure = self.draw(rows)
        with replaced(folder / f"{self.name}.png") as draft:
            figure.savefig(draft, dpi=110, format="png", metadata={"Software": None})
        for claim in claims:
            verdict = "holds" if claim.holds else "DOES NOT HOLD"
            logger.info("%s: %s (%s)", verdict, claim.sentence, claim.number)


# Files


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Yield a file to write, which takes the place of `path` when it is complete."""
    draft = path.with_name(f"{path.name}.part")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def as_csv(rows: Sequence[Row]) -> str:
    """Return rows as CSV; numbers with six digits, which is more than they are certain to."""
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return file.getvalue()


def _cell(value: Any) -> Any:
    return f"{value:.6g}" if isinstance(value, float) else value


def write_text(path: Path, text: str) -> None:
    """Write a file in one go."""
    with replaced(path) as draft:
        draft.write_text(text, encoding="utf-8")


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a caption."""
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def provenance() -> dict[str, Any]:
    """Return when and with what numbers are measured; nothing that names the machine."""
    versions = {name: version(name) for name in VERSIONS}
    return {
        "date": datetime.date.today().isoformat(),
        "versions": {"python": platform.python_version()} | versions,
        "processor": f"{platform.machine()}, {os.cpu_count()} cores",
    }
