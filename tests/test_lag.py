"""Earlier evenings of one habit: the one before the last, and the last three with one p.

Sources of the expected numbers: effects planted here with numpy; the engine called directly on
columns that are shifted here by hand; the two sentences of the documentation.
"""

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.errors import DiaryError
from sleepstats.inference import gls_joint, gls_slope
from sleepstats.inference.guards import calendar_controls
from sleepstats.inference.none_alone import bring_in_around

NUMBERS = ("effect", "effect_low", "effect_high", "pvalue", "pvalue_family", "r", "r_low", "r_high")


def diary(seed=11, n=150, *, lost=0):
    """30 min less per yes, and 8 min less per point, of the evening before the last only."""
    rng = np.random.default_rng(seed)
    wine = rng.random(n) < 0.4
    stress = rng.integers(0, 6, n).astype(float)
    before = np.r_[0.0, 30.0 * wine[:-1] + 8.0 * stress[:-1]]
    nights = pd.DataFrame(
        {
            "tst_min": 430 - before + 25 * rng.normal(size=n),
            "wine": wine,
            "stress": stress,
            "meal": rng.choice(["none", "pie", "soup"], n),
        },
        index=pd.date_range("2026-01-05", periods=n, name="night"),
    )
    return nights.iloc[np.sort(rng.permutation(n)[: n - lost])]


def shifted(nights, name, back):
    """The value of so many calendar nights before, by looking each date up."""
    told = dict(zip(nights.index, nights[name].astype(float), strict=True))
    return np.array([told.get(day - pd.Timedelta(days=back), np.nan) for day in nights.index])


def ready(nights, name, backs):
    """Outcome, columns, controls and numbers on the nights that have every evening."""
    columns = np.column_stack([shifted(nights, name, back) for back in backs])
    used = np.isfinite(columns).all(axis=1)
    days = nights.index[used]
    number = np.asarray((days - days[0]).days)
    controls = calendar_controls(number, days.day_of_week.to_numpy(), int(number[-1]) + 1)
    return nights["tst_min"].to_numpy()[used], columns[used], controls, number


@pytest.mark.parametrize(("factor", "planted"), [("wine", -30.0), ("stress", -8.0)])
def test_the_evening_before_the_last_is_found_where_it_was_planted(factor, planted):
    nights = diary()
    last, before = (ss.associate(nights, outcome="tst_min", factor=factor, lag=k) for k in (0, 1))
    assert last.status == "not found"
    assert before.status == "found"
    assert before.effect_low < planted < before.effect_high


@pytest.mark.parametrize("factor", ["wine", "stress"])
def test_one_evening_is_the_engine_beside_the_last_one_across_gaps(factor):
    nights = diary(lost=25)
    y, columns, controls, number = ready(nights, factor, (0, 1))
    y = bring_in_around(y, np.column_stack([controls, columns]))
    slope = gls_slope(y, columns[:, 1], np.column_stack([controls, columns[:, 0]]), number)
    one = ss.associate(nights, outcome="tst_min", factor=factor, lag=1)
    assert one.n == len(y) < len(nights) - 1
    assert one.n + one.n_dropped == len(nights)
    assert one.effect == pytest.approx(slope.estimate, rel=1e-9)
    assert one.pvalue == pytest.approx(slope.pvalue, rel=1e-9)
    assert one.data[factor].to_numpy(dtype=float).tolist() == columns[:, 1].tolist()


@pytest.mark.parametrize("factor", ["wine", "stress"])
def test_three_evenings_are_one_joint_test(factor):
    nights = diary(lost=25)
    y, columns, controls, number = ready(nights, factor, (0, 1, 2))
    y = bring_in_around(y, np.column_stack([controls, columns]), tested=columns.shape[1])
    test = gls_joint(y, columns, controls, number)
    three = ss.associate(nights, outcome="tst_min", factor=factor, lag=(0, 1, 2))
    assert three.status == "found"
    assert three.pvalue == pytest.approx(test.pvalue, rel=1e-9)
    assert three.pvalue_family == three.pvalue
    assert np.isnan([three.effect, three.effect_low, three.effect_high, three.r]).all()
    table = three.contrasts
    assert table["lag"].tolist() == [0, 1, 2]
    assert not [name for name in table if "pvalue" in name]
    low, high = table["effect_low"], table["effect_high"]
    assert ((low < table["effect"]) & (table["effect"] < high)).all()
    assert high[1] < 0 < high[0]
    assert low[0] < 0 < high[2]
    assert low[2] < 0
    for given in ([2, 0, 1], range(3), np.arange(3)):
        assert (
            ss.associate(nights, outcome="tst_min", factor=factor, lag=given).pvalue == test.pvalue
        )


def test_an_evening_left_out_between_two_is_held_equal():
    nights = diary()
    y, columns, controls, number = ready(nights, "stress", (0, 1, 2))
    y = bring_in_around(y, np.column_stack([controls, columns]), tested=2)
    test = gls_joint(y, columns[:, [0, 2]], np.column_stack([controls, columns[:, 1]]), number)
    two = ss.associate(nights, outcome="tst_min", factor="stress", lag=(0, 2))
    assert two.pvalue == pytest.approx(test.pvalue, rel=1e-9)
    assert two.adjust[-1] == "its own value on the evening before the last"


@pytest.mark.parametrize("factor", ["wine", "stress", "meal"])
@pytest.mark.parametrize("lag", [0, (0,), np.int64(0)])
def test_the_last_evening_is_what_it_was(factor, lag):
    nights = diary(lost=10)
    plain = ss.associate(nights, outcome="tst_min", factor=factor)
    zero = ss.associate(nights, outcome="tst_min", factor=factor, lag=lag)
    row = ss.correlate(nights, outcomes="tst_min", factors=factor, family="none").iloc[0]
    for name in NUMBERS:
        assert np.array_equal(getattr(zero, name), getattr(plain, name), equal_nan=True)
        assert np.array_equal(getattr(zero, name), row[name], equal_nan=True)
    assert (str(zero), zero.when, zero.adjust) == (str(plain), plain.when, plain.adjust)


def test_a_factor_of_the_morning_is_taken_back_from_its_own_row():
    """The row of the evening before may be missing while that of the morning meant is there."""
    nights = diary()
    gap = nights.drop(nights.index[60])
    one = ss.associate(gap, outcome="tst_min", factor="stress", when={"stress": "morning"}, lag=1)
    assert one.when == "morning before the night, the morning before the last"
    assert nights.index[61] not in one.data.index  # the last morning's row is the one that is lost
    assert nights.index[62] not in one.data.index
    assert nights.index[63] in one.data.index
    told = one.data["stress"].reindex(nights.index[63:65]).tolist()
    assert told == nights["stress"].iloc[61:63].tolist()


def test_sentences_name_the_evening_and_what_was_held_equal():
    nights = diary()
    about = {"outcome": "tst_min", "factor": "wine"}
    one = format(ss.associate(nights, **about, lag=1))
    assert one.startswith("Wine on the evening before the last (")
    assert "min less total sleep time" in one
    assert "its own value on the last evening held equal" in one
    two = format(ss.associate(nights, **about, lag=2))
    assert "after wine on the evening two before the last (" in two
    assert "its own value on the last two evenings held equal" in two
    number = format(ss.associate(nights, outcome="tst_min", factor="stress", lag=1))
    assert number.startswith("Each further point of stress on the evening before the last went")
    three = ss.associate(nights, **about, lag=(0, 1, 2))
    assert format(three).startswith(
        "Wine on the last three evenings, taken together, went with total sleep time (p = "
    )
    assert "the evening before the last " in format(three)
    assert "held equal" not in format(three)
    assert "caused" not in format(three)


def test_latency_is_told_as_times_as_long():
    nights = diary()
    rng = np.random.default_rng(3)
    before = np.r_[0.0, nights["wine"].to_numpy(dtype=float)[:-1]]
    nights["sol_min"] = np.exp(3.0 + 0.7 * before + 0.3 * rng.normal(size=len(nights)))
    three = ss.associate(nights, outcome="sol_min", factor="wine", lag=(0, 1, 2))
    low, high = three.contrasts.loc[1, ["ratio_low", "ratio_high"]]
    assert low < np.exp(0.7) < high
    assert f" to {high:.1f} times as long" in format(three)


def test_kinds_are_asked_of_one_evening_and_not_of_several():
    nights = diary()
    nights["tst_min"] -= np.r_[0.0, 40.0 * (nights["meal"] == "pie").to_numpy()[:-1]]
    one = ss.associate(nights, outcome="tst_min", factor="meal", lag=1)
    assert one.status == "found"
    pie = one.contrasts.set_index("level").loc["pie"]
    assert pie["effect_low"] < -40 < pie["effect_high"]
    assert "kinds of meal on the evening before the last went with" in format(one)
    several = ss.associate(nights, outcome="tst_min", factor="meal", lag=(0, 1))
    assert several.status == "refused"
    assert "ask of one evening, such as lag=1" in several.reason


def test_too_few_nights_are_refused_with_the_number():
    short = ss.associate(diary(n=17), outcome="tst_min", factor="stress", lag=4)
    assert short.status == "refused"
    assert "needs at least 14 nights" in short.reason
    assert "13 have all" in short.reason


@pytest.mark.parametrize(
    ("lag", "said"),
    [
        (-1, "came after the outcome"),
        (8, "further back than the 7"),
        ((0, 9), "further back than the 7"),
        (1.0, "is a float"),
        (True, "is a bool"),
        ("1", "is a str"),
        (None, "is a NoneType"),
        ((0, 1, 1), "names an evening twice"),
        ((), "names no evening"),
    ],
)
def test_what_is_no_evening_is_said_in_words(lag, said):
    with pytest.raises(DiaryError, match=said) as raised:
        ss.associate(diary(), outcome="tst_min", factor="wine", lag=lag)
    assert "(0, 1, 2) for the last three together" in str(raised.value)


def test_several_evenings_have_no_one_slope_to_draw():
    three = ss.associate(diary(), outcome="tst_min", factor="wine", lag=(0, 1, 2))
    with pytest.raises(DiaryError, match="several evenings asked together"):
        ss.plot_association(three)
    assert len(ss.present(three)) == 1
    assert three.to_dict()["pvalue"] == three.pvalue
