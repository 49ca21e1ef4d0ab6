"""A tracker's nights date the diary beside them; what stays open is told with the answer.

The nights are invented: bed times that move from night to night, so that one day off they fit no
longer; the diary is the same nights, ten minutes off, written by one of the rules.
"""

from __future__ import annotations

import io
import warnings

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
    nights = read(io.StringIO(TRACKER), tz="UTC")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "(?s).*on a calendar day: join_evenings")
        return ss.join_evenings(nights, io.StringIO(text), **options)


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
    asides = (text for text in said.asides if not text.startswith("Asked about these alone"))
    return said.table["status"].iloc[0], " ".join(asides)


def list_of_cups(days: pd.DatetimeIndex) -> str:
    """Write as many cups as the night that followed each evening was short of 520 min, by 40."""
    cups = ((520 - (UP - BED) / pd.Timedelta(minutes=1)) // 40).astype(int)
    return "date,cups of mate\n" + "".join(
        f"{day:%Y-%m-%d},{n}\n" for day, n in zip(days, cups, strict=True)
    )


def test_a_list_dated_by_the_morning_is_no_silent_null() -> None:
    status, asides = told(list_of_cups(EVENINGS + pd.Timedelta(days=1)))
    assert status == "not found"
    assert "If a date is the morning on which the night ended: “Cups of mate (" in asides
    assert "labels='morning'" in asides
    status, asides = told(list_of_cups(EVENINGS + pd.Timedelta(days=1)), labels="morning")
    assert (status, asides) == ("found", "")


def test_a_list_dated_by_the_evening_is_not_doubted() -> None:
    assert told(list_of_cups(EVENINGS)) == ("found", "")


# ---- what is still open is said on reading, and below every answer that it bears on

#: 63 rows of calendar days: the night that ended that morning, and the stress and wine that came
#: after it. Rising is two hours later on Saturdays and Sundays, so no date names an evening.
DAYS = pd.date_range("2027-03-01", periods=63)


def days_written(header: str = "Date", habit: str = "wine", asked: str = "") -> str:
    rng = np.random.default_rng(3)
    free = np.isin(DAYS.day_of_week, (5, 6))
    slept = 420 + 60 * free + rng.normal(0, 30, 63)
    stress = np.clip(np.rint(5 - (slept - 430) / 25 + rng.normal(0, 1, 63)), 0, 10).astype(int)
    rows = [
        f"{day:%Y-%m-%d},23:{m:02d},{int(up) // 60}:{int(up) % 60:02d},{s},{w}"
        for day, m, up, s, w in zip(
            DAYS, rng.integers(0, 59, 63), slept - 60, stress, rng.choice(["yes", "no"], 63),
            strict=True,
        )
    ]  # fmt: skip
    return "\n".join([f"{header},to bed,woke up,{asked}stress,{habit}", *rows]) + "\n"


def spoken(text: str, **options: object) -> tuple[pd.DataFrame, str]:
    """Return the nights and all that is warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        nights = ss.read_diary(io.StringIO(text), **options)  # type: ignore[arg-type]
    return nights, " ".join(str(one.message) for one in caught)


@pytest.mark.parametrize("header", ["Date", "Morning of"])
def test_that_the_habits_may_be_of_the_day_after_is_warned_of(header: str) -> None:
    nights, said = spoken(days_written(header))
    assert nights.attrs["sleepstats"]["readings"] == ["calendar"]
    assert (
        "those of the evening before. If they came after that night, as on a calendar day" in said
    )
    assert "read_diary(..., labels='calendar')" in said
    told = " ".join(nights.attrs["sleepstats"]["notes"])
    assert "as only then" not in told  # a calendar day fits rising late as well, and that is said
    if header == "Date":
        assert "the evening does not. So does a calendar day: the night that ended" in told


def test_the_shell_says_it_in_its_own_words() -> None:
    with pytest.warns(ss.DiaryWarning) as caught:
        ss.read_diary(io.StringIO(days_written()))
    assert "on a calendar day: --labels calendar." in caught[0].message.shell


def test_what_is_said_of_the_dates_is_not_asked_again() -> None:
    for labels in ("morning", "calendar"):
        nights, said = spoken(days_written(), labels=labels)
        assert "calendar day" not in said
        assert "Still open" not in f"{ss.associate(nights, 'tib_min', 'stress')}"
    # a header that asks about yesterday leaves nothing open
    _, said = spoken(days_written().replace("wine", "wine yesterday"))
    assert "calendar day" not in said
    # and without a habit nothing depends on it
    text = "\n".join(row.rsplit(",", 2)[0] for row in days_written().splitlines())
    assert "calendar day" not in spoken(text)[1]


def test_each_answer_about_a_habit_says_what_is_open() -> None:
    nights, _ = spoken(days_written())
    line = (
        "Still open: a date of the file was taken for the morning on which the night ended, its "
        "habits for those of the evening before. If not: read_diary(..., labels='calendar')."
    )
    asked = [
        ss.associate(nights, "tib_min", "stress"),
        ss.compare(nights, "tib_min", "wine"),
        ss.stress_and_sleep(nights, outcomes="tib_min"),
        ss.correlate(nights, "tib_min"),
    ]
    for one in asked:
        shown = " ".join((one._repr_html_() + str(one)).split())
        assert shown.replace("&#x27;", "'").count(line) == 2, one
    assert "If not: --labels calendar." in " ".join(asked[0].shell.split())
    assert line not in f"{asked[0]}"  # in a sentence of one's own the answer stands alone
    said, _ = spoken(days_written(), labels="calendar")
    assert "Still open" not in str(ss.associate(said, "tib_min", "stress"))


def test_a_list_beside_a_tracker_is_not_doubted_below_each_answer() -> None:
    got = beside(list_of_cups(EVENINGS), together=True)
    assert "Still open" not in str(ss.associate(got, "tib_min", "cups_of_mate"))


def test_hours_noted_as_a_number_stay_what_they_are_on_another_evening() -> None:
    text = (
        days_written(habit="dinner hours before bed").replace(",yes", ",3.5").replace(",no", ",2")
    )
    one, other = (spoken(text, labels=rule)[0] for rule in ("morning", "calendar"))
    name = "dinner_h_before_bed"  # of the evening after the night, by the same distance from bed
    np.testing.assert_array_equal(other[name].to_numpy()[1:], one[name].to_numpy()[:-1])
