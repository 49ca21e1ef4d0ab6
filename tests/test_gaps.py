"""Missing for a reason.

Sources of the expected numbers: the engine called directly; nights counted by hand; diaries here
whose gaps follow bad nights, or nothing.
"""

import numpy as np
import pandas as pd
import pytest

from sleepstats.asking.present_table import present
from sleepstats.errors import DiaryError
from sleepstats.inference import gls_slope
from sleepstats.inference.guards import calendar_controls
from sleepstats.inference.none_alone import bring_in_around
from sleepstats.relations import correlate
from sleepstats.relations.gaps import COLUMNS, missing_for_a_reason


def kept(seed=1, n=200, *, less=0.0, more=0.0):
    """Nights of which a quarter is missing; less sleep and more stress before the gaps."""
    rng = np.random.default_rng(seed)
    index = pd.date_range("2026-01-05", periods=n, name="night")
    away = rng.random(n) < 0.25
    away[[0, -1]] = False
    before = np.append(away[1:], False)
    slept = 420 + 35 * rng.normal(size=n) - less * before
    stress = 5 + 2 * rng.normal(size=n) + more * before
    return pd.DataFrame({"tst_min": slept, "stress": stress}, index=index)[~away]


def test_nights_before_a_gap_are_set_against_the_others():
    nights = kept(less=30.0)
    table = missing_for_a_reason(nights)
    assert tuple(table.columns) == COLUMNS
    assert table.column.tolist() == ["tst_min", "stress", "stress"]
    days = (nights.index - nights.index[0]).days.to_numpy()
    before = (np.diff(days) > 1).astype(float)
    row = table.iloc[0]
    assert (row.n_gap, row.n_other) == (before.sum(), (before == 0).sum())
    inside = nights.iloc[:-1]
    controls = calendar_controls(days[:-1], inside.index.day_of_week, int(days[-2]) + 1)
    y = bring_in_around(inside.tst_min.to_numpy(), np.column_stack([controls, before]))
    slope = gls_slope(y, before, controls, days[:-1])
    assert row.effect == pytest.approx(slope.estimate, rel=1e-9)
    assert row.pvalue == pytest.approx(slope.pvalue, rel=1e-9)
    assert row.status == "found"
    assert row.words.startswith(f"Nights with a gap after them ({int(before.sum())} of ")
    assert " min less total sleep time (95 % interval " in row.words


def test_stress_on_days_without_a_night():
    rng = np.random.default_rng(2)
    nights = kept(2, 120)
    away = rng.random(len(nights)) < 0.2
    nights["tst_min"] = nights.tst_min.where(~away)
    nights["stress"] += 4 * away
    table = missing_for_a_reason(nights)
    row = table[table.nights == "nights without it"].iloc[0]
    assert (row.column, row.n_gap, row.status) == ("stress", away.sum(), "found")
    assert row.words.startswith("Days with no total sleep time (")


def test_correlate_says_it_in_its_notes():
    nights = kept(3, less=40.0)
    table = correlate(nights, outcomes="tst_min")
    (note,) = table.attrs["sleepstats_table"]["notes"]
    assert note.startswith(
        "missing for a reason: total sleep time was lower on nights before a gap ("
    )
    assert note.endswith(
        "min, 95 % interval), so what the missing nights were like may change every answer"
    )
    assert note in present(table).attrs["footer"]


def test_gaps_by_chance_leave_no_note():
    assert correlate(kept(4), outcomes="tst_min").attrs["sleepstats_table"]["notes"] == []
    whole = kept(4).asfreq("D").ffill()
    assert correlate(whole, outcomes="tst_min").attrs["sleepstats_table"]["notes"] == []


def test_few_gaps_are_refused():
    nights = kept(5).asfreq("D").ffill().drop(index=["2026-02-01", "2026-03-01"])
    table = missing_for_a_reason(nights)
    assert table.status.tolist() == ["refused"] * 3
    assert table.reason[0] == "one side too rare: 2 gaps, 5 needed"
    assert missing_for_a_reason(nights[:9]).reason[0].startswith("too few nights: 8 have tst_min")


def test_named_columns_and_outcome():
    nights = kept(6).assign(quality=lambda d: d.tst_min.round(-2) / 100)
    table = missing_for_a_reason(nights, outcome="quality", columns=["tst_min"])
    assert table.column.tolist() == ["tst_min", "tst_min"]
    latency = nights.assign(sol_min=lambda d: np.exp(d.stress / 3))
    row = missing_for_a_reason(latency, columns="sol_min").iloc[0]
    assert row.effect_unit == "min"


def test_wrong_input_is_told():
    with pytest.raises(DiaryError, match=r"No column 'tst' in nights\. Did you mean"):
        missing_for_a_reason(kept(), outcome="tst")
    with pytest.raises(DiaryError, match="No column 'tst_min' in nights"):
        missing_for_a_reason(kept().drop(columns="tst_min"))


def not_written_after_wine(seed, n=150):
    """Nights on which wine does nothing; three in four of the short ones after it are missing."""
    rng = np.random.default_rng(seed)
    wine, walk = rng.random((2, n)) < [[0.45], [0.4]]
    slept = 415 + 40 * rng.normal(size=n)
    lost = wine & (slept < 395) & (rng.random(n) < 0.75)
    table = {"tst_min": np.where(lost, np.nan, slept), "wine": wine, "walk": walk}
    return pd.DataFrame(table, index=pd.date_range("2026-01-05", periods=n, name="night")), lost


def test_nights_that_are_missing_after_a_habit_are_told():
    """Simulated truth, and nights counted by hand: all that are missing were nights with wine."""
    for seed in range(4):
        nights, lost = not_written_after_wine(seed)
        (note,) = correlate(nights, "tst_min").attrs["sleepstats_table"]["notes"]
        others = ~lost
        assert note == (
            f"missing for a reason: of {lost.sum()} nights without a record of sleep {lost.sum()} "
            f"were nights with wine, of the {others.sum()} others {nights.wine[others].sum()}, so "
            "what the missing nights were like may change every answer"
        )
        table = missing_for_a_reason(nights).set_index(["column", "nights"])
        assert table.loc[("wine", "nights without it"), "status"] == "found"
        assert table.loc[("walk", "nights without it"), "status"] == "not found"
        assert ("wine", "nights before a gap") not in table.index


def test_habits_that_are_asked_by_default_are_a_family_of_their_own():
    """Holm over two habits by hand: the smaller p twice; what was named is one family with all."""
    nights, _ = not_written_after_wine(1)
    table = missing_for_a_reason(nights).set_index("column")
    assert table.loc["tst_min", "pvalue_family"] == table.loc["tst_min", "pvalue"]
    assert table.loc["wine", "pvalue_family"] == pytest.approx(2 * table.loc["wine", "pvalue"])
    named = missing_for_a_reason(nights, columns=["tst_min", "wine", "walk"])
    least = named["pvalue"].idxmin()
    asked = (named["status"] != "refused").sum()
    assert named["pvalue_family"][least] == pytest.approx(asked * named["pvalue"][least])
