"""Files that go with the nights of another file: a journal, stress samples, a second summary.

Rows are matched by the export's own key where both files carry it, else by evening date. No night
is ever invented for a companion: what matches none is counted and kept in the record. Whether two
files would fit better one day apart is compared and told; nothing is shifted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, Days, native
from sleepstats.errors import option
from sleepstats.reading.nights import Draft
from sleepstats.reading.nights.record import Fate, alike

NO_DAY = np.datetime64("NaT", "D")
#: Two clock times within this are the same observation, one of them on a person's own clock.
SAME_CLOCK_MIN = 15.0
#: A shift fits clearly better when this much larger a share of nights agrees, ...
SHARE_BETTER = 0.2
#: ... by this many standard errors, ...
CLOCK_ERRORS = 3.0
#: ... or, without clocks, when this many more evenings find a night, by this many errors.
MORE_MATCHED, MATCH_ERRORS = 3, 2.0
FEWEST = 10
_PAIRS = (("into_bed", "lights_out", "sleep_onset"), ("out_of_bed", "final_wake"))


#: Recorded columns that a companion may add; the others are the nights' own business.
RATINGS = ("quality", "rested", "mood_on_waking", "comments", "nap_min")


@dataclass
class Night:
    """Where a key of the export leads: its night, or why it has none."""

    day: np.datetime64
    why: str = ""


def split_roles(drafts: Sequence[Draft]) -> tuple[list[int], list[int]]:
    """Return the positions of the drafts that hold nights, and of those that go with them."""
    products = {_product(d) for d in drafts if d.role == "nights"}
    mains = [
        i for i, d in enumerate(drafts)
        if d.role == "nights" or (d.role == "either" and _product(d) not in products)
    ]  # fmt: skip
    return mains, [i for i in range(len(drafts)) if i not in mains]


def _product(draft: Draft) -> str:
    # fitbit_takeout and fitbit_scores are of one product.
    return draft.format.split("_")[0]


def nights_by_key(drafts: Sequence[Draft], fates: Sequence[Fate]) -> dict[str, Night]:
    """Follow each key of the files of nights to its night; the night's own row goes first."""
    found: dict[str, Night] = {}
    for draft, (status, _) in zip(drafts, fates, strict=True):
        if draft.key is None:
            continue
        rows = zip(draft.key.tolist(), status.tolist(), draft.night, strict=True)
        dated = (~np.isnat(draft.night)).tolist()
        for i, (key, became, night) in enumerate(rows):
            if not key:
                continue
            if became in ("used", "merged", "duplicate") and dated[i]:
                if became == "used" or key not in found or found[key].why:
                    found[key] = Night(night)
            elif key not in found:
                line = int(draft.table.line[i])
                found[key] = Night(
                    NO_DAY, f"{draft.table.name}, line {line}, has its key but is no night"
                )
    return found


def fate_of(draft: Draft) -> Fate:
    """Return the rows of a companion as ``joined``, those that name no evening as refused."""
    status = alike("joined", len(draft.table))
    why: dict[int, str] = {}
    lost = np.isnat(draft.night)
    if draft.key is not None:
        lost &= np.array([not key for key in draft.key.tolist()], dtype=bool)
    lost[list(draft.refused)] = True
    for i in np.flatnonzero(lost).tolist():
        status[i] = "refused"
        why[i] = draft.refused.get(i, "names no evening that it could be joined to.")
    return status, why


def join_companion(
    nights: pd.DataFrame, draft: Draft, fate: Fate, keys: dict[str, Night]
) -> tuple[pd.DataFrame, str]:
    """Join the evenings of one draft to the nights."""
    status, why = fate
    days = _days(draft, keys)
    there = np.isin(days.astype("datetime64[us]"), nights.index.to_numpy())
    mine = status == "joined"
    for i in np.flatnonzero(mine & ~there).tolist():
        status[i] = "unmatched"
        why[i] = _why_unmatched(draft, i, days[i], keys)
    # The account names the night that a row went with, also where the key and no date led there.
    draft.night = np.where(status == "joined", days, draft.night)
    values = _values(draft, keys, status == "joined", days)
    joined = _with_columns(nights, values, draft)
    return joined, _counts(draft, days, mine, there, nights, keys)


def companion_frame(drafts: Sequence[Draft], fates: Sequence[Fate]) -> pd.DataFrame:
    """Return the evenings of companions that are read without their nights, by evening date."""
    frame = pd.DataFrame(index=pd.DatetimeIndex([], dtype="datetime64[us]"))
    for draft, (status, _) in zip(drafts, fates, strict=True):
        values = _values(draft, {}, status == "joined", draft.night)
        frame = _with_columns(frame.reindex(frame.index.union(values.index)), values, draft)
    return frame


def _days(draft: Draft, keys: dict[str, Night]) -> Days:
    """Return the evening date of each row: by key where there is one, else as the file dates it."""
    days = draft.night.astype("datetime64[D]").copy()
    if draft.key is not None and keys:
        for i, key in enumerate(draft.key.tolist()):
            if key:
                days[i] = keys[key].day if key in keys else NO_DAY
    return days


def _why_unmatched(draft: Draft, row: int, day: np.datetime64, keys: dict[str, Night]) -> str:
    key = draft.key[row] if draft.key is not None and keys else ""
    if key and key in keys and keys[key].why:
        return f"{keys[key].why}: not joined."
    if key:
        return f"no night has the key {key!r}: not joined."
    return f"there is no night of {day}: not joined."


def _values(draft: Draft, keys: dict[str, Night], rows: Bools, days: Days) -> pd.DataFrame:
    """Return the companion's columns with one row per matched evening."""
    if draft.evenings is None:
        columns = {name: _array(v) for name, v in draft.columns.items()}
        frame = pd.DataFrame(columns, index=np.arange(len(rows)))[rows]
        index = days[rows]
    else:
        frame = draft.evenings
        dated = pd.api.types.is_datetime64_any_dtype(frame.index.dtype)
        index = (
            frame.index.to_numpy().astype("datetime64[D]")
            if dated
            else np.array([keys[k].day if k in keys else NO_DAY for k in frame.index], "M8[D]")
        )
    frame = frame.set_axis(pd.DatetimeIndex(index.astype("datetime64[us]")), axis=0)
    frame = frame[frame.index.notna()]
    if frame.index.has_duplicates:
        # The later entry of an evening holds, and what it leaves blank stays as entered before.
        frame = frame.groupby(level=0).last()
    return frame


def _array(values: Any) -> Any:
    # A plain bool cannot say "not recorded" on the nights that have no entry.
    plain = isinstance(values, np.ndarray) and values.dtype == bool
    return pd.array(values, dtype="boolean") if plain else values


def _with_columns(nights: pd.DataFrame, values: pd.DataFrame, draft: Draft) -> pd.DataFrame:
    """Add the columns; where the nights have one already, fill its blanks only.

    A column that holds something else there than here is kept apart, and that is told.
    """
    joined = nights.copy(deep=False)
    new: dict[str, pd.Series] = {}
    for name in values.columns:
        column = values[name]
        if column.dtype == bool:
            column = column.astype("boolean")
        if name in joined and kind_of(joined[name]) != kind_of(column):
            if not column.notna().any():
                continue
            if joined[name].notna().any():
                name = put_apart(draft, name, kind_of(column), {*joined.columns, *new})
            else:
                joined = joined.drop(columns=name)
        column = column.reindex(nights.index)
        if name not in joined:
            new[name] = column
        else:
            joined[name] = joined[name].where(joined[name].notna(), column)
    if new:  # at once: a frame that grows column by column gets slow
        attrs = joined.attrs
        joined = pd.concat([joined, pd.DataFrame(new, index=joined.index)], axis=1)
        joined.attrs = attrs
    return joined


def kind_of(values: Any) -> str:
    """Name what a column holds: ``yes_no``, ``time``, ``number`` or ``text``."""
    dtype = values.dtype
    if pd.api.types.is_bool_dtype(dtype):
        return "yes_no"
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return "time"
    return "number" if pd.api.types.is_numeric_dtype(dtype) else "text"


#: What kinds of columns are called in sentences.
_KINDS = {"yes_no": "yes or no", "time": "clock times", "number": "numbers", "text": "words"}


def put_apart(
    draft: Draft, name: str, kind: str, taken: Collection[str], elsewhere: str = "another file"
) -> str:
    """Name what one file holds under the name of something else in another, and tell it."""
    own, count = f"{name}_{kind}", 2
    while own in taken:
        own, count = f"{name}_{kind}_{count}", count + 1
    told = draft.told.get(name, {})
    draft.told[own] = told | {"label": f"{told.get('label', name)} ({_KINDS[kind]})"}
    draft.assumed.append(
        f"Column {told.get('header', name)!r} holds {_KINDS[kind]} here and something else in "
        f"{elsewhere}: kept apart as {own!r}. Write it the same way everywhere to have one column."
    )
    return own


def _counts(
    draft: Draft, days: Days, mine: Bools, there: Bools,
    nights: pd.DataFrame, keys: dict[str, Night],
) -> str:  # fmt: skip
    name = draft.table.name
    by_key = draft.key is not None and bool(keys)
    matched = np.unique(days[mine & there])
    if draft.evenings is not None and draft.evenings.index.dtype.kind == "M":
        matched = nights.index[nights.index.isin(draft.evenings.index)].to_numpy()
    dated = days[mine & ~there & ~np.isnat(days)]
    nowhere = int((mine & ~there).sum())
    lacking = len(nights) - len(matched)
    how = "by the export's own key" if by_key else "by evening date"
    text = (
        f"{name}: joined {how}; {len(matched)} of {len(nights)} nights "
        f"{_has(len(matched))} an entry there, {lacking} {_has(lacking)} none"
    )
    if nowhere:
        evenings = [*map(str, np.unique(dated))]
        span = "".join(f", on {day}" for day in evenings[:1])
        if evenings[1:]:
            span = f", on {len(evenings)} evenings between {evenings[0]} and {evenings[-1]}"
        text += f"; {nowhere} of its {int(mine.sum())} rows match no night{span}"
    return f"{text}."


def _has(count: int) -> str:
    return "has" if count == 1 else "have"


def better_shift(nights: pd.DataFrame, other: pd.DataFrame) -> tuple[int, str]:
    """Compare the companion as labelled with the companion one day earlier and later."""
    answers = _by(same_answer, native(nights), native(other)) or (0, "")
    by_clock = answers if answers[0] else _by(same_clock, nights, other)
    return by_clock if by_clock is not None else _by_gaps(nights, other)


def same_clock(nights: pd.DataFrame, other: pd.DataFrame, shift: int = 0) -> tuple[int, int, str]:
    """Count common nights with one bed (else rising) time within 15 min, the other moved."""
    moved = other.set_axis(other.index + pd.Timedelta(days=shift), axis=0)
    common = nights.index.intersection(moved.index)
    for names, word in zip(_PAIRS, ("bed", "rising"), strict=True):
        one = next((n for n in names if n in nights), None)
        two = next((n for n in names if n in other), None)
        if one is None or two is None:
            continue
        apart = nights.loc[common, one].to_numpy() - moved.loc[common, two].to_numpy()
        gap = np.abs(np.mod(apart / np.timedelta64(1, "m") + 720.0, 1440.0) - 720.0)
        known = np.isfinite(gap)
        if known.any():
            return int((gap[known] <= SAME_CLOCK_MIN).sum()), int(known.sum()), word
    return 0, 0, ""


def same_answer(nights: pd.DataFrame, other: pd.DataFrame, shift: int = 0) -> tuple[int, int, str]:
    """Count common nights on which a column of numbers in both says the same, the other moved."""
    moved = other.set_axis(other.index + pd.Timedelta(days=shift), axis=0)
    for name in (n for n in nights if n in other):
        one, two = nights[name].dropna().align(moved[name].dropna(), join="inner")
        if {one.dtype.kind, two.dtype.kind} <= {"f", "i"} and len(one) and two.nunique() > 2:
            return int((one == two).sum()), len(one), repr(name)
    return 0, 0, ""


def _by(
    same: Callable[..., tuple[int, int, str]], nights: pd.DataFrame, other: pd.DataFrame
) -> tuple[int, str] | None:
    now, of_now, what = same(nights, other)
    what += f" time within {SAME_CLOCK_MIN:.0f} min" * (same is same_clock)
    if of_now < FEWEST:
        return None
    best, why = 0, ""
    most = now / of_now
    for shift in (-1, 1):
        then, of_then, _ = same(nights, other, shift)
        if of_then < FEWEST:
            continue
        share, pooled = then / of_then, (now + then) / (of_now + of_then)
        error = (pooled * (1 - pooled) * (1 / of_now + 1 / of_then)) ** 0.5
        gain = share - now / of_now
        if share > most and gain >= SHARE_BETTER and gain >= CLOCK_ERRORS * error:
            best, most = shift, share
            why = (
                f"as its dates are labelled, {now} of {of_now} common nights have the same {what}; "
                f"one day {_way(shift)} it would be {then} of {of_then}. {_advice(shift)}"
            )
    return best, why


def _by_gaps(nights: pd.DataFrame, other: pd.DataFrame) -> tuple[int, str]:
    have = nights.index
    now = other.index.isin(have)
    best, why, most = 0, "", 0
    for shift in (-1, 1):
        then = pd.DatetimeIndex(other.index + pd.Timedelta(days=shift)).isin(have)
        gained, lost = int((then & ~now).sum()), int((now & ~then).sum())
        surplus = gained - lost
        if surplus > most and surplus >= max(
            MORE_MATCHED, MATCH_ERRORS * float(gained + lost) ** 0.5
        ):
            best, most = shift, surplus
            why = (
                f"as its dates are labelled, {int(now.sum())} of its {len(now)} evenings have a "
                f"night; one day {_way(shift)} it would be {int(then.sum())}, and the gaps of both "
                f"would fall together. {_advice(shift)}"
            )
    return best, why


def _way(shift: int) -> str:
    return "earlier" if shift < 0 else "later"


def _advice(shift: int) -> str:
    labels = "morning" if shift < 0 else "evening"
    return (
        f"Nothing was shifted. If its dates name the {labels}: "
        f"{option('join_evenings(...', labels=labels)}."
    )
