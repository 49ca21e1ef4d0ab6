r"""What every column of a file was taken for, and why: the roles, in one place for all formats.

Words decide before numbers. Of an unknown column its numbers may still show that it is of the night
itself: it is a copy, a sum, a part or a share of the night's own measures, or goes with them more
closely than habits do. Of 195 habits of real diaries one had \|r\| above .4 with the night's own
sleep time, 99 % lay below .31; of columns of the night itself a quarter lay above .58.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sleepstats.arrays import Floats
from sleepstats.columns import CLOCKS, DICTIONARY, column_of
from sleepstats.errors import both_forms, marked, option
from sleepstats.reading.nights import Draft, Options
from sleepstats.reading.text import normal_header
from sleepstats.reading.words import Sense, meanings_of, own_name, sense, shapes

#: Role -> kind of column: what is no habit is not asked about as one.
KINDS = {"night": "device", "morning": "recorded", "aside": "control", "note": "control",
         "clock": "control"}  # fmt: skip
#: Of a column that a device measured by day; nothing has to be settled.
BY_DAY = "the device measured it by day: no habit, and not of the night"
AROUND = "what was around the night, noted by the app"
#: Columns that say of a record what made it.
_OF_RECORDS = ("zone", "device", "data_source")
_IDENTIFIES = re.compile(r"uu?id\b|(?<![^\W_])(ids?|ver|version|pkg|key|hash)\b|[a-z]Id$", re.I)
#: Roles that no column of nights has.
_BOOKS = ("date", "id", "person", "unused")
_DATES = ("date", "day", "night", "fecha", "datum")
_NOT_READ = "the words of its header; not read from this format"
NOT_NEEDED, _EMPTY = "not read from this format", "the words of its header; empty"
EITHER = Sense("aside", why="its times may be of the morning or of the afternoon")
_SETTLED = (BY_DAY, _NOT_READ, NOT_NEEDED, _EMPTY)
_HABITS_R = 0.31  # 99 of 100 habits go with their night's sleep time less closely
_FEWEST, _AGREE = 10, 0.9  # nights held against each other, and the share that has to agree
_MOST_PARTS = 10  # of unknown columns, that sums are tried of
_OWN = ("tst_min", "spt_min", "tib_min", "sol_min", "waso_min", "awake_min", "se_pct")


def settle_by_arithmetic(draft: Draft) -> None:
    """Find unknown columns of numbers that are of the night, and put them where they belong."""
    unknown = {
        name: np.asarray(draft.columns[name], dtype=float)
        for name, told in draft.told.items()
        if "header" in told
        and (meant := draft.sense.get(told["header"])) is not None
        and meant.why in shapes.OPEN
        and isinstance(draft.columns.get(name), np.ndarray)
        and draft.columns[name].dtype.kind == "f"
        and np.isfinite(draft.columns[name]).sum() >= _FEWEST
        and len(np.unique(draft.columns[name])) > 3
    }
    own = own_measures(draft)
    if not unknown or not own:
        return
    for name, values in list(unknown.items()):
        if copied := _copy_of(values, own):
            _of_night(draft, name, unknown, own, f"a copy of {_label(copied)}", copied)
    for name, parts, whole in _sums(unknown, own):
        for part in parts:
            if part in unknown:
                _of_night(draft, part, unknown, own, f"a part of {_label(whole)}, {name}")
    for name, values in list(unknown.items()):
        if pair := _share_of(values, own):
            why = f"{_label(pair[0])} as a share of {_label(pair[1])}"
            share = "se_pct" if "tib_min" in pair and float(np.nanmedian(values)) > 1 else ""
            _of_night(draft, name, unknown, own, why, share)
            asleep = next((n for n in pair if n not in DICTIONARY), "")
            if share and asleep and "tst_min" not in draft.columns:  # what a share of the time in
                told = draft.told.pop(asleep)  # bed is made of is the time asleep
                draft.put("tst_min", draft.columns.pop(asleep), told["header"])
    own = {n: own[n] for n in ("tst_min", "spt_min", "tib_min") if n in own}
    for name, values in unknown.items():
        close, r = max((_closeness(values, one, draft.night) for one in own.values()),
                       default=(0.0, 0.0))  # fmt: skip
        if close > _HABITS_R:
            header = draft.told[name]["header"]
            why = f"it goes with its own night more closely than habits do (r = {r:.2f})"
            draft.sense[header] = Sense("aside", why=why)
            draft.told[name]["kind"] = "control"


def own_measures(draft: Draft) -> dict[str, Floats]:
    """Return the night's own minutes, the span between its ends among them."""
    own = {
        name: np.asarray(draft.columns[name], dtype=float) for name in _OWN if name in draft.columns
    }
    for name, begins, ends in (
        ("tib_min", ("into_bed", "lights_out"), ("out_of_bed", "final_wake")),
        ("spt_min", ("sleep_onset",), ("final_wake",)),
    ):
        begin = next((draft.columns[n] for n in begins if n in draft.columns), None)
        end = next((draft.columns[n] for n in ends if n in draft.columns), None)
        if name not in own and begin is not None and end is not None:
            own[name] = np.asarray((end - begin) / np.timedelta64(1, "m"), dtype=float)
    return {name: values for name, values in own.items() if np.isfinite(values).any()}


def fits_into_the_night(draft: Draft, minutes: Floats) -> bool:
    """Whether minutes are most of the time between the ends of the night, and hardly ever more."""
    own = own_measures(draft)
    span = own.get("tib_min", own.get("spt_min"))
    if span is None:
        return False
    both = np.isfinite(minutes) & np.isfinite(span)
    within = (minutes[both] <= span[both] + 5) & (minutes[both] >= span[both] / 4)
    whole = (np.mod(minutes[both], 60) == 0).all()
    return bool(both.sum() >= _FEWEST and within.mean() >= 0.95 and not whole)


def _of_night(
    draft: Draft, name: str, unknown: dict[str, Floats], own: dict[str, Floats], why: str,
    column: str = "",
) -> None:  # fmt: skip
    """Take an unknown column for one of the night, by its name in the dictionary if it is one."""
    told, values = draft.told.pop(name), draft.columns.pop(name)
    own[name] = unknown.pop(name)
    draft.sense[told["header"]] = Sense("night", why=f"its numbers: {why}")
    if column and column not in draft.columns and column in DICTIONARY:
        ratio = own[column] / own[name] if column in own else np.ones(1)
        ratio = ratio[np.isfinite(ratio)]
        scale = float(np.median(ratio)) if len(ratio) else 1.0
        draft.put(column, values * scale, told["header"])
    else:
        draft.put(name, values, **told | {"kind": "device", "when": "night"})


def _label(name: str) -> str:
    return column_of(None, name).label


def _agree(one: Floats, other: Floats) -> bool:
    """Whether two columns say the same within a hundredth, on nearly all nights."""
    both = np.isfinite(one) & np.isfinite(other)
    if both.sum() < _FEWEST or np.ptp(one[both]) == 0:
        return False
    least = min(1.5, 0.2 * float(np.std(other[both])))  # a minute is much where all are small
    near = np.abs(one[both] - other[both]) <= np.maximum(0.01 * np.abs(other[both]), least)
    return bool(near.mean() >= _AGREE)


def _copy_of(values: Floats, own: Mapping[str, Floats]) -> str:
    """Return the measure of which a column is a copy, in whatever unit."""
    for name, one in own.items():
        both = np.isfinite(values) & np.isfinite(one) & (one > 0)
        if both.sum() < _FEWEST or np.ptp(values[both]) == 0 or not (values[both] > 0).any():
            continue
        scale = float(np.median(values[both] / one[both]))
        unit = min((1.0, 1 / 60, 60.0, 60_000.0), key=lambda u: abs(np.log(max(scale, 1e-9) / u)))
        if _agree(values / unit, one):
            return name
    return ""


def _sums(
    unknown: Mapping[str, Floats], own: Mapping[str, Floats]
) -> list[tuple[str, tuple[str, ...], str]]:
    """Return sets of columns that add up to a measure: how it is said, the columns, the measure."""
    whole = {name: own[name] for name in own if name in ("tst_min", "spt_min", "tib_min")}
    parts = {
        n: v for n, v in (dict(own) | dict(unknown)).items() if n not in ("spt_min", "tib_min")
    }
    if len(parts) > _MOST_PARTS:
        parts = dict(list(unknown.items())[:_MOST_PARTS])
    found = []
    for size in (2, 3, 4):
        for names in combinations(parts, size):
            if not set(names) & set(unknown):
                continue
            total = sum(parts[name] for name in names)
            found += [
                (f"with {' and '.join(repr(n) for n in names)}", names, target)
                for target, values in whole.items()
                if target not in names and _agree(np.asarray(total), values)
            ]
    return found


def _share_of(values: Floats, own: Mapping[str, Floats]) -> tuple[str, str] | None:
    """Return the two measures of which a column is the quotient, plain or in per cent."""
    for one, other in combinations(own, 2):
        for above, below in ((one, other), (other, one)):
            with np.errstate(divide="ignore", invalid="ignore"):
                share = own[above] / own[below]
            for scale in (1.0, 100.0):
                both = np.isfinite(values) & np.isfinite(share)
                if both.sum() < _FEWEST or np.ptp(values[both]) == 0:
                    continue
                off = np.abs(values[both] / scale - share[both])
                if (off <= 0.006).mean() >= _AGREE and np.ptp(share[both]) > 0.03:
                    return above, below
    return None


def _closeness(values: Floats, own: Floats, night: NDArray[Any]) -> tuple[float, float]:
    r"""Return the least that \|r\| can well be, weekdays and trend removed, and r itself."""
    known = np.isfinite(values) & np.isfinite(own) & ~np.isnat(night)
    n = int(known.sum())
    if n < 2 * _FEWEST:
        return 0.0, 0.0
    day = night[known].astype("datetime64[D]").astype(np.int64)
    design = np.column_stack([np.eye(7)[(day + 3) % 7], day - day.mean()])
    both = np.column_stack([values[known], own[known]])
    rest = both - design @ np.linalg.lstsq(design, both, rcond=None)[0]
    spread = rest.std(axis=0)
    if (spread <= 1e-9 * np.abs(both).max()).any():
        return 0.0, 0.0
    r = float((rest[:, 0] * rest[:, 1]).mean() / spread.prod())
    least = np.tanh(np.arctanh(min(abs(r), 0.999999)) - 1.96 / np.sqrt(max(n - 11, 1)))
    return float(least), r


def roles_of(
    drafts: Sequence[Draft], told: Mapping[str, Mapping[str, Any]], options: Options
) -> dict[str, dict[str, str]]:
    """Return source header -> role, column, when, why, for every column of every file."""
    roles: dict[str, dict[str, str]] = {}
    wishes = {normal_header(key): part for key, part in options.when.items()}
    for draft in drafts:
        names: dict[str, list[str]] = {}
        for name, said in draft.told.items():
            names.setdefault(str(said.get("header", "")), []).append(name)
        for header, role in draft.table.renamed.items():
            why = "read together with others, or as several columns"
            roles.setdefault(header, {"role": role, "column": "", "when": "", "why": why})
        for header in draft.table.header:
            if header.strip() and header not in roles:
                roles[header] = _role(draft, header, names.get(header, []), told, wishes, options)
    return roles


def _role(
    draft: Draft, header: str, names: list[str], told: Mapping[str, Mapping[str, Any]],
    wishes: Mapping[str, str], options: Options,
) -> dict[str, str]:  # fmt: skip
    name = names[0] if names else ""
    meant = draft.sense.get(header)
    if meant is None:
        meant = _of_column(draft, name, told) if name else _of_rest(draft, header)
    if any(normal_header(key) == normal_header(header) for key in options.columns):
        meant = Sense(meant.role, why="you said so")
    for key in (name, own_name(header), header):
        if part := wishes.get(normal_header(key)) if key else None:
            meant = Sense({"day": "habit"}.get(part, part), why="you said so")
    when = {"morning": "morning", "habit": "day", "aside": "", "date": ""}.get(meant.role, "night")
    return {
        "role": meant.role,
        "column": name,
        "when": when if name else "",
        "why": both_forms(meant.why),
    }


def _of_column(draft: Draft, name: str, told: Mapping[str, Mapping[str, Any]]) -> Sense:
    """Return the role of a column that a format knows."""
    why = "the words of its header" if draft.sense else f"a column of the format {draft.format}"
    column = column_of(None, name)
    said = told.get(name, {})
    kind, when = said.get("kind", column.kind), said.get("when", column.when)
    if name in CLOCKS:
        return Sense("clock", why=why)
    if kind == "control":
        role = "note" if name == "comments" else "id" if name in _OF_RECORDS else "aside"
        return Sense(role, why=AROUND if role == "aside" else why)
    if kind == "device" and when == "day" and "need" not in meanings_of(said.get("header", "")):
        return Sense("aside", why=BY_DAY)
    if kind == "device":  # a score that it made of the night, though it is of the morning
        return Sense("night", why=why)
    return Sense({"day": "habit"}.get(str(when), str(when)), why=why)


def _of_rest(draft: Draft, header: str) -> Sense:
    """Return the role of a column that became none of nights, by its words; or that it is aside."""
    at = draft.table.header.index(header)
    if draft.place.get("date") == at or normal_header(header) in _DATES:
        return Sense("date")
    shape = shapes.shape_of(draft.table.columns[at])
    words = sense(header, shape)
    if words and words.role in _BOOKS:
        return words
    if draft.nap is not None and shape.kind != "text" and "nap" in meanings_of(header):
        return Sense("id", why="it says which rows are naps")
    own = normal_header(header) in draft.of_product
    holds = shape.graded or shape.kind not in ("empty", "text")
    if (
        words
        and (holds or shape.kind == "empty")
        and (own or meanings_of(header) - {"length", "times"})
    ):
        graded = words.role == "morning" and "rating" not in meanings_of(header)
        role = "night" if graded else words.role  # by the device
        role = "aside" if role == "habit" and draft.of_product else role  # else it was pasted
        clock = shape.kind in ("clock", "stamp") and role == "night"
        why = NOT_NEEDED if shape.graded else _NOT_READ if holds else _EMPTY
        return Sense("clock" if clock else role, why=why)
    if shape.kind == "empty":
        return Sense("unused", why="empty")
    if _IDENTIFIES.search(header):
        return Sense("id", why="the words of its header")
    if words and words.role == "note":
        return Sense("note", why=_NOT_READ)
    return Sense("aside", why=NOT_NEEDED)


def asides_of(roles: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Say of each column left aside why, and the one word that settles it."""
    said = []
    for header, told in (one for one in roles.items() if one[1]["role"] == "aside"):
        day, morning = (option("read_diary(...", when={header: x}) for x in ("day", "morning"))
        how = f"If it was noted in the evening: {day}; in the morning: {morning}."
        how = "Write 14:30, or am and pm." if told["why"] == EITHER.why else how
        aside = f"Column {header!r} is left aside and not asked about: {marked(told['why'])}. {how}"
        said += [both_forms(aside)] * (told["why"] not in _SETTLED)
    return said


def taken_groups(roles: Mapping[str, Mapping[str, str]]) -> list[tuple[str, list[str]]]:
    """Return what was taken for what: words -> headers; *not asked about* where any is."""
    groups = (
        ("as results of the night", ("clock", "night", "morning")),
        ("as habits of the day or evening before", ("habit",)),
        ("not asked about", ("aside", "note")),
    )
    told = [
        (
            words,
            [header.strip() for header, one in roles.items()
             if one["role"] in wanted and (one["column"] or one["why"] not in _SETTLED)],
        )
        for words, wanted in groups
    ]  # fmt: skip
    return [(words, names) for words, names in told if names or words != "not asked about"]


def taken_sentence(roles: Mapping[str, Mapping[str, str]]) -> str:
    """Say in one sentence what was taken for what."""
    naps = {header: one for header, one in roles.items() if one["column"] == "nap_min"}
    groups = taken_groups({header: one for header, one in roles.items() if header not in naps})
    groups += [("as naps, shown and not set against the night", [*naps])] * bool(naps)
    said = [f"{words}: {', '.join(names) or 'none'}" for words, names in groups]
    return f"Taken {'; '.join(said)}."
