"""Nights printed in another zone's clock, and latency that is an app's rule, are told."""

from __future__ import annotations

import io
import warnings

import numpy as np
import pandas as pd
import pytest
from exports import REAL

import sleepstats as ss
from sleepstats import DiaryWarning
from sleepstats.answers.changes import over_calendar
from sleepstats.reading.nights.plausible import nights_away


def nights(hours: list[float]) -> pd.DataFrame:
    """Nights that begin so many hours after the midnight of their evening."""
    index = pd.date_range("2026-01-05", periods=len(hours), name="night")
    begin = index + pd.to_timedelta(np.array(hours) * 60, unit="m")
    return pd.DataFrame({"into_bed": begin}, index=index)


def test_a_block_of_shifted_nights_with_sharp_edges_is_found() -> None:
    found = nights_away(nights([23.5] * 10 + [16.5] * 5 + [23.5] * 10))
    assert found == [(10, 14, -7.0, 23.5)]


@pytest.mark.parametrize(
    "hours",
    [
        [23.5] * 25,
        [23.5] * 10 + [16.5] * 2 + [23.5] * 10,  # two nights are no stretch
        [22.0] * 12 + [24.0, 25.5, 27.0, 27.5, 27.0, 25.5, 24.0],  # drifts, no edge
        [23.0, 23.0, 8.0, 8.0, 8.0] * 6,  # shift work: there is no usual
        [23.5] * 4 + [16.5] * 3,  # too short a diary to have a usual
    ],
)
def test_what_is_no_stretch(hours: list[float]) -> None:
    assert nights_away(nights(hours)) == []


def test_the_nights_and_the_notes_say_it_and_nothing_is_corrected() -> None:
    lines = ["night,into_bed,out_of_bed"]
    for i, day in enumerate(pd.date_range("2026-01-05", periods=20)):
        lines.append(f"{day:%Y-%m-%d}," + ("16:30,01:00" if 8 <= i < 12 else "23:30,08:00"))
    with pytest.warns(DiaryWarning, match="another time zone"):
        read = ss.read_diary(io.StringIO("\n".join(lines)))
    assert read["into_bed"].iloc[8] == pd.Timestamp("2026-01-13 16:30")
    assert (read["problem"] != "").sum() == 4
    assert read["problem"].iloc[8] == (
        "bed time hours from the usual: the clock may be that of another time zone."
    )
    assert any(
        "with sharp edges, as when a journey" in n for n in read.attrs["sleepstats"]["notes"]
    )


def test_latency_that_is_a_rule_is_noted_at_reading() -> None:
    lines = ["night,lights_out,sol_min,final_wake"]
    lines += [f"2026-01-{day:02d},23:00,0,07:00" for day in range(5, 25)]
    read = ss.read_diary(io.StringIO("\n".join(lines)))
    assert read.attrs["sleepstats"]["notes"][-1] == (
        "The latency of this diary is not asked about: latency not measured: sol_min is 0 min on "
        "all 20 nights."
    )


@pytest.mark.skipif(not REAL.exists(), reason="../shared is not here")
def test_the_journeys_in_a_real_history() -> None:
    # formats.md 0.2: nights in Bali read 16:06 to 01:33; the second stretch is in March 2020
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DiaryWarning)
        read = ss.read_diary(REAL / "sleep_cycle" / "sleepdata_old_2020-09.csv")
        middle = ss.read_diary(REAL / "sleep_cycle" / "sleepdata_mid_first60.csv")
    spans = [(f"{read.index[a]:%Y-%m-%d}", f"{read.index[b]:%Y-%m-%d}")
             for a, b, _, _ in nights_away(read)]  # fmt: skip
    assert spans == [("2017-08-24", "2017-09-13"), ("2020-02-27", "2020-03-20")]
    assert "time in bed / 150" in middle.attrs["sleepstats"]["notes"][-1]


def traveller(seed: int, *, weeks: int = 26, journey: bool = True) -> pd.DataFrame:
    """Nights of a known truth: the habit goes with nothing; it is noted on a journey alone, nearly.

    The journey's 14 nights are printed 9 h early, in the clock of home.
    """
    rng = np.random.default_rng(seed)
    n = 7 * weeks
    index = pd.date_range("2026-01-05", periods=n, name="night")
    away = np.zeros(n, dtype=bool)
    away[80:94] = journey
    habit = np.where(away, rng.random(n) < 0.95, rng.random(n) < 0.15)
    hours = 23.5 + 0.5 * rng.standard_normal(n) - 9.0 * away
    bed = index + pd.to_timedelta(np.round(60 * hours), unit="m")
    length = 480 + 30 * rng.standard_normal(n).round()
    rise = bed + pd.to_timedelta(length, unit="m")
    return pd.DataFrame(
        {"into_bed": bed, "out_of_bed": rise, "tib_min": length, "sun": habit}, index
    )


@pytest.mark.parametrize("outcome", ["into_bed", "out_of_bed"])
def test_a_journey_does_not_decide_what_is_asked_of_the_clock(outcome: str) -> None:
    # truth: 0; with the journey in it the habit would lie 6 h and more from it
    for seed in range(5):
        nights = traveller(seed)
        one = ss.compare(nights, outcome, "sun")
        assert abs(one.effect) < 0.5
        assert one.effect_low < 0.25
        assert one.effect_high > -0.25
        assert one.n_with + one.n_without == len(nights) - 14
        line = "Times of the clock: 14 nights (2026-03-26 to 2026-04-08) left out"
        assert line in " ".join(str(one).split())
        same = ss.associate(nights, outcome, "sun")
        assert same.effect == pytest.approx(one.effect)
        table = ss.correlate(nights, outcomes=[outcome], factors="sun")
        assert table["effect"][0] == pytest.approx(one.effect)
        assert line in " ".join(str(ss.present(table)).split()) or line in str(table.attrs)
    assert line in " ".join(str(ss.answer(nights)).split())


def test_durations_and_habits_of_other_kinds_keep_the_nights_of_a_journey() -> None:
    nights = traveller(1)
    assert ss.compare(nights, "tib_min", "sun").n_dropped == 0
    cup = nights.assign(coffee_at=nights["into_bed"] - pd.Timedelta("8h"))
    assert ss.associate(cup, "tib_min", "coffee_at", when={"coffee_at": "day"}).n == len(cup) - 14


def test_shifts_that_come_again_and_again_are_no_journey() -> None:
    # one week in four by night, all year: 13 stretches are this person's life, not another's clock
    nights = traveller(2, weeks=52, journey=False).drop(columns="out_of_bed")
    late = (np.arange(len(nights)) // 7) % 4 == 3
    moved = nights["into_bed"] + pd.to_timedelta(np.where(late, 9 * 60, 0), unit="m")
    nights = nights.assign(into_bed=moved, shift=late)
    assert len(nights_away(nights)) == 13
    assert ss.associate(nights, "into_bed", "shift").n_dropped == 0
    # a clock that moves every week has no usual at all
    weekly = (np.arange(len(nights)) // 7) % 2 == 1
    assert (
        nights_away(
            nights.assign(into_bed=nights["into_bed"] + pd.to_timedelta(8 * weekly, unit="h"))
        )
        == []
    )


def test_where_the_zone_of_each_night_is_known_the_clock_is_the_beds() -> None:
    nights = traveller(3).assign(zone="UTC+01:00")
    assert ss.compare(nights, "into_bed", "sun").n_dropped == 0


def test_a_change_over_months_is_no_journey_at_the_end() -> None:
    # truth: no change; the last fortnight is printed 9 h early
    nights = traveller(4, weeks=14)
    assert nights_away(nights)[-1][1] in (93, 94)
    changes = over_calendar(nights, ["into_bed"])
    assert (changes["effect"].abs() < 1.0).all()
    assert (changes["n"] == len(nights) - 14).all()


def typed(header: str, first: str, second: str, rows: int = 28) -> pd.DataFrame:
    """A diary of so many rows of the same two clock times, a minute later each."""
    lines = [header]
    for i, day in enumerate(pd.date_range("2026-01-05", periods=rows)):
        lines.append(f"{day:%Y-%m-%d},{first}:{10 + i},{second}:{10 + i}")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        read = ss.read_diary(io.StringIO("\n".join(lines)))
    read.attrs["warned"] = " ".join(str(one.message) for one in told)
    return read


def test_swapped_columns_are_asked_about() -> None:
    # 06:10 to 23:10 is 17 h in every row; light out at 22:10 before going to bed at 23:10
    for header, first, second in (
        ("night,bed time,wake time", "06", "23"), ("night,into bed,lights out", "23", "22"),
    ):  # fmt: skip
        read = typed(header, first, second)
        assert read["problem"].str.contains("are the two columns swapped").all()
        assert "swap their headers and read again" in read.attrs["warned"]
        assert "28 with something to tell" in read.attrs["warned"]


def test_one_long_night_and_columns_in_order_are_not_asked_about() -> None:
    assert "swapped" not in typed("night,bed time,wake time", "23", "07").attrs["warned"]
    some = typed("night,bed time,wake time", "06", "23", rows=4)  # too few rows to say most
    assert "swapped" not in some.attrs["warned"]


def test_two_people_in_turn_are_not_half_of_each() -> None:
    # both rows of each of 20 dates have times of their own: 40 nights are no 20
    days = [f"{day:%Y-%m-%d}" for day in pd.date_range("2026-01-05", periods=20)]
    one = [f"{day},23:{10 + i},07:{10 + i}" for i, day in enumerate(days)]
    other = [f"{day},22:{10 + i},06:{10 + i}" for i, day in enumerate(days)]
    pairs = [line for two in zip(one, other, strict=True) for line in two]
    with pytest.raises(ss.DiaryError, match="Do several people stand in this file"):
        ss.read_diary(io.StringIO("\n".join(["date,bed,wake", *pairs])))
    twice = [line for line in one for _ in range(2)]  # the same rows again are one person's
    naps = [f"{day},14:{10 + i},14:{40 + i % 20}" for i, day in enumerate(days)]
    for rows in (twice, [*one, *other[:3]], [x for p in zip(one, naps, strict=True) for x in p]):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DiaryWarning)
            assert len(ss.read_diary(io.StringIO("\n".join(["date,bed,wake", *rows])))) >= 20
