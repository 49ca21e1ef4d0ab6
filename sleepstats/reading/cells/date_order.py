"""Which number of a date is the day: decided from the whole column, never from one cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sleepstats.arrays import Bools, Ints, Rows
from sleepstats.errors import DiaryError
from sleepstats.reading.cells import stamp_forms as forms
from sleepstats.reading.cells.stamp_forms import OPEN, SHORT, YEAR_FIRST, DateParts, is_day, to_days
from sleepstats.reading.cells.stamp_words import MONTHS

#: One reading is taken if this share of its steps is 1 to 3 days, and less than that of the other.
_STEADY, _UNSTEADY, _LONGEST_STEP, _FEWEST_STEPS = 0.8, 0.5, 3, 3

_DMY, _MDY, _YMD = "day first", "month first", "year first"


@dataclass(frozen=True)
class Order:
    """The order of day, month and year in a column, and how it was decided."""

    name: str
    style: str

    def parts(self, dates: DateParts) -> tuple[Ints, Ints, Ints]:
        """Return years, months and days of written dates."""
        first, second, third = dates.numbers
        if dates.kind.max(initial=0) <= YEAR_FIRST:
            return first, second, third
        short, year_first = dates.kind == SHORT, dates.kind == YEAR_FIRST
        if self.name == _YMD:
            year_first = year_first | short
        year = np.where(year_first, first, third)
        year = np.where(short, forms.full_years(year), year)
        month = np.where(~year_first & (self.name == _MDY), first, second)
        day = np.where(year_first, third, second if self.name == _MDY else first)
        return year, month, day

    def fits(self, dates: DateParts) -> Bools:
        """Tell which written dates have a month and a day in this order."""
        _, month, day = self.parts(dates)
        return np.asarray((month >= 1) & (month <= 12) & (day >= 1) & (day <= 31))


_ORDERS = {name: Order(name, name) for name in (_DMY, _MDY, _YMD)}


def decide_order(
    dates: DateParts,
    codes: Rows,
    dayfirst: bool | None,
    where: str,
    lines: Sequence[int] | Ints | None,
) -> Order:
    """Decide the order of day and month in a column."""
    open_ones = (dates.kind == OPEN) | (dates.kind == SHORT)
    undecided = np.flatnonzero(open_ones)
    if not len(undecided):
        said = "the year comes first or the month is named" if len(dates.kind) else "no dates"
        return Order(_YMD, said)
    names = (_DMY, _MDY, _YMD) if (dates.kind == SHORT).any() else (_DMY, _MDY)
    fitting = {name: open_ones & _ORDERS[name].fits(dates) for name in names}
    only = np.sum(list(fitting.values()), axis=0) == 1
    shows = {name: np.flatnonzero(only & fits) for name, fits in fitting.items()}

    def told(i: int) -> str:
        row = int(np.flatnonzero(codes == i)[0])
        return f"{dates.text(i)!r} in {_row_name(row, lines)}"

    if dayfirst is not None:
        return _as_told(_DMY if dayfirst else _MDY, shows, told, where)
    shown = [name for name in names if len(shows[name])]
    if len(shown) > 1:
        one, other = shown[:2]
        raise DiaryError(
            f"{where}: the dates contradict each other: {told(shows[one][0])} is {one}, "
            f"{told(shows[other][0])} is {other}. Expected one order in the whole column. "
            "Pass dayfirst=True or dayfirst=False to read it that way and report the rest."
        )
    if shown:
        return Order(shown[0], f"{shown[0]}: {told(shows[shown[0]][0])} shows it")
    possible = [name for name in names if fitting[name].any()]
    if not possible:
        return Order(_DMY, "no possible date")
    same = dates.numbers[0] == dates.numbers[1]
    if ((dates.kind == OPEN) & same)[undecided].all():
        return Order(_DMY, "day and month are the same number")
    if dates.dotted[undecided].all():
        return Order(_DMY, f"{_DMY}: dates written with dots")
    steady = _steady_order(dates, codes, possible)
    if steady is not None:
        return steady
    raise DiaryError(_cannot_say(dates, undecided, where))


def _as_told(name: str, shows: dict[str, Rows], told: Callable[[int], str], where: str) -> Order:
    """Take the caller's order, unless every cell that shows an order shows another one."""
    against = [i for other, cells in shows.items() if other != name for i in cells]
    if against and not len(shows.get(name, ())):
        raise DiaryError(
            f"{where}: dayfirst={name == _DMY} was passed, but {told(against[0])} can only be read "
            f"{_MDY if name == _DMY else _DMY}. Pass dayfirst={name != _DMY}, or leave it out."
        )
    return Order(name, f"{name}: as passed")


def _steady_order(dates: DateParts, codes: Rows, names: Sequence[str]) -> Order | None:
    """Return the one order under which the rows follow each other day by day, if there is one."""
    shares = {name: _share_of_short_steps(dates, codes, _ORDERS[name]) for name in names}
    best = max(shares, key=lambda name: shares[name])
    others = [share for name, share in shares.items() if name != best]
    if shares[best] >= _STEADY and all(share < _UNSTEADY for share in others):
        return Order(best, f"{best}: so the rows follow each other day by day")
    return None


def _share_of_short_steps(dates: DateParts, codes: Rows, order: Order) -> float:
    """Return the share of steps from row to row that are 1 to 3 days, in the better direction."""
    year, month, day = order.parts(dates)
    real = is_day(year, month, day) & (dates.kind != forms.NOTHING)
    number = np.full(len(real), np.nan)
    number[real] = to_days(year[real], month[real], day[real]).astype(np.int64)
    days = number[codes]
    steps = np.diff(days[np.isfinite(days)])
    steps = steps[steps != 0] if np.count_nonzero(steps) >= _FEWEST_STEPS else steps[:0]
    if not steps.size:
        return 0.0
    return float(max(np.mean((s > 0) & (s <= _LONGEST_STEP)) for s in (steps, -steps)))


def _row_name(row: int, lines: Sequence[int] | Ints | None) -> str:
    return f"row {row + 1}" if lines is None else f"line {int(lines[row])}"


def _cannot_say(dates: DateParts, undecided: Rows, where: str) -> str:
    first, second, _ = dates.numbers[:, undecided]
    low, high = np.minimum(first, second), np.maximum(first, second)
    either = np.flatnonzero((first != second) & (low >= 1) & (high <= 12))
    told = either[0] if len(either) else 0
    one, other, text = int(first[told]), int(second[told]), dates.text(int(undecided[told]))
    if not (1 <= one <= 12 and 1 <= other <= 12):
        return (
            f"{where}: the dates do not say in which order {text!r} is written. "
            "Pass dayfirst=True or dayfirst=False, or write YYYY-MM-DD."
        )
    return (
        f"{where}: the dates do not say whether {text} is {one} {MONTHS[other]} or "
        f"{MONTHS[one]} {other}. Pass dayfirst=True or dayfirst=False."
    )
