"""Whitening against dense Cholesky, and against certified autocorrelation by hand."""

import numpy as np
import pytest

from sleepstats.inference.whiten import noise_grid, whiten


def test_equals_dense_cholesky_at_every_noise_shape(error_correlation) -> None:
    rng = np.random.default_rng(3)
    number = np.sort(rng.permutation(80)[:50])
    columns = rng.normal(size=(50, 3))
    grid = noise_grid()
    whitened, half_log_det = whiten(columns, number, grid.phi, grid.kappa)
    assert whitened.shape == (45, 3, 50)
    for point, (phi, kappa) in enumerate(zip(grid.phi, grid.kappa, strict=True)):
        root = np.linalg.cholesky(error_correlation(number, phi, kappa))
        want = np.linalg.solve(root, columns).T
        np.testing.assert_allclose(whitened[point], want, rtol=0, atol=1e-10)
        assert half_log_det[point] == pytest.approx(np.log(np.diag(root)).sum(), abs=1e-10)


def test_without_memory_nothing_changes() -> None:
    columns = np.arange(6.0)[:, None]
    whitened, half_log_det = whiten(
        columns, np.array([0, 1, 2, 5, 6, 9]), np.array([0.0]), np.array([0.0])
    )
    np.testing.assert_array_equal(whitened[0, 0], columns[:, 0])
    assert half_log_det.tolist() == [0.0]


def test_a_gap_by_hand() -> None:
    # phi 0.5, nights 0 and 2: correlation 0.25, second innovation (4 - 0.25 * 2) / sqrt(1 - 1/16)
    whitened, _ = whiten(
        np.array([[2.0], [4.0]]), np.array([0, 2]), np.array([0.5]), np.array([0.0])
    )
    assert whitened[0, 0].tolist() == pytest.approx([2.0, 3.5 / np.sqrt(0.9375)])


def test_one_night() -> None:
    whitened, half_log_det = whiten(
        np.array([[2.0]]), np.array([4]), np.array([0.5]), np.array([0.3])
    )
    assert whitened.tolist() == [[[2.0]]]
    assert half_log_det.tolist() == [0.0]
