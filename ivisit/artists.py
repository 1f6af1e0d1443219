"""What is known of the artists of a Matplotlib figure: order, place, whether they have changed."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.legend import Legend
from matplotlib.text import Text

#: Pixels around the known extent of an artist that antialiasing may touch.
MARGIN = 4
#: Matplotlib's number for the legend's place "best".
BEST = 0


@dataclass
class Leaf:
    """An artist that is painted in one piece, and what is known about it."""

    artist: Any
    #: The outermost axes that it belongs to; None for one that belongs to the figure.
    axes: Any
    #: The artist and all that it paints.
    parts: list[Any] = field(default_factory=list)
    #: Whether a change of it can be told; see `is_known`.
    known: bool = True
    data: Any = None

    def has_changed(self) -> bool:
        """Tell whether it may look different from its last painting."""
        if not self.known or any(part.stale for part in self.parts):
            return True
        return self.data != _data_of(self.artist)

    def settle(self) -> None:
        """Take back the marks of what is stale."""
        for part in self.parts:
            part.stale = False  # an empty title is never painted and would stay stale

    def painted(self) -> None:
        """Take note that it shows its present state."""
        self.settle()
        self.data = _data_of(self.artist) if self.known else None


@contextmanager
def laid_out_once(leaf: Leaf) -> Iterator[None]:
    """Have each text of a legend laid out once while it is painted; Matplotlib asks six times.

    Texts of other packages' classes, which may do anything meanwhile, are left alone.
    """
    texts = [p for p in leaf.parts if type(p) is Text] if type(leaf.artist) is Legend else []
    for text in texts:
        vars(text)["_get_layout"] = _kept(text._get_layout)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for text in texts:
            vars(text).pop("_get_layout", None)


def _kept(layout: Callable[[Any], Any]) -> Callable[[Any], Any]:
    results: list[Any] = []

    def get(renderer: Any) -> Any:
        if not results:
            results.append(layout(renderer))
        return results[0]

    return get


@contextmanager
def hooked(figure: Any, painter: Callable[[Any, Any], Callable[[Any], None]]) -> Iterator[None]:
    """Have each artist of `figure` painted by ``painter(artist, axes)`` for a while."""
    hooked = []
    for artist, axes in _leaf_artists(figure, None):
        vars(artist)["draw"] = painter(artist, axes)
        hooked.append(artist)
    try:
        yield
    finally:
        for artist in hooked:
            vars(artist).pop("draw", None)


def _leaf_artists(parent: Any, outermost: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the artists below a figure, subfigure or axes that are painted in one piece."""
    for child in parent.get_children():
        if hasattr(child, "subfigs"):
            yield from _leaf_artists(child, outermost)
        elif _is_axes(child) and _is_plain(child):
            yield from _leaf_artists(child, outermost or child)
        else:
            yield child, outermost or (child if _is_axes(child) else None)


def _is_axes(artist: Any) -> bool:
    return hasattr(artist, "get_axes_locator")


def _is_plain(axes: Any) -> bool:
    """Tell whether axes are drawn by `matplotlib.axes.Axes.draw`, artist after artist."""
    from matplotlib.axes import Axes

    return type(axes).draw is Axes.draw and axes.get_rasterization_zorder() is None


def all_axes(parent: Any) -> Iterator[Any]:
    """Yield all axes of a figure, insets included."""
    for child in parent.get_children():
        if _is_axes(child):
            yield child
            yield from all_axes(child)
        elif hasattr(child, "subfigs"):
            yield from all_axes(child)


def structure_of(figure: Any) -> tuple[Any, ...]:
    """Return what decides place and order of the painting, and marks no artist as stale."""
    import matplotlib

    settings = dict.copy(matplotlib.rcParams)
    size = (tuple(figure.bbox.size), figure.dpi)
    return settings, size, _order_of(figure), [_frame_of(axes) for axes in all_axes(figure)]


def _order_of(parent: Any) -> list[Any]:
    return [
        (id(child), child.zorder, child.get_visible(), child.get_animated())
        for child in parent.get_children()
    ]


def _frame_of(axes: Any) -> tuple[Any, ...]:
    scales = tuple(axis.get_scale() for axis in axes._axis_map.values())
    return (
        tuple(axes.viewLim.bounds),  # asking for it applies what autoscaling has left to do
        tuple(axes.bbox.bounds),
        (axes.axison, axes._frameon, axes.get_aspect(), axes.get_adjustable()),
        (axes.get_anchor(), axes.get_box_aspect(), axes.get_axisbelow()),
        axes.get_rasterization_zorder(),
        scales,
        _order_of(axes),
    )


def is_known(artist: Any) -> bool:
    """Tell whether changes of an artist show in its marks and data."""
    from matplotlib.axis import Axis
    from matplotlib.legend import Legend
    from matplotlib.patches import ConnectionPatch
    from matplotlib.ticker import FuncFormatter

    is_legend = isinstance(artist, Legend)
    if is_legend and artist._loc == BEST:
        return False  # its place depends on the data of the others
    for part in artist.findobj():
        module = type(part).__module__
        if not module.startswith("matplotlib."):
            return False
        if module == "matplotlib.offsetbox" and not is_legend:
            return False
        # Public attributes without a setter, and places that other artists decide.
        if hasattr(part, "xyann") or isinstance(part, ConnectionPatch) or _is_axes(part):
            return False
        if part.get_agg_filter() is not None or part.get_path_effects():
            return False
    if isinstance(artist, Axis):
        tickers = (
            artist.get_major_formatter(),
            artist.get_minor_formatter(),
            artist.get_major_locator(),
            artist.get_minor_locator(),
        )
        return all(
            type(t).__module__.startswith("matplotlib.") and not isinstance(t, FuncFormatter)
            for t in tickers
        )
    return True


def _data_of(artist: Any) -> Any:
    """Return a fingerprint of what a person can change in place: data and transforms."""
    if hasattr(artist, "get_xydata"):
        data = _digest(artist.get_xydata())
    elif hasattr(artist, "get_offsets"):
        data = (_digest(artist.get_offsets()), [_digest(p.vertices) for p in artist.get_paths()])
    elif hasattr(artist, "get_array"):
        data = _digest(artist.get_array())
    elif hasattr(artist, "get_path"):
        data = _digest(artist.get_path().vertices)
    else:
        data = None
    return data, _matrix_of(artist)


def _matrix_of(artist: Any) -> bytes:
    """Return the affine part of the transform that an artist was given, if any."""
    axes = artist.axes
    if axes is None or not artist.is_transform_set():
        return b""
    transform = artist._transform
    if transform is axes.transData or transform is axes.transAxes or transform is None:
        return b""  # these follow the limits and the place of the axes
    matrix: bytes = transform.get_affine().get_matrix().tobytes()
    return matrix


def _digest(array: Any) -> Any:
    if array is None:
        return None
    data = np.ascontiguousarray(np.ma.getdata(array))
    mask = np.ma.getmask(array)
    missing = 0 if mask is np.ma.nomask else zlib.crc32(np.ascontiguousarray(mask).data)
    return data.shape, zlib.crc32(data.view(np.uint8).data) if data.size else 0, missing


def is_clipped(leaf: Leaf) -> bool:
    """Tell whether an artist cannot paint outside its axes."""
    artist = leaf.artist
    box = artist.get_clip_box() if artist.get_clip_on() else None
    # An axis has the box of its axes, and its labels lie outside.
    if box is None or leaf.axes is None or len(leaf.parts) > 1:
        return False
    inner, outer = box.extents, leaf.axes.bbox.extents
    return bool((inner[:2] >= outer[:2] - 1).all() and (inner[2:] <= outer[2:] + 1).all())


def extent_of(artist: Any, renderer: Any) -> Any:
    """Return a box around everything that an artist paints, in pixels."""
    from matplotlib.transforms import Bbox

    box = artist.get_tightbbox(renderer)
    if box is None:
        return Bbox.null()
    width = getattr(artist, "get_linewidth", lambda: 0)()
    return box.padded(MARGIN + float(np.max(width, initial=0)) * renderer.dpi / 72)
