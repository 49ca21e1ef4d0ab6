"""What an answer would be if the dates of the file name other evenings, where it leaves that open.

Which of two readings holds decides what a habit is set against: the night before it or the one
after. A verdict that depends on it is told with both results.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from sleepstats.reading.nights.which_evening import MEANS, open_readings, read_otherwise
from sleepstats.relations.one_or_all import associate, correlate

#: Of the verdicts that another reading of the dates changes, so many are told.
READINGS_TOLD = 2


def other_readings(nights: pd.DataFrame, table: pd.DataFrame) -> Iterator[str]:
    """Say which verdicts differ where the dates can be read otherwise, with both results."""
    taken, others = open_readings(nights)
    here = _found(table)
    for rule in others if len(table) else ():
        again = read_otherwise(nights, rule)
        there = _found(correlate(again, outcomes=table["outcome"].unique().tolist()))
        differ = [pair for pair in there if pair not in here or _apart(there[pair], here[pair])]
        differ += [pair for pair in here if pair not in there]
        for outcome, factor in differ[:READINGS_TOLD]:
            ask = partial(associate, outcome=outcome, factor=factor)
            yield (
                f"The dates of this file can be read in two ways, and this answer depends on it. "
                f"If a date is {MEANS[taken]}, as it was read here: {ask(nights)} "
                f"If it is {MEANS[rule]}: {ask(again)} "
                f"Say which it is: read_diary(..., labels={taken!r}) or "
                f"read_diary(..., labels={rule!r})."
            )
        if (more := len(differ) - READINGS_TOLD) > 0:
            verdicts = "verdict" if more == 1 else "verdicts"
            yield f"With labels={rule!r}, {more} more {verdicts} would differ."


def _found(table: pd.DataFrame) -> dict[tuple[str, str], tuple[float, float]]:
    """Return what was found, the clearest first: outcome and factor -> the effect's interval."""
    found = table[table["status"] == "found"].sort_values(["pvalue_family", "pvalue"])
    names = zip(found["outcome"].astype(str), found["factor"].astype(str), strict=True)
    return dict(
        zip(names, zip(found["effect_low"], found["effect_high"], strict=True), strict=True)
    )


def _apart(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Say whether two intervals have nothing in common."""
    return one[1] < other[0] or other[1] < one[0]
