"""Real diaries whose honest answer is known; read from beside the project, skipped where absent."""

from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

import sleepstats as ss

SHARED = Path(__file__).parents[1].parent / "shared" / "known-answers"
ZEO = SHARED / "gwern_zeo" / "2013-gwern-sleepdisturbances-productivity.csv"


@pytest.fixture(scope="module")
def zeo():
    """416 nights of one headband, and the mood and productivity (1 to 5) of the day after."""
    if not ZEO.exists():
        pytest.skip("the diary of 416 nights does not lie beside the project")
    table = pd.read_csv(ZEO, parse_dates=["Sleep.Date"])
    names = {
        "Sleep.Date": "night", "Total.Z": "tst_min", "Time.to.Z": "sol_min",
        "Time.in.Wake": "waso_min", "Awakenings": "nawk", "Morning.Feel": "rested", "MP": "mood",
        "Disturbance": "disturbance",
    }  # fmt: skip
    return table[list(names)].rename(columns=names).astype({"nawk": float}).set_index("night")


WHEN = {"mood": "morning", "disturbance": "night"}


def test_the_published_correlation_is_the_displayed_one(zeo):
    # gwern.net, Zeo, appendix: r 0.06589, t 1.344, df 414, p 0.1798
    one = ss.associate(zeo, outcome="mood", factor="disturbance", adjust=(), when=WHEN)
    assert (one.n, one.n_dropped) == (416, 0)
    assert one.r == pytest.approx(0.06589, abs=5e-6)
    assert one.status == "not found"
    assert one.pvalue > 0.05


def test_nothing_is_found_for_mood(zeo):
    factors = ["disturbance", "sol_min", "tst_min", "waso_min", "nawk"]
    table = ss.correlate(zeo, outcomes="mood", factors=factors, when=WHEN)
    assert table["status"].tolist() == ["not found"] * 5
    assert (table["pvalue_family"] > 0.1).all()


def test_the_trap_is_no_finding(zeo):
    # longer latency with better mood: naive p .038 by Pearson and .055 by ranks
    assert stats.pearsonr(zeo["sol_min"], zeo["mood"]).pvalue == pytest.approx(0.038, abs=5e-4)
    for adjust in (("weekday", "trend"), ()):
        one = ss.associate(zeo, outcome="mood", factor="sol_min", adjust=adjust, when=WHEN)
        assert one.status == "not found", adjust
    assert "No clear difference in mood" in str(one)


def test_what_is_there_is_found(zeo):
    # own numbers of the data: total sleep with feeling in the morning, r 0.3368
    one = ss.associate(zeo, outcome="rested", factor="tst_min", adjust=())
    assert one.r == pytest.approx(0.3368, abs=5e-5)
    assert ss.associate(zeo, outcome="rested", factor="tst_min").status == "found"
