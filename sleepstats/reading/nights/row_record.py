"""What became of every source row, written down for ``reading_report``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Objects
from sleepstats.reading.nights.companions import Fate, alike
from sleepstats.reading.nights.draft import Draft, Options, sentences
from sleepstats.reading.nights.record import NO_NIGHT, STATUSES, Record


def placed(draft: Draft, row: int, text: str) -> str:
    """Put the line number in front of a problem."""
    joint = "," if text.startswith("column ") else ":"
    return f"line {int(draft.table.line[row])}{joint} {text}"


def record_of(
    drafts: Sequence[Draft],
    fates: Sequence[Fate],
    options: Options,
    notes: Sequence[str],
    *,
    first: Draft,
) -> Record:
    """Write down what became of every row, and what the files say about their columns."""
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
        texts = {i: placed(draft, i, sentences(t)) for i, t in draft.problems.items()}
        texts |= {i: placed(draft, i, t) for i, t in why.items()}
        shown = fate.copy()
        for i in draft.problems:
            if shown[i] == "used":
                shown[i] = "repaired"
        skipped = draft.table.skipped
        above = np.array([number for number, _ in skipped], dtype=np.int64)
        lines = np.concatenate([above, draft.table.line])
        days = np.concatenate([np.full(len(above), NO_NIGHT), rows])
        states = np.concatenate([alike("skipped", len(above)), shown])
        place = None
        if len(above) and not (len(rows) and above[-1] < draft.table.line[0]):
            order = np.argsort(lines, kind="stable")
            lines, days, states = lines[order], days[order], states[order]
            place = np.empty(len(lines), dtype=np.int64)
            place[order] = np.arange(len(lines))
        line.append(lines)
        day.append(days)
        status.append(states)
        reasons = {j: reason for j, (_, reason) in enumerate(skipped)}
        for i, text in (reasons | {len(above) + i: text for i, text in texts.items()}).items():
            problem[str(base + (i if place is None else int(place[i])))] = text
        base += len(lines)
    problem = dict(sorted(problem.items(), key=lambda item: int(item[0])))
    every = np.concatenate(status) if len(status) > 1 else status[0]
    plain = every == "used"
    number_of = Counter(every[~plain].tolist()) + Counter(used=int(plain.sum()))
    counts = {name: number_of[name] for name in STATUSES if name in number_of}
    told: dict[str, dict[str, Any]] = {}
    for draft in drafts:
        told |= draft.told
    for name, part in options.when.items():
        told[name] = told.get(name, {}) | {"when": part}
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
            {"file": d.table.name, "line": int(d.table.line[i]), "why": why[i]}
            for d, (fate, why) in zip(drafts, fates, strict=True)
            for i in (np.flatnonzero(fate == "refused").tolist() if why else ())
        ],
        day_cut_h=first.day_cut_h,
        zone=options.tz or first.zone,
        labels=first.labels,
        columns=told,
        notes=list(
            dict.fromkeys([*(note for d in drafts for note in (*d.assumed, *d.notes)), *notes])
        ),
        rows={
            "file": np.repeat(np.arange(len(drafts)), [len(part) for part in line]),
            "line": np.concatenate(line),
            "day": np.concatenate(day),
            "status": every,
            "problem": problem,
        },
    )


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
            if not text.startswith("line "):
                text = f"line {rows['line'][position]}: {text}"
            rows["problem"][str(position)] = text
