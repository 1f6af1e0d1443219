"""What the launcher lists: what ``ivisit list`` finds, and files that were opened before."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ivisit.gui.launcher.memory import Use
from ivisit.gui.processes import IVISIT
from ivisit.plugins.finding import SimulationInfo
from ivisit.plugins.reading import describe


@dataclass(frozen=True)
class Entry:
    """One simulation of the list.

    Attributes
    ----------
    name, summary, origin, error : str
        As `ivisit.SimulationInfo` has them.
    address : str
        What ``ivisit gui`` takes.
    used_at : str
        When it was used last; empty when it was not.
    is_listed : bool
        Whether ``ivisit list`` has it, too; else it is a file that was opened before.
    """

    name: str
    summary: str
    origin: str
    error: str
    address: str
    used_at: str = ""
    is_listed: bool = False

    @property
    def info(self) -> SimulationInfo:
        """The row of ``ivisit list``."""
        return SimulationInfo(self.name, self.summary, self.origin, self.error)

    @property
    def known_as(self) -> str:
        """The address that is the same in every folder."""
        return _absolute(self.address)

    def matches(self, words: Sequence[str]) -> bool:
        """Tell whether all words, in small letters, occur somewhere."""
        text = f"{self.name} {self.summary} {self.origin} {self.error}".lower()
        return all(word in text for word in words)


class Search:
    """Looks for all simulations in a process of its own, while the window lives.

    Attributes
    ----------
    rows : list of SimulationInfo or None
        What was found; None while the search goes on.
    problem : str
        Why it failed.
    """

    def __init__(self, command: Sequence[str] = (*IVISIT, "list", "--json")) -> None:
        self.rows: list[SimulationInfo] | None = None
        self.problem = ""
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self._thread = threading.Thread(target=self._read, name="search", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        output, messages = self._process.communicate()
        try:
            rows = [SimulationInfo(**row) for row in json.loads(output)]
        except (ValueError, TypeError):
            last = messages.decode(errors="replace").strip().rpartition("\n")[2]
            self.problem = last or f"the search has ended with {self._process.returncode}"
            rows = []
        self.rows = rows

    def stop(self) -> None:
        """End the search."""
        if self._process.poll() is None:
            self._process.kill()
        self._thread.join(1.0)


def entries_of(rows: Iterable[SimulationInfo], uses: Mapping[str, Use]) -> list[Entry]:
    """Return all entries, those first that were used last; then files that exist still."""
    listed = [
        Entry(row.name, row.summary, row.origin, row.error, _address_of(row), is_listed=True)
        for row in rows
    ]
    entries = [
        replace(entry, used_at=used.used_at) if (used := uses.get(entry.known_as)) else entry
        for entry in listed
    ]
    known = {entry.known_as for entry in entries}
    entries += [
        entry
        for address, use in uses.items()
        if address not in known and (entry := _of_file(address, use.used_at)) is not None
    ]
    return sorted(entries, key=lambda entry: entry.used_at, reverse=True)


def _address_of(row: SimulationInfo) -> str:
    """Return what opens a row: a file by its path, whose name others may have, too."""
    if Path(row.origin).is_file():
        wanted = row.name.partition(":")[2]
        return f"{row.origin}:{wanted}" if wanted else row.origin
    return row.name


def _absolute(address: str) -> str:
    path, _, wanted = address.rpartition(":")
    if path.endswith(".py"):
        return f"{Path(path).resolve()}:{wanted}"
    return str(Path(address).resolve()) if address.endswith(".py") else address


def _of_file(address: str, used_at: str) -> Entry | None:
    """Return the entry of a file that was opened before; None when it is gone."""
    path, _, wanted = address.rpartition(":")
    file = Path(path if path.endswith(".py") else address)
    if not file.is_file():
        return None
    return file_entry(file, wanted if path.endswith(".py") else "", used_at)


def file_entry(file: Path, wanted: str = "", used_at: str = "") -> Entry | None:
    """Return the entry of a file, which is read and not run; None when it cannot be read."""
    try:
        found = describe(file.read_bytes())
    except OSError:
        return None
    name = f"{file.stem}:{wanted}" if wanted else file.stem
    address = f"{file}:{wanted}" if wanted else str(file)
    if isinstance(found, str):
        return Entry(name, "", str(file), f"cannot be read: {found}", address, used_at)
    summary = found.get(wanted, "") if wanted else next(iter(found.values()), "")
    return Entry(name, summary, str(file), "", address, used_at)
