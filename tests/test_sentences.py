"""The sentences, word by word; the numbers in them are made up here."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.results import NAN
from sleepstats.results.relation import Association, Difference
from sleepstats.results.sentences import removed, span_words

NIGHTS = pd.date_range("2026-01-01", periods=118, name="night")
SIDES = np.arange(118) % 3 == 1  # 39 evenings
SIDES[1] = False
SHARED = {
    "outcome": "tst_min", "factor": "alcohol", "when": "day before the night", "n_dropped": 2,
    "effect": -23.0, "effect_low": -35.2, "effect_high": -11.4, "effect_unit": "min",
    "ratio": NAN, "ratio_low": NAN, "ratio_high": NAN, "pvalue": 0.0004, "status": "found",
    "reason": "", "level": 0.95, "adjust": ("weekday", "trend"), "first_night": NIGHTS[0],
    "last_night": NIGHTS[-1], "outcome_label": "total sleep time", "factor_label": "alcohol",
    "outcome_unit": "min", "factor_unit": "",
}  # fmt: skip


@pytest.fixture
def alcohol():
    data = pd.DataFrame({"tst_min": 420.0, "alcohol": SIDES}, index=NIGHTS)
    return Association(
        **SHARED, kind="yes/no", n=118, n_eff=90.0, r=-0.3, r_low=-0.5, r_high=-0.1,
        pvalue_family=0.0004, method="pearson", family="none", data=data,
    )  # fmt: skip


@pytest.fixture
def coffee(alcohol):
    data = pd.DataFrame(
        {"tst_min": 420.0, "coffee_cups": np.resize([0.0, 1.0, 2.0, 3.0], 118)}, index=NIGHTS
    )
    return dataclasses.replace(
        alcohol, factor="coffee_cups", factor_label="coffee", factor_unit="cups", kind="numeric",
        effect_unit="min per cup", effect=-6.2, effect_low=-13.0, effect_high=0.6,
        status="not found", data=data,
    )  # fmt: skip


@pytest.fixture
def slower(alcohol):
    data = pd.DataFrame({"sol_min": 14.0, "alcohol": SIDES}, index=NIGHTS)
    return dataclasses.replace(
        alcohol, outcome="sol_min", outcome_label="sleep onset latency", ratio=1.42,
        ratio_low=1.10, ratio_high=1.83, effect=5.88, effect_low=1.4, effect_high=11.6, data=data,
    )  # fmt: skip


def test_found_yes_or_no(alcohol):
    assert f"{alcohol}" == (
        "Evenings with alcohol (38 of 118 nights) went with 23 min less total sleep time "
        "(95 % interval 35 to 11 min less; weekdays and slow change evened out)."
    )
    assert " ".join(repr(alcohol).split()) == f"<Association: {alcohol}>"


def test_not_found_number(coffee):
    assert f"{coffee}" == (
        "No clear difference in total sleep time for each further cup of coffee on the day before: "
        "anything from 13 min less to 1 min more would fit these nights (best guess 6 min less; "
        "95 % interval; 118 nights, weekdays and slow change evened out)."
    )


def test_what_is_clear_alone_and_not_among_all_questions_is_a_hint(coffee, slower):
    """The interval leaves out zero, the family does not find it: not "no clear difference"."""
    hint = dataclasses.replace(coffee, effect=-6.0, effect_low=-11.4, effect_high=-0.6)
    assert f"{hint}" == (
        "No more than a hint among so many questions: each further cup of coffee on the day before "
        "went with 6 min less total sleep time (95 % interval of this question alone 11 to 1 min "
        "less; 118 nights, weekdays and slow change evened out)."
    )
    assert format(dataclasses.replace(slower, status="not found")).startswith(
        "No more than a hint among so many questions: evenings with alcohol (38 of 118 nights) "
        "went with sleep onset latency 42 % longer, "
    )


def test_found_number_in_a_step_people_speak_of(coffee):
    minutes = np.resize([0.0, 30.0, 90.0, 180.0], 118)
    screens = dataclasses.replace(
        coffee, factor="screens_min", factor_label="screens", factor_unit="min", status="found",
        effect=-0.1, effect_low=-0.16, effect_high=-0.04, adjust=("weekday",),
        data=coffee.data.rename(columns={"coffee_cups": "screens_min"}).assign(screens_min=minutes),
    )  # fmt: skip
    assert f"{screens}" == (
        "Each further 60 min of screens on the day before went with 6 min less total sleep time "
        "(95 % interval 10 to 2 min less; 118 nights, weekdays evened out)."
    )


@pytest.mark.parametrize(
    ("label", "unit", "start"),
    [
        ("stress", "", "Each further point of stress on the day before went"),
        ("coffees", "", "Each further coffee on the day before went"),
        (
            "last coffee",
            "h before bed",
            "Each hour earlier before the same bed time for last coffee on the day",
        ),
        ("last coffee", "h after the evening's midnight", "Each hour later for last coffee on the"),
    ],
)
def test_one_step_of_a_number(coffee, label, unit, start):
    found = dataclasses.replace(coffee, factor_label=label, factor_unit=unit, status="found")
    assert f"{found}".startswith(start)


def test_latency_found_and_not(slower):
    assert f"{slower}" == (
        "Evenings with alcohol (38 of 118 nights) went with sleep onset latency 42 % longer, "
        "about 5 min more on a typical night of 14 min (95 % interval 10 to 83 % longer; weekdays "
        "and slow change evened out)."
    )
    unclear = dataclasses.replace(
        slower, ratio=1.1, ratio_low=0.8, ratio_high=1.5, status="not found"
    )
    assert f"{unclear}" == (
        "No clear difference in sleep onset latency after evenings with alcohol (38 of 118 "
        "nights): anything from 3 min less to 6 min more on a typical night of 14 min (20 % "
        "shorter to 50 % longer) would fit these nights (best guess 10 % longer; 95 % interval; "
        "weekdays and slow change evened out)."
    )


def test_out_of_reach_and_refused(alcohol):
    far = dataclasses.replace(
        alcohol, status="unreachable", effect_low=-80.0, effect_high=34.0,
        reason="out of reach: with 20 nights, even a large difference would be noticed in only "
        "9 of 100 such diaries",
    )  # fmt: skip
    assert f"{far}" == (
        "These nights cannot tell whether total sleep time differed after evenings with alcohol "
        "(38 of 118 nights): anything from 80 min less to 34 min more would fit (best guess 23 min "
        "less; 95 % interval; weekdays and slow change evened out). Out of reach: with 20 nights, "
        "even a large difference would be noticed in only 9 of 100 such diaries."
    )
    refused = dataclasses.replace(
        alcohol, status="refused", reason="constant: alcohol was yes on all 41 nights"
    )
    assert f"{refused}" == (
        "Not answered: alcohol and total sleep time. Constant: alcohol was yes on all 41 nights."
    )


def test_kinds(alcohol):
    contrasts = pd.DataFrame(
        {
            "level": ["mint", "rum"], "reference": "none", "n": [30, 12], "effect": [20.0, NAN],
            "effect_low": [4.0, NAN], "effect_high": [36.0, NAN], "pvalue": [0.01, NAN],
            "pvalue_holm": [0.01, NAN], "ratio": NAN, "ratio_low": NAN, "ratio_high": NAN,
        }
    )  # fmt: skip
    kinds = dataclasses.replace(
        alcohol, kind="categorical", factor_label="tea", pvalue=0.012, contrasts=contrasts
    )
    assert f"{kinds}" == (
        "Different kinds of tea went with different total sleep time (chance alone makes kinds "
        "differ so much in 1 of 100 diaries; 95 % intervals of each on its own, compared with "
        "none: mint 4 to 36 min more, rum not enough nights to say; 118 nights, weekdays and slow "
        "change evened out)."
    )
    unclear = dataclasses.replace(kinds, status="not found", pvalue=0.4)
    assert f"{unclear}".startswith(
        "No clear difference in total sleep time between kinds of tea (chance alone makes kinds "
        "differ so much in 40 of 100 diaries;"
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"outcome": "quality", "outcome_unit": "", "outcome_label": "sleep quality",
          "effect": 0.42, "effect_low": 0.1, "effect_high": 0.8},
         "went with sleep quality 0.4 points higher (95 % interval 0.1 to 0.8 points higher;"),
        ({"outcome": "se_pct", "outcome_unit": "%", "outcome_label": "sleep efficiency",
          "effect": -2.1, "effect_low": -3.9, "effect_high": -0.4},
         "went with sleep efficiency 2.1 percentage points lower (95 % interval 3.9 to 0.4 "
         "percentage points lower;"),
        ({"outcome": "midsleep_h", "outcome_unit": "h after the evening's midnight",
          "outcome_label": "midsleep", "effect": 0.5, "effect_low": 0.25, "effect_high": 0.75},
         "went with midsleep 30 min later (95 % interval 15 to 45 min later;"),
        ({"outcome": "nawk", "outcome_unit": "", "outcome_label": "awakenings",
          "effect": 0.6, "effect_low": 0.1, "effect_high": 1.1},
         "went with 0.6 awakenings more (95 % interval 0.1 to 1.1 awakenings more;"),
        ({"when": "same night"}, "Nights with alcohol"),
        ({"when": "morning before the night"}, "Mornings with alcohol"),
        ({"adjust": ()}, "; nothing evened out)"),
        ({"factor_label": "Drank coffee"}, "Evenings with “Drank coffee” (38 of 118 nights) went"),
    ],
)  # fmt: skip
def test_units_and_places(alcohol, changes, words):
    assert words in format(dataclasses.replace(alcohol, **changes))


def test_difference_says_the_same():
    data = pd.DataFrame({"tst_min": 420.0, "alcohol": SIDES}, index=NIGHTS)
    diff = Difference(
        **SHARED, n_with=38, n_without=80, mean_with=400.0, mean_without=425.0, median_with=401.0,
        median_without=424.0, raw_difference=-25.0, data=data,
    )  # fmt: skip
    assert diff.n == 118
    assert f"{diff}" == (
        "Evenings with alcohol (38 of 118 nights) went with 23 min less total sleep time "
        "(95 % interval 35 to 11 min less; weekdays and slow change evened out)."
    )
    refused = dataclasses.replace(diff, status="refused", reason="constant: x")
    assert f"{refused}" == "Not answered: total sleep time with and without alcohol. Constant: x."


def test_no_sentence_speaks_of_causes(alcohol, coffee, slower):
    for one in (alcohol, coffee, slower):
        assert not {"caused", "causes", "improves", "effect"} & set(f"{one}".split())


def test_spans():
    assert span_words(3.0, 20.0, "min", "less", "more") == "3 to 20 min more"
    assert span_words(-0.04, 0.02, "h", "less", "more") == "0.04 h less to 0.02 h more"
    assert removed(["trend"]) == "slow change evened out"


def test_what_is_found_by_one_question_says_how_often_luck_does_as_much(alcohol, coffee):
    """Of a hundred habits that go with nothing 100 p have a p-value below p: what p means."""
    told = " Asked alone: {} habits that go with nothing would look like this by luck; "
    for pvalue, luck in ((0.03, "3 of 100"), (0.0042, "4 of 1,000")):
        for one in (alcohol, dataclasses.replace(coffee, status="found")):
            found = dataclasses.replace(one, pvalue=pvalue, pvalue_family=pvalue)
            assert told.format(luck) in f"{found}"
            # among many the family has allowed for them; what is not found needs no such word
            many = dataclasses.replace(found, family="bh", status="found")
            assert "Asked alone" not in f"{many}"
            assert "Asked alone" not in f"{dataclasses.replace(found, status='not found')}"
    assert "Asked alone" not in f"{alcohol}"


# ---- what a sentence says of how it was asked, and of a yes or no of the day


@pytest.fixture
def sample():
    return ss.load_sample("diary")


STEP = "As a step in time, most of it is evened out as slow change; adjust=('weekday',) leaves it."


def test_a_step_in_time_is_noticed(sample):
    """A new bed is no, and from a day on yes: by construction one change in the whole diary."""
    after = sample.assign(after=sample.index >= sample.index[len(sample) // 2])
    for ask in (ss.compare, ss.associate):
        assert " ".join(str(ask(after, "tst_min", "after")).split()).endswith(STEP)
        assert "step in time" not in str(ask(after, "tst_min", "after", adjust=("weekday",)))
        assert "step in time" not in str(ask(sample, "tst_min", "late_meal"))
    there_and_back = sample.assign(away=(np.arange(len(sample)) // 30) % 2 == 1)
    assert "step in time" not in str(ss.compare(there_and_back, "tst_min", "away"))


def test_a_weekend_is_told_how_it_can_be_asked(sample):
    nights = sample.assign(weekend=sample.index.day_of_week.isin([4, 5]))
    one = ss.compare(nights, "tst_min", "weekend")
    assert one.reason.endswith("; adjust=('trend',) leaves the days of the week in")
    assert ss.compare(nights, "tst_min", "weekend", adjust=("trend",)).status == "found"


@pytest.mark.parametrize(
    ("adjust", "said"),
    [
        (["stress"], "stress held equal, weekdays and slow change left in"),
        (["stress", "trend"], "slow change evened out, stress held equal"),
        (["weekday", "trend", "stress"], "weekdays and slow change evened out, stress held equal"),
    ],
)
def test_what_is_no_longer_evened_out_is_said(sample, adjust, said):
    """``adjust=["stress"]`` was read as "and stress, too"."""
    told = " ".join(str(ss.associate(sample, "tst_min", "late_meal", adjust=adjust)).split())
    assert f"{said})" in told


def test_a_yes_or_no_of_the_day_is_told_in_days():
    """Planted: less sleep, more days of stress; "4 percentage points lower" was read as less."""
    rng, index = np.random.default_rng(3), pd.date_range("2026-01-05", periods=150, name="night")
    tst = 430 + 40 * rng.normal(size=150)
    chance = np.clip(0.3 - 0.006 * np.r_[0, tst[:-1] - 430], 0, 1)
    nights = pd.DataFrame({"tst_min": tst, "stress": rng.random(150) < chance}, index=index)
    nights.attrs["sleepstats"] = {"columns": {"stress": {"label": "Stressful day"}}}
    both = ss.stress_and_sleep(nights, outcomes="tst_min")
    assert both.verdict == "night to day"
    assert "went with fewer days with “Stressful day” on the day after it" in both.said()
    (one,) = both.to_day
    size = f"“Stressful day” on {60 * abs(one.effect):.0f} of 100 days fewer"
    assert size in " ".join(str(one).split())
    assert "percentage" not in str(both)


def test_a_table_names_the_function_that_draws_it(sample):
    """``correlate(...).plot()`` drew lines of n, p and r."""
    table = ss.correlate(sample, "tst_min")
    for some in (table, table[table.status == "found"]):
        with pytest.raises(ss.DiaryError, match=r"draw it with plot_forest\(table\)"):
            some.plot()
    with pytest.raises(ss.DiaryError, match=r"A table is no picture: pandas has"):
        ss.regularity(sample).plot()
    # a part of the columns is a frame like any other
    assert len(table[["n", "pvalue"]].plot().lines) == 2
    assert len(pd.DataFrame(table).plot().lines) > 2
