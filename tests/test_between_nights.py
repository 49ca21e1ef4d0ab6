"""regularity: each measure from its definition, with the least data it needs."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import sleepstats as ss
from sleepstats.measures import between_nights, description

MEASURES = ["midsleep_sd_min", "tst_sd_min", "sri", "midsleep_work_h", "midsleep_free_h",
            "social_jetlag_min"]  # fmt: skip
COLUMNS = ["value", "unit", "n", "needed", "reason", "basis", "definition", "source"]


def sleep(begin, end, start="2026-01-05", names=("sleep_onset", "final_wake")):
    """Build nights from hours after the evening's midnight."""
    index = pd.date_range(start, periods=len(begin), name="night", unit="us")
    columns = {
        name: (index + pd.to_timedelta(np.asarray(hours, dtype=float), unit="h")).round("us")
        for name, hours in zip(names, (begin, end), strict=True)
    }
    return pd.DataFrame(columns, index=index)


def test_columns_are_fixed():
    nights, _ = ss.simulate_nights(40, seed=1)
    table = ss.regularity(nights)
    assert table.index.tolist() == MEASURES
    assert table.index.name == "measure"
    assert table.columns.tolist() == COLUMNS
    assert (table["reason"] == "").all()
    assert table["value"].notna().all()
    assert table["source"].str.contains("doi:10.").all()
    assert (table["definition"] != "").all()


def test_perfectly_regular():
    table = ss.regularity(sleep([23.0] * 14, [31.0] * 14))
    assert table.loc["sri", "value"] == 100.0
    assert table.loc["sri", "n"] == 13
    assert table.loc["midsleep_sd_min", "value"] == pytest.approx(0.0, abs=1e-4)
    assert table.loc["social_jetlag_min", "value"] == pytest.approx(0.0, abs=1e-9)


def test_midsleep_sd_agrees_with_scipy():
    nights, _ = ss.simulate_nights(60, seed=4)
    row = ss.regularity(nights).loc["midsleep_sd_min"]
    expected = 60 * stats.circstd(nights["midsleep_h"], high=24, low=0)
    assert row["value"] == pytest.approx(expected, rel=1e-9)
    assert row["n"] == len(nights)
    assert row["unit"] == "min"


def test_tst_sd_agrees_with_pandas():
    nights, _ = ss.simulate_nights(60, seed=4)
    assert ss.regularity(nights).loc["tst_sd_min", "value"] == pytest.approx(nights.tst_min.std())


def test_sri_by_hand():
    # Half an hour later every other night: 30 min differ twice a day in every pair.
    begin = np.array([23.0, 23.5] * 5)
    row = ss.regularity(sleep(begin, begin + 8)).loc["sri"]
    assert row["value"] == pytest.approx(100 - 200 * 60 / 1440)
    assert row["n"] == 9


@pytest.mark.parametrize(("hours", "used"), [(24.0, 14), (24.01, 13), (0.01, 14), (0.0, 13)])
@pytest.mark.parametrize("names", [("sleep_onset", "final_wake"), ("into_bed", "out_of_bed")])
def test_a_night_lasts_longer_than_nothing_and_at_most_a_day(hours, used, names):
    # by definition: an end after the beginning, and at most a day after it
    table = ss.regularity(sleep([23.0] * 14, [31.0] * 13 + [23.0 + hours], names=names))
    assert table.loc["midsleep_sd_min", "n"] == used


def test_social_jetlag_by_hand():
    # Midsleep 03:00 before work days, 04:45 before free days.
    nights = sleep([23.0] * 14, [31.0] * 14)
    free = nights.index.day_of_week.isin([4, 5])
    nights.loc[free] += pd.Timedelta("01:45:00")
    table = ss.regularity(nights)
    assert table.loc["midsleep_work_h", "value"] == pytest.approx(27.0)
    assert table.loc["midsleep_free_h", "value"] == pytest.approx(28.75)
    assert table.loc["social_jetlag_min", "value"] == pytest.approx(105.0)
    assert table.loc[["midsleep_work_h", "midsleep_free_h"], "n"].tolist() == [10, 4]


def test_social_jetlag_goes_the_shorter_way_around():
    # Midsleep 11:30 in the morning after work nights, 12:30 before free days (a night worker):
    # as clock readings of the evening's line 35.5 and 12.5, which are one hour apart.
    nights = sleep([31.5] * 14, [39.5] * 14)
    free = nights.index.day_of_week.isin([4, 5])
    nights.loc[free] -= pd.Timedelta("23:00:00")
    assert ss.regularity(nights).loc["social_jetlag_min", "value"] == pytest.approx(60.0)


def test_free_days_as_told():
    nights = sleep([23.0] * 14, [31.0] * 14)
    off = np.arange(14) % 3 == 0
    nights.loc[off] += pd.Timedelta("01:00:00")
    nights["day_off"] = pd.array(off, dtype="boolean")
    nights.loc[nights.index[1], "day_off"] = pd.NA
    table = ss.regularity(nights, free_days="day_off")
    assert table.loc["social_jetlag_min", "value"] == pytest.approx(60.0)
    assert table.loc["social_jetlag_min", "n"] == 13
    nights["day_off"] = nights["day_off"].astype("Float64")  # 0 and 1 are yes and no as well
    assert ss.regularity(nights, free_days="day_off").loc["social_jetlag_min", "n"] == 13
    usual = ss.regularity(nights, free_days=["Wednesday"])
    assert usual.loc["midsleep_free_h", "n"] == 2


def test_too_little_data_has_a_reason_and_no_value():
    table = ss.regularity(sleep([23.0] * 4, [31.0] * 4))
    assert table["value"].isna().tolist() == [True, True, True, False, True, True]
    assert table["reason"].tolist() == [
        "midsleep is known on 4 nights; 7 nights are needed",
        "tst_min is known on 0 nights; 7 nights are needed",
        "3 pairs of consecutive nights are known; 5 pairs of consecutive nights are needed",
        "",
        "midsleep is known on 0 free nights; 2 free nights are needed",
        "midsleep is known on 0 free nights and 4 work nights; 2 free and 3 work nights are needed",
    ]


@pytest.mark.parametrize(("n", "known"), [(6, False), (7, True)])
def test_the_seventh_night_is_enough(n, known):
    value = ss.regularity(sleep([23.0] * n, [31.0] * n)).loc["midsleep_sd_min", "value"]
    assert math.isnan(value) != known


@pytest.mark.parametrize(("n", "known"), [(5, False), (6, True)])
def test_the_fifth_pair_is_enough(n, known):
    value = ss.regularity(sleep([23.0] * n, [31.0] * n)).loc["sri", "value"]
    assert math.isnan(value) != known


@pytest.mark.parametrize(
    ("first", "n", "known"),
    [
        ("2026-01-09", 5, [True, True, True]),  # Friday to Tuesday: two free, three work nights
        ("2026-01-09", 4, [False, True, False]), ("2026-01-10", 5, [True, False, False]),
    ],
)  # fmt: skip
def test_three_work_and_two_free_nights_are_enough(first, n, known):
    table = ss.regularity(sleep([23.0] * n, [31.0] * n, start=first))
    names = ["midsleep_work_h", "midsleep_free_h", "social_jetlag_min"]
    assert table.loc[names, "value"].notna().tolist() == known
    assert (table.loc[names, "reason"] == "").tolist() == known


def test_missing_nights_break_pairs_and_shift_nothing():
    begin = 23.0 + np.arange(14) / 6
    nights = sleep(begin, begin + 8)
    whole = ss.regularity(nights)
    gap = ss.regularity(nights.drop(nights.index[[0, 6, 7]]))
    assert whole.loc["sri", ["value", "n"]].tolist() == pytest.approx([100 - 200 * 20 / 1440, 13])
    assert gap.loc["sri", ["value", "n"]].tolist() == pytest.approx([100 - 200 * 20 / 1440, 9])
    nights.loc[nights.index[[0, 6, 7]], "final_wake"] = pd.NaT
    blank = ss.regularity(nights)
    assert blank.loc["sri", ["value", "n"]].tolist() == gap.loc["sri", ["value", "n"]].tolist()


def test_time_in_bed_stands_in_and_says_so():
    nights = sleep([22.5] * 10, [31.0] * 10, names=("into_bed", "out_of_bed"))
    table = ss.regularity(nights)
    assert table.loc["sri", "value"] == 100.0
    assert table.loc["sri", "basis"] == "into_bed and out_of_bed"
    assert "how often one is in bed or not as 24 h before" in table.loc["sri", "definition"]
    assert table.loc["midsleep_sd_min", "definition"] == (
        "how far the middle of the time in bed lies from its mean, typically (circular standard "
        "deviation)"
    )
    assert table.loc["midsleep_work_h", "value"] == pytest.approx(26.75)


def test_sleep_times_on_half_of_the_nights_are_preferred():
    nights = sleep([22.5] * 10, [31.5] * 10, names=("into_bed", "out_of_bed"))
    asleep = sleep([23.0] * 10, [31.0] * 10)
    for known, basis in ((5, "sleep_onset and final_wake"), (4, "into_bed and out_of_bed")):
        both = nights.join(asleep.iloc[:known])
        assert ss.regularity(both).loc["sri", "basis"] == basis


def test_a_night_worker_who_sleeps_across_noon():
    # Asleep from 08:00 or 08:30 to 16:00: no noon may cut the nights in two.
    nights = sleep([32.0, 32.5] * 5, [40.0] * 10)
    value = ss.regularity(nights).loc["sri", "value"]
    assert value == pytest.approx(100 - 200 * 30 / 1440, abs=1e-9)


def test_midsleep_alone():
    index = pd.date_range("2026-01-05", periods=10, name="night")
    table = ss.regularity(pd.DataFrame({"midsleep_h": 27.0}, index))
    assert table["value"].notna().tolist() == [True, False, False, True, True, True]


def test_no_clocks_at_all():
    index = pd.date_range("2026-01-05", periods=10, name="night")
    table = ss.regularity(pd.DataFrame({"tst_min": np.arange(10.0) + 400}, index))
    assert table["value"].notna().tolist() == [False, True, False, False, False, False]
    assert len(ss.regularity(pd.DataFrame({"tst_min": [1.0]}, index[:1]).iloc[:0])) == 6


def test_times_all_around_the_clock_have_no_spread():
    begin = np.array([14.0, 20.0, 26.0, 32.0] * 3)
    row = ss.regularity(sleep(begin, begin + 1)).loc["midsleep_sd_min"]
    assert math.isnan(row["value"])
    assert row["reason"] == (
        "the times are spread around the clock so evenly that they have no mean"
    )


def test_several_people():
    one = sleep([23.0] * 10, [31.0] * 10)
    table = ss.regularity(pd.concat({"bo": one, "cy": one.iloc[:5]}, names=["person"]))
    assert table.index.names == ["person", "measure"]
    assert table.loc[("bo", "sri"), "value"] == 100.0
    assert table.loc[("cy", "sri"), "reason"].startswith("4 pairs of consecutive nights are known")
    # each person's free days are those that were told: nights before Mondays, 1 and 2 of them
    told = ss.regularity(pd.concat({"bo": one, "cy": one.iloc[:7]}, names=["person"]),
                         free_days=["Monday"])  # fmt: skip
    assert [told.loc[(who, "midsleep_free_h"), "n"] for who in ("bo", "cy")] == [1, 1]
    assert [told.loc[(who, "midsleep_work_h"), "n"] for who in ("bo", "cy")] == [9, 6]


def test_a_table_reads_what_a_measure_is_or_why_it_has_no_value():
    table = ss.regularity(sleep([23.0] * 10, [31.0] * 10).iloc[:5])
    shown = between_nights._view(table, False)[0].set_index("measure")
    (words,) = (name for name in shown if "has no value" in name)
    for measure, row in table.iterrows():
        expected = row["definition"] if np.isfinite(row["value"]) else row["reason"]
        assert expected
        assert shown.loc[measure, words] == expected
    assert 0 < table["value"].notna().sum() < len(table)


def test_numbers_are_read_with_their_unit_times_as_times():
    nights = sleep([23.0, 23.5] * 5, [31.0, 31.5] * 5).assign(tst_min=[400.0, 420.0] * 5)
    shown = between_nights._view(ss.regularity(nights), False)[0].set_index("measure")["value"]
    # by hand: 15 min of midsleep (n), 10 sqrt(10 / 9) min of sleep, 60 of 1440 min differ
    assert shown["tst_sd_min"] == "11 min"
    assert shown["midsleep_sd_min"] == "15 min"
    assert shown["sri"] == "92"
    assert shown["midsleep_work_h"] in ("03:14", "03:15", "03:16")
    short = between_nights._view(ss.regularity(nights[:2]), False)[0].set_index("measure")["value"]
    assert short["midsleep_work_h"] == ""


@pytest.mark.parametrize(
    ("index", "how"),
    [(73.0, "less regular than three of four"), (75.0, "roughly as regular as is usual"),
     (93.0, "roughly as regular as is usual"), (95.0, "more regular than three of four")],
)  # fmt: skip
def test_whether_hours_are_regular_is_said_in_words(index, how):
    """Windred 2024: median 81.0, quartiles 73.8 and 86.3 by wrist; 30 min unseen are 8 points."""
    row = {"value": index, "basis": "sleep_onset and final_wake"}
    assert between_nights.how_regular(row).startswith(f"These hours are {how}: at ")
    bed = between_nights.how_regular({"value": 80.0, "basis": "into_bed and out_of_bed"})
    assert ": at 90 of 100 moments you were in bed or not as 24 hours before, a regular" in bed
    assert between_nights.how_regular(row | {"value": np.nan}) == ""


def test_days_are_cut_twelve_hours_before_the_mean_midsleep():
    """By hand: awake from noon, the second day and all later ones from 23:00 to 07:00.

    The first day is asleep from its cut on, so the cut shows in the first pair.
    """
    begin, end = np.array([14.0] + [23.0] * 6), np.full(7, 31.0)
    nights = sleep(begin, end)
    cut = stats.circmean((begin + end) / 2, high=24) - 12 + 24
    got = between_nights.same_hours(nights)
    assert 14.0 < cut < 15.0
    assert got["value"] == pytest.approx(100 - 200 * (23 - cut) * 60 / 6 / 1440)


def test_days_are_cut_at_noon_where_midsleep_is_all_round_the_clock():
    """By hand: an hour of sleep, six hours later every day: 120 min of every pair differ."""
    begin = np.array([12.0, 18.0, 24.0, 30.0] * 3)
    got = between_nights.same_hours(sleep(begin, begin + 1))
    assert got["value"] == pytest.approx(100 - 200 * 120 / 1440, abs=1e-9)


def test_the_longest_run_is_the_first_of_its_length():
    def run(short, number):
        return between_nights.longest_run(np.array(short, dtype=bool), np.array(number))

    assert run([0, 0], [1, 2]) == run([], []) == (0, 0)
    assert run([1, 1, 0, 1, 1], range(5)) == (2, 0)
    assert run([0, 1, 1, 1], range(4)) == (3, 1)
    assert run([1, 1, 1], [1, 3, 4]) == (2, 1)  # a night is missing
    assert run([0, 1, 1], [1, 2, 3]) == (2, 1)


def test_a_single_night_of_sleep_has_no_spread_and_no_warning():
    nights = pd.DataFrame({"tst_min": [400.0]}, pd.DatetimeIndex(["2026-01-05"], name="night"))
    row = ss.regularity(nights).loc["tst_sd_min"]
    assert math.isnan(row["value"])
    assert row["reason"] == "tst_min is known on 1 night; 7 nights are needed"


@pytest.mark.parametrize(("n", "known"), [(6, False), (7, True)])
def test_seven_nights_of_sleep_have_a_spread(n, known):
    index = pd.date_range("2026-01-05", periods=n, name="night")
    row = ss.regularity(pd.DataFrame({"tst_min": 400.0 + np.arange(n)}, index)).loc["tst_sd_min"]
    assert (row["reason"] == "") == known
    assert not known or row["value"] == pytest.approx(np.sqrt(28 / 6))  # 9 + 4 + 1 twice


def test_a_mean_comes_back_on_the_turn_of_its_hours():
    assert [description.mean_h(np.array([hour])) for hour in (3.0, 27.0, 315.0)] == pytest.approx(
        [3.0, 27.0, 315.0]
    )


def test_input_is_untouched():
    nights = sleep([23.0] * 10, [31.0] * 10)
    before = nights.copy(deep=True)
    ss.regularity(nights)
    pd.testing.assert_frame_equal(nights, before)


def test_wrong():
    nights = sleep([23.0] * 10, [31.0] * 10)
    with pytest.raises(ss.DiaryError, match="'Caturday' is no day of the week"):
        ss.regularity(nights, free_days=["Caturday"])
    with pytest.raises(ss.DiaryError, match="no such column in nights"):
        ss.regularity(nights, free_days="Saturday")
    with pytest.raises(ss.DiaryError, match="nights is a int, not a DataFrame"):
        ss.regularity(3)


def test_regularity_without_a_waking_is_of_the_time_in_bed():
    """One bed and rising time every day agree at every moment: SRI 100, 19 pairs, by hand."""
    index = pd.date_range("2026-01-05", periods=20, name="night")
    bed, up = index + pd.Timedelta("23h"), index + pd.Timedelta("31h")
    nights = pd.DataFrame({"into_bed": bed, "out_of_bed": up, "midsleep_h": 27.0}, index=index)
    row = ss.regularity(nights).loc["sri"]
    assert (row["value"], row["n"], row["basis"]) == (100.0, 19, "into_bed and out_of_bed")
    # no end of the night at all: that is the reason, not the number of pairs
    row = ss.regularity(nights.drop(columns="out_of_bed")).loc["sri"]
    assert row["reason"] == (
        "no night tells sleep onset and final awakening; 5 pairs of consecutive nights are needed"
    )
    row = ss.regularity(nights.assign(sleep_onset=bed).drop(columns="out_of_bed")).loc["sri"]
    assert row["reason"].startswith("no night tells final awakening; ")
