"""One rule for several source rows that fall on one night.

Diaries (one answer per night is meant): the fullest row is kept, of equally full ones the later;
the others are duplicates.

Trackers (a record per period in bed): rows with the same stamps are duplicates. The longest record
is the main sleep. A record that overlaps it is a second device and left out. A record less than
``PIECE_GAP_MIN`` from it is a piece of the same night: into-bed and out-of-bed times span all
pieces, measured minutes are added up. Any other record is a nap and goes to ``nap_min``: to this
night when it came before, to the next night when it came after.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sleepstats.reading.draft import Draft

#: Records of a tracker closer together than this are pieces of one night.
PIECE_GAP_MIN = 90.0
_ADDED_UP = ("tib_min", "tst_min", "awake_min", "rem_min", "light_min", "deep_min", "snore_min")


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
    good = np.flatnonzero(~np.isnat(night))
    order = good[np.argsort(night[good], kind="stable")]
    same = night[order][1:] == night[order][:-1]
    fate: dict[int, tuple[str, str]] = {}
    if not same.any():
        return fate
    starts = np.flatnonzero(np.concatenate(([True], ~same)))
    ends = np.concatenate((starts[1:], [len(order)]))
    groups = [
        order[a:b].tolist() for a, b in zip(starts.tolist(), ends.tolist(), strict=True)
        if b - a > 1
    ]  # fmt: skip
    if draft.tracker:
        _settle_tracker(draft, groups, fate)
    else:
        filled = _filled(draft)
        for rows in groups:
            keep = max(rows, key=lambda i: (filled[i], i))
            for other in rows:
                if other != keep:
                    fate[other] = ("duplicate", _second(draft, other, keep))
    return fate


def _second(draft: Draft, row: int, keep: int) -> str:
    line = int(draft.table.line[keep])
    return f"second row for the night of {draft.night[row]}: line {line} has it and was kept."


def _filled(draft: Draft) -> np.ndarray:
    count = np.zeros(len(draft.table), dtype=int)
    for column in draft.table.columns:
        count += np.fromiter((bool(c and c.strip()) for c in column), bool, len(column))
    return count


def _settle_tracker(
    draft: Draft, groups: list[list[int]], fate: dict[int, tuple[str, str]]
) -> None:
    night = draft.night
    begin: np.ndarray = draft.columns["into_bed"].astype("datetime64[us]")
    end: np.ndarray = draft.columns["out_of_bed"].astype("datetime64[us]")
    minutes = _lengths(draft, begin, end)
    main_of: dict[Any, int] = {}
    naps: list[tuple[int, Any]] = []
    for rows in groups:
        main = max(rows, key=lambda i: (np.nan_to_num(minutes[i], nan=-1.0), -i))
        main_of[draft.night[main]] = main
        pieces = [main]
        for other in sorted((i for i in rows if i != main), key=lambda i: begin[i]):
            if np.isnat(end[other]) or np.isnat(end[main]):
                fate[other] = (
                    "refused",
                    f"has no end time, and the night of {draft.night[main]} has another record "
                    f"(line {int(draft.table.line[main])}).",
                )
            elif begin[other] == begin[main] and end[other] == end[main]:
                fate[other] = ("duplicate", _second(draft, other, main))
            elif begin[other] < end[main] and end[other] > begin[main]:
                fate[other] = (
                    "duplicate",
                    f"overlaps the longer record of the night of {draft.night[main]} "
                    f"(line {int(draft.table.line[main])}), which was kept.",
                )
            elif _gap_min(begin, end, other, pieces) <= PIECE_GAP_MIN:
                pieces.append(other)
                fate[other] = (
                    "merged",
                    f"a piece of the night of {draft.night[main]}, joined to line "
                    f"{int(draft.table.line[main])}.",
                )
            else:
                after = begin[other] >= end[main]
                target = draft.night[main] + np.timedelta64(int(after), "D")
                naps.append((other, target))
        if len(pieces) > 1:
            _join(draft, main, pieces)
    for row, target in naps:
        there = np.flatnonzero(night == target)
        where = main_of.get(target, int(there[0]) if len(there) else None)
        _nap(draft, row, target, minutes[row], where, fate)


def _lengths(draft: Draft, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    spans = (end - begin) / np.timedelta64(1, "m")
    given = draft.columns.get("tib_min")
    lengths: np.ndarray = spans if given is None else np.where(np.isnan(given), spans, given)
    return lengths


def _gap_min(begin: np.ndarray, end: np.ndarray, row: int, pieces: list[int]) -> float:
    gaps = [(begin[row] - end[p] if begin[row] >= end[p] else begin[p] - end[row]) for p in pieces]
    return float(min(gaps) / np.timedelta64(1, "m"))


def _join(draft: Draft, main: int, pieces: list[int]) -> None:
    begin, end = draft.columns["into_bed"], draft.columns["out_of_bed"]
    begin[main] = min(begin[i] for i in pieces)
    end[main] = max(end[i] for i in pieces)
    if "sol_min" in draft.columns:
        first = min(pieces, key=lambda i: begin[i])
        draft.columns["sol_min"][main] = draft.columns["sol_min"][first]
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
