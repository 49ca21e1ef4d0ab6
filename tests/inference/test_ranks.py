"""Average ranks against scipy."""

import numpy as np
from scipy import stats

from sleepstats.inference.ranks import average_ranks


def test_equals_scipy_on_ties() -> None:
    values = np.random.default_rng(2).integers(0, 6, size=(40, 3)).astype(float)
    np.testing.assert_array_equal(average_ranks(values), stats.rankdata(values, axis=0))
    np.testing.assert_array_equal(average_ranks(values[:, 0]), stats.rankdata(values[:, 0]))


def test_nothing_to_rank() -> None:
    assert average_ranks([]).tolist() == []
