"""The Python, libraries and machine that compute a result, looked up once in a process."""

from __future__ import annotations

import os
import platform
import sys
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ivisit.plugins.repository import package_commit

LIBRARIES = ("ivisit-lab", "numpy", "scipy", "matplotlib")
#: What limits the threads of linear algebra, by the name of the library.
THREAD_LIMITS = {
    "openblas": ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS"),
    "mkl": ("MKL_NUM_THREADS",),
    "blis": ("BLIS_NUM_THREADS",),
    "accelerate": ("VECLIB_MAXIMUM_THREADS",),
}


@lru_cache(maxsize=1)
def environment() -> dict[str, Any]:
    """Return what has an influence on the bits of a result besides the code.

    Returns
    -------
    dict
        JSON-ready: ``python``, ``platform``, ``machine``, ``cpu``, ``versions`` (package to
        version), ``ivisit_commit`` (where ivisit-lab runs from a checkout), ``blas`` (name and
        version of NumPy's linear algebra) and ``blas_threads``.
    """
    blas = _blas()
    record = {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpu": _cpu(),
        "versions": {library: _version(library) for library in LIBRARIES},
        "blas": blas,
        "blas_threads": _threads(blas.lower()),
    }
    commit = package_commit(Path(__file__).resolve().parent.parent)
    return record | ({"ivisit_commit": commit} if commit else {})


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed"


def _blas() -> str:
    import numpy as np

    built_with = np.show_config(mode="dicts")
    blas = (built_with or {}).get("Build Dependencies", {}).get("blas", {})
    return f"{blas.get('name', 'unknown')} {blas.get('version', '')}".strip()


def _threads(blas: str) -> int:
    """Return the number of threads that linear algebra begins with."""
    limits = next((v for name, v in THREAD_LIMITS.items() if name in blas), ())
    for variable in (*limits, "OMP_NUM_THREADS"):
        text = os.environ.get(variable, "").partition(",")[0].strip()
        if text.isdecimal() and int(text) > 0:
            return int(text)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _cpu() -> str:
    if sys.platform == "linux":
        try:
            lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
        except OSError:
            lines = []
        for line in lines:
            if line.startswith(("model name", "Model")):
                return line.partition(":")[2].strip()
    return platform.processor()
