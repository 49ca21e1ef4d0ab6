"""The answer: what went with sleep, the clearest first, and all that belongs beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from sleepstats.answers.diary import (
    Said,
    count_said,
    how_you_sleep,
    measures,
    what_was_odd,
    what_was_read,
)
from sleepstats.answers.readings import other_readings
from sleepstats.asking.question_checks import STAND_INS, names_of
from sleepstats.asking.questions import LEAST_NIGHTS
from sleepstats.checks import check_nights
from sleepstats.columns import column_of, factor_names, told_of
from sleepstats.errors import worded
from sleepstats.latency import latency_refusal
from sleepstats.relations.one_or_all import associate, correlate
from sleepstats.results import standing

#: How many habits are named where none of them stood out.
NAMED = 8
#: What a diary cannot settle, and how the person can.
A_COIN = (
    "To find out whether a habit makes a difference, let a coin decide each evening, for some "
    "weeks, and write down what it said; then evenings with and without differ in nothing but the "
    "coin."
)


@dataclass(frozen=True, eq=False, repr=False)
class Answer:
    """What a diary says, as the report says it; made by :func:`sleepstats.answer`.

    ``str()`` and a notebook show the findings. Everything is worked out when it is first asked for.

    Attributes
    ----------
    nights : DataFrame
        The nights asked about.
    outcomes : tuple of str
        The columns to explain.
    table : DataFrame
        Every question with its numbers, as :func:`sleepstats.correlate` gives it with
        ``beside=True``.
    findings : tuple of str
        What stood out, first what stands with the other habits held equal, and what became of the
        other questions.
    read, odd : tuple of str
        What was read, and the rows of the file about which there is something to say.
    sleep : tuple of str
        How long, how soon, how efficiently and how regularly.
    measures : DataFrame
        Every measure for reading: the middle night, the middle half, how many nights.
    habits : list of str
        The columns that were set against sleep, in the diary's order.
    asides : tuple of str
        What stands beside the answer because it is not clear what it tells of.
    next_steps : tuple of str
        How to find out what a diary cannot tell.
    """

    nights: pd.DataFrame = field(repr=False)
    outcomes: tuple[str, ...]

    @cached_property
    def table(self) -> pd.DataFrame:
        """Every question with its numbers."""
        return correlate(self.nights, outcomes=list(self.outcomes), beside=True)

    @cached_property
    def findings(self) -> Said:
        """What stood out, the clearest first, and what became of the other questions."""
        return what_went_with(self.nights, self.table)

    @cached_property
    def _readings(self) -> tuple[str, ...]:
        return tuple(other_readings(self.nights, self.table))

    @cached_property
    def read(self) -> Said:
        """What was read, from when to when."""
        return what_was_read(self.nights)

    @cached_property
    def odd(self) -> Said:
        """The rows of the file about which there is something to say."""
        return what_was_odd(self.nights)

    @cached_property
    def sleep(self) -> Said:
        """How long, how soon, how efficiently and how regularly."""
        return how_you_sleep(self.nights)

    @cached_property
    def measures(self) -> pd.DataFrame:
        """Every measure for reading."""
        return measures(self.nights)

    @property
    def habits(self) -> list[str]:
        """The columns that were set against sleep."""
        return factor_names(self.nights)

    @property
    def asides(self) -> Said:
        """What stands beside the answer: columns left aside, and other readings of the dates."""
        return Said((*told_of(self.nights).get("asides", ()), *self._readings))

    @property
    def next_steps(self) -> Said:
        """How to find out what a diary cannot tell."""
        return Said((A_COIN,) if self.habits else ())

    def __str__(self) -> str:
        return str(Said((*self.findings, *self.asides)))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Return the findings and what belongs beside them as paragraphs, for a notebook."""
        return Said((*self.findings, *self.asides))._repr_html_()


@worded
def answer(nights: pd.DataFrame, outcomes: Sequence[str] | str | None = None) -> Answer:
    """Say what went with sleep in these nights, as the report does.

    Parameters
    ----------
    nights : DataFrame
        One row per night of one person.
    outcomes : str or sequence of str, optional
        Columns to explain; those of :func:`sleepstats.main_outcomes` by default.

    Returns
    -------
    Answer
        ``str()`` says what stood out; ``.findings``, ``.table``, ``.read``, ``.odd``, ``.sleep``,
        ``.measures``, ``.habits``, ``.asides`` and ``.next_steps`` are its parts.

    Raises
    ------
    DiaryError
        If ``nights`` breaks an invariant; when a part is asked for, as
        :func:`sleepstats.correlate`.

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, _ = ss.simulate_nights(90, seed=1)
    >>> said = ss.answer(nights, outcomes="tst_min")
    >>> said.findings[-1]
    '12 questions: 2 stood out, 2 of them beside the other habits; 9 showed no clear ...'
    >>> said.table.status.eq("found").any()
    np.True_
    """
    check_nights(nights)
    chosen = main_outcomes(nights) if outcomes is None else tuple(names_of(outcomes))
    # pandas copies on write, so what is done to the frame later does not change the answer
    return Answer(nights.copy(deep=False), chosen)


@worded
def main_outcomes(nights: pd.DataFrame) -> tuple[str, ...]:
    """Choose what to ask about: how long, how soon, and how good the person says it was.

    Parameters
    ----------
    nights : DataFrame
        One row per night.

    Returns
    -------
    tuple of str
        Columns of ``nights``, up to three.

    Notes
    -----
    The sleep period or else the time in bed stands in for sleep where the diary does not tell how
    long the person slept. A latency that is an app's rule and no measurement is left out.

    Examples
    --------
    >>> import sleepstats as ss
    >>> ss.main_outcomes(ss.load_sample("diary"))
    ('tst_min', 'sol_min', 'quality')
    """
    check_nights(nights)
    known = [name for name in nights.columns if nights[name].notna().any()]
    chosen = [name for name in STAND_INS if name in known][:1]
    if not latency_refusal(nights):
        chosen.append("sol_min")
    if "quality" in known and column_of(nights, "quality").kind == "recorded":
        chosen.append("quality")
    return tuple(chosen)


def what_went_with(nights: pd.DataFrame, table: pd.DataFrame, *, most: int = 3) -> Said:
    """Say what stood out of a table of questions, and what became of the others.

    >>> import sleepstats as ss
    >>> nights, truth = ss.simulate_nights(90, seed=1)
    >>> table = ss.correlate(nights, outcomes=["tst_min"], factors=["stress", "reading"])
    >>> len(what_went_with(nights, table)) >= 2
    True
    """
    # counting refusals would read as if questions had been answered
    if (table["status"] == "refused").all():
        return Said((_nothing_asked(nights, table),))
    told = table.attrs.get("sleepstats_table", {})
    options = {key: told[key] for key in ("level", "when") if key in told}
    if "adjust" in told:
        options["adjust"] = tuple(told["adjust"])
    found = clearest(table)
    away = standing.away_of(_rows(table))
    sentences = []
    for row in _rows(found.head(most)):
        one = associate(nights, outcome=row["outcome"], factor=row["factor"], **options)
        told_beside = standing.verdict_of(row) in ("stands", "gone")
        sentences.append(standing.finding_words(one, row, told, away) if told_beside else str(one))
    if len(found) > most:
        more = len(found) - most
        stand = "stands" if more == 1 else "stand"
        sentences.append(f"{count_said(more, 'more finding')} {stand} in the table.")
    tied = found["reason"].str.contains("entangled with ", regex=False)
    # a habit entangled with another is so for every outcome; once is enough
    once = found[tied].drop_duplicates("factor").head(most)
    for factor, text in once[["factor", "reason"]].to_numpy().tolist():
        reason = text[text.index("entangled with ") :]
        sentences.append(f"“{column_of(nights, factor).label}” is {reason}.")
    if not sentences:
        sentences.append(_nothing_found(nights, table))
    return Said((*sentences, _tally(table)))


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table, each with its names."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def clearest(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that were found, first those that stand, each time the clearest first."""
    found = table[table["status"] == "found"].sort_values(
        ["pvalue_family", "pvalue"], kind="stable"
    )
    if "stands" not in found:
        return found
    return found.sort_values("stands", ascending=False, kind="stable", na_position="last")


def _nothing_asked(nights: pd.DataFrame, table: pd.DataFrame) -> str:
    """Say why no question could be asked."""
    if table.empty:
        return (
            "Nothing can be asked of this diary: it holds the nights but no habit or circumstance, "
            "such as stress or coffee, to set them against."
        )
    reasons = table["reason"].str.partition(":")[0].value_counts()
    if len(nights) < LEAST_NIGHTS:
        why = (
            f"it has {count_said(len(nights), 'night')}, and a question needs at least "
            f"{LEAST_NIGHTS} with both values"
        )
    else:
        why = f"the commonest reason is: {reasons.index[0]}"
    return f"Nothing can be asked of this diary yet: {why}."


def _nothing_found(nights: pd.DataFrame, table: pd.DataFrame) -> str:
    """Say what was asked about when nothing stood out."""
    asked = table[table["status"] != "refused"]
    habits, outcomes = (
        [column_of(nights, name).label for name in asked[column].unique()]
        for column in ("factor", "outcome")
    )
    shown = [f"“{label}”" for label in habits[:NAMED]]
    if len(habits) > NAMED:
        shown.append(f"{len(habits) - NAMED} more")
    nothing = "It did not" if len(habits) == 1 else "None of it"
    verb = "go" if len(habits) == 1 else "went"
    return (
        f"Asked about: {_listed(shown, 'and')}. {nothing} clearly {verb} with "
        f"{_listed(outcomes, 'or')}."
    )


def _listed(words: list[str], last: str) -> str:
    """Join words with commas and a last conjunction."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _tally(table: pd.DataFrame) -> str:
    """Count the questions by what became of them."""
    counts = table["status"].value_counts()
    words = {
        "found": "stood out",
        "not found": "showed no clear difference",
        "no difference that matters": "showed no difference that matters",
        "unreachable": "could hardly be answered with this many nights",
        "refused": "could not be asked",
    }
    if "stands" in table:
        stand = int(table["stands"].fillna(False).sum())
        words["found"] += f", {stand} of them beside the other habits"
    parts = [f"{counts[status]} {text}" for status, text in words.items() if status in counts]
    return f"{count_said(len(table), 'question')}: {'; '.join(parts)}."
