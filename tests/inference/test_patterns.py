"""Many patterns of gaps at once, against the engine that took each by itself, night by night."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sleepstats.arrays import orthonormal, products, spread
from sleepstats.inference import evidence, gls_slopes, gls_tables, guards, none_alone
from sleepstats.inference.guards import calendar_controls
from sleepstats.inference.whiten import mixture_interval, mixture_pvalue, noise_grid


def _one_by_one(y, x, controls, number, level=0.95):
    """One pair as the engine computed it before: a recursion of N steps, matrices as written."""
    grid = noise_grid()
    basis = np.linalg.qr(controls)[0]
    y, x = (column - basis @ (basis.T @ column) for column in (y, x))
    scale_y, scale_x = np.sqrt((y * y).mean()), np.sqrt((x * x).mean())
    columns = np.column_stack([basis, x / scale_x, y / scale_y])
    (n, k), log_weight, parts = basis.shape, [], []
    for phi, kappa, prior in zip(grid.phi, grid.kappa, grid.log_prior, strict=True):
        rows, variance, half_log_det = [columns[0]], 1.0, 0.0
        for night in range(1, n):
            a = phi ** float(number[night] - number[night - 1])
            after = 1.0 - a * a * (1.0 - 2.0 * kappa) - (a * kappa) ** 2 / variance
            carry = a * kappa / np.sqrt(variance * after)
            new = (columns[night] - a * columns[night - 1]) / np.sqrt(after)
            rows.append(new + carry * rows[-1])
            variance, half_log_det = after, half_log_det + 0.5 * np.log(after)
        q, root = np.linalg.qr(np.array(rows))
        explained, rest = root[k, -1], root[-1, -1]
        x_white = q[:, k] * np.sign(root[k, k])
        slope = explained * np.sign(root[k, k]) / abs(root[k, k])
        room = 1.0 - (q[:, : k + 1] ** 2).sum(axis=1)
        # a night with a column of its own has no room, and nothing of x is left there
        d = np.divide(x_white**2, room, out=np.zeros(n), where=room > 1e-12)
        variance_hc2 = (d * (rest * q[:, -1]) ** 2).sum() / root[k, k] ** 2
        norm = ((q[:, : k + 1].T * d) @ q[:, : k + 1]) ** 2
        df = 1.0 / ((d * d * (2.0 * room - 1.0)).sum() + norm.sum())
        parts.append((slope, np.sqrt(variance_hc2), np.clip(df, 2.0, n - k - 1)))
        log_weight.append(
            prior - half_log_det - np.log(np.abs(np.diag(root)[: k + 1])).sum()
            - 0.5 * (n - k - 1) * np.log(rest**2)
        )  # fmt: skip
    weight = np.exp(np.array(log_weight) - max(log_weight))
    weight = weight / weight.sum()
    weight = np.where(weight < 1e-10, 0.0, weight)[None] / weight[weight >= 1e-10].sum()
    centre, scale, df = (np.array(part)[None] for part in zip(*parts, strict=True))
    low, high = mixture_interval(weight, centre, scale, df, level)
    unit = scale_y / scale_x
    p = mixture_pvalue(weight, centre, scale, df)
    return unit * (weight * centre).sum(), unit * low[0], unit * high[0], p[0], (weight * df).sum()


def _diary(seed, n, share, habits):
    """Nights with gaps, an outcome with memory, habits that each lack nights of their own."""
    rng = np.random.default_rng(seed)
    night = np.sort(rng.permutation(n + n // 5)[:n])
    noise = rng.normal(size=n)
    for place in range(1, n):
        noise[place] += rng.choice([0.2, 0.6, 0.9]) * noise[place - 1]
    asked = []
    for habit in range(habits):
        kept = rng.random(n) >= share
        number = night[kept] - night[kept][0]
        x = rng.integers(0, 3, kept.sum()) if habit % 2 else rng.normal(size=kept.sum())
        controls = calendar_controls(number, number % 7, int(number[-1]) + 1)
        y = np.column_stack([noise[kept] + 0.1 * x, rng.normal(size=kept.sum())])
        asked.append((y, x[:, None].astype(float), controls, number))
    return asked


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(30, 150), st.sampled_from([0.0, 0.1, 0.3]))
def test_equals_one_pattern_at_a_time(seed, n, share) -> None:
    asked = _diary(seed, n, share, 2)
    for (y, x, controls, number), table in zip(asked, gls_tables(asked), strict=True):
        for row in range(2):
            got = table.at(row, 0)
            if got.reason:
                continue
            want = _one_by_one(y[:, row], x[:, 0], controls, number)
            width = want[2] - want[1]
            np.testing.assert_allclose(
                (got.estimate, got.low, got.high), want[:3], rtol=0, atol=1e-9 * width
            )
            np.testing.assert_allclose((got.pvalue, got.df), want[3:], rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize(("n", "habits"), [(250, 9), (60, 12)])
def test_no_answer_depends_on_what_else_is_asked(n, habits, monkeypatch) -> None:
    # to the bit: other patterns beside it, in another order, many enough for several blocks
    asked = _diary(7, n, 0.1, habits)
    if n == 60:  # five are stepped through at once, three of them whitened, then two
        monkeypatch.setattr(evidence, "_STEPS", 5 * 45 * 64)
        monkeypatch.setattr(evidence, "_TOGETHER", 3 * 45 * 8 * 64)
    together = gls_tables(asked)
    turned = gls_tables(asked[::-1])[::-1]
    for one, first, second in zip(asked, together, turned, strict=True):
        alone = gls_slopes(*one)
        for name in ("estimate", "low", "high", "pvalue", "df", "phi", "kappa"):
            assert getattr(first, name).tolist() == getattr(alone, name).tolist()
            assert getattr(second, name).tolist() == getattr(alone, name).tolist()


def test_patterns_that_cannot_be_asked_leave_the_others_alone() -> None:
    asked = _diary(3, 90, 0.2, 3)
    y, x, controls, number = asked[1]
    asked[1] = y, np.ones_like(x), controls, number
    asked.append((np.empty((0, 2)), np.empty((0, 1)), np.empty((0, 1)), np.empty(0, int)))
    tables = gls_tables(asked)
    assert tables[1].reason.tolist() == [["constant"], ["constant"]]
    assert tables[3].reason.tolist() == [["too few nights"], ["too few nights"]]
    assert tables[2].at(0, 0) == gls_slopes(*asked[2]).at(0, 0)
    assert gls_tables([]) == []


@pytest.mark.parametrize(("n", "width"), [(5, 3), (700, 12), (3650, 15), (900, 60)])
def test_products_in_pieces(n, width) -> None:
    # numpy's own products and QR, whole
    rng = np.random.default_rng(n)
    one, other = rng.normal(size=(2, width, n)), rng.normal(size=(2, 3, n))
    np.testing.assert_allclose(products(one, other), one @ other.transpose(0, 2, 1), atol=1e-10)
    mix = rng.normal(size=(2, width, width))
    np.testing.assert_allclose(spread(mix, one), mix @ one, atol=1e-12)
    basis, root = orthonormal(one[0].T)
    np.testing.assert_allclose(basis @ root, one[0].T, atol=1e-11)
    np.testing.assert_allclose(basis.T @ basis, np.eye(basis.shape[1]), atol=1e-13)
    want = np.abs(np.diag(np.linalg.qr(one[0].T, mode="r")))
    np.testing.assert_allclose(np.abs(np.diag(orthonormal(one[0].T)[1])), want, atol=1e-10)


def test_three_threads_or_one_give_the_same_bits_and_share_nothing_out() -> None:
    # a product that BLAS shares out makes the whole process work longer than this thread; waiting
    # threads of a product before (numpy's own start is one) turn for a while: they are let finish
    code = """
import time, hashlib, numpy as np
import sys; sys.path.insert(0, 'tests/inference')
from test_patterns import _diary
from sleepstats.inference import gls_tables
asked = _diary(1, 3000, 0.1, 3)
gls_tables(asked[:1])
quiet, alone = -1.0, []
while time.process_time() - quiet > 0.005:
    quiet = time.process_time()
    time.sleep(0.2)
for _ in range(5):
    own, whole = time.thread_time(), time.process_time()
    tables = gls_tables(asked)
    own, whole = time.thread_time() - own, time.process_time() - whole
    alone.append(whole < 1.3 * own)
print(any(alone), hashlib.sha256(b"".join(t.high.tobytes() for t in tables)).hexdigest())
"""
    one, three = (
        subprocess.run(
            [sys.executable, "-c", code], cwd=Path(__file__).parents[2], text=True, check=True,
            env={**os.environ, "OPENBLAS_NUM_THREADS": count}, capture_output=True,
        ).stdout
        for count in ("1", "3")
    )  # fmt: skip
    assert one == three
    assert three.startswith("True")


def test_sets_of_nights_cleared_together_are_those_cleared_alone() -> None:
    # to the bit, also beside a set whose controls repeat each other (it is cleared by itself)
    asked = _diary(11, 140, 0.15, 5)
    y, x, controls, number = asked[2]
    asked[2] = y, x, np.column_stack([controls, controls[:, 1] + 1e-6 * controls[:, 2]]), number
    together = guards.all_cleared(asked)
    for one, got in zip(asked, together, strict=True):
        alone = guards.cleared(*one)
        for name in ("basis", "left_y", "left_x"):
            assert getattr(got, name).tolist() == getattr(alone, name).tolist()
        assert got.reason.tolist() == alone.reason.tolist()
        # numpy's own QR and least squares
        basis = np.linalg.qr(one[2])[0][:, : got.basis.shape[1]]
        np.testing.assert_allclose(basis @ (basis.T @ got.left_y), 0.0, atol=1e-9)


def test_far_nights_of_many_sets_are_those_of_each() -> None:
    asked = [guards.cleared(*one) for one in _diary(5, 200, 0.2, 6)]
    for one in asked:
        one.outcomes[3] += 9.0  # a night far off
    cells = [[(0, 0), (1, 0)]] * len(asked)
    together = none_alone.all_that_counts(asked, cells)
    for one, (got, at) in zip(asked, together, strict=True):
        ((alone, where),) = none_alone.all_that_counts([one], cells[:1])
        assert at == where
        assert got.outcomes.tolist() == alone.outcomes.tolist()
        assert (got.outcomes[3, 2:] < one.outcomes[3]).all()
