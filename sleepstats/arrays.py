"""The array types that annotations speak of, each defined once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
#: Places of rows in an array.
Rows = NDArray[np.intp]
#: Cells of text, or of anything.
Objects = NDArray[np.object_]
#: ``datetime64[us]`` on the clock at the bed.
Stamps = NDArray[np.datetime64]
#: ``datetime64[D]``.
Days = NDArray[np.datetime64]
