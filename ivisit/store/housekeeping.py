"""Keeping a store small: removing for good what is no longer wanted."""

from __future__ import annotations

from ivisit.errors import ParameterError, StoreError, expected
from ivisit.store.database import Database
from ivisit.store.parameter_set import SimulationLike, key_of
from ivisit.store.problems import explained
from ivisit.store.set_rows import newest


class HousekeepingDatabase(Database):
    """What removes rows for good."""

    def purge(self, simulation: SimulationLike | None = None, name: str | None = None) -> int:
        """Remove deleted sets with all their versions for good.

        Parameters
        ----------
        simulation : str, Simulation or class, optional
            Only the sets of this simulation.
        name : str, optional
            Only the set of this name.

        Returns
        -------
        int
            The number of sets removed.

        Raises
        ------
        StoreError
            When the one set that `simulation` and `name` say is not a deleted one.
        """
        key = None if simulation is None else key_of(simulation)
        with self._writing() as connection:
            purged = connection.execute(
                "DELETE FROM parameter_set WHERE deleted_at IS NOT NULL AND (?1 IS NULL OR "
                "simulation_id = (SELECT id FROM simulation WHERE key = ?1)) "
                "AND (?2 IS NULL OR name = ?2)",
                (key, name),
            ).rowcount
            if not purged and key is not None and name is not None:
                newest(connection, key, name)
                raise StoreError(
                    f"{key}: the parameter set {name!r} is in use; only deleted sets can be "
                    "purged. Delete it first."
                )
        return purged

    def prune(self, simulation: SimulationLike | None = None, *, keep: int = 10) -> int:
        """Remove all but the newest versions of every set for good.

        Parameters
        ----------
        simulation : str, Simulation or class, optional
            Only the sets of this simulation.
        keep : int, default 10
            How many versions of each set remain, at least 1.

        Returns
        -------
        int
            The number of versions removed. `vacuum` gives their space back.
        """
        if isinstance(keep, bool) or not isinstance(keep, int) or keep < 1:
            raise ParameterError(expected("prune", "keep", "an integer of at least 1", keep))
        key = None if simulation is None else key_of(simulation)
        with self._writing() as connection:
            return connection.execute(
                """
                DELETE FROM set_version WHERE id IN (
                    SELECT id FROM (
                        SELECT set_version.id, simulation.key AS simulation, row_number() OVER (
                            PARTITION BY set_id ORDER BY version DESC) AS age
                        FROM set_version
                        JOIN parameter_set ON parameter_set.id = set_id
                        JOIN simulation ON simulation.id = simulation_id
                    ) WHERE age > ?2 AND (?1 IS NULL OR simulation = ?1)
                )
                """,
                (key, keep),
            ).rowcount

    def vacuum(self) -> None:
        """Give the space of what was purged and pruned back to the disk."""
        with self._lock, explained(self.path):
            self._check_writable()
            self._file.connection.execute("VACUUM")
            self._checkpoint("TRUNCATE")
