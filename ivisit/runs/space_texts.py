"""How axes and ranges are written on the command line: ``rate=log:1e-4:1:13``, ``x=0..1``."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Mapping
from typing import Any

from ivisit.controls.slider import number_from_text, with_decimal_point
from ivisit.errors import IVisitError, ParameterError
from ivisit.ranges import Range as Interval
from ivisit.runs.space import Range
from ivisit.runs.targets import Target, find_target
from ivisit.simulation import Simulation

SERIES = ("log", "lin", "int")


def parse_parameters(simulation: type[Simulation], texts: Mapping[str, str]) -> dict[str, Any]:
    """Return what the texts of ``-p name=text`` stand for, as `iv.sweep` takes it."""
    values = {}
    for name, text in texts.items():
        target = find_target(simulation, name)
        values[target.name] = parse_values(target, text)
    return values


def parse_values(target: Target, text: str) -> Any:
    """Return a value, a list of them (an axis), or a `Range`.

    Parameters
    ----------
    target : Target
        The parameter.
    text : str
        A value; values with commas between them; ``log:low:high:n``, ``lin:low:high:n`` (n numbers
        from bound to bound), ``int:low:high[:step]``; ``*``, all options; ``low..high[:log]``, a
        range to sample; a JSON list, for values that hold commas, colons or stars.
    """
    kind, colon, rest = text.partition(":")
    if target.numeric and colon and kind in SERIES:
        return _series(target, kind, rest.split(":"), text)
    if target.numeric and ".." in text:
        return parse_range(target, text)
    if text == "*":
        return list(target.options())
    if text.startswith("["):
        return _json_axis(target, text)
    if text.startswith("{") or text in map(str, getattr(target.control, "options", ())):
        return target.parse(text)
    parts = text.split(",")
    if len(parts) == 1:
        return target.parse(text)
    try:
        return [target.parse(part.strip()) for part in parts]
    except ParameterError as error:
        raise with_decimal_point(error, text) from None


def parse_range(target: Target, text: str) -> Range:
    """Return the range that ``low..high``, ``low..high:log`` or ``*`` stands for."""
    if text == "*":
        return Range()
    bounds, colon, scale = text.partition(":")
    low, dots, high = bounds.partition("..")
    if not dots or (colon and scale not in ("log", "linear")):
        raise target.refusal("a range LOW..HIGH or LOW..HIGH:log", text)
    return Range(
        target.validate(number_from_text(low)),
        target.validate(number_from_text(high)),
        scale or None,
    )


def parse_ranges(simulation: type[Simulation], texts: Mapping[str, str]) -> dict[str, Range]:
    """Return the ranges that ``--range name=text`` stand for."""
    found = {name: find_target(simulation, name) for name in texts}
    return {target.name: parse_range(target, texts[name]) for name, target in found.items()}


def read_points(simulation: type[Simulation], path: str | os.PathLike[str]) -> list[dict[str, Any]]:
    """Return the points of a CSV table whose first line names the parameters."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise IVisitError(f"{path}: cannot be read as a table: {reason}") from error
    if not rows:
        raise IVisitError(f"{path}: is empty; its first line must name the parameters")
    names = [find_target(simulation, name.strip()) for name in rows[0]]
    points = []
    for number, row in enumerate(rows[1:], start=2):
        if not row:
            continue
        if len(row) != len(names):
            raise IVisitError(f"{path}, line {number}: has {len(row)} cells, not {len(names)}")
        points.append({t.name: t.parse(cell.strip()) for t, cell in zip(names, row, strict=True)})
    return points


def _series(target: Target, kind: str, parts: list[str], text: str) -> list[float]:
    control: Any = target.control
    wanted = "int:LOW:HIGH or int:LOW:HIGH:STEP" if kind == "int" else f"{kind}:LOW:HIGH:NUMBER"
    numbers = [number_from_text(part) for part in parts]
    if len(numbers) not in ((2, 3) if kind == "int" else (3,)):
        raise target.refusal(wanted, text)
    low, high = target.validate(numbers[0]), target.validate(numbers[1])
    last = numbers[2] if len(numbers) == 3 else 1
    if not isinstance(last, int) or last < 1:
        raise target.refusal(f"{wanted} with a whole number from 1 on at the end", text)
    if low > high or (kind == "log" and low <= 0):
        positive = " and both positive" if kind == "log" else ""
        raise target.refusal(f"{wanted} with LOW below HIGH{positive}", text)
    if kind == "int":
        if not (float(low).is_integer() and float(high).is_integer()):
            raise target.refusal(f"{wanted} with whole numbers", text)
        return [target.validate(number) for number in range(int(low), int(high) + 1, last)]
    if low == high:
        return [low]
    scale: Any = "log" if kind == "log" else "linear"
    return Interval(low, high, scale=scale, whole=control.type is int).points(last)


def _json_axis(target: Target, text: str) -> list[Any]:
    try:
        values = json.loads(text)
    except ValueError as error:
        raise ParameterError(
            f"{target.owner}.{target.path[-1]}: begins like a JSON list and is none: {error}"
        ) from None
    return [target.validate(value) for value in values]
