"""Numbers, the decimal sign decided from the whole column; yes and no, ratings, counts, degrees."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from sleepstats.arrays import Floats
from sleepstats.reading.cells import parsed, stamp_forms
from sleepstats.reading.cells.parsed import Lines, Parsed, Texts, Told, distinct, says_missing

_PLAIN = Lines(r"-?[0-9]+(?:\.[0-9]+)?")
_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})*", re.ASCII)

STYLES = {".": "decimal point", ",": "decimal comma", ".,": "decimal point and decimal comma"}
NOT_A_NUMBER = "is not a number. Write digits only, for example 2.5."
NOTE_BESIDE = "the words beside it are taken for a note."
TOO_LARGE = "is too large for a number. Write digits only, for example 2.5."

_YES, _NO, _TAKEN, _FORGOT = (
    parsed.word_lists()[p].keys() for p in ("yes", "no", "taken", "forgot")
)

_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)*|[.,]\d+)(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_SPACED = re.compile(r"(?<=\d)[ '’](?=\d{3}(?!\d))", re.ASCII)


def without_blanks(texts: list[str], units: str) -> tuple[list[str], dict[int, str], str]:
    """Return doses without a blank in them, why some are not used, and what to tell.

    2 200 mg may be two of 200, where 200 mg or 1 200 mg stand, too; omega 3 900 mg is not 3900.
    """
    form = rf"(?i)(?:\b(omega|[^\W\d_]) ?)?(?<![\w.,:/-])([1-9]\d?) (\d{{3}})(?= ?-?(?:{units})\b)"
    alone = rf"(?i)(?<!\d )(?<![\d.,])(\d{{3}}) ?-?(?:{units})\b"
    found = [(i, m) for i, t in enumerate(texts) for m in re.finditer(form, t) if not m[1]]
    stand = {(m[2], m[3]) for _, m in found} | {
        ("1", n) for t in texts for n in re.findall(alone, t)
    }
    bad, told, plain = dict[int, str](), "", list(texts)
    for i, m in found:
        plain[i] = plain[i].replace(f"{m[2]} {m[3]}", whole := m[2] + m[3])
        if sum(n == m[3] for _, n in stand) > 1:
            bad[i] = f"may be {whole}, or {m[2]} x {m[3]}: not used. Write one of these."
        else:
            told = f"'{m[2]} {m[3]}' is read as {whole}. Write {m[2]} x {m[3]} if it is that."
    return plain, bad, told


def number_text(text: str) -> str:
    """Return the digits and signs of a tidy text that is one number, else an empty text."""
    if says_missing(text):
        return ""
    text = _SPACED.sub("", text.removesuffix("%").rstrip().replace("−", "-"))
    return text if _NUMBER.fullmatch(text) else ""


#: What makes a number an approximation, before it and behind it; a note behind it.
_ABOUT, _OR_SO = ("|".join(parsed.word_lists()[part]) for part in ("about", "or so"))
_BEFORE = re.compile(
    rf"(?:[~≈±約约近]|大约|大約|大概|だいたい|およそ|ほぼ|差不多|(?:{_ABOUT})\b[. ]?) ?(?=\d)",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf"(?<=\w) ?(?:\?|-?ish|くらい|ぐらい|ほど|左右|(?:{_OR_SO})\.?)$", re.IGNORECASE
)
_NOTE = re.compile(
    r"(?<=[\w.])(?: ?[(（\[][^()（）\[\]]*[)）\]]|[!.]+|(?:[;；，]| ?,(?= )| (?:dont|davon|di cui|"
    r"dos quais|de los cuales|waarvan|w tym|varav|inkl|incl|including)\b)[^+]*)$"
)
#: 1 1/2, 3/4 h; 1/2 alone may be 1 to 2.
_HALVES = re.compile(
    r"(?:\b(\d{1,3}) )?\b([123])/([234])\b(?= ?[^\W\d])|\b(\d{1,3}) ([123])/([234])$", re.ASCII
)
SIZES = {word: float(size) for word, size in parsed.word_lists()["amounts"].items()}
SIZE_WORDS = "|".join(sorted(SIZES, key=len, reverse=True))
_BEGINS = re.compile(rf"({SIZE_WORDS}) (?=[^\W\d])")
#: Shares that are written with a stroke; 2/3 may as well be 2 to 3, 4/4 a rating.
_SHARES = {"1/2": "0.5", "1/4": "0.25", "3/4": "0.75", "1/3": "0.33"}
_STROKE = re.compile(r"\d ?/ ?\d")


def in_figures(text: str) -> str:
    """Return an amount whose fraction or word stands in figures: 1.5 h for 1 1/2 h, 0.5 glass."""
    if found := _HALVES.search(text):
        whole, top, bottom = found.groups()[:3] if found[2] else found.groups()[3:]
        size = int(whole or 0) + int(top) / int(bottom)
        return f"{text[: found.start()]}{round(size, 2):g}{text[found.end() :]}"
    low = text.casefold()
    if low not in parsed.word_lists()["lengths"] and (found := _BEGINS.match(low)):
        return f"{SIZES[found[1]]:g} {text[found.end() :]}"
    return text


def as_shares(texts: list[str]) -> dict[int, str]:
    """Return the figures of 1/2, and of a half and two without a noun, that stand among numbers."""
    if not any(map(number_text, texts)):
        return {}
    shares = all(t in _SHARES or _HALVES.search(t) for t in texts if _STROKE.search(t))
    words = {i: f"{SIZES[low]:g}" for i, t in enumerate(texts) if (low := t.casefold()) in SIZES}
    return words | {i: _SHARES[t] for i, t in enumerate(texts) if shares and t in _SHARES}


def without_note(texts: list[str]) -> tuple[list[str], dict[int, str]]:
    """Return numbers without words that only say how sure they are, and what to tell of them."""
    bare, told = list(texts), {}
    for i, text in enumerate(texts):
        if not text or (text[0].isdigit() and text[-1].isdigit() and " " not in text):
            continue
        figures = in_figures(text)
        about = _AFTER.sub("", _BEFORE.sub("", figures, count=1))
        short = _NOTE.sub("", about).strip()
        plain = text, text.removesuffix("." * short[-1:].isalpha())  # 54 min.
        if short[:1].isdigit() and short not in plain:
            bare[i] = short
            told[i] = f"is read as {short}" + (", an approximation." if about != figures else ".")
    return bare, told


#: Among small numbers an amount with a few words: 1 Glas Rotwein, 0.5 glass; not 2 + tea, 5 mg.
_FEW = 24
_THING = re.compile(
    rf"(\d\d?(?:\.\d+)?) ?(?!(?:{parsed.NOT_COUNTED.pattern})|(?:or|oder|plus|bis|days?|weeks?)\b|"
    r".*\b(?:and|und|et|y|ed?|en|i|och)\b)[^\W\d_]{3,}\.?(?: [^\W\d_+]+){0,3}",
    re.IGNORECASE,
)


def read_numbers(cells: Texts, *, whole: bool = False) -> Parsed:
    """Read a column of numbers.

    A comma is the decimal sign if some cell shows it (``7,5``); else, as in ``11,528``, it groups
    thousands, told in ``assumed``; so does a point where they count something (``whole``).
    """
    plain = None if whole else _short_and_plain(cells)
    if plain is not None:
        return Parsed(plain, style=STYLES["."])
    texts, codes = distinct(cells)
    if not whole and ((alike := stamp_forms.same_width(texts)) is not None or _PLAIN.fit(texts)):
        known = [float(text or "nan") for text in texts] if alike is None else alike
        return Parsed(np.array(known, dtype=float)[codes], style=STYLES["."])
    plain_texts, repaired = without_note(texts)
    clean = [number_text(text) for text in plain_texts]
    sign, assumed = decimal_sign([text for text in clean if text])
    pointed = [text for text in clean if "." in text]
    if whole and pointed and all(map(_GROUPS.fullmatch, pointed)):
        sign = ","
        assumed = f"Points before three digits, as in {pointed[0]!r}, are read as thousands."
    values = np.full(len(texts), np.nan)
    bad: dict[int, str] = {}
    for i, text in enumerate(clean):
        if text:
            values[i], why = number_of(text, sign)
            if why or np.isinf(values[i]):
                values[i], bad[i] = np.nan, why or TOO_LARGE
        elif not says_missing(texts[i]):
            bad[i] = NOT_A_NUMBER
    if bad and np.nanmax(values, initial=0.0) <= _FEW:
        for i, found in {i: _THING.fullmatch(in_figures(plain_texts[i])) for i in bad}.items():
            if found:
                values[i] = float(found[1])
                repaired[i] = f"is read as {values[i]:g}: {NOTE_BESIDE}"
                del bad[i]
    repaired = {i: text for i, text in repaired.items() if i not in bad}
    return Parsed(
        values[codes], Told(codes, texts, bad), Told(codes, texts, repaired), STYLES[sign], assumed
    )


def _short_and_plain(cells: Texts) -> Floats | None:
    """Read a short column that is plain numbers and empty cells only, or return None."""
    if len(cells) >= parsed.SMALL:
        return None
    rows: list[Any] = cells.tolist() if isinstance(cells, np.ndarray) else list(cells)
    texts = dict.fromkeys(rows)
    few = 2 * len(texts) < len(rows)
    try:
        if not _PLAIN.fit(list(texts) if few else rows):
            return None
    except TypeError:  # None among the cells
        return None
    if few:
        number = {text: float(text or "nan") for text in texts}
        return np.fromiter(map(number.__getitem__, rows), dtype=np.float64, count=len(rows))
    if "" in texts:
        rows = [cell or "nan" for cell in rows]
    return np.fromiter(map(float, rows), dtype=np.float64, count=len(rows))


def decimal_sign(texts: list[str]) -> tuple[str, str]:
    """Return a column's decimal sign, "." or "," or both, and what is assumed if none shows it."""
    shown = {".": False, ",": False}
    grouped = ""
    for text in texts:
        comma, point = text.rfind(","), text.rfind(".")
        if comma >= 0 and point >= 0:
            shown["," if comma > point else "."] = True
        elif comma >= 0 or point >= 0:
            sign = "," if comma >= 0 else "."
            if not _GROUPS.fullmatch(text):
                shown[sign] = True
            elif text.count(sign) > 1:
                shown["." if sign == "," else ","] = True
            elif sign == ",":
                grouped = text
    if shown[","]:
        return ".," if shown["."] else ",", ""
    if grouped and not shown["."]:
        return ".", f"Commas before three digits, as in {grouped!r}, are read as thousands."
    return ".", ""


def number_of(text: str, sign: str) -> tuple[float, str]:
    """Return a number text's value and, if it cannot be read, why."""
    comma, point = text.rfind(","), text.rfind(".")
    own = "," if comma > point else "."
    groups = bool(_GROUPS.fullmatch(text))
    # cells contradict each other: those that can be read both ways are refused
    if groups and text.count(own) == 1 and len(sign) > 1:
        return np.nan, (
            "could be read with a decimal comma or a decimal point: the column has both. "
            "Write all of it one way."
        )
    if groups and (text.count(own) > 1 or own != sign):
        return float(text.replace(own, "")), ""
    whole, _, rest = text.rpartition(own)
    other = "." if own == "," else ","
    if own in whole or (other in whole and not _GROUPS.fullmatch(whole)):
        return np.nan, NOT_A_NUMBER
    return float(f"{whole.replace(other, '')}.{rest}" if rest != text else text), ""


#: A remark behind a yes or a no, in brackets and else: yes (gym); yes - 3mg; ja, Yoga; ✔ yoga.
_ASIDE = re.compile(r"(?<=\w) ?[(（][^()（）]*[)）]$")
_REMARK = re.compile(
    r"(?P<yes>[^\W\d_]+(?: [^\W\d_]+)?)"
    r"(?: ?[(（,，、;；:：!！].*| ?[.–—-]+ .+| (?:ca\.? ?|~)?\d.*)|"
    r"(?P<sign>[^\w\s()-])\ufe0f? ?[(（\w].*"
)
#: Words that stand for yes or no only where they stand alone.
_ALONE = frozenset(("on", "off", "t", "f", "s", "v", "do", "+"))


def _yes_or_no(word: str, crosses: float) -> float:
    if word in parsed.CROSSES or (word == "o" and np.isnan(crosses)):
        return crosses
    return 1.0 if word in _YES or word in _TAKEN else 0.0 if word in _NO else np.nan


def read_yes_no(cells: Texts, *, taken: bool = False, said: float | None = None) -> Parsed:
    """Read a column of yes/no answers, in a dozen languages, in figures and in signs.

    A cross beside circles is a no, beside ticks and many blanks a yes (``said``: the share of other
    cells). "Forgot" is told: not recorded, of what is ``taken`` a no.
    """
    texts, codes = distinct(cells)
    values = np.full(len(texts), np.nan)
    bad: dict[int, str] = {}
    told: dict[int, str] = {}
    words = [_ASIDE.sub("", text.casefold()).rstrip("\ufe0f") for text in texts]
    if said is None:
        done = np.array([not says_missing(w) and w not in _NO for w in words], dtype=bool)
        said = float(done[codes].sum()) / max(1, len(codes))
    crosses, marks = parsed.of_crosses(words, said)
    taken = taken or not _TAKEN.isdisjoint(words)
    for i, (text, word) in enumerate(zip(texts, words, strict=True)):
        if word in _FORGOT:
            values[i] = 0.0 if taken else np.nan
            told[i] = "is read as not taken." if taken else "is read as not recorded."
            continue
        values[i] = _yes_or_no(word, crosses)
        if not np.isnan(values[i]) or says_missing(text):
            continue
        found = _REMARK.fullmatch(word)
        before = (found["yes"] or found["sign"]) if found else ""
        values[i] = np.nan if before in _ALONE else _yes_or_no(before, 1.0)
        if np.isnan(values[i]):
            bad[i] = "is neither yes nor no. Write yes or no, or leave the cell empty."
        else:
            told[i] = f"is read as {'yes' if values[i] else 'no'}: {NOTE_BESIDE}"
    both = f"x and {' and '.join(marks)} are both read as yes." if marks and crosses == 1 else ""
    return Parsed(values[codes], Told(codes, texts, bad), Told(codes, texts, told), "yes/no", both)


_AMOUNT = r"\d+(?:[.,]\d+)?"
_LABELLED = re.compile(
    rf"({_AMOUNT}) ?(?:[-–—:=.)]+ ?|\()[^\W\d][^\d]*|[^\W\d][^\d]*[(:=] ?({_AMOUNT})\)?"
)
_SHARE = re.compile(rf"({_AMOUNT}) ?(?:/|of|out of|von|sur|de|из) ?(\d+)", re.IGNORECASE)
_STARS = re.compile(r"([★⭐🌟*]{1,10})\ufe0f?([☆✩]{0,9})")

#: The answers of the Consensus Sleep Diary, best last.
SLEEP_WORDS = {
    "very poor": "1", "poor": "2", "fair": "3", "good": "4", "very good": "5",
    "not at all rested": "1", "slightly rested": "2", "somewhat rested": "3",
    "well rested": "4", "well-rested": "4", "very well-rested": "5", "very well rested": "5",
}  # fmt: skip


def read_ratings(cells: Texts, words: Mapping[str, str] | None = None) -> Parsed:
    """Read a column of ratings; what is beyond the scale of the others, 9/8, is kept and told."""
    numbers = read_numbers(cells)
    if not numbers.bad:
        return numbers
    texts, codes = distinct(cells)
    one_scale = len(set(filter(None, map(_scale, texts)))) < 2
    plain, over = list(texts), {}
    within = any(_scale(text) and _digits(text) for text in texts)
    for i, text in enumerate(texts):
        if not number_text(text) and (one_scale or not _scale(text)):
            plain[i] = (words or {}).get(text.casefold()) or _digits(text) or text
            if within and plain[i] == text and (share := _SHARE.fullmatch(text)):
                plain[i], over[i] = share[1], "is off its scale: kept."
    read = read_numbers(np.array(plain, dtype=object)[codes])
    return replace(read, repaired=Told(codes, texts, over)) if over else read


def look_like_ratings(column: Texts) -> bool:
    """Say whether nearly all cells are ratings, some of them more than bare numbers."""
    texts, codes = distinct(column)
    said = np.array([not says_missing(text) for text in texts], dtype=bool)[codes]
    marked = np.array([bool(_digits(text)) for text in texts], dtype=bool)[codes]
    plain = np.array([bool(number_text(text)) for text in texts], dtype=bool)[codes]
    odd = said & ~marked & ~plain
    return bool(marked.any()) and parsed.few_odd(odd.sum(), said.sum())


def _digits(text: str) -> str:
    """Return the number of a rating that is more than a number, or an empty text."""
    if stars := _STARS.fullmatch(text):
        return str(len(stars[1]))
    if share := _SHARE.fullmatch(text):
        value = float(share[1].replace(",", "."))
        return share[1] if value <= float(share[2]) else ""
    if labelled := _LABELLED.fullmatch(text):
        return labelled[1] or labelled[2]
    return ""


def _scale(text: str) -> str:
    """Return what a rating is out of, or an empty text."""
    return share[2] if (share := _SHARE.fullmatch(text)) else ""
