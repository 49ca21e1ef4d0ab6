"""Whether the nights of a claim can tell its factor from other habits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools
from sleepstats.claims.form import Claim
from sleepstats.columns import column_of
from sleepstats.relations.entangling import entangled


class Apart:
    """Which columns a diary cannot tell apart; looked up once for all claims."""

    def __init__(self, nights: pd.DataFrame, adjust: Sequence[str]) -> None:
        self.nights = nights
        self.adjust = adjust
        self.groups = _groups(nights, adjust)

    def reason(self, claim: Claim) -> str:
        """Say which others a claim's factor cannot be told from."""
        name, among_users = claim.factor, claim.part in ("dose", "timing", "kind")
        groups = self.groups
        if among_users:
            values = self.nights[name]
            some = values.notna() if claim.part == "timing" else _any(values)
            groups = _groups(self.nights[np.asarray(some)], self.adjust)
        others: set[str] = set()
        for group in groups:
            rest = group - {name}
            if name not in group or rest & {claim.outcome, claim.part}:
                continue
            if among_users or not any(self._one_thing(name, other) for other in rest):
                others |= rest
        if not others:
            return ""
        label = column_of(self.nights, name).label
        names = " and ".join(column_of(self.nights, other).label for other in sorted(others))
        return f"entangled: these nights cannot tell {label} from {names}"

    def _one_thing(self, one: str, other: str) -> bool:
        """Whether two columns are parts of one record: tea, tea_cups, tea_h_before_bed."""
        if one.split("_")[0] != other.split("_")[0]:
            return False
        if one.endswith("_h_before_bed") or other.endswith("_h_before_bed"):
            return True
        known = (self.nights[one].notna() & self.nights[other].notna()).to_numpy()
        mine, theirs = _any(self.nights[one]), _any(self.nights[other])
        return bool((mine == theirs)[known].all())


def _groups(nights: pd.DataFrame, adjust: Sequence[str]) -> list[set[str]]:
    """Return the sets of columns that some nights cannot tell apart."""
    if not len(nights):
        return []
    table = entangled(nights, adjust=adjust)
    rows: list[dict[str, Any]] = table[table["status"] == "entangled"].to_dict("records")  # type: ignore[assignment]
    return [{str(row["factor"]), *str(row["others"]).split(", ")} for row in rows]


def _any(values: pd.Series[Any]) -> Bools:
    """Return on which nights there was any of it."""
    if pd.api.types.is_numeric_dtype(values.dtype):
        return np.asarray(values.to_numpy(dtype=float, na_value=0.0) > 0)
    return np.asarray(values.notna() & (values.astype(str).str.casefold() != "none"))
