"""The three questions, asked of diaries whose truth is known.

Sources of the expected numbers: the engine called directly; scipy, statsmodels; the golden diary
that needs no random numbers (its figures come from two independent implementations); diaries
simulated here with a known truth.
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from sleepstats.errors import DiaryError
from sleepstats.inference import gls_joint, gls_slope
from sleepstats.inference.guards import calendar_controls
from sleepstats.inference.information import effective_correlation
from sleepstats.inference.none_alone import bring_in_around
from sleepstats.relations import associate, compare, correlate

COLUMNS = [
    "outcome", "factor", "when", "n", "n_dropped", "n_eff", "r", "r_low", "r_high",
    "effect", "effect_low", "effect_high", "effect_unit", "step", "ratio", "ratio_low",
    "ratio_high", "pvalue", "pvalue_family", "status", "reason",
]  # fmt: skip
SAME = ["n", "n_eff", "r", "r_low", "r_high", "effect", "effect_low", "effect_high", "pvalue",
        "ratio", "ratio_low", "ratio_high", "status", "reason"]  # fmt: skip


def golden():
    """The diary without random numbers: t = 0 .. 59, Wednesday first."""
    t = np.arange(60)
    keep = (t % 9 != 4) & ~((t >= 30) & (t <= 32))
    x = (t // 5) % 2
    y = 420 + 25 * np.sin(0.45 * t) + 18 * (((37 * t) % 11) - 5) / 5
    y = y + 20 * np.isin((t + 2) % 7, (4, 5)) + 12 * x + 0.15 * t
    index = pd.date_range("2026-01-07", periods=60, name="night")
    return pd.DataFrame({"tst_min": y, "late_meal": x.astype(bool)}, index=index)[keep]


def noise(rng, n, rho=0.5):
    """AR(1) noise with standard deviation 1."""
    steps = rng.normal(size=n) * np.sqrt(1 - rho**2)
    e = np.empty(n)
    e[0] = rng.normal()
    for night in range(1, n):
        e[night] = rho * e[night - 1] + steps[night]
    return e


def simulated(seed, n=120, *, alcohol=0.0, coffee=0.0, slower=0.0, missing=0.1):
    """A diary with planted effects: minutes for alcohol, per cup, and a log ratio of latency."""
    rng = np.random.default_rng(seed)
    index = pd.date_range("2026-01-05", periods=n, name="night")
    weekend = np.isin(index.day_of_week, (4, 5))
    nights = pd.DataFrame(
        {
            "tst_min": 420 + 15 * weekend + 30 * noise(rng, n),
            "sol_min": np.exp(2.7 + 0.5 * noise(rng, n, 0.2)),
            "alcohol": (rng.random(n) < np.where(weekend, 0.6, 0.25)),
            "coffee_cups": rng.integers(0, 5, n).astype(float),
            "stress": np.clip(np.round(5 + 2 * noise(rng, n)), 0, 10),
            "tea": rng.choice(["none", "mint", "camomile"], n),
        },
        index=index,
    )
    nights["tst_min"] += alcohol * nights["alcohol"] + coffee * nights["coffee_cups"]
    nights["sol_min"] *= np.exp(slower * nights["alcohol"])
    return nights[rng.random(n) >= missing]


# --- the same numbers as the engine, and as outside programs -------------------------------------


def test_golden_diary_correlation_with_nothing_removed():
    one = associate(golden(), outcome="tst_min", factor="late_meal", adjust=())
    assert one.r == pytest.approx(0.418979, abs=5e-7)
    assert one.n_eff == pytest.approx(18.708420, abs=5e-7)
    assert one.n == 51
    assert one.kind == "yes/no"


def test_associate_is_the_engine():
    nights = golden()
    number = (nights.index - nights.index[0]).days.to_numpy()
    z = calendar_controls(number, nights.index.day_of_week.to_numpy(), 60)
    x, y = nights["late_meal"].to_numpy(float), nights["tst_min"].to_numpy()
    counted = bring_in_around(y, np.column_stack([z, x]))
    slope = gls_slope(counted, x, z, number, level=0.9)
    seen = effective_correlation(x, y, z, number, 60, level=0.9)
    one = associate(nights, outcome="tst_min", factor="late_meal", level=0.9)
    assert (one.effect, one.effect_low, one.effect_high, one.pvalue) == pytest.approx(
        (slope.estimate, slope.low, slope.high, slope.pvalue)
    )
    assert (one.r, one.r_low, one.r_high, one.n_eff) == pytest.approx(
        (seen.r, seen.low, seen.high, seen.n_eff)
    )
    assert one.effect_unit == "min"
    assert one.pvalue_family == one.pvalue


def test_displayed_correlation_by_method():
    nights = simulated(3, missing=0.0)
    pearson = associate(nights, outcome="tst_min", factor="coffee_cups", adjust=())
    spearman = associate(
        nights, outcome="tst_min", factor="coffee_cups", adjust=(), method="spearman"
    )
    x, y = nights["coffee_cups"], nights["tst_min"]
    assert pearson.r == pytest.approx(stats.pearsonr(x, y).statistic)
    assert spearman.r == pytest.approx(stats.spearmanr(x, y).statistic)
    assert pearson.pvalue == spearman.pvalue


def test_family_is_the_table():
    nights = simulated(4, alcohol=-40, coffee=-8).assign(constant=1.0)
    for family, outside in (("bh", "fdr_bh"), ("holm", "holm")):
        table = correlate(nights, family=family)
        asked = table.status != "refused"
        assert asked.sum() == len(table) - 2
        expected = multipletests(table.pvalue[asked], method=outside)[1]
        np.testing.assert_allclose(table.pvalue_family[asked], expected)
        assert table.pvalue_family[~asked].isna().all()
        assert ((table.pvalue_family < 0.05) == (table.status == "found")).all()
    raw = correlate(nights, family="none")
    pd.testing.assert_series_equal(raw.pvalue, raw.pvalue_family, check_names=False)


def test_a_row_of_correlate_is_associate():
    nights = simulated(5, alcohol=-40, slower=0.3)
    nights.loc[nights.index[::7], "stress"] = np.nan
    for row in correlate(nights, family="none").itertuples():
        one = associate(nights, outcome=row.outcome, factor=row.factor)
        for name in SAME:
            left, right = getattr(row, name), getattr(one, name)
            expected = right if isinstance(right, str) else pytest.approx(right, nan_ok=True)
            assert left == expected, name


def test_compare_is_associate_and_the_plain_means():
    nights = simulated(6, alcohol=-30)
    diff = compare(nights, outcome="tst_min", factor="alcohol")
    one = associate(nights, outcome="tst_min", factor="alcohol")
    sides = [nights.tst_min[nights.alcohol], nights.tst_min[~nights.alcohol]]
    assert (diff.n_with, diff.n_without) == (len(sides[0]), len(sides[1]))
    assert diff.mean_with == pytest.approx(sides[0].mean())
    assert diff.median_without == pytest.approx(sides[1].median())
    assert diff.raw_difference == pytest.approx(sides[0].mean() - sides[1].mean())
    for name in ("effect", "effect_low", "effect_high", "pvalue", "status", "effect_unit"):
        assert getattr(diff, name) == getattr(one, name)
    assert diff.data["alcohol"].dtype == bool


def test_latency_is_a_ratio_and_minutes_at_the_median():
    nights = simulated(7, slower=np.log(1.5))
    number = (nights.index - nights.index[0]).days.to_numpy()
    z = calendar_controls(number, nights.index.day_of_week.to_numpy(), int(number[-1]) + 1)
    y = np.log(np.maximum(nights["sol_min"].to_numpy(), 2.5))
    alcohol = nights["alcohol"].to_numpy(float)
    slope = gls_slope(bring_in_around(y, np.column_stack([z, alcohol])), alcohol, z, number)
    one = associate(nights, outcome="sol_min", factor="alcohol")
    assert (one.ratio, one.ratio_low, one.ratio_high) == pytest.approx(
        tuple(np.exp([slope.estimate, slope.low, slope.high]))
    )
    median = float(np.maximum(nights["sol_min"], 2.5).median())
    assert one.effect == pytest.approx(median * (one.ratio - 1))
    assert one.effect_high == pytest.approx(median * (one.ratio_high - 1))
    assert one.effect_unit == "min"
    assert one.ratio_low < 1.5 < one.ratio_high


def test_kinds_are_tested_jointly_and_each_against_none():
    nights = simulated(8, missing=0.0)
    nights["tst_min"] += 45.0 * (nights["tea"] == "mint")
    one = associate(nights, outcome="tst_min", factor="tea")
    number = np.arange(len(nights))
    z = calendar_controls(number, nights.index.day_of_week.to_numpy(), len(nights))
    dummies = np.column_stack([nights["tea"] == kind for kind in ("camomile", "mint")])
    dummies = dummies.astype(float)
    y = bring_in_around(nights["tst_min"].to_numpy(), np.column_stack([z, dummies]))
    assert one.pvalue == pytest.approx(gls_joint(y, dummies, z, number).pvalue)
    mint = gls_slope(y, dummies[:, 1], np.column_stack([z, dummies[:, 0]]), number)
    row = one.contrasts.set_index("level").loc["mint"]
    assert (row.effect, row.effect_low, row.effect_high) == pytest.approx(
        (mint.estimate, mint.low, mint.high)
    )
    assert one.contrasts.columns.tolist() == [
        "level", "reference", "n", "effect", "effect_low", "effect_high", "pvalue", "pvalue_holm",
        "ratio", "ratio_low", "ratio_high",
    ]  # fmt: skip
    assert set(one.contrasts.reference) == {"none"}
    np.testing.assert_allclose(
        one.contrasts.pvalue_holm, multipletests(one.contrasts.pvalue, method="holm")[1]
    )
    assert one.kind == "categorical"
    assert np.isnan(one.r)
    assert np.isnan(one.effect)
    assert one.status == "found"
    assert row.effect_low < 45 < row.effect_high


def test_without_none_the_commonest_kind_is_the_reference():
    nights = simulated(8).assign(place=lambda d: np.resize(["home", "home", "away"], len(d)))
    one = associate(nights, outcome="tst_min", factor="place")
    assert one.contrasts.reference.tolist() == ["home"]


# --- invariants ----------------------------------------------------------------------------------


def numbers(table):
    return table[SAME]


def test_adding_missing_rows_changes_nothing():
    nights = simulated(9, alcohol=-30)
    whole = pd.date_range("2025-12-20", "2026-06-30", name="night")
    padded = nights.astype({"alcohol": "boolean"}).reindex(whole)
    table, again = correlate(nights), correlate(padded)
    pd.testing.assert_frame_equal(numbers(table), numbers(again), rtol=1e-10)
    assert (again.n + again.n_dropped == len(whole)).all()
    assert table.attrs["sleepstats_table"]["first_night"] == "2026-01-05"
    assert again.attrs["sleepstats_table"]["first_night"] == "2026-01-05"


def test_order_of_rows_is_checked_and_columns_do_not_matter():
    nights = simulated(10)
    shuffled = nights.sample(frac=1.0, random_state=1)
    with pytest.raises(DiaryError, match=r"The nights are not in order. Use nights.sort_index\(\)"):
        correlate(shuffled)
    turned = shuffled.sort_index()[nights.columns[::-1]]
    table = correlate(nights).sort_values(["outcome", "factor"], ignore_index=True)
    again = correlate(turned).sort_values(["outcome", "factor"], ignore_index=True)
    pd.testing.assert_frame_equal(table, again, rtol=1e-9)


def test_scale_of_the_outcome():
    nights = simulated(11, coffee=-8)
    hours = nights.assign(quality=3 - 2.5 * nights["tst_min"])
    base = associate(nights, outcome="tst_min", factor="coffee_cups")
    turned = associate(hours, outcome="quality", factor="coffee_cups")
    assert turned.effect == pytest.approx(-2.5 * base.effect)
    assert turned.effect_low == pytest.approx(-2.5 * base.effect_high)
    assert turned.pvalue == pytest.approx(base.pvalue)
    assert turned.r == pytest.approx(-base.r)
    assert turned.effect_unit == "points per cup"


@pytest.mark.parametrize("dtype", ["boolean", "float64", "Int64", "object", "words"])
def test_every_way_to_write_yes_and_no_gives_the_same_numbers(dtype):
    nights = simulated(12, alcohol=-20)
    nights["alcohol"] = nights["alcohol"].astype("boolean").mask(np.arange(len(nights)) % 11 == 0)
    other = nights.copy()
    if dtype == "words":
        other["alcohol"] = nights["alcohol"].map({True: "yes", False: "no"}).astype("str")
    else:
        other["alcohol"] = nights["alcohol"].astype(dtype)
    expected = compare(nights, outcome="tst_min", factor="alcohol")
    found = compare(other, outcome="tst_min", factor="alcohol")
    assert found.to_dict() == expected.to_dict() | {
        name: pytest.approx(value, nan_ok=True)
        for name, value in expected.to_dict().items()
        if isinstance(value, float)
    }


def test_the_frame_is_left_alone():
    nights = simulated(13)
    before = nights.copy()
    table = correlate(nights)
    table.loc[:, "reason"] = "changed"
    pd.testing.assert_frame_equal(nights, before)


# --- truth ---------------------------------------------------------------------------------------


def test_planted_effects_are_held_by_their_intervals():
    held = 0
    for seed in range(40):
        one = associate(simulated(seed, alcohol=-30), outcome="tst_min", factor="alcohol")
        held += one.effect_low < -30 < one.effect_high
    # binomial(40, 0.95): fewer than 33 has probability 0.0013
    assert held >= 33


def test_null_factors_are_rarely_found():
    # 120 diaries, 8 null questions each, Benjamini-Hochberg at 5 %
    any_found, small, asked = 0, 0, 0
    for seed in range(1000, 1120):
        table = correlate(simulated(seed, n=60, missing=0.15).drop(columns="tea"))
        any_found += (table.status == "found").any()
        small += int((table.pvalue < 0.05).sum())
        asked += int(table.pvalue.notna().sum())
    assert any_found <= stats.binom.ppf(0.999, 120, 0.05)
    # questions of one diary hang together: the binomial spread is doubled
    assert abs(small / asked - 0.05) < 2 * 3.29 * np.sqrt(0.05 * 0.95 / asked)


def test_the_night_before_is_met_by_the_next_day():
    rng = np.random.default_rng(14)
    n = 150
    index = pd.date_range("2026-01-05", periods=n, name="night")
    tst = 420 + 40 * noise(rng, n, 0.3)
    stress = 5 + 1.5 * noise(rng, n, 0.3)
    stress[1:] -= 0.03 * (tst[:-1] - 420)
    nights = pd.DataFrame({"tst_min": tst, "stress": stress}, index=index)
    back = associate(nights, outcome="stress", factor="tst_min")
    assert back.when == "night before the day"
    assert back.effect_low < -0.03 < back.effect_high
    assert back.status == "found"
    assert back.n == n - 1
    assert back.data.loc[index[1], "tst_min"] == tst[0]
    forth = associate(nights, outcome="tst_min", factor="stress")
    assert forth.status == "not found"


def test_a_table_asks_each_way_with_its_own_lag():
    nights = simulated(15).assign(quality=lambda d: np.resize([3.0, 4.0, 5.0, 4.0], len(d)))
    table = correlate(
        nights, outcomes=["stress", "quality", "tst_min"], factors=["alcohol", "quality"]
    )
    assert table.when.tolist() == [
        "same day", "morning of the same day",
        "day before the morning", "same morning",
        "day before the night", "morning before the night",
    ]  # fmt: skip
    for place in (1, 5):
        row = table.loc[place]
        one = associate(nights, outcome=row.outcome, factor=row.factor)
        assert row.effect == pytest.approx(one.effect)


def test_few_nights_and_many_questions_are_out_of_reach():
    rng = np.random.default_rng(16)
    index = pd.date_range("2026-01-05", periods=20, name="night")
    nights = pd.DataFrame({"tst_min": 420 + 40 * rng.normal(size=20)}, index=index)
    for place in range(30):
        nights[f"habit_{place}"] = rng.random(20) < 0.5
    table = correlate(nights, outcomes="tst_min")
    asked = table[table.status != "refused"]
    assert (asked.status == "unreachable").mean() > 0.9
    first = asked[asked.status == "unreachable"].reason.iloc[0]
    assert first.startswith(f"out of reach: with 20 nights and {len(asked)} questions, even a ")
    assert first.endswith(" of 100 such diaries")
    alone = associate(nights, outcome="tst_min", factor=asked.factor.iloc[0])
    assert alone.status == "not found"


# --- what is asked -------------------------------------------------------------------------------


def test_columns_and_order():
    table = correlate(simulated(17))
    assert table.columns.tolist() == COLUMNS
    assert table.index.equals(pd.RangeIndex(8))
    assert table.outcome.tolist() == ["tst_min"] * 4 + ["sol_min"] * 4
    assert table.factor.tolist() == ["alcohol", "coffee_cups", "stress", "tea"] * 2
    assert table.effect_unit.tolist()[:4] == ["min", "min per cup", "min per point", "min"]
    about = table.attrs["sleepstats_table"]
    assert (about["level"], about["family"], about["method"]) == (0.95, "bh", "pearson")
    assert (about["adjust"], about["questions"], about["refused"]) == (["weekday", "trend"], 8, 0)
    assert about["nights"] == table.n.max()


def test_refused_questions_are_rows():
    nights = simulated(18).assign(reading=True, notes=lambda d: [f"n{i}" for i in range(len(d))])
    table = correlate(nights, outcomes="tst_min", factors=["reading", "notes", "stress"])
    assert table.status.tolist()[:2] == ["refused", "refused"]
    assert table.reason[0] == f"constant: reading was yes on all {len(nights)} nights"
    assert table.reason[1].startswith("text: notes has ")
    assert table.loc[:1, ["effect", "pvalue", "r"]].isna().all(axis=None)
    assert table.attrs["sleepstats_table"]["refused"] == 2


def test_default_outcomes_have_stand_ins():
    nights = simulated(19).rename(columns={"tst_min": "tib_min"}).drop(columns="sol_min")
    table = correlate(nights, factors="alcohol")
    assert table.outcome.tolist() == ["tib_min", "sol_min"]
    assert table.status[1] == "refused"
    assert table.reason[1] == "latency not measured: nights has no column sol_min"
    assert table.attrs["sleepstats_table"]["notes"] == [
        "total sleep time was not recorded; time in bed (tib_min) stands in for it",
        "sleep onset latency was not recorded",
    ]
    empty = nights.assign(tst_min=np.nan, spt_min=nights.tib_min - 30)
    assert correlate(empty, factors="alcohol").outcome[0] == "spt_min"


def test_no_duration_leaves_latency_to_ask_about():
    table = correlate(simulated(19).drop(columns="tst_min"), factors="alcohol")
    assert table.reason.tolist()[0] == "not recorded: nights has no column tst_min"
    assert table.status[1] != "refused"


def test_no_factor_is_an_empty_table():
    table = correlate(simulated(20)[["tst_min", "sol_min"]])
    assert (len(table), table.columns.tolist()) == (0, COLUMNS)
    assert table.attrs["sleepstats_table"]["notes"] == [
        "nights has no column of kind factor, so nothing was asked"
    ]


def test_an_outcome_is_not_asked_about_itself_unless_named():
    nights = simulated(21)
    assert "stress" not in set(correlate(nights, outcomes="stress").factor)
    named = correlate(nights, outcomes="stress", factors=["stress", "alcohol"])
    assert named.reason[0] == "tautology: stress is the outcome itself"


def test_clock_columns_can_be_asked_about():
    nights = simulated(22, missing=0.0)
    late = 23 + nights["alcohol"] + noise(np.random.default_rng(1), 120) / 3
    nights["lights_out"] = nights.index + pd.to_timedelta(late, "h")
    one = associate(nights, outcome="lights_out", factor="alcohol")
    assert one.effect_unit == "h"
    assert one.effect_low < 1.0 < one.effect_high
    assert " min later " in str(one)


def test_adjusting_for_nothing_removes_nothing():
    nights = simulated(23)
    one = associate(nights, outcome="tst_min", factor="alcohol", adjust=())
    number = (nights.index - nights.index[0]).days.to_numpy()
    alcohol, z = nights["alcohol"].to_numpy(float), np.ones((len(nights), 1))
    y = bring_in_around(nights["tst_min"].to_numpy(), np.column_stack([z, alcohol]))
    slope = gls_slope(y, alcohol, z, number)
    assert one.effect == pytest.approx(slope.estimate)
    assert "nothing evened out" in str(one)


# --- errors --------------------------------------------------------------------------------------


def test_everything_wrong_is_said_at_once():
    nights = simulated(24).assign(city="Oslo")
    with pytest.raises(DiaryError) as caught:
        correlate(
            nights,
            outcomes=["stres", "alcohol", "city"],
            factors="coffe_cups",
            adjust=["wekday"],
            method="kendall",
            family="bonferroni",
            level=95,
            when={"tee": "day", "tea": "nigth"},
        )
    present = "Factors present: alcohol, coffee_cups, stress, tea."
    number = "an outcome is a number or a clock time, for example tst_min."
    assert caught.value.problems == (
        "No column 'stres' in nights. Did you mean 'stress'? Measures present: tst_min, sol_min.",
        f"No column 'coffe_cups' in nights. Did you mean 'coffee_cups'? {present}",
        f"Column 'alcohol' is yes or no; {number}",
        f"Column 'city' is words ('Oslo'); {number} Written as numbers it can be asked about.",
        "adjust: 'wekday' is not known. Write any of 'weekday' and 'trend', columns of nights to "
        "be held equal, or () for none. Did you mean 'weekday'?",
        "method: 'kendall' is not known. Write 'pearson' or 'spearman'.",
        "family: 'bonferroni' is not known. Write 'bh', 'holm' or 'none'.",
        "level: 95 is not between 0.5 and 1. Write 0.95 for 95 % intervals.",
        f"when: No column 'tee' in nights. Did you mean 'tea'? {present}",
        "when: 'tea' is said to happen at 'nigth'. Write 'day', 'night' or 'morning'. "
        "Did you mean 'night'?",
    )


@pytest.mark.parametrize("ask", [associate, compare])
def test_names_that_are_not_there(ask):
    with pytest.raises(DiaryError) as caught:
        ask(simulated(25), outcome="tst", factor="alchol")
    assert len(caught.value.problems) == 2
    assert caught.value.problems[0].startswith(
        "No column 'tst' in nights. Did you mean 'tst_min'? Measures present: tst_min,"
    )


#: Calls that a person copies and that name total sleep time.
NAMING = {
    "correlate": lambda ss, n: ss.correlate(n, "tst_min"),
    "associate": lambda ss, n: ss.associate(n, "tst_min", "tea"),
    "compare": lambda ss, n: ss.compare(n, "tst_min", "alcohol"),
    "dose_response": lambda ss, n: ss.dose_response(n, "tst_min", "tea"),
    "over_time": lambda ss, n: ss.over_time(n, "tst_min", "alcohol"),
    "interaction": lambda ss, n: ss.interaction(n, "tst_min", "tea", "alcohol"),
    "nights_needed": lambda ss, n: ss.nights_needed(n, "tst_min"),
    "answer": lambda ss, n: ss.answer(n, "tst_min"),
    "plot_series": lambda ss, n: ss.plot_series(n, "tst_min"),
    "plot_calendar": lambda ss, n: ss.plot_calendar(n, "tst_min"),
    "plan_trial": lambda ss, n: ss.plan_trial(20, seed=1, nights=n, outcome="tst_min"),
}


@pytest.mark.parametrize("call", NAMING.values(), ids=NAMING)
@pytest.mark.parametrize(
    ("there", "lacks", "instead"),
    [
        ("spt_min", "wake after sleep onset", "sleep period time stands in for it"),
        ("tib_min", "sleep period time and wake after sleep onset", "time in bed stands in for it"),
    ],
)
def test_a_length_that_was_not_recorded_is_told_with_what_stands_in(call, there, lacks, instead):
    # by hand: total sleep time is the sleep period without the wake in it (README, "columns")
    import sleepstats as ss

    nights = simulated(41).rename(columns={"tst_min": there})
    with pytest.raises(DiaryError) as caught:
        call(ss, nights)
    assert str(caught.value).startswith(
        "No column 'tst_min' in nights. Total sleep time was not recorded and cannot be computed "
        f"without {lacks}; {instead}: write {there!r}."
    )


def test_where_no_length_is_named_the_best_that_was_recorded_is_taken_and_said():
    import matplotlib.pyplot as plt

    import sleepstats as ss

    nights = simulated(41).rename(columns={"tst_min": "tib_min"})
    assert ss.plot_series(nights).get_ylabel() == "Time in bed (min)"
    assert "Time in bed" in ss.plot_calendar(nights).get_legend().get_title().get_text()
    assert "time in bed" in str(ss.nights_needed(nights))
    plt.close("all")


def test_several_people_are_asked_one_by_one():
    both = pd.concat({"anna": simulated(26), "ben": simulated(27)}, names=["person", "night"])
    with pytest.raises(DiaryError) as caught:
        correlate(both)
    assert str(caught.value) == (
        "nights holds 2 people. Ask about one person at a time, for example nights.loc['anna']."
    )
    assert len(correlate(both.loc["anna"])) == 8


def test_nothing_to_ask():
    nights = simulated(28)
    with pytest.raises(DiaryError, match="nights has no rows, so there is nothing to ask"):
        correlate(nights.iloc[:0])
    with pytest.raises(DiaryError, match="Name what to explain, for example outcomes="):
        correlate(nights.drop(columns=["tst_min", "sol_min"]))
    with pytest.raises(DiaryError, match="nights is a list, not a DataFrame"):
        correlate([1, 2, 3])


def test_compare_says_what_to_use_for_amounts_and_kinds():
    nights = simulated(29)
    nights.loc[nights.index[:5], "coffee_cups"] = np.nan
    with pytest.raises(DiaryError) as caught:
        compare(nights, outcome="tst_min", factor="coffee_cups")
    assert str(caught.value) == (
        "compare() sets yes against no, and 'coffee_cups' is a number. "
        "Use associate(nights, outcome='tst_min', factor='coffee_cups'), or make a yes or no of it "
        "first: nights.assign(much=nights['coffee_cups'].astype('Float64') >= 2)."
    )
    # the advice keeps nights without an entry apart from no
    much = nights.assign(much=nights["coffee_cups"].astype("Float64") >= 2)
    assert compare(much, outcome="tst_min", factor="much").n_dropped == 5
    with pytest.raises(DiaryError, match="'tea' is words with 3 different answers"):
        compare(nights, outcome="tst_min", factor="tea")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"adjust": None}, "None is a NoneType, expected a name or a list of names."),
        ({"adjust": 5}, "5 is a int, expected a name or a list of names."),
        ({"adjust": [["weekday"]]}, "['weekday'] is a list, expected a name or a list of names."),
        ({"when": "day"}, "when: 'day' is a str, expected a mapping such as {'stress': 'day'}."),
        ({"outcome": ["tst_min"]}, "['tst_min'] is a list, expected the name of one column."),
    ],
)
def test_arguments_of_the_wrong_kind(given, said):
    with pytest.raises(DiaryError) as caught:
        associate(simulated(24), **({"outcome": "tst_min", "factor": "stress"} | given))
    assert str(caught.value).startswith(said)


def test_a_habit_of_no_sunday_is_that_of_a_diary_without_sundays():
    """There the calendar has no column for Sundays; beside other habits that column is empty."""
    night = pd.date_range("2026-01-01", periods=200, name="night")
    tea, stress, noise = np.random.default_rng(3).normal(size=(3, len(night)))
    nights = pd.DataFrame({"tst_min": 420 + 20 * noise + 8 * tea, "stress": stress}, night)
    nights["tea"] = np.where(night.day_of_week == 6, np.nan, tea)
    asked = {"outcomes": "tst_min", "factors": ["stress", "tea"]}
    whole = correlate(nights, **asked)[SAME].iloc[1]
    alone = correlate(nights[night.day_of_week != 6], **asked)[SAME].iloc[1]
    width = alone["effect_high"] - alone["effect_low"]
    for name in ("n", "effect", "effect_low", "effect_high", "pvalue"):
        assert abs(whole[name] - alone[name]) < 1e-9 * width
