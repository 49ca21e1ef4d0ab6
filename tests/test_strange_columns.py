"""Columns that are not what a question asks for get advice that works when it is followed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats import arrays
from sleepstats.columns import computed_of

N = 90
INDEX = pd.date_range("2026-01-05", periods=N, name="night")


@pytest.fixture
def nights() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "tst_min": 420 + 45 * rng.normal(size=N),
            "stress": rng.integers(0, 11, N).astype(float),
            "last_tea": INDEX + pd.Timedelta("20h") + pd.to_timedelta(np.arange(N), unit="min"),
            "tea_min_before_bed": np.tile([30.0, 60.0, 90.0], 30),
            "same": 3.0,
            "length": pd.to_timedelta(np.arange(N), unit="min"),
            **{name: rng.random(N) < 0.4 for name in "abcde"},
        },
        index=INDEX,
    )


@pytest.mark.parametrize(
    ("column", "words"),
    [("last_tea", "is a clock time"), ("tea_min_before_bed", "holds 30.*/ 60"),
     ("a", "is yes/no")],
)  # fmt: skip
def test_hours_before_bed_are_hours(nights, column, words):
    with pytest.raises(ss.DiaryError, match=words):
        ss.timing_response(nights, outcome="tst_min", hours=column)


def test_a_clock_is_no_dose(nights):
    with pytest.raises(ss.DiaryError, match=r"is a clock time.*timing_response"):
        ss.dose_response(nights, outcome="tst_min", dose="last_tea")


def test_the_advice_of_compare_can_be_followed(nights):
    with pytest.raises(ss.DiaryError, match="is a clock time") as told:
        ss.compare(nights, outcome="tst_min", factor="last_tea")
    code = str(told.value).split("first: ")[1].removesuffix(".")
    split = eval(code, {"nights": nights, "pd": pd})  # our own sentence, as a reader would paste it
    assert 0.3 < split["much"].mean() < 0.7
    with pytest.raises(ss.DiaryError, match="it is 3 on all nights"):
        ss.compare(nights, outcome="tst_min", factor="same")
    with pytest.raises(ss.DiaryError, match=r"timedelta64.*pd\.Timedelta"):
        ss.compare(nights, outcome="tst_min", factor="length")


def test_stress_is_not_explained_by_itself(nights):
    for outcomes in ("stress", ["tst_min", "stress"]):
        with pytest.raises(ss.DiaryError, match="is the stress itself"):
            ss.stress_and_sleep(nights, outcomes=outcomes)


def test_a_series_is_no_frame(nights):
    with pytest.raises(ss.DiaryError, match="is a Series"):
        ss.regularity(nights["tst_min"])


def test_an_empty_outcome_of_a_trial_is_named(nights):
    plan = ss.plan_trial(20, seed=1, start="2026-01-05")
    with pytest.raises(ss.DiaryError, match="has no value on any night"):
        ss.analyse_trial(nights.assign(tst_min=np.nan), plan, outcome="tst_min")


def test_a_claim_made_twice_is_one_question(nights):
    def claim(factor: str, direction: str = "differs") -> dict[str, str]:
        words = f"{factor} {direction}"
        return {"words": words, "outcome": "tst_min", "factor": factor, "direction": direction}

    once = ss.check_claims(nights, [claim(name) for name in "abcde"])
    again = ss.check_claims(
        nights, [*(claim(name) for name in "abcde"), *[claim("b")] * 5, claim("b", "less")]
    )
    np.testing.assert_array_equal(
        once.table["pvalue_family"], again.table["pvalue_family"].iloc[:5]
    )


def test_kinds_without_none_are_named(nights):
    rng = np.random.default_rng(1)
    nights = nights.assign(tea=rng.choice(["mint", "black", "green"], N, p=[0.5, 0.3, 0.2]))
    said = str(ss.interaction(nights, outcome="tst_min", factor="a", moderator="tea"))
    assert "tea “mint”" in said
    assert "tea other than “mint”" in said
    assert "without tea" not in said
    assert "without tea" not in ss.entangled(nights, factors=["a", "tea"])["words"].iloc[0]


def test_nights_so_far_are_counted_on_the_calendar(nights):
    kept = nights[np.arange(N) % 3 > 0]
    plan = ss.nights_needed(kept, factor="a", effect=30)
    assert f"The {plan.nights_so_far} nights so far ({len(kept)} recorded) are enough" in f"{plan}"


def test_a_column_computed_from_its_own_night_is_no_habit():
    """``480 - tst_min`` is no habit whatever it is called: by definition, nothing estimated."""
    nights = ss.load_sample("diary")
    plain = ss.correlate(nights, "tst_min", beside=True)
    more = nights.assign(
        sleep_debt_min=480 - nights.tst_min,
        tst_h=(nights.tst_min / 60).round(1),
        awake_in_bed_min=nights.tib_min - nights.tst_min,
    )
    table = ss.correlate(more, "tst_min", beside=True)
    numbers = ["factor", "effect", "pvalue", "stands", "held_equal"]
    pd.testing.assert_frame_equal(pd.DataFrame(table[numbers]), pd.DataFrame(plain[numbers]))
    said = (
        "“sleep debt” is computed from total sleep time of the same night, or as good as, so it "
        "is no habit before it."
    )
    assert said in table.attrs["sleepstats_table"]["notes"]
    # several measures together are not named one by one
    told = " ".join(ss.answer(more, "tst_min").asides)
    assert said in told
    assert "“awake in bed” is computed from measures of the same night" in told


@pytest.mark.parametrize("when", [None, {"debt_min": "night"}])
@pytest.mark.parametrize(
    ("outcome", "factor"),
    [("tst_min", "debt_min"), ("debt_min", "tst_min"), ("se_pct", "debt_min"), ("debt_min", "h")],
)
def test_what_a_column_is_computed_from_is_not_found_by_it(outcome, factor, when):
    nights = ss.load_sample("diary")
    nights = nights.assign(debt_min=480 - nights.tst_min, h=nights.tst_min / 60)
    one = ss.associate(nights, outcome, factor, when=when)
    assert one.status == "refused"
    assert one.reason.endswith(
        "is computed from total sleep time of the same night, or as good as, so it is no habit "
        "before it"
    )


def test_what_only_goes_with_the_night_stays_a_habit():
    """Truth by construction: yesterday's sleep, a noisy copy (r2 0.8), a rating, few nights."""
    nights, rng = ss.load_sample("diary"), np.random.default_rng(5)
    tst = nights.tst_min
    nights = nights.assign(
        before_min=tst.shift(1),
        like_min=tst + 0.5 * tst.std() * rng.normal(size=len(tst)),
        grade=(tst / 60).round(),
        few_min=(tst / 2).where(np.arange(len(tst)) < 13),
    )
    habits = ss.answer(nights, "tst_min").habits
    assert {"before_min", "like_min", "grade", "few_min"} <= set(habits)


def test_where_no_measure_holds_numbers_nothing_is_computed_of_them():
    """A find of the hostile calls: the only measure was of words."""
    rng = np.random.default_rng(3)
    index = pd.date_range("2026-01-01", periods=40, name="night")
    nights = pd.DataFrame({"quality": ["good", "bad"] * 20, "tea": rng.normal(size=40)}, index)
    assert computed_of(nights) == {}


@pytest.mark.parametrize("seed", range(8))
def test_the_quick_look_leaves_out_nothing_that_is_computed(seed, monkeypatch):
    """Against the full look at every column: measures and habits with gaps of their own."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(40, 700))
    tst, spt, bed = 420 + 40 * rng.normal(size=n), 450 + 30 * rng.normal(size=n), rng.random(n)
    columns = {
        "tst_min": tst,
        "spt_min": spt,
        "awake_min": 10 + 5 * bed,
        "exact": 480 - tst,
        "both": 2 * tst - 0.5 * spt,
        "nearly": tst + rng.choice([3.0, 3.9, 4.1, 5.0]) * rng.normal(size=n),  # r2 about 0.99
        "free": rng.normal(size=n),
    }
    for values in columns.values():
        values[rng.random(n) < rng.choice([0.0, 0.05, 0.4])] = np.nan
    nights = pd.DataFrame(columns, pd.date_range("2024-01-01", periods=n, name="night"))
    quick = computed_of(nights)
    monkeypatch.setattr(arrays, "_may_be_told", lambda told, names, measures: names)
    arrays._LAST.clear()
    assert quick == computed_of(nights)
    assert "free" not in quick
    arrays._LAST.clear()
