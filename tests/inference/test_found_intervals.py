"""False-coverage-rate intervals: the level by hand, the engine asked directly, BH agreed with."""

import numpy as np
import pytest

from sleepstats.errors import DiaryError
from sleepstats.inference import gls_slope, gls_slopes, gls_tables
from sleepstats.inference.none_alone import adjust_pvalues, level_of_found


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


def test_cells_that_are_asked_equal_the_engine_asked_for_each() -> None:
    y, x, z, night = _table(1, 30.0)
    cells = [(0, 0), (1, 1), (1, 4)]
    table, nothing = gls_tables([(y, x, z, night)] * 2, cells=[cells, []], level=0.985)
    for row, column in cells:
        one = gls_slope(y[:, row], x[:, column], z, night, level=0.985)
        got = table.at(row, column)
        assert [got.low, got.high, got.pvalue] == pytest.approx(
            [one.low, one.high, one.pvalue], rel=1e-9
        )
    others = np.ones((2, 5), dtype=bool)
    others[tuple(np.transpose(cells))] = False
    assert np.isnan(table.low[others]).all()
    assert np.isfinite(table.low[~others]).all()
    assert np.isnan(nothing.low).all()


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
        wider = gls_slopes(y, x, z, night, level=needed)
        low, high = wider.low, wider.high
        assert ((low[found] > 0) | (high[found] < 0)).all()
        assert (low[found] < table.low[found]).all()
        assert (high[found] > table.high[found]).all()
        found_rows += int(found.sum())
    assert found_rows > 8
