"""Hand a run to somebody else: one file with the result, the code that gave it, and the versions.

`pack` writes it and `unpack` reads it; `whereabouts` says where the simulation of a result is on
this machine, and `differences` in what code, libraries and machine are others than they were.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from ivisit.errors import IVisitError
from ivisit.plugins.finding import plugin_called
from ivisit.plugins.sources import Source, SourceFile
from ivisit.runs.provenance import content_that_ran
from ivisit.runs.writing import written
from ivisit.unfolding import check_archive, member_of

if TYPE_CHECKING:
    from ivisit.runs.result import RunResult

FORMAT = "ivisit-lab packed run, version 1"
#: Most bytes of code that are read from a packed run.
SIZE_LIMIT = 64 << 20
#: The same time for all members: equal runs give equal files.
TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Whereabouts:
    """Where the simulation of a result is.

    Attributes
    ----------
    name : str
        What `ivisit.get_simulation` understands.
    is_installed : bool
        Whether it is an installed plugin. Anything else is code that came with the result, or a
        path that stands in it: nobody has decided yet that it may run here.
    """

    name: str
    is_installed: bool = False


# Packing --------------------------------------------------------------------------------------


def pack(
    result: RunResult,
    path: str | os.PathLike[str],
    *,
    beside: str | os.PathLike[str] | None = None,
) -> Path:
    """Write a result and the code that gave it as one ``.zip`` file, and return its path.

    Parameters
    ----------
    result : RunResult
        The result of a run.
    path : path-like
        The file to write; ``.zip`` is added when the name has no ending.
    beside : path-like, optional
        A folder in which the sources are looked for, too.

    Raises
    ------
    IVisitError
        When the code that ran is not to be found any more: a file was edited since, and neither
        this process nor git remembers it.
    """
    target = Path(path)
    target = target if target.suffix else target.with_suffix(".zip")
    files = [] if _is_importable(result) else _files(result, Path(beside) if beside else None)
    manifest = {
        "format": FORMAT,
        "simulation": result.provenance.get("simulation", ""),
        "files": [{"module": f.module, "path": f.path.as_posix()} for f in files],
    }

    def write(draft: IO[bytes]) -> None:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, content in [
                ("README.txt", _readme(result, target.name, files).encode()),
                ("manifest.json", json.dumps(manifest, indent=1).encode()),
                *((f"source/{file.path.as_posix()}", file.content) for file in files),
            ]:
                packed.writestr(zipfile.ZipInfo(name, TIME), content, zipfile.ZIP_DEFLATED)
            # Compressed already, as far as it is to be.
            packed.writestr(zipfile.ZipInfo("result.npz", TIME), _saved(result))

    return written(target, write)


def _files(result: RunResult, beside: Path | None) -> list[SourceFile]:
    """Return the code that ran, with the paths that it has in the packed file."""
    record = result.provenance
    if "source" not in record:
        raise IVisitError(
            f"{result.simulation}: the result does not say in which file its simulation is, so "
            "that there is no code to pack; classes of a notebook have no file"
        )
    source = Path(record["source"])
    wanted = [("__main__", source, source.name, record["source_sha256"])]
    for helper in record.get("helpers", []):
        path = source.parent / helper["path"]
        place = _safe(helper["path"]) or _place_of(helper["module"], path.name)
        wanted.append((helper["module"], path, place, helper["sha256"]))
    files, missing = [], []
    for module, path, place, sha256 in wanted:
        content = _content(path, place, sha256, beside, record.get("git_commit"))
        if content is None:
            missing.append(str(path))
        else:
            files.append(SourceFile(module, Path(place), content))
    if missing:
        raise IVisitError(
            f"{result.simulation}: the code that ran cannot be packed: {', '.join(missing)} "
            "was edited or moved since the run; pack a result right after its run, or commit "
            "the code before"
        )
    return files


def _place_of(module: str, file_name: str) -> str:
    """Return where a module from elsewhere is found when it lies in the simulation's folder."""
    parts = module.split(".")
    if file_name.startswith("__init__."):
        return "/".join([*parts, file_name])
    return "/".join([*parts[:-1], file_name])


def _content(
    path: Path, place: str, sha256: str, beside: Path | None, commit: str | None
) -> bytes | None:
    """Return the content with that digest, from wherever it still is."""
    candidates = [path] + ([beside / place] if beside is not None else [])
    contents = [content_that_ran(sha256), *map(_read, candidates)]
    for content in contents:
        if content is not None and hashlib.sha256(content).hexdigest() == sha256:
            return content
    content = _committed(path, commit) if commit else None
    if content is not None and hashlib.sha256(content).hexdigest() == sha256:
        return content
    return None


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _committed(path: Path, commit: str) -> bytes | None:
    try:
        answer = subprocess.run(
            ["git", "-C", str(path.parent), "show", f"{commit}:./{path.name}"],
            capture_output=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout if answer.returncode == 0 else None


def _saved(result: RunResult) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return result.save(Path(folder) / "result.npz").read_bytes()


def _readme(result: RunResult, name: str, files: list[SourceFile]) -> str:
    record = result.provenance
    versions = record.get("versions", {})
    code = "\n".join(f"  source/{file.path.as_posix()}" for file in files)
    return (
        f"A run of {result.simulation}: {result.status} after {result.steps} steps, "
        f"seed {result.seed}.\n\n"
        "Repeat it, and compare the numbers, with\n\n"
        f"  ivisit replay {name}\n\n"
        "which runs the code in this file; read it before. They are the same bit for bit when "
        "code, libraries and\nkind of machine are the same; it was\n\n"
        + "".join(f"  {library} {version}\n" for library, version in versions.items())
        + f"  Python {record.get('python', '?')}\n"
        f"  {record.get('platform', '?')}, {record.get('cpu', '?')}\n"
        f"  {record.get('blas', '?')}, {record.get('blas_threads', '?')} threads\n\n"
        + (f"The code that ran:\n\n{code}\n\n" if code else "")
        + "Look at it without running anything:\n\n"
        "  python -c \"import ivisit as iv; print(iv.RunResult.load('result.npz'))\"\n"
    )


# Unpacking ------------------------------------------------------------------------------------


def is_packed(path: str | os.PathLike[str]) -> bool:
    """Tell whether a file was written by `pack`; a result file is a zip file, too."""
    try:
        with zipfile.ZipFile(path) as packed:
            return "manifest.json" in packed.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def unpack(path: str | os.PathLike[str]) -> tuple[RunResult, Source | None]:
    """Read what `pack` has written; nothing of it is run.

    Returns
    -------
    RunResult
        The result.
    Source or None
        The code, in a private folder of temporary files; None for an installed plugin.

    Raises
    ------
    IVisitError
        When the file is missing or damaged, or would unfold to more than
        `ivisit.unfolding.allowed_size`.
    """
    try:
        with zipfile.ZipFile(path) as packed, tempfile.TemporaryDirectory() as folder:
            check_archive(path, packed)
            manifest = json.loads(member_of(packed, "manifest.json"))
            if manifest["format"] != FORMAT:
                raise IVisitError(f"{path}: was packed by another version of ivisit-lab")
            result = _result_of(path, packed, Path(folder) / "result.npz")
            files = [_unpacked(packed, entry) for entry in manifest["files"]]
    except OSError as error:
        raise IVisitError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (zipfile.BadZipFile, ValueError, KeyError, TypeError, EOFError, RuntimeError) as error:
        raise IVisitError(f"{path}: is no packed run of ivisit-lab, or damaged: {error}") from error
    if not files:
        return result, None
    return result, Source(files[0], tuple(files[1:])).unpack()


def _result_of(path: str | os.PathLike[str], packed: zipfile.ZipFile, target: Path) -> RunResult:
    """Return the result in a packed file, by way of the file `target`."""
    from ivisit.runs.result import RunResult

    target.write_bytes(member_of(packed, "result.npz"))
    with zipfile.ZipFile(target) as inner:
        check_archive(path, inner)  # of the packed file's size, not of what that has made of it
    try:
        return RunResult.load(target)
    except IVisitError as error:
        reason = str(error).removeprefix(f"{target}: ")
        raise IVisitError(f"{path}: its result.npz {reason}") from error


def _unpacked(packed: zipfile.ZipFile, entry: dict[str, str]) -> SourceFile:
    place = _safe(entry["path"])
    if place is None:
        raise ValueError(f"{entry['path']!r} leads out of the folder")
    name = f"source/{place}"
    if packed.getinfo(name).file_size > SIZE_LIMIT:
        raise ValueError(f"{name} is too large")
    return SourceFile(str(entry["module"]), Path("/packed") / place, member_of(packed, name))


def _safe(path: str) -> str | None:
    """Return a relative path that stays in its folder; None for others."""
    parts = PurePosixPath(path).parts
    if not parts or "\\" in path or ":" in path or path.startswith("/") or ".." in parts:
        return None
    return "/".join(parts)


# Finding the simulation of a result -----------------------------------------------------------


def whereabouts(result: RunResult, beside: Path | None = None) -> Whereabouts:
    """Return where the simulation of a result is on this machine; nothing is run.

    Parameters
    ----------
    result : RunResult
        The result.
    beside : Path, optional
        The folder of its file. A source there, or where the result says, is taken when it is the
        one that ran; else the one beside the result.

    Raises
    ------
    IVisitError
        When there is none.
    """
    recorded = str(result.provenance.get("simulation", ""))
    name = recorded.rpartition(":")[2]
    if (plugin := plugin_called(recorded)) is not None:
        return Whereabouts(plugin, is_installed=True)
    if _is_importable(result):
        return Whereabouts(recorded)
    source = result.provenance.get("source")
    if not isinstance(source, str):
        raise IVisitError(
            f"the result does not say where {result.simulation!r} is; name it with --simulation"
        )
    places = [Path(source)]
    if beside is not None:
        places.insert(0, beside / PurePosixPath(source.replace("\\", "/")).name)
    places = [place for place in places if place.is_file()]
    if not places:
        raise IVisitError(
            f"{result.simulation}: there is no {source}"
            + (f", nor a file of that name in {beside}" if beside is not None else "")
            + "; name the simulation with --simulation FILE.py:CLASS"
        )
    sha256 = result.provenance.get("source_sha256")
    same = [p for p in places if hashlib.sha256(_read(p) or b"").hexdigest() == sha256]
    return Whereabouts(f"{(same or places)[0]}:{name}")


def _is_importable(result: RunResult) -> bool:
    """Tell whether the simulation belongs to a module that can be imported by its name here."""
    module = str(result.provenance.get("simulation", "")).rpartition(":")[0]
    head = module.partition(".")[0]
    if not head.isidentifier() or head == "__main__":
        return False
    try:
        return find_spec(head) is not None
    except (ImportError, ValueError):
        return False


def differences(former: dict[str, Any], present: dict[str, Any]) -> list[str]:
    """Return in what two provenances differ, one line each; those without influence left out.

    Parameters
    ----------
    former, present : dict
        What `ivisit.runs.provenance.provenance` has returned, then and now.
    """
    lines = []
    if former.get("source_sha256") != present.get("source_sha256"):
        lines.append(
            f"the source {present.get('source', 'is not known and')} is not the one that ran"
            if former.get("source_sha256")
            else "the result does not say which source ran"
        )
    was, now = ({h["module"]: h for h in r.get("helpers", [])} for r in (former, present))
    lines += [
        f"the module {module} ({now[module]['path']}) is not the one that ran"
        for module in sorted(was.keys() & now.keys())
        if was[module]["sha256"] != now[module]["sha256"]
    ]
    lines += [
        f"{label} is {_text(new)}, was {_text(old)}"
        for label, old, new in _pairs(former, present)
        if old != new and old is not None
    ]
    return lines


def _pairs(former: dict[str, Any], present: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    versions = former.get("versions", {}), present.get("versions", {})
    names = {"python": "Python", "machine": "the kind of machine", "cpu": "the processor"}
    names |= {"blas": "linear algebra", "blas_threads": "its number of threads"}
    names |= {"platform": "the platform", "ivisit_commit": "the commit of ivisit-lab"}
    pairs = [(library, versions[0][library], versions[1].get(library)) for library in versions[0]]
    return pairs + [(label, former.get(n), present.get(n)) for n, label in names.items()]


def _text(value: Any) -> str:
    return "not known" if value is None else str(value)
