"""One written date, one written time of day, one stamp; what only the column decides stays open."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sleepstats.arrays import Bools, Ints, Objects
from sleepstats.reading.cells.parsed import says_missing

_MONTHS_IN = {
    "en": "january february march april may june july august september october november december",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "at": "jänner feber maerz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "fr_plain": "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre "
    "decembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
    "dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro "
    "dezembro",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "no": "januar februar mars april mai juni juli august september oktober november desember",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października "
    "listopada grudnia",
    "pl_plain": "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik "
    "listopad grudzień",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
}
#: English month names by number, for messages.
MONTHS = ("", *(name.capitalize() for name in _MONTHS_IN["en"].split()))
_SHORT_TOO = {"sept": 9, "janv": 1, "févr": 2, "fevr": 2, "avr": 4, "juil": 7, "déc": 12}
_SHORT_TOO |= dict.fromkeys(("mrz", "mrt", "marts"), 3)


def _month_words() -> dict[str, int]:
    words: dict[str, int] = dict(_SHORT_TOO)
    for names in _MONTHS_IN.values():
        words |= {name: number for number, name in enumerate(names.split(), start=1)}
    for shorts in ([name[:3] for name in names.split()] for names in _MONTHS_IN.values()):
        for number, short in enumerate(shorts, start=1):
            if shorts.count(short) == 1:
                words.setdefault(short, number)
    return words


_MONTHS = _month_words()
_WEEKDAYS = (
    "mon mo montag lun lunes lundi lunedì maandag пн pon pn poniedziałek seg segunda "
    "segunda-feira mån måndag man mandag",
    "tue tues di dienstag mar martes mardi martedì dinsdag вт wt wtorek ter terça terça-feira "
    "tis tisdag tir tirs tirsdag",
    "wed mi mittwoch mié mie mer mercredi miércoles woensdag ср mercoledì śr środa qua quarta "
    "quarta-feira ons onsdag wo",
    "thu thur thurs do donnerstag jue jueves jeu jeudi donderdag чт gio giovedì czw cz "
    "czwartek qui quinta quinta-feira tors tor torsdag",
    "fri fr freitag vie viernes ven vendredi vrijdag пт venerdì vr pt pią piątek sex sexta "
    "sexta-feira fre fredag",
    "sat sa samstag sáb sab sábado sam samedi zaterdag сб sabato za sob sobota lör lördag lør "
    "lørdag",
    "sun so sonntag dom domingo dim dimanche zondag вс domenica zo ndz nd niedziela sön "
    "söndag søn søndag",
)
_ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: Weekday in words -> its number, Monday being 0.
DAY_OF = {word: i for i, words in enumerate(_WEEKDAYS) for word in words.split()} | {
    word: i for i, word in enumerate(_ENGLISH_DAYS)
}
for _i, _signs in enumerate(("月一", "火二", "水三", "木四", "金五", "土六", "日日天")):
    DAY_OF |= dict.fromkeys((f"{_signs[0]}{end}" for end in ("", "曜", "曜日")), _i)
    DAY_OF |= {f"{of}{sign}": _i for of in ("周", "週", "星期", "礼拜") for sign in _signs}
_DAYS = "|".join(re.escape(word) for word in sorted(DAY_OF, key=len, reverse=True))
#: A weekday before a date, or behind it.
_WEEKDAY = re.compile(
    rf"[(（]?(?:{_DAYS})[)）]?[.,]* |(?<![^\W\d_]),? ?[(（]?(?:{_DAYS})[)）]?\.?$"
)
#: Three numbers that may be a date, with one mark between them.
NUMBERS = re.compile(r"(\d{1,4})\.?([-/. ])\.? ?(\d{1,2})(?:\2) ?(\d{1,4})\.?", re.ASCII)
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)", re.ASCII)
_DAY_WORD = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|\.|er|º)?[ /-]*(?:of |de )?([^\W\d_]+)\.?,?[ /-]*(?:de )?"
    r"'?(\d{4}|\d\d)"
)
_WORD_DAY = re.compile(r"([^\W\d_]+)\.?[ /-]*(\d{1,2})(?:st|nd|rd|th)?,?[ /-]+'?(\d{4}|\d\d)")
_YEAR_WORD = re.compile(r"(\d{4})[ /-]+([^\W\d_]+)\.?[ /-]+(\d{1,2})")

WRITE_DATE = "Write YYYY-MM-DD, for example 2026-04-03."
_NO_DATE = f"is not a date. {WRITE_DATE}"
_DIGIT = re.compile(r"[0-9]")
_LETTERS = re.compile(r"[^\W\d_]+")
_YEAR = re.compile(r"\d{4}|'\d\d")

_TIME = (
    r"(?P<h>\d{1,2})(?:(?P<sep>[:.h])(?P<m>\d\d)(?:[:.](?P<s>\d\d)(?:[.,](?P<f>\d{1,9}))?)?)?"
    r" ?(?:(?P<half>[ap])\.? ?m\.?|uhr)?"
)
_ZONE = (
    r"(?: ?(?P<zone>z|utc|gmt)?(?P<sign>[+-])(?P<zh>\d{1,2})(?::?(?P<zm>\d\d))?"
    r"| ?(?P<utc>z|utc|gmt))?"
)
TAIL = re.compile(_TIME + _ZONE, re.ASCII | re.IGNORECASE)
#: A date and the time of day behind it.
STAMP = re.compile(
    r"(?P<date>.*[^\s,])(?<! at)(?:,? at |[ ,]+|(?-i:T))"
    r"(?P<time>\d{1,2}(?:[:.h]\d\d(?:[:.]\d\d(?:[.,]\d+)?)?| ?[ap]\.? ?m\b).*)",
    re.ASCII | re.IGNORECASE,
)
#: The time of day first: 23:15 05/01/2026, 11:15 PM on Jan 5, 2026.
_TIME_FIRST = re.compile(
    r"(?P<time>\d{1,2}(?:[:h]\d\d(?::\d\d)?(?: ?[ap]\. ?m\.| ?[ap]m\b)?| ?[ap]m\b))(?:,? |,)"
    r"(?:(?:on|am|le|el|il|op|den|dnia|em|uhr,?) )?(?P<date>\S.*\d.*)",
    re.ASCII | re.IGNORECASE,
)
WRITE_STAMP = "Write YYYY-MM-DD HH:MM, for example 2026-04-03 23:10."
IMPOSSIBLE = f"has an impossible time of day. {WRITE_STAMP}"
NO_TIME = f"has no time of day. {WRITE_STAMP}"
_NO_CLOCK = f"has no time of day that can be read. {WRITE_STAMP}"


def stamp_of(text: str) -> re.Match[str] | None:
    """Return the date and the time of day of a text that may be a stamp."""
    return _TIME_FIRST.fullmatch(text) or STAMP.fullmatch(text)


class Written(NamedTuple):
    """A date as written.

    ``kind``: "ymd" (year, month, day), "open" (two numbers and the year: the column says which is
    the day), "short" (01-02-03: the year may come first), or "" (missing, or ``bad`` says why).
    """

    kind: str = ""
    parts: tuple[int, int, int] = (0, 0, 0)
    dotted: bool = False
    bad: str = ""

    @property
    def given(self) -> bool:
        """Whether there are parts to read."""
        return bool(self.kind)


_UNREADABLE = Written(bad=_NO_DATE)


def full_year(number: int, digits: int) -> int:
    """Return the year of a written number; of two digits 00 to 68 are 2000 to 2068 (POSIX)."""
    if digits > 2:
        return number
    return number + (2000 if number < 69 else 1900)


def read_words(text: str) -> Written:
    """Read one tidy text as a date, leaving open what only the column can decide."""
    if says_missing(text):
        return Written()
    if not _DIGIT.search(text):
        return _UNREADABLE
    found = NUMBERS.fullmatch(text)
    if found:
        return _of_numbers(found)
    found = _COMPACT.fullmatch(text)
    if found:
        return Written("ymd", (int(found[1]), int(found[2]), int(found[3])))
    low = " ".join(text.casefold().split())
    written = _in_words(low)  # before weekdays are looked for: mar 3 2026 is no Tuesday
    found = None if written.given else _WEEKDAY.match(low) or _WEEKDAY.search(low)
    if found and low != found[0]:
        rest = low[found.end() :] if found.start() == 0 else low[: found.start()]
        return read_words(rest.strip())
    return written


_NUMBERED, _LOOKED_AT = re.compile(r"([^\W\d].*\D)\d{1,4}"), 100


def no_dates(said: list[str]) -> bool:
    """Tell whether most texts have no number, or all are one name and a number that is no day."""
    found = [_NUMBERED.fullmatch(text) for text in said[:_LOOKED_AT]]
    stem = {match[1] if match else "" for match in found}
    name = stem.pop() if len(stem) == 1 else ""
    figures = sum(bool(_DIGIT.search(text)) for text in said[:_LOOKED_AT])
    return 2 * figures < len(found) or bool(name and read_words(f"{name}1 2000").bad)


def _in_words(low: str) -> Written:
    """Read a date whose month is a word."""
    words = _LETTERS.findall(low)
    if not any(word in _MONTHS for word in words):
        return _UNREADABLE if words else Written(bad=_why_no_number(low))
    for form, day, month, year in (
        (_DAY_WORD, 1, 2, 3),
        (_WORD_DAY, 2, 1, 3),
        (_YEAR_WORD, 3, 2, 1),
    ):
        found = form.fullmatch(low)
        if found and found[month] in _MONTHS:
            number = full_year(int(found[year]), len(found[year]))
            return Written("ymd", (number, _MONTHS[found[month]], int(found[day])))
    return Written(bad=_NO_DATE if _YEAR.search(low) else f"has no year. {WRITE_DATE}")


def numbers_kind(found: re.Match[str]) -> str | None:
    """Return the kind of three numbers, by how many digits they have; None if it is no date."""
    first, mark, second, third = found[1], found[2], found[3], found[4]
    if len(first) == 4:
        return "ymd" if len(third) <= 2 else None
    if len(first) > 2 or len(third) in (1, 3):
        return None
    if mark == "-" and len(first) == len(second) == len(third) == 2:
        return "short"
    return "open"


def _of_numbers(found: re.Match[str]) -> Written:
    numbers = (int(found[1]), int(found[3]), int(found[4]))
    kind = numbers_kind(found)
    if kind is None:
        return _UNREADABLE
    if kind != "open":
        return Written(kind, numbers)
    year = full_year(numbers[2], len(found[4]))
    return Written("open", (numbers[0], numbers[1], year), dotted=found[2] in ". ")


def _why_no_number(text: str) -> str:
    number = re.fullmatch(r"(\d+)(?:[.,]\d+)?", text, re.ASCII)
    if number and len(number[1]) == 5 and 20_000 <= int(number[1]) < 80_000:
        return (
            "looks like a spreadsheet's day number. Format the column as a date (YYYY-MM-DD) and "
            "export again."
        )
    if number and len(number[1]) in (10, 13):
        return f"looks like a count of seconds or milliseconds since 1970, not a date. {WRITE_DATE}"
    return _NO_DATE


@lru_cache(maxsize=8192)
def read_time(text: str) -> tuple[int, float, bool, str]:
    """Return microseconds, offset, whether 24:00 was written, and why it cannot be read."""
    if not text:
        return 0, np.nan, False, NO_TIME
    found = TAIL.fullmatch(" ".join(text.split()))
    if not found:
        return 0, np.nan, False, _NO_CLOCK
    part = found.groupdict()
    minute, second = int(part["m"] or 0), int(part["s"] or 0)
    hours, wrong = half_of_day(int(part["h"]), minute, second, part["half"])
    if wrong:
        return 0, np.nan, False, IMPOSSIBLE
    hour = int(hours)
    micros = ((hour * 60 + minute) * 60 + second) * 1_000_000
    if part["f"]:
        micros += int(part["f"][:6].ljust(6, "0"))
    offset = np.nan
    if part["sign"]:
        offset = int(part["zh"]) * 60.0 + int(part["zm"] or 0)
        offset = -offset if part["sign"] == "-" else offset
    elif part["utc"]:
        offset = 0.0
    return micros, offset, hour == 24, ""


def half_of_day(
    hour: Ints | int, minute: Ints | int, second: Ints | int, half: str | None
) -> tuple[Ints, Bools]:
    """Bring hours with am or pm to 24; also tell which times there are not."""
    hours, minutes, seconds = np.asarray(hour), np.asarray(minute), np.asarray(second)
    past = (hours > 24) | ((hours == 24) & ((minutes > 0) | (seconds > 0)))
    wrong = past | (minutes > 59) | (seconds > 59)
    if half:
        morning = half in "aA"
        also = (hours == 0) if morning else ((hours > 12) & (hours < 24))
        wrong |= ~(((hours >= 1) & (hours <= 12)) | also)
        turned = hours % 12 + (0 if morning else 12)
        hours = np.where(hours <= 12, turned, hours)
    return hours, wrong


def halves(form: str) -> tuple[slice, slice] | None:
    """Return where date and time of day stand in a text of a numeric form."""
    head, mark, tail = form.partition("T" if form[10:11] == "T" else " ")
    if not mark:
        return slice(0, len(form)), slice(len(form), len(form))
    found = NUMBERS.fullmatch(head)
    if found and numbers_kind(found) and tail[:1].isdigit():
        return slice(0, len(head)), slice(len(head) + 1, len(form))
    stamp = stamp_of(form)
    return (slice(*stamp.span("date")), slice(*stamp.span("time"))) if stamp else None


class Splitter:
    """Splits stamps into date and time of day, and reads each distinct date once."""

    def __init__(self) -> None:
        self._dates: dict[str, Written] = {"": Written()}

    def split(self, text: str) -> tuple[str, str]:
        """Return the text of the date, and of the time of day if there is one."""
        head, _, tail = text.partition("T" if text[10:11] == "T" else " ")
        if tail[:1].isdigit() and self.written(head).given:
            return head, tail
        if says_missing(text):
            return "", ""
        if tail and (found := stamp_of(text)) and self.written(found["date"]).given:
            return found["date"], found["time"]
        return text, ""

    def written(self, head: str) -> Written:
        """Read the text of a date."""
        known = self._dates.get(head)
        if known is None:
            known = self._dates[head] = read_words(head)
        return known


_OF_HOURS = re.compile(
    r"(?i)(?<![^\W_])(hours?|hrs?|hh?|stunden?|std|heures?|horas?|ore|ora|uur|uren|godzin[ay]?|godz|"
    r"timm(e|ar)|tim)(?![^\W_])|[时時点]$"
)
_OF_MINUTES = re.compile(
    r"(?i)(?<![^\W_])(minut(e[nrs]?|[aio]s?|y)?|minuut|mins?|mm?)(?![^\W_])|分$"
)


def hours_and_minutes(
    header: list[str], columns: list[Objects]
) -> tuple[list[str], list[Objects], list[tuple[str, str]]]:
    """Put columns together of which one holds the hour and the next the minute of the same."""
    header, columns, pairs = list(header), list(columns), list[tuple[str, str]]()
    for i in range(len(header) - 2, -1, -1):
        said = [re.sub(r"\W+|_", " ", part.sub("", header[i + k])).split()
                for k, part in enumerate((_OF_HOURS, _OF_MINUTES))]  # fmt: skip
        if said[0] != said[1] or not said[0] or header[i] == header[i + 1]:
            continue
        cells = [list(map(str.strip, columns[k].tolist())) for k in (i, i + 1)]
        whole = all(re.fullmatch(r"([01]?\d|2[0-4])?", one) for one in cells[0])
        if whole and all(re.fullmatch(r"([0-5]?\d)?", one) for one in cells[1]):
            both = [f"{h}:{m or 0:0>2}" if h else m for h, m in zip(*cells, strict=True)]
            pairs.insert(0, (header[i], header[i + 1]))
            header[i : i + 2] = [" ".join(said[0])]
            columns[i : i + 2] = [np.array(both, dtype=object)]
    return header, columns, pairs
