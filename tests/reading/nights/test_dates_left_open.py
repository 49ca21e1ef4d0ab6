"""A tracker's nights date the diary beside them; what stays open is told with the answer.

The nights are invented: bed times that move from night to night, so that one day off they fit no
longer; the diary is the same nights, ten minutes off, written by one of the rules.
"""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from exports import read

import sleepstats as ss

EVENINGS = pd.date_range("2027-02-01", periods=40)
RNG = np.random.default_rng(7)
BED = EVENINGS + pd.to_timedelta(RNG.integers(22 * 60, 26 * 60, 40), unit="min")
UP = BED + pd.to_timedelta(RNG.integers(360, 520, 40), unit="min")
TRACKER = "sid,start,stop,rating\n" + "".join(
    f"{i},{one.value // 10**6},{other.value // 10**6},0\n"
    for i, (one, other) in enumerate(zip(BED, UP, strict=True))
)
TEA = np.arange(40) % 4


def diary(rule: str, *, clocks: bool = True, header: str = "date") -> str:
    """Write the nights as a diary whose dates name what the rule says."""
    off = pd.Timedelta(minutes=10)
    dates = {"evening": EVENINGS, "bedtime": BED}.get(rule, EVENINGS + pd.Timedelta(days=1))
    if clocks:
        rows = [f"{b + off:%H:%M},{u - off:%H:%M}" for b, u in zip(BED, UP, strict=True)]
    else:
        rows = [f"{(u - b) / pd.Timedelta(hours=1):.2f}" for b, u in zip(BED, UP, strict=True)]
    head = f"{header},{'bedtime,woke up' if clocks else 'hours slept'},tea\n"
    return head + "".join(
        f"{day:%Y-%m-%d},{row},{tea}\n" for day, row, tea in zip(dates, rows, TEA, strict=True)
    )


def beside(text: str, *, together: bool, **options: object) -> pd.DataFrame:
    if together:
        return read([io.StringIO(TRACKER), io.StringIO(text)], tz="UTC", **options)
    return ss.join_evenings(read(io.StringIO(TRACKER), tz="UTC"), io.StringIO(text), **options)


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("clocks", [True, False])
@pytest.mark.parametrize("rule", ["evening", "morning"])
def test_the_nights_measured_say_what_the_dates_name(
    rule: str, clocks: bool, together: bool
) -> None:
    got = beside(diary(rule, clocks=clocks), together=together)
    # the tea of a row is that of its own night, whichever day its date names
    np.testing.assert_array_equal(got["tea"].to_numpy(float), TEA)
    notes = " ".join(got.attrs["sleepstats"]["notes"])
    assert f"(labels='{rule}'), as its times then go with those of" in notes
    # a morning's row may still be a calendar day: what the night was cannot tell
    open_ = got.attrs["sleepstats"]["beside"]
    assert [one["readings"] for one in open_] == ([["calendar"]] if rule == "morning" else [])


def test_what_is_said_wins_over_what_the_tracker_shows() -> None:
    with pytest.warns(ss.DiaryWarning, match="one day later it would be 40 of 40"):
        got = beside(diary("evening"), together=False, labels="morning")
    np.testing.assert_array_equal(got["tea"].to_numpy(float)[:-1], TEA[1:])
    assert got.attrs["sleepstats"]["joins"][0]["labels"] == "morning"


def test_a_header_that_says_it_is_not_asked_again() -> None:
    got = beside(diary("evening", header="night of"), together=True)
    assert "as its times then go with" not in " ".join(got.attrs["sleepstats"]["notes"])


def test_nights_that_are_all_alike_settle_nothing() -> None:
    days = pd.date_range("2027-02-01", periods=30)
    alike = "sid,start,stop,rating\n" + "".join(
        f"{i},{(d + pd.Timedelta(hours=23)).value // 10**6},"
        f"{(d + pd.Timedelta(hours=31)).value // 10**6},0\n"
        for i, d in enumerate(days)
    )
    text = "date,bedtime,woke up,tea\n" + "".join(
        f"{d:%Y-%m-%d},23:00,07:00,{i % 3}\n" for i, d in enumerate(days)
    )
    got = read([io.StringIO(alike), io.StringIO(text)], tz="UTC")
    assert got.attrs["sleepstats"]["beside"][0]["readings"] == ["evening", "calendar"]


def test_calendar_days_beside_a_tracker_move_only_their_habits() -> None:
    text = diary("calendar").replace("tea\n", "tea,how rested\n", 1)
    head, *rows = text.splitlines()
    rested = RNG.integers(1, 6, 40)
    text = "\n".join([head, *(f"{row},{one}" for row, one in zip(rows, rested, strict=True))])
    got = beside(text, together=True, labels="calendar")
    np.testing.assert_array_equal(got["tea"].to_numpy(float)[1:], TEA[:-1])
    np.testing.assert_array_equal(got["rested"].to_numpy(float), rested)


def told(text: str, **options: object) -> tuple[str, str]:
    """Return status and asides of the answer about a habit that takes 25 min a cup."""
    said = ss.answer(beside(text, together=True, **options), outcomes="tib_min")
    return said.table["status"].iloc[0], " ".join(said.asides)


def list_of_cups(days: pd.DatetimeIndex) -> str:
    """Write as many cups as the night that followed each evening was short of 520 min, by 40."""
    cups = ((520 - (UP - BED) / pd.Timedelta(minutes=1)) // 40).astype(int)
    return "date,cups of mate\n" + "".join(
        f"{day:%Y-%m-%d},{n}\n" for day, n in zip(days, cups, strict=True)
    )


def test_a_list_dated_by_the_morning_is_no_silent_null() -> None:
    status, asides = told(list_of_cups(EVENINGS + pd.Timedelta(days=1)))
    assert status == "not found"
    assert "If a date is the morning on which the night ended: “Cups of mate: about" in asides
    assert "labels='morning'" in asides
    status, asides = told(list_of_cups(EVENINGS + pd.Timedelta(days=1)), labels="morning")
    assert (status, asides) == ("found", "")


def test_a_list_dated_by_the_evening_is_not_doubted() -> None:
    assert told(list_of_cups(EVENINGS)) == ("found", "")
