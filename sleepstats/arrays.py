"""The array types that annotations speak of, each defined once; products of tall arrays.

Tall: many nights, few columns. BLAS shares a product out among threads as soon as it is a little
larger than the pieces taken here; where the cores are busy, each then waits for the other a
thousand times as long as it works. The caller's number of threads is left as it is.
"""

from __future__ import annotations

from typing import Any

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

NIGHTS_IN_A_RUN = 8  # that follow each other where all runs step together
_LARGEST = 1 << 17  # multiplications of one product: BLAS keeps them on one thread
_LARGEST_QR = 1 << 12  # numbers of one block


def padded(n: int) -> int:
    """Nights with room to spare, so that many patterns of gaps have one length."""
    unit = 2 * NIGHTS_IN_A_RUN if n < 512 else 4 * NIGHTS_IN_A_RUN
    return -(-n // unit) * unit


def products(one: Floats, other: Floats) -> Floats:
    """``one @ other'``, summed over nights: (..., a, N) and (..., b, N) give (..., a, b)."""
    n = one.shape[-1]
    most = max(16, _LARGEST // max(1, one.shape[-2] * other.shape[-2]))
    turned = np.swapaxes(other, -1, -2)
    total = one[..., :most] @ turned[..., :most, :]
    for start in range(most, n, most):
        part = slice(start, start + most)
        total += one[..., part] @ turned[..., part, :]
    return np.asarray(total)


def spread(mix: NDArray[np.floating[Any]], columns: Floats) -> Floats:
    """``mix @ columns``, night by night: (..., a, b) and (..., b, N) give (..., a, N)."""
    n = columns.shape[-1]
    most = max(16, _LARGEST // max(1, mix.shape[-2] * mix.shape[-1]))
    if n <= most:
        return np.asarray(mix @ columns)
    mixed = np.empty((*columns.shape[:-2], mix.shape[-2], n))
    for start in range(0, n, most):
        part = slice(start, start + most)
        np.matmul(mix, columns[..., part], out=mixed[..., part])
    return mixed


def orthonormal(columns: Floats) -> tuple[Floats, Floats]:
    """Return Q and R of columns (N, k), N >= k: by blocks and of their triangles.

    Demmel et al. 2012, doi:10.1137/080731992.
    """
    n, k = columns.shape
    blocks = _blocks(n, k)
    if blocks == 1:
        basis, root = np.linalg.qr(columns)
        return basis, root
    # nights that are all zero change no triangle
    rows = -(-n // blocks)
    filled = np.zeros((blocks * rows, k))
    filled[:n] = columns
    part, triangles = np.linalg.qr(filled.reshape(blocks, rows, k))
    mix, whole = orthonormal(triangles.reshape(-1, k))
    return np.asarray(part @ mix.reshape(blocks, k, k)).reshape(-1, k)[:n], whole


def triangle(columns: Floats) -> Floats:
    """Return the triangle of :func:`orthonormal` alone."""
    n, k = columns.shape
    blocks = _blocks(n, k)
    if blocks == 1:
        return np.asarray(np.linalg.qr(columns, mode="r"))
    rows = -(-n // blocks)
    filled = np.zeros((blocks * rows, k))
    filled[:n] = columns
    return triangle(
        np.asarray(np.linalg.qr(filled.reshape(blocks, rows, k), mode="r")).reshape(-1, k)
    )


def _blocks(n: int, k: int) -> int:
    """Count blocks of at least twice as many nights as columns."""
    return max(1, min(-(-n * k // _LARGEST_QR), n // max(1, 2 * k)))
