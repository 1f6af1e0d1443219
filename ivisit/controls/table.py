"""`Table`: a small array of numbers, such as points that people click."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, overload

import numpy as np

from ivisit.controls.base import Control
from ivisit.declarations import Holder
from ivisit.errors import ParameterError, shorten

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

#: Rows at the most: more are data, which belong into a file.
MOST_ROWS = 10_000


class Rows(tuple[tuple[float, ...], ...]):
    """The value of a `Table`: rows of numbers that cannot be changed.

    It compares, prints and encodes as a tuple; `numpy.asarray` makes an array of it.
    """

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(tuple(self), dtype=dtype or np.float64)


class Table(Control[np.ndarray[Any, Any]]):
    """A small array of numbers, shape (rows, columns).

    It is edited in a table or by paste, and by the simulation, e.g. where people click
    (``self.points = ...``). Reading the attribute gives a new float64 array each time; to change
    the value, assign an array. On a command line it is JSON, ``[[0, 1], [2, 3]]``, or the name of a
    CSV file.

    Parameters
    ----------
    default : array_like, shape (rows, columns)
        Initial numbers; an empty list is a table without rows.
    columns : sequence of str
        What the columns are called.
    label, help, group, restart
        See `Control`.
    """

    def __init__(
        self,
        default: ArrayLike = (),
        *,
        columns: Sequence[str],
        label: str | None = None,
        help: str = "",
        group: str = "",
        restart: bool = False,
    ) -> None:
        super().__init__(default, label=label, help=help, group=group, restart=restart)
        self.columns = columns

    def check(self, owner: str) -> None:
        names = self.columns
        if isinstance(names, str) or not all(isinstance(n, str) and n for n in names) or not names:
            raise self.refusal(owner, "columns", "a list of texts", names)
        if len(set(names)) != len(names):
            raise self.refusal(owner, "columns", "different from each other", names)
        self.columns = tuple(names)
        super().check(owner)

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Holder, owner: type) -> np.ndarray: ...
    def __get__(self, instance: Holder | None, owner: type) -> Any:
        if instance is None:
            return self
        rows = instance._ivisit_values[self.name]
        return np.array(tuple(rows), np.float64).reshape(len(rows), len(self.columns))

    def __set__(self, instance: Holder, value: ArrayLike) -> None:
        instance._ivisit_parameters[self.name] = value

    def validate(self, value: Any, *, owner: str = "", present: Any = None) -> Rows:
        try:
            array = np.asarray(value if isinstance(value, np.ndarray) else list(value))
        except (TypeError, ValueError):
            raise self._refused(owner, value) from None
        width = len(self.columns)
        if array.size == 0 and array.ndim <= 2:
            return Rows()
        if array.ndim != 2 or array.shape[1] != width or array.dtype.kind not in "buif":
            raise self._refused(owner, value)
        if not np.isfinite(array).all():
            raise self._refused(owner, value, "an array of finite numbers")
        if len(array) > MOST_ROWS:
            raise self._refused(owner, value, f"at most {MOST_ROWS} rows")
        return Rows(tuple(row) for row in array.astype(np.float64).tolist())

    def parse(self, text: str, *, owner: str = "", present: Any = None) -> Rows:
        text = text.strip()
        if text.startswith("["):
            try:
                return self.validate(json.loads(text), owner=owner)
            except json.JSONDecodeError as error:
                raise self._refused(owner, text, f"JSON ({error})") from None
        return self.validate(self._read(text, owner), owner=owner)

    def _read(self, text: str, owner: str) -> list[list[float]]:
        try:
            content = Path(text).read_text(encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            allowed = "JSON such as [[0, 1]], or the name of a CSV file"
            reason = getattr(error, "strerror", "") or "no name of a file"
            raise ParameterError(f"{self._refused(owner, text, allowed)} ({reason})") from None
        try:
            return rows_of_text(content)
        except ValueError as error:
            raise self._refused(owner, text, f"a file of numbers ({error})") from None

    def text(self, value: Any) -> str:
        return json.dumps([list(row) for row in value])

    def allowed(self) -> str:
        return f"an array of numbers with the columns {', '.join(self.columns)}"

    @property
    def type_name(self) -> str:
        return "table"

    def describe(self) -> dict[str, Any]:
        default = [list(row) for row in self.default]
        return super().describe() | {"default": default, "columns": list(self.columns)}


def rows_of_text(text: str) -> list[list[float]]:
    r"""Return the numbers in a text: of a CSV file, or copied from a spreadsheet.

    A first line without numbers is a heading.

    >>> rows_of_text("x;y\n1;2\n"), rows_of_text("1\t2\n3\t4")
    ([[1.0, 2.0]], [[1.0, 2.0], [3.0, 4.0]])

    Raises
    ------
    ValueError
        For a cell that is no number; the message names its line.
    """
    separator = next((s for s in "\t;," if s in text), None)
    lines = [line for line in text.splitlines() if line.strip()]
    if separator is None:
        cells = [line.split() for line in lines]
    else:
        cells = list(csv.reader(lines, delimiter=separator))
    rows = []
    for number, line in enumerate(cells, start=1):
        try:
            rows.append([float(cell) for cell in line])
        except ValueError:
            if number > 1:
                raise ValueError(f"line {number}: {shorten(' '.join(line))}") from None
    return rows
