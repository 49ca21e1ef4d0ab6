"""What comes before every question: week and slow drift taken out, and whether it can be asked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sleepstats.arrays import Floats, Ints, orthonormal, padded, products, spread
from sleepstats.errors import DiaryError, did_you_mean

ADJUSTMENTS = ("weekday", "trend")
FULL_WEEK_FROM = 130  # nights; `benchmarks/tried.md` has what six columns cost and save
WEEK_DIFFERS_BELOW = 0.1  # p-value below which a short diary has six all the same
NIGHTS_PER_WAVE = 45
MOST_WAVES = 4
FRIDAY, SATURDAY, SUNDAY = 4, 5, 6
_CLEARLY = 1e-2  # above this share of a column no rounding of products can hide a repetition
REPEATED = 1e-9  # a column counts as new when more than this share of its length is new


def night_numbers(days: ArrayLike) -> Ints:
    """Return calendar night numbers of evening dates, the first 0; a missing night leaves a gap."""
    dates = np.asarray(days).astype("datetime64[D]")
    if dates.size == 0:
        return np.zeros(0, dtype=np.int64)
    days_since: Ints = (dates - dates.min()).astype(np.int64)
    return days_since


def calendar_controls(
    number: ArrayLike,
    weekday: ArrayLike,
    span: int,
    *,
    adjust: Collection[str] = ADJUSTMENTS,
    used: ArrayLike | None = None,
    each_weekday: bool = False,
) -> Floats:
    """Columns (N, k) that take weekday (Monday 0) and slow drift out; the intercept is first.

    What does not vary among the rows ``used``, or repeats earlier columns there, is dropped.
    ``each_weekday``: six columns for the week, however short the diary.
    """
    strange = [name for name in adjust if name not in ADJUSTMENTS]
    if strange:
        raise DiaryError(
            [
                f"adjust: {name!r} is not a calendar control. Write any of 'weekday' and 'trend', "
                f"or () for none.{did_you_mean(name, ADJUSTMENTS)}"
                for name in strange
            ]
        )
    night = np.asarray(number, dtype=np.float64)
    day = np.asarray(weekday)
    columns = [np.ones(len(night))]
    if "weekday" in adjust:
        # six columns cost too many of the nights of a short diary: what differs most, Friday and
        # Saturday, and Sunday, then stand for the week
        days: list[tuple[int, ...]] = [(which,) for which in range(1, 7)]
        if span < FULL_WEEK_FROM and not each_weekday:
            days = [(FRIDAY, SATURDAY), (SUNDAY,)]
        columns += [
            np.logical_or.reduce([day == one for one in which]).astype(np.float64) for which in days
        ]
    if "trend" in adjust and span > 1:
        # a line, and cosines so slow that a habit of a week or two is not taken out with them
        columns.append(2.0 * night / (span - 1) - 1.0)
        columns += [
            np.cos(np.pi * (wave + 2) * (night + 0.5) / span)
            for wave in range(min(MOST_WAVES, span // NIGHTS_PER_WAVE))
        ]
    controls = np.column_stack(columns)
    rows = controls if used is None else controls[np.asarray(used, dtype=bool)]
    return controls[:, independent_columns(rows)]


def weekdays_differ(
    y: Floats, number: Ints, weekday: Ints, bases: dict[bytes, list[Floats]] | None = None
) -> bool:
    """Say whether weekdays differ beyond what two columns tell of the week of a short diary.

    F test, y may have gaps; a person whose short night is Thursday's needs all six columns.
    """
    from scipy.special import fdtrc

    known = np.isfinite(y)
    night, span = number[known], int(np.ptp(number[known])) + 1 if known.any() else 0
    if not 0 < span < FULL_WEEK_FROM:
        return False
    bases, key = {} if bases is None else bases, known.tobytes()  # other outcomes share them
    if key not in bases:
        day, since = weekday[known], night - night.min()
        z = (calendar_controls(since, day, span, each_weekday=six) for six in (False, True))
        bases[key] = [control_basis(one) for one in z]
    left = [without_controls(y[known, None], basis) for basis in bases[key]]
    few, all_six = (float((rest * rest).sum()) for rest in left)
    spare, beside = (len(night) - basis.shape[1] for basis in bases[key])
    if beside < LEAST_SPARE or beside == spare or all_six <= _NOTHING * few:
        return False
    ratio = (few - all_six) / (spare - beside) / (all_six / beside)
    return bool(fdtrc(spare - beside, beside, max(ratio, 0.0)) < WEEK_DIFFERS_BELOW)


def independent_columns(columns: Floats, *, tolerance: float = REPEATED) -> Ints:
    """Positions of the columns that are not a linear combination of the columns before them."""
    length = np.sqrt((columns * columns).sum(axis=0))
    kept = np.flatnonzero(length > 0)
    if 0 < len(kept) <= len(columns) and tolerance < _CLEARLY:
        rows = columns if len(kept) == len(length) else columns[:, kept]
        if _root_of(rows.T / length[kept, None]) is not None:
            return kept
    while True:
        block = kept[: len(columns)]
        if not len(block):
            return block
        # the diagonal of R is what of each column is new beside those before it
        fresh = np.abs(np.diag(orthonormal(columns[:, block] / length[block])[1]))
        repeated = np.flatnonzero(fresh <= tolerance)
        if not len(repeated):
            return block
        # only the first can be trusted: after a repeated column the rest of R is of no column
        kept = np.delete(kept, repeated[0])


def clearly_apart(rows: Floats) -> Floats | None:
    """Make rows (k, N) of unit length orthonormal by their products; None where nearly repeated."""
    root = _root_of(rows)
    return None if root is None else spread(np.linalg.inv(root), rows)


def _root_of(rows: Floats) -> Floats | None:
    """Root of the products of rows; its diagonal is what of each is new beside those before it."""
    try:
        root: Floats = np.asarray(np.linalg.cholesky(products(rows, rows)), dtype=np.float64)
    except np.linalg.LinAlgError:
        return None
    return root if np.diag(root).min() > _CLEARLY else None


def in_calendar_order(
    Y: ArrayLike, X: ArrayLike, Z: ArrayLike, number: ArrayLike
) -> tuple[Floats, Floats, Floats, Ints]:
    """Complete arrays in calendar order, or a DiaryError that says what does not fit."""
    nights = np.asarray(number)
    tables = {
        name: np.asarray(table, dtype=np.float64) for name, table in (("Y", Y), ("X", X), ("Z", Z))
    }
    problems = [
        f"{name} has shape {table.shape}; one row for each of {len(nights)} night numbers and "
        "one column per series were expected."
        for name, table in tables.items()
        if table.ndim != 2 or len(table) != len(nights)
    ]
    problems += [
        f"{name} holds {int((~np.isfinite(table)).sum())} values that are missing or infinite. "
        "Leave those nights out first; gaps in the night numbers are understood."
        for name, table in tables.items()
        if not np.isfinite(table).all()
    ]
    order = np.argsort(nights, kind="stable")
    nights = nights[order].astype(np.int64)
    if (np.diff(nights) == 0).any():
        twice = int(nights[1:][np.diff(nights) == 0][0])
        problems.append(f"number holds night {twice} twice; one row per night was expected.")
    if problems:
        raise DiaryError(problems)
    outcomes, factors, controls = (table[order] for table in tables.values())
    return outcomes, factors, controls, nights


def standardised(columns: Floats) -> tuple[Floats, Floats]:
    """Columns without the controls scaled to unit mean square, and the scales."""
    scale = np.sqrt((columns * columns).mean(axis=0))
    return columns / scale, scale


CONSTANT = "constant"
TOO_FEW_NIGHTS = "too few nights"
ONE_SIDE_TOO_RARE = "one side too rare"
CONSTANT_GIVEN_CONTROLS = "constant given the controls"
TOO_FEW_INFORMATIVE = "too few informative nights"
OUTCOME = "outcome "  # in front of a code when it is the outcome that cannot be analysed

LEAST_SPARE = 5  # N - k - 1
LEAST_OFF_MODAL = 3
LEAST_DF = 4.0
_ENOUGH = 64  # nights among which columns that vary mostly show it
_NOTHING = 1e-12  # share of the variance that counts as none


def off_modal(values: ArrayLike) -> int:
    """Count the nights whose value differs from the most frequent value."""
    column = np.asarray(values)
    if column.size == 0:
        return 0
    ordered = np.sort(column)
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    return int(column.size - np.diff(starts, append=column.size).max())


def control_basis(controls: Floats) -> Floats:
    """Orthonormal columns (N, k) spanning the controls; repeated controls are dropped."""
    length = np.sqrt((controls * controls).sum(axis=0))
    if 0 < controls.shape[1] <= len(controls) and length.all():
        across = clearly_apart(controls.T / length[:, None])
        if across is not None:  # as mostly; a second pass takes out what rounding left
            again = clearly_apart(across)
            return (across if again is None else again).T
        basis, root = orthonormal(controls / length)
        if (np.abs(np.diag(root)) > REPEATED).all():  # nothing to drop
            return basis
    kept = independent_columns(controls)
    return orthonormal(controls[:, kept])[0]


def without_controls(columns: Floats, basis: Floats) -> Floats:
    """Residuals of the columns on an orthonormal basis, projected twice against rounding."""
    across = basis.T
    left = columns - spread(products(across, columns.T).T, across).T
    return left - spread(products(across, left.T).T, across).T


def column_reasons(columns: Floats, residual: Floats, spare: int) -> NDArray[np.str_]:
    """Why each column cannot be analysed; empty where it can. ``spare``: ``N - k - 1``."""
    reasons = np.full(columns.shape[1], "", dtype="U48")
    if not len(columns):
        reasons[:] = TOO_FEW_NIGHTS
        return reasons
    off = _off_one_of_three(columns[:_ENOUGH])
    if off.min(initial=LEAST_OFF_MODAL) < LEAST_OFF_MODAL:  # hardly ever: then all nights count
        off = _off_one_of_three(columns)
    total = columns - columns.mean(axis=0)
    total *= total
    nothing = (residual * residual).sum(axis=0) <= _NOTHING * total.sum(axis=0)
    if spare >= LEAST_SPARE and off.min(initial=LEAST_OFF_MODAL) >= LEAST_OFF_MODAL:
        reasons[nothing] = CONSTANT_GIVEN_CONTROLS
        return reasons
    few = np.full(off.shape, spare < LEAST_SPARE)
    codes = (CONSTANT, TOO_FEW_NIGHTS, ONE_SIDE_TOO_RARE, CONSTANT_GIVEN_CONTROLS)
    return np.select([off == 0, few, off < LEAST_OFF_MODAL, nothing], codes, "").astype("U48")


def _off_one_of_three(columns: Floats) -> Ints:
    """Count the rows off that of the first three values from which the fewest differ.

    Where at most two nights differ from the commonest value, one of the first three has it.
    """
    off: Ints = (columns != columns[:LEAST_OFF_MODAL, None]).sum(axis=1).min(axis=0)
    return off


def of_outcome(reasons: NDArray[np.str_]) -> NDArray[np.str_]:
    """Say of codes that they are about the outcome, where they are not about the nights."""
    if not reasons.astype(bool).any():
        return reasons
    of_nights = (reasons == "") | (reasons == TOO_FEW_NIGHTS)
    return np.where(of_nights, reasons, np.char.add(OUTCOME, reasons))


@dataclass(frozen=True, eq=False)
class Cleared:
    """One set of nights in calendar order: columns with and without controls, and what is refused.

    Worked out once for everything that is asked of the same nights.
    """

    number: Ints
    basis: Floats
    outcomes: Floats
    factors: Floats
    left_y: Floats
    left_x: Floats
    #: Codes of the columns, bare.
    of_y: NDArray[np.str_]
    of_x: NDArray[np.str_]

    @property
    def reason(self) -> NDArray[np.str_]:
        """Why each pair (q, p) cannot be asked; empty where it can."""
        return np.where(
            self.of_x[None, :] != "", self.of_x[None, :], of_outcome(self.of_y)[:, None]
        )


def cleared(Y: ArrayLike, X: ArrayLike, Z: ArrayLike, number: ArrayLike) -> Cleared:
    """Check outcomes (N, q), factors (N, p) and controls (N, k), and take the controls out."""
    return all_cleared([(Y, X, Z, number)])[0]


def all_cleared(
    asked: Sequence[tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike]],
) -> list[Cleared]:
    """As :func:`cleared` for many sets of nights; those of about one length at once."""
    told = [in_calendar_order(*one) for one in asked]
    both = [np.concatenate([y, x], axis=1) for y, x, _, _ in told]
    alike: dict[tuple[int, ...], list[int]] = {}
    for place, (columns, one) in enumerate(zip(both, told, strict=True)):
        size = padded(len(columns)), one[2].shape[1], columns.shape[1]
        alike.setdefault(size, []).append(place)
    found: dict[int, tuple[Floats, Floats]] = {}
    for (length, k, width), places in alike.items():
        rows, columns = (np.zeros((len(places), most, length)) for most in (k, width))
        for row, place in enumerate(places):
            rows[row, :, : len(both[place])] = told[place][2].T
            columns[row, :, : len(both[place])] = both[place].T
        for row, (across, left) in enumerate(zip(*_all_without(rows, columns), strict=True)):
            n = len(both[places[row]])
            if np.isfinite(across[:1, :1]).all():
                found[places[row]] = across[:, :n].T, left[:, :n].T
    sets = []
    for place, (outcomes, factors, controls, nights) in enumerate(told):
        basis, left = found.get(place) or (control_basis(controls), both[place])
        if place not in found:
            left = without_controls(both[place], basis)
        reasons = column_reasons(both[place], left, len(nights) - basis.shape[1] - 1)
        q = outcomes.shape[1]
        parts = left[:, :q], left[:, q:], reasons[:q], reasons[q:]
        sets.append(Cleared(nights, basis, outcomes, factors, *parts))
    return sets


def _all_without(rows: Floats, columns: Floats) -> tuple[Floats, Floats]:
    """Orthonormal controls of P sets (P, k, N), and columns (P, c, N) without them.

    As :func:`control_basis` and :func:`without_controls`; NaN where controls nearly repeat.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        across = rows / np.sqrt((rows * rows).sum(axis=2, keepdims=True))
    try:
        for _ in range(2):  # the second time takes out what rounding left
            root = np.linalg.cholesky(products(across, across))
            clear = np.einsum("pkk->pk", root).min(axis=1, initial=1.0) > _CLEARLY
            across = spread(np.linalg.inv(root), across)
            across[~clear] = np.nan
    except np.linalg.LinAlgError:
        if len(rows) > 1:
            each = [_all_without(rows[p : p + 1], columns[p : p + 1]) for p in range(len(rows))]
            across, left = (np.concatenate(part) for part in zip(*each, strict=True))
            return across, left
        return np.full(rows.shape, np.nan), columns
    left = columns - spread(products(columns, across), across)
    return across, left - spread(products(left, across), across)
