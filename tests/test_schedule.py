"""How far a bed time lay from the person's usual.

Sources of the expected numbers: worked out by hand for bed times of a few minutes to and fro;
scipy's circular mean; the rule that what shares a clock is a tautology.
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import sleepstats as ss
from sleepstats.columns import ingredients
from sleepstats.errors import DiaryError
from sleepstats.measures import add_bedtime_deviation


def beds(hours, start="2026-01-05", skip=()):
    """Bed times in hours after the evening's midnight."""
    index = pd.date_range(start, periods=len(hours), name="night", unit="us")
    stamps = index + pd.to_timedelta(np.round(np.asarray(hours) * 3600), unit="s").as_unit("us")
    frame = pd.DataFrame({"into_bed": stamps}, index=index)
    return frame.drop(index=frame.index[list(skip)])


def test_a_late_night_after_a_regular_week():
    nights = add_bedtime_deviation(beds([23.0] * 7 + [24.5, 22.0, 23.0]))
    got = nights.bedtime_deviation_min
    assert got[:7].isna().all()
    assert got.iloc[7] == pytest.approx(90.0)
    # the usual of the next night: seven times 23:00 and once 00:30, on the circle
    usual = stats.circmean([23.0] * 7 + [24.5], high=24.0)
    assert got.iloc[8] == pytest.approx(60 * (usual - 22.0), abs=1e-6)


def test_bed_times_on_both_sides_of_midnight():
    got = add_bedtime_deviation(beds([23.75, 24.25] * 5 + [24.5])).bedtime_deviation_min
    assert got.iloc[-1] == pytest.approx(30.0)


def test_later_nights_have_no_part_in_the_usual():
    hours = 23 + np.random.default_rng(1).normal(size=40)
    whole = add_bedtime_deviation(beds(hours)).bedtime_deviation_min
    part = add_bedtime_deviation(beds(hours[:25])).bedtime_deviation_min
    pd.testing.assert_series_equal(whole[:25], part)


def test_the_usual_is_made_of_calendar_days_and_enough_nights():
    hours = [22.0] * 10 + [23.0] * 40
    got = add_bedtime_deviation(beds(hours), days_back=7).bedtime_deviation_min
    assert got.iloc[17] == pytest.approx(0.0)  # the seven nights before were all at 23:00
    assert got.iloc[10] == pytest.approx(60.0)
    away = add_bedtime_deviation(beds(hours, skip=range(12, 45)), days_back=7)
    assert np.isnan(away.bedtime_deviation_min.iloc[12])  # nothing in the week before
    few = add_bedtime_deviation(beds(hours), days_back=7, least=3).bedtime_deviation_min
    assert few.notna().sum() == 47


def test_a_mean_resultant_length_of_three_tenths_is_a_usual():
    """By hand: 13 at midnight and 7 at noon of 20 is (13 - 7) / 20 = 0.3; 12 and 7 is 5 / 19."""
    for midnights, last in ((13, 0.0), (12, np.nan)):
        got = add_bedtime_deviation(beds([12.0] * 7 + [24.0] * midnights + [24.0]))
        assert got.bedtime_deviation_min.iloc[-1] == pytest.approx(last, abs=1e-9, nan_ok=True)


def test_bed_times_round_the_clock_have_no_usual():
    got = add_bedtime_deviation(beds(12 + np.arange(24.0)), least=24, days_back=28)
    assert got.bedtime_deviation_min.isna().all()
    shifts = beds(np.resize([20.0, 28.0, 36.0], 24), start="2026-02-01")
    assert add_bedtime_deviation(shifts).bedtime_deviation_min.isna().sum() >= 22


def test_people_have_usuals_of_their_own():
    one, two = beds([23.0] * 9), beds([25.0] * 8 + [25.5])
    both = pd.concat({"a": one, "b": two}, names=["person", "night"])
    got = add_bedtime_deviation(both).bedtime_deviation_min
    assert got["a"].iloc[-1] == pytest.approx(0.0)
    assert got["b"].iloc[-1] == pytest.approx(30.0)


def test_lights_out_stands_in_where_into_bed_is_missing():
    nights = beds([23.0] * 10)
    nights["lights_out"] = nights.into_bed + pd.Timedelta(minutes=30)
    nights.loc[nights.index[9], "into_bed"] = pd.NaT
    got = add_bedtime_deviation(nights).bedtime_deviation_min
    assert got.iloc[9] == pytest.approx(30.0)


def test_it_is_asked_of_the_night_and_never_of_its_own_clock():
    nights, _ = ss.simulate_nights(90, seed=1)
    nights = add_bedtime_deviation(nights)
    assert {"into_bed", "lights_out", "tib_min"} <= ingredients("bedtime_deviation_min")
    table = ss.correlate(
        nights,
        outcomes=["tst_min", "tib_min", "into_bed", "midsleep_h", "sol_min"],
        factors="bedtime_deviation_min",
    ).set_index("outcome")
    assert (table.when == "same night").all()
    for name in ("tib_min", "into_bed", "midsleep_h"):
        assert table.reason[name] == (
            f"tautology: {name} and bedtime_deviation_min are tied by definition"
        )
    assert "refused" not in table.status[["tst_min", "sol_min"]].tolist()
    assert "bedtime_deviation_min" in ss.correlate(nights).factor.tolist()
    stress = ss.associate(nights, outcome="stress", factor="bedtime_deviation_min")
    assert stress.when == "night before the day"


def test_wrong_input_is_told():
    with pytest.raises(DiaryError) as told:
        add_bedtime_deviation(beds([23.0] * 9).drop(columns="into_bed").assign(tst_min=400.0))
    assert str(told.value) == (
        "add_bedtime_deviation() needs bed times in into_bed or lights_out; nights has none. "
        "Read them with read_diary(path)."
    )
    for days in (0, 366):
        with pytest.raises(DiaryError, match=f"days_back is {days}, expected 1 to 365 days"):
            add_bedtime_deviation(beds([23.0] * 9), days_back=days)
    with pytest.raises(DiaryError, match="least is 0, expected 1 to days_back"):
        add_bedtime_deviation(beds([23.0] * 9), least=0)
    widest = add_bedtime_deviation(beds([23.0] * 9), days_back=365, least=1)
    assert widest.bedtime_deviation_min.notna().tolist() == [False] + [True] * 8
    assert len(add_bedtime_deviation(beds([23.0, 23.0]), days_back=1, least=1)) == 2
    with pytest.raises(DiaryError, match=r"least is 30, expected 1 to days_back \(28\)"):
        add_bedtime_deviation(beds([23.0] * 9), least=30)
