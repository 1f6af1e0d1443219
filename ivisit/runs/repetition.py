"""What a replay is compared in, and why it may differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ivisit.runs.result import RunResult


def compare(former: RunResult, present: RunResult) -> tuple[list[str], str]:
    """Return the names of what differs, and in words what was compared.

    Traces and rasters are compared row by row, outputs as they were at the end: arrays, pictures of
    figures, numbers and texts. An interrupted run equals one that ends after the same step.
    """
    differing = []
    if _end(former) != _end(present):
        differing.append(f"status ({_end(former)} then, {_end(present)} now)")
    if former.steps != present.steps:
        differing.append(f"steps ({former.steps} then, {present.steps} now)")
    groups = {
        "trace": (former.traces, present.traces),
        "raster": (former.rasters, present.rasters),
        "output": (former.outputs, present.outputs),
    }
    counts = []
    for kind, (then, now) in groups.items():
        differing += [n for n in then if n not in now or not _equal(then[n], now[n])]
        if then:
            counts.append(f"{len(then)} {kind}{'s' if len(then) > 1 else ''}")
    # A trace is an output, too.
    differing = list(dict.fromkeys(differing))
    compared = f"{', '.join(counts) or 'no output'} and the status after {former.steps} steps"
    return differing, compared


def _end(result: RunResult) -> str:
    """Say how a run ended, apart from where its code lies."""
    if result.failure is not None:
        return f"failed in {result.failure.stage} with {result.failure.type}"
    return "failed" if result.status == "failed" else "finished"


def _equal(then: Any, now: Any) -> bool:
    import numpy as np

    if isinstance(then, np.ndarray) and isinstance(now, np.ndarray):
        return (
            then.shape == now.shape
            and then.dtype == now.dtype
            and np.ascontiguousarray(then).tobytes() == np.ascontiguousarray(now).tobytes()
            and np.array_equal(np.ma.getmaskarray(then), np.ma.getmaskarray(now))
        )
    if isinstance(then, float) and isinstance(now, float):
        return then == now or (then != then and now != now)
    return bool(then == now)


def doubts(former: RunResult) -> list[str]:
    """Say what keeps a run from being repeated exactly."""
    told = []
    if former.mode == "async":
        told.append(
            "the run was made with mode='async', where changes take effect in the middle of steps: "
            "they are repeated between steps, and the replay may differ"
        )
    if former.instance_reused:
        told.append(
            "the run was not the first of its instance, which may have kept something from the "
            "run before: a replay begins with a new one and may differ"
        )
    return told
