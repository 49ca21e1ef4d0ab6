"""Numbers with a word: durations in minutes, and what an amount counts, measures or is warm."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

import numpy as np

from sleepstats.arrays import Objects
from sleepstats.reading.cells import dates, numbers, parsed
from sleepstats.reading.cells.parsed import Lines, Parsed, Texts, Told, distinct, says_missing
from sleepstats.reading.text import Cells

Unit = Literal["min", "h", "s"]

DAY_MIN = 1440.0
_FACTOR = {"min": 1.0, "h": 60.0, "s": 1.0 / 60.0}
_NAMES = {"min": "minutes", "h": "hours", "s": "seconds"}
_PLAIN = Lines(r"[0-9]+(?:\.[0-9]+)?")
_HOURS_MINUTES = Lines(r"[0-9]{1,2}:[0-5][0-9]")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)? ?(?:h|hrs?|hours|std)?\.?", re.ASCII)
_ISO = re.compile(
    r"p(?:(?P<d>\d+)d)?(?:t(?:(?P<h>\d+(?:[.,]\d+)?)h)?(?:(?P<min>\d+(?:[.,]\d+)?)m)?"
    r"(?:(?P<s>\d+(?:[.,]\d+)?)s)?)?",
    re.ASCII,
)
_AMOUNT = r"(\d+(?:[.,]\d+)?)"
_HOURS, _MINUTES, _SECONDS = (
    f"(?:{'|'.join(parsed.word_lists()[part])})" for part in ("hours", "minutes", "seconds")
)
_END = r"(?![A-Za-zÀ-ɏЀ-ӿ])"
_JOIN = r"(?:\.|,|and|und|et|y|e|и|&| )*"
_WORDED = re.compile(
    rf"(?:{_AMOUNT} ?{_HOURS}{_END}{_JOIN})?(?:{_AMOUNT} ?{_MINUTES}{_END}{_JOIN})?"
    rf"(?:{_AMOUNT} ?{_SECONDS}{_END}\.?)?"
)
_SHORT = re.compile(r"(\d{1,2}) ?(?:h|ч|u|uur|std|hrs?|godz)\.? ?([0-5]?\d)", re.ASCII)
_BOUND = re.compile(r"(?:<|>|≤|≥|under|over|less than|more than|up to) ?=? ?\d.*|\d.*\+")
_RANGE = re.compile(r"\d[\d.,: ]*(?:h|min|m)? ?(?:-|–|—|to|bis|or) ?\d.*")

#: Lengths in words, by minutes.
SPELT = {word: float(minutes) for word, minutes in parsed.word_lists()["lengths"].items()}

_SHARES = "taken for parts of a day, as an unformatted cell shows a duration: 0.5 is 12 hours."
_WRITE = "Write minutes (455) or hours and minutes (7:35)."


def read_durations(cells: Texts, *, unit: Unit | None) -> Parsed:
    """Read a column of durations: ``7:35``, ``7h 35m``, ``455 min``, ``1,5 h``, ``PT7H35M``.

    Bare numbers take the unit; ``~20`` is its number, which is told. Refused, never guessed: ranges
    (``20-30``), bounds (``<5``), words, negative ones, more than a day.
    """
    texts, codes = distinct(cells)
    factor = _FACTOR[unit or "min"]
    style = f"bare numbers are {_NAMES[unit or 'min']}"
    if unit is None:
        style += " (the header states no unit)"
    bad: dict[int, str] = {}
    repaired: dict[int, str] = {}
    if _PLAIN.fit(texts):
        values = np.array([float(text) if text else np.nan for text in texts], dtype=np.float64)
        values *= factor
        clocks, assumed = 0, ""
    elif _HOURS_MINUTES.fit(texts):
        values = np.array(
            [int(t[:-3]) * 60.0 + int(t[-2:]) if t else np.nan for t in texts], dtype=np.float64
        )
        clocks, assumed = 1, ""
    else:
        plain, repaired = numbers.without_note(texts)
        bare = [numbers.number_text(text) for text in plain]
        sign, assumed = numbers.decimal_sign([text for text in bare if text])
        values = np.full(len(texts), np.nan)
        clocks = 0
        for i, text in enumerate(plain):
            if bare[i] and not text.endswith("%"):
                number, why = numbers.number_of(bare[i], sign)
                values[i] = number * factor
            elif says_missing(text):
                continue
            else:
                values[i], why = _worded(text)
                clocks += ":" in text
            if why:
                bad[i] = why
    if dates.are_shares_of_a_day(texts, values / factor):
        values, assumed = np.round(values / factor * DAY_MIN, 1), _SHARES
    for i in np.flatnonzero((values < 0) | (values > DAY_MIN)).tolist():
        if values[i] < 0:
            bad[i] = f"is negative. {_WRITE}"
        else:
            bad[i] = (
                f"would be {values[i] / 60:.1f} hours, more than a day. "
                "Check the cell and the unit in the header."
            )
        values[i] = np.nan
    if clocks:
        style = f"hours:minutes; {style}"
    repaired = {i: text for i, text in repaired.items() if i not in bad}
    return Parsed(
        values[codes], Told(codes, texts, bad), Told(codes, texts, repaired), style, assumed
    )


def _worded(text: str) -> tuple[float, str]:
    """Return the minutes of a text that is no bare number and, if it cannot be read, why."""
    low = " ".join(text.casefold().split())
    found = _CLOCK.fullmatch(low)
    if found:
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        if minutes > 59 or seconds > 59:
            return np.nan, f"is not a duration: minutes and seconds end at 59. {_WRITE}"
        return hours * 60.0 + minutes + seconds / 60.0, ""
    found = _SHORT.fullmatch(low)
    if found:
        return int(found[1]) * 60.0 + int(found[2]), ""
    if low in SPELT:
        return SPELT[low], ""
    found = _WORDED.fullmatch(low)
    if found and any(found.groups()):
        return _sum(found.groups(), (60.0, 1.0, 1.0 / 60.0)), ""
    found = _ISO.fullmatch(low)
    if found and any(found.groups()):
        return _sum(found.group("d", "h", "min", "s"), (1440.0, 60.0, 1.0, 1.0 / 60.0)), ""
    if low.startswith(("-", "−")) and low[1:2].isdigit():
        return np.nan, f"is negative. {_WRITE}"
    if _BOUND.fullmatch(low):
        return np.nan, "is a bound, not a number. Write one number."
    if _RANGE.fullmatch(low):
        return np.nan, "is a range, not a number. Write one number."
    sleepless = low in parsed.word_lists()["no sleep"]
    return np.nan, parsed.NO_SLEEP if sleepless else f"is not a duration. {_WRITE}"


def _sum(parts: tuple[str | None, ...], factors: tuple[float, ...]) -> float:
    pairs = zip(parts, factors, strict=True)
    return sum(float(part.replace(",", ".")) * factor for part, factor in pairs if part)


_POINTED = re.compile(r"\d{1,2}[.,][0-5]\d")
#: So many different texts, and parts of an hour among them, show how hours are written.
_MANY, _PARTS, _HALVES = 12, 6, 5


def with_colons(cells: Objects, *, surely: bool = False) -> Objects:
    """Return hours and minutes written with a point, 7.45, with a colon.

    No decimals are all below .60: of a dozen, one such column in 500 would be by chance; so these
    must be there, or halves and whole hours alone, unless it is known ``surely``.
    """
    texts, codes = distinct(cells)
    said = [text for text in texts if not says_missing(text)]
    parts = {re.split("[.,]", text)[-1] for text in said}
    quarters = parts <= {"00", "15", "30", "45"} and parts & {"15", "45"}
    many = len(said) >= _MANY and len(parts) >= _PARTS
    half = np.isin(codes, [i for i, text in enumerate(texts) if text[-3:] in (".30", ",30")])
    halves = parts <= {"00", "30"} and half.sum() >= _HALVES
    if not (surely or many or quarters or halves) or not all(map(_POINTED.fullmatch, said)):
        return cells
    return np.array([re.sub("[.,]", ":", text) for text in texts], dtype=object)[codes]


def hours_in_doubt(cells: Objects) -> str:
    """Say that hours are read as decimals, where each could be hours and minutes, 7.30, as well."""
    texts, codes = distinct(cells)
    said = [text for text in texts if not says_missing(text)]
    parts = {text[-2:] for text in said} - {"00", "25", "50"}
    known = int(np.array([not says_missing(text) for text in texts])[codes].sum())
    if not parts or known < _HALVES or not all(map(_POINTED.fullmatch, said)):
        return ""
    some = next(text for text in said if text[-2:] in parts)
    plain = re.sub("[.,]", ":", some)
    return (
        f"is read as decimals, {some!r} as {60 * float(plain.replace(':', '.')):.0f} min. If that "
        f"is hours and minutes, write {plain}."
    )


_GROUPED, _NEARER = re.compile(r"[1-9]\d{0,2}[.,]\d{3}"), np.log(4.0)
_PLACES = re.compile(r"0[.,]\d{3}|\d+[.,]\d\d[1-9]")  # 0.000 and 85.125 beside 95.000


def in_thousands(
    amounts: set[tuple[str, str]], bare: Collection[tuple[str, str]] = ()
) -> dict[tuple[str, str], str]:
    """Return the figures of amounts of something, such as 1,000; "" where nothing decides.

    First what signs are in other cells, then how much of the same it is there (four times nearer to
    one reading), then its zeros: nobody writes 1,000 for one. Of ``bare`` ones, whose unit is the
    header's, commas that no size decides stay, and points where all have three places.
    """
    plain = {o: numbers.number_of(o[1], ".")[0] for o in amounts if not _GROUPED.fullmatch(o[1])}
    meant = {one: f"{size:.12g}" for one, size in plain.items() if re.search("[.,].*[.,]", one[1])}
    decimal = {sign for _, n in plain if (sign := n.strip("0123456789")[-1:]) and n.count(sign) < 2}
    placed = {",", *(n[-4:-3] for _, n in amounts if _PLACES.fullmatch(n))}
    for what, n in amounts - plain.keys():
        if n[-4] in decimal and n[-3:] != "000":
            continue
        sizes = [size for (of, _), size in plain.items() if of == what and size > 0]
        ends = min(sizes, default=0.0), max(sizes, default=np.inf)
        both = n[:-4] + n[-3:], f"{n[:-4]}.{n[-3:]}0"  # four places are never thousands
        off = [abs(np.log(size / np.clip(size, *ends))) for size in map(float, both)]
        zeros = n[-1] == "0" and (n[-4] == "," or n[-3:] == "000")
        if decimal - {n[-4]} or off[1] - off[0] > _NEARER or (zeros and not sizes and not decimal):
            meant[what, n] = both[0]
        else:
            near = off[0] - off[1] > _NEARER if sizes else n[-1] != "0"
            meant[what, n] = both[1] if near and (decimal or n[-1] != "0") else ""
        if (what, n) in bare and n[-4] in placed and not (sizes and meant[what, n]):
            del meant[what, n]
    return meant


_COUNTED = re.compile(
    r"\b(?:steps?|schritte?|pas(?:os|sos|si)?|kroki|steg|stappen|kcal|calor\w*|kalori\w*)\b|歩数|步数"
)


def read_counted(cells: Texts, header: str) -> Parsed:
    """Read numbers; of steps and calories there are no thousandths."""
    return numbers.read_numbers(cells, whole=bool(_COUNTED.search(header.casefold())))


_ENDS = (
    r"(?: ?(?:-|–|—|~|〜|～|至|到|から) ?| (?:to|bis|à|a|al|tot|do|till|or|oder|ou|o|of|lub|eller|"
    r"and|und|et|y|e|en|i|och) )"
)
_UNIT_WORD = r"(?:[^\W\d]+\.?(?: [^\W\d]+\.?)?)?"
#: 15-30 min; 30 min to 1 h; between 2 and 3 times.
_BAND = re.compile(
    rf"(?:between|entre|zwischen|tussen|tra|fra|między|mellan)? ?{_AMOUNT}"
    rf"(?P<one> ?[^\W\d]+\.?)??{_ENDS}{_AMOUNT} ?(?P<other>{_UNIT_WORD})"
)
_WORDS = {part: "|".join(found) for part, found in parsed.word_lists().items()}
#: Less than 15 min, 30 min or less; more than an hour, 30+ min, but not 2 + tea.
_MOST = re.compile(
    rf"(?:<=?|≤|{_WORDS['at most']}) ?(?P<one>.+)|(?P<other>{_AMOUNT}.*?) ?(?:{_WORDS['or less']})"
)
_LEAST = re.compile(
    rf"(?:>=?|≥|{_WORDS['at least']}) ?(?P<one>.+)|(?P<other>{_AMOUNT})\+ ?(?P<unit>.*)|"
    rf"(?P<third>{_AMOUNT}.*?) ?(?:\+|{_WORDS['or more']})"
)
_ONE_AMOUNT = re.compile(rf"{_AMOUNT} ?({_UNIT_WORD})")
#: So many of the cells are bands or single amounts; where fewer than so many are bands, one that is
#: wider than so many times its beginning is odd; none is written in so many characters.
_AMOUNTS, _BANDS, _WIDE, _LONGEST = 0.8, 0.5, 4.0, 80


def without_bands(cells: Texts) -> tuple[Cells, str, str]:
    """Return bands as amounts, what was done, and what had to be assumed of those without an end.

    ``15-30 min`` is its middle; ``30+ min`` the least, ``less than 5 h`` of nights of 6 to 9 h the
    most, that it can be. A column that is not of amounts is returned as it is.
    """
    texts, codes = distinct(cells)
    lows = [" ".join(text.casefold().split()) if len(text) < _LONGEST else "" for text in texts]
    bands = {i: band for i, low in enumerate(lows) if low and (band := _band(low))}
    unchanged = cells if isinstance(cells, np.ndarray) else np.asarray(cells, dtype=object)
    if not bands:
        return unchanged, "", ""
    single = {i: one for i, low in enumerate(lows) if i not in bands and (one := _one_amount(low))}
    others = [i for i, low in enumerate(lows) if low in parsed.COUNT_WORDS or low in _NO_AMOUNT]
    weight = np.bincount(codes, minlength=len(texts))
    said = sum(int(weight[i]) for i, text in enumerate(texts) if not says_missing(text))
    read = int(weight[[*bands, *single, *others]].sum())
    backwards = any((low or 0.0) >= (high or np.inf) for low, high, _ in bands.values())
    if read < _AMOUNTS * said or backwards:
        return unchanged, "", ""
    rare = int(weight[[*bands]].sum()) < _BANDS * said
    ends = [_size(n, unit) for low, high, unit in bands.values() for n in (low, high) if n]
    ends += [_size(*one) for one in single.values()]
    spread = max(ends, default=0.0) - min(ends, default=0.0)
    sign = "," if any(re.search(r"\d,\d", text) for text in texts) else "."
    told: dict[str, list[int]] = {"middle": [], "least": [], "most": []}
    plain = list(texts)
    for i, (low, high, unit) in bands.items():
        if low and high and rare and high > _WIDE * low:
            continue
        if low is not None and high is not None:
            what, number = "middle", (low + high) / 2
        elif high is not None:
            # nothing is a band like the others: < 15 min beside 15-30 min, not < 5 h beside 6-9 h
            within = _size(high, unit) <= spread
            what, number = ("middle", high / 2) if within else ("most", high)
        else:
            what, number = "least", low or 0.0
        plain[i] = f"{number:g}".replace(".", sign) + (f" {unit}" if unit else "")
        told[what].append(i)
    done = assumed = ""
    for what, at in told.items():
        if not at:
            continue
        first = max(at, key=lambda i: weight[i])
        count = int(weight[at].sum())
        rows = "1 row" if count == 1 else f"{count} rows"
        if what == "middle":
            done = f"{texts[first]!r} and its like, in {rows}: read as the middle, {plain[first]}."
            continue
        end = "upper" if what == "least" else "lower"
        like = " and its like" if len(at) > 1 else ""
        assumed += (
            f"{' ' if assumed else ''}{texts[first]!r}{like} in {rows} has no {end} end: read "
        )
        assumed += f"as {plain[first]}, the {what} it can be."
    changed = np.array(plain, dtype=object)[codes] if any(told.values()) else unchanged
    return changed, done, assumed


#: Words of a column of amounts that are none.
_NO_AMOUNT = parsed.NONE | {"never", "nie", "jamais", "nunca", "mai", "nooit", "nigdy", "aldrig"}


def _size(number: float, unit: str) -> float:
    """Return an amount in minutes, if its unit is one of time."""
    minutes = _worded(f"{number:g} {unit}")[0] if unit else np.nan
    return number if np.isnan(minutes) else minutes


def _band(low: str) -> tuple[float | None, float | None, str] | None:
    """Return the ends of a band, None where it has none, and its unit as written."""
    if found := _BAND.fullmatch(low):
        first, second = (float(found[i].replace(",", ".")) for i in (1, 3))
        one, other = (found["one"] or "").strip(), found["other"]
        if one and other and one != other:
            ends = [_worded(f"{found[i]} {unit}")[0] for i, unit in ((1, one), (3, other))]
            return None if np.isnan(ends).any() else (ends[0], ends[1], "min")
        return first, second, other or one
    for pattern, least in ((_LEAST, True), (_MOST, False)):
        if found := pattern.fullmatch(low):
            parts = found.groupdict()
            text = next(part for name in ("one", "other", "third") if (part := parts.get(name)))
            one_end = _one_amount(f"{text} {parts.get('unit') or ''}".strip())
            if one_end is None:
                return None
            return (one_end[0], None, one_end[1]) if least else (None, one_end[0], one_end[1])
    return None


def _one_amount(low: str) -> tuple[float, str] | None:
    """Return an amount and its unit as written, of a text such as 20 min or half an hour."""
    found = _ONE_AMOUNT.fullmatch(low if low not in SPELT else f"{SPELT[low]:g} min")
    return (float(found[1].replace(",", ".")), found[2]) if found else None
