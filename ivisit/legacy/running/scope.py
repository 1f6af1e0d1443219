"""`SimpleScope`: an oscilloscope as a picture, for old scripts."""

from __future__ import annotations

from typing import Any

import numpy as np


class SimpleScope:
    """An oscilloscope that draws into an array.

    Parameters
    ----------
    im_width, im_height : int, optional
        Size of the picture.
    min_x, max_x, min_y, max_y : float, optional
        What the picture spans; values outside wrap around.
    flagRGB : int, optional
        1 for a picture in colors.
    flag_line_x0, flag_line_y0 : int, optional
        Whether a cursor follows the newest column, and whether y = 0 has a line.
    col_bkgr, col_frgr : int or sequence of 3 ints, optional
        Grey value or color of background and foreground.

    Attributes
    ----------
    im_data : ndarray of uint8, shape (im_height, im_width) or (im_height, im_width, 3)
        The picture; it is drawn in place.
    """

    im_width: int
    im_height: int
    min_x: float
    max_x: float
    min_y: float
    max_y: float
    flagRGB: int
    flag_line_x0: int
    flag_line_y0: int
    col_bkgr: Any
    col_frgr: Any

    def __init__(
        self,
        im_width: int = 100,
        im_height: int = 100,
        min_x: float = 0,
        max_x: float = 100,
        min_y: float = 0,
        max_y: float = 100,
        flagRGB: int = 0,
        flag_line_x0: int = 1,
        flag_line_y0: int = 1,
        col_bkgr: Any = 0,
        col_frgr: Any = 255,
    ) -> None:
        self.im_data = np.zeros((0, 0), np.uint8)
        self.configure(
            im_width,
            im_height,
            min_x,
            max_x,
            min_y,
            max_y,
            flagRGB,
            flag_line_x0,
            flag_line_y0,
            col_bkgr,
            col_frgr,
        )

    def configure(
        self,
        im_width: int | None = None,
        im_height: int | None = None,
        min_x: float | None = None,
        max_x: float | None = None,
        min_y: float | None = None,
        max_y: float | None = None,
        flagRGB: int | None = None,
        flag_line_x0: int | None = None,
        flag_line_y0: int | None = None,
        col_bkgr: Any = None,
        col_frgr: Any = None,
    ) -> np.ndarray:
        """Change what is given and return the picture, a new one when its shape is given."""
        given = {name: value for name, value in locals().items() if name != "self"}
        for name, value in given.items():
            if value is not None:
                setattr(self, name, value)
        if not (im_width is None and im_height is None and flagRGB is None):
            shape = (self.im_height, self.im_width, 3)[: 3 if self.flagRGB else 2]
            self.im_data = np.empty(shape, np.uint8)
            self.im_data[:] = self.col_bkgr
            self._column = -1
            self._cursor = 0
        if self.flag_line_y0:
            self.im_data[self._row(0)] = self.col_frgr
        return self.im_data

    def set_data(
        self, x: float, y_from: Any, y_to: Any = None, col: Any = None, erase_x: int = 1
    ) -> None:
        """Draw one or several vertical bars at `x`.

        Parameters
        ----------
        x : float
            The place; the picture's columns wrap around.
        y_from, y_to : float or sequence of float
            Ends of the bars; without `y_to` a bar is one pixel.
        col : optional
            Grey value or color, for several bars a sequence of them; by default the foreground.
        erase_x : int, optional
            Whether a column that was not the last one is cleared first.
        """
        column = self._position(x, self.min_x, self.max_x, self.im_width) % self.im_width
        if self.flag_line_x0:
            self.im_data[:, self._cursor] = self.col_bkgr
        if erase_x and column != self._column:
            self.im_data[:, column] = self.col_bkgr
        self._column = column
        if self.flag_line_y0:
            self.im_data[self._row(0), column] = self.col_frgr
        for begin, end, color in self._bars(y_from, y_to, col):
            first, last = sorted((self._row(begin), self._row(end)))
            self.im_data[first : last + 1, column] = color
        if self.flag_line_x0:
            self._cursor = (column + 1) % self.im_width
            self.im_data[:, self._cursor] = self.col_frgr

    def _bars(self, y_from: Any, y_to: Any, col: Any) -> list[tuple[float, float, Any]]:
        """Return begin, end and color of each bar."""
        end = y_from if y_to is None else y_to
        if np.ndim(y_from) == 0:
            return [(y_from, np.ravel(end)[0], self.col_frgr if col is None else col)]
        colors = [self.col_frgr] * len(y_from) if col is None else col
        return list(zip(y_from, end, colors, strict=True))

    def _row(self, y: float) -> int:
        # Counted from below, with the lowest value in the last row.
        position = self._position(y, self.min_y, self.max_y, self.im_height)
        return (self.im_height - 1 - position) % self.im_height

    @staticmethod
    def _position(value: float, low: float, high: float, size: int) -> int:
        """Return the pixel of `value`; outside the picture it is negative or too large."""
        return int((value - low) * size / (high - low) + 0.5)
