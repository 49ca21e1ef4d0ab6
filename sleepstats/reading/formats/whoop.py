"""WHOOP: ``sleeps.csv``, ``physiological_cycles.csv`` and the journal, in the app's languages.

A cycle begins as a sleep begins and lasts until the next one: what a cycle's row says of the day
(strain, energy) belongs to the day *after* its night and stands here with the following night.
Stamps are local, with one offset from UTC per row. The start of the cycle is the key of the export.

The journal has one row per question and cycle: yes, no, or no row at all. It is filled in the
morning about the day before and stands under the cycle that began with the night between: its
answers go with the night of the same cycle.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats, Objects, Rows, Stamps
from sleepstats.clock import evening_of
from sleepstats.errors import option
from sleepstats.reading.cells import distinct, read_offsets, read_yes_no, unused_names
from sleepstats.reading.nights import Claim, Draft, Options, Preview, records, tracker
from sleepstats.reading.nights.tracker import put_zone, tell_clock_changes
from sleepstats.reading.text import normal_header
from sleepstats.reading.words import meanings_of


def _names() -> dict[str, str]:
    """Return our word for every header that stands in ``whoop.txt``."""
    text = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")
    rows = (line.split(": ") for line in text.splitlines() if line and line[0] != "#")
    return {name: word for word, names in rows for name in names.split(" | ")}


_WORD = _names()


def whoop_name(header: str) -> str:
    """Return our word for a header of WHOOP's export in any of its languages, else the header."""
    plain = unicodedata.normalize("NFKD", normal_header(header))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = re.sub(r"[^\w%]+", " ", plain).strip()
    return _WORD.get(plain, plain)


_OF_THE_DAY = {
    "strain": records.Column("day_strain", least=0, most=21, kind="factor", when="day", unit="",
                     label="strain of the day before", until_bed=True),
    "energy": records.Column("energy_burned_kcal", least=0, most=30_000, kind="factor", when="day",
                     unit="kcal", label="energy burned the day before", until_bed=True),
}  # fmt: skip
_NO_LATENCY = (
    "WHOOP gives no latency: its sleep onset begins the record, and the minutes awake hold those "
    "before falling asleep, too. Time in bed is its own figure, which leaves out gaps of the "
    "recording."
)
_CYCLES = (
    " A cycle begins with its night, so strain and energy of a cycle stand with the night that "
    "follows it."
)


def _claims_nights(preview: Preview, options: Options) -> Claim | None:
    """Claim a table of cycles with the onset of sleep, in any language of the app."""
    line = preview.first_line()
    found = tracker.header_of(preview, ("cycle start", "onset", "wake"), line=line, word=whoop_name)
    if found is None or not {"asleep", "in bed", "resting", "nap"} & set(found[1]):
        return None
    file = "cycles" if {"recovery", "strain"} & set(found[1]) else "sleeps"
    why = f"the header has the cycle's start, sleep onset and wake onset of WHOOP's {file}"
    return Claim(96, line, found[0], why)


def _stamps(draft: Draft) -> None:
    """Read when cycle and sleep begin and end; a cycle without a sleep is refused."""
    words = [w for w in ("cycle start", "onset", "wake", "cycle end") if w in draft.place]
    stamps = dict(zip(words, tracker.read_stamps_of(draft, words), strict=True))
    draft.key = _keys_of(stamps["cycle start"])
    draft.put("sleep_onset", stamps["onset"], draft.header("onset"), kind="device")
    draft.put("final_wake", stamps["wake"], draft.header("wake"), kind="device")
    draft.stamps |= stamps


def _no_sleep(draft: Draft) -> None:
    """Refuse cycles without a sleep, of which there is only a day."""
    if {"recovery", "strain"} & set(draft.place):
        draft.role = "either"
    blank = np.array([not cell.strip() for cell in draft.cells("onset").tolist()], dtype=bool)
    for i in np.flatnonzero(np.isnat(draft.columns["sleep_onset"]) & blank).tolist():
        draft.refused[i] = "a cycle without a recorded sleep."


def _zone_and_day(draft: Draft) -> None:
    """Set the zone, and what a cycle says of its day with the night that begins as it ends."""
    if "zone" in draft.place:
        cells = draft.cells("zone")
        offset = read_offsets(np.where(cells == "UTCZ", "Z", cells))  # UTC itself
        put_zone(draft, offset, draft.header("zone"))
        tell_clock_changes(draft, offset, "evening")
    if "cycle end" in draft.stamps:
        ends = {stamp: i for i, stamp in enumerate(draft.stamps["cycle end"].tolist()) if stamp}
        starts = draft.stamps["cycle start"].tolist()
        records.of_the_day(
            draft, _OF_THE_DAY, np.array([ends.get(one, -1) for one in starts], np.intp)
        )
    draft.notes.append(_NO_LATENCY + (_CYCLES if "strain" in draft.place else ""))


def _keys_of(start: Stamps) -> Objects:
    """Return the start of the cycle as the text that names it in every file."""
    keys = np.datetime_as_string(start, unit="s").astype(object)
    keys[np.isnat(start)] = ""
    return keys


#: Where question and answer stand as exported, for languages whose words for them are not known.
_QUESTION, _ANSWER, _WIDTH = 3, 4, (5, 6)
_FIRST = ["cycle start", "cycle end", "zone"]


def _claims_journal(preview: Preview, options: Options) -> Claim | None:
    """Claim a table of questions and answers under the starts of cycles."""
    line = preview.first_line()
    found = tracker.header_of(preview, ("cycle start",), line=line, word=whoop_name)
    if found is None:
        return None
    delimiter, names = found
    if {"question", "answer"} <= set(names):
        why = "the header has the cycle's start, a question and its answer, as WHOOP's journal"
    elif names[:3] == _FIRST and len(names) in _WIDTH and _yes_or_no(preview, line, delimiter):
        why = "the header has the cycle's start, end and zone, then a question and true or false"
    else:
        return None
    return Claim(96, line, delimiter, why)


def _yes_or_no(preview: Preview, line: int, delimiter: str) -> bool:
    rows = [preview.cells(n + 1, delimiter) for n in range(line, len(preview.lines))]
    answers = [row[_ANSWER] for row in rows if len(row) > _ANSWER]
    return bool(answers) and all(a.casefold() in ("true", "false", "") for a in answers[:-1])


def _journal(draft: Draft) -> None:
    """Read one journal: an entry per row, the evenings' answers in ``evenings``."""
    table = draft.table
    question, answer = _place(draft, "question", _QUESTION), _place(draft, "answer", _ANSWER)
    (start,) = tracker.read_stamps_of(draft, ["cycle start"])
    draft.key = _keys_of(start)
    begins = np.unique(start[~np.isnat(start)])  # a cycle has as many rows as questions
    draft.cut_day((begins - begins.astype("datetime64[D]")) / np.timedelta64(1, "m"))
    draft.night = evening_of(start, draft.day_cut_h)
    header, cells = draft.header("cycle start"), draft.cells("cycle start")
    for i in np.flatnonzero(np.isnat(start)).tolist():
        draft.refused[i] = f"column {header!r}: {cells[i].strip()!r} is no cycle."
    texts, which = distinct(table.columns[question])
    yes = draft.parsed(read_yes_no(table.columns[answer]), table.header[answer])
    for i in np.flatnonzero(np.array([not text for text in texts])[which]).tolist():
        draft.tell(i, table.header[question], "an answer without a question: not used.")
    _evenings(draft, texts, which, yes, table.header[answer])
    if "notes" in draft.place and any(c.strip() for c in draft.cells("notes").tolist()):
        draft.notes.append("The journal's notes are not read: they may hold names.")


def _place(draft: Draft, word: str, usual: int) -> int:
    """Return where a column stands: under its word, else at its usual place if there is one."""
    unnamed = word not in draft.place and usual < len(draft.table.columns)
    return usual if unnamed else draft.at(word)


def _evenings(
    draft: Draft,
    texts: list[str],
    which: Rows,
    yes: Floats,
    header: str,
) -> None:
    """Turn rows of question and answer into one column per question."""
    spelling: dict[str, str] = {}
    for text in texts:
        spelling.setdefault(text.casefold(), text)
    spelling.pop("", None)
    number = {fold: j for j, fold in enumerate(spelling)}
    column = np.array([number.get(text.casefold(), -1) for text in texts], dtype=np.intp)[which]
    keys = list(dict.fromkeys(key for key in draft.key.tolist() if key))  # type: ignore[union-attr]
    order = {key: r for r, key in enumerate(keys)}
    row = np.array([order.get(key, -1) for key in draft.key.tolist()], dtype=np.intp)  # type: ignore[union-attr]
    use = np.flatnonzero((row >= 0) & (column >= 0) & ~np.isnan(yes))
    answers = np.full((len(keys), len(spelling)), np.nan)
    cell = row[use] * max(len(spelling), 1) + column[use]
    _tell_twice(draft, use, cell, yes, header)
    answers.reshape(-1)[cell] = yes[use]
    names = unused_names(list(spelling.values()), set())
    values = {
        names[text]: pd.arrays.BooleanArray(answers[:, j] == 1.0, np.isnan(answers[:, j]))
        for j, text in enumerate(spelling.values())
    }
    draft.evenings = pd.DataFrame(values, index=pd.Index(keys, dtype="str"))
    for j, text in enumerate(spelling.values()):
        draft.told[names[text]] = {"header": text, "kind": "factor", "when": "day", "label": text}
        if "on_waking" in meanings_of(text):
            draft.told[names[text]]["kind"] = "control"
            draft.notes.append(
                f"{text!r} is of a morning, and not clear of which: not asked about. If it was "
                f"before the night: {option('read_diary(...', when={text: 'day'})}."
            )
        asked = int((~np.isnan(answers[:, j])).sum())
        if asked < len(keys):
            draft.notes.append(
                f"{text!r} was answered on {asked} of {len(keys)} cycles; on the others it is "
                "not recorded."
            )


def _tell_twice(
    draft: Draft, use: Rows, cell: Rows, yes: Floats,
    header: str,
) -> None:  # fmt: skip
    """Tell of a question answered twice under one cycle in different ways; the later row counts."""
    order = np.argsort(cell, kind="stable")
    same = cell[order][1:] == cell[order][:-1]
    for k in np.flatnonzero(same).tolist():
        earlier, later = int(use[order[k]]), int(use[order[k + 1]])
        if yes[earlier] != yes[later]:
            line = int(draft.table.line[later])
            draft.tell(earlier, header, f"answered otherwise in line {line}, which counts.")


NIGHTS = tracker.Tracker(
    name="whoop",
    product="WHOOP (sleeps and physiological cycles)",
    recognised_by="columns Cycle start time, Sleep onset, Wake onset and their Spanish, German, "
    "French and Portuguese names",
    gives="sleep onset, waking, time asleep and in bed, stages, named naps; cycles add resting "
    "heart rate, its variability, recovery and the strain of the day before; no latency",
    signature=("cycle start time", "cycle end time", "cycle timezone", "sleep onset", "wake onset",
               "asleep duration (min)", "in bed duration (min)", "nap"),
    word=whoop_name,
    clocks={"onset": "sleep_onset", "wake": "final_wake"},
    columns={
        "in bed": records.Column("tib_min", "min", zero_missing=True),
        "asleep": records.Column("tst_min", "min", zero_missing=True),
        "light": records.Column("light_min", "min"),
        "deep": records.Column("deep_min", "min"),
        "rem": records.Column("rem_min", "min"),
        "awake": records.Column("awake_min", "min"),
        "performance": records.Column(
            "sleep_performance_pct", least=0, most=100, when="night", unit="%",
            label="WHOOP's sleep performance", made_of=["tst_min"],
        ),
        "recovery": records.Column(
            "recovery_score_pct", least=0, most=100, when="morning", unit="%",
            label="WHOOP's recovery score",
            made_of=["resting_heart_rate_bpm", "hrv_ms", "tst_min"],
        ),
        "resting": records.Column("resting_heart_rate_bpm", least=20, most=200),
        "variability": records.Column("hrv_ms", least=0, most=500),
        "breathing": records.Column("breaths_per_min", least=2, most=60),
        "skin": records.Column("skin_temperature_c", least=10, most=45),
        "oxygen": records.Column("blood_oxygen_pct", least=50, most=100),
    },
    nap=("nap", ""),
    known=("cycle start", "cycle end", "zone", "nap", *_OF_THE_DAY),
    claims=_claims_nights,
    stamps=_stamps,
    before=_no_sleep,
    after=_zone_and_day,
)  # fmt: skip

JOURNAL = tracker.Tracker(
    name="whoop_journal",
    product="WHOOP (journal entries)",
    recognised_by="columns Cycle start time, Question text, Answered yes and their translations",
    gives="a yes / no / not recorded habit per question, joined to the night of the same cycle",
    signature=("cycle start time", "cycle timezone", "question text", "answered yes", "notes"),
    word=whoop_name,
    role="evenings",
    claims=_claims_journal,
    after=_journal,
    known=None,
)
FORMATS = (NIGHTS, JOURNAL)
