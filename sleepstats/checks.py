"""The check of a frame of nights, all failures at once; what is said of any frame in a line."""

from __future__ import annotations

import numbers
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import read_values
from sleepstats.columns import CLOCKS, DICTIONARY, NIGHT, PERSON, column_of, computed_of, told_of
from sleepstats.errors import DiaryError, both_forms, option

#: No amount that a person writes down is larger, nor the inverse of this smaller.
LARGEST = 1e100
#: What Python's own dates know, and a night that begins on the last day ends on none.
_FIRST_DAY, _LAST_DAY = np.datetime64("0001-01-01"), np.datetime64("9999-12-31")
_FAR = np.timedelta64(7, "D")
DURATIONS = ("sol_min", "waso_min", "tib_min", "spt_min", "tst_min", "twak_min", "nap_min",
              "awake_min", "rem_min", "light_min", "deep_min")  # fmt: skip


def check_nights(nights: pd.DataFrame) -> pd.DataFrame:
    """Check that a frame keeps the invariants of ``nights``.

    Parameters
    ----------
    nights : DataFrame
        One row per night. Index: ``DatetimeIndex`` named ``night`` (or a ``MultiIndex``
        ``(person, night)``), dates without time of day and without zone, sorted, unique.

    Returns
    -------
    DataFrame
        The same object, so that the check can stand in a ``pipe``.

    Raises
    ------
    DiaryError
        With every broken invariant: wrong index, duplicate or unsorted nights, duplicate column
        names, clock columns that are no times or out of order, durations that are negative or
        longer than 24 h, efficiency outside 0–100 %.

    Notes
    -----
    A frame built by hand needs an outcome, a factor and this index, nothing else.

    Examples
    --------
    >>> index = pd.date_range("2026-01-01", periods=2, name="night")
    >>> len(check_nights(pd.DataFrame({"tst_min": [420.0, 395.0], "stress": [3, 7]}, index=index)))
    2
    >>> check_nights(pd.DataFrame({"tst_min": [420.0, -5.0]}, index=index))
    Traceback (most recent call last):
    ...
    sleepstats.errors.DiaryError: Column 'tst_min' is negative on 1 night, first on 2026-01-02...
    """
    check_shape(nights)
    problems = [*_clock_problems(nights), *_range_problems(nights), *_size_problems(nights)]
    if problems:
        raise DiaryError(problems)
    return nights


def check_shape(nights: pd.DataFrame) -> None:
    """Check what a frame is before any of its values is looked at: index, names, types, years."""
    if not isinstance(nights, pd.DataFrame):
        raise DiaryError(
            f"nights is a {type(nights).__name__}, not a DataFrame. Read a file with "
            "read_diary(path), or build a DataFrame with one row per night."
        )
    problems = [*_index_problems(nights.index)]
    twice = nights.columns[nights.columns.duplicated()].unique().tolist()
    problems += [f"Two columns are named {name!r}. Rename or drop one." for name in twice]
    strange = [name for name in nights.columns if not isinstance(name, str)]
    problems += [
        f"A column is named {name!r}, which is no text. Rename the columns, for example "
        "nights.columns = ['tst_min', 'stress']."
        for name in strange[:1]
    ]
    # columns that cannot be named one by one cannot be looked at one by one
    if not problems:
        problems += _type_problems(nights)
    if problems:
        raise DiaryError(problems)


def _type_problems(nights: pd.DataFrame) -> list[str]:
    """Refuse numbers that lie on no line, and dates that no calendar of this library shows."""
    problems = []
    for name, dtype in nights.dtypes.items():
        if dtype.kind == "c" or (dtype.kind == "O" and _has_complex(nights[name])):
            problems.append(
                f"Column {name!r} holds complex numbers. Keep one part, for example "
                f"nights[{name!r}].map(lambda z: z.real)."
            )
        elif dtype.kind == "M" and not isinstance(dtype, pd.DatetimeTZDtype):
            outside = _outside(nights[name].to_numpy())
            if outside.any():
                problems.append(
                    f"Column {name!r} has a year before 1 or after 9999 on "
                    f"{_first(nights, outside)}. Set it to missing there."
                )
    return problems


def _has_complex(column: pd.Series[Any]) -> bool:
    return any(issubclass(kind, complex | np.complexfloating) for kind in set(map(type, column)))


def _outside(dates: np.ndarray) -> np.ndarray:
    """Return which dates no calendar shows; a missing one is none of them."""
    day = dates.astype("datetime64[D]")
    return np.asarray(~np.isnat(day) & ((day < _FIRST_DAY) | (day > _LAST_DAY)))


def _index_problems(index: pd.Index) -> list[str]:
    advice = (
        "Set one date per night, for example nights.index = pd.DatetimeIndex(dates, name='night')."
    )
    if isinstance(index, pd.MultiIndex):
        if list(index.names) != [PERSON, NIGHT]:
            return [f"The index levels are {list(index.names)}, expected ['person', 'night']."]
        dates = index.levels[1]
    else:
        if index.name != NIGHT:
            return [f"The index is named {index.name!r}, expected 'night'. {advice}"]
        dates = index
    if not isinstance(dates, pd.DatetimeIndex):
        return [f"The index 'night' holds {dates.dtype} values, expected dates. {advice}"]
    problems = []
    if dates.tz is not None:
        problems.append(
            "The index 'night' has a time zone; a night is a local date. "
            "Use nights.index.tz_localize(None)."
        )
    stamps = (dates if dates.tz is None else dates.tz_localize(None)).to_numpy()
    if len(dates) and bool(_outside(stamps).any()):
        return ["The index 'night' has a year before 1 or after 9999. Drop or date those rows."]
    if dates.hasnans:
        problems.append("The index 'night' has a missing date. Drop or date that row.")
    elif not bool((stamps == stamps.astype("datetime64[D]")).all()):
        problems.append("The index 'night' has times of day. Use nights.index.normalize().")
    if not index.is_unique:
        which = index[index.duplicated()][0]
        which = which[1] if isinstance(index, pd.MultiIndex) else which
        twice = int(index.duplicated().sum())
        problems.append(
            f"{twice} {'night stands' if twice == 1 else 'nights stand'} in the frame twice, first "
            f"{which:%Y-%m-%d}. Keep one row per night."
        )
    if not index.is_monotonic_increasing:
        problems.append("The nights are not in order. Use nights.sort_index().")
    return problems


#: Measured or counted, without limits of their own.
#: Columns of the dictionary that are numbers, durations and efficiency apart.
COUNTED = tuple(
    one.name for one in DICTIONARY.values()
    if one.name == "nawk" or (one.kind in ("computed", "device") and one.name not in CLOCKS)
)  # fmt: skip


def _first(nights: pd.DataFrame, bad: np.ndarray) -> str:
    """Return ``"3 nights, first on 2026-01-02"`` for a mask."""
    label = nights.index[int(np.flatnonzero(bad)[0])]
    day = label[1] if isinstance(label, tuple) else label
    count = int(bad.sum())
    return f"{count} night{'s' if count != 1 else ''}, first on {day:%Y-%m-%d}"


def _clock_problems(nights: pd.DataFrame) -> list[str]:
    problems = []
    times: dict[str, np.ndarray] = {}
    for name in (c for c in CLOCKS if c in nights):
        dtype = nights[name].dtype
        if isinstance(dtype, pd.DatetimeTZDtype) or not pd.api.types.is_datetime64_dtype(dtype):
            problems.append(
                f"Column {name!r} is {dtype}, expected local times without zone (datetime64)."
            )
        else:
            times[name] = nights[name].to_numpy("datetime64[us]")
    evening = nights.index.get_level_values(-1).to_numpy("datetime64[us]")
    for name, stamps in times.items():
        far = np.abs(stamps - evening) > _FAR
        if far.any():
            problems.append(
                f"Column {name!r} lies more than a week from its night on {_first(nights, far)}. "
                "Check the date of that night, or set it to missing there."
            )
    # only neighbours: one wrong time would otherwise be told four times
    for earlier, later in pairwise(times):
        bad = times[earlier] > times[later]
        if bad.any():
            problems.append(
                f"Column {earlier!r} is later than {later!r} on {_first(nights, bad)}. "
                "A night runs into_bed, lights_out, sleep_onset, final_wake, out_of_bed."
            )
    return problems


def _range_problems(nights: pd.DataFrame) -> list[str]:
    problems = [
        f"Column {name!r} is {nights[name].dtype}, expected numbers. Convert it with "
        "pandas.to_numeric() first."
        for name in COUNTED
        if name in nights
        and name not in (*DURATIONS, "se_pct")
        and not pd.api.types.is_numeric_dtype(nights[name].dtype)
        and nights[name].notna().any()
    ]
    limits = dict.fromkeys(DURATIONS, (0.0, 1440.0)) | {"se_pct": (0.0, 100.0)}
    for name, (low, high) in limits.items():
        if name not in nights:
            continue
        if not pd.api.types.is_numeric_dtype(nights[name].dtype):
            problems.append(f"Column {name!r} is {nights[name].dtype}, expected numbers.")
            continue
        values = nights[name].to_numpy(dtype=float, na_value=np.nan)
        if (values < low).any():
            problems.append(
                f"Column {name!r} is negative on {_first(nights, values < low)}. "
                "A duration cannot be."
            )
        if (values > high).any():
            unit = DICTIONARY[name].unit
            problems.append(
                f"Column {name!r} is above {high:g} {unit} on {_first(nights, values > high)}. "
                "Check the unit and the date of that night."
            )
    return problems


def _sizes(column: pd.Series[Any]) -> np.ndarray:
    """Return the sizes of the numbers among the cells of a column of objects."""
    sizes = np.full(len(column), np.nan)
    for row, cell in enumerate(column):
        if isinstance(cell, numbers.Real | Decimal):
            try:
                sizes[row] = abs(float(cell))
            except OverflowError:
                sizes[row] = np.inf
            except ValueError:  # a decimal that says that it is no number
                continue
    return sizes


def _size_problems(nights: pd.DataFrame) -> list[str]:
    """Refuse numbers that are infinite, or of a size that no unit explains."""
    problems = []
    for name, dtype in nights.dtypes.items():
        if pd.api.types.is_float_dtype(dtype):
            size = nights[name].to_numpy()
            if not isinstance(dtype, np.dtype):  # a missing value is masked
                size = nights[name].to_numpy(dtype=float, na_value=np.nan)
            size = np.abs(size)
        elif dtype.kind == "O":
            size = _sizes(nights[name])
        else:
            continue
        if not size.size or np.isnan(largest := float(np.fmax.reduce(size))):
            continue
        if np.isinf(largest):
            where = _first(nights, np.isinf(size))
            problems.append(f"Column {name!r} is infinite on {where}. Set it to missing there.")
        # squares and products of such numbers leave the range of floats without a warning
        elif largest > LARGEST or 0.0 < largest < 1.0 / LARGEST:
            problems.append(
                f"Column {name!r} has {largest:.3g} for its largest number. Give it a unit in "
                f"which it lies between {1.0 / LARGEST:g} and {LARGEST:g}."
            )
    return problems


def date_said(day: pd.Timestamp) -> str:
    """Write a date with its weekday."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def nights_said(nights: pd.DataFrame) -> str:
    """Say how many nights there are; evenings of habits only, and bare dates, are told apart."""
    told = [(name, column_of(nights, str(name))) for name in nights]
    asked = [n for n, c in told if c.kind == "factor" and c.when != "morning"]
    slept = [n for n, c in told if c.kind != "control" and n not in asked]
    unknown = nights[slept].isna().all(axis=1) if slept else nights.isna().all(axis=1) & False
    bare = unknown & nights[asked].isna().all(axis=1)
    counts = (
        (len(nights) - int(unknown.sum()), "night", ""),
        (int((unknown & ~bare).sum()), "evening", " with habits only"),
        (int(bare.sum()), "date", " with nothing beside it"),
    )
    said = [f"{n:,} {one}{'' if n == 1 else 's'}{rest}" for n, one, rest in counts if n or not rest]
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def computed_here(nights: pd.DataFrame, computed: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Say of columns that are computed from measures of their night that they are no habits."""
    label = {str(name): column_of(nights, str(name)).label for name in nights}
    end = "of the same night, or as good as, so it is no habit before it"
    of = {x: "measures" if more else label[made] for x, (made, *more) in computed.items()}
    return {x: f"“{label[x]}” is computed from {made} {end}" for x, made in of.items()}


def is_blank(nights: pd.DataFrame) -> bool:
    """Say whether no night is filled in yet, as in a template."""
    return not any(nights[x].count() for x in nights if column_of(nights, str(x)).kind != "control")


def no_measures(nights: pd.DataFrame) -> list[str]:
    """Say what is neither a habit nor compared: yes or no of the night, what is computed of it."""
    computed = [f"{line}." for line in computed_here(nights, computed_of(nights)).values()]
    ticked = [str(x) for x in nights if nights[x].dtype.kind == "b" and nights[x].any()]
    told = [column_of(nights, name) for name in ticked]
    names = [f"“{x.label}”" for x in told if x.when != "day" and x.kind != "factor"]
    if not names:
        return computed
    was, last = ("was", "") if len(names) == 1 else ("were", f" and {names[-1]}")
    said = f"{', '.join(names[:-1] if last else names)}{last} {was} noted of the night itself"
    return [*computed, f"{said}, not of the evening before it: not compared."]


def latency_call(nights: pd.DataFrame) -> str:
    """Say how a diary of going to bed and falling asleep gives the latency, if it can."""
    told = told_of(nights)
    header = told.get("columns", {}).get("into_bed", {}).get("header")
    has = {"into_bed", "sleep_onset"} <= {*nights} and not {"lights_out", "sol_min"} & {*nights}
    if not (header and has and told.get("format") == "diary"):
        return ""
    call = option("read_diary(...", columns={str(header): "lights_out"})
    return both_forms(f" If {header!r} is when you tried to sleep, this gives the latency: {call}.")


#: Columns of two names that agree in so many different values are one.
UNLIKELY = 5


def held_already(nights: pd.DataFrame, column: pd.Series[Any]) -> bool:
    """Say whether a column of the nights holds all that another says, and not by chance."""
    dates = pd.DatetimeIndex(nights.index)
    mine = read_values(column.reindex(dates), dates)
    known = ~np.isnan(mine.values)
    different = len(np.unique(mine.values[known]))
    names = [str(x) for x in nights if different >= (1 if x == column.name else UNLIKELY)]
    others = (read_values(nights[x], dates) for x in names)
    same = (x.levels == mine.levels and (x.values == mine.values)[known].all() for x in others)
    return any(same)
