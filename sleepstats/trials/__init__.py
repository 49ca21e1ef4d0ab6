"""A trial's plan: which night has which condition, decided by chance before the first night."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sleepstats.errors import DiaryError, advice, both_forms, given, in_shell, marked
from sleepstats.results import Spoken
from sleepstats.trials import designs, filled_sheet, question, sheet
from sleepstats.written import write_whole

if TYPE_CHECKING:
    from sleepstats.trials.result import TrialResult

_BOM = "\ufeff"  # spreadsheets need it to know the letters


@dataclass(frozen=True, eq=False, repr=False)
class TrialPlan(sheet.Planned, Spoken):
    """Which night has which condition; made by :func:`sleepstats.plan_trial`.

    Attributes
    ----------
    design : Design
        Name, nights, block length, longest run.
    seed : int
        The seed the schedule was drawn with.
    drawn : tuple of bool
        The schedule: True on nights with the condition in question.
    conditions : tuple of str
        The condition in question, and the one it is set against.
    start : Timestamp or None
        First evening.
    stop_rule : str
        What the person wrote down before the first night.
    substance : str
        What is being tried, in the person's words; empty if not said.
    warning : str
        What the plan opens with; empty for most.
    expectation : TrialPower or None
        What these nights can show, by the person's own diary, if one was given.
    question : question.Question or None
        What was registered: ``outcome``, ``matters``, ``adjust``, ``level``, ``looks``.
    checksum : str
        Of all of this but the expectation; it stands in the sheet. A plan or a sheet that was
        altered afterwards no longer has it.
    """

    @property
    def schedules(self) -> int:
        """How many schedules the design could have given, each equally likely."""
        return self.design.count

    def starting(self, start: str | date | pd.Timestamp) -> TrialPlan:
        """Return the same schedule with its first evening on this date.

        Parameters
        ----------
        start : str or date
            Date of the first evening.

        Returns
        -------
        TrialPlan
            Nothing but the dates differs.

        Examples
        --------
        >>> import sleepstats as ss
        >>> plan = ss.plan_trial(16, seed=1).starting("2026-03-02")
        >>> plan.nights[-1]
        Timestamp('2026-03-17 00:00:00')
        """
        return replace(self, start=first_evening(start), checksum="")

    def to_csv(self, path: str | PathLike[str]) -> Path:
        """Write the sheet to fill in; see :func:`sleepstats.trials.sheet.sheet_of`.

        Parameters
        ----------
        path : str or path
            A file that does not exist: a sheet with answers in it is never written over.

        Returns
        -------
        Path
        """
        return sheet.write_new(path, sheet.sheet_of(self), "utf-8-sig")

    def to_ics(self, path: str | PathLike[str]) -> Path:
        """Write a calendar, one all-day entry a night.

        Parameters
        ----------
        path : str or path
            A file that does not exist.

        Returns
        -------
        Path
        """
        return sheet.write_new(path, sheet.calendar_of(self), "utf-8")

    def to_html(self, path: str | PathLike[str]) -> Path:
        """Write a page to print, with room to tick each night off.

        Parameters
        ----------
        path : str or path
            A file that does not exist.

        Returns
        -------
        Path
        """
        return sheet.write_new(path, page_text(self), "utf-8")

    @classmethod
    def from_csv(cls, path: str | PathLike[str]) -> TrialPlan:
        """Read a plan back from its sheet, filled in or not.

        Parameters
        ----------
        path : str or path
            What :meth:`to_csv` wrote.

        Returns
        -------
        TrialPlan

        Raises
        ------
        DiaryError
            If the sheet and the plan it names do not agree; see
            :func:`sleepstats.trials.filled_sheet.read_filled`.
        """
        return filled_sheet.read_filled(path, plan_of)[0]

    def _words(self) -> str:
        """Return the plan in a few plain sentences, the warning first."""
        return both_forms(" ".join(map(marked, sentences_of(self))))

    def _repr_html_(self) -> str:
        """Return the sentences and a bare table, for a notebook."""
        said = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in sentences_of(self))
        table = self.table
        blank = [""] * len(table)
        evening = blank if self.start is None else self.nights.strftime("%a %Y-%m-%d")
        rows = "".join(
            f"<tr><th>{number}</th><td>{date}</td><td>{block}</td>"
            f"<td>{html.escape(condition)}</td></tr>"
            for number, date, (block, condition) in zip(
                table.index, evening, table[["block", "condition"]].to_numpy(), strict=True
            )
        )
        head = "<tr><th>number</th><th>night</th><th>block</th><th>condition</th></tr>"
        return f"{said}<table>{head}{rows}</table>"


def page_text(plan: TrialPlan) -> str:
    """Return the page to print."""
    return sheet.page_of(
        sentences_of(plan),
        plan.table.assign(night=plan.nights),
        substance=plan.substance,
        warned=bool(plan.warning),
        in_blocks=plan.design.name != "free",
    )


def sentences_of(plan: TrialPlan) -> list[str]:
    """Return a plan in plain sentences."""
    one, other = plan.conditions
    n, count = len(plan.drawn), sum(plan.drawn)
    how = {
        "pairs": "in pairs of nights, a coin deciding which comes first in each pair",
        "blocks": f"in blocks of {plan.design.block} nights, a coin deciding which of two blocks "
        "comes first",
        "free": f"in free order, never more than {plan.design.max_run} nights of one kind in a row",
    }[plan.design.name]
    dates = ""
    if plan.start is not None:
        dates = f" from {plan.nights[0]:%Y-%m-%d} to {plan.nights[-1]:%Y-%m-%d}"
    said = [plan.warning] if plan.warning else []
    if plan.question is None and plan.conditions == ("on", "off"):
        ways = advice("conditions=", "--conditions"), advice("outcome=", "--outcome")
        lacks = "Not said yet: what is compared, and what it may change. Plan it anew with"
        said.append(both_forms(f"{lacks} {' and '.join(ways)}."))
    said.append(
        f"{n} nights{dates}, {count} “{one}” and {n - count} “{other}”, {how}: one of "
        f"{plan.schedules:,} possible schedules, drawn by lot (seed {plan.seed})."
    )
    if washout := plan.design.washout:
        said.append(
            f"Left out of the comparison: the first {'night' if washout == 1 else ''}"
            f"{f'{washout} nights' if washout > 1 else ''} of each block, on which what was done "
            "in the block before may still be at work."
        )
    said.append(
        f"Each morning write in the sheet, under “done”, which of the two it was: “{one}” or "
        f"“{other}”; under “guess”, where somebody else decides, which you think it was."
    )
    if plan.expectation is not None:
        said.append(f"{plan.expectation}")
    elif plan.question is not None:
        diary = advice("nights= (your diary so far)", "--diary FILE")
        told = "Whether so many nights can show anything depends on how much your nights differ: "
        said.append(both_forms(f"{told}{diary} tells it beforehand."))
    if plan.question is not None:
        said += question.asked_for(plan.question, plan.conditions, looks_said(plan))
    if plan.expectation is not None:
        said += plan.expectation.early()
    said.append(f"Stop rule: {plan.stop_rule}" if plan.stop_rule else sheet.NO_STOP_RULE)
    return said


def looks_said(plan: TrialPlan) -> list[str]:
    """Return the nights after which a plan is looked at, with their dates where it has them."""
    nights = () if plan.question is None else plan.question.look_nights(plan.design)
    if plan.start is None:
        return [str(number) for number in nights]
    return [f"{number} ({plan.nights[number - 1]:%Y-%m-%d})" for number in nights]


def first_evening(start: str | date | pd.Timestamp) -> pd.Timestamp:
    """Return a date of a first evening, or say why it is none."""
    try:
        if not isinstance(start, str | date | np.datetime64):
            raise TypeError  # noqa: TRY301
        first = pd.Timestamp(start)
    except (ValueError, TypeError):
        first = pd.NaT  # type: ignore[assignment]
    if pd.isna(first) or first.tz is not None:
        raise DiaryError(
            f"{given('start', start)}, expected the date of the first evening, such as "
            "'2026-03-02'."
        )
    return first.normalize()


def plan_of(
    design: designs.Design, *, seed: int, start: str | date | pd.Timestamp | None, **facts: Any
) -> TrialPlan:
    """Draw the schedule; the same design and seed give the same one. ``facts``: as in a plan."""
    drawn = tuple(design.draw(1, seed)[0].tolist())
    first = None if start is None else first_evening(start)
    return TrialPlan(design=design, seed=seed, drawn=drawn, start=first, **facts)


def write_all(plan: TrialPlan, name: str) -> list[Path]:
    """Write sheet, page and calendar, all of them or none; return the files."""
    paths = [Path(f"{name}.{ending}") for ending in ("csv", "html", "ics")]
    texts = (_BOM + sheet.sheet_of(plan), page_text(plan), sheet.calendar_of(plan))
    try:
        write_whole(dict(zip(paths, texts, strict=True)))
    except FileExistsError:
        there = next((path for path in paths if path.exists()), paths[0])
        raise DiaryError(
            f"{there}: is already there, and what was filled in is never "
            "written over. Give another name with -o."
        ) from None
    return paths


def lines_of(result: TrialResult) -> Iterator[str]:
    """Yield the verdict, the sentences, how it was kept to, and what else is to be known."""
    if result.verdict not in (question.NOT_REGISTERED, question.NOT_ANSWERED):
        # "go on" alone would be read as what to do
        open_yet = " (not decided yet)" if result.verdict == question.GO_ON else ""
        yield f"{result.verdict[:1].upper()}{result.verdict[1:]}{open_yet}.\n"
    yield f"{result.shell}\n"
    heads = ["nights", *(str(name).replace("_", " ") for name in result.compliance.columns[1:])]
    table = [heads, *([str(cell) for cell in row] for row in result.compliance.to_numpy())]
    width = max(len(row[0]) for row in table)
    for label, *cells in table:
        kept = (cell.rjust(len(head)) for cell, head in zip(cells, heads[1:], strict=True))
        yield f"{label:<{width}}  {'  '.join(kept)}"
    notes = [note for note in result.notes if note not in result.doubts]
    if notes:
        yield "\n" + "\n".join(f"* {in_shell(note)}" for note in notes)
