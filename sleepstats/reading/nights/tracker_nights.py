"""Several records of a night: pieces, naps and devices of a tracker, second answers of a diary."""

from __future__ import annotations

import itertools
from datetime import date

import numpy as np
import pandas as pd

from sleepstats.columns import IN_PIECES, column_of
from sleepstats.errors import DiaryError
from sleepstats.reading.nights import Draft, sentences
from sleepstats.reading.nights.records import BEGINS, ENDS, SHORTER_THAN_H, Records, records_of

#: Records of a tracker closer together than this are pieces of one night.
PIECE_GAP_MIN = 90.0
#: A record at least this share of the usual night, which so many nights tell, is no nap.
WHOLE_SHARE, FEWEST_USUAL = 0.75, 5
#: What is longer is no night beside another; a record without an end that begins so shortly before
#: another was started by mistake.
MOST_MIN, _STRAY_MIN = 960.0, 30
#: A named nap that begins before this hour of the clock belongs to the day before, if alone.
_NIGHT_ENDS_H = 4
_ADDED_UP = ("tib_min", "tst_min", "waso_min", "nawk", "awake_min", "rem_min", "light_min",
             "deep_min", "snore_min")  # fmt: skip
_MINUTE, _DAY = 60_000_000, 86_400_000_000
_EPOCH = date(1970, 1, 1).toordinal()

TWO_PEOPLE = ("nearly every date has rows of different times. Do several people stand in this "
              "file? Give each a file, or a name in a column 'person', and read with person=, "
              "--person. If one person's, by two devices: delete one's rows.")  # fmt: skip

Fates = dict[int, tuple[str, str]]


def settle_tracker(
    draft: Draft, records: Records, groups: list[list[int]], main_of: dict[int, int], fate: Fates
) -> None:
    """Settle nights with several records; ``main_of`` (day number -> row) is brought up to date."""
    r = records
    naps: list[tuple[int, int]] = []
    usual = _usual_min(r, main_of)
    for rows in groups:
        main = _main(draft, r, rows, usual, main_of)
        main_of[r.day[main]], pieces, apart = main, [main], list[int]()
        night = f"the night of {day_text(r.day[main])}"
        whole = r.minutes[main] >= WHOLE_SHARE * usual
        for other in sorted((i for i in rows if i != main), key=lambda i: (r.begin[i] or 0, i)):
            begin, end = r.begin[other], r.end[other]
            first, last = r.begin[main], r.end[main]
            if begin is None or first is None or (begin == first and end == last):
                fate[other] = ("duplicate", second_row(r.day[other], r.line[main]))
            elif end is None or last is None:
                within = last is not None and first - _STRAY_MIN * _MINUTE <= begin < last
                if whole or within or end is not None:
                    text = f"has no end that can be used, and {night} has another record"
                    fate[other] = ("refused", f"{text} (line {r.line[main]}).")
                else:
                    text = (
                        f"has no length, so {night}, of which line {r.line[main]} holds the rest, "
                        "is incomplete."
                    )
                    fate[other] = ("merged", sentences([*draft.problems.get(other, ()), text]))
                    _incomplete(draft, main, min(begin, first), r.line[other])
            elif (across := _across(r, begin, end, (*pieces, *apart))) is not None:
                kept, left = r.minutes[across], r.minutes[other]
                what = "longer" if kept >= left else "fuller" if left <= MOST_MIN else "likelier"
                text = f"overlaps the {what} record of {night} (line {r.line[across]})"
                fate[other] = ("duplicate", f"{text}, which was kept.")
            elif _gap_min(r, begin, end, pieces) <= PIECE_GAP_MIN:
                pieces.append(other)
                text = f"a piece of {night} ({r.minutes[other]:.0f} min)"
                text = f"{text}, joined to line {r.line[main]}."
                fate[other] = ("merged", text)
            elif 0 < WHOLE_SHARE * usual <= r.minutes[other]:
                # No nap is as long as a night: it is the night of the evening beside it.
                day = r.day[main] + (1 if begin >= last else -1)
                if day in main_of:
                    text = f"is as long as a usual night, and {night} and the one beside it have "
                    fate[other] = ("duplicate", f"{text}records of their own: left out.")
                elif begin < last and begin >= r.day[main] * _DAY + _DAY // 2:
                    # begun after noon it cannot be of the evening before
                    text = f"is as long as a usual night, and {night} has a longer record"
                    fate[other] = ("duplicate", f"{text} (line {r.line[main]}): left out.")
                else:
                    main_of[day], r.day[other] = other, day
                    draft.night[other] = np.datetime64(day, "D")
                    continue
            else:
                apart.append(other)
                naps.append((other, r.day[main] + int(begin >= last)))
                continue
            _answer(draft, r, main, other)
        if len(pieces) > 1:
            _join(draft, r, main, pieces)
    for row, day in naps:
        count_nap(draft, r, row, day, main_of, fate)
        if r.minutes[row] >= SHORTER_THAN_H * 60.0:  # so long, it may have been the night
            longer = f" min; line {r.line[main_of[r.day[row]]]} of that evening is longer"
            fate[row] = ("nap", fate[row][1].replace(" min", longer, 1))


def _usual_min(r: Records, main_of: dict[int, int]) -> float:
    """Return how long the person's nights are; infinite where too few tell it."""
    lengths = [r.minutes[i] for i in main_of.values() if r.minutes[i] >= SHORTER_THAN_H * 60.0]
    return float(np.median(lengths)) if len(lengths) >= FEWEST_USUAL else np.inf


def _incomplete(draft: Draft, main: int, begin: int, line: int) -> None:
    """Leave a night, of which a record has no length, without durations and without an end."""
    scores = [name for name, told in draft.told.items() if told.get("made_of")]
    for name in (*_ADDED_UP, "sol_min", "twak_min", "spt_min", "se_pct", "midsleep_h", *scores):
        if name in draft.columns and draft.columns[name].dtype.kind == "f":
            draft.columns[name][main] = np.nan
    for name in (*BEGINS, *ENDS):
        if name in draft.columns:
            draft.columns[name][main] = np.datetime64("NaT", "us")
    if "into_bed" in draft.columns:
        draft.columns["into_bed"][main] = np.datetime64(begin, "us")
    text = f"another record of this night (line {line}) has no length: the night is incomplete"
    draft.tell(main, "", f"{text}, so it has no duration")


def _main(draft: Draft, r: Records, rows: list[int], usual: float, main_of: dict[int, int]) -> int:
    """Return the record that is the night: the longest, or a whole one before it."""
    longest = _longest(draft, r, rows)
    first, day = r.begin[longest], r.day[longest]
    if first is None or day + 1 in main_of:
        return longest
    # Of two whole nights on one evening the second is that of the next, if it is free.
    before = [
        (end, i)
        for i in rows
        if (end := r.end[i]) is not None and end <= first and r.minutes[i] >= WHOLE_SHARE * usual
    ]
    return min(before)[1] if before else longest


def _longest(draft: Draft, r: Records, rows: list[int]) -> int:
    """Return the longest that can be; of one stretch, by two devices, the one that tells most."""
    rows = [i for i in rows if 60.0 <= r.minutes[i] <= MOST_MIN] or rows
    longest = max(rows, key=lambda i: r.minutes[i])
    most, begin, end = r.minutes[longest], r.begin[longest] or 0, r.end[longest] or 0
    near = [i for i in rows if i != longest and r.minutes[i] >= WHOLE_SHARE * most]
    same = [i for i in near if r.minutes[i] == most or _across(r, begin, end, (i,)) is not None]
    said = {i: sum(bool(str(c[i]).strip()) for c in draft.table.columns) for i in (longest, *same)}
    return max(said, key=lambda i: (said[i], r.minutes[i], -i))


def count_named_naps(
    draft: Draft, records: Records, named: list[int], main_of: dict[int, int], fate: Fates
) -> None:
    """Give each record that the file calls a nap to the night that follows it."""
    r = records
    seen: dict[tuple[int, int | None], int] = {}
    for i in named:
        begin, end = r.begin[i], r.end[i]
        if begin is not None:
            if (begin, end) in seen:
                line = r.line[seen[begin, end]]
                fate[i] = ("duplicate", f"the same nap stands in line {line}, which was kept.")
                continue
            seen[begin, end] = i
        day = r.day[i]
        main = main_of.get(day)
        last = r.end[main] if main is not None else None
        if begin is not None and last is not None:
            day += int(begin >= last)
        elif begin is not None and main is None:
            day = (begin - _NIGHT_ENDS_H * 60 * _MINUTE) // _DAY
        count_nap(draft, r, i, day, main_of, fate)


def count_nap(
    draft: Draft, r: Records, row: int, day: int, main_of: dict[int, int], fate: Fates
) -> None:
    """Add a nap to ``nap_min`` of a night, if that night is recorded."""
    minutes = r.minutes[row]
    asleep = draft.columns.get("tst_min")
    if draft.naps_asleep and asleep is not None and asleep[row] > 0:
        minutes = float(asleep[row])
    length = f"{minutes:.0f} min" if minutes >= 0 else "unknown length"
    where, night = main_of.get(day), day_text(day)
    if where is None:
        fate[row] = ("nap", f"a nap ({length}); the night of {night} it precedes is not recorded.")
        return
    naps = draft.columns.setdefault("nap_min", np.full(len(draft.table), np.nan))
    _answer(draft, r, where, row)
    if minutes >= 0:
        naps[where] = minutes if np.isnan(naps[where]) else naps[where] + minutes
    fate[row] = ("nap", f"a nap ({length}), counted in nap_min of the night of {night}.")


def second_row(day: int, line: int, nights: dict[int, int] | None = None) -> str:
    """Say that a row is one too many, and of which night without a row a diary's may be."""
    free = {day + 1, day - 1} & {*range(min(nights), max(nights))} - {*nights} if nights else set()
    text = f"second row for the night of {day_text(day)}: line {line} has it and was kept."
    meant = [f" The night of {day_text(d)} has no row: was one of them meant for it?" for d in free]
    return text + max(meant, default="")


def day_text(day: int) -> str:
    """Write a day number as a date."""
    return date.fromordinal(day + _EPOCH).isoformat()


def _across(r: Records, begin: int, end: int, kept: tuple[int, ...]) -> int | None:
    """Return the kept record that overlaps a stretch, if there is one."""
    for row in kept:
        first, last = r.begin[row], r.end[row]
        if first is not None and last is not None and begin < last and end > first:
            return row
    return None


def _gap_min(r: Records, begin: int, end: int, pieces: list[int]) -> float:
    """Return the minutes between a stretch and the nearest piece."""
    gaps = []
    for row in pieces:
        first, last = r.begin[row], r.end[row]
        if first is not None and last is not None:
            gaps.append(max(begin - last, first - end))
    return min(gaps) / _MINUTE


def _join(draft: Draft, r: Records, main: int, pieces: list[int]) -> None:
    """Give the longest record the span and the minutes of all pieces."""
    ends = [name for name in reversed(ENDS) if name in draft.columns]
    if "into_bed" in draft.columns and ends:  # the time between them is not in bed
        tib = draft.columns.setdefault("tib_min", np.full(len(draft.table), np.nan))
        bed, rise = draft.columns["into_bed"], draft.columns[ends[0]]
        spans = (rise[pieces] - bed[pieces]) / np.timedelta64(1, "m")
        tib[pieces] = np.where(np.isnan(tib[pieces]), spans, tib[pieces])
    first = min(pieces, key=lambda i: r.begin[i] or 0)
    last = max(pieces, key=lambda i: r.end[i] or 0)
    r.begin[main], r.end[main] = r.begin[first], r.end[last]
    for name in (*BEGINS, "sol_min"):
        if name in draft.columns:
            draft.columns[name][main] = draft.columns[name][first]
    for name in ENDS:
        if name in draft.columns:
            draft.columns[name][main] = draft.columns[name][last]
    for name in _ADDED_UP:
        if name in draft.columns:
            draft.columns[name][main] = sum(float(draft.columns[name][i]) for i in pieces)
    if "spt_min" in draft.columns:  # that of one piece is not from the first sleep to the last
        draft.columns["spt_min"][main] = np.nan
    lines = ", ".join(map(str, dict.fromkeys(r.line[i] for i in sorted(pieces))))
    draft.tell(main, "", f"{len(pieces)} records (line{'s' * (',' in lines)} {lines}) {IN_PIECES}.")


def _answer(draft: Draft, r: Records, main: int, other: int) -> None:
    """Note that an evening gets the answers of another record; naps are added up as they come."""
    r.given.append((main, other))
    naps = draft.columns.get("nap_min")
    if naps is not None and not np.isnan(naps[other]) and _is_habit(draft, "nap_min"):
        naps[main] = np.fmax(naps[main], naps[other])


def _is_habit(draft: Draft, name: str) -> bool:
    kind = column_of(None, name).kind
    told = draft.told.get(name, {}).get("kind") or ("" if draft.tracker else kind)
    return kind != "computed" and told == "factor"


def _give_answers(draft: Draft, given: list[tuple[int, int]]) -> None:
    """Give evenings what was ticked or answered with any of their records: yes before no, most."""
    rows, places = np.unique(np.array(given, dtype=np.intp), return_inverse=True)
    main, other = places.reshape(-1, 2).T
    for name, values in draft.columns.items():
        if not given or name == "nap_min" or not _is_habit(draft, name):
            continue
        missing = np.asarray(pd.isna(here := values[rows]))
        has = ~missing[other]
        if isinstance(values, pd.arrays.BooleanArray) or values.dtype.kind in "biuf":
            most = np.where(missing, np.nan, np.asarray(here)).astype(np.float64)
            np.fmax.at(most, main[has], most[other[has]])
            values[rows[main[has]]] = most[main[has]].astype(values.dtype.type)
            continue
        for row, one in zip(main[has].tolist(), other[has].tolist(), strict=True):
            values[rows[row]] = values[rows[one if missing[row] else row]]
            missing[row] = False


def settle(draft: Draft) -> Fates:
    """Reduce a draft to one row per night."""
    night = draft.night
    fate: Fates = {}
    _set_aside(draft, fate)
    named = _named_naps(draft, fate)
    out = np.zeros(len(night), dtype=bool)
    out[[*fate, *named]] = True
    good = np.flatnonzero(~np.isnat(night) & ~out)
    order = good[np.argsort(night[good], kind="stable")]
    same = night[order][1:] == night[order][:-1]
    if not same.any() and not len(named):
        return fate
    starts = np.flatnonzero([True, *~same])[: len(order)]
    ends = np.append(starts[1:], len(order))[: len(starts)]
    spans = zip(starts.tolist(), ends.tolist(), strict=True)
    groups = [order[a:b].tolist() for a, b in spans if b - a > 1]
    records = records_of(draft)
    main_of = {records.day[i]: i for i in order[starts].tolist()}
    if draft.tracker:
        settle_tracker(draft, records, groups, main_of, fate)
    else:
        apart = [rows for rows in groups if _apart(records, rows)]
        settle_tracker(draft, records, apart, main_of, fate)
        said = [[bool(c and c.strip()) for c in one] for one in draft.table.columns]
        filled, rest = np.sum(said, axis=0), [rows for rows in groups if rows not in apart]
        both = (records.begin, records.end)  # all known, all different: of 0.8 of the evenings
        own = [[len({of[i] for i in x} - {None}) == len(x) for of in both] for x in rest]
        if sum(map(all, own)) >= max(0.8 * len(starts), 5):
            raise DiaryError(f"{draft.table.name}: {TWO_PEOPLE}")
        for rows in rest:
            keep = max(rows, key=lambda i: (filled[i], i))
            main_of[records.day[keep]] = keep
            for i in [i for i in rows if i != keep]:
                fate[i] = ("duplicate", second_row(records.day[i], records.line[keep], main_of))
    count_named_naps(draft, records, named, main_of, fate)
    _give_answers(draft, records.given)
    return fate


def _apart(r: Records, rows: list[int]) -> bool:
    """Say whether the rows of one evening have beginnings and ends, and do not overlap."""
    spans = [(r.begin[i], r.end[i]) for i in rows]
    known = sorted((a, b) for a, b in spans if a is not None and b is not None)
    return len(known) == len(rows) and all(a[1] <= b[0] for a, b in itertools.pairwise(known))


def _set_aside(draft: Draft, fate: Fates) -> None:
    """Settle the rows that are no record of their own."""
    if draft.part_of is not None:
        own = np.arange(len(draft.part_of))
        for i in np.flatnonzero((draft.part_of >= 0) & (draft.part_of != own)).tolist():
            line = int(draft.table.line[draft.part_of[i]])
            fate[i] = ("merged", f"part of the record that begins in line {line}.")
    if draft.aside is not None:
        for i in np.flatnonzero(draft.aside).tolist():
            fate.setdefault(i, ("joined", ""))


def _named_naps(draft: Draft, fate: Fates) -> list[int]:
    """Return the rows that the file calls naps."""
    if draft.nap is None:
        return []
    rows = np.flatnonzero(draft.nap & ~np.isnat(draft.night)).tolist()
    return [i for i in rows if i not in fate]
