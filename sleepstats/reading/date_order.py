"""Which number of a date is the day: decided from the whole column, never from one cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sleepstats.errors import DiaryError
from sleepstats.reading.date_words import MONTHS, Written, full_year

#: One reading is taken if this share of its steps is 1 to 3 days, and less than that of the other.
_STEADY, _UNSTEADY, _LONGEST_STEP, _FEWEST_STEPS = 0.8, 0.5, 3, 3

_DMY, _MDY, _YMD = "day first", "month first", "year first"


@dataclass(frozen=True)
class Order:
    """The order of day, month and year in a column, and how it was decided."""

    name: str
    style: str

    def parts(self, written: Written) -> tuple[int, int, int]:
        """Return year, month and day of a written date."""
        first, second, third = written.parts
        if written.kind == "ymd":
            return first, second, third
        if written.kind == "short" and self.name == _YMD:
            return full_year(first, 2), second, third
        if written.kind == "short":
            third = full_year(third, 2)
        return (third, first, second) if self.name == _MDY else (third, second, first)

    def fits(self, written: Written) -> bool:
        """Tell whether a written date has a month and a day in this order."""
        _, month, day = self.parts(written)
        return 1 <= month <= 12 and 1 <= day <= 31


_ORDERS = {name: Order(name, name) for name in (_DMY, _MDY, _YMD)}


def decide_order(
    texts: list[str],
    written: list[Written],
    codes: NDArray[np.intp],
    dayfirst: bool | None,
    where: str,
    lines: Sequence[int] | NDArray[np.int64] | None,
) -> Order:
    """Decide the order of day and month in a column.

    Parameters
    ----------
    texts, written : list
        Distinct cells, as text and as parts.
    codes : int array
        Place of each row's cell among them.
    dayfirst : bool or None
        What the caller says; None to decide from the column.
    where : str
        File and column, for messages.
    lines : sequence of int or None
        Line of each row in its file, for messages.

    Raises
    ------
    DiaryError
        If cells contradict each other or ``dayfirst``, or if nothing decides.
    """
    undecided = [i for i, one in enumerate(written) if one.kind in ("open", "short")]
    if not undecided:
        return Order(_YMD, "the year comes first or the month is named" if written else "no dates")
    names = (
        (_DMY, _MDY, _YMD) if any(written[i].kind == "short" for i in undecided) else (_DMY, _MDY)
    )
    shows = {name: [] for name in names}  # type: dict[str, list[int]]
    for i in undecided:
        fitting = [name for name in names if _ORDERS[name].fits(written[i])]
        if len(fitting) == 1:
            shows[fitting[0]].append(i)

    def told(i: int) -> str:
        row = int(np.flatnonzero(codes == i)[0])
        return f"{texts[i]!r} in {_row_name(row, lines)}"

    if dayfirst is not None:
        return _as_told(_DMY if dayfirst else _MDY, shows, told, where)
    shown = [name for name in names if shows[name]]
    if len(shown) > 1:
        one, other = shown[:2]
        raise DiaryError(
            f"{where}: the dates contradict each other: {told(shows[one][0])} is {one}, "
            f"{told(shows[other][0])} is {other}. Expected one order in the whole column. "
            "Pass dayfirst=True or dayfirst=False to read it that way and report the rest."
        )
    if shown:
        return Order(shown[0], f"{shown[0]}: {told(shows[shown[0]][0])} shows it")
    possible = [n for n in names if any(_ORDERS[n].fits(written[i]) for i in undecided)]
    if not possible:
        return Order(_DMY, "no possible date")
    if all(written[i].kind == "open" and written[i].parts[0] == written[i].parts[1]
           for i in undecided):  # fmt: skip
        return Order(_DMY, "day and month are the same number")
    if all(written[i].dotted for i in undecided):
        return Order(_DMY, f"{_DMY}: dates written with dots")
    steady = _steady_order(written, codes, possible)
    if steady is not None:
        return steady
    raise DiaryError(_cannot_say(texts, written, undecided, where))


def _as_told(
    name: str, shows: dict[str, list[int]], told: Callable[[int], str], where: str
) -> Order:
    """Take the caller's order, unless every cell that shows an order shows another one."""
    against = [i for other, cells in shows.items() if other != name for i in cells]
    if against and not shows.get(name):
        raise DiaryError(
            f"{where}: dayfirst={name == _DMY} was passed, but {told(against[0])} can only be read "
            f"{_MDY if name == _DMY else _DMY}. Pass dayfirst={name != _DMY}, or leave it out."
        )
    return Order(name, f"{name}: as passed")


def _steady_order(
    written: list[Written], codes: NDArray[np.intp], names: Sequence[str]
) -> Order | None:
    """Return the one order under which the rows follow each other day by day, if there is one."""
    shares = {name: _share_of_short_steps(written, codes, _ORDERS[name]) for name in names}
    best = max(shares, key=lambda name: shares[name])
    others = [share for name, share in shares.items() if name != best]
    if shares[best] >= _STEADY and all(share < _UNSTEADY for share in others):
        return Order(best, f"{best}: so the rows follow each other day by day")
    return None


def _share_of_short_steps(written: list[Written], codes: NDArray[np.intp], order: Order) -> float:
    """Return the share of steps from row to row that are 1 to 3 days, in the better direction."""
    number = np.full(len(written), np.nan)
    for i, one in enumerate(written):
        if one.kind:
            try:
                number[i] = date(*order.parts(one)).toordinal()
            except ValueError:
                continue
    days = number[codes]
    steps = np.diff(days[np.isfinite(days)])
    steps = steps[steps != 0] if np.count_nonzero(steps) >= _FEWEST_STEPS else steps[:0]
    if not steps.size:
        return 0.0
    return float(max(np.mean((s > 0) & (s <= _LONGEST_STEP)) for s in (steps, -steps)))


def _row_name(row: int, lines: Sequence[int] | NDArray[np.int64] | None) -> str:
    return f"row {row + 1}" if lines is None else f"line {int(lines[row])}"


def _cannot_say(texts: list[str], written: list[Written], undecided: list[int], where: str) -> str:
    told = next(
        (i for i in undecided if written[i].parts[0] != written[i].parts[1]
         and all(1 <= part <= 12 for part in written[i].parts[:2])),
        undecided[0],
    )  # fmt: skip
    first, second, _ = written[told].parts
    if not (1 <= first <= 12 and 1 <= second <= 12):
        return (
            f"{where}: the dates do not say in which order {texts[told]!r} is written. "
            "Pass dayfirst=True or dayfirst=False, or write YYYY-MM-DD."
        )
    return (
        f"{where}: the dates do not say whether {texts[told]} is {first} {MONTHS[second]} or "
        f"{MONTHS[first]} {second}. Pass dayfirst=True or dayfirst=False."
    )
