"""Dose and timing: known truths recovered, refusals counted in words, curves that agree."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.errors import DiaryError
from sleepstats.responses.hours_before_bed import DECAY_H


def nights_of(n=200, seed=0, **columns):
    rng = np.random.default_rng(seed)
    index = pd.date_range("2026-01-05", periods=n, name="night")
    frame = pd.DataFrame({"tst_min": 420 + 20 * rng.normal(size=n)}, index=index)
    return frame.assign(**columns)


@pytest.fixture
def drinks():
    """30 min less with any, 10 less per drink beyond the mean: planted by hand."""
    rng = np.random.default_rng(1)
    drinks = np.where(rng.random(200) < 0.4, rng.integers(1, 5, 200), 0).astype(float)
    nights = nights_of(alcohol_drinks=drinks)
    some = drinks > 0
    nights["tst_min"] -= some * (30 + 10 * (drinks - drinks[some].mean()))
    return nights


def test_dose_recovers_what_was_planted(drinks):
    got = ss.dose_response(drinks, outcome="tst_min", dose="alcohol_drinks")
    used, dose = got.terms.to_dict("records")
    assert (used["term"], dose["term"]) == ("used at all", "dose where used")
    assert used["effect_low"] < -30 < used["effect_high"]
    assert dose["effect_low"] < -10 < dose["effect_high"]
    assert (used["effect_unit"], dose["effect_unit"]) == ("min", "min per drink")
    assert got.status == "found"
    assert got.df1 == 2
    assert got.pvalue == got.pvalue_joint < 1e-6
    assert (got.n, got.n_with, got.n_dropped) == (200, int((drinks.alcohol_drinks > 0).sum()), 0)
    assert got.reference == "nights without"


def test_dose_curve_is_the_terms_drawn(drinks):
    got = ss.dose_response(drinks, outcome="tst_min", dose="alcohol_drinks")
    used, dose = got.terms["effect"]
    curve = got.curve
    assert curve["x"].tolist() == [0, 1, 2, 3, 4]
    assert curve.iloc[0, 1:].tolist() == [0, 0, 0]
    expected = used + dose * (curve["x"][1:] - got.middle)
    np.testing.assert_allclose(curve["estimate"][1:], expected, rtol=1e-6)
    assert (curve["low"][1:] < curve["estimate"][1:]).all()
    widths = (curve["high"] - curve["low"])[1:].to_numpy()
    assert widths[-1] > widths[1]  # widest far from the mean dose


def test_dose_sentence(drinks):
    text = format(ss.dose_response(drinks, outcome="tst_min", dose="alcohol_drinks"))
    assert text.startswith("Total sleep time went with the dose of alcohol (p = ")
    assert "alcohol at all, at its mean of 2.41 drinks, went with" in text  # 80 nights, by hand
    assert "each further drink of alcohol where there was any went with" in text
    assert text.endswith("evenings with any; weekdays and slow change evened out).")
    assert "cause" not in text


def test_dose_without_a_night_without(drinks):
    drinks["alcohol_drinks"] += 1
    drinks.iloc[:2, 1] = 0.0  # two nights without are too few to be a side
    got = ss.dose_response(drinks, outcome="tst_min", dose="alcohol_drinks")
    assert got.reference == "the lowest dose"
    assert got.terms["term"].tolist() == ["dose where used"]
    assert (got.n, got.n_dropped) == (198, 2)
    assert got.curve["x"].tolist() == [1, 2, 3, 4, 5]
    assert got.curve["estimate"].tolist()[0] == 0


def test_dose_of_latency_is_a_ratio(drinks):
    rng = np.random.default_rng(2)
    more = 1.2 ** drinks["alcohol_drinks"]
    drinks["sol_min"] = 15 * more * np.exp(0.3 * rng.normal(size=200))
    got = ss.dose_response(drinks, outcome="sol_min", dose="alcohol_drinks")
    dose = got.terms.iloc[1]
    assert dose["ratio_low"] < 1.2 < dose["ratio_high"]
    assert f"{100 * (dose['ratio'] - 1):.0f} % longer" in f"{got}"
    assert got.curve["estimate"].iloc[-1] > 0


def planted_latency(**columns):
    rng = np.random.default_rng(3)
    nights = nights_of(600, **columns).assign(noise=np.exp(0.2 * rng.normal(size=600)))
    return nights, rng


def test_minutes_of_a_dose_count_from_where_the_curve_begins():
    """Reader in Jupyter, S1: planted 10 min without, 1.5 times as long a drink: 5, 12.5, 23.75.

    The median of all nights is 15, so that 36 was drawn for three drinks.
    """
    nights, rng = planted_latency()
    drinks = np.where(rng.random(600) < 0.5, rng.integers(1, 4, 600), 0).astype(float)
    nights = nights.assign(sol_min=10 * 1.5**drinks * nights["noise"], alcohol_drinks=drinks)
    got = ss.dose_response(nights, outcome="sol_min", dose="alcohol_drinks")
    np.testing.assert_allclose(got.curve["estimate"], [0, 5, 12.5, 23.75], rtol=0.05)
    at_all = np.interp(got.middle, got.curve["x"], got.curve["estimate"])
    assert got.terms["effect"].iloc[0] == pytest.approx(at_all, rel=0.03)  # of one night without
    low, high = got.curve.iloc[3][["low", "high"]]
    assert low < 23.75 < high


def test_a_dose_is_the_line_of_its_association():
    """From the lowest to the highest dose both count the same minutes: 13.6 to 31.5 is 17.9."""
    rng = np.random.default_rng(5)
    stress = rng.integers(1, 6, 120).astype(float)
    nights = nights_of(120, stress=stress)
    nights["sol_min"] = np.round(10 + 4 * stress + 4 * rng.normal(size=120))
    curve = ss.dose_response(nights, outcome="sol_min", dose="stress").curve
    line = ss.associate(nights, outcome="sol_min", factor="stress").plot().lines[1]
    drawn = line.get_ydata()[-1] - line.get_ydata()[0]
    assert curve["estimate"].iloc[-1] == pytest.approx(drawn, rel=1e-6)
    assert drawn == pytest.approx(16.0, abs=3.0)  # 4 min a point, planted


@pytest.mark.parametrize("used", ["coffee_cups", None])
def test_minutes_of_a_time_count_from_where_the_curve_begins(used):
    """Planted: 10 min, times exp(1.2 exp(-hours / 4)) with coffee; half of the nights have it."""
    nights, rng = planted_latency()
    hours = np.where(rng.random(600) < 0.5, rng.uniform(0.5, 10.0, 600), np.nan)
    long = 1.2 * np.exp(-hours / DECAY_H)
    nights["sol_min"] = 10 * np.exp(np.nan_to_num(long)) * nights["noise"]
    nights = nights.assign(coffee_h_before_bed=hours, coffee_cups=np.where(long > 0, 2.0, 0.0))
    got = ss.timing_response(nights, "sol_min", "coffee_h_before_bed", used=used)
    base = 1.0 if used else np.exp(1.2 * np.exp(-got.middle / DECAY_H))
    truth = 10 * (np.exp(1.2 * np.exp(-got.curve["x"] / DECAY_H)) - base)
    assert np.abs(got.curve["estimate"] - truth).max() < 1.5  # of up to 17 min
    assert np.abs(got.curve["monotone"] - truth).max() < 3.0  # follows single nights
    early, late = np.exp(-np.nanpercentile(hours, [95, 5]) / DECAY_H)
    told = 10 * (np.exp(1.2 * late) - np.exp(1.2 * early))
    assert got.terms["effect"].iloc[0] == pytest.approx(told, rel=0.06)


def test_minutes_over_courses_count_from_the_nights_without():
    """Planted: 12 min without tea, twice as long with it on half of the nights: 12 min more."""
    on = (np.arange(600) // 15) % 2 == 1
    nights, _ = planted_latency(tea=on)
    nights["sol_min"] = 12 * 2.0**on * nights["noise"]
    got = ss.over_time(nights, outcome="sol_min", factor="tea")
    assert got.terms["effect"].iloc[0] == pytest.approx(12.0, rel=0.08)
    assert got.curve["estimate"].mean() == pytest.approx(12.0, rel=0.08)


@pytest.mark.parametrize(
    ("doses", "reason"),
    [
        ([0.0] * 60 + [400.0] * 40,
         "too few doses: dose_mg was 400 on all 40 nights with any (3 different doses needed); "
         "compare nights with and without it instead"),
        ([0.0] * 60 + [200.0, 400.0] * 20,
         "too few doses: dose_mg was 200 and 400 on all 40 nights with any (3 different doses "
         "needed); compare nights with and without it instead"),
        ([0.0] * 95 + [1.0, 2.0, 3.0, 4.0, 5.0],
         "too few nights: dose_mg was above 0 on 5 of 100 nights (8 needed for a dose response)"),
        ([0.0] * 60 + [400.0] * 38 + [200.0, 100.0],
         "too few doses: dose_mg was 400 on 38 of 40 nights with any (3 others needed)"),
        ([np.nan] * 90 + [1.0, 2.0, 3.0, 4.0, 5.0] * 2,
         "too few nights: needs at least 14 nights with both tst_min and dose_mg; 10 have both "
         "(dose_mg is missing on 90 of 100 nights)"),
    ],
)  # fmt: skip
def test_dose_refusals_say_what_was_counted(doses, reason):
    nights = nights_of(100, dose_mg=np.random.default_rng(1).permutation(doses))
    got = ss.dose_response(nights, outcome="tst_min", dose="dose_mg")
    assert got.status == "refused"
    assert got.reason == reason
    assert f"{got}" == (
        f"Not answered: total sleep time by the dose of dose. {reason[:1].upper()}{reason[1:]}."
    )
    assert len(got.curve) == len(got.terms) == 0


def test_no_amount_is_an_error():
    nights = nights_of(40, tea=["mint", "none"] * 20, dose_mg=[-1.0, 2.0] * 20)
    with pytest.raises(DiaryError) as raised:
        ss.dose_response(nights, outcome="tst_min", dose="tea")
    assert str(raised.value) == (
        "dose_response(): column 'tea' is categorical, expected an amount, 0 for none. For kinds "
        "use associate(nights, outcome='tst_min', factor='tea')."
    )
    with pytest.raises(DiaryError) as raised:
        ss.dose_response(nights, outcome="tst_min", dose="dose_mg")
    assert str(raised.value) == (
        "dose_response(): column 'dose_mg' holds -1, expected amounts of 0 or more. Correct the "
        "entry, or set it to missing."
    )
    with pytest.raises(DiaryError, match=r"No column 'dose_mgs' in nights\. Did you mean"):
        ss.dose_response(nights, outcome="tst_min", dose="dose_mgs")


def test_missing_doses_are_dropped_and_counted(drinks):
    drinks.loc[drinks.index[5:25], "alcohol_drinks"] = np.nan
    got = ss.dose_response(drinks, outcome="tst_min", dose="alcohol_drinks")
    assert (got.n, got.n_dropped) == (180, 20)


def test_kinds_against_none_and_each_other_are_associates():
    rng = np.random.default_rng(5)
    kinds = rng.choice(["none", "magnesium", "melatonin"], 200, p=[0.6, 0.2, 0.2])
    nights = nights_of(supplement_kind=kinds)
    nights["tst_min"] += 25 * (kinds == "melatonin")
    one = ss.associate(nights, outcome="tst_min", factor="supplement_kind")
    assert one.contrasts["reference"].unique().tolist() == ["none"]
    assert one.contrasts["level"].tolist() == ["magnesium", "melatonin"]
    low, high = one.contrasts.loc[1, ["effect_low", "effect_high"]]
    assert low < 25 < high
    used = nights[nights["supplement_kind"] != "none"]
    each = ss.associate(used, outcome="tst_min", factor="supplement_kind")
    assert each.contrasts["reference"].tolist() == [each.data.supplement_kind.mode()[0]]


@pytest.fixture
def coffee():
    """40 exp(-h/4) min less: planted by hand, on 60 % of the nights."""
    rng = np.random.default_rng(8)
    hours = np.where(rng.random(200) < 0.6, rng.uniform(1, 12, 200), np.nan)
    nights = nights_of(coffee_h_before_bed=hours, coffee_cups=np.where(np.isnan(hours), 0.0, 2.0))
    nights["tst_min"] -= 80 * np.nan_to_num(np.exp(-hours / DECAY_H))
    return nights


def test_timing_recovers_what_was_planted(coffee):
    got = ss.timing_response(
        coffee, outcome="tst_min", hours="coffee_h_before_bed", used="coffee_cups"
    )
    (term,) = got.terms.to_dict("records")
    early, late = np.nanpercentile(coffee["coffee_h_before_bed"], [95, 5])
    truth = -80 * (np.exp(-late / DECAY_H) - np.exp(-early / DECAY_H))
    assert term["effect_low"] < truth < term["effect_high"]
    assert got.status == "found"
    assert got.pvalue < 0.001
    assert (got.n, got.n_with) == (200, int(coffee["coffee_h_before_bed"].notna().sum()))
    drawn = np.interp(3.0, got.curve["x"], got.curve["estimate"])
    low, high = (np.interp(3.0, got.curve["x"], got.curve[end]) for end in ("low", "high"))
    assert low < -80 * np.exp(-3 / DECAY_H) < high
    assert drawn < 0
    assert np.all(np.diff(got.curve["monotone"]) >= -1e-9)


def test_timing_without_the_nights_without(coffee):
    got = ss.timing_response(coffee, outcome="tst_min", hours="coffee_h_before_bed")
    assert got.reference == "the median time"
    assert got.n == got.n_with
    middle = np.interp(got.middle, got.curve["x"], got.curve["estimate"])
    assert abs(middle) < 1.5
    assert got.status == "found"


def test_timing_sentence(coffee):
    got = ss.timing_response(
        coffee, outcome="tst_min", hours="coffee_h_before_bed", used="coffee_cups"
    )
    text = f"{got}"
    assert text.startswith("Total sleep time went with the time of coffee (p = ")
    assert "h before bed went with" in text
    assert "of any shape over the hours, in " in text


def test_a_habit_at_any_hour_is_not_taken_for_timing():
    # truth: 60 min less with any, at whatever hour; found would be a false finding
    rng = np.random.default_rng(11)
    hours = np.where(rng.random(300) < 0.5, rng.uniform(1, 10, 300), np.nan)
    nights = nights_of(300, coffee_h_before_bed=hours, coffee=~np.isnan(hours))
    nights["tst_min"] -= 60 * nights["coffee"]
    got = ss.timing_response(nights, outcome="tst_min", hours="coffee_h_before_bed", used="coffee")
    assert got.status == "not found"
    assert (got.curve["high"] < 0).all()  # the curve still shows the 60 min


@pytest.mark.parametrize(
    ("hours", "reason"),
    [
        ([2.0, 5.0, 8.0, 9.0] * 5 + [np.nan] * 80,
         "too few times: last_h_before_bed has 4 different values (5 needed)"),
        ([*np.linspace(1, 9, 17), *[np.nan] * 83],
         "too few nights: last_h_before_bed is known on 17 nights with tst_min (20 needed)"),
    ],
)  # fmt: skip
def test_timing_refusals_say_what_was_counted(hours, reason):
    got = ss.timing_response(
        nights_of(100, last_h_before_bed=hours), outcome="tst_min", hours="last_h_before_bed"
    )
    assert (got.status, got.reason) == ("refused", reason)
    assert f"{got}".startswith("Not answered: total sleep time by the time of last. Too few")


def test_timing_wants_numbers(coffee):
    coffee["when"] = ["early", "late"] * 100
    with pytest.raises(DiaryError) as raised:
        ss.timing_response(coffee, outcome="tst_min", hours="when")
    assert str(raised.value) == (
        "timing_response(): column 'when' is categorical, expected hours before bed, a number. A "
        "clock column of a habit gives one through add_measures()."
    )
    for name in ("stress", "coffee_cups"):  # small numbers are no hours
        nights = coffee.assign(**{name: np.arange(200) % 8})
        with pytest.raises(DiaryError, match="expected hours before bed") as raised:
            ss.timing_response(nights, outcome="tst_min", hours=name)
        assert f"{{{name!r}: '{name}_h_before_bed'}}" in str(raised.value)
    with pytest.raises(DiaryError) as raised:
        ss.timing_response(coffee, outcome="tst_min", hours="coffee_h_before_bed", used="when")
    assert str(raised.value) == (
        "timing_response(): column 'when' is categorical, expected yes or no, or an amount that is "
        "0 on nights without."
    )


def test_results_are_plain_and_frozen(coffee, drinks):
    for got in (
        ss.dose_response(drinks, outcome="tst_min", dose="alcohol_drinks"),
        ss.timing_response(coffee, outcome="tst_min", hours="coffee_h_before_bed"),
        ss.dose_response(drinks.iloc[:10], outcome="tst_min", dose="alcohol_drinks"),
    ):
        plain = json.loads(json.dumps(got.to_dict()))
        assert plain["outcome"] == "tst_min"
        assert "data" not in plain
        page = got._repr_html_()
        assert page.startswith("<p>")
        assert "style" not in page
        with pytest.raises(AttributeError):
            got.n = 3


def test_order_of_equal_scales_does_not_matter(drinks):
    plain = ss.dose_response(drinks, outcome="tst_min", dose="alcohol_drinks")
    more = drinks.assign(alcohol_drinks=drinks["alcohol_drinks"] * 14.0)
    other = ss.dose_response(more, outcome="tst_min", dose="alcohol_drinks")
    assert other.pvalue == pytest.approx(plain.pvalue, rel=1e-6)
    assert other.terms["effect"][1] * 14 == pytest.approx(plain.terms["effect"][1], rel=1e-6)


def test_null_diaries_are_rarely_found():
    # 100 diaries without any effect, persistent nights and habits, a week: at a true 5 % more than
    # 12 of 100 come once in 700 such runs
    rng = np.random.default_rng(77)
    found = np.zeros(3)
    for _ in range(100):
        n = 90
        steps = rng.normal(size=(2, n))
        for night in range(1, n):
            steps[:, night] += 0.6 * steps[:, night - 1]
        index = pd.date_range("2026-01-05", periods=n, name="night")
        used = steps[0] > 0.3
        nights = pd.DataFrame(
            {
                "tst_min": 420 + 30 * steps[1] + 30 * index.day_of_week.isin([4, 5]),
                "drinks": np.where(used, np.ceil(2 * np.abs(steps[0])), 0.0),
                "last_h_before_bed": np.where(used, 6 + 2 * rng.normal(size=n), np.nan),
            },
            index=index,
        ).drop(index[20:30])
        dose = ss.dose_response(nights, outcome="tst_min", dose="drinks")
        timing = ss.timing_response(
            nights, outcome="tst_min", hours="last_h_before_bed", used="drinks"
        )
        found += [dose.pvalue < 0.05, timing.pvalue < 0.05, timing.pvalue_joint < 0.05]
    assert (found <= 12).all(), found
