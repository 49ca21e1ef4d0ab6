"""A log of doses or drinks: a time, what was taken and how much of it, several a day.

It goes with the nights of another file. Each thing becomes yes or no, the amount of the day, and
the time of the last of it, from which the hours before bed follow. An entry from before 04:00
belongs to the evening before. A day with another entry says no; one without any says nothing.
"""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pandas as pd

from sleepstats.arrays import Days, Floats, Objects, Stamps
from sleepstats.columns import name_from_header
from sleepstats.reading.cells import looks_like_stamps, numbers, read_clocks
from sleepstats.reading.nights import NEVER, Claim, Draft, Options, Preview, shifted
from sleepstats.reading.nights.entries import entry_evening
from sleepstats.reading.nights.tracker import Tracker, read_days, read_together
from sleepstats.reading.text import DELIMITERS, normal_header
from sleepstats.reading.words import DATES, Sense, Shape, meaning, sense
from sleepstats.units import as_one

_THING = re.compile(
    r"(the )?(substances?|drugs?|medications?|medicines?|meds?|supplements?|drinks?|beverages?|"
    r"items?|what( taken| i took)?|products?|names?|compounds?|taken|intake|substanz|(wirk)?stoff|"
    r"mittel|medikament|präparat|getränk|was|boisson|médicament|produit|quoi|sub?stancia|"
    r"medicamento|fármaco|bebida|qué|substância|remédio|o que|sostanza|farmaco|medicina|bevanda|"
    r"(che )?cosa|middel|medicijn|drank|drankje|wat|substancja|lek|napój|co|substans|ämne|medicin|"
    r"läkemedel|dryck|vad|вещество|лекарство|напиток|что|物質|薬|飲み物|サプリ|何を?|"
    r"物质|药物?|药品|饮料|饮品|什么|种类|種類)"
)
_MUCH = re.compile(
    r"(amount|dose|dosage|quantity|qty|how much|number|count|servings?|units?|strength|mg|ml|"
    r"menge|dosis|anzahl|wie viel|quantité|combien|cantidad|cuánto|quantidade|dosagem|quanto|"
    r"quantità|dosaggio|hoeveelheid|hoeveel|dosering|aantal|ilość|dawka|ile|mängd|dos|antal|"
    r"hur mycket|доза|количество|用?量|個数|数量|剂量|多少)( taken)?"
    r"( ?[(\[]?(?P<unit>mg|mcg|µg|g|ml|cl|iu|units?|drinks?|cups?)[)\]]?)?"
)
_TIME = re.compile(
    r"(date ?(and|&|/)? ?)?(time|clock|when|hour|uhrzeit|zeit|heure|hora|время)( taken)?|"
    r"(taken |logged )?at|date ?time|time ?stamp|zeitpunkt|wann|quand|horaire|horodateur|cuándo|"
    r"horário|quando|ora|orario|tijd|tijdstip|wanneer|godzina|czas|kiedy|tid|tidpunkt|klockslag|"
    r"när|когда|時刻|時間|日時|时间|时刻"
)
_UNIT = re.compile(r"units?|einheit|unité|unidade?|unità|eenheid|jednostka|enhet|uom|単位|单位")
_AMOUNT = re.compile(r"(?P<number>\d+(?:[.,]\d+)?) ?(?P<unit>[^\W\d]+)?\.?(?: .*)?")
_MASS = {"mg": 1.0, "milligram": 1.0, "milligrams": 1.0, "mcg": 1e-3, "µg": 1e-3, "ug": 1e-3,
         "g": 1e3}  # fmt: skip
#: Things that were taken on fewer days than this are left to the account.
_MOST_THINGS = 30


def _parts(headers: list[str]) -> dict[str, int]:
    """Say which column is the day, the time, the thing, the amount and its unit."""
    found: dict[str, int] = {}
    for i, header in enumerate(map(normal_header, headers)):
        plain = header.replace("_", " ")
        for part, words in (("time", _TIME), ("thing", _THING), ("unit", _UNIT), ("much", _MUCH)):
            if part not in found and words.fullmatch(plain):
                found[part] = i
                break
        else:
            told = sense(header, Shape("date"))
            if "day" not in found and (meaning(header) in DATES or (told and told.role == "date")):
                found["day"] = i
    if "much" not in found and "unit" in found:  # units of alcohol are an amount
        found["much"] = found.pop("unit")
    return found


def _claims(preview: Preview, options: Options) -> Claim | None:
    """Claim a table of when, what and how much."""
    line = preview.first_line()
    for delimiter in DELIMITERS:
        headers = preview.cells(line, delimiter)
        found = _parts(headers)
        if {"thing", "much"} <= set(found) and set(found) & {"day", "time"}:
            names = ", ".join(repr(headers[i]) for i in sorted(found.values()))
            return Claim(70, line, delimiter, f"a log: {names}")
    return None


def _log(draft: Draft) -> None:
    """Sum up the log by evening and thing."""
    found = _parts(draft.table.header)
    day, stamp = _when(draft, found)
    draft.night = day
    header = draft.table.header[found["thing"]]
    places, cells = pd.factorize(np.asarray(draft.table.columns[found["thing"]]))
    said = [" ".join(cell.split()) for cell in cells]
    named = np.array([bool(thing) for thing in said], dtype=bool)[places]
    for i in np.flatnonzero(~named).tolist():
        draft.refused[i] = f"column {header!r} is blank: it does not say what was taken."
    amount, unit = _amounts(draft, found)
    spelled = {thing.casefold(): thing for thing in reversed(said) if thing}
    counts: Counter[str] = Counter()
    for thing, count in zip(said, np.bincount(places).tolist(), strict=True):
        counts[thing.casefold()] += count if thing else 0
    del counts[""]
    good = ~np.isnat(day) & named
    days = np.unique(day[good])
    number_of = {thing: i for i, thing in enumerate(counts)}
    number = np.array([number_of.get(thing.casefold(), -1) for thing in said], dtype=int)[places]
    parts: dict[str, pd.Series] = {}
    index = pd.DatetimeIndex(days.astype("M8[us]"))
    for thing, _ in counts.most_common(_MOST_THINGS):
        rows = np.flatnonzero(good & (number == number_of[thing]))
        if not len(rows):
            continue
        name = name_from_header(spelled[thing])
        told = {"header": header, "kind": "factor", "when": "day"}
        at = np.searchsorted(days, day[rows])
        taken = np.bincount(at, minlength=len(days)) > 0
        parts[name] = pd.Series(taken, index=index).astype("boolean")
        draft.told[name] = told | {"label": spelled[thing].lower()}
        _dose(draft, parts, rows, at, amount, unit, taken, name, told)
        last = np.full(len(days), NEVER)
        np.fmax.at(last, at, stamp[rows])
        if not np.isnat(last).all():
            parts[f"{name}_last"] = pd.Series(last, index=index)
            draft.told[f"{name}_last"] = told | {"label": f"last {spelled[thing].lower()}"}
    draft.evenings = pd.DataFrame(parts, index=index)
    draft.sense |= {
        draft.table.header[i]: Sense("date" if part in ("day", "time") else "habit")
        for part, i in found.items()
    }
    if (left := len(counts) - _MOST_THINGS) > 0:
        draft.notes.append(f"{left} things that were taken least often are left out.")
    draft.notes.append(
        f"A log of {int(good.sum())} entries on {len(days)} evenings: an evening with any entry "
        "says no to everything else; one without says nothing, neither yes nor no."
    )


def _when(draft: Draft, found: dict[str, int]) -> tuple[Days, Stamps]:
    """Return the evening of each entry, and its date and time."""
    table, options = draft.table, draft.options
    timed = found.get("time", found.get("day"))
    if timed is not None and looks_like_stamps(table.columns[timed]):
        ((stamp, _),) = read_together(draft, [timed])
        day = stamp.astype("M8[D]")
        minutes = (stamp - day) / np.timedelta64(1, "m")
    else:
        at = found.get("day", found.get("time", 0))
        day = read_days(draft, at)
        minutes = np.full(len(table), np.nan)
        if "time" in found and "day" in found:
            header = table.header[found["time"]]
            clocks = read_clocks(table.columns[found["time"]], role="any", twelve_hour=False)
            minutes = draft.parsed(clocks, header)
        stamp = shifted(day.astype("M8[us]"), minutes)
    for i in np.flatnonzero(np.isnat(day)).tolist():
        draft.refused.setdefault(i, "no day can be read, so this entry has no evening.")
    evening = np.where(
        np.isnan(minutes), day, entry_evening(day, np.nan_to_num(minutes, nan=720.0))
    )
    if options.labels == "morning":
        evening = evening - np.timedelta64(1, "D")
    return evening.astype("M8[D]"), stamp


def _amounts(draft: Draft, found: dict[str, int]) -> tuple[Floats, Objects]:
    """Return each entry's amount and its unit, masses in mg."""
    table = draft.table
    header = table.header[found["much"]]
    said = _MUCH.fullmatch(normal_header(header).replace("_", " "))
    general = (said["unit"] if said and said["unit"] else "") or (
        normal_header(header) if normal_header(header) in (*_MASS, "ml") else ""
    )
    cells = table.columns[found["much"]]
    beside = table.columns[found["unit"]] if "unit" in found else np.full(len(table), "", object)
    much, of = (pd.factorize(np.asarray(one))[0] for one in (cells, beside))
    pair = much * (1 + of.max(initial=0)) + of
    _, first, place = np.unique(pair, return_index=True, return_inverse=True)
    amount, unit = np.full(len(first), np.nan), np.full(len(first), "", dtype=object)
    for i, row in enumerate(first.tolist()):  # each amount with each unit beside it once
        if (match := _AMOUNT.fullmatch(numbers.in_figures(cells[row].strip()))) is not None:
            own = (match["unit"] or beside[row].strip() or general).casefold()
            size = float(match["number"].replace(",", "."))
            own = own.removesuffix("s") if len(own) > 3 and own[-2] != "s" else own  # cups, 1 cup
            amount[i], unit[i] = (size * _MASS[own], "mg") if own in _MASS else (size, own)
    for i in np.flatnonzero(np.isnan(amount)[place]).tolist():
        if text := cells[i].strip():
            draft.tell(i, header, f"{text!r} is no amount. Expected a number, or 3 mg.")
    return amount[place], unit[place]


def _dose(
    draft: Draft, parts: dict[str, pd.Series], rows: np.ndarray, at: np.ndarray, amount: Floats,
    unit: Objects, taken: np.ndarray, name: str, told: dict[str, str],
) -> None:  # fmt: skip
    """Add the amount of a day in the unit that this thing mostly has; 0 where it was not taken."""
    known = rows[np.isfinite(amount[rows])]
    if not len(known):
        return
    one = as_one(unit[known].tolist())
    of_unit = Counter(one[u] for u in unit[known]).most_common(1)[0][0]
    values = np.where([one.get(u) == of_unit for u in unit[rows]], amount[rows], np.nan)
    lost = [i for i in known.tolist() if one[unit[i]] != of_unit]
    for i in lost:
        draft.tell(i, "", f"the amount is in {unit[i] or 'no unit'!r}, elsewhere in {of_unit!r}: "
                          "not added up.")  # fmt: skip
    bare = bool(one.get("")) * int((unit[known] == "").sum())
    for count, said in ((len(lost), f"in another unit than {of_unit or 'none'!r}: not added up"),
                        (bare, f"without a unit, read as {of_unit!r}, the only one")):  # fmt: skip
        if count:
            draft.assumed.append(f"{name}: {count} of {len(known)} amounts are {said}.")
    total = np.where(taken, np.bincount(at, values, minlength=len(taken)), 0.0)
    column = f"{name}_{name_from_header(of_unit)}" if of_unit else f"{name}_amount"
    parts[column] = pd.Series(total, index=parts[name].index)
    draft.told[column] = told | {"label": f"{name.replace('_', ' ')} a day", "unit": of_unit}


FORMAT = Tracker(
    name="dose_log",
    last_resort=True,
    product="Log of doses or drinks (a table of your own)",
    recognised_by="columns for when, what (substance, drink, medicine) and how much",
    gives="no sleep: joined to the nights of another file, each thing as yes / no, its amount and "
    "the hours before bed",
    claims=_claims,
    role="evenings",
    dating=_log,
    known=None,
    signature=("time", "substance", "amount"),
)
