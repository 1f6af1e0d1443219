"""`compare`: the same simulation with two to four sets of parameters, side by side."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from ivisit.calling import as_seed, instance_of
from ivisit.declarations import is_whole
from ivisit.errors import ParameterError, RunError, expected, shorten
from ivisit.plugins.finding import get_simulation
from ivisit.plugins.origins import release
from ivisit.runs.beginning import take_set, take_stored
from ivisit.runs.comparison import FEWEST, MOST, Comparison
from ivisit.runs.single import run_prepared
from ivisit.store.parameter_set import ParameterSet

if TYPE_CHECKING:
    from ivisit.runs.result import RunResult
    from ivisit.simulation import Simulation
    from ivisit.store import ParameterStore

#: The name of a stored set, a set that was loaded, or values by name.
SetLike: TypeAlias = "str | ParameterSet | Mapping[str, Any]"


def compare(
    simulation: Any,
    sets: Sequence[SetLike] | Mapping[str, SetLike],
    *,
    steps: int,
    seed: int | None = 0,
    parameters: Mapping[str, Any] | None = None,
    parameter_set: str | None = None,
    record: Iterable[str] | None = None,
    every: int = 1,
    store: ParameterStore | str | os.PathLike[str] | None = None,
    strict: bool = True,
    progress: bool = False,
) -> Comparison:
    """Run a simulation with two to four sets of parameters and the same seed.

    Each run is that of `ivisit.run` with a simulation of its own. One that fails is among the
    results, with its failure, and the others stand.

    Parameters
    ----------
    simulation : Simulation subclass, str or path-like
        A class, the name of a plugin, or a path ``file.py[:Class]``.
    sets : sequence, or mapping of str to set
        Two to four of: the name of a stored set, ``NAME@VERSION``, or ``OTHER.ivisit:NAME``; a
        `ParameterSet`; a dict of values. A mapping gives each run its name; else that is the name
        of the set, or the values as in ``"sigma=4"``.
    steps : int
        How many steps each runs.
    seed : int or None, optional
        Seed of all runs, 0 by default. None draws one for all of them.
    parameters : dict, optional
        Values for all runs; they take precedence over a stored set, and a dict in `sets` over them.
    parameter_set : str, optional
        Name of the stored set from which a dict in `sets` differs, by default the declared
        defaults.
    record, every
        What to record, and how often; see `ivisit.run`.
    store : ParameterStore or path-like, optional
        Where the sets are read, by default the simulation's own store in the working directory.
        Nothing is entered there.
    strict : bool, optional
        Whether a set that does not fit the declaration any more is refused; else a warning names
        what was left out.
    progress : bool, optional
        Show progress bars on stderr.

    Returns
    -------
    Comparison

    Raises
    ------
    ParameterError
        For fewer than two or more than four sets, for names and values that are not acceptable,
        and for an instance, which cannot run twice from the same beginning. Nothing has run then.
    StoreError
        When there is no such set; the message names the closest one.
    KeyboardInterrupt
        After Ctrl-C: there is nothing to be compared.

    Examples
    --------
    >>> import ivisit as iv
    >>> class Walk(iv.Simulation):
    ...     stride = iv.Slider(1.0, 0.0, 10.0)
    ...     position = iv.Trace()
    ...
    ...     def init(self):
    ...         self.position = 0.0
    ...
    ...     def step(self):
    ...         self.position += self.stride * self.rng.standard_normal()
    >>> comparison = iv.compare(Walk, {"short": {"stride": 1}, "long": {"stride": 3}}, steps=100)
    >>> short, long = (run.traces["position"][-1] for run in comparison.runs.values())
    >>> bool(abs(long - 3 * short) < 1e-9)
    True
    """
    if not is_whole(steps, 0):
        raise ParameterError(expected("compare", "steps", "a whole number from 0 on", steps))
    named = _named(sets)
    found = get_simulation(simulation)
    try:
        if not isinstance(found, type):
            raise ParameterError(
                "compare: needs the class of the simulation, its name or its file rather than an "
                f"instance of {type(found).key}: each set gets a simulation of its own"
            )
        with _Reading(store) as opened:
            beginnings = [
                _Beginning(values, parameters or {}, parameter_set, opened, strict)
                for values in named.values()
            ]
            # Whatever is wrong with one is told before the first of them runs.
            for beginning in beginnings:
                beginning.give(instance_of(found))
            common: Any = {"steps": int(steps), "record": record, "every": every}
            common |= {"seed": as_seed(seed), "progress": progress}
            runs = [_run_one(found, beginning, common) for beginning in beginnings]
    finally:
        if found is not simulation:
            release(found)
    return Comparison(dict(zip(named, runs, strict=True)))


def _run_one(simulation: type[Simulation], beginning: _Beginning, common: Any) -> RunResult:
    try:
        result = run_prepared(simulation, beginning.give, **common)
    except RunError as error:
        if error.result is None:
            raise
        return error.result
    if result.status == "interrupted":
        raise KeyboardInterrupt
    return result


class _Beginning:
    """What a run begins with; a stored set is loaded once."""

    def __init__(
        self,
        values: SetLike,
        common: Mapping[str, Any],
        base: str | None,
        store: ParameterStore | None,
        strict: bool,
    ) -> None:
        self._set: str | ParameterSet | None
        if isinstance(values, str | ParameterSet):
            self._set, self._values = values, dict(common)
        else:
            self._set, self._values = base, {**common, **values}
        self._store, self._strict = store, strict
        self._taken: ParameterSet | None = None

    def give(self, simulation: Simulation) -> None:
        """Give a fresh simulation its values."""
        known = self._set
        if self._taken is not None:
            # The run begins with what was checked, whatever others save in the meantime.
            simulation.parameters.take(self._taken.adjustments, self._taken)
        elif isinstance(known, str):
            self._taken = take_set(simulation, known, self._store, strict=self._strict)
        elif known is not None:
            take_stored(simulation, known, known.simulation, strict=self._strict)
            self._taken = known
        simulation.parameters.update(self._values)


class _Reading:
    """The store that is read, open meanwhile; None for the simulation's own."""

    def __init__(self, store: ParameterStore | str | os.PathLike[str] | None) -> None:
        self._given = store

    def __enter__(self) -> ParameterStore | None:
        from ivisit.store import ParameterStore

        given = self._given
        if given is None or isinstance(given, ParameterStore):
            self._opened = None
            return given
        self._opened = ParameterStore(given, create=False)
        return self._opened

    def __exit__(self, *exception: object) -> None:
        if self._opened is not None:
            self._opened.close()


def _named(sets: Sequence[SetLike] | Mapping[str, SetLike]) -> dict[str, SetLike]:
    """Return what is to be compared by name, two to four of them."""
    is_sequence = isinstance(sets, Sequence) and not isinstance(sets, str)
    if not is_sequence and (not isinstance(sets, Mapping) or isinstance(sets, ParameterSet)):
        allowed = "two to four sets in a list, or in a dict by name"
        raise ParameterError(expected("compare", "sets", allowed, sets))
    pairs = list(sets.items()) if isinstance(sets, Mapping) else [(name_of(s), s) for s in sets]
    if not FEWEST <= len(pairs) <= MOST:
        names = ", ".join(repr(name) for name, _ in pairs) or "none"
        raise ParameterError(
            f"compare: needs two to four parameter sets, not {len(pairs)} ({names})"
        )
    for name, values in pairs:
        if not isinstance(values, str | Mapping):
            allowed = "the name of a stored set, a ParameterSet, or a dict of values"
            raise ParameterError(expected("compare", str(name), allowed, values))
    named = dict(pairs)
    if len(named) < len(pairs):
        twice = next(name for name, _ in pairs if [n for n, _ in pairs].count(name) > 1)
        raise ParameterError(
            f"compare: two sets are called {twice!r}; a dict gives each run a name of its own"
        )
    return named


def name_of(values: SetLike) -> str:
    """Return what a run with these values is called.

    >>> name_of("soft@2"), name_of({"sigma": 4.0, "mode": "wrap"}), name_of({})
    ('soft@2', 'sigma=4.0, mode=wrap', 'defaults')
    """
    if isinstance(values, str):
        return values
    if isinstance(values, ParameterSet):
        return f"{values.name}@{values.version}"
    if not isinstance(values, Mapping):
        return shorten(values)
    texts = (f"{n}={v}" if isinstance(v, str) else f"{n}={shorten(v)}" for n, v in values.items())
    return ", ".join(texts) or "defaults"
