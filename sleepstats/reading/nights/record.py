"""The reading record: what became of every row of the source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd

from sleepstats.arrays import Objects, Stamps
from sleepstats.columns import RECORD, column_of, told_of
from sleepstats.errors import DiaryError, both_forms, worded
from sleepstats.reading.nights import Draft, Options, no_blank_unread, sentences, when_of_columns
from sleepstats.reading.nights.roles import NOT_NEEDED, asides_of, roles_of
from sleepstats.units import Table, counted

#: Status and sentences of the rows of one draft.
Fate = tuple[Objects, dict[int, str]]

#: What can become of a source row, in the order of the summary.
STATUSES = ("used", "repaired", "joined", "merged", "nap", "duplicate", "unmatched", "refused",
            "skipped")  # fmt: skip

#: Day number that stands for "no night" in a record.
NO_NIGHT = -(10**6)

#: How the note begins that says why latency is no question to this diary.
LATENCY_NOTE = "The latency of this diary is not asked about: "


class Record(dict[str, Any]):
    """Provenance of a frame, kept in ``nights.attrs["sleepstats"]``. Treat it as read-only.

    A plain dictionary that copies to the same object and equals itself alone: pandas copies and
    compares ``attrs`` at every step. ``rows`` holds arrays, one value per line of the source.
    """

    # a record of a million rows must not be copied each time
    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    # arrays have no truth
    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other


@worded
def reading_report(nights: pd.DataFrame) -> pd.DataFrame:
    r"""Account for every source row of a diary.

    Parameters
    ----------
    nights : DataFrame
        As returned by :func:`read_diary`, or anything derived from it that kept its ``attrs``.

    Returns
    -------
    DataFrame
        One row per line of the source, in file order:

        ``file`` : str
            File name.
        ``line`` : int
            1-based line on which the row begins.
        ``night`` : datetime64
            The night it went to (date of the evening); missing if it went to none.
        ``status`` : str
            ``used``, ``repaired`` (used, with something put together, corrected or left out),
            ``joined`` (a journal's row that went with a night), ``merged`` (part of a night
            recorded in pieces), ``nap`` (counted in ``nap_min``), ``duplicate`` (another row of
            the same night was kept), ``unmatched`` (a journal's row of an evening that has no
            night), ``refused`` (cannot become a night) or ``skipped`` (no row: title, header,
            blank line, a further line of a quoted cell).
        ``problem`` : str
            What was found, what was expected, what was done; empty when there is nothing to say.

        ``.attrs["sleepstats"]`` holds the reading record itself; its ``"roles"`` say of every
        header of the source what it was taken for: ``role`` (``date``, ``clock``, ``night``,
        ``morning``, ``habit``, ``aside``, ``person``, ``id``, ``note``, ``unused``), ``column``
        (its name in ``nights``, if any), ``when`` and ``why``; ``"asides"`` has a sentence on each
        column left aside.

    Raises
    ------
    DiaryError
        If the frame was not read by :func:`read_diary`, or lost its record on the way.

    Examples
    --------
    >>> import io
    >>> import sleepstats as ss
    >>> text = "night,into_bed,out_of_bed\n2026-01-05,23:10,07:00\n2026-01-06,,\n"
    >>> nights = ss.read_diary(io.StringIO(text))
    >>> ss.reading_report(nights)[["line", "night", "status"]]
       line      night   status
    0     1        NaT  skipped
    1     2 2026-01-05     used
    2     3 2026-01-06     used
    """
    record = told_of(nights)
    if "rows" not in record or "files" not in record:
        raise DiaryError(
            "This frame carries no reading record: it was not made by read_diary(), or a step in "
            "between dropped nights.attrs. Call reading_report() on the frame read_diary() gave."
        )
    rows = record["rows"]
    status = pd.Series(rows["status"], dtype="str")
    days = np.array(rows["day"], dtype="int64")
    night = days.astype("datetime64[D]").astype("datetime64[us]")
    night[days == NO_NIGHT] = np.datetime64("NaT", "us")
    problem = np.full(len(days), "", dtype=object)
    for position, text in rows["problem"].items():
        problem[int(position)] = text
    report = pd.DataFrame(
        {
            "file": pd.Series(np.array(record["files"], dtype=object)[rows["file"]], dtype="str"),
            "line": rows["line"],
            "night": night,
            "status": status,
            "problem": pd.Series(problem, dtype="str"),
        }
    )
    report.attrs[RECORD] = record
    return Table.of(report, _view)


def _view(report: pd.DataFrame, wide: bool) -> tuple[pd.DataFrame, str]:
    """Return the rows about which there is something to say, and count the others."""
    odd = report[(report["problem"] != "") & (report["status"] != "skipped")]
    counts = report["status"].value_counts()
    last = f"{counted(len(report), 'line')}: {', '.join(f'{n} {s}' for s, n in counts.items())}."
    if len(odd) < len(report):
        none = "No row has anything to tell. Above are the last ones."
        last += f" {'The others have nothing to tell.' if len(odd) else none}"
    last = "\n".join([*(f"Assumed: {note}" for note in told_of(report).get("assumed", [])), last])
    shown = odd if len(odd) else report.tail(3).drop(columns="problem")
    night = shown["night"].dt.strftime("%Y-%m-%d").fillna("")
    return shown.assign(line=shown["line"].astype(str), night=night), last


def alike(text: str, rows: int) -> Objects:
    """Return the same text for every row."""
    every = np.empty(rows, dtype=object)
    every.fill(text)  # np.full would turn the text round for each row
    return every


def placed(draft: Draft, told: Mapping[int, str]) -> dict[int, str]:
    """Put the line number in front of the problems of rows."""
    line, turned = draft.table.line, draft.table.turned
    out = {}
    for row, text in told.items():
        where = f"line {line[row]}" + ("" if turned is None else f", column {turned[row]}")
        joint = "," if text.startswith(("column ", "row ")) else ":"
        out[row] = both_forms(f"{where}{joint} {text}")
    return out


def record_of(
    drafts: Sequence[Draft],
    fates: Sequence[Fate],
    options: Options,
    notes: Sequence[str],
    *,
    first: Draft,
) -> Record:
    """Write down what became of every row, and what the files say about their columns."""
    no_blank_unread(drafts, options)
    line: list[np.ndarray] = []
    day: list[np.ndarray] = []
    status: list[np.ndarray] = []
    problem: dict[str, str] = {}
    base = 0
    for draft, (fate, why) in zip(drafts, fates, strict=True):
        rows = draft.night.astype("datetime64[D]").astype(np.int64)
        rows[np.isnat(draft.night)] = NO_NIGHT
        if why:
            rows[(fate == "refused") | (fate == "unmatched")] = NO_NIGHT
        texts = placed(draft, {i: sentences(t) for i, t in draft.problems.items()} | why)
        shown = fate.copy()
        for i in draft.problems:
            if shown[i] == "used":
                shown[i] = "repaired"
        numbers, reasons = [*zip(*draft.table.skipped, strict=True)] or ((), ())
        above = np.fromiter(numbers, dtype=np.int64, count=len(numbers))
        lines = np.concatenate([above, draft.table.line])
        days = np.concatenate([np.full(len(above), NO_NIGHT), rows])
        states = np.concatenate([alike("skipped", len(above)), shown])
        # Lines that are no rows mostly stand above the first row: only others need sorting.
        place = None
        if len(above) and not (len(rows) and above[-1] < draft.table.line[0]):
            order = np.argsort(lines, kind="stable")
            lines, days, states = lines[order], days[order], states[order]
            place = np.empty(len(lines), dtype=np.int64)
            place[order] = np.arange(len(lines))
        line.append(lines)
        day.append(days)
        status.append(states)
        at = np.append(np.arange(len(above)), [len(above) + i for i in texts]).astype(np.intp)
        at = at if place is None else place[at]
        order = np.argsort(at, kind="stable")
        sayings = np.array([*reasons, *texts.values()], dtype=object)[order]
        problem.update(zip(map(str, (base + at[order]).tolist()), sayings.tolist(), strict=True))
        base += len(lines)
    every = np.concatenate(status) if len(status) > 1 else status[0]
    plain = every == "used"
    number_of = Counter(every[~plain].tolist()) + Counter(used=int(plain.sum()))
    counts = {name: number_of[name] for name in STATUSES if name in number_of}
    told: dict[str, dict[str, Any]] = {}
    for draft in drafts:
        told |= draft.told
    for name, part in when_of_columns(told, options).items():
        told[name] = told.get(name, {}) | {"when": part}
        if told[name].get("kind", column_of(None, name).kind) == "control":
            told[name]["kind"] = {"day": "factor", "morning": "recorded"}.get(part, "device")
    roles = roles_of(drafts, told, options)
    said = [note for d in drafts for note in (*d.assumed, *d.weighty, *d.notes)]
    return Record(
        file=", ".join(d.table.name for d in drafts),
        files=[d.table.name for d in drafts],
        format=first.format,
        format_why="; ".join(dict.fromkeys(d.why for d in drafts)),
        sources=[
            {"file": d.table.name, "format": d.format, "why": d.why, "rows": len(d.table)}
            for d in drafts
        ],
        rows_read=sum(len(d.table) for d in drafts),
        rows_used=counts.get("used", 0) + counts.get("repaired", 0),
        rows_refused=counts.get("refused", 0),
        counts=counts,
        refused=[
            {"file": d.table.name, "line": int(d.table.line[i]), "why": both_forms(why[i])}
            for d, (fate, why) in zip(drafts, fates, strict=True)
            for i in (np.flatnonzero(fate == "refused").tolist() if why else ())
        ],
        day_cut_h=first.day_cut_h,
        zone=options.tz or first.zone,
        labels=first.labels,
        readings=list(first.readings),
        beside=[
            {
                "file": d.table.name,
                "labels": d.labels,
                "readings": [*d.readings],
                "columns": d.pasted or [*(d.columns if d.evenings is None else d.evenings)],
                "read_by": "read_diary",
            }
            for d in drafts
            if (d.role == "evenings" or d.pasted) and d.readings
        ],
        columns=told,
        roles=roles,
        asides=asides_of(roles),
        assumed=[both_forms(note) for d in drafts for note in (*d.assumed, *d.weighty)],
        notes=[*map(both_forms, dict.fromkeys([*said, *_unread(roles, said), *notes]))],
        rows={
            "file": np.repeat(np.arange(len(drafts)), [len(part) for part in line]),
            "line": np.concatenate(line),
            "day": np.concatenate(day),
            "status": every,
            "problem": problem,
        },
    )


def _unread(roles: Mapping[str, Mapping[str, str]], notes: Sequence[str]) -> list[str]:
    """Name the columns that a format does not read and of which no note speaks."""
    unread = [h for h, one in roles.items() if one["why"] == NOT_NEEDED and not one["column"]]
    rest = [header for header in unread if not any(header in note for note in notes)]
    return [f"Columns not used: {', '.join(rest)}."] * bool(rest)


def take_back_problems(record: Record, evenings: pd.Index[Any], texts: Objects) -> None:
    """Let the row report show what the measures found, too."""
    found = np.flatnonzero(texts != "")
    if not len(found):
        return
    days = evenings.to_numpy().astype("datetime64[D]").astype(np.int64)
    rows = record["rows"]
    wanted = dict(zip(days[found].tolist(), texts[found].tolist(), strict=True))
    for position in np.flatnonzero(np.isin(rows["day"], days[found])).tolist():
        if rows["status"][position] in ("used", "repaired"):
            text = wanted[rows["day"][position]]
            # What was told of its cells has the line in front already.
            if not text.startswith("line "):
                text = f"line {rows['line'][position]}: {text}"
            rows["problem"][str(position)] = text


#: What became of one row, and of several, by status.
_BECAME = {
    "repaired": ("of these with a remark",) * 2,
    "joined": ("joined to the night of its evening", "joined to the night of their evening"),
    "unmatched": ("of an evening without a night",) * 2,
    "merged": ("a piece of a night joined to its longest record",
               "pieces of a night joined to its longest record"),
    "nap": ("counted as a nap", "counted as naps"),
    "duplicate": ("left out as a second row of the same night",
                  "left out as second rows of the same night"),
    "refused": ("refused", "refused"),
}  # fmt: skip


def summary_sentences(record: dict[str, Any]) -> list[str]:
    """Say in plain words what was read, for warnings, the shell and the report."""
    counts = record["counts"]
    read, used = record["rows_read"], record["rows_used"]
    file = ", ".join(record["files"])
    parts = [f"{file}: {read:,} row{'s' * (read != 1)} read, {used:,} used"]
    # what was measured later has something to tell of rows, too, and is listed below with theirs
    kept = np.isin(record["rows"]["status"], ("used", "repaired"))
    counts = counts | {"repaired": sum(bool(kept[int(i)]) for i in record["rows"]["problem"])}
    parts += [f"{n} {_BECAME[x][n > 1]}" for x in STATUSES[1:-1] if (n := counts.get(x))]
    return [", ".join(parts) + ".", *record.get("asides", ()), *record["notes"]]


#: So many days without a night are told.
LOST_DAYS = 5 * 365


def tell_lost_years(evenings: Stamps) -> list[str]:
    """Tell of a gap that no diary has: a mistyped year, or a file that belongs to another."""
    days = evenings.astype("datetime64[D]")
    gap = np.diff(days).astype(np.int64)
    if gap.max(initial=0) < LOST_DAYS:
        return []
    first, last = days[gap.argmax() :][:2]
    return [
        f"Between {first} and {last} lie {gap.max() / 365.25:.0f} years without a night. Correct "
        "the date if its year is mistyped; leave a file out that belongs to another diary."
    ]


#: Problems that a warning names; the others are counted.
SHOWN = 3


def first_problems(texts: Sequence[str], count: int) -> str:
    """Join the first few problems and count the rest."""
    rest = count - SHOWN
    head = "\n  ".join(texts[:SHOWN])
    return f"\n  {head}" + (f"\n  … and {rest} more" if rest > 0 else "") if texts else ""
