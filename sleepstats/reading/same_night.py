"""One rule for several source rows that fall on one night.

Diaries (one answer per night is meant): the fullest row is kept, of equally full ones the later;
the others are duplicates.

Trackers (a record per period in bed): rows with the same stamps are duplicates. The longest record
is the main sleep. A record that overlaps it is a second device and left out. A record less than
``PIECE_GAP_MIN`` from it is a piece of the same night: into-bed and out-of-bed times span all
pieces, measured minutes are added up. Any other record is a nap and goes to ``nap_min``: to this
night when it came before, to the next night when it came after.

A row that the file itself calls a nap is a nap, however long and even when it stands alone; rows
that are parts of another row's record, or no record at all, are set aside first.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sleepstats.reading.draft import Draft

#: Records of a tracker closer together than this are pieces of one night.
PIECE_GAP_MIN = 90.0
#: A named nap that begins before this hour of the clock belongs to the day before, if alone.
_NIGHT_ENDS = np.timedelta64(4, "h")
_BEGINS = ("into_bed", "lights_out", "sleep_onset")
_ENDS = ("final_wake", "out_of_bed")
_ADDED_UP = ("tib_min", "tst_min", "waso_min", "nawk", "awake_min", "rem_min", "light_min",
             "deep_min", "snore_min")  # fmt: skip


def settle(draft: Draft) -> dict[int, tuple[str, str]]:
    """Reduce a draft to one row per night.

    Parameters
    ----------
    draft : Draft
        Changed in place: merged minutes, ``nap_min``.

    Returns
    -------
    dict
        Row position -> ``(status, sentence)`` for each row that is not the row of its night.
    """
    night = draft.night
    fate: dict[int, tuple[str, str]] = {}
    _set_aside(draft, fate)
    named = _named_naps(draft, fate)
    out = np.zeros(len(night), dtype=bool)
    out[list(fate)] = True
    out[named] = True
    good = np.flatnonzero(~np.isnat(night) & ~out)
    order = good[np.argsort(night[good], kind="stable")]
    same = night[order][1:] == night[order][:-1]
    if not same.any() and not len(named):
        return fate
    starts = np.flatnonzero(np.concatenate(([True], ~same)))[: len(order)]
    ends = np.concatenate((starts[1:], [len(order)]))[: len(starts)]
    groups = [
        order[a:b].tolist() for a, b in zip(starts.tolist(), ends.tolist(), strict=True)
        if b - a > 1
    ]  # fmt: skip
    main_of = {night[i]: i for i in order[starts].tolist()}
    if draft.tracker:
        _settle_tracker(draft, groups, main_of, fate)
    else:
        filled = _filled(draft)
        for rows in groups:
            keep = max(rows, key=lambda i: (filled[i], i))
            for other in rows:
                main_of[night[keep]] = keep
                if other != keep:
                    fate[other] = ("duplicate", _second(draft, other, keep))
    _count_named_naps(draft, named, main_of, fate)
    return fate


def _second(draft: Draft, row: int, keep: int) -> str:
    line = int(draft.table.line[keep])
    return f"second row for the night of {draft.night[row]}: line {line} has it and was kept."


def _filled(draft: Draft) -> np.ndarray:
    count = np.zeros(len(draft.table), dtype=int)
    for column in draft.table.columns:
        count += np.fromiter((bool(c and c.strip()) for c in column), bool, len(column))
    return count


def _set_aside(draft: Draft, fate: dict[int, tuple[str, str]]) -> None:
    """Settle the rows that are no record of their own."""
    if draft.part_of is not None:
        own = np.arange(len(draft.part_of))
        for i in np.flatnonzero((draft.part_of >= 0) & (draft.part_of != own)).tolist():
            line = int(draft.table.line[draft.part_of[i]])
            fate[i] = ("merged", f"part of the record that begins in line {line}.")
    if draft.aside is not None:
        for i in np.flatnonzero(draft.aside).tolist():
            fate.setdefault(i, ("joined", ""))


def _named_naps(draft: Draft, fate: dict[int, tuple[str, str]]) -> list[int]:
    """Return the rows that the file calls naps."""
    if draft.nap is None:
        return []
    rows = np.flatnonzero(draft.nap & ~np.isnat(draft.night)).tolist()
    return [i for i in rows if i not in fate]


def _count_named_naps(
    draft: Draft, named: list[int], main_of: dict[Any, int], fate: dict[int, tuple[str, str]]
) -> None:
    """Give each named nap to the night that follows it."""
    if not named:
        return
    begin, end = _spans(draft)
    minutes = _lengths(draft, begin, end)
    seen: dict[tuple[Any, Any], int] = {}
    for i in named:
        stamps = (begin[i], end[i])
        if stamps in seen and not np.isnat(begin[i]):
            line = int(draft.table.line[seen[stamps]])
            fate[i] = ("duplicate", f"the same nap stands in line {line}, which was kept.")
            continue
        seen[stamps] = i
        day = draft.night[i]
        main = main_of.get(day)
        if main is not None:
            target = day + np.timedelta64(int(begin[i] >= end[main]), "D")
        else:
            target = day if np.isnat(begin[i]) else (begin[i] - _NIGHT_ENDS).astype(day.dtype)
        _nap(draft, i, target, minutes[i], main_of.get(target), fate)


def _settle_tracker(
    draft: Draft,
    groups: list[list[int]],
    main_of: dict[Any, int],
    fate: dict[int, tuple[str, str]],
) -> None:
    begin, end = _spans(draft)
    minutes = _lengths(draft, begin, end)
    naps: list[tuple[int, Any]] = []
    for rows in groups:
        main = max(rows, key=lambda i: (np.nan_to_num(minutes[i], nan=-1.0), -i))
        main_of[draft.night[main]] = main
        pieces, apart = [main], list[int]()
        for other in sorted((i for i in rows if i != main), key=lambda i: begin[i]):
            if (
                np.isnat(begin[other])
                or np.isnat(begin[main])
                or (begin[other] == begin[main] and end[other] == end[main])
            ):
                fate[other] = ("duplicate", _second(draft, other, main))
                continue
            if np.isnat(end[other]) or np.isnat(end[main]):
                fate[other] = (
                    "refused",
                    f"has no end time, and the night of {draft.night[main]} has another record "
                    f"(line {int(draft.table.line[main])}).",
                )
                continue
            across = next((p for p in (*pieces, *apart) if _overlap(begin, end, other, p)), None)
            if across is not None:
                fate[other] = (
                    "duplicate",
                    f"overlaps the longer record of the night of {draft.night[main]} "
                    f"(line {int(draft.table.line[across])}), which was kept.",
                )
            elif _gap_min(begin, end, other, pieces) <= PIECE_GAP_MIN:
                pieces.append(other)
                fate[other] = (
                    "merged",
                    f"a piece of the night of {draft.night[main]}, joined to line "
                    f"{int(draft.table.line[main])}.",
                )
            else:
                apart.append(other)
                after = begin[other] >= end[main]
                naps.append((other, draft.night[main] + np.timedelta64(int(after), "D")))
        if len(pieces) > 1:
            _join(draft, main, pieces)
    for row, target in naps:
        _nap(draft, row, target, minutes[row], main_of.get(target), fate)


def _spans(draft: Draft) -> tuple[np.ndarray, np.ndarray]:
    """Return when each record begins and ends, from the outermost clocks it has."""
    spans = []
    for names in (_BEGINS, tuple(reversed(_ENDS))):
        found = np.full(len(draft.table), np.datetime64("NaT", "us"), dtype="datetime64[us]")
        for name in names:
            if name in draft.columns:
                stamps = draft.columns[name].astype("datetime64[us]")
                found = np.where(np.isnat(found), stamps, found)
        spans.append(found)
    return spans[0], spans[1]


def _overlap(begin: np.ndarray, end: np.ndarray, one: int, other: int) -> bool:
    return bool(begin[one] < end[other] and end[one] > begin[other])


def _lengths(draft: Draft, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    lengths: np.ndarray = (end - begin) / np.timedelta64(1, "m")
    for name in ("tst_min", "tib_min"):
        given = draft.columns.get(name)
        if given is not None and (name == "tib_min" or np.isnan(lengths).any()):
            use = np.isnan(lengths) if name == "tst_min" else ~np.isnan(given)
            lengths = np.where(use, given, lengths)
    return lengths


def _gap_min(begin: np.ndarray, end: np.ndarray, row: int, pieces: list[int]) -> float:
    gaps = [(begin[row] - end[p] if begin[row] >= end[p] else begin[p] - end[row]) for p in pieces]
    return float(min(gaps) / np.timedelta64(1, "m"))


def _join(draft: Draft, main: int, pieces: list[int]) -> None:
    """Give the longest record the span and the minutes of all pieces."""
    begin, end = _spans(draft)
    first = min(pieces, key=lambda i: begin[i])
    last = max(pieces, key=lambda i: end[i])
    for name in (*_BEGINS, "sol_min"):
        if name in draft.columns:
            draft.columns[name][main] = draft.columns[name][first]
    for name in _ENDS:
        if name in draft.columns:
            draft.columns[name][main] = draft.columns[name][last]
    for name in _ADDED_UP:
        if name in draft.columns:
            draft.columns[name][main] = sum(float(draft.columns[name][i]) for i in pieces)
    lines = ", ".join(str(int(draft.table.line[i])) for i in sorted(pieces))
    draft.tell(main, "", f"{len(pieces)} records (lines {lines}) joined as one night in pieces.")


def _nap(
    draft: Draft,
    row: int,
    target: Any,
    minutes: float,
    where: int | None,
    fate: dict[int, tuple[str, str]],
) -> None:
    length = "unknown length" if np.isnan(minutes) else f"{minutes:.0f} min"
    if where is None:
        fate[row] = ("nap", f"a nap ({length}); the night of {target} it precedes is not recorded.")
        return
    naps = draft.columns.setdefault("nap_min", np.full(len(draft.table), np.nan))
    naps[where] = np.nansum([naps[where], minutes])
    fate[row] = ("nap", f"a nap ({length}), counted in nap_min of the night of {target}.")
