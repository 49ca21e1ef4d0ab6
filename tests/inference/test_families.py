"""Families of p-values against statsmodels and by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from sleepstats.errors import DiaryError
from sleepstats.inference.none_alone import adjust_pvalues


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_equals_statsmodels(pvalues: list[float]) -> None:
    for family, name in [("bh", "fdr_bh"), ("holm", "holm")]:
        want = multipletests(pvalues, method=name)[1]
        np.testing.assert_allclose(adjust_pvalues(pvalues, family=family), want, atol=1e-12)


def test_refused_questions_stay_refused_and_do_not_count() -> None:
    # by hand: two questions, BH: min(.02 * 2 / 1, .04 * 2 / 2) = .04, .04; Holm: .04, .04
    for family in ("bh", "holm"):
        got = adjust_pvalues([[0.02, np.nan], [0.04, np.nan]], family=family)
        np.testing.assert_allclose(got, [[0.04, np.nan], [0.04, np.nan]])


def test_none_and_nothing_asked() -> None:
    assert adjust_pvalues([0.5, 0.01], family="none").tolist() == [0.5, 0.01]
    assert np.isnan(adjust_pvalues([np.nan, np.nan])).all()
    assert adjust_pvalues([]).tolist() == []


def test_the_given_p_values_are_left_alone() -> None:
    given_values = np.array([0.01, 0.2])
    adjust_pvalues(given_values, family="holm")
    assert given_values.tolist() == [0.01, 0.2]


def test_wrong_family_and_wrong_values_are_named() -> None:
    with pytest.raises(DiaryError) as caught:
        adjust_pvalues([0.1], family="hol")
    assert str(caught.value) == (
        "family: 'hol' is not known. Write 'bh', 'holm' or 'none'. Did you mean 'holm'?"
    )
    with pytest.raises(DiaryError) as caught:
        adjust_pvalues([0.1, 1.5])
    assert str(caught.value) == "pvalues: 1.5 is not a p-value. Give values of 0 to 1."
