"""`StoredRun`, and the rows behind it: each checked on its way in, and on its way out."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from ivisit.errors import Failure, ParameterError, StoreError, expected, unknown
from ivisit.store.checksums import SIGNED, checksum, is_intact
from ivisit.store.set_rows import check_name
from ivisit.store.values import (
    check_text,
    decode,
    decode_metrics,
    decode_object,
    encode_document,
    encode_metrics,
    encode_parameters,
    unwrap,
)

#: How a run can end.
STATUSES = ("finished", "interrupted", "failed")

#: The columns of `ivisit.store.queries.RUNS` from which `to_run` makes a run.
COLUMNS = f"id, simulation, checksum, {', '.join(SIGNED['run'])}"

#: Inserts the simulation's row number, and what `to_row` returns.
INSERT = (
    f"INSERT INTO run (simulation_id, {', '.join(SIGNED['run'])}, checksum) "
    f"VALUES ({', '.join('?' * (2 + len(SIGNED['run'])))})"
)


@dataclass(frozen=True, kw_only=True)
class StoredRun:
    """A run as a store keeps it.

    Attributes
    ----------
    simulation : str
        Key of the simulation.
    parameters : dict
        Parameter name to value.
    seed : int, list of int or None
        What the random numbers started from.
    steps : int
        Steps that were done.
    status : str
        ``finished``, ``interrupted`` or ``failed``; in a list also ``damaged``, when the row in
        the file is not what was saved: nothing that it holds is served then.
    metrics : dict
        Name to number, NaN and infinities included.
    duration : float or None
        Seconds.
    started_at, finished_at : str or None
        ISO 8601 with zone.
    failure : Failure or None
        Why a failed run failed.
    provenance : dict
        Versions, platform, digest of the source, commit.
    sweep : str or None
        Label of the sweep that the run belongs to.
    index : int or None
        Place of the run in its sweep. A store takes each place once.
    id : int or None
        Number of the run in the store; None before it is saved.
    """

    simulation: str
    parameters: Mapping[str, Any]
    seed: Any
    steps: int
    status: str
    metrics: Mapping[str, float] = field(default_factory=dict)
    duration: float | None = None
    started_at: str | None = None
    finished_at: str | None = None
    failure: Failure | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)
    sweep: str | None = None
    index: int | None = None
    id: int | None = None


#: Names of the fields of `StoredRun`, without those that a store gives.
FIELDS = [one.name for one in fields(StoredRun) if one.name != "id"]


def make_run(simulation: str, details: Mapping[str, Any]) -> StoredRun:
    """Return a run of these fields; `ParameterError` for a name that is none."""
    for name in details:
        if name not in FIELDS:
            raise ParameterError(unknown(f"run of {simulation}", "field", name, FIELDS))
    return StoredRun(simulation=simulation, **details)


def to_row(run: StoredRun) -> tuple[Any, ...]:
    """Return the columns of `INSERT` behind the first, each value checked."""
    owner = f"run of {run.simulation}"
    check_name(run.simulation, "key of the simulation")
    if run.status not in STATUSES:
        raise ParameterError(expected(owner, "status", f"one of {', '.join(STATUSES)}", run.status))
    for name in ("sweep", "started_at", "finished_at"):
        if getattr(run, name) is not None:
            check_text(getattr(run, name), f"{owner}.{name}")
    if run.failure is not None and not isinstance(run.failure, Failure):
        raise ParameterError(expected(owner, "failure", "a Failure or None", run.failure))
    for name in ("metrics", "provenance"):
        if not isinstance(getattr(run, name), Mapping):
            raise ParameterError(expected(owner, name, "a mapping", getattr(run, name)))
    columns = {
        "sweep": run.sweep,
        "sweep_index": None if run.index is None else _count(run.index, owner, "index"),
        "parameters": encode_parameters(run.parameters, run.simulation),
        "seed": encode_document(run.seed, f"{owner}.seed"),
        "steps": _count(run.steps, owner, "steps"),
        "status": run.status,
        "metrics": encode_metrics(run.metrics, owner),
        "duration": None if run.duration is None else _seconds(run.duration, owner),
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "failure": run.failure
        and encode_document(printable(asdict(run.failure)), f"{owner}.failure"),
        "provenance": encode_document(run.provenance, f"{owner}.provenance"),
    }
    signed = [columns[name] for name in SIGNED["run"]]
    return *signed, checksum(signed)


def _count(value: Any, owner: str, name: str) -> int:
    try:
        count = -1 if isinstance(value, bool) else operator.index(unwrap(value))
    except TypeError:
        count = -1
    if not 0 <= count < 2**63:
        raise ParameterError(expected(owner, name, "a whole number from 0 on", value))
    return count


def _seconds(value: Any, owner: str) -> float:
    number = unwrap(value)
    good = isinstance(number, int | float) and not isinstance(number, bool)
    if not (good and 0 <= number < math.inf):
        raise ParameterError(expected(owner, "duration", "a number of seconds or None", value))
    return float(number)


def printable(failure: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of `failure`, with what a store refuses in texts written as escapes."""
    # A message may repeat whatever the failed code worked on, and must not fail to be stored.
    return {
        name: value.replace("\0", "\\0").encode("utf-8", "backslashreplace").decode("utf-8")
        if isinstance(value, str)
        else value
        for name, value in failure.items()
    }


def to_run(row: tuple[Any, ...]) -> StoredRun:
    """Return the run in a row of `COLUMNS`; of a damaged one only what its place tells."""
    number, key, signature, *signed = row
    values = dict(zip(SIGNED["run"], signed, strict=True))
    index = values.pop("sweep_index")
    try:
        if not is_intact(signed, signature):
            raise StoreError("differs from what was saved")
        return StoredRun(simulation=key, index=index, id=number, **_decoded(values))
    except StoreError:
        return StoredRun(
            simulation=key,
            parameters={},
            seed=None,
            steps=0,
            status="damaged",
            sweep=values["sweep"],
            index=index,
            id=number,
        )


def _decoded(values: dict[str, Any]) -> dict[str, Any]:
    failure = values["failure"]
    return values | {
        "parameters": decode_object(values["parameters"]),
        "provenance": decode_object(values["provenance"]),
        "seed": decode(values["seed"]),
        "metrics": decode_metrics(values["metrics"]),
        "failure": None if failure is None else _to_failure(decode_object(failure)),
    }


def _to_failure(stored: Mapping[str, Any]) -> Failure:
    known = {one.name for one in fields(Failure)}
    try:
        return Failure(**{name: value for name, value in stored.items() if name in known})
    except TypeError as error:
        raise StoreError(f"the store holds an incomplete failure: {error}") from error
