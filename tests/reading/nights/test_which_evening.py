"""Which evening a row names: four rules, found from the rows where they prove one.

The tables are invented; what is expected is what was put into them.
"""

from __future__ import annotations

import io
import re
import warnings

import numpy as np
import pandas as pd
import pytest
from exports import read

import sleepstats as ss
from sleepstats.errors import DiaryError, in_shell


def days(nights: pd.DataFrame) -> list[str]:
    return [f"{night:%m-%d}" for night in nights.index]


def labels(nights: pd.DataFrame) -> tuple[str, list[str]]:
    record = nights.attrs["sleepstats"]
    return record["labels"], record["readings"]


ONE = (
    "date,bedtime,woke up,tea\n2026-01-05,23:10,07:00,1\n2026-01-06,00:20,07:10,2\n"
    "2026-01-08,23:30,07:00,3\n"
)


@pytest.mark.parametrize(
    ("rule", "nights", "tea"),
    [
        ("evening", ["01-05", "01-06", "01-08"], [1, 2, 3]),
        ("morning", ["01-04", "01-05", "01-07"], [1, 2, 3]),
        ("bedtime", ["01-05", "01-05", "01-08"], None),
        # the tea of the row of the 5th is drunk on the evening of the night that the 6th ended
        ("calendar", ["01-04", "01-05", "01-07"], [np.nan, 1, np.nan]),
    ],
)
def test_each_rule_when_it_is_said(rule: str, nights: list[str], tea: list[float] | None) -> None:
    got = read(ONE, labels=rule)
    assert days(got) == list(dict.fromkeys(nights))
    if tea is not None:
        np.testing.assert_array_equal(got["tea"].to_numpy(float), tea)


def test_bed_times_after_midnight_keep_their_own_evening() -> None:
    text = ONE.replace("2026-01-06,00:20", "2026-01-07,00:20")
    got = read(text, labels="bedtime")
    assert days(got) == ["01-05", "01-06", "01-08"]
    assert got["into_bed"].tolist() == [
        pd.Timestamp(t) for t in ("2026-01-05 23:10", "2026-01-07 00:20", "2026-01-08 23:30")
    ]


def test_two_nights_of_one_date_prove_that_it_is_the_bed_times() -> None:
    text = (
        "date,bedtime,woke up\n2026-01-05,23:10,07:00\n2026-01-07,00:20,07:10\n"
        "2026-01-07,23:30,07:00\n2026-01-09,01:00,08:00\n2026-01-09,22:40,06:00\n"
    )
    got = read(text)
    assert labels(got) == ("bedtime", [])
    assert days(got) == ["01-05", "01-06", "01-07", "01-08", "01-09"]
    assert "one date for two nights 2 times" in " ".join(got.attrs["sleepstats"]["notes"])


def test_two_nights_of_one_date_prove_it_without_a_waking_time() -> None:
    text = (
        "date,bedtime,sleep hours\n2026-01-05,23:10,7\n2026-01-07,00:20,6.5\n"
        "2026-01-07,23:30,7\n2026-01-09,01:00,7\n2026-01-09,22:40,6\n"
    )
    got = read(text)
    assert labels(got) == ("bedtime", [])
    assert days(got) == ["01-05", "01-06", "01-07", "01-08", "01-09"]
    assert got["tst_min"].tolist() == [420, 390, 420, 420, 360]


def test_two_pieces_of_a_night_prove_nothing() -> None:
    text = (
        "date,bedtime,woke up\n2026-01-05,21:00,23:30\n2026-01-05,00:30,07:10\n"
        "2026-01-06,23:30,07:00\n"
    )
    assert labels(read(text))[0] == "morning"


@pytest.mark.parametrize(
    ("shift", "rule"),
    [(0, "evening"), (1, "morning")],
)
def test_sleeping_in_settles_the_dates(shift: int, rule: str) -> None:
    evenings = pd.date_range("2026-01-05", periods=42)
    rows = "".join(
        f"{day + pd.Timedelta(days=shift):%Y-%m-%d},23:{10 + i % 7},"
        f"{'09' if day.day_of_week in (4, 5) else '07'}:{10 + i % 11}\n"
        for i, day in enumerate(evenings)
    )
    got = read("date,bedtime,woke up\n" + rows)
    assert labels(got) == (rule, [] if rule == "evening" else ["calendar"])
    assert (got.index == evenings).all()


@pytest.mark.parametrize("rule", ["evening", "morning", "bedtime"])
def test_stamps_with_dates_settle_it(rule: str) -> None:
    evenings = pd.date_range("2026-01-05", periods=6)
    begin = evenings + pd.to_timedelta([23, 24.5, 25, 22, 24.5, 23], unit="h")
    end = begin + pd.Timedelta(hours=7)
    date = {"evening": evenings, "morning": end, "bedtime": begin}[rule]
    rows = "".join(
        f"{d:%Y-%m-%d},{b:%Y-%m-%d %H:%M},{e:%Y-%m-%d %H:%M}\n"
        for d, b, e in zip(date, begin, end, strict=True)
    )
    got = read("date,bedtime,woke up\n" + rows)
    assert labels(got)[0] == rule
    assert (got.index == evenings).all()


def test_questions_about_the_day_before_leave_no_calendar_day_open() -> None:
    text = "date,bedtime,woke up,Coffee yesterday?\n2026-01-05,23:10,07:00,1\n"
    assert labels(read(text)) == ("morning", ["evening"])


def calendar_days(seed: int, minutes: float) -> str:
    """Write calendar days on which each cup takes so many minutes of the night that follows."""
    rng = np.random.default_rng(seed)
    cups = rng.integers(0, 5, 120)
    slept = 430.0 + rng.normal(0.0, 20.0, 120)
    slept[1:] += minutes * cups[:-1]
    dates = pd.date_range("2026-02-01", periods=120)
    return "date,hours slept,cups\n" + "".join(
        f"{day:%Y-%m-%d},{time / 60:.2f},{cup}\n"
        for day, time, cup in zip(dates, slept, cups, strict=True)
    )


def test_where_nothing_settles_it_both_readings_are_told() -> None:
    text = calendar_days(1, -20.0)
    said = ss.answer(read(text))
    assert (said.table.status == "not found").all()
    told = " ".join(str(said).split())
    assert "If a date is a calendar day, that is the night that ended that morning" in told
    # 20 min a cup are planted, 80 for four
    found = re.search(r"Cups \(4 compared with 0\): about (1 h )?(\d+) min less sleep", told)
    assert found
    assert 64 <= int(found[2]) + 60 * bool(found[1]) <= 96
    assert "labels='morning'" in told
    assert "labels='calendar'" in told
    truly = ss.answer(read(text, labels="calendar"))
    assert truly.asides == ()
    assert -24.0 < truly.table.effect.iloc[0] < -16.0


def test_where_the_readings_agree_nothing_is_said() -> None:
    assert ss.answer(read(calendar_days(2, 0.0))).asides == ()


def test_hours_before_bed_follow_the_habit() -> None:
    text = (
        "date,bedtime,woke up,last coffee time\n2026-01-05,23:00,07:00,15:00\n"
        "2026-01-06,22:00,07:00,16:00\n2026-01-07,23:30,07:00,14:00\n"
    )
    got = read(text, labels="calendar")
    hours = got.filter(like="_h_before_bed").iloc[:, 0]
    # 15:00 on the 5th before 22:00, and 16:00 on the 6th before 23:30
    np.testing.assert_array_equal(hours, [np.nan, 7.0, 7.5])


def test_unknown_rules_are_refused() -> None:
    with pytest.raises(DiaryError, match="labels='noon': expected 'auto', 'evening', 'morning'"):
        read(ONE, labels="noon")


def test_notes_and_warnings_carry_both_forms() -> None:
    with pytest.warns(ss.DiaryWarning) as caught:
        nights = ss.read_diary(io.StringIO(ONE))
    assert "read_diary(..., labels='evening')" in str(caught[0].message)
    assert "--labels evening" in caught[0].message.shell  # type: ignore[union-attr]
    notes = nights.attrs["sleepstats"]["notes"]
    assert any("read_diary(..., labels='evening')" in note for note in notes)
    assert any("--labels evening" in in_shell(note) for note in notes)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read(ONE, labels="evening").attrs["sleepstats"]["readings"] == []


@pytest.mark.parametrize(
    ("header", "rule"),
    [
        ("date du coucher", "evening"),
        ("Datum Zubettgehen", "evening"),
        ("fecha de acostarse", "evening"),
        ("就寝日", "evening"),
        ("date lever", "morning"),
        ("Datum Aufstehen", "morning"),
        ("fecha de levantarse", "morning"),
        ("data pobudki", "morning"),
        ("起床日", "morning"),
    ],
)
def test_the_date_of_lying_down_and_of_rising_name_their_ends(header: str, rule: str) -> None:
    """The words say it: 23:10 on a date of lying down began that evening."""
    rows = [f"2026-01-{day:02d},23:{day:02d},07:{day:02d}" for day in range(5, 15)]
    nights = read("\n".join([f"{header},bed time,wake time", *rows]))
    first = "01-05" if rule == "evening" else "01-04"
    assert (labels(nights)[0], days(nights)[0]) == (rule, first)


def test_what_the_stamps_show_wins_over_the_word_of_a_date() -> None:
    """By hand: the date of "lying down" is that of the rising on every row, so it names it."""
    rows = [
        f"2026-01-{d:02d},2026-01-{d - 1:02d} 23:10,2026-01-{d:02d} 07:00" for d in range(5, 15)
    ]
    nights = read("\n".join(["Datum Zubettgehen,ins Bett,aufgestanden", *rows]))
    assert (labels(nights)[0], days(nights)[0]) == ("morning", "01-04")
