"""What is refused, by hand."""

import numpy as np
import pytest

from sleepstats.inference.guards import control_basis, off_modal, without_controls


@pytest.mark.parametrize(
    ("values", "count"),
    [([], 0), ([4, 4, 4], 0), ([0, 0, 1, 1, 1], 2), ([1.5, 2.5, 3.5], 2), ([True, False], 1)],
)
def test_off_modal(values: list[float], count: int) -> None:
    assert off_modal(values) == count


def test_controls_leave_nothing_of_themselves() -> None:
    rng = np.random.default_rng(1)
    controls = np.column_stack([np.ones(30), rng.normal(size=(30, 3)) * [1, 1e6, 1e-6]])
    basis = control_basis(controls)
    np.testing.assert_allclose(basis.T @ basis, np.eye(4), atol=1e-12)
    left = without_controls(controls, basis)
    assert (np.abs(left) <= 1e-12 * np.abs(controls).max(axis=0)).all()
