"""Verdicts over a family; adjusted p-values by hand, power through the noncentral t."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sleepstats.asking import Asking, prepare, verdicts
from sleepstats.asking.estimation import Answer, Precision
from sleepstats.asking.verdicts import judge

BH = Asking(("weekday", "trend"), "pearson", "bh", 0.95)


@pytest.fixture
def question():
    index = pd.date_range("2026-01-01", periods=40, name="night")
    rng = np.random.default_rng(1)
    nights = pd.DataFrame(
        {"tst_min": rng.normal(420, 40, 40), "tea": np.arange(40) % 2 == 0}, index=index
    )
    return prepare(nights, [("tst_min", "tea")])[1][0]


def answered(pvalue, *, half=10.0, large=40.0, df=30.0):
    precision = (Precision(large, -half, half, df),)
    return Answer(40, "not found", "", pvalue=pvalue, precision=precision)


def refused():
    return Answer(3, "refused", "too few nights: 3")


def test_refused_questions_do_not_count_in_the_family(question):
    answers = [answered(0.03), refused(), answered(0.02), answered(0.9)]
    judged = judge([question] * 4, answers, BH)
    # Benjamini-Hochberg over three: 0.03 * 3 / 2 and 0.02 * 3 / 1 = 0.06, cut to the next, 0.045
    assert [one.pvalue_family for one in judged if one.status != "refused"] == pytest.approx(
        [0.045, 0.045, 0.9]
    )
    assert [one.status for one in judged] == ["found", "refused", "found", "not found"]
    assert judged[1] is answers[1]


def test_level_is_the_threshold(question):
    strict = Asking((), "pearson", "none", 0.99)
    loose = Asking((), "pearson", "none", 0.9)
    assert judge([question], [answered(0.03)], strict)[0].status == "not found"
    assert judge([question], [answered(0.03)], loose)[0].status == "found"


def test_out_of_reach_is_the_power_for_a_large_effect(question):
    # interval of +-60 at 30 df: standard error 60 / 2.0423; large is 40
    error = 60 / stats.t.ppf(0.975, 30)
    critical = stats.t.ppf(1 - 0.05 / 2 / 2, 30)
    power = stats.nct.sf(critical, 30, 40 / error)
    assert power < 0.2
    judged = judge([question] * 2, [answered(0.5, half=60.0), answered(0.001)], BH)
    assert [one.status for one in judged] == ["unreachable", "found"]
    assert judged[0].reason == (
        "out of reach: with 40 nights and 2 questions, even a large difference (40 min, one "
        f"standard deviation) would be noticed in only {100 * power:.0f} of 100 such diaries"
    )


def test_what_was_found_was_in_reach(question):
    assert judge([question], [answered(0.001, half=500.0)], BH)[0].status == "found"


def test_kinds_go_by_the_contrast_measured_best(question):
    both = (Precision(40.0, -500.0, 500.0, 30.0), Precision(40.0, -10.0, 10.0, 30.0))
    lost = (Precision(40.0, np.nan, np.nan, np.nan),)
    answers = [
        Answer(40, "not found", "", pvalue=0.5, precision=both),
        Answer(40, "not found", "", pvalue=0.5, precision=lost),
    ]
    assert [one.status for one in judge([question] * 2, answers, BH)] == [
        "not found",
        "unreachable",
    ]


def test_nothing_asked():
    assert judge([], [], BH) == []


def test_a_p_value_at_the_level_is_not_below_it(question):
    """Found is what lies below; 0.25 and 0.75 are exact in binary, so nothing rounds."""
    quarter = Asking((), "pearson", "none", 0.75)
    statuses = [
        judge([question], [answered(p)], quarter)[0].status
        for p in (0.25, np.nextafter(0.25, 0.0), np.nextafter(0.25, 1.0))
    ]
    assert statuses == ["not found", "found", "not found"]


def test_a_power_at_the_bound_is_within_reach(question, monkeypatch):
    """Out of reach is what lies below UNREACHABLE_BELOW, by its documentation."""
    answers = [answered(0.5, half=60.0)]
    chance = verdicts.chances_of_large(answers, 1, 0.95)[0]
    for bound, status in (
        (chance, "not found"),
        (np.nextafter(chance, 1.0), "unreachable"),
    ):
        monkeypatch.setattr(verdicts, "UNREACHABLE_BELOW", bound)
        assert judge([question], answers, BH)[0].status == status
