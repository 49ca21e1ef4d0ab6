"""Factors that travel together.

Sources of the expected numbers: nights counted by hand; statsmodels' variance inflation factor;
the engine's own intervals with one and with both factors in the model.
"""

import tracemalloc

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.outliers_influence import variance_inflation_factor

from sleepstats.asking import Windows
from sleepstats.columns import Column
from sleepstats.errors import DiaryError
from sleepstats.inference import gls_slope
from sleepstats.inference.guards import calendar_controls
from sleepstats.relations import correlate
from sleepstats.relations.entangling import COLUMNS, _wider, entangled, tied_to
from sleepstats.relations.habit_links import Habit, Link, links
from sleepstats.simulation import simulate_nights


def evenings(n=70, seed=1, apart=3):
    """Wine and late meals on the same evenings, but for a few; stress on its own."""
    rng = np.random.default_rng(seed)
    index = pd.date_range("2026-01-05", periods=n, name="night")
    wine = rng.random(n) < 0.4
    meal = wine.copy()
    meal[:apart] = ~meal[:apart]
    noise = rng.normal(size=n)
    return pd.DataFrame(
        {
            "tst_min": 420 - 40 * wine + 30 * noise,
            "wine": pd.array(wine, dtype="boolean"),
            "late_meal": pd.array(meal, dtype="boolean"),
            "stress": np.clip(np.rint(5 + 2 * rng.normal(size=n)), 0, 10),
        },
        index=index,
    )


def test_columns_and_the_nights_that_set_two_habits_apart():
    nights = evenings()
    table = entangled(nights)
    assert tuple(table.columns) == COLUMNS
    assert isinstance(table.index, pd.RangeIndex)
    assert len(table) == 3  # pairs of three factors, no group beyond the entangled pair
    first = table.iloc[0]
    wine, meal = nights.wine.to_numpy(bool), nights.late_meal.to_numpy(bool)
    assert (first.factor, first.others, first["size"], first.n) == ("wine", "late_meal", 2, 70)
    assert first.both == (wine & meal).sum()
    assert first.only_factor == (wine & ~meal).sum()
    assert first.only_others == (meal & ~wine).sum()
    assert first.neither == (~wine & ~meal).sum()
    assert first.status == "entangled"
    assert table.status.tolist()[1:] == ["separable", "separable"]


def test_the_row_in_words():
    nights = evenings(apart=3)
    only_wine = int((nights.wine & ~nights.late_meal).sum())
    only_meal = int((nights.late_meal & ~nights.wine).sum())
    said = entangled(nights).words[0]
    night = {1: "1 night"}
    assert said.startswith(
        f"Wine and late meal cannot be told apart: wine without late meal: "
        f"{night.get(only_wine, f'{only_wine} nights')}; late meal without wine: "
        f"{night.get(only_meal, f'{only_meal} nights')}; asked together, their intervals "
    )
    assert said.endswith(
        " times as wide. If sleep goes with one of them, these nights cannot say which."
    )


def test_inflation_is_the_root_of_the_variance_inflation_factor():
    nights = evenings()
    table = entangled(nights, factors=["wine", "stress"])
    night = np.arange(len(nights))
    controls = calendar_controls(night, nights.index.day_of_week, len(nights))
    design = np.column_stack([controls, nights[["wine", "stress"]].to_numpy(float)])
    plain = variance_inflation_factor(design, controls.shape[1])
    alone = variance_inflation_factor(design[:, :-1], controls.shape[1])
    assert table.inflation[0] == pytest.approx(np.sqrt(plain / alone), rel=1e-9)


def test_inflation_is_that_of_the_engines_interval():
    """Jointly over alone, on white noise: the same within sampling error of the residuals."""
    ratios = []
    for seed in range(30):
        nights = evenings(120, seed, apart=12)
        night = np.arange(120)
        y = np.random.default_rng(100 + seed).normal(size=120)
        controls = calendar_controls(night, nights.index.day_of_week, 120)
        wine, meal = (nights[name].to_numpy(float) for name in ("wine", "late_meal"))
        alone = gls_slope(y, wine, controls, night)
        joint = gls_slope(y, wine, np.column_stack([controls, meal]), night)
        error = [(one.high - one.low) / stats.t.ppf(0.975, one.df) for one in (joint, alone)]
        ratios.append(error[0] / error[1] / entangled(nights[["wine", "late_meal"]]).inflation[0])
        assert joint.df < alone.df  # few nights decide: the interval is wider still
    assert np.median(ratios) == pytest.approx(1.0, abs=0.07)


def test_habits_that_replace_each_other_count_the_other_two_corners():
    nights = evenings(apart=3)
    nights["tea"] = ~nights["wine"]
    nights.loc[nights.index[:2], "tea"] = nights["wine"].iloc[:2]
    row = entangled(nights, factors=["wine", "tea"]).iloc[0]
    assert row.r < -0.9
    assert f"wine with tea: {row.both} night" in row.words
    assert f"no wine and no tea: {row.neither} night" in row.words


def test_the_same_habit_twice_has_no_interval():
    nights = evenings().assign(alcohol=lambda d: d.wine)
    table = entangled(nights, factors=["wine", "alcohol"])
    assert table.inflation[0] == np.inf
    assert "asked together, none of them has an answer" in table.words[0]


def test_a_group_that_hides_no_entangled_pair():
    rng = np.random.default_rng(3)
    nights = evenings(90, 3)
    parts = rng.normal(size=(90, 2))
    nights = nights.assign(a=parts[:, 0], b=parts[:, 1], c=parts.sum(axis=1) + 0.1 * rng.random(90))
    table = entangled(nights, factors=["a", "b", "c"])
    group = table[table["size"] == 3]
    assert len(group) == 1
    assert {group.factor.item(), *group.others.item().split(", ")} == {"a", "b", "c"}
    assert group.status.item() == "entangled"
    assert (table.loc[table["size"] == 2, "status"] == "separable").all()


def test_kinds_and_doses_are_set_beside_each_other():
    nights = evenings(90, 4)
    kind = np.resize(["none", "none", "tea", "tea", "milk"], 90)
    cups = np.where(kind == "none", 0.0, np.where(kind == "tea", 2.0, 1.0))
    row = entangled(nights.assign(drink=kind, drink_cups=cups), factors=["drink", "drink_cups"])
    assert row.status[0] == "entangled"
    assert (row.only_factor[0], row.only_others[0]) == (0, 0)


def test_too_few_nights_with_both_cannot_tell():
    nights = evenings(60)
    nights["late_meal"] = nights.late_meal.where(np.arange(60) < 13)
    row = entangled(nights, factors=["wine", "late_meal"]).iloc[0]
    assert (row.status, row.n) == ("cannot tell", 13)
    assert np.isnan(row.inflation)
    assert row.words == (
        "Wine and late meal: only 13 nights have an entry for both, too few to tell."
    )


def test_one_factor_gives_an_empty_table():
    table = entangled(evenings(), factors="wine")
    assert tuple(table.columns) == COLUMNS
    assert table.empty


def test_correlate_marks_both_and_leaves_status_and_numbers():
    nights = evenings()
    table = correlate(nights, outcomes="tst_min").set_index("factor")
    alone = correlate(nights, outcomes="tst_min", factors=["wine"], family="none")
    assert table.status["wine"] == "found"
    assert table.effect["wine"] == pytest.approx(alone.effect[0], rel=1e-12)
    assert table.reason["wine"].startswith("entangled with late_meal: wine without late meal: ")
    assert table.reason["late_meal"].startswith("entangled with wine: ")
    assert table.reason["stress"] == ""


def test_wrong_names_are_told():
    with pytest.raises(DiaryError, match=r"No column 'win' in nights\. Did you mean 'wine'"):
        entangled(evenings(), factors=["win"])
    with pytest.raises(DiaryError, match="adjust: 'week' is not known"):
        entangled(evenings(), adjust="week")


def test_two_factors_never_recorded_on_the_same_night_cannot_be_told():
    nights, _ = simulate_nights(60, seed=3)
    early = nights["stress"].where(np.arange(len(nights)) < 20)
    late = nights["screens_min"].where(np.arange(len(nights)) > 30)
    table = entangled(nights.assign(early=early, late=late), factors=["early", "late"])
    assert (table["status"].tolist(), table["n"].tolist()) == (["cannot tell"], [0])


@pytest.mark.parametrize("missing", [False, True])
def test_all_pairs_at_once_as_each_alone(missing):
    nights = simulate_nights(90, seed=11)[0]
    if missing:  # another pattern of nights for each factor
        nights.loc[nights.index[3:9], "stress"] = np.nan
        nights.loc[nights.index[40:43], "screens_min"] = np.nan
    for row in entangled(nights).itertuples():
        if row.size == 2:
            alone = entangled(nights, factors=[row.factor, row.others])
            assert alone.n[0] == row.n
            assert abs(alone.r[0]) == pytest.approx(abs(row.r), abs=1e-12)
            assert alone.inflation[0] == pytest.approx(row.inflation, rel=1e-10)


def test_habits_with_gaps_of_their_own_against_least_squares():
    # partial correlation of each pair on the nights that have both, by numpy's least squares
    nights = evenings(160, seed=4).assign(stress_two=np.random.default_rng(4).normal(size=160))
    rng = np.random.default_rng(5)
    names = ["wine", "late_meal", "stress", "stress_two"]
    for name in names:
        nights.loc[rng.random(160) < 0.15, name] = np.nan if "stress" in name else pd.NA
    table = entangled(nights, factors=names).set_index(["factor", "others"])
    for factor, others in table.index:
        both = nights[[factor, others]].dropna().astype(float)
        number = (both.index - both.index[0]).days.to_numpy()
        controls = calendar_controls(number, both.index.day_of_week, int(number[-1]) + 1)
        left = both.to_numpy() - controls @ np.linalg.lstsq(controls, both.to_numpy())[0]
        row = table.loc[(factor, others)]
        assert row.n == len(both)
        assert row.r == pytest.approx(np.corrcoef(left.T)[0, 1], abs=1e-10)


def test_memory_grows_with_the_habits_not_with_their_pairs():
    # counted by Python: four times the pairs, at most about twice the memory
    rng = np.random.default_rng(6)
    days = pd.date_range("2024-01-01", periods=600)
    habits = []
    for name in range(32):
        values = np.where(rng.random(600) < 0.2, np.nan, rng.normal(size=600))
        column = Column(f"habit{name}", "factor", "day", "", "", "")
        habits.append(Habit(column, "numeric", values, ()))
    most, windows = [], Windows(days)
    for count in (16, 32):
        tracemalloc.start()
        assert len(links(windows, habits[:count], ("weekday", "trend"))) == count * (count - 1) // 2
        most.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert most[1] < 2.2 * most[0]


def test_what_is_there_on_the_same_nights_is_told_apart_by_its_amount_only():
    """A dose on the nights of its yes or no: "0 nights; 0 nights" would say the contrary."""
    nights = evenings(apart=3)
    rng = np.random.default_rng(5)
    dose = np.where(nights.wine.to_numpy(bool), rng.choice([100.0, 900.0], len(nights)), 0.0)
    table = entangled(nights.assign(wine_mg=dose), factors=["wine", "wine_mg"])
    assert table.status.tolist() == ["separable"]
    assert table[["only_factor", "only_others"]].to_numpy().tolist() == [[0, 0]]
    assert "0 nights" not in table.words[0]
    assert table.words[0].startswith(
        "Wine and wine can be told apart only by how much there was of them: with and without "
        "are the same nights, their amounts differ (correlation "
    )


@pytest.mark.parametrize(("inflation", "said"), [(1.98, "1.98"), (2.04, "2.04"), (1.4, "1.4")])
def test_what_lies_below_two_is_not_told_as_two(inflation, said):
    link = Link(0, (1,), 100, 0.8, inflation)
    assert f"at least {said} times as wide" in _wider(link)


def with_a_sum_kept_on_some(kept, n=90):
    """Return nights with a and b of their own, and c, their sum but for a little, kept on some."""
    rng = np.random.default_rng(3)
    parts = rng.normal(size=(n, 2))
    c = np.where(np.arange(n) % 10 < 10 * kept, parts.sum(axis=1) + 0.1 * rng.random(n), np.nan)
    return evenings(n, 3).assign(a=parts[:, 0], b=parts[:, 1], c=c)


def test_a_column_kept_on_some_of_the_nights_takes_no_answer_from_those_kept_on_all():
    """By hand: c = a + b, so all three are tied where c is kept; elsewhere a and b are free."""
    whole, part = with_a_sum_kept_on_some(1.0), with_a_sum_kept_on_some(0.4)
    assert {name: tied_to(whole, ())[name] for name in "abc"} == {
        "a": [{"b", "c"}], "b": [{"a", "c"}], "c": [{"a", "b"}],
    }  # fmt: skip
    tied = tied_to(part, ())
    assert "a" not in tied
    assert "b" not in tied
    assert tied["c"] == [{"a", "b"}]
    table = entangled(part, factors=["a", "b", "c"])
    (row,) = table[table["size"] == 3].to_dict("records")
    assert (row["factor"], row["others"], row["n"]) == ("c", "a, b", 36)
    answers = correlate(part.drop(columns=["wine", "late_meal", "stress"]), "tst_min", beside=True)
    reasons = answers.set_index("factor")["reason"]
    assert "entangled" in reasons["c"]
    assert "entangled" not in reasons["a"] + reasons["b"]


def test_lines_about_a_group_and_its_pairs_do_not_contradict_each_other():
    table = entangled(with_a_sum_kept_on_some(1.0), factors=["a", "b", "c"])
    group, *pairs = table["words"]
    assert group.startswith("A cannot be told apart from c and b held equal together: more a ")
    assert "the other way round" not in group
    for words in pairs:
        assert " can be told apart, the two by themselves: " in words


def test_a_habit_in_words_that_no_other_was_kept_alongside_is_answered_like_any():
    """By hand: drink on the first 50 nights, the others on the last 30, and on both ends."""
    nights, place = evenings(70), np.arange(70)
    drink = np.where(place < 50, np.array(["tea", "wine", "none"])[place % 3], None)
    nights = nights.drop(columns=["wine", "late_meal"]).assign(
        drink=drink, stress=nights["stress"].where(place >= 40),
        cups=np.where((place < 15) | (place >= 50), place % 4, np.nan),
    )  # fmt: skip
    answers = correlate(nights, "tst_min").set_index("factor")
    assert answers["n"].to_dict() == {"drink": 50, "stress": 30, "cups": 35}
    assert not answers["reason"].str.contains("entangled").any()
