"""The last check of a duration, whatever its format: not below 0, not longer than a day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sleepstats.columns import DICTIONARY

DAY_MIN = 1440.0
#: Naps of several days may be counted together where nights between them are missing.
_ADDED_UP = ("nap_min",)


def drop_impossible(nights: pd.DataFrame) -> None:
    """Make impossible durations and shares missing, in place, and tell it in ``problem``."""
    problem: np.ndarray | None = None
    for name in nights.columns:
        column = DICTIONARY.get(name)
        if column is None or column.unit not in ("min", "%") or nights[name].dtype != float:
            continue
        values = nights[name].to_numpy()
        most = DAY_MIN if column.unit == "min" else 100.0
        least = 0.0 if column.unit == "min" or column.kind == "computed" else -np.inf
        bad = (values < least) | (values > most) & (name not in _ADDED_UP) | np.isinf(values)
        if not bad.any():
            continue
        if problem is None:
            problem = nights["problem"].to_numpy(dtype=object).copy()
        for i in np.flatnonzero(bad).tolist():
            text = (
                f"{name} {values[i]:.0f} {column.unit} is not between 0 and {most:.0f}: not used. "
                "Check the unit."
            )
            problem[i] = f"{problem[i]}; {text}" if problem[i] else text
        nights[name] = np.where(bad, np.nan, values)
    if problem is not None:
        nights["problem"] = pd.array(problem, dtype="str")
