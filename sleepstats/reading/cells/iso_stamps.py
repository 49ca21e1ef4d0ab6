"""ISO 8601 stamps with an offset from UTC, a whole column at once."""

from __future__ import annotations

import numpy as np

from sleepstats.arrays import Floats
from sleepstats.reading.cells.parsed import Parsed, Texts, all_match, lines_of

_OFFSET = r"(?:Z| ?[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])"
_STAMP = lines_of(
    r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
    + _OFFSET
)


def read_iso_stamps(cells: Texts) -> Parsed | None:
    """Read a column of which every cell is an ISO stamp with an offset, or empty.

    >>> stamps = read_iso_stamps(["2026-01-05T23:10:00+01:00", "", "2026-01-07 00:05Z"])
    >>> stamps.values[2], stamps.offset_min.tolist()
    (np.datetime64('2026-01-07T00:05:00.000000'), [60.0, nan, 0.0])
    >>> read_iso_stamps(["2026-01-05 23:10", "soon"]) is None
    True
    """
    texts = cells if isinstance(cells, list) else np.asarray(cells, dtype=object).tolist()
    try:
        if not all_match(_STAMP, texts):
            return None
        cut = [_length_of_offset(text) for text in texts]
        heads = [
            text[: len(text) - n] if text else "NaT" for text, n in zip(texts, cut, strict=True)
        ]
        tails = [text[len(text) - n :] for text, n in zip(texts, cut, strict=True)]
        values = np.array([head.rstrip() for head in heads], dtype="datetime64[us]")
    except (TypeError, ValueError):  # None among the texts; a 30 February, a minute 75
        return None
    known = {tail: _minutes(tail) for tail in set(tails)}
    offset: Floats = np.array([known[tail] for tail in tails], dtype=np.float64)
    return Parsed(values, style="ISO dates, year first", offset_min=offset)


def _length_of_offset(text: str) -> int:
    if text[-1:] == "Z":
        return 1
    return (6 if text[-3] == ":" else 5) if text else 0


def _minutes(tail: str) -> float:
    if not tail or tail == "Z":
        return 0.0 if tail else np.nan
    minutes = 60.0 * int(tail[1:3]) + int(tail[-2:])
    return -minutes if tail[0] == "-" else minutes
