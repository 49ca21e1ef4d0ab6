"""A measure on the pages of a calendar: faint to strong, missing days hatched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sleepstats import plots as style
from sleepstats.arrays import Floats
from sleepstats.checks import check_nights
from sleepstats.columns import CLOCKS, PERSON, absent, column_of, how_long
from sleepstats.errors import DiaryError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.dates import RRuleLocator, YearLocator


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MAP = "PuBu"
#: Where the map begins, so that the lowest value is not the paper's: of the map, of one colour.
_PALEST, _FAINTEST = 0.25, 0.3
_LONGEST_ROW = 53  # weeks
#: From one row of weeks to the next, with room for a month and above it a year.
_BAND, _ABOVE = 9.6, 2.4
#: Inches that a month's name takes, and the part of a column left before the next month's.
_NAME_IN, _GAP = 0.3, 0.15
#: Characters from which a number is a wide label, and how many all steps of a scale may take.
_WIDE, _ALL = 5, 30
#: Clocks of a bar's two ends, the next best where one is not known.
BED_ENDS = ("into_bed", "lights_out", "sleep_onset"), ("out_of_bed", "final_wake")


@style.picture
def plot_calendar(
    nights: pd.DataFrame, outcome: str = "", *, ax: Axes | None = None, **kwargs: Any
) -> Axes:
    """Draw one measure as a calendar: a column a week, a row a weekday, stronger is more.

    Parameters
    ----------
    nights : DataFrame
        One row per night.
    outcome : str, optional
        A column of numbers or yes/no, or a clock column. By default the first of ``tst_min``,
        ``spt_min`` and ``tib_min`` that was recorded; the legend names it.
    ax : Axes, optional
        Where to draw. Without it a new figure is made.
    **kwargs
        Looks of the squares (``cmap``, ``edgecolor``, …; a matplotlib ``PolyCollection``).

    Returns
    -------
    Axes
        x counts weeks, y weekdays from Monday on top; a diary of more than 53 weeks continues in
        rows below, a band of weekdays each.

    Raises
    ------
    DiaryError
        If the column is not there or holds text, or nights holds several people.

    Notes
    -----
    The colours run from the 2nd to the 98th percentile in one hue, from faint to strong (on white
    the darkest is most, on black the brightest), so that a single odd night does not bleach all
    others; what lies beyond has the end's colour, as the pointed ends of the scale say. A night
    without a value is hatched, and counted. A square is the evening's date: the night of Monday is
    the night to Tuesday. A line runs where a month begins, whose name is above its first week.

    Examples
    --------
    >>> index = pd.DatetimeIndex(["2026-01-05", "2026-01-06", "2026-01-08"], name="night")
    >>> ax = plot_calendar(pd.DataFrame({"tst_min": [420.0, 390.0, 435.0]}, index=index))
    >>> " ".join(ax.get_legend().get_title().get_text().split())
    'Total sleep time: 3 nights, 1 missing, mean 415 min'
    """
    from matplotlib import colormaps
    from matplotlib.collections import PolyCollection
    from matplotlib.colors import LinearSegmentedColormap, to_rgba
    from matplotlib.patches import Patch

    one_person(nights, "plot_calendar()")
    outcome = how_long(nights) if outcome == "" else outcome
    recorded, on_clock = numbers_of(nights, outcome)
    calendar = pd.date_range(nights.index[0], nights.index[-1])
    values = pd.Series(recorded, index=nights.index).reindex(calendar).to_numpy(dtype=np.float64)
    seen = np.isfinite(values)
    n, missing = int(seen.sum()), int((~seen).sum())

    monday = calendar[0] - pd.Timedelta(days=int(calendar[0].day_of_week))
    week = np.asarray((calendar - monday).days) // 7
    band, column = np.divmod(week, _LONGEST_ROW)
    bands, columns = int(band.max()) + 1, int(min(week.max() + 1, _LONGEST_ROW))
    top = _BAND * band
    row = top + calendar.day_of_week.to_numpy()

    # squares large enough to be seen, small enough that a year fits on a screen
    cell = float(np.clip(9.0 / columns, 0.17, 0.34))
    width = max(cell * columns + 1.9, 5.6)
    ax = style.axes_or_new(ax, width, cell * _BAND * bands + 1.5)
    shades: Any = colormaps[_MAP](np.linspace(_PALEST, 1.0, 256))
    if style.PAPER != "white":  # what lets through the ground is faint on black as well
        shades = [to_rgba(style.SLEEP, alpha) for alpha in (_FAINTEST, 1.0)]
    pale = LinearSegmentedColormap.from_list("sleepstats", shades)
    looks = style.styled(
        {"cmap": pale, "edgecolor": style.PAPER, "linewidth": 0.8}, kwargs, PolyCollection
    )
    squares = PolyCollection(_squares(column[seen], row[seen]), array=values[seen], **looks)
    if n:
        # between the extremes, one odd night would bleach all others
        low, high = np.percentile(values[seen], [2, 98])
        squares.set_clim(low, high if high > low else low + 1.0)
    ax.add_collection(squares, autolim=False)
    hatched: dict[str, Any] = {
        "facecolor": style.PAPER,
        "edgecolor": style.REFERENCE,
        "hatch": "////",
        "linewidth": 0.0,
    }
    if missing:
        ax.add_collection(
            PolyCollection(_squares(column[~seen], row[~seen]), **hatched), autolim=False
        )

    ax.set_xlim(-0.2, columns + 0.2)
    ax.set_ylim(_BAND * (bands - 1) + 7.2, -_ABOVE)
    # nights are squares, so that no weekday looks longer than another
    ax.set_aspect("equal")
    _label_months(ax, calendar, column, top)
    shown = [0, 2, 4, 6]
    ax.set_yticks(
        [_BAND * which + day + 0.5 for which in range(bands) for day in shown],
        [_DAYS[day] for _ in range(bands) for day in shown],
    )
    ax.set_xticks([])
    ax.tick_params(length=0)
    for side in ax.spines.values():
        side.set_visible(False)
    if n:
        _scale(ax, squares, nights, outcome, on_clock, np.asarray(values[seen]))
    told = column_of(nights, outcome)
    label = style.row_name(told.label[:1].upper() + told.label[1:])
    handles: list[Any] = [Patch(label="missing", **hatched)] if missing else []
    mean = mean_text(nights, outcome, float(values[seen].mean()), on_clock) if n else "none"
    counts = f"{label}: {style.count_of(n)}, {missing:,} missing, mean {mean}"
    style.legend_below(ax, handles, counts, lines=-1)
    if not n:
        style.note(ax, f"No night here has a value of {outcome}.")
    return ax


def _squares(column: Any, row: Any) -> list[Floats]:
    """Return the corners of the squares at these places."""
    x, y = np.asarray(column, dtype=np.float64), np.asarray(row, dtype=np.float64)
    corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]
    return list(np.stack([np.stack(corner, axis=-1) for corner in corners], axis=1))


def _label_months(ax: Axes, calendar: pd.DatetimeIndex, column: Any, top: Any) -> None:
    """Write each month above its first week, with a line where it begins; above it a new year."""
    room = style.inches(ax)[0] / max(ax.get_xlim()[1], 1.0)
    begins = (calendar.day == 1) | np.r_[True, top[1:] != top[:-1]]
    places = np.flatnonzero(begins).tolist()
    year, row = 0, -1.0
    for place, after in zip(places, [*places[1:], None], strict=True):
        x, y, date = float(column[place]), float(top[place]), calendar[place]
        name = f"{date:%b}" if 4 * room > _NAME_IN else f"{date:%b}"[0]
        # of a month of few weeks the name ends where the next begins, or it would cover that
        ends = float(column[after]) - _GAP if after is not None and top[after] == y else np.inf
        left = (ends - x) * room > _NAME_IN
        ax.text(
            x if left else ends, y - 0.35, f"{date.year}\n{name}" * (date.year != year or y != row)
            or name, color=style.INK, fontsize="small", ha="left" if left else "right", va="bottom",
        )  # fmt: skip
        if date.day == 1 and place:
            day, right = y + date.day_of_week, x + (date.day_of_week > 0)
            steps = (right, right, x, x), (y, day, day, y + 7)
            ax.plot(*steps, color=style.INK, linewidth=1.4, solid_joinstyle="miter")
        year, row = date.year, y


def _scale(
    ax: Axes, squares: Any, nights: pd.DataFrame, outcome: str, on_clock: bool, values: Floats
) -> None:
    """Add the scale of colours, with pointed ends where values lie beyond it."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

    low, high = squares.get_clim()
    below, above = bool((values < low).any()), bool((values > high).any())
    extend = {(True, True): "both", (True, False): "min", (False, True): "max"}
    bar = style.figure_of(ax).colorbar(
        squares, ax=ax, fraction=0.03, pad=0.02, aspect=14, shrink=0.8,
        extend=extend.get((below, above), "neither"),
    )  # fmt: skip
    bar.outline.set_visible(False)
    bar.locator = MaxNLocator(nbins=4)
    if on_clock:
        hours = (0.25, 0.5, 1.0, 2.0, 6.0, 12.0, 24.0, 24.0 * np.ceil((high - low) / 96.0))
        bar.locator = MultipleLocator(next(h for h in hours if high - low < 5 * h))
        bar.formatter = FuncFormatter(lambda hour, _: clock_text(hour))
    bar.update_ticks()
    bar.ax.tick_params(length=0, labelsize="small")
    unit = "clock time" if on_clock else column_of(nights, outcome).unit
    bar.set_label(unit, fontsize="small")


def one_person(nights: pd.DataFrame, where: str) -> None:
    """Check the frame; refuse an empty one and one of several people."""
    check_nights(nights)
    if len(nights) == 0:
        raise DiaryError(f"{where}: nights has no rows. Read a file that holds at least one night.")
    if isinstance(nights.index, pd.MultiIndex):
        people = nights.index.get_level_values(PERSON).unique().tolist()
        raise DiaryError(
            f"{where} draws one person; nights holds {len(people)}. "
            f"Choose one, for example nights.xs({people[0]!r})."
        )


def require_clocks(nights: pd.DataFrame) -> None:
    """Refuse nights of which no bar on the clock can be drawn."""
    if all(any(name in nights for name in names) for names in BED_ENDS):
        return
    present = [name for name in CLOCKS if name in nights]
    raise DiaryError(
        "plot_raster() needs clock times: one column of into_bed, lights_out, sleep_onset and one "
        f"of final_wake, out_of_bed. nights has {', '.join(present) or 'none of them'}. "
        "For a diary of durations use plot_series(nights, outcome='tst_min')."
    )


def bars_of(row: Floats, begin: Floats, stop: Floats, height: float) -> list[Floats]:
    """Return the (4, 2) corners of each horizontal bar, those without both ends left out."""
    whole = np.isfinite(begin) & np.isfinite(stop)
    row, begin, stop = row[whole], begin[whole], stop[whole]
    low, high = row - height / 2, row + height / 2
    corners = [(begin, low), (begin, high), (stop, high), (stop, low)]
    return list(np.stack([np.stack(corner, axis=-1) for corner in corners], axis=1))


def first_clock(nights: pd.DataFrame, names: Sequence[str]) -> Floats:
    """Return hours after the evening's midnight, from the first of these columns that has it."""
    hours = np.full(len(nights), np.nan)
    for name in names:
        if name in nights:
            since = nights[name].to_numpy("datetime64[us]") - nights.index.to_numpy(
                "datetime64[us]"
            )
            hours = np.where(np.isnan(hours), since / np.timedelta64(1, "h"), hours)
    return hours


def numbers_of(nights: pd.DataFrame, name: str) -> tuple[Floats, bool]:
    """Return a column as numbers, and whether they are hours of a clock."""
    if not isinstance(name, str):
        raise TypeError  # what was given in its place is told by its option
    if name not in nights:
        raise DiaryError(
            f"{absent(nights, name)} Columns present: {', '.join(map(str, nights.columns))}."
        )
    dtype = nights[name].dtype
    if pd.api.types.is_datetime64_dtype(dtype):
        return first_clock(nights, [name]), True
    if not (pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_bool_dtype(dtype)):
        raise DiaryError(
            f"plot_series() draws numbers, and column {name!r} is {dtype}. "
            "Choose a measure, for example outcome='tst_min'."
        )
    return nights[name].to_numpy(dtype=float, na_value=np.nan), name == "midsleep_h"


def mean_text(nights: pd.DataFrame, outcome: str, mean: float, on_clock: bool) -> str:
    """Return a mean as it is read."""
    if on_clock:
        return clock_text(mean)
    digits = 0 if abs(mean) >= 100 else 1
    return f"{mean:.{digits}f} {column_of(nights, outcome).unit}".rstrip()


def day_numbers(dates: pd.DatetimeIndex) -> Floats:
    """Return dates as matplotlib counts days."""
    from matplotlib.dates import date2num

    return np.asarray(date2num(dates.to_numpy()), dtype=np.float64)


def date_ticks(axis: Axis, days: int, room: int) -> None:
    """Put ticks on days, Mondays, months or years: the finest of which ``room`` labels fit."""
    from matplotlib.dates import DayLocator, MonthLocator, WeekdayLocator, YearLocator, num2date
    from matplotlib.ticker import FuncFormatter

    # one tick alone is no scale
    room = max(room, 2)
    words = "%a %d %b"
    locator: RRuleLocator | YearLocator
    if days <= max(room, 3):
        locator = DayLocator(tz="UTC")
    elif days <= 7 * room * 3:
        locator = WeekdayLocator(byweekday=0, interval=-(-days // 7 // room), tz="UTC")
    elif days <= 6 * 31 * room:
        words = "%b %Y"
        months = next(step for step in (1, 2, 3, 6) if days <= step * 31 * room)
        locator = MonthLocator(bymonth=range(1, 13, months), tz="UTC")
    else:
        words = "%Y"
        locator = YearLocator(-(-days // 365 // room), tz="UTC")
    axis.set_major_locator(locator)
    axis.set_major_formatter(FuncFormatter(lambda day, _: num2date(day, "UTC").strftime(words)))


def fewer_if_wide(axis: Axis) -> None:
    """Put fewer ticks on a scale of numbers as long as −0.025, which would run into each other."""
    from matplotlib.ticker import MaxNLocator

    labels = axis.get_major_formatter().format_ticks(list(axis.get_majorticklocs()))
    if (longest := max(map(len, labels), default=0)) >= _WIDE:
        axis.set_major_locator(MaxNLocator(max(_ALL // longest, 2), steps=[1, 2, 2.5, 5, 10]))


def years(calendar: pd.DatetimeIndex) -> str:
    """Return ``"2026"`` or ``"2025–2026"``."""
    first, last = calendar[0].year, calendar[-1].year
    return f"{first}" if first == last else f"{first}–{last}"


def clock_text(hours: float) -> str:
    """Return hours after a midnight, also beyond 24, as a clock shows them."""
    minutes = round(hours * 60)
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def clock_ticks(axis: Axis, span: float, room: int) -> None:
    """Put ticks on full, half or quarter hours: the finest of which ``room`` labels fit."""
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    steps = (0.25, 0.5, 1.0, 2.0, 3.0, 6.0, 12.0)
    step = next((step for step in steps if span / step <= max(room, 2)), 0.0)
    step = step or 24.0 * float(np.ceil(span / 24.0 / max(room, 2)))
    axis.set_major_locator(MultipleLocator(step))
    axis.set_major_formatter(FuncFormatter(lambda hour, _: clock_text(hour)))
