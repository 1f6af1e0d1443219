"""Writes version4.ivisit, the file of schema version 4 that test_migrations.py opens.

Kept to show where that file came from. The file itself stays as it is: written anew by a later
version of ivisit, it would no longer show that old files can be opened.
"""

from __future__ import annotations

import base64
import sys
from typing import Any

from ivisit.errors import Failure
from ivisit.store import ParameterStore
from ivisit.store.sweep_rows import StoredSweep, SweepRow

RUN: dict[str, Any] = {"parameters": {"sigma": 1.0}, "seed": 2**100, "steps": 10}
FAILURE = Failure(
    stage="step",
    type="ValueError",
    message="sigma must not be zero",
    traceback="Traceback (most recent call last): ...",
    file="gauss_filter.py",
    line=12,
    source="blur(self.photo, 0)",
)

#: One gray pixel.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


def main(path: str) -> None:
    with ParameterStore(path) as store:
        store.save("GaussFilter", "soft", {"sigma": 2.0, "mode": "reflect"})
        store.save(
            "GaussFilter",
            "soft",
            {"sigma": 8.5, "mode": "wrap", "size": 10**30, "on": True, "zero": -0.0},
            comment="für Porträts",
            grade=1.3,
            layout={"sigma": [0, 70]},
            picture=PICTURE,
        )
        store.save("GaussFilter", "wrong", {"sigma": 0.1})
        store.delete("GaussFilter", "wrong")
        store.save("Old script", "N.N.", {"weights": {"first": 1, "second": 2.5}}, grade=-1)
        store.save_run(
            "GaussFilter",
            **RUN,
            status="finished",
            metrics={"change": 0.25},
            duration=0.5,
            started_at="2026-05-01T12:00:00+02:00",
            finished_at="2026-05-01T12:00:00.5+02:00",
            provenance={"python": "3.11.7", "git": {"commit": None}},
            sweep="sigma",
            index=0,
        )
        store.save_run(
            "GaussFilter", **RUN, status="failed", failure=FAILURE, sweep="sigma", index=1
        )
        store.save_run("Old script", **RUN, status="interrupted")
        save_sweep(store)


def save_sweep(store: ParameterStore) -> None:
    sweep = StoredSweep(
        simulation="GaussFilter",
        name="rates",
        kind="sweep",
        specification={
            "fixed": {"sigma": 2.0, "mode": "wrap"},
            "space": {"order": ["sigma"], "axes": {"sigma": [0.5, 1.0]}},
            "repeats": 1,
            "metrics": {"change": "change:last"},
        },
        source_sha256="0" * 64,
        size=2,
        entropy=2**62,
        provenance={"python": "3.11.7"},
    )
    store.save_sweep(sweep, {"0" * 64: ("gauss.py", b"pass")})
    stored = store.load_sweep("rates")
    rows = [
        SweepRow(
            index=i,
            parameters={"sigma": 0.5 + i / 2},
            seed=2**63 - 1 - i,
            steps=10,
            status="finished",
            metrics={"change": float("nan") if i else 0.25},
            duration=0.5,
            traces=(("change", b"steps", b"data"),),
        )
        for i in range(2)
    ]
    store.save_rows(stored, rows)


if __name__ == "__main__":
    main(sys.argv[1])
