"""A person's own columns: what kind each is, decided from all its cells, and its values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats, modulo
from sleepstats.clock import circular_mean_h, follows_the_first
from sleepstats.columns import CLOCKS, DICTIONARY, column_of, split_unit
from sleepstats.errors import option
from sleepstats.reading import cells
from sleepstats.reading.nights import Draft, Options, diary_clocks, records, roles, taken_columns
from sleepstats.reading.text import Cells, normal_header, rows
from sleepstats.reading.words import OF_THE_NIGHT, Sense, own_name, part_of_header, unit_of_header
from sleepstats.reading.words.header_words import as_asked, asks, on_both_sides
from sleepstats.reading.words.shapes import UNKNOWN, Shape, beyond_scale, shape_of, unknown

#: Of these there can be none.
CAN_BE_NONE = ("nawk", "waso_min", "nap_min", "alcohol_drinks", "caffeine_drinks")
MOST_LEVELS = 12  # of more different answers, most of them rare, a column is free text
#: Names that stand for clock times and numbers, which answers and words are none of.
_OF_NIGHTS = (*CLOCKS, *(n for n, c in DICTIONARY.items()
                         if c.unit == "min" or c.kind in ("computed", "device")))  # fmt: skip
_ROLES = {"night": "night", "clock": "night", "morning": "morning", "habit": "day"}  # of the cycle
KINDS_FROM = 0.5  # of the words of a rating that are of no scale, all stay words
#: Clock times of which this share lies in the night or so long after it are not of the day before.
MOSTLY_WITHIN, _AFTER_THE_NIGHT_MIN = 0.8, 60.0
_NO_TIME = "blank_is_no leaves blanks: none has no time, and 0 is one. Note how many beside it."
_MARKS = frozenset(("?", "??", "???"))
_BED_H, _WAKE_H = (20.0, 3.0), (4.0, 11.0)  # most people's
MANY_BLANK, SOMETIMES, SAID, _WORDED = 0.25, 0.9, "you said so", ("yes/no", "text", "empty")


def tell_not_known(draft: Draft, column: Cells, header: str) -> None:
    """Tell of question marks: what is not known is not recorded (a trial's guess may be none)."""
    if header != "guess" and not _MARKS.isdisjoint(rows.form(t := cells.distinct(column)[0]) or t):
        for i in np.flatnonzero(cells.that_are(column, *_MARKS)).tolist():
            draft.tell(i, header, f"{column[i].strip()!r} is read as not recorded.")


def take_own_column(
    draft: Draft, column: Cells, header: str, *, name: str | None, sense: Sense | None,
    reference: Floats,
) -> None:  # fmt: skip
    """Add one column of the person's own to the draft."""
    if taken_columns.take_hours_before_bed(draft, column, header, name, sense):
        blanks_told(draft, column, header, [*draft.columns][-1])
        return
    tell_not_known(draft, column, header)
    asked = as_asked(taken_columns.none_of_it(draft, column, header), header, reference)
    column = draft.parsed(asked, header)
    draft.weighty += [f"Column {header!r}: {asked.style}"] * bool(asked.style)
    column = blanks_told(draft, column, header, name)
    warm, degrees = cells.without_degrees(column, header)
    column = draft.parsed(warm, header)
    column, unit_of_all = taken_columns.bare_amounts(draft, column, header)
    kind = cells.kind_of_cells(column)
    of_clock = kind == "number" and (shape := shape_of(column)).kind == "clock"
    pointed = cells.with_colons(column, surely=asks(header) == "when") is not column  # 6.15
    timed = (sense and sense.role == "clock") or (pointed and asks(header)[:4] == "when")
    if of_clock and (shape.high >= 13 * 60 or timed):
        column, kind = cells.with_colons(column, surely=True), "clock"  # 22.45, 7.05
    if kind == "text" and (plainer := draft.without_bands(column, header)) is not column:
        column, unit_of_all = taken_columns.bare_amounts(draft, plainer, header)
        kind = cells.kind_of_cells(column)
    if kind == "empty":
        draft.notes.append(f"Column {header!r} is empty and was left out.")
        return
    clash = () if kind == "clock" else CLOCKS if kind in ("number", "duration") else _OF_NIGHTS
    own = cells.with_unit(cells.with_unit(own_name(header), degrees), unit_of_all)
    own = re.sub("(?<=.)_(?:min|h)$", "", own) if kind == "clock" else own
    plain = name or _free(own, draft, clash)
    told: dict[str, Any] = {"label": split_unit(plain)[0]}
    unit = unit_of_header(header)
    said = sense if sense and sense.why != UNKNOWN else None
    part = _ROLES.get(said.role, "") if said else column_of(None, plain).when
    if part and part != column_of(None, plain).when:
        told["when"] = part
    if sense and sense.role in roles.KINDS and plain not in DICTIONARY:
        told["kind"] = roles.KINDS[sense.role]
    if plain == "sleep" and kind in ("number", "duration", "clock"):
        _take_sleep(draft, column, header, kind, told)
        return
    told |= {"kind": "recorded", "when": "night"} if plain in OF_THE_NIGHT else {}
    if kind == "clock":
        clock, minutes = taken_columns.habit_clock(draft, column, reference, header, part=part)
        why = _clock_of_the_night(draft, clock, reference, header)
        if draft.sense.get(header) == roles.EITHER:
            told["kind"] = "control"
        elif odd := on_both_sides((reference - minutes) / 60.0):
            draft.assumed.append(f"Column {header!r}: {odd}")
        if sense and sense.why == UNKNOWN and why:
            draft.sense[header] = Sense("aside", why=why)
            told["kind"] = "control"
        elif part == "day" and sense and sense.why != SAID and _follows_the_night(draft, clock):
            draft.sense[header] = Sense("morning", why="it follows the waking of its own row")
            told["when"] = "morning"
        draft.put(plain, diary_clocks.to_stamps(draft.night, minutes), header, **told)
    elif kind == "number":
        read = partial(cells.read_counted, header=header)
        bad = read(column).bad_mask.sum() if unit in ("min", "h") else 0
        if bad and (lengths := cells.read_durations(column, unit=unit)).bad_mask.sum() < bad:
            values = draft.parsed(lengths, header) / (60.0 if unit == "h" else 1.0)  # 1h among 30
        else:
            values = draft.amounts(read, column, header)
        draft.put(plain, values, header, **told)
    elif kind == "duration":
        minutes = draft.amounts(partial(cells.read_durations, unit=unit or "min"), column, header)
        if not plain.endswith(("_min", "_h")):
            plain = _free(plain + "_min", draft)
        draft.put(plain, minutes / (60.0 if plain.endswith("_h") else 1.0), header, **told)
    elif kind == "yes/no" and not cells.doses.mostly_dosed(column):
        draft.put(plain, records.yes_or_no(draft, column, header), header, **told)
    # Before what was taken: a rating beside its word has a number, too, but no dose.
    elif cells.look_like_ratings(column):
        draft.put(plain, draft.parsed(cells.read_ratings(column), header), header, **told)
    elif not (
        taken_columns.take_grades(draft, plain, column, header, of_scale="much", **told)
        or taken_columns.take_taken(draft, column, header, plain, told, reference)
    ):
        _text(draft, column, header, plain, told)


def _clock_of_the_night(draft: Draft, clock: Floats, reference: Floats, header: str) -> str:
    """Say why unknown clock times are hardly a habit: they are of the night, or may be its end.

    Of the night are those between the bed time and shortly after its end.
    """
    end = draft.columns.get("out_of_bed", draft.columns.get("final_wake"))
    usual = circular_mean_h(clock[np.isfinite(clock)] / 60.0)
    for known, (first, last), column, what in (
        (draft.columns.keys() & set(CLOCKS[:3]), _BED_H, "into_bed", "bed time"),
        (end is not None, _WAKE_H, "final_wake", "waking time"),
    ):
        if not known and (usual - first) % 24 < (last - first) % 24:
            told = option("read_diary(...", columns={header: column})
            return f"it may be the {what}, which no other column tells ({told})"
    if 3.0 <= usual < 11.0:
        return "its times are those of a morning"
    bed = reference[np.isfinite(reference)] / 60.0
    if len(bed) and abs((usual - circular_mean_h(bed) + 12) % 24 - 12) < 1.0:
        # what was done before bed is left out now and then, and never after it
        ahead = np.mod(reference - clock, 1440.0)[np.isfinite(reference) & np.isfinite(clock)]
        apart = len(ahead) <= SOMETIMES * len(bed) and ((ahead >= 5.0) & (ahead < 180.0)).all()
        return "" if apart else "its times are those of the bed time"
    if end is None:
        return ""
    night = draft.night.astype("datetime64[us]")
    length = (end - night) / np.timedelta64(1, "m") - reference
    after = modulo(clock - reference, 1440.0)
    known = np.isfinite(after) & np.isfinite(length)
    inside = (after > 5.0) & (after < length + _AFTER_THE_NIGHT_MIN)
    within = known.sum() >= 5 and inside[known].mean() >= MOSTLY_WITHIN
    return "its times lie within the night" if within else ""


def _follows_the_night(draft: Draft, clock: Floats) -> bool:
    """Whether times come so long after the waking of their own row, and not of the row before."""
    if (end := draft.columns.get("out_of_bed", draft.columns.get("final_wake"))) is None:
        return False
    night = draft.night.astype("datetime64[us]")[order := np.argsort(draft.night, kind="stable")]
    woke = (end[order] - night) / np.timedelta64(1, "m")
    pairs = np.diff(night) == np.timedelta64(1, "D")
    return follows_the_first(clock[order][1:][pairs], woke[1:][pairs], woke[:-1][pairs])


def role_of_own(
    header: str, name: str | None, meant: Sense | None, options: Options, shape: Shape | None
) -> Sense:
    """Return what a column is taken for: what the person says, its words, then its cells.

    Without a shape an unknown column is a habit: nothing else stands in a list of habits.
    """
    wishes = {normal_header(key): part for key, part in options.when.items()}
    keys = (name or "", own_name(header), normal_header(header))
    if part := next((wishes[key] for key in map(normal_header, keys) if key in wishes), None):
        return Sense({"day": "habit"}.get(part, part), why=SAID)
    if name == "weekday":
        return Sense("date", why="a weekday: the date says it")
    if name == "comments":
        return Sense("note")
    if meant and meant.role == "clock" and name is None:
        told = column_of(None, meant.column).label if meant.column else "clock of an alarm"
        role = "aside" if header[-1:] in tuple("23456") else "clock"  # from_2: of another stay
        return Sense(role, why=f"it may be the {told}, which another column tells")
    if meant is None and (part := part_of_header(header)):
        return Sense(part)
    if meant is None and shape is not None:
        role, why = unknown(header, shape)
        return Sense(role, why=why)
    return meant or Sense("habit", why=UNKNOWN)


def take_rating(
    draft: Draft, name: str, column: Cells, header: str, words: Mapping[str, str]
) -> None:
    """Read a rating: numbers, words of one scale, yes and no; other words are kept as kinds."""
    rated = cells.read_ratings(column, words)
    if rated.bad and (plain := draft.without_bands(column, header)) is not column:
        column, rated = plain, cells.read_ratings(plain, words)
    if not rated.bad:
        draft.put(name, draft.parsed(rated, header), header)
        return
    if taken_columns.take_grades(draft, name, column, header):
        return
    kinds = {t.casefold(): t for t in cells.distinct(column)[0] if not cells.says_missing(t)}
    if cells.kind_of_cells(column) == "yes/no":
        draft.put(name, draft.parsed(cells.read_yes_no(column), header), header)
    elif rated.bad_mask.sum() > KINDS_FROM * (~cells.is_missing(column)).sum():
        draft.weighty.append(
            f"Column {header!r}: {', '.join(map(repr, [*kinds.values()][:6]))} are of no scale "
            "that is known: kept as kinds, not as grades. Write numbers, 5 for the best."
        )
        take_own_column(draft, column, header, name=None, sense=draft.sense.setdefault(
            header, Sense("morning" if name != "stress" else "habit")), reference=np.full(
            len(column), np.nan))  # fmt: skip
    else:
        draft.put(name, draft.parsed(rated, header), header)


def blanks_told(draft: Draft, column: Cells, header: str, name: str | None = None) -> Cells:
    """Put 0 where nothing was written, if the person says that it means none; else say how often.

    Said is what looks like an answer: a dash, or blanks beside ticks that are never a no. A dash in
    a column that else only says yes is a no. Where there was none there is no clock time of it.
    """
    missing = cells.is_missing(column)
    plain, own = own_name(header), name not in CAN_BE_NONE
    keys = {*map(normal_header, (header, plain, name or header))}
    wishes = keys.intersection(map(normal_header, draft.options.blank_is_no))
    draft.blanks_read |= wishes
    kind, shape = cells.kind_of_cells(cells.without_units(column)[0]), shape_of(column)
    timed = asks(header) == "when" or cells.clocks.SINCE.search(f"{header} {name or ''}".strip())
    if own and (timed or "clock" in (kind, shape.kind * (shape.high >= 13 * 60))):
        draft.weighty += [f"Column {header!r}: {_NO_TIME}"] * bool(wishes)
        return column
    if wishes:
        missing |= cells.that_are(column, *cells.parsed.word_lists()["forgot"])
        missing &= ~cells.that_are(column, *_MARKS)  # neither is it no
        rows = f"nothing written on {int(missing.sum())} of {len(column)} evenings"
        draft.notes.append(f"Column {header!r}: {rows} is read as none, as you said.")
        return np.where(missing, "no" if kind in _WORDED else "0", np.asarray(column, dtype=object))
    if not missing.any() or missing.all():
        return column
    texts, codes = cells.distinct(column)
    answers = cells.read_yes_no(column).values if kind == "yes/no" else [0]
    dashed = np.array([bool(t) and not t.strip("-–—−") for t in texts])[codes]
    if own and 0 not in answers and dashed.any() and not any(map(str.isdigit, "".join(texts))):
        rows = f"a dash on {int(dashed.sum())} of {len(column)} evenings is read as no, as all else"
        draft.notes.append(f"Column {header!r}: {rows} says yes. Blank cells are not recorded.")
        return np.where(dashed, "no", np.asarray(column, dtype=object))
    counts = np.bincount(codes[missing], minlength=len(texts))
    counts *= [not text.strip("-–—−.") and "+" not in texts for text in texts]  # n/a is no none
    mark = texts[int(counts.argmax())]
    meant = mark or 0 not in answers or _amounts_or_blank(draft, column, header)
    if meant and counts.any():
        rows = f"{repr(mark) if mark else 'blank'} on {int(counts.max())} of {len(column)} evenings"
        notes = draft.weighty if (~missing).sum() > 2 else draft.notes  # a diary just begun
        told = f"If it means none: {option('read_diary(...', blank_is_no=(plain,))}."
        notes.insert(0, f"Column {header!r}: {rows} counted as not recorded. {told}")
    return column


def _amounts_or_blank(draft: Draft, column: Cells, header: str) -> bool:
    """Say whether many evenings of an amount are blank and none is zero: blank may mean none."""
    sense = draft.sense.get(header)
    if (sense and sense.role != "habit") or cells.is_missing(column).mean() < MANY_BLANK:
        return False
    if cells.kind_of_cells(bare := cells.without_units(column)[0]) not in ("number", "duration"):
        return cells.doses.always_taken(column)
    values = np.fmax(cells.read_numbers(bare).values, cells.read_durations(bare, unit=None).values)
    return bool((values > 0).sum() > 2 and not (values == 0).any())


def _take_sleep(draft: Draft, column: Cells, header: str, kind: str, told: dict[str, Any]) -> None:
    """Take a column headed just "sleep": a length if its cells say so, no habit in any case."""
    if kind == "number":
        values = draft.parsed(cells.read_numbers(column), header)
        if roles.fits_into_the_night(draft, 60 * values) and "tst_min" not in draft.columns:
            draft.sense[header] = Sense("night", why="its numbers are hours within the night")
            draft.put("tst_min", 60 * values, header)
            return
        draft.sense[header] = Sense("aside", why="it may be hours of sleep or a rating")
        draft.notes.append(
            f"Column {header!r} does not say whether it is hours of sleep or a rating: kept, and "
            "not asked about. Head it 'Hours slept' or 'Sleep quality'."
        )
    else:  # 7:30 beside bed and wake times is a length
        values = draft.parsed(cells.read_durations(column, unit=None), header)
        if "tst_min" not in draft.columns:
            draft.put("tst_min", values, header)
            return
    draft.put("sleep", values, header, **told | {"kind": "control", "when": "night"})


def tell_beyond_scale(draft: Draft) -> None:
    """Tell of numbers that lie beyond the scale that their header names."""
    for name, told in draft.told.items():
        header, values = str(told.get("header", "")), draft.columns.get(name)
        if isinstance(values, np.ndarray) and values.dtype.kind == "f":
            for i, why in beyond_scale(header, values).items():
                draft.tell(i, header, why)


def _free(name: str, draft: Draft, clash: Collection[str] = ()) -> str:
    return cells.unused_names([name], {*draft.columns, *clash})[name]


def _text(draft: Draft, column: Cells, header: str, name: str, told: dict[str, Any]) -> None:
    column = cells.without_groups(column)
    missing = cells.is_missing(column)
    words = [cell.strip() for cell in column[~missing].tolist()]
    lists, separator = cells.as_lists(words)
    if separator or name == "tags":  # the person says so
        separator = separator or next((one for one in ";,|" if one in "".join(words)), ";")
        listed = np.where(cells.that_are(column, "none"), "None", "").astype(object)  # of these
        listed[~missing] = lists
        tags = cells.split_tags(listed, separator)
        names = cells.unused_names([f"{header} {tag}" for tag in tags], set(draft.columns))
        for (tag, values), free in zip(tags.items(), names.values(), strict=True):
            part = {key: value for key, value in told.items() if key == "when"}
            draft.put(free, values, header, kind="factor", label=tag, **part)
        return
    none, of = np.asarray(column) == "None", f"Column {header!r}"
    missing &= ~none  # beside other kinds it is one
    draft.notes += [f"{of}: 'None' is a kind; if it means no answer, empty it."] * bool(none.any())
    words = [cell.strip() for cell in column[~missing].tolist()]
    if not (cells.read_yes_no(column).bad_mask & cells.read_numbers(column).bad_mask).any():
        mixed = "mixes yes or no with amounts: kept as kinds. Write either of them."
        draft.weighty.append(f"{of} {mixed}")
    spelt = {w.casefold(): w for w, _ in Counter(words).most_common()[::-1]}  # Calm is calm
    words = [spelt[word.casefold()] for word in words]
    counts = sorted(Counter(words).values())
    crosses, marks = cells.parsed.of_crosses([*spelt], 1.0)
    if np.isnan(crosses):
        draft.assumed.append(f"{of}: is 'x' yes, or {marks[0]!r}? Kept as kinds; write yes and no.")
    texts = np.full(len(column), None, dtype=object)
    texts[~missing] = words
    if len(counts) > MOST_LEVELS or (len(counts) > 3 and counts[-2] < 3):  # free text
        told["kind"] = "control"
        what = f"holds {len(counts)} different texts and is kept as text; it is not asked about."
        draft.notes.append(f"{of} {what}")
    draft.put(name, pd.array(texts, dtype="str"), header, **told)
