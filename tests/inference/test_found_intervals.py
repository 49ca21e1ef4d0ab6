"""False-coverage-rate intervals: the level by hand, the engine asked directly, BH agreed with."""

import numpy as np
import pytest

from sleepstats.errors import DiaryError
from sleepstats.inference.families import adjust_pvalues
from sleepstats.inference.found_intervals import found_intervals, level_of_found
from sleepstats.inference.gls import gls_slope, gls_slopes


def test_the_level_by_hand() -> None:
    # 1 - .05 * 3 / 24 and 1 - .10 * 1 / 10; nothing and everything found leave the level alone
    assert level_of_found(3, 24) == pytest.approx(0.99375, abs=1e-15)
    assert level_of_found(1, 10, level=0.9) == pytest.approx(0.99, abs=1e-15)
    assert level_of_found(0, 24) == level_of_found(24, 24) == pytest.approx(0.95)
    assert level_of_found(0, 0) == 0.95


def test_what_cannot_be_is_named() -> None:
    for found, asked in [(3, 2), (-1, 2)]:
        with pytest.raises(DiaryError) as caught:
            level_of_found(found, asked)
        assert str(caught.value) == (
            f"found: {found} of {asked} questions asked. Give the questions found, 0 up to the "
            "number asked."
        )
    with pytest.raises(DiaryError, match="level: 95 is not between 0 and 1"):
        level_of_found(1, 2, level=95)


def _table(seed: int, effect: float) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    night = np.delete(np.arange(70), [5, 6, 30])
    x = rng.normal(size=(len(night), 5))
    y = rng.normal(size=(len(night), 2)) * 40 + effect * x[:, [0, 1]]
    return y, x, np.column_stack([np.ones(len(night)), night / 70]), night


def test_found_pairs_equal_the_engine_asked_for_each() -> None:
    y, x, z, night = _table(1, 30.0)
    found = np.zeros((2, 5), dtype=bool)
    found[0, 0] = found[1, 1] = found[1, 4] = True
    low, high = found_intervals(y, x, z, night, found, level=0.985)
    for row, column in zip(*np.nonzero(found), strict=True):
        one = gls_slope(y[:, row], x[:, column], z, night, level=0.985)
        assert [low[row, column], high[row, column]] == pytest.approx([one.low, one.high], rel=1e-9)
    assert np.isnan(low[~found]).all()
    assert np.isnan(high[~found]).all()


def test_nothing_found_asks_nothing() -> None:
    y, x, z, night = _table(2, 0.0)
    low, high = found_intervals(y, x, z, night, np.zeros((2, 5), dtype=bool), level=0.95)
    assert low.shape == high.shape == (2, 5)
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_another_shape_is_named() -> None:
    y, x, z, night = _table(2, 0.0)
    with pytest.raises(DiaryError) as caught:
        found_intervals(y, x, z, night, [True, False], level=0.95)
    assert str(caught.value) == (
        "found has shape (2,); one truth value for each outcome and factor, (2, 5), was expected."
    )


@pytest.mark.parametrize("family", ["bh", "holm"])
@pytest.mark.parametrize("level", [0.95, 0.9])
def test_the_interval_of_a_found_row_never_holds_zero(family: str, level: float) -> None:
    # Benjamini & Yekutieli 2005, section 4: BH's rejections are those whose intervals leave zero
    found_rows = 0
    for seed in range(12):
        y, x, z, night = _table(seed, 18.0)
        table = gls_slopes(y, x, z, night, level=level)
        found = adjust_pvalues(table.pvalue, family=family) < 1 - level
        needed = level_of_found(int(found.sum()), found.size, level=level)
        low, high = found_intervals(y, x, z, night, found, level=needed)
        assert ((low[found] > 0) | (high[found] < 0)).all()
        assert (low[found] < table.low[found]).all()
        assert (high[found] > table.high[found]).all()
        found_rows += int(found.sum())
    assert found_rows > 8
