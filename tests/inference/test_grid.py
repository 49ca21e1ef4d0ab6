"""The noise grid: its points and its prior, by hand."""

import numpy as np
import pytest

from sleepstats.inference.whiten import noise_grid


def test_twelve_by_four_with_no_persistence_once() -> None:
    grid = noise_grid()
    assert len(grid.phi) == len(grid.kappa) == len(grid.log_prior) == 11 * 4 + 1
    assert (grid.phi == 0).sum() == 1
    assert sorted(set(np.round(grid.phi, 2))) == [
        -0.3, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95
    ]  # fmt: skip


def test_prior_by_hand() -> None:
    # hand calculation: (width)(0.1 + phi)/(1 - phi)(1 - 0.8 kappa); at 0 the four shares add up
    grid = noise_grid()
    prior = dict(zip(zip(grid.phi, grid.kappa, strict=True), np.exp(grid.log_prior), strict=True))
    assert prior[0.5, 0.3] == pytest.approx(0.1 * 0.6 / 0.5 * 0.76)
    assert prior[0.95, 0.8] == pytest.approx(0.05 * 1.05 / 0.05 * 0.36)
    assert prior[0.0, 0.0] == pytest.approx(0.2 * 0.1 * (1 + 0.76 + 0.52 + 0.36))
    assert prior[-0.3, 0.0] == pytest.approx(0.3 * 0.1 / 0.7 * np.exp(-1.44))


def test_the_shared_arrays_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="read-only"):
        noise_grid().phi[0] = 1.0
