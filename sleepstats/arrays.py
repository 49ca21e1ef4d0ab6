"""A diary's columns as arrays: the types of arrays, what was recorded, products of tall arrays.

A factor has three states: yes, no and *not recorded*, which is NaN here and stays apart from no.
Several apps have a latency column that is no measurement: always zero, or a fixed share of the
time in bed. A relation with such a column is a relation with the app's rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from numbers import Real
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sleepstats.errors import DiaryError
from sleepstats.units import CLOCK_UNIT

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


def modulo(values: Floats, period: float) -> Floats:
    """Return ``np.mod``, to the bit; sooner where all lies within a period or two."""
    low, high = (f.reduce(values, axis=None, initial=0.0) for f in (np.fmin, np.fmax))
    if low < -period or high >= 2 * period:
        return np.mod(values, period)
    within = values + (period * (values < 0.0) if low < 0.0 else 0.0)
    return within - period * (values >= period) if high >= period else within


ValueKind = Literal["numeric", "yes/no", "categorical", "text", "empty", "other"]

#: A column of words with more different answers than this is free text, not a choice of kinds.
MOST_KINDS = 12


_WORDS = {"yes": 1.0, "no": 0.0, "y": 1.0, "n": 0.0, "true": 1.0, "false": 0.0}


@dataclass(frozen=True, eq=False)
class Reading:
    """A column read as numbers."""

    #: What the column holds. ``"other"`` is a type that no question can use.
    kind: ValueKind
    #: ndarray of float: one number per row, NaN where nothing was recorded: the amount; 1 for yes
    #: and 0 for no; or the position in ``levels``.
    values: Floats
    #: The different answers of a categorical or text column, in alphabetical order.
    levels: tuple[str, ...] = ()
    #: Unit where reading the column decided it (a clock becomes hours), otherwise None.
    unit: str | None = None


def read_values(column: pd.Series[Any], nights: pd.DatetimeIndex) -> Reading:
    """Read one column of ``nights`` as numbers, keeping *not recorded* apart from *no*."""
    dtype = column.dtype
    if pd.api.types.is_bool_dtype(dtype) and not isinstance(dtype, pd.CategoricalDtype):
        return _yes_no(column.to_numpy(dtype=float, na_value=np.nan))
    if pd.api.types.is_numeric_dtype(dtype):
        return _numbers(column.to_numpy(dtype=float, na_value=np.nan))
    if pd.api.types.is_datetime64_dtype(dtype):
        # after the midnight that begins the evening's date: 23:30 and 00:30 are an hour apart
        since = column.to_numpy("datetime64[us]") - nights.to_numpy("datetime64[us]")
        hours = since / np.timedelta64(1, "h")
        return Reading("numeric" if np.isfinite(hours).any() else "empty", hours, unit=CLOCK_UNIT)
    if isinstance(dtype, pd.CategoricalDtype):
        column = column.astype(object)
    elif not (pd.api.types.is_string_dtype(dtype) or pd.api.types.is_object_dtype(dtype)):
        return Reading("other", np.full(len(column), np.nan), levels=(str(dtype),))
    return _objects(column.to_numpy(dtype=object))


def numbers_of(nights: pd.DataFrame, name: str) -> Reading:
    """Read a column of measured numbers, or say why it is none."""
    reading = read_values(nights[name], pd.DatetimeIndex(nights.index))
    if reading.kind == "empty":
        raise DiaryError(
            f"Column {name!r} has no value on any night. Read the diary that holds it, or choose "
            "another outcome."
        )
    if reading.kind != "numeric":
        raise DiaryError(
            f"Column {name!r} is {reading.kind}, expected numbers. Choose a measured outcome such "
            "as 'tst_min'."
        )
    return reading


#: Of its variance, what other columns must tell of one that is computed from them; nights enough.
_TOLD, _ENOUGH_NIGHTS, _LOOKED_AT = 0.99, 14, 400
#: What was found last, by all that was looked at: one call asks several times.
_LAST: dict[tuple[Any, ...], dict[str, tuple[str, ...]]] = {}


def computed_from(
    nights: pd.DataFrame, names: Sequence[str], measures: Sequence[str], together: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Return columns that are nearly linear in one measure of their night, or in some together."""
    told: dict[str, Floats] = {}
    for name in (*names, *measures):
        if (column := nights[name]).dtype.kind in "iuf":
            told[name] = column.to_numpy(dtype=np.float64, na_value=np.nan)
        elif (one := read_values(column, pd.DatetimeIndex(nights.index))).kind == "numeric":
            told[name] = one.values
    key = (*names, None, *told, None, *together, *(one.tobytes() for one in told.values()))
    found = _LAST.get(key)
    if found is None:
        found = dict(_computed(told, names, [x for x in measures if x in told], together))
        _LAST.clear()
        _LAST[key] = found
    return dict(found)


def _computed(
    told: dict[str, Floats], names: Sequence[str], measures: Sequence[str], together: Sequence[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Set each column beside the measures on the first nights on which it is known."""
    for name in _may_be_told(told, [x for x in names if x in told], measures):
        rows = np.flatnonzero(np.isfinite(told[name]))[:_LOOKED_AT]
        parts = {one: values[rows] for one, values in told.items()}
        # what takes a few values only, such as a rating, goes with a measure by a handful of nights
        if len(np.unique(y := parts[name])) < 2 * RATIO_TIMES or np.abs(y).max() > 1e6:
            continue
        often = [x for x in together if 2 * np.isfinite(parts.get(x, y[:0])).sum() > len(rows)]
        every = _share_told(y, [parts[x] for x in often])
        # where all together do not tell it none of them does
        alone = (x for x in measures if x not in often or not every < 0.5 * _TOLD)
        some = tuple(islice((x for x in alone if _share_told(y, [parts[x]]) >= _TOLD), 1))
        if some := some or tuple(often) * bool(every >= _TOLD):
            yield name, some


def _may_be_told(told: dict[str, Floats], names: list[str], measures: Sequence[str]) -> list[str]:
    """Leave out what all measures together miss too much of on those nights that have all."""
    columns = np.array([told[x][:_LOOKED_AT] for x in (*names, *measures)])
    columns = columns[:, np.isfinite(columns).all(axis=0)]
    if columns.shape[1] <= len(columns):
        return names
    # least squares leaves no more on some nights than on all, and no more beside more measures
    columns -= columns.mean(axis=1, keepdims=True)
    y, basis = columns[: len(names)], np.linalg.qr(columns[len(names) :].T)[0]
    left = y - y @ basis @ basis.T
    known = (told[x][np.isfinite(told[x])] for x in names)
    missed = zip(names, (left * left).sum(axis=1), known, strict=True)
    return [x for x, part, of in missed if not part > (1.0 - _TOLD) * of.var() * len(of)]


def _share_told(values: Floats, parts: Sequence[Floats]) -> float:
    """Share of variance that columns tell, less what so many would tell by luck; NaN: unknown."""
    columns = np.array(parts).reshape(len(parts), len(values)).T
    known = np.isfinite(columns).all(axis=1)
    n, k = len(columns[known]), len(parts)
    if not k or n < _ENOUGH_NIGHTS + 2 * k or not np.ptp(values[known]) > 0:
        return np.nan
    x, y = columns[known] - columns[known].mean(axis=0), values[known] - values[known].mean()
    x = x / np.maximum(np.abs(x).max(axis=0), 1e-9)
    left = y - x @ np.linalg.lstsq(x.T @ x, x.T @ y, rcond=1e-10)[0]
    return 1.0 - float(left @ left / (y @ y)) * (n - 1) / (n - k - 1)


def _yes_no(values: Floats) -> Reading:
    return Reading("empty" if np.isnan(values).all() else "yes/no", values)


def _numbers(values: Floats) -> Reading:
    """Tell an amount from a yes or no written as 1 and 0."""
    values = np.where(np.isfinite(values), values, np.nan)
    known = ~np.isnan(values)
    if not known.any():
        return Reading("empty", values)
    # many exports write a yes or no as 1 and 0
    only_0_1 = bool(((values == 0) | (values == 1) | ~known).all())
    return Reading("yes/no" if only_0_1 else "numeric", values)


def _objects(cells: Objects) -> Reading:
    """Read cells one by one: the words yes and no, numbers, or kinds."""
    known = [cell for cell in cells if not _is_missing(cell)]
    if not known:
        return Reading("empty", np.full(len(cells), np.nan))
    if all(isinstance(cell, np.bool_ | Real | Decimal) for cell in known):
        numbers = np.array([np.nan if _is_missing(cell) else float(cell) for cell in cells])
        return _numbers(numbers)
    words = [None if _is_missing(cell) else str(cell).strip() for cell in cells]
    if all(word is None or word.casefold() in _WORDS for word in words):
        said = [np.nan if word is None else _WORDS[word.casefold()] for word in words]
        return _yes_no(np.array(said, dtype=float))
    levels = sorted({word for word in words if word is not None})
    place = {word: float(i) for i, word in enumerate(levels)}
    codes = np.array([np.nan if word is None else place[word] for word in words], dtype=float)
    kind: ValueKind = "categorical" if len(levels) <= MOST_KINDS else "text"
    return Reading(kind, codes, tuple(levels))


def _is_missing(cell: object) -> bool:
    """Say whether a cell holds nothing: None, NaN, NA, NaT or blank text."""
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return True
    if isinstance(cell, float | Decimal):
        return cell != cell
    return isinstance(cell, str) and not cell.strip()


LATENCY = "sol_min"
#: Latencies below half of a diary's usual 5-min unit are set to this before taking the log.
FLOOR_MIN = 2.5
#: One value on this share of the nights or more says nothing about the nights.
SAME_SHARE = 0.8
#: One ratio of latency to time in bed on this share of nights is a rule, not a measurement.
RATIO_SHARE = 0.15
#: ... when it holds on nights of at least this many different times in bed.
RATIO_TIMES = 5


def latency_refusal(nights: pd.DataFrame) -> str:
    """Say why the latency of this diary cannot be asked about; empty when it can."""
    if LATENCY not in nights:
        return f"latency not measured: nights has no column {LATENCY}"
    latency = nights[LATENCY].to_numpy(dtype=float, na_value=np.nan)
    known = np.isfinite(latency)
    n = int(known.sum())
    if n == 0:
        return f"latency not measured: {LATENCY} is missing on {_all(len(nights))}"
    values, counts = np.unique(latency[known], return_counts=True)
    most, times = float(values[counts.argmax()]), int(counts.max())
    if times >= SAME_SHARE * n:
        where = _all(n) if times == n else f"{times} of {n} nights"
        code = "latency not measured" if most == 0 else "latency quantised"
        return f"{code}: {LATENCY} is {most:g} min on {where}"
    return _fixed_share(latency, nights)


def _fixed_share(latency: Floats, nights: pd.DataFrame) -> str:
    """Find one ratio of latency to time in bed that returns on nights of different length."""
    if "tib_min" not in nights:
        return ""
    in_bed = nights["tib_min"].to_numpy(dtype=float, na_value=np.nan)
    both = np.isfinite(latency) & np.isfinite(in_bed) & (latency > 0) & (in_bed > 0)
    if both.sum() < RATIO_TIMES:
        return ""
    both &= latency > 1e-5 * np.where(both, in_bed, 1.0)  # a few milliseconds are no share
    if both.sum() < RATIO_TIMES:
        return ""
    shares = np.round(latency[both] / in_bed[both], 5)
    values, counts = np.unique(shares, return_counts=True)
    best = int(counts.argmax())
    n, times = int(both.sum()), int(counts[best])
    different = len(np.unique(in_bed[both][shares == values[best]]))
    if times < RATIO_SHARE * n or different < RATIO_TIMES:
        return ""
    return (
        f"latency quantised: {LATENCY} is time in bed / {1 / values[best]:.0f} "
        f"on {times} of {n} nights; an app's rule, not a measurement"
    )


def _all(n: int) -> str:
    return f"all {n} nights" if n != 1 else "the only night"


def native(nights: pd.DataFrame) -> pd.DataFrame:
    """Return a copy whose numbers have this machine's order of bytes, as pandas needs them."""
    kinds = {name: kind for name, kind in nights.dtypes.items() if isinstance(kind, np.dtype)}
    others = {name: kind.newbyteorder("=") for name, kind in kinds.items() if not kind.isnative}
    return nights.astype(others) if others else nights.copy(deep=False)  # copied on write


# Tall: many nights, few columns. BLAS shares a product out among threads as soon as it is a little
# larger than the pieces taken here; where the cores are busy, each then waits for the other a
# thousand times as long as it works. The caller's number of threads is left as it is.

# glibc gives freed memory back until a larger block than that was freed once. Of a short diary's
# time a tenth went into asking for the same pages anew; no page of this block is ever touched
np.empty(1 << 21)

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


def _blocks(n: int, k: int) -> int:
    """Count blocks of at least twice as many nights as columns."""
    return max(1, min(-(-n * k // _LARGEST_QR), n // max(1, 2 * k)))
