"""Habits that travel together: which of them a diary cannot tell apart, and why."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, read_values
from sleepstats.asking import Asking, Diary, Question, Windows, question_checks, several
from sleepstats.asking.estimation import Answer
from sleepstats.columns import column_of, factor_names
from sleepstats.errors import DiaryError, worded
from sleepstats.relations.habit_links import Habit, Link, links
from sleepstats.results.sentences import listed
from sleepstats.units import Table, counted

#: What it means that habits cannot be told apart.
_WHICH = "If sleep goes with one of them, these nights cannot say which."
#: Rows of what can be told apart that are shown beside what cannot.
NEAREST = 3

COLUMNS = (
    "factor", "others", "size", "n", "both", "only_factor", "only_others", "neither",
    "r", "inflation", "status", "words",
)  # fmt: skip


@worded
def entangled(
    nights: pd.DataFrame,
    factors: Sequence[str] | str | None = None,
    *,
    adjust: Sequence[str] = ("weekday", "trend"),
) -> pd.DataFrame:
    """Find the factors that this diary cannot tell apart.

    Parameters
    ----------
    nights : DataFrame
        One row per night of one person.
    factors : sequence of str, optional
        Columns to set beside each other; every column of kind factor by default.
    adjust : sequence of {"weekday", "trend"}
        What is taken out first, as in the questions that follow.

    Returns
    -------
    DataFrame
        One row per pair, and one per group of three or four that hides no entangled pair;
        the most entangled first. RangeIndex.

        * ``'factor'``, ``'others'``: column names; a group's other names with commas between
        * ``'size'``: factors in the row
        * ``'n'``: nights on which all of them are known
        * ``'both'``, ``'only_factor'``, ``'only_others'``, ``'neither'``: those nights by side:
          yes or no; some or none; above the median or not; any kind or the reference. In a group
          the others count when any of them is on
        * ``'r'``: correlation with the controls removed; of a group, or where a factor has kinds,
          the largest that any combination gives
        * ``'inflation'``: standard error of ``factor`` with the others in its model over its
          standard error alone; the interval widens by as much, or by more where few nights decide
        * ``'status'``: ``entangled`` (inflation above 2), ``separable``, or ``cannot tell`` (fewer
          than 14 nights with all of them, or nothing varies besides the calendar)
        * ``'words'``: the row as a sentence

    Raises
    ------
    DiaryError
        For a frame that is no ``nights``, several people, names that are not there, or a measure.

    Notes
    -----
    ``inflation = 1 / sqrt(1 - R²)``, R² of the factor on the others after the controls: the square
    root of the variance inflation factor. Above 2, at least three quarters of what varies in
    the factor is shared, and no analysis of these nights can say which of them it was: the two
    nights with the one and without the other decide it, and there are hardly any.

    References
    ----------
    Fox & Monette 1992, doi:10.1080/01621459.1992.10475190 (several columns at once).

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, truth = ss.simulate_nights(60, seed=3)
    >>> wine = nights.late_meal.copy()
    >>> wine.iloc[[4, 30]] = ~wine.iloc[[4, 30]]
    >>> table = ss.entangled(nights.assign(wine=wine), factors=["wine", "late_meal", "stress"])
    >>> table[["factor", "others", "only_factor", "only_others", "status"]]
          factor     others  only_factor  only_others     status
    0       wine  late_meal            1            1  entangled
    1       wine     stress            9           15  separable
    2  late_meal     stress            8           14  separable
    """
    names = question_checks.names_of(factors or ())
    asking = Asking(tuple(question_checks.names_of(adjust)))
    question_checks.check_question(
        nights, outcomes=[], factors=names, asking=asking, calendar_only=True
    )
    if len(names) == 1 and names[0] not in factor_names(nights):
        raise DiaryError(
            f"{names[0]!r} is no habit, and entangled() sets habits beside each other, whatever "
            "they are asked about: entangled(nights)."
        )
    habits, found = _linked(nights, names, asking)
    found.sort(key=lambda link: -link.inflation if link.inflation == link.inflation else 1.0)
    grouped = [{link.factor, *link.others} for link in found
               if len(link.others) > 1 and link.status == "entangled"]  # fmt: skip
    rows = [
        (
            habits[link.factor].column.name,
            ", ".join(habits[other].column.name for other in link.others),
            1 + len(link.others), link.n, *_counts(link, habits),
            link.r, link.inflation, link.status, _words(link, habits, grouped),
        )
        for link in found
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    whole = ["size", "n", "both", "only_factor", "only_others", "neither"]
    text = ["factor", "others", "status", "words"]
    types = {**dict.fromkeys(whole, "int64"), **dict.fromkeys(text, "str")}
    return Table.of(table.astype({**types, "r": "float64", "inflation": "float64"}), _view)


def _linked(
    nights: pd.DataFrame, names: Sequence[str], asking: Asking
) -> tuple[list[Habit], list[Link]]:
    """Set the factors of some nights beside each other."""
    dates = pd.DatetimeIndex(nights.index)
    habits = []
    for name in names or factor_names(nights):
        column, reading = column_of(nights, name), read_values(nights[name], dates)
        if reading.kind in ("yes/no", "numeric", "categorical"):
            column = replace(column, unit=reading.unit or column.unit)
            habits.append(Habit(column, reading.kind, reading.values, reading.levels))
    return habits, links(Windows(dates), habits, asking.calendar)


def tied_to(nights: pd.DataFrame, adjust: Sequence[str]) -> dict[str, list[set[str]]]:
    """Return for every factor the sets of others that take its answer from it."""
    if not len(nights):
        return {}
    habits, found = _linked(nights, (), Asking(tuple(adjust)))
    tied: dict[str, list[set[str]]] = {}
    for link in found:
        places = (link.factor, *link.others)
        names = [habits[place].column.name for place in places]
        for place, name in zip(places, names, strict=True):
            if link.ties(int(habits[place].known.sum())):
                tied.setdefault(name, []).append({*names} - {name})
    return tied


def _view(table: pd.DataFrame, wide: bool) -> tuple[pd.DataFrame, str]:
    """Return what cannot be told apart, and the nearest that can."""
    apart = table["status"] == "separable"
    shown = pd.concat([table[~apart], table[apart].head(NEAREST)])
    words = shown["words"].str.removesuffix(f" {_WHICH}")
    rest = int(apart.sum()) - NEAREST
    last = f"{rest} more can be told apart." if rest > 0 else ""
    return pd.DataFrame({"status": shown["status"], "in words": words}), last


def mark_entangled(
    diary: Diary, questions: Sequence[Question], answers: Sequence[Answer], asking: Asking
) -> list[Answer]:
    """Say in the reason of every answer which other factors it cannot be told from."""
    marked = list(answers)
    by_outcome: dict[str, list[int]] = {}
    for place, (question, one) in enumerate(zip(questions, answers, strict=True)):
        if one.status != "refused":
            by_outcome.setdefault(question.outcome.name, []).append(place)
    seen: dict[tuple[tuple[str, int], ...], Mapping[str, tuple[tuple[str, ...], str]]] = {}
    for places in by_outcome.values():
        asked = [questions[place] for place in places]
        key = tuple((one.factor.name, one.lag) for one in asked)
        if key not in seen:
            seen[key] = _reasons(diary, asked, asking)
        for place in places:
            if tied := seen[key].get(questions[place].factor.name):
                names, reason = tied
                before = f"{answers[place].reason}; " if answers[place].reason else ""
                marked[place] = replace(answers[place], reason=before + reason, entangled=names)
    return marked


def _reasons(
    diary: Diary, asked: Sequence[Question], asking: Asking
) -> Mapping[str, tuple[tuple[str, ...], str]]:
    """Return for each entangled factor which others it cannot be told from, and in words."""
    habits = [Habit(one.factor, one.kind, one.x, one.levels) for one in asked]
    partners: dict[int, list[Link]] = {}
    found = links(diary.windows, habits, asking.calendar)
    for link in (one for one in found if one.status == "entangled"):
        for place in (link.factor, *link.others):
            if link.ties(int(habits[place].known.sum())):
                partners.setdefault(place, []).append(link)
    reasons = {}
    for place, mine in partners.items():
        others = {other for link in mine for other in (link.factor, *link.others)} - {place}
        names = [habits[other].column.name for other in sorted(others)]
        worst = max(mine, key=lambda link: link.inflation)
        said = f"{_apart(worst, habits)}; {_wider(worst)}"
        said = f"entangled with {listed(names)}: {said}"
        reasons[habits[place].column.name] = tuple(names), said
    return reasons


def _counts(link: Link, habits: Sequence[Habit]) -> tuple[int, int, int, int]:
    """Count the nights with both, only the factor, only the others, neither."""
    used = _known(link, habits)
    on = _sides(habits[link.factor], used).on
    others = np.any([_sides(habits[other], used).on for other in link.others], axis=0)
    return (
        int((on & others).sum()), int((on & ~others).sum()),
        int((~on & others).sum()), int((~on & ~others).sum()),
    )  # fmt: skip


def _known(link: Link, habits: Sequence[Habit]) -> Bools:
    """Return the nights on which all factors of a row are known."""
    places = (link.factor, *link.others)
    return np.asarray(np.logical_and.reduce([habits[place].known for place in places]))


def _sides(habit: Habit, used: Bools) -> several.Sides:
    """Return the two sides of a factor on some nights."""
    return several.sides_of(habit.column, habit.kind, habit.values[used], habit.levels)


def _words(link: Link, habits: Sequence[Habit], grouped: Sequence[set[int]]) -> str:
    """Return one row as a sentence; `grouped` are the groups that cannot be told apart."""
    labels = listed([habits[place].column.label for place in (link.factor, *link.others)])
    labels = f"{labels[:1].upper()}{labels[1:]}"
    if math.isnan(link.inflation):
        every = "both" if len(link.others) == 1 else "all of them"
        have = "has" if link.n == 1 else "have"
        nights = counted(link.n, "night")
        return f"{labels}: only {nights} {have} an entry for {every}, too few to tell."
    if link.status == "separable":
        by = " only by how much there was of them" if _same_nights(link, habits) else ""
        by += ", the two by themselves" * any({link.factor, *link.others} < one for one in grouped)
        return f"{labels} can be told apart{by}: {_apart(link, habits)}; {_wider(link)}."
    if len(link.others) > 1:
        one, *rest = (habits[place].column.label for place in (link.factor, *link.others))
        labels = f"{one[:1].upper()}{one[1:]}"
        beside = f"from {listed(rest)} held equal together: {_apart(link, habits)}"
        return f"{labels} cannot be told apart {beside}; {_wider(link)}. {_WHICH}"
    return f"{labels} cannot be told apart: {_apart(link, habits)}; {_wider(link)}. {_WHICH}"


def _apart(link: Link, habits: Sequence[Habit]) -> str:
    """Say how many nights set them apart."""
    used = _known(link, habits)
    one, *rest = (_sides(habits[place], used) for place in (link.factor, *link.others))
    counts = _counts(link, habits)
    if _same_nights(link, habits) and math.isinf(link.inflation):
        return "they are the same on every night"
    if _same_nights(link, habits):
        return (
            f"with and without are the same nights, their amounts differ (correlation {link.r:.2f})"
        )
    both, only_one, only_others, neither = (counted(count, "night") for count in counts)
    if len(rest) > 1:
        names = f"{', '.join(other.name for other in rest[:-1])} or {rest[-1].name}"
        return (
            f"{one.one(True)} without {names}: {only_one}; one of these without "
            f"{one.name}: {only_others}"
        )
    (other,) = rest
    counts_of = [
        (f"{one.one(True)} {other.beside(False)}", only_one),
        (f"{other.one(True)} {one.beside(False)}", only_others),
        (f"{one.one(True)} {other.beside(True)}", both),
        (f"{one.one(False)} and {other.one(False)}", neither),
    ]
    if link.status != "separable":  # the two nights that would tell are told alone
        counts_of = counts_of[2:] if link.r < 0 else counts_of[:2]
    return "; ".join(f"{side}: {nights}" for side, nights in counts_of)


def _same_nights(link: Link, habits: Sequence[Habit]) -> bool:
    """Whether no night has one side alone: then "0 nights; 0 nights" would say the contrary."""
    both, only_one, only_others, neither = _counts(link, habits)
    if link.r < 0 and len(link.others) == 1:
        return both == neither == 0
    return only_one == only_others == 0


def _wider(link: Link) -> str:
    """Say how much wider the interval becomes."""
    if math.isinf(link.inflation):
        return "asked together, none of them has an answer"
    if link.inflation < 1.05:
        return "asking about them together costs hardly any certainty"
    # 1.98 is below 2 and must not be told as 2.0
    places = 1 if f"{link.inflation:.1f}" != "2.0" else 2
    times = f"{link.inflation:.{places}f} times"
    return f"asked together, their intervals become at least {times} as wide"
