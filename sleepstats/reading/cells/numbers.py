"""Numbers, the decimal sign decided from the whole column; yes and no, ratings, counts, degrees."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sleepstats.arrays import Floats, Objects
from sleepstats.reading.cells.parsed import (
    SMALL,
    Lines,
    Parsed,
    Texts,
    Told,
    distinct,
    says_missing,
)

_PLAIN = Lines(r"-?[0-9]+(?:\.[0-9]+)?")
_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})*", re.ASCII)

STYLES = {".": "decimal point", ",": "decimal comma", ".,": "decimal point and decimal comma"}
NOT_A_NUMBER = "is not a number. Write digits only, for example 2.5."
TOO_LARGE = "is too large for a number. Write digits only, for example 2.5."

_YES = frozenset(
    ("yes", "y", "true", "t", "✓", "✔", "☑", "✅", "1", "1.0", "on", "checked", "ja", "j",
     "oui", "o", "si", "sí", "sì", "s", "да", "д", "sim", "tak", "t.", "はい", "有", "あり", "是",
     "对",
     "○", "◯", "〇", "●", "◎", "+", "v", "👍", "done", "did", "yep", "yeah", "erledigt", "fait",
     "hecho",
     "fatto", "feito", "gedaan", "gjort", "zrobione", "taken", "drank", "used", "genommen",
     "gemacht", "getrunken", "pris", "prise", "bu", "tomado", "tomada", "preso", "presa", "bevuto",
     "genomen", "gedronken", "wzięte", "wzięty", "wypite", "tagit", "tagen", "druckit", "した",
     "やった", "飲んだ", "食べた", "使った", "する", "做了", "喝了", "吃了", "用了", "已服", "服了")
)  # fmt: skip
_NO = frozenset(
    ("no", "n", "false", "f", "✗", "✘", "☐", "❌", "0", "0.0", "off", "unchecked", "nein", "non",
     "não", "nao", "нет", "н", "nee", "nie", "nej", "いいえ", "なし", "無", "无", "否", "没有",
     "没", "不",
     "👎", "nope", "not done", "not taken", "skipped", "missed", "forgot", "forgotten", "not used",
     "nicht genommen", "nicht gemacht", "nicht getrunken", "ausgelassen", "vergessen", "pas pris",
     "pas prise", "pas fait", "oublié", "oubliée", "no tomado", "no tomada", "no hecho", "olvidado",
     "non preso", "non presa", "non fatto", "dimenticato", "não tomado", "não feito", "esquecido",
     "niet genomen", "niet gedaan", "vergeten", "niewzięte", "nie wzięte", "niezrobione",
     "nie zrobione", "zapomniane", "pominięte", "ej tagit", "inte tagit", "ej gjort", "glömt",
     "glömde", "しない", "しなかった", "してない", "していない", "やらない", "やらなかった",
     "飲まない", "飲まなかった", "飲んでない", "食べない", "食べなかった", "使わない",
     "使わなかった", "忘れた", "没做", "没喝", "没吃", "没用", "未服", "没服", "忘了", "忘记")
)  # fmt: skip
#: A cross is a no beside circles and ticks, else a yes.
_CROSSES = frozenset(("x", "×", "╳"))
_TICKS = frozenset(("○", "◯", "〇", "●", "◎", "v", "✓", "✔", "☑", "✅"))
_MARKS = _CROSSES | _TICKS


_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)*|[.,]\d+)(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_SPACED = re.compile(r"(?<=\d)[ '’](?=\d{3}(?!\d))", re.ASCII)


def number_text(text: str) -> str:
    """Return the digits and signs of a tidy text that is one number, else an empty text."""
    if says_missing(text):
        return ""
    text = text.removesuffix("%").rstrip().replace("−", "-")
    text = _SPACED.sub("", text)
    return text if _NUMBER.fullmatch(text) else ""


#: What makes a number an approximation, before it and behind it; a note behind it in brackets.
_BEFORE = re.compile(
    r"(?:[~≈±]|(?:ca|circa|about|around|approx|approximately|etwa|ungefähr|rund|env|environ|"
    r"unos|unas|sobre|cerca de|mais ou menos|più o meno|ongeveer|około|ok|ungefär|cirka|"
    r"около|примерно|約|约|大约)\b[. ]?) ?(?=\d)",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?<=\w) ?(?:\?|-?ish|(?:o así|más o menos|aprox|approx|circa|ca|or so|oder so|"
    r"environ|ou así|około|ungefär)\.?)$",
    re.IGNORECASE,
)
_NOTE = re.compile(r"(?<=[\w.]) ?[(\[][^()\[\]]*[)\]]$")


def without_note(texts: list[str]) -> tuple[list[str], dict[int, str]]:
    """Return numbers without words that only say how sure they are, and what to tell of them."""
    bare, told = list(texts), {}
    for i, text in enumerate(texts):
        if not text or (text[0].isdigit() and text[-1].isdigit()):
            continue
        about = _AFTER.sub("", _BEFORE.sub("", text, count=1))
        short = _NOTE.sub("", about).strip()
        if short != text and short[:1].isdigit():
            bare[i] = short
            told[i] = f"is read as {short}" + (", an approximation." if about != text else ".")
    return bare, told


def read_numbers(cells: Texts, *, whole: bool = False) -> Parsed:
    """Read a column of numbers.

    A comma is the decimal sign if some cell shows it: ``7,5``, ``0,125``, ``1.234,5``. It groups
    thousands if some cell shows that: ``1,234,567``, ``1,234.5``, or ``7.5`` elsewhere in the
    column. A column whose only commas stand before three digits (``11,528``) is read as thousands,
    which is told in ``assumed``. A point is the decimal sign unless some cell shows a decimal
    comma. Where cells contradict each other, those that can be read both ways are refused.

    ``whole``: the numbers count something, so that a point before three digits groups thousands.
    """
    plain = None if whole else _short_and_plain(cells)
    if plain is not None:
        return Parsed(plain, style=STYLES["."])
    texts, codes = distinct(cells)
    if not whole and _PLAIN.fit(texts):
        values = np.array([float(text) if text else np.nan for text in texts], dtype=np.float64)
        return Parsed(values[codes], style=STYLES["."])
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
            if np.isinf(values[i]):
                values[i], why = np.nan, TOO_LARGE
            if why:
                bad[i] = why
        elif not says_missing(texts[i]):
            bad[i] = NOT_A_NUMBER
    repaired = {i: text for i, text in repaired.items() if i not in bad}
    return Parsed(
        values[codes], Told(codes, texts, bad), Told(codes, texts, repaired), STYLES[sign], assumed
    )


_POINTED = re.compile(r"\d{1,2}[.,][0-5]\d")
#: So many different texts, and parts of an hour among them, show how hours are written.
_MANY, _PARTS = 12, 6


def with_colons(cells: Objects, *, surely: bool = False) -> Objects:
    """Return hours and minutes written with a point, 7.45, with a colon.

    No decimals are all below .60: of a dozen, one such column in 500 would be by chance; so these
    must be there, unless it is known ``surely``.
    """
    texts, codes = distinct(cells)
    said = [text for text in texts if not says_missing(text)]
    parts = {re.split("[.,]", text)[-1] for text in said}
    quarters = parts <= {"00", "15", "30", "45"} and parts & {"15", "45"}
    many = len(said) >= _MANY and len(parts) >= _PARTS
    if not (surely or many or quarters) or not all(map(_POINTED.fullmatch, said)):
        return cells
    return np.array([re.sub("[.,]", ":", text) for text in texts], dtype=object)[codes]


_COUNTED = re.compile(
    r"\b(?:steps?|schritte?|pas(?:os|sos|si)?|kroki|steg|stappen|kcal|calor\w*|kalori\w*)\b|歩数|步数"
)


def read_counted(cells: Texts, header: str) -> Parsed:
    """Read numbers; of steps and calories there are no thousandths."""
    return read_numbers(cells, whole=bool(_COUNTED.search(header.casefold())))


def _short_and_plain(cells: Texts) -> Floats | None:
    """Read a short column that is plain numbers and empty cells only, or return None."""
    if len(cells) >= SMALL:
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


#: A note in brackets behind a yes or a no.
_ASIDE = re.compile(r"(?<=\w) ?\([^()]*\)$")


def read_yes_no(cells: Texts) -> Parsed:
    """Read a column of yes/no answers.

    Read, in any case: yes/no, y/n, true/false, x, ticks and crosses, on/off, checked/unchecked,
    1/0, circles, and yes and no in a dozen languages. A cross beside circles or ticks is a no.
    """
    texts, codes = distinct(cells)
    values = np.full(len(texts), np.nan)
    bad: dict[int, str] = {}
    words = [_ASIDE.sub("", text.casefold()).rstrip("\ufe0f") for text in texts]
    crossed = not _TICKS.isdisjoint(words) and _MARKS.issuperset(filter(None, words))
    for i, (text, word) in enumerate(zip(texts, words, strict=True)):
        if word in _YES:
            values[i] = 1.0
        elif word in _NO:
            values[i] = 0.0
        elif word in _CROSSES:
            values[i] = 0.0 if crossed else 1.0
        elif not says_missing(text):
            bad[i] = "is neither yes nor no. Write yes or no, or leave the cell empty."
    return Parsed(values[codes], Told(codes, texts, bad), style="yes/no")


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
    """Read a column of ratings."""
    numbers = read_numbers(cells)
    if not numbers.bad:
        return numbers
    texts, codes = distinct(cells)
    one_scale = len(set(filter(None, map(_scale, texts)))) < 2
    plain = list(texts)
    for i, text in enumerate(texts):
        if not number_text(text) and (one_scale or not _scale(text)):
            plain[i] = (words or {}).get(text.casefold()) or _digits(text) or text
    return read_numbers(np.array(plain, dtype=object)[codes])


def look_like_ratings(texts: Sequence[str]) -> bool:
    """Say whether texts are all ratings, some of them more than bare numbers."""
    said = [text for text in texts if not says_missing(text)]
    marked = [bool(_digits(text)) for text in said]
    return any(marked) and all(
        mark or bool(number_text(text)) for mark, text in zip(marked, said, strict=True)
    )


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
    share = _SHARE.fullmatch(text)
    return share[2] if share else ""
