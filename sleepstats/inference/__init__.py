"""The regression engine: slopes with honest intervals for one person's nights.

Generalised least squares in calendar time. The errors are a slow AR(1) part plus one-night noise;
their two parameters are averaged over a fixed grid rather than plugged in. Variances are HC2 on
the whitened residuals with Bell-McCaffrey degrees of freedom. No random numbers are drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sleepstats.arrays import Bools, Floats, Ints, padded
from sleepstats.errors import DiaryError, spelled
from sleepstats.inference import evidence, guards
from sleepstats.inference.whiten import mixture_interval, mixture_pvalue, noise_grid


@dataclass(frozen=True)
class Slope:
    """One slope: outcome units per unit of the factor, controls removed; NaN with a reason."""

    estimate: float
    low: float
    high: float
    #: Two-sided, of a zero slope; agrees with the interval.
    pvalue: float
    #: Degrees of freedom of the interval, averaged over the noise shapes.
    df: float
    #: Nights used, columns of controls used (intercept counted).
    n: int
    k: int
    #: Average persistence and one-night share of the errors.
    phi: float
    kappa: float
    #: Empty, or why there is no answer.
    reason: str


@dataclass(frozen=True)
class SlopeTable:
    """Slopes (q, p) of q outcomes on p factors, one at a time; fields as in :class:`Slope`."""

    estimate: Floats
    low: Floats
    high: Floats
    pvalue: Floats
    df: Floats
    phi: Floats
    kappa: Floats
    reason: NDArray[np.str_]
    n: int
    k: int
    #: (4, 45) of each cell told: weights of the noise shapes, slopes, their errors, their df.
    mixtures: dict[tuple[int, int], Floats] = field(repr=False)

    def at(self, outcome: int, factor: int) -> Slope:
        """Return one cell of the table."""
        cell = (outcome, factor)
        return Slope(
            estimate=float(self.estimate[cell]),
            low=float(self.low[cell]),
            high=float(self.high[cell]),
            pvalue=float(self.pvalue[cell]),
            df=float(self.df[cell]),
            n=self.n,
            k=self.k,
            phi=float(self.phi[cell]),
            kappa=float(self.kappa[cell]),
            reason=str(self.reason[cell]),
        )


@dataclass(frozen=True)
class JointTest:
    """Test that several columns together have no slope: F averaged over the noise shapes."""

    fvalue: float
    #: Average of the F tail probabilities.
    pvalue: float
    #: Columns tested that are not repeated, degrees of freedom of the errors.
    df1: int
    df2: int
    n: int
    reason: str


STANDARD_ERRORS = ("hc2", "model")


def gls_slopes(
    Y: ArrayLike,
    X: ArrayLike,
    Z: ArrayLike,
    number: ArrayLike,
    *,
    level: float = 0.95,
    se: str = "hc2",
) -> SlopeTable:
    """Slopes of q outcomes (N, q) on p factors (N, p), each alone beside the controls Z (N, k).

    ``se="model"`` trusts the error model: 8 to 10 % false positives where weekends vary more.
    Bell & McCaffrey 2002; Imbens & Kolesar 2016, doi:10.1162/REST_a_00552.
    """
    return gls_tables([(Y, X, Z, number)], level=level, se=se)[0]


def gls_tables(
    asked: Sequence[guards.Cleared | tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike]],
    *,
    cells: Sequence[Sequence[tuple[int, int]]] | None = None,
    level: float = 0.95,
    se: str = "hc2",
) -> list[SlopeTable]:
    """Answer ``(Y, X, Z, number)`` of many patterns of gaps as :func:`gls_slopes` does each.

    Or what :func:`sleepstats.inference.guards.cleared` made of them; no answer depends on what else
    is asked. Where `cells` (outcome, factor) of each pattern are given, only they are told.
    """
    _check_options(level, se)
    ready = [
        _made_ready(
            one if isinstance(one, guards.Cleared) else guards.cleared(*one),
            None if cells is None else cells[place],
        )
        for place, one in enumerate(asked)
    ]
    # patterns of about one length step through their nights together
    alike: dict[tuple[int, ...], list[int]] = {}
    for place, one in enumerate(ready):
        if len(one.rows) and len(one.cols):
            alike.setdefault(one.size, []).append(place)
    found: list[tuple[_Ready, evidence.AtNoise]] = []
    for places in alike.values():
        group = [ready[place] for place in places]
        told = evidence.weigh_patterns(
            [one.columns for one in group], [one.number for one in group],
            [one.pairs for one in group], group[0].k, len(group[0].cols), robust=se == "hc2",
        )  # fmt: skip
        found += zip(group, told, strict=True)
    _fill_in(found, level)
    return [
        SlopeTable(**one.answers, reason=one.reason, n=one.n, k=one.k, mixtures=one.mixtures)
        for one in ready
    ]


@dataclass(frozen=True, eq=False)
class _Ready:
    """One pattern of gaps, in calendar order and standardised; which pairs can be asked."""

    number: Ints
    basis: Floats
    columns: Floats  # controls, factors, outcomes
    rows: Ints
    cols: Ints
    asked: Bools  # (rows, cols): which pairs are
    unit: Floats
    reason: NDArray[np.str_]
    answers: dict[str, Floats]
    mixtures: dict[tuple[int, int], Floats] = field(default_factory=dict)

    @property
    def n(self) -> int:
        return len(self.number)

    @property
    def k(self) -> int:
        return int(self.basis.shape[1])

    @property
    def pairs(self) -> tuple[Ints, Ints]:
        """Outcome and factor of each pair that is asked about."""
        row, column = np.nonzero(self.asked)
        return row, column

    @property
    def size(self) -> tuple[int, ...]:
        """What patterns must share to be whitened together."""
        return padded(self.n), self.k, len(self.cols), len(self.rows)


def _made_ready(one: guards.Cleared, cells: Sequence[tuple[int, int]] | None) -> _Ready:
    """Standardise one pattern and say what cannot be asked."""
    reason, nights, basis = one.reason, one.number, one.basis
    names = ("estimate", "low", "high", "pvalue", "df", "phi", "kappa")
    empty = {name: np.full(reason.shape, np.nan) for name in names}
    asked = np.full(reason.shape, cells is None)
    for cell in cells or ():
        asked[cell] = True
    asked &= reason == ""
    rows, cols = np.flatnonzero(asked.any(axis=1)), np.flatnonzero(asked.any(axis=0))
    asked = asked[np.ix_(rows, cols)]
    if not asked.any():
        nothing = np.empty((len(nights), 0))
        return _Ready(nights, basis, nothing, rows, cols, asked, nothing, reason, empty)
    left_y, scale_y = guards.standardised(one.left_y[:, rows])
    left_x, scale_x = guards.standardised(one.left_x[:, cols])
    columns = np.concatenate([basis, left_x, left_y], axis=1)
    unit = scale_y[:, None] / scale_x[None, :]
    return _Ready(nights, basis, columns, rows, cols, asked, unit, reason, empty)


def _fill_in(found: Sequence[tuple[_Ready, evidence.AtNoise]], level: float) -> None:
    """Average over the noise shapes, every pair of every pattern at once, and write it down."""
    if not found:
        return
    weight, centre, variance, freedom = (
        np.ascontiguousarray(np.concatenate([getattr(told, name).T for _, told in found]))
        for name in ("weight", "slope", "variance", "df")
    )
    scale = np.sqrt(variance)
    answers = _averages(weight, centre, scale, freedom, level)
    start = 0
    for one, _ in found:
        row, column = one.pairs
        cells, unit = (one.rows[row], one.cols[column]), one.unit[one.asked]
        stop = start + len(row)
        mine = {name: values[start:stop] for name, values in answers.items()}
        at = np.stack([part[start:stop] for part in (weight, centre, scale, freedom)], axis=1)
        at[:, 1:3] *= unit[:, None, None]
        own = zip(cells[0].tolist(), cells[1].tolist(), strict=True)
        one.mixtures.update(zip(own, at, strict=True))
        start = stop
        # the weight lies on too few nights: their variance is hardly known
        weak = mine["df"] < guards.LEAST_DF
        one.reason[cells] = np.where(weak, guards.TOO_FEW_INFORMATIVE, "")
        for name, values in mine.items():
            if name in ("estimate", "low", "high"):
                values = values * unit
            if name in ("estimate", "low", "high", "pvalue"):
                values = np.where(weak, np.nan, values)
            one.answers[name][cells] = values


def gls_slope(
    y: ArrayLike,
    x: ArrayLike,
    Z: ArrayLike,
    number: ArrayLike,
    *,
    level: float = 0.95,
    se: str = "hc2",
) -> Slope:
    """Slope of one outcome on one factor; see :func:`gls_slopes`."""
    table = gls_slopes(
        np.asarray(y)[:, None],
        np.asarray(x)[:, None],
        Z,
        number,
        level=level,
        se=se,
    )
    return table.at(0, 0)


def _averages(
    weight: Floats, centre: Floats, scale: Floats, freedom: Floats, level: float
) -> dict[str, Floats]:
    """Estimate, interval, p-value and averages of every pair, in standardised units."""
    grid = noise_grid()
    # averaged, not plugged in: an interval that knows its noise for sure is too short
    low, high = mixture_interval(weight, centre, scale, freedom, level)
    return {
        "estimate": (weight * centre).sum(axis=1),
        "low": low,
        "high": high,
        "pvalue": mixture_pvalue(weight, centre, scale, freedom),
        "df": (weight * freedom).sum(axis=1),
        # not a product of matrices, whose last bit depends on how many pairs are asked
        "phi": (weight * grid.phi).sum(axis=1),
        "kappa": (weight * grid.kappa).sum(axis=1),
    }


def _check_options(level: float, se: str) -> None:
    """Refuse an option that does not exist."""
    problems = []
    if not 0.0 < level < 1.0:
        problems.append(f"level: {spelled(level)} is not between 0 and 1. Write 0.95 for 95 %.")
    if se not in STANDARD_ERRORS:
        problems.append(f"se: {se!r} is not known. Write 'hc2' or 'model'.")
    if problems:
        raise DiaryError(problems)


def gls_joint(y: ArrayLike, X: ArrayLike, Z: ArrayLike, number: ArrayLike) -> JointTest:
    """Test columns X (N, m) together, such as the kinds of one factor, by F."""
    from scipy.special import fdtrc

    outcome, columns, controls, nights = guards.in_calendar_order(
        np.asarray(y)[:, None], X, Z, number
    )
    basis = guards.control_basis(controls)
    n, k = basis.shape
    left_y = guards.without_controls(outcome, basis)
    tested = guards.without_controls(columns, basis)
    # centred, so that a column far from zero is not taken for a repetition of the intercept
    whole = np.concatenate([basis, columns - columns.mean(axis=0)], axis=1)
    kept = guards.independent_columns(whole)
    tested = tested[:, kept[kept >= k] - k]
    m = tested.shape[1]
    spare = n - k - m
    reason = str(guards.column_reasons(outcome, left_y, spare)[0])
    reason = reason if reason in ("", guards.TOO_FEW_NIGHTS) else guards.OUTCOME + reason
    reason = guards.CONSTANT_GIVEN_CONTROLS if m == 0 else reason
    if reason:
        return JointTest(np.nan, np.nan, m, spare, n, reason)
    weight, fvalue = evidence.joint_evidence(
        basis, np.linalg.qr(tested)[0], guards.standardised(left_y)[0], nights
    )
    pvalue = float(weight @ np.asarray(fdtrc(m, spare, fvalue)))
    return JointTest(float(weight @ fvalue), pvalue, m, spare, n, "")
