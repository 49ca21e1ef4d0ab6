"""Whether one thing goes with a different night when another is there as well.

Sources of the expected numbers: statsmodels' ordinary least squares with the same columns (point
estimates where nights do not resemble each other); the engine called directly; nights counted by
hand; truths planted by the simulation here.
"""

import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from sleepstats.errors import DiaryError
from sleepstats.inference import gls_slope
from sleepstats.inference.guards import calendar_controls
from sleepstats.inference.none_alone import bring_in_around
from sleepstats.relations.interactions import interaction


def evenings(seed=1, n=160, *, meal=-20.0, both=0.0, per_point=0.0):
    """Late meals and wine; what a late meal goes with is different with wine, or with stress."""
    rng = np.random.default_rng(seed)
    index = pd.date_range("2026-01-05", periods=n, name="night")
    late, wine = rng.random(n) < 0.4, rng.random(n) < 0.4
    stress = np.clip(np.rint(5 + 2 * rng.normal(size=n)), 0, 10)
    slept = 420 + meal * late + both * (late & wine) + per_point * late * (stress - 5)
    slept = slept + 25 * rng.normal(size=n)
    return pd.DataFrame(
        {
            "tst_min": slept,
            "sol_min": np.exp(3 - slept / 400 + 0.3 * rng.normal(size=n)) * 6,
            "late_meal": pd.array(late, dtype="boolean"),
            "wine": pd.array(wine, dtype="boolean"),
            "stress": stress,
        },
        index=index,
    )


def controls_of(nights):
    number = (nights.index - nights.index[0]).days.to_numpy()
    return calendar_controls(number, nights.index.day_of_week, int(number[-1]) + 1), number


def test_the_difference_is_the_slope_of_the_product():
    nights = evenings(both=-30.0)
    one = interaction(nights, outcome="tst_min", factor="late_meal", moderator="wine")
    controls, number = controls_of(nights)
    late, wine = (nights[name].to_numpy(float) for name in ("late_meal", "wine"))
    beside = np.column_stack([controls, late, wine])
    y = bring_in_around(nights.tst_min.to_numpy(), np.column_stack([beside, late * wine]))
    slope = gls_slope(y, late * wine, beside, number)
    assert one.difference.effect == pytest.approx(slope.estimate, rel=1e-8)
    assert one.difference.effect_low == pytest.approx(slope.low, rel=1e-8)
    assert one.pvalue == pytest.approx(slope.pvalue, rel=1e-8)
    plain = sm.OLS(nights.tst_min.to_numpy(), np.column_stack([beside, late * wine])).fit()
    k = controls.shape[1]
    assert one.difference.effect == pytest.approx(plain.params[-1], abs=2.5)
    assert one.at_low.effect == pytest.approx(plain.params[k], abs=2.5)
    assert one.at_high.effect == pytest.approx(plain.params[k] + plain.params[-1], abs=2.5)


def test_a_planted_difference_is_found_and_said():
    nights = evenings(2, both=-60.0)
    one = interaction(nights, outcome="tst_min", factor="late_meal", moderator="wine")
    assert one.status == "found"
    assert one.difference.effect_low < -60 < one.difference.effect_high
    late, wine = nights.late_meal.to_numpy(bool), nights.wine.to_numpy(bool)
    assert one.corners == (
        (~late & ~wine).sum(), (late & ~wine).sum(), (~late & wine).sum(), (late & wine).sum(),
    )  # fmt: skip
    said = f"{one}"
    assert said.startswith("Late meal, with wine: ")
    assert " min less total sleep time (" in said
    assert "; without wine: " in said
    assert " The two differ: " in said
    assert " with wine than without wine (" in said
    assert said.endswith("95 % intervals; 160 nights, weekdays and slow change evened out).")
    assert " ".join(repr(one).split()) == f"<Interaction: {said}>"


def test_table_and_dict():
    one = interaction(evenings(3), outcome="tst_min", factor="late_meal", moderator="wine")
    assert one.table.columns.tolist() == [
        "at", "n", "effect", "effect_low", "effect_high", "effect_unit",
        "ratio", "ratio_low", "ratio_high", "pvalue",
    ]  # fmt: skip
    assert one.table["at"].tolist() == ["without wine", "with wine", "difference"]
    assert one.table.n.tolist()[2] == sum(one.table.n[:2]) == one.n == 160
    plain = json.loads(json.dumps(one.to_dict()))
    assert plain["difference"]["outcome"] == "tst_min"
    assert one._repr_html_().startswith("<p>Late meal, with wine: ")


def test_a_numeric_moderator_is_taken_at_its_quartiles():
    nights = evenings(4, 300, per_point=-10.0)
    one = interaction(nights, outcome="tst_min", factor="late_meal", moderator="stress")
    low, high = nights.stress.quantile([0.25, 0.75])
    assert (one.low, one.high) == (f"at stress {low:g}", f"at stress {high:g}")
    truth = -10.0 * (high - low)
    assert one.status == "found"
    assert one.difference.effect_low < truth < one.difference.effect_high
    at_high = -20.0 - 10.0 * (high - 5)
    assert one.at_high.effect_low < at_high < one.at_high.effect_high


def test_an_amount_that_is_often_zero_is_some_against_none():
    nights = evenings(5).assign(wine_units=lambda d: d.wine.astype(float) * 2.0)
    amount = interaction(nights, outcome="tst_min", factor="late_meal", moderator="wine_units")
    yes_no = interaction(nights, outcome="tst_min", factor="late_meal", moderator="wine")
    assert amount.pvalue == pytest.approx(yes_no.pvalue, rel=1e-9)


def test_a_numeric_factor_is_told_per_step():
    nights = evenings(6).assign(screens_min=lambda d: 60 + 10 * d.stress)
    one = interaction(nights, outcome="tst_min", factor="screens_min", moderator="wine")
    assert f"{one}".startswith("Each further 30 min of screens, with wine: ")


def test_latency_gives_a_ratio_of_ratios():
    nights = evenings(7)
    one = interaction(nights, outcome="sol_min", factor="late_meal", moderator="wine")
    assert one.at_high.ratio / one.at_low.ratio == pytest.approx(one.difference.ratio, rel=0.02)
    assert np.isnan(one.difference.effect)
    assert "% longer with wine than without wine" in f"{one}".partition(" between the two: ")[2]


def test_a_rare_corner_is_refused():
    nights = evenings(8)
    both = np.flatnonzero((nights.late_meal & nights.wine).to_numpy(bool))
    nights.iloc[both[4:], nights.columns.get_loc("wine")] = False
    one = interaction(nights, outcome="tst_min", factor="late_meal", moderator="wine")
    assert (one.status, one.corners[3]) == ("refused", 4)
    assert one.reason == (
        "one corner too rare: late meal with wine on 4 of 160 nights (5 needed in each of the four)"
    )
    assert f"{one}" == (
        "Not answered: total sleep time and late meal, without wine and with wine. One corner too "
        "rare: late meal with wine on 4 of 160 nights (5 needed in each of the four)."
    )
    assert np.isnan(one.pvalue)


@pytest.mark.parametrize(
    ("change", "moderator", "reason"),
    [
        (lambda d: d[:10], "wine", "too few nights: needs at least 14 nights with both"),
        (lambda d: d, "late_meal", "tautology: late_meal is the factor itself"),
        (lambda d: d.assign(wine=True), "wine", "constant: wine was yes on all 160 nights"),
        (lambda d: d.assign(se_pct=80.0), "se_pct", "tautology: tst_min and se_pct are tied"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_reason(change, moderator, reason):
    one = interaction(
        change(evenings(9)), outcome="tst_min", factor="late_meal", moderator=moderator
    )
    assert one.status == "refused"
    assert one.reason.startswith(reason)


def test_nights_that_lack_one_of_the_three_are_counted():
    nights = evenings(10)
    nights["wine"] = nights.wine.where(np.arange(160) % 4 > 0)
    one = interaction(nights, outcome="tst_min", factor="late_meal", moderator="wine")
    assert (one.n, one.n_dropped) == (120, 40)


def test_wrong_input_is_told():
    nights = evenings(11)
    with pytest.raises(DiaryError, match=r"No column 'win' in nights\. Did you mean 'wine'"):
        interaction(nights, outcome="tst_min", factor="late_meal", moderator="win")
    kinds = nights.assign(tea=np.resize(["none", "mint", "black"], 160))
    with pytest.raises(DiaryError) as told:
        interaction(kinds, outcome="tst_min", factor="tea", moderator="wine")
    assert str(told.value) == (
        "interaction(): 'tea' has 3 kinds; a factor is a number or a yes or no. Ask about one "
        "kind, for example nights.assign(one_kind=nights['tea'] == 'black'), factor='one_kind'."
    )
