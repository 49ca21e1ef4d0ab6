"""Entries of a journal, several a day and each with a time, summed up to one row per evening."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Days, Floats, Rows
from sleepstats.columns import DICTIONARY
from sleepstats.reading.cells.tags import split_tags, unused_names
from sleepstats.reading.nights.draft import Draft
from sleepstats.reading.text import Cells

#: What is entered before this hour of the clock still belongs to the evening before.
ENTRY_CUT_H = 4.0
_DAY = np.timedelta64(1, "D")
#: A tag of such a name is no such column.
_RESERVED = frozenset(DICTIONARY) - {"stress"}


def entry_evening(day: Days, minutes: Floats) -> Days:
    """Return each entry's evening: its date, or the day before if it is of the small hours."""
    late = minutes < 60.0 * ENTRY_CUT_H
    return np.where(late, day - _DAY, day).astype("datetime64[D]")


class Evenings:
    """Collects columns of one value per evening for ``draft.evenings``."""

    def __init__(self, draft: Draft, night: Days) -> None:
        self._draft, self._night = draft, night.astype("datetime64[D]")
        self._parts: dict[str, pd.Series[Any]] = {}

    def lists(
        self,
        rows: Rows,
        texts: Cells,
        separator: str,
        *,
        header: str,
        before: str = "",
        **told: Any,
    ) -> bool:
        """Add ticked things as yes / no / not recorded; no where that evening has another one.

        Returns whether there was any.
        """
        rows, texts = self._dated(rows, texts)
        if not len(rows):
            return False
        days, first, order = self._groups(rows)
        tags = split_tags(texts[order], separator)
        names = unused_names([f"{before}{tag}" for tag in tags], self._taken())
        for (tag, entered), name in zip(tags.items(), names.values(), strict=True):
            yes = np.logical_or.reduceat(entered.to_numpy(bool, na_value=False), first)
            blank = np.logical_and.reduceat(entered.isna(), first)
            about = {"kind": "factor", "when": "day", "label": f"{before}{tag}".lower()}
            values = pd.arrays.BooleanArray(yes, blank)
            self._add(name, days, values, header, **(about | told))
        return bool(tags)

    def numbers(
        self, rows: Rows, values: Floats, name: str, how: str, *,
        header: str, **told: Any,
    ) -> None:  # fmt: skip
        """Add a number per evening: the ``"mean"``, ``"max"`` or ``"sum"`` of its entries."""
        rows, values = self._dated(rows, values)
        known = ~np.isnan(values)
        grouped = pd.Series(values[known]).groupby(self._night[rows[known]].astype("M8[us]"))
        result = grouped.agg(how)
        if len(result):
            about = {"kind": "factor", "when": "day"}
            days = result.index.to_numpy()
            self._add(name, days, result.to_numpy(float), header, **(about | told))

    def last_text(self, rows: Rows, texts: Cells, name: str, *, header: str, **told: Any) -> None:
        """Add the text of each evening's last row among ``rows``, which are in order of time."""
        said = np.array([bool(text.strip()) for text in texts.tolist()], dtype=bool)
        rows, texts = self._dated(rows[said], texts[said])
        last = dict(zip(self._night[rows].tolist(), texts.tolist(), strict=True))
        if last:
            days = np.array(list(last), dtype="datetime64[D]")
            self._add(name, days, pd.array(list(last.values()), dtype="str"), header, **told)

    def free_name(self, name: str) -> str:
        """Return the name, numbered if it is taken."""
        return unused_names([name], self._taken())[name]

    def frame(self) -> pd.DataFrame:
        """Return all columns, one row per evening."""
        if not self._parts:
            return pd.DataFrame(index=pd.DatetimeIndex([], dtype="datetime64[us]"))
        return pd.concat(self._parts, axis=1, sort=True)

    def _taken(self) -> set[str]:
        return {*self._parts, *self._draft.columns, *_RESERVED}

    def _dated(self, rows: Rows, values: Any) -> tuple[Rows, Any]:
        dated = ~np.isnat(self._night[rows])
        return rows[dated], values[dated]

    def _groups(self, rows: Rows) -> tuple[Days, Rows, Rows]:
        """Return evenings, where each begins in the ordered rows, and that order."""
        order = np.argsort(self._night[rows], kind="stable")
        days, first = np.unique(self._night[rows][order], return_index=True)
        return days, first, order

    def _add(self, name: str, days: Days, values: Any, header: str, **told: Any) -> None:
        index = pd.DatetimeIndex(days.astype("datetime64[us]"))
        self._parts[name] = pd.Series(values, index=index)
        self._draft.told[name] = {"header": header} | told
