"""`Image`: a picture of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ivisit.declarations import Holder, as_number
from ivisit.errors import ParameterError, expected
from ivisit.panels.base import Panel
from ivisit.rendering import to_rgb

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class Image(Panel[np.ndarray[Any, Any]]):
    """A picture: H×W grey values, or H×W×3 (RGB) or H×W×4 (RGBA) colours.

    Parameters
    ----------
    vmin, vmax : float, optional
        Values shown as the darkest and the brightest colour. Where one is missing, the extreme
        of each picture is taken for grey pictures, and 0 and 255 (integers) or 0 and 1 (floats)
        for colour.
    cmap : str, optional
        Matplotlib colour map for grey pictures, by default ``gray``.
    smooth : bool, optional
        Whether an enlarged picture is interpolated; by default its pixels stay visible.
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
        smooth: bool = False,
        label: str | None = None,
        help: str = "",
    ) -> None:
        super().__init__(label=label, help=help)
        self.vmin = vmin
        self.vmax = vmax
        self.cmap = cmap
        self.smooth = smooth

    def check(self, owner: str) -> None:
        super().check(owner)
        for argument in ("vmin", "vmax"):
            level = getattr(self, argument)
            if level is not None and as_number(level, float) is None:
                raise self.refusal(owner, argument, "a finite number", level)
        if self.vmin is not None and self.vmax is not None and not self.vmin < self.vmax:
            raise self.refusal(owner, "vmax", f"larger than vmin {self.vmin}", self.vmax)
        if not isinstance(self.cmap, str):
            raise self.refusal(owner, "cmap", "the name of a colour map", self.cmap)

    def validate(self, value: Any, *, owner: str = "") -> np.ndarray:
        picture = np.asarray(value)
        shaped = picture.ndim == 2 or (picture.ndim == 3 and picture.shape[2] in (3, 4))
        if not shaped or picture.size == 0 or picture.dtype.kind not in "buif":
            allowed = "an array of real numbers of shape H×W, H×W×3 or H×W×4"
            got: Any = picture if picture.dtype.kind != "O" else value
            raise ParameterError(expected(owner, self.name, allowed, got))
        return picture

    def snapshot(self, value: Any) -> Any:
        return value.copy()

    def describe(self) -> dict[str, Any]:
        return super().describe() | {"vmin": self.vmin, "vmax": self.vmax, "cmap": self.cmap}

    def pixels(self, picture: np.ndarray, vmin: float, vmax: float, cmap: str) -> np.ndarray:
        """Return what is shown of `picture` with these levels and this colour map.

        Returns
        -------
        ndarray of uint8, shape (height, width, 3) or (height, width, 4)
            RGB or RGBA; see `ivisit.rendering.to_rgb`.
        """
        return to_rgb(picture, vmin=vmin, vmax=vmax, cmap=cmap)
