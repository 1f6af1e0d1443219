"""Names for the array types that signatures repeat."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: States and patterns: 0 and 1, mostly of shape (n_queries, n_units).
States = NDArray[np.uint8]

#: Numbers of queries or units.
Indices = NDArray[np.intp]

#: Real numbers, single or double precision.
Reals = NDArray[Any]
