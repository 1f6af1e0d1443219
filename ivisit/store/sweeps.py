"""Sweeps in the store: what was asked for, and who computes it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from ivisit.errors import StoreError, unknown
from ivisit.store.checksums import checksum, is_intact
from ivisit.store.queries import fetch
from ivisit.store.runs import RunDatabase
from ivisit.store.set_rows import check_name, simulation_id
from ivisit.store.sweep_rows import StoredSweep
from ivisit.store.values import decode, encode_document

_COLUMNS = (
    "sweep.id, simulation.key, sweep.name, kind, specification, source_sha256, size, entropy, "
    "provenance, created_at, finished_at, status, owner, heartbeat_at, checksum"
)
_FROM = "FROM sweep JOIN simulation ON simulation.id = sweep.simulation_id"


class SweepDatabase(RunDatabase):
    """A store's sweeps, without their runs."""

    def sweeps(self) -> list[StoredSweep]:
        """Return all sweeps, the oldest first."""
        with self._reading() as connection:
            rows = fetch(connection, f"SELECT {_COLUMNS} {_FROM} ORDER BY sweep.id")
        return [self._to_sweep(row) for row in rows]

    def find_sweep(self, name: str, simulation: str | None = None) -> StoredSweep | None:
        """Return the sweep of this name; None when there is none.

        Parameters
        ----------
        name : str
            Name of the sweep.
        simulation : str, optional
            Key of the simulation.

        Raises
        ------
        StoreError
            When several simulations have one and none of them is named, or its row is damaged.
        """
        with self._reading() as connection:
            rows = fetch(
                connection,
                f"SELECT {_COLUMNS} {_FROM} WHERE sweep.name = ?1 "
                "AND (?2 IS NULL OR simulation.key = ?2)",
                (name, simulation),
            )
        if len(rows) > 1:
            raise StoreError(
                f"{self.path}: several simulations have a sweep {name!r}: "
                f"{', '.join(row[1] for row in rows)}; write SIMULATION/{name}"
            )
        return self._to_sweep(rows[0]) if rows else None

    def load_sweep(self, name: str, simulation: str | None = None) -> StoredSweep:
        """Return the sweep of this name, or ``SIMULATION/NAME``; else `StoreError`.

        Parameters
        ----------
        name : str
            Name of the sweep, or ``SIMULATION/NAME``.
        simulation : str, optional
            Key of the simulation.
        """
        found = self.find_sweep(name, simulation)
        if found is None and "/" in name and simulation is None:
            key, _, rest = name.partition("/")
            found = self.find_sweep(rest, key)
        if found is None:
            names = [sweep.name for sweep in self.sweeps()]
            raise StoreError(unknown(str(self.path), "sweep", name, names))
        return found

    def save_sweep(self, sweep: StoredSweep, sources: Mapping[str, tuple[str, bytes]]) -> None:
        """Enter a sweep, or what has changed of it: specification, source, size, provenance.

        Parameters
        ----------
        sweep : StoredSweep
            As it is to be.
        sources : mapping of str to (str, bytes)
            The files that it runs: digest to name and content.
        """
        check_name(sweep.simulation, "key of the simulation")
        check_name(sweep.name, "name of the sweep")
        owner = f"sweep {sweep.name!r}"
        signed = (
            sweep.name,
            sweep.kind,
            encode_document(sweep.specification, f"{owner}, specification"),
            sweep.source_sha256,
            sweep.size,
            str(sweep.entropy),
            encode_document(sweep.provenance, f"{owner}, provenance"),
        )
        with self._writing() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO source_file VALUES (?, ?, ?)",
                [(digest, name, content) for digest, (name, content) in sources.items()],
            )
            connection.execute(
                "INSERT INTO sweep (simulation_id, name, kind, specification, source_sha256, size, "
                "entropy, provenance, created_at, status, checksum) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'interrupted', ?) "
                "ON CONFLICT (simulation_id, name) DO UPDATE SET "
                "specification = excluded.specification, source_sha256 = excluded.source_sha256, "
                "size = excluded.size, provenance = excluded.provenance, "
                "checksum = excluded.checksum",
                (
                    simulation_id(connection, sweep.simulation),
                    *signed,
                    now(),
                    checksum(signed),
                ),
            )

    def claim_sweep(self, id: int, owner: Mapping[str, Any], may: Any) -> Mapping[str, Any] | None:
        """Become the one who computes a sweep; return the present owner when it is refused.

        Parameters
        ----------
        id : int
            Number of the sweep.
        owner : mapping
            Who asks.
        may : callable
            Called with the present owner and the time of its last sign of life; says whether
            somebody else may take over.
        """
        with self._writing() as connection:
            present, seen = connection.execute(
                "SELECT owner, heartbeat_at FROM sweep WHERE id = ?", (id,)
            ).fetchone()
            known = None if present is None else decode(present)
            if known is not None and not may(known, seen):
                return known
            connection.execute(
                "UPDATE sweep SET owner = ?, heartbeat_at = ?, status = 'running', "
                "finished_at = NULL WHERE id = ?",
                (json.dumps(dict(owner)), now(), id),
            )
        return None

    def release_sweep(self, id: int, owner: Mapping[str, Any]) -> None:
        """Stop computing a sweep; it is finished when all its runs are there.

        Parameters
        ----------
        id : int
            Number of the sweep.
        owner : dict
            Who computes it; see `claim_sweep`.
        """
        with self._writing() as connection:
            connection.execute(
                "UPDATE sweep SET owner = NULL, heartbeat_at = ?1, "
                "status = CASE WHEN size <= (SELECT count(*) FROM run WHERE "
                "run.simulation_id = sweep.simulation_id AND run.sweep = sweep.name) "
                "THEN 'finished' ELSE 'interrupted' END WHERE id = ?2 AND owner = ?3",
                (now(), id, json.dumps(dict(owner))),
            )
            connection.execute(
                "UPDATE sweep SET finished_at = ? WHERE id = ? AND status = 'finished'",
                (now(), id),
            )

    def delete_sweep(self, sweep: StoredSweep) -> int:
        """Remove a sweep with all its runs for good, and return how many there were."""
        with self._writing() as connection:
            (key,) = connection.execute(
                "SELECT simulation_id FROM sweep WHERE id = ?", (sweep.id,)
            ).fetchone()
            count = connection.execute(
                "DELETE FROM run WHERE simulation_id = ? AND sweep = ?", (key, sweep.name)
            ).rowcount
            connection.execute("DELETE FROM sweep WHERE id = ?", (sweep.id,))
        return int(count)

    def source_files(self, digests: Iterable[str]) -> dict[str, tuple[str, bytes]]:
        """Return name and content of stored source files, by digest.

        Parameters
        ----------
        digests : iterable of str
            The digests.
        """
        found = {}
        with self._reading() as connection:
            for digest in digests:
                row = connection.execute(
                    "SELECT name, content FROM source_file WHERE sha256 = ?", (digest,)
                ).fetchone()
                if row is not None:
                    found[digest] = (row[0], row[1])
        return found

    def _to_sweep(self, row: tuple[Any, ...]) -> StoredSweep:
        *values, signature = row
        number, key, name, kind, specification, source, size, entropy, provenance = values[:9]
        signed = (name, kind, specification, source, size, entropy, provenance)
        if not is_intact(signed, signature):
            raise StoreError(
                f"{self.path}: the sweep {name!r} is damaged: it is not what was saved. Restore a "
                "backup."
            )
        created, finished, status, owner, heartbeat = values[9:]
        return StoredSweep(
            id=number,
            simulation=key,
            name=name,
            kind=kind,
            specification=decode(specification),
            source_sha256=source,
            size=size,
            entropy=int(entropy),
            provenance=decode(provenance),
            created_at=created,
            finished_at=finished,
            status=status,
            owner=None if owner is None else decode(owner),
            heartbeat_at=heartbeat,
        )


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
