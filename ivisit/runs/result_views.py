"""What a sweep's result can be turned into: tables elsewhere, and pictures."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


class ResultViews:
    """The methods of `SweepResult` that hand it over to tables and pictures."""

    @property
    def _whole(self) -> Any:
        """The result itself, of which this class knows these methods only."""
        return self

    # Tables -----------------------------------------------------------------------------------

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write the long table; numbers are written so that reading gives the same float64.

        Parameters
        ----------
        path : path-like
            The file.
        """
        from ivisit.runs.tables import to_csv

        return to_csv(self._whole, path)

    def to_pandas(self) -> Any:
        """Return a pandas DataFrame: options as categoricals, seeds as Int64."""
        from ivisit.runs.tables import to_pandas

        return to_pandas(self._whole)

    def to_xarray(self) -> Any:
        """Return an xarray Dataset with the axes and ``repeat`` as dimensions; grids only."""
        from ivisit.runs.tables import to_xarray

        return to_xarray(self._whole)

    def to_parquet(self, path: str | os.PathLike[str]) -> Path:
        """Write the long table as a Parquet file.

        Parameters
        ----------
        path : path-like
            The file.
        """
        from ivisit.runs.tables import to_parquet

        return to_parquet(self._whole, path)

    # Pictures ---------------------------------------------------------------------------------

    def figure(self, x: str, y: str, by: str | None = None) -> Any:
        """Return a figure of a metric over a parameter; see `ivisit.runs.figures.lines`.

        Parameters
        ----------
        x : str
            The parameter on the horizontal axis.
        y : str
            The metric.
        by : str, optional
            Another parameter: a line for each of its values.
        """
        from ivisit.runs.figures import lines

        return lines(self._whole, x, y, by)

    def heatmap(self, x: str, y: str, metric: str) -> Any:
        """Return a figure of a metric over two parameters.

        Parameters
        ----------
        x, y : str
            The parameters on the axes.
        metric : str
            Name of the metric.
        """
        from ivisit.runs.figures import heatmap

        return heatmap(self._whole, x, y, metric)

    def parallel(self, metric: str) -> Any:
        """Return a figure with an axis for each parameter and a line for each run.

        Parameters
        ----------
        metric : str
            The metric that colors the lines.
        """
        from ivisit.runs.figures import parallel

        return parallel(self._whole, metric)

    def importance(self, metric: str) -> Any:
        """Return a figure of how much each parameter says about a metric."""
        from ivisit.runs.figures import importance

        return importance(self._whole, metric)

    def pareto(self, a: str, b: str) -> Any:
        """Return a figure of two metrics, both to be small, and which runs no other one beats.

        Parameters
        ----------
        a, b : str
            The metrics.
        """
        from ivisit.runs.figures import pareto

        return pareto(self._whole, a, b)

    def picture(self, metric: str | None = None) -> Any:
        """Return the figure that fits the sweep: lines, a heat map, or parallel coordinates.

        Parameters
        ----------
        metric : str, optional
            The metric, by default the first one.
        """
        from ivisit.runs.figures import picture

        return picture(self._whole, metric)
