"""Whatever was pointed at, as drafts: files, folders, archives, workbooks of several sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from os import PathLike

import numpy as np
import pandas as pd

from sleepstats.columns import CLOCKS, DICTIONARY, column_of, told_of
from sleepstats.errors import DiaryError, advice, did_you_mean, marked, option
from sleepstats.reading import formats as known_in
from sleepstats.reading.formats import SURE, best_decoded, diary, held, no_json, recognise, upright
from sleepstats.reading.nights import Claim, Draft, Format, Options, Preview
from sleepstats.reading.nights import dates_left_open as open_yet
from sleepstats.reading.nights import not_one_diary as no_format
from sleepstats.reading.nights.companions import RATINGS
from sleepstats.reading.nights.which_evening import CALENDAR, MEANS, rule_of_all
from sleepstats.reading.text import Entry, PathOrFile, Source, again, entries_of, open_any

DEEPEST_LIST = 5
MOST_COLUMNS = 20_000  # no diary has more
#: Formats of what people wrote down themselves.
OF_PEOPLE = ("diary", "event_log", "long_table", "qualtrics", "redcap")
#: This share of a diary's nights must be another file's for it to go beside that.
_SAME_NIGHTS = 0.5
#: Files left out of a folder that are told one by one; of more, the rest are counted.
_TOLD = 40


def gather(
    path: PathOrFile | Sequence[PathOrFile],
    name: str,
    formats: Mapping[str, Format],
    options: Options,
    depth: int = 0,
) -> tuple[list[Draft], list[str]]:
    """Read every file that was pointed at."""
    if isinstance(path, str) and not path.strip():
        raise DiaryError(
            "read_diary() got an empty path. Give the path of the export, or '.' for every file of "
            "the working folder."
        )
    if isinstance(path, (bytes, bytearray, memoryview)):
        raise DiaryError(
            f"read_diary() got {type(path).__name__} where a path was expected. To read them as a "
            "file: read_diary(io.BytesIO(data))."
        )
    if isinstance(path, Sequence) and not isinstance(path, str):
        if not len(path):
            raise DiaryError("read_diary() got an empty list of files. Give at least one path.")
        if depth > DEEPEST_LIST:
            raise DiaryError(
                f"read_diary() got lists within lists, more than {DEEPEST_LIST} deep (or a list "
                "that holds itself). Give one list of paths."
            )
        drafts: list[Draft] = []
        left_out: list[str] = []
        for one in path:
            more, notes = gather(one, name, formats, options, depth + 1)
            drafts += more
            left_out += notes
        return drafts, left_out
    path = again(path)
    entries = entries_of(path)
    if entries is not None:
        return _folder(_shown(path), entries, name, formats, options)
    return _file(open_any(path), name, formats, options), []


def _shown(path: PathOrFile) -> str:
    return str(path) if isinstance(path, (str, PathLike)) else str(getattr(path, "name", "it"))


def _file(
    sources: list[Source], name: str, formats: Mapping[str, Format], options: Options
) -> list[Draft]:
    """Read a file: its only table, or of the sheets of a workbook those that are its nights."""
    if options.sheet is not None:
        sources = _named_sheet(sources, options.sheet)
    if len(sources) > 1 and options.person in [source.sheet for source in sources]:
        sources = _named_sheet(sources, str(options.person))  # a sheet for each person
        options = replace(options, person=None)
    if sources[0].encoding == "json" and name == "auto":
        return _json(sources, name, formats, options)
    return _tables(sources, name, formats, options)


def _json(
    sources: list[Source], name: str, formats: Mapping[str, Format], options: Options
) -> list[Draft]:
    """Read a JSON document; one that holds no sleep is told by what it holds."""
    try:
        drafts = _tables(sources, name, formats, options)
    except no_format.Unknown:
        raise DiaryError(no_json(sources, formats)) from None
    for draft in drafts:
        if draft.role == "evenings" and draft.format == "habits":
            draft.why = held(sources)
    return drafts


def _tables(
    sources: list[Source], name: str, formats: Mapping[str, Format], options: Options
) -> list[Draft]:
    """Read the only table of a file, or those that are its nights."""
    if len(sources) == 1:
        return [_read(sources[0], name, formats, options)]
    claimed: list[tuple[Source, Claim, Format]] = []
    problems: list[str] = []
    for source in sources:
        try:
            claimed.append(_recognised(source, name, formats, options))
        except DiaryError as error:
            problems.append(error.problems[0])
    if not claimed:
        raise no_format.Unknown(problems)
    _, best, known = max(claimed, key=lambda one: (one[1].score, one[0].text.count("\n")))
    # A sheet for each month has the same headers; a copy or a summary has others. Of nights side by
    # side a row that is still blank is not among them.
    head = next(_header(source, claim) for source, claim, _ in claimed if claim is best)
    chosen = [
        (source, claim)
        for source, claim, other in claimed
        if other is known
        and len(_header(source, claim) ^ head) <= (len(head) / 5 if source.turned else 0)
    ]
    drafts = [_drafted(known, source, claim, options) for source, claim in chosen]
    if len(drafts) > 1 and options.labels == "auto" and (rule := rule_of_all(drafts)):
        together = replace(options, settled=rule)
        drafts = [_drafted(known, source, claim, together) for source, claim in chosen]
        drafts[0].notes.append(
            f"The sheets together show what their dates name: {MEANS[rule]} "
            f"({option(labels=rule)})."
        )
    if people := _same_evenings(drafts):
        names = [source.sheet for source, _ in chosen]
        raise no_format.SeveralPeople(
            f"{sources[0].name.partition(', sheet ')[0]}: the sheets {', '.join(map(repr, names))} "
            f"tell {people} of the same evenings, each otherwise: they are of several people, and "
            "nights are read one person at a time. Name one: "
            f"{option('read_diary(...', person=names[0])}."
            " For all of them, as pool_people() takes them: "
            f"{option('read_diary(...', person='all')}.",
            names,
        )
    drafts[0].notes.insert(0, _told_sheets(sources, [source for source, _ in chosen]))
    return drafts


#: Of the evenings of the shorter sheet so many stand in the other, with other clock times.
_SAME, _OTHERWISE = 0.5, 0.5


def _same_evenings(drafts: list[Draft]) -> int:
    """Return how many evenings two sheets tell otherwise, if they tell mostly the same evenings."""
    for one, other in pairwise(drafts):
        clock = next((n for n in CLOCKS if n in one.columns and n in other.columns), "")
        _, at, there = np.intersect1d(one.night, other.night, return_indices=True)
        if not clock or len(at) < max(3, _SAME * min(len(one.night), len(other.night))):
            continue
        moved = one.columns[clock][at] != other.columns[clock][there]
        if moved.mean() > _OTHERWISE:
            return int(moved.sum())
    return 0


def _header(source: Source, claim: Claim) -> frozenset[str]:
    cells = source.preview()[claim.header_line - 1].casefold().split(claim.delimiter)
    return frozenset(map(str.strip, cells)) - {""}


def _told_sheets(sources: list[Source], chosen: list[Source]) -> str:
    what = "sheet" if sources[0].encoding in ("xlsx", "ods") else "list"
    taken = ", ".join(repr(one.sheet) for one in chosen)
    names = {one.sheet for one in chosen}
    rest = [repr(one.sheet) for one in sources if one.sheet not in names]
    text = f"Of {len(sources)} {what}s read: {taken}"
    if not rest:
        return f"{text}, all of the same kind."
    other = next(one.sheet for one in sources if one.sheet not in names)
    return f"{text}; not read: {', '.join(rest)}. To read another: {option(sheet=other)}."


def _named_sheet(sources: list[Source], sheet: str) -> list[Source]:
    found = [one for one in sources if one.sheet.casefold() == sheet.casefold().strip()]
    if found:
        return found
    names = [one.sheet for one in sources if one.sheet]
    if not names:
        raise DiaryError(
            f"{sources[0].name}: {option(sheet=sheet)} was given, but this file has no "
            "sheets: leave it away."
        )
    raise DiaryError(
        f"{sources[0].name.partition(', sheet ')[0]}: there is no sheet {sheet!r}."
        f"{did_you_mean(sheet, names)} Its sheets: {', '.join(names)}."
    )


def _preview(source: Source) -> Preview:
    return Preview(source.name, source.preview())


def _read(source: Source, name: str, formats: Mapping[str, Format], options: Options) -> Draft:
    source, told = best_decoded(source)
    source, claim, known = _recognised(source, name, formats, options)
    draft = _drafted(known, source, claim, options)
    draft.notes[:0] = told
    return draft


def _recognised(
    source: Source, name: str, formats: Mapping[str, Format], options: Options
) -> tuple[Source, Claim, Format]:
    """Return a source, turned round if its nights stand side by side, and whose it is."""
    try:
        return source, *recognise(_preview(source), name, formats, options)
    except DiaryError:
        turned = upright(source)
        try:
            if turned is not None:
                return turned, *recognise(_preview(turned), name, formats, options)
        except DiaryError:
            pass  # what is said of the file as it stands helps more
        raise


def _drafted(known: Format, source: Source, claim: Claim, options: Options) -> Draft:
    begin = source.begin_of(claim.header_line)
    end = source.text.find("\n", begin) % (len(source.text) + 1)  # the text's, if none follows
    if (columns := source.text.count(claim.delimiter, begin, end) + 1) > MOST_COLUMNS:
        raise DiaryError(
            f"{source.name}, line {claim.header_line}: {columns} columns, and no more than "
            f"{MOST_COLUMNS} are read. Save the columns of the diary as a file of their own."
        )
    with np.errstate(over="ignore"):  # 1e308 in another unit: what cannot be is told later
        draft = known_in.take_pasted(known.read(source, claim, options))
    draft.notes[:0] = source.notes
    return draft


def _folder(
    folder: str,
    found: list[Entry],
    name: str,
    formats: Mapping[str, Format],
    options: Options,
) -> tuple[list[Draft], list[str]]:
    """Read the files of a folder that some format is sure of; say of the others why not.

    Where none is sure, diary tables are read instead.
    """
    if not found:
        raise DiaryError(
            f"{folder}: the folder holds no .csv, .tsv or .txt file, no workbook (.xlsx, .ods) and "
            "no .json or .xml file. Give the path of the export itself."
        )
    # Of a workbook nothing shows at its top; it is a table of one's own.
    claimed: list[tuple[Entry, Claim | None, str]] = []
    left_out: dict[str, str] = {}
    for entry in found:
        try:
            # Whose file it is shows at its top; what nobody claims need not be read whole.
            source = entry.top()
            if source is None:
                claimed.append((entry, None, "workbook"))
                continue
            source, claim, known = _recognised(source, name, formats, options)
            if source.encoding == "json" and claim.score < SURE:
                left_out[entry.where] = f"{entry.name}: JSON of no known product."
                continue
            claimed.append((entry, claim, known.product.split(" (")[0].lower()))
        except DiaryError as error:
            left_out[entry.where] = error.problems[0]
    sure = any(claim is not None and claim.score >= SURE for _, claim, _ in claimed)
    drafts, beside = list[Draft](), list[str]()
    for entry, sure_of, product in claimed:
        # A table of one's own beside an export is of the same nights: read as one export with it,
        # its rows would be left out as duplicates.
        if sure and (sure_of is None or sure_of.score < SURE):
            beside.append(f"{entry.name}: looks like a {product} beside a product's export.")
            continue
        try:
            drafts += _file(entry.open(), name, formats, options)
        except DiaryError as error:
            left_out[entry.where] = error.problems[0]
    if not drafts:
        raise DiaryError(list(left_out.values()))
    how = advice("Join it with join_evenings().", "Give it after --with.")
    drafts[0].assumed += [f"Not read: {told} {how}" for told in beside]
    # What could have been expected is of use to who points at one file, not for each of a folder.
    brief = [marked(left_out[file]).split(" Expected column names")[0] for file in sorted(left_out)]
    rest = [f"Not read: {n} more files of no known format." for n in (len(brief) - _TOLD,) if n > 0]
    return drafts, [*(f"Not read: {marked(text)}" for text in brief[:_TOLD]), *rest]


def dated_by(drafts: list[Draft], measured: pd.DataFrame, beside: str) -> list[Draft]:
    """Return drafts in which the nights that a tracker measured date the diaries."""
    return [
        open_yet.dated_by(draft, measured, beside, diary.draft_of)
        if draft.role == "nights" and draft.format == diary.FORMAT.name
        else draft
        for draft in drafts
    ]


def put_beside(drafts: list[Draft]) -> list[Draft]:
    """Let a diary go with a tracker's nights where both are of the same ones.

    Its habits and ratings are kept; times and minutes of sleep of two sources are never mixed. The
    tracker's nights say which evening its dates name.
    """
    trackers = [d for d in drafts if d.role == "nights" and d.format not in OF_PEOPLE]
    if not trackers or len(trackers) == len(drafts):
        return drafts
    tracked = np.unique(np.concatenate([d.night for d in trackers]))
    names = " and ".join(d.table.name for d in trackers)
    drafts = dated_by(drafts, open_yet.nights_measured(trackers), names)
    for draft in drafts:
        known = np.unique(draft.night[~np.isnat(draft.night)])
        if draft.role != "nights" or draft.format not in OF_PEOPLE or not len(known):
            continue
        if np.isin(known, tracked).mean() < _SAME_NIGHTS:
            continue
        draft.role = "evenings"
        told = {n: vars(column_of(None, n)) | draft.told.get(n, {}) for n in draft.columns}
        draft.columns = {n: v for n, v in draft.columns.items() if goes_beside(n, told[n])}
        if draft.labels == CALENDAR:
            draft.evenings = open_yet.calendar_days(draft)
        draft.notes.append(
            "This diary is of the nights that another file has measured: its habits and ratings "
            "stand beside them, its own times of sleep are not mixed in. They are there when it is "
            "read by itself."
        )
    return drafts


def of_people(nights: pd.DataFrame) -> bool:
    """Say whether nights were read from what a person wrote down, and not from a tracker."""
    return told_of(nights).get("format") in OF_PEOPLE


def goes_beside(name: str, told: Mapping[str, object]) -> bool:
    """Whether a column goes with another file's nights: habits, ratings, what is of mornings."""
    of_mornings = told["kind"] == "recorded" and told["when"] == "morning"
    return told["kind"] == "factor" or name in RATINGS or (of_mornings and name not in DICTIONARY)
