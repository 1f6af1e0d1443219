"""The second-order statistics that a memory keeps of its patterns, as rules see them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Counts:
    """How often inputs and outputs were active together, for a block of inputs.

    A rule receives this object. All its arrays broadcast to (n_inputs, n_outputs), so that a rule
    is written as if for one synapse from input i to output j. They are floating point, single or
    double precision; the numbers are exact integers as long as the precision allows.

    Attributes
    ----------
    n_patterns : float
        Number of stored patterns M.
    input_usage : ndarray, shape (n_inputs, 1)
        M1(i), the number of patterns in which input i is active.
    output_usage : ndarray, shape (n_outputs,)
        M1(j), the number of patterns in which output j is active.
    both : ndarray, shape (n_inputs, n_outputs)
        M11(i, j), the number of patterns in which both are active.
    mean_input_usage, mean_output_usage : float
        Mean of M1 over *all* inputs and outputs of the memory, not of this block only.
    exact : bool, default True
        Whether the numbers are whole; those of memories that fade are rounded.
    """

    n_patterns: float
    input_usage: NDArray[Any]
    output_usage: NDArray[Any]
    both: NDArray[Any]
    mean_input_usage: float
    mean_output_usage: float
    exact: bool = True

    @cached_property
    def input_only(self) -> NDArray[Any]:
        """M10(i, j) = M1(i) - M11: patterns with input i active and output j silent."""
        return self.input_usage - self.both

    @cached_property
    def output_only(self) -> NDArray[Any]:
        """M01(i, j) = M1(j) - M11: patterns with input i silent and output j active."""
        return self.output_usage - self.both

    @cached_property
    def neither(self) -> NDArray[Any]:
        """M00(i, j) = M - M1(j) - M10: patterns with both silent."""
        count = self.output_silence - self.input_only
        return count if self.exact else np.maximum(count, 0)

    @cached_property
    def input_silence(self) -> NDArray[Any]:
        """M0(i) = M - M1(i), shape (n_inputs, 1)."""
        return self.n_patterns - self.input_usage

    @cached_property
    def output_silence(self) -> NDArray[Any]:
        """M0(j) = M - M1(j), shape (n_outputs,)."""
        return self.n_patterns - self.output_usage
