"""`Image`: a picture of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ivisit.declarations import Holder, as_number
from ivisit.errors import ParameterError, closest, expected
from ivisit.panels.base import Panel
from ivisit.rendering import is_masked, to_rgb

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

#: Colour maps that every Matplotlib has.
KNOWN_MAPS = frozenset(
    [
        "gray",
        "gray_r",
        "viridis",
        "magma",
        "inferno",
        "plasma",
        "cividis",
        "turbo",
        "hot",
        "coolwarm",
        "RdBu",
        "RdBu_r",
        "twilight",
        "jet",
        "bone",
        "binary",
    ]
)


class Image(Panel[np.ndarray[Any, Any]]):
    """A picture: H×W or H×W×1 grey values, or H×W×3 (RGB) or H×W×4 (RGBA) colours.

    Masked values and NaN are shown in a colour of their own, infinities of grey pictures in two
    others.

    Parameters
    ----------
    vmin, vmax : float, optional
        Values shown as the darkest and the brightest colour. Where one is missing, the extreme
        of each picture is taken for grey pictures; for colour 0 and 1 (floats), the largest value
        of the type (unsigned integers) or 255 (signed ones).
    cmap : str, optional
        Matplotlib colour map for grey pictures, by default ``gray``.
    missing : str, optional
        Matplotlib's name of the colour of NaN and masked values, e.g. ``"#808080"``; by default
        magenta, or another colour that the map has not.
    smooth : bool, optional
        Whether an enlarged picture is interpolated; by default its pixels stay visible.
    pointer, keys : bool, optional
        Whether mouse events, and keys pressed while the panel has the focus, reach
        `Simulation.pointer`.
    label, help : str, optional
        See `Declaration`.
    """

    if TYPE_CHECKING:  # whatever NumPy makes an array of may be assigned

        def __set__(self, instance: Holder, value: ArrayLike) -> None: ...

    def __init__(
        self,
        *,
        vmin: float | None = None,
        vmax: float | None = None,
        cmap: str = "gray",
        missing: str | None = None,
        smooth: bool = False,
        pointer: bool = False,
        keys: bool = False,
        label: str | None = None,
        help: str = "",
    ) -> None:
        super().__init__(label=label, help=help)
        self.pointer = pointer
        self.keys = keys
        self.vmin = vmin
        self.vmax = vmax
        self.cmap = cmap
        self.missing = missing
        self.smooth = smooth

    def check(self, owner: str) -> None:
        super().check(owner)
        self.check_flags(owner, "pointer", "keys")
        for argument in ("vmin", "vmax"):
            level = getattr(self, argument)
            if level is not None and as_number(level, float) is None:
                raise self.refusal(owner, argument, "a finite number", level)
        if self.vmin is not None and self.vmax is not None and not self.vmin < self.vmax:
            raise self.refusal(owner, "vmax", f"larger than vmin {self.vmin}", self.vmax)
        self._check_colors(owner)

    def _check_colors(self, owner: str) -> None:
        if not isinstance(self.cmap, str):
            raise self.refusal(owner, "cmap", "the name of a colour map", self.cmap)
        # Names that need no Matplotlib: importing it takes longer than anything else here.
        if self.cmap not in KNOWN_MAPS:
            import matplotlib

            if self.cmap not in matplotlib.colormaps:
                message = expected(
                    owner, f"{self.name}, cmap", "the name of a colour map of Matplotlib", self.cmap
                )
                raise ParameterError(message + "." + closest(self.cmap, matplotlib.colormaps))
        if self.missing is not None:
            from matplotlib.colors import is_color_like

            if not isinstance(self.missing, str) or not is_color_like(self.missing):
                wanted = "a colour that Matplotlib knows, such as '#808080'"
                raise self.refusal(owner, "missing", wanted, self.missing)

    def validate(self, value: Any, *, owner: str = "") -> np.ndarray:
        picture = value if is_masked(value) else np.asarray(value)
        shaped = picture.ndim == 2 or (picture.ndim == 3 and picture.shape[2] in (1, 3, 4))
        if not shaped or picture.size == 0 or picture.dtype.kind not in "buif":
            allowed = "an array of real numbers of shape H×W, H×W×1, H×W×3 or H×W×4"
            got: Any = picture if picture.ndim else value
            raise ParameterError(expected(owner, self.name, allowed, got) + _remedy(picture))
        return picture[..., 0] if picture.ndim == 3 and picture.shape[2] == 1 else picture

    def snapshot(self, value: Any) -> Any:
        return value.copy()

    def describe(self) -> dict[str, Any]:
        return (
            super().describe()
            | {"vmin": self.vmin, "vmax": self.vmax, "cmap": self.cmap}
            | ({"missing": self.missing} if self.missing is not None else {})
        )

    def pixels(self, picture: np.ndarray, vmin: float, vmax: float, cmap: str) -> np.ndarray:
        """Return what is shown of `picture` with these levels and this colour map.

        Returns
        -------
        ndarray of uint8, shape (height, width, 3) or (height, width, 4)
            RGB or RGBA; see `ivisit.rendering.to_rgb`.
        """
        return to_rgb(picture, vmin=vmin, vmax=vmax, cmap=cmap, missing=self.missing)


def _remedy(picture: np.ndarray) -> str:
    """Say how a picture of other numbers becomes one of real numbers."""
    if picture.dtype.kind == "c":
        return "; complex numbers have no colour: assign their .real, .imag, np.abs() or np.angle()"
    if picture.dtype.kind == "O" and picture.ndim in (2, 3):
        return "; if these are numbers, assign picture.astype(float)"
    return ""
