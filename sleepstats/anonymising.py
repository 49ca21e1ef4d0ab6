"""Nights to show to others: the same clocks, measures and habits, without what names a person.

What may stay is listed, what has to go is not: of words only those stay that the library's own
vocabulary has, since nobody can list all names, places and jokes that a diary may hold.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Stamps
from sleepstats.checks import check_nights
from sleepstats.columns import DICTIONARY, IN_PIECES, RECORD, column_of, split_unit, told_of
from sleepstats.errors import DiaryError, spelled, worded
from sleepstats.reading.words.header_words import known_words, meanings_of, words_of

#: A tag of fewer nights than this, or an answer given on fewer, is put together with others.
RARE = 5
#: First Mondays of the years that dates are moved to: before there were apps, or (where the diary
#: itself is that old) after. The seed moves nothing from the true date, so it cannot lead back.
_ERAS = (np.datetime64("1951-01-01"), np.datetime64("2001-01-01"))
_WEEKS, _WEEK = 1000, np.timedelta64(7, "D")
#: No amount of a habit is as large; identifiers, numbers of telephones and epoch seconds are.
_LARGEST = 1e6
#: More words than this are a remark and no name of a habit.
_MOST_WORDS = 6
#: Words of columns that are left out with their numbers: they say who, where or on which day.
_TELLING = frozenset({
    "latitude", "longitude", "lat", "lon", "lng", "gps", "altitude", "elevation", "coordinates",
    "postcode", "zip", "zipcode", "plz", "address", "street", "city", "town", "location", "country",
    "region", "telephone", "name", "ip", "imei", "serial", "user", "account", "birthday", "born",
    "dob", "age", "height", "bmi", "year", "month", "date", "timestamp", "epoch", "url", "path",
})  # fmt: skip
#: Words that the vocabulary has and that are first names as well.
_NAMES_TOO = frozenset({"rose", "mark", "sol", "luz", "van"})
#: What the library itself puts together, beside the vocabulary.
_OWN_WORDS = frozenset({
    "a", "after", "and", "at", "battery", "bedroom", "before", "body", "burn", "burned", "cups",
    "dose", "drinks", "early", "energy", "first", "g", "glasses", "h", "habit", "highest", "in",
    "kind", "last", "late", "level", "longest", "max", "mcg", "mean", "mg", "min", "ml", "no",
    "none", "of", "off", "on", "other", "per", "periods", "recovery", "s", "strain", "tags", "the",
    "time", "total", "with", "without",
})  # fmt: skip
#: Where and when it was, matched with an archive of the weather.
_LEFT_OUT = frozenset({"weather_temperature_c", "air_pressure_kpa"})
#: What a trial planned and what was done: one wording over all three.
_CONDITIONS = ("planned", "done", "guess")


@worded
def anonymise(nights: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Make nights that can be shown to others: for a question in a forum, or with a bug report.

    Parameters
    ----------
    nights : DataFrame
        One row per night, as returned by :func:`read_diary` or built by hand.
    seed : int
        Not negative. Draws the week that the diary is moved to. The same nights and seed give the
        same frame; who knows the seed learns nothing of the true dates.

    Returns
    -------
    DataFrame
        A new frame that passes :func:`check_nights`, its columns in the order of ``nights``, and
        ``column_roles`` where names do not say all that a column is, for :func:`read_diary`:

        * **Dates** are moved by one number of whole weeks, into years in which no app kept diaries
          (from 1951 on; from 2001 on for a diary from before 1991). Weekdays, gaps and the
          distance between nights stay.
        * **Clocks** stay to the second, and so do all measures, amounts, ratings and yes/no.
        * **Texts, notes, places, zones, weather** and numbers that look like identifiers,
          coordinates or dates are left out; ``problem`` is emptied.
        * **Names of columns and answers in words** stay if they consist of words that the library
          knows (``caffeine_cups``, ``late_meal``); any other is numbered (``habit_1``, ``kind 1``).
        * **Rare tags** (yes on fewer than 5 nights) are put together as ``other_tags``, answers
          given on fewer than 5 nights as ``other``.
        * **People** are numbered (``p01``), in the order of the frame.
        * **The reading record** (files, headers, lines) is gone. What is left in
          ``.attrs["sleepstats"]`` says what a column is, and counts what was done under
          ``"anonymised"``.

    Raises
    ------
    DiaryError
        If ``nights`` breaks an invariant, or ``seed`` is no whole number of 0 or more.

    See Also
    --------
    check_nights : The invariants that hold before and after.

    Notes
    -----
    Every question about what is left is answered as before: weekday, drift and neighbouring nights
    do not depend on the year. What is left is still a person's rhythm. Somebody who holds the
    same export can recognise it by its clock times, so this is for showing to strangers.

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights = ss.load_sample("diary")
    >>> shown = ss.anonymise(nights, seed=4)
    >>> list(shown.columns) == list(nights.columns), shown.index[0].day_name()
    (True, 'Monday')
    >>> round(ss.compare(shown, outcome="tst_min", factor="late_meal").effect, 1)
    -41.0
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise DiaryError(f"seed is {spelled(seed)}, expected a whole number, 0 or more.")
    check_nights(nights)
    return _Shown(nights, int(seed)).frame()


class _Shown:
    """The columns of a frame while they are looked through, left to right."""

    def __init__(self, nights: pd.DataFrame, seed: int) -> None:
        self.nights = nights
        self.evenings: Stamps = nights.index.get_level_values(-1).to_numpy().astype("M8[us]")
        self.shift = _weeks_away(self.evenings, seed)
        self.kept: dict[str, Any] = {}
        #: True name -> shown name of what is kept.
        self.names: dict[str, str] = {}
        self.rare: dict[str, list[str]] = {}
        self.words: dict[str, str] = {}
        self.done = {"left_out": 0, "renamed": 0, "merged": 0}

    def frame(self) -> pd.DataFrame:
        taken = {name: self._column(name) for name in self.nights.columns}
        taken.pop("column_roles", None)  # of true names
        for name, values in taken.items():
            if values is None:
                self.done["left_out"] += 1
            elif self._is_rare(name, values):
                self.done["merged"] += 1
                self.rare.setdefault(column_of(self.nights, name).when, []).append(name)
        for name, values in taken.items():
            tags = self.rare.get(column_of(self.nights, name).when, [])
            if values is not None and name not in tags:
                self.kept[self._name(name)] = values
            elif values is not None and name == tags[0]:
                self.kept[self._merged_name(name)] = _any_of([taken[tag] for tag in tags])
        shown = pd.DataFrame(self.kept, index=self._index(), copy=True)
        shown.attrs[RECORD] = self._record()
        return check_nights(with_roles(shown))

    def _index(self) -> pd.Index[Any]:
        nights = pd.DatetimeIndex(self.evenings + self.shift, name=self.nights.index.names[-1])
        if not isinstance(self.nights.index, pd.MultiIndex):
            return nights
        codes, people = pd.factorize(self.nights.index.get_level_values(0))
        digits = max(2, len(str(len(people))))
        names = np.array([f"p{n:0{digits}}" for n in range(1, len(people) + 1)], dtype=object)
        return pd.MultiIndex.from_arrays([names[codes], nights], names=self.nights.index.names)

    def _column(self, name: str) -> Any:
        """Return what is shown of a column, or None where it is left out."""
        values, about = self.nights[name], column_of(self.nights, name)
        if name == "problem":  # of its words only those by which nights in pieces are known
            said = [IN_PIECES if IN_PIECES in str(text) else "" for text in values]
            return pd.array(np.array(said, dtype=object), dtype="str")
        if name in _LEFT_OUT or (name not in DICTIONARY and _says_who_or_where(name, values)):
            return None
        dtype = values.dtype
        if isinstance(dtype, pd.DatetimeTZDtype):
            values, dtype = values.dt.tz_localize(None), np.dtype("M8[us]")
        if dtype.kind == "M":
            return self._clock(values.to_numpy().astype("M8[us]"))
        if pd.api.types.is_bool_dtype(dtype) or dtype.kind == "m":
            return values.array
        if pd.api.types.is_numeric_dtype(dtype):
            numbers = np.abs(values.to_numpy(dtype=float, na_value=np.nan))
            large = np.isfinite(numbers) & (numbers >= _LARGEST)
            return None if large.any() else values.array
        if about.kind == "control" and name not in _CONDITIONS:
            return None
        return self._answers(values, merge=name not in _CONDITIONS)

    def _clock(self, stamps: Stamps) -> Any:
        away = np.abs(stamps - self.evenings)
        if bool((away[~np.isnat(stamps)] > _WEEK).any()):  # a date of something else
            return None
        return pd.array(stamps + self.shift)

    def _answers(self, values: pd.Series[Any], *, merge: bool) -> Any:
        """Return answers in words: rare ones together, words that are not known numbered."""
        cells = values.astype(object).to_numpy()
        missing = np.asarray(pd.isna(values))
        texts = np.array([None if gone else str(x) for x, gone in zip(cells, missing, strict=True)],
                         dtype=object)  # fmt: skip
        said, counts = np.unique(texts[~missing].astype(str), return_counts=True)
        if merge and 2 * len(said) > (~missing).sum():  # hardly two alike: remarks, no kinds
            return None
        new = {
            text: "other" if merge and n < RARE else self._word(text)
            for text, n in zip(said.tolist(), counts.tolist(), strict=True)
        }
        return pd.array([new.get(text) for text in texts], dtype="str")

    def _word(self, text: str) -> str:
        if is_plain(text):
            return text
        return self.words.setdefault(text, f"kind {len(self.words) + 1}")

    def _is_rare(self, name: str, values: Any) -> bool:
        if name in DICTIONARY or column_of(self.nights, name).kind != "factor":
            return False
        column = pd.Series(values)
        known = column.dropna()
        tag = pd.api.types.is_bool_dtype(column.dtype) or (
            pd.api.types.is_numeric_dtype(column.dtype) and known.astype(float).isin([0, 1]).all()
        )
        return bool(tag) and int(known.astype(float).sum()) < RARE

    def _name(self, name: str) -> str:
        """Return the name to show; hours before bed go with the clock they belong to."""
        if name in DICTIONARY or is_plain(name):
            new = name
        else:
            stem = name.removesuffix("_h_before_bed")
            if stem in self.names:
                new = f"{self.names[stem]}{name.removeprefix(stem)}"
            else:
                tail = name[len(split_unit(name)[0]) :]  # its unit
                tail = "_h_before_bed" if stem != name else tail
                self.done["renamed"] += 1
                new = f"habit_{self.done['renamed']}{tail}"
        while new in self.kept or (new != name and new in self.nights):
            new = f"{new}_"
        self.names[name] = new
        return new

    def _merged_name(self, name: str) -> str:
        when = column_of(self.nights, name).when
        new = "other_tags" if when == "day" else f"other_tags_{when}"
        while new in self.kept or new in self.nights:
            new = f"{new}_"
        self.names[name] = new
        return new

    def _record(self) -> dict[str, Any]:
        """Return what a column is and nothing of where it came from."""
        record = told_of(self.nights)
        columns: dict[str, dict[str, Any]] = {}
        for name, told in record.get("columns", {}).items():
            if name not in self.names:
                continue
            known = {key: told[key] for key in ("kind", "when") if key in told}
            known |= {key: told[key] for key in ("unit", "label")
                      if key in told and (not told[key] or is_plain(str(told[key])))}  # fmt: skip
            if "made_of" in told:
                known["made_of"] = [self.names[part] for part in told["made_of"]
                                    if part in self.names]  # fmt: skip
            columns[self.names[name]] = known
        cut = record.get("day_cut_h")
        kept = {"day_cut_h": float(cut)} if isinstance(cut, int | float) else {}
        return {"columns": columns, "anonymised": dict(self.done), **kept}


def with_roles(nights: pd.DataFrame) -> pd.DataFrame:
    """Return nights for a file: what the names of columns do not say stands in its first row."""
    said = {}
    for name in map(str, nights):
        told, plain = column_of(nights, name), column_of(None, name)
        if told.label == split_unit(name)[0]:  # so a diary's own are called
            plain = replace(plain, label=told.label)
        own = {
            key: getattr(told, key) for key in ("kind", "when", "unit", "label", "made_of", "tied")
        }
        said[name] = {key: x for key, x in own.items() if x != getattr(plain, key)}
    if not (said := {name: own for name, own in said.items() if own}) or not len(nights):
        return nights
    texts = [json.dumps(said, ensure_ascii=False), *[None] * (len(nights) - 1)]
    shown = nights.drop(columns="column_roles", errors="ignore")
    column = pd.Series(texts, index=nights.index, dtype="str")
    shown.insert(shown.shape[1] - ("problem" in shown), "column_roles", column)
    return shown


def _weeks_away(evenings: Stamps, seed: int) -> np.timedelta64:
    """Return the shift by whole weeks to where the seed says, near none of the true dates."""
    if not len(evenings):
        return np.timedelta64(0, "D")
    first, last = evenings.min().astype("M8[D]"), evenings.max().astype("M8[D]")
    reach = (_WEEKS + 1) * _WEEK + (last - first)
    free = [era for era in _ERAS if last < era or first > era + reach]
    before = first - reach - _WEEK  # of a diary that leaves neither free
    era = free[0] if free else before if before > _ERAS[0] else last + _WEEK
    week = int(np.random.Generator(np.random.PCG64(seed)).integers(_WEEKS))
    return np.timedelta64(int((era + week * _WEEK - first) / _WEEK) * _WEEK)


def _says_who_or_where(name: str, values: pd.Series[Any]) -> bool:
    """Whether a column of one's own tells of a person, a place or a day, whatever it holds."""
    if pd.api.types.is_bool_dtype(values.dtype):
        return False
    words = set(words_of(name))
    about = meanings_of(name)
    return bool(words & _TELLING) or bool(about & {"person", "id", "note"} and "habit" not in about)


def _any_of(tags: list[Any]) -> Any:
    """Return yes where any tag is, no where all are no, else missing."""
    columns = [pd.Series(tag).astype("boolean") for tag in tags]
    together = columns[0]
    for column in columns[1:]:
        together = together | column
    return together.array


@cache
def is_plain(text: str) -> bool:
    """Whether a text consists of words of habits and sleep that the library's vocabulary has."""
    if re.search(r"[^\w\s%°µ/().,&'’+-]", text) or text[:1] == "_":
        return False
    numbers = re.findall(r"\d+", text)
    words = words_of(text)
    few = 0 < len(words) <= _MOST_WORDS and len("".join(numbers)) <= 3
    return few and all(len(n) <= 2 for n in numbers) and all(map(_is_known, words))


def _is_known(word: str) -> bool:
    if word in _NAMES_TOO:
        return False
    whole = known_words()
    of_columns = {part for name in DICTIONARY for part in name.split("_")}
    if word in whole or word in _OWN_WORDS or word in of_columns:
        return True
    return any(f"{word[:end]}*" in whole for end in range(max(3, len(word) - 3), len(word) + 1))
