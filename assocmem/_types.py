"""Names for the array types that signatures repeat."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

#: States and patterns: 0 and 1, mostly of shape (n_queries, n_units).
States = NDArray[np.uint8]

#: Patterns in the rows of an array of zeros and ones, or of a sparse matrix of ones.
PatternRows: TypeAlias = "NDArray[np.uint8] | csr_array"

#: Numbers of queries or units.
Indices = NDArray[np.intp]

#: Real numbers, single or double precision.
Reals = NDArray[Any]
