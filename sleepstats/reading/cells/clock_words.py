"""Written clock times: minutes after midnight, and what is left for the column to decide."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np

from sleepstats.reading.cells.parsed import NO_SLEEP, says_missing, word_lists

_HALF = r"(?:(?P<half>[ap])\.? ?(?:m\.?)?)"
_FORMS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?P<h>\d{1,2}):(?P<m>\d\d)(?:[:.](?P<s>\d\d)(?:[.,]\d+)?)?"
        rf" ?(?:{_HALF}|uhr|uur|h|hrs?\.?)?",
        r"(?P<h>\d{1,2}) ?(?:h|uhr|u) ?(?P<m>\d\d)?(?: ?(?:min|m)?\.?)",
        rf"(?P<h>\d{{1,2}})(?P<m>\d\d) ?(?:{_HALF}|h|hrs?\.?|hours|uhr)?",
        rf"(?P<h>\d{{1,2}})(?P<dot>\.)(?P<m>\d\d)(?:\.(?P<s>\d\d))? ?(?:{_HALF}|uhr|uur|h)?",
        rf"(?P<h>\d{{1,2}}) ?{_HALF}",
    )
)
#: Words before a clock time that say no more than that it is one: ore 23.10, godz. 23:10, T23:10.
SAYS_CLOCK = re.compile(r"(?:(?:alle |o )?(?:ore|godz\.?|godzina|godzinie|klo) ?|t)(?=\d)")
#: 23-10, 23;10, 23'10, 23 10, 23 e 10: read so where the whole column is written so.
_SEPARATED = re.compile(r"(\d{1,2})( ?[-;'’,] ?| e | )([0-5]\d)", re.ASCII)
HOURS_ONLY = re.compile(r"\d{1,2}", re.ASCII)
_ONE_DECIMAL = re.compile(r"(\d{1,2})[.,](\d)", re.ASCII)
_DAY_SHARE = re.compile(r"0?[.,]\d{3,}", re.ASCII)
_STAMP = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[ T,]+\d{1,2}[:.]\d\d", re.ASCII)

#: Numbers that cannot be HH.MM: 22.75, 22.333; and 22.5, which may be.
_NOT_MINUTES = re.compile(r"\d{1,2}[.,](?:[6-9]\d|\d{3,})", re.ASCII)
_LONE_DECIMAL = re.compile(r"\d{1,2}[.,]\d", re.ASCII)
#: One cell in so many that cannot be HH.MM casts doubt on the others.
_DOUBT_ONE_IN = 20

#: Words before and behind a clock time that say that it is about right.
ABOUT = re.compile(
    rf"(?:~|≈|±|約|大约|大概|(?:{'|'.join(word_lists()['about a clock'])})\.?) ?(?=\d)|"
    r"(?<=\d) ?(?:ish|頃|ごろ|左右|\?|ca\.?)(?=\Z| ?[ap]\.?m)"
)
_ABOUT_WORDS = re.compile(
    rf"\A(?:~ ?|(?:{'|'.join(word_lists()['about a clock'])})\.? )(?=[^\W\d])| (?:circa|ca\.?|\?)\Z"
)
ABOUT_RIGHT = "is about right: taken at its word."
#: Words behind a clock time: which half of the day, or a note, which has no second number.
_NOTED = re.compile(
    r"(?P<clock>\d{1,2}(?:[:.h]\d\d|h)?(?: ?uhr| ?[ap]\.? ?m\b\.?)?)"
    r"(?P<note>[ ,;(\[/*?!~-][^\d]*)",
    re.ASCII,
)
_BEHIND = rf"[ (,]*(?:(?:{'|'.join(word_lists()['in the'])}) )?"
_MORNING, _EVENING = (
    re.compile(rf"{_BEHIND}(?:{'|'.join(word_lists()[part])})\b") for part in ("morning", "evening")
)
#: Noon and midnight, which have no figure.
NOON = {word for part, words in word_lists().items() if part.startswith("clock ")
        for word, hour in words.items() if hour in ("0", "12")}  # fmt: skip
#: An hour in words is written in so many characters at most.
_LONGEST, _LETTER = 40, re.compile(r"[^\W\d_]{3}|[零正夜]")
NOTE_BESIDE = "the words beside the time are taken for a note."

_WRITE = "Write HH:MM, for example 23:10."
NOT_A_CLOCK = f"is not a clock time. {_WRITE}"
EITHER_HALF = "could be morning or evening. Write it on a 24-hour clock, or with am or pm."
NEXT_NIGHT = "is read as a time after midnight: hours are counted on past 24."
NEXT_DAY = "read as 00:00 of the next day."


@dataclass(slots=True)
class Clock:
    """What one text says: ``minutes`` after midnight, NaN if missing or ``bad``.

    ``bare_hour`` 1 to 12 if it could be of either half of the day, else -1; ``shown_24`` for hour 0
    and 13 to 24 without am/pm; ``marked`` with am/pm; ``padded`` as 07:30; ``dotted`` as 7.30.
    """

    minutes: float = np.nan
    bare_hour: int = -1
    shown_24: bool = False
    marked: bool = False
    padded: bool = False
    dotted: bool = False
    #: In words, which are of a 12-hour clock wherever they stand: halb zwölf.
    spoken: bool = False
    bad: str = ""
    repaired: str = ""


@lru_cache(maxsize=64)
def unreadable(why: str) -> Clock:
    """Return the shared reading of texts that cannot be read for one reason."""
    return Clock(bad=why)


def read_clock_words(text: str) -> Clock:
    """Read one tidy text as far as it can be read without the rest of the column."""
    if says_missing(text):
        return unreadable("is read as not recorded." * ("?" in text))
    low = SAYS_CLOCK.sub("", " ".join(text.casefold().split()))
    if ABOUT.search(low) and (bare := ABOUT.sub("", low)) and bare[0].isdigit():
        read = read_clock_words(bare)
        return read if read.bad else replace(read, repaired=ABOUT_RIGHT)
    for form in _FORMS if low[0].isdigit() else ():
        if found := form.fullmatch(low):
            return _of_parts(found.groupdict())
    noted = _NOTED.fullmatch(low)
    return (noted and _of_noted(noted)) or _of_words(low) or unreadable(_why_not(low))


@cache
def _spoken() -> list[tuple[re.Pattern[str], dict[str, int], str]]:
    """Return the forms of hours in words: a pattern, its hours by their words, what is added."""
    out = []
    for lists in (words for part, words in word_lists().items() if part.startswith("clock ")):
        named = [word for word, begin in lists.items() if begin == "hours"]
        hours = {word: i % 12 + 1 for i, word in enumerate(named)}
        hours |= {word: 12 * int(begin == "12") - 24 for word, begin in lists.items()
                  if begin in ("0", "12")}  # fmt: skip
        one = "|".join(sorted(map(re.escape, hours), key=len, reverse=True))
        forms = [*(word for word, begin in lists.items() if begin == "forms"), "0 N"]
        parts = {"N": rf"(?P<n>{one}|\d\d?)", "M": rf"(?P<m>{one}|\d\d?)"}
        for add, _, form in (word.partition(" ") for word in forms):
            pattern = re.sub(r"\b[NM]\b", lambda found: parts[found[0]], form)  # noqa: B023
            out.append((re.compile(pattern), hours, add))
    return out


def _of_words(low: str) -> Clock | None:
    """Read an hour in words: minuit et demi, halb zwölf, kwart voor elf, onze da noite."""
    if len(low) > _LONGEST or not _LETTER.search(low):
        return None
    for part, behind in (("", None), ("am", _MORNING), ("pm", _EVENING)):
        ends = [m.start() for m in behind.finditer(low) if m.end() == len(low)] if behind else []
        said = low[: ends[0]] if ends else low if not part else ""
        found = {minutes for form, hours, add in _spoken() if (m := form.fullmatch(said))
                 for minutes in _spoken_minutes(m.groupdict(), hours, add)}  # fmt: skip
        if len(found) > 1:
            clocks = " or ".join(sorted(f"{at // 60 % 12 or 12}:{at % 60:02d}" for at in found))
            return unreadable(f"could be {clocks}. Write HH:MM.")
        if found:
            return _spoken_clock(found.pop(), part, night="ght" in low or "noite" in low)
    read = _of_words(bare) if (bare := _ABOUT_WORDS.sub("", low)) != low else None
    return replace(read, repaired="" if read.bad else ABOUT_RIGHT) if read else None


def _spoken_minutes(part: dict[str, str], hours: dict[str, int], add: str) -> list[int]:
    """Return the minutes of an hour in words, from a day before 0:00 where the half is said."""
    hour, count = (hours[word] if word in hours else int(word)
                   for word in (part["n"], part.get("m") or "0"))  # fmt: skip
    base = -30 if add in ("--", "-+") else 0
    step = base + (count if add[-1] == "+" else -count) if add[-1] in "+-" else int(add)
    return [60 * hour + step] if hour < 25 and 0 <= count < 60 else []


def _spoken_clock(at: int, part: str, *, night: bool) -> Clock:
    """Return the reading of minutes of a 12-hour clock, or, from a day before, of a whole day."""
    if at < 0 or at >= 13 * 60:
        return Clock(float(at % 1440), shown_24=at > 0, spoken=bool(at % 720))
    at = at % 720
    if part:
        late = part == "pm" and not (night and at < 5 * 60)
        return Clock(at + 720.0 * late, marked=True, spoken=True)
    return Clock(at + 720.0 * (at < 60), bare_hour=at // 60 or 12, spoken=True)


def _of_noted(found: re.Match[str]) -> Clock | None:
    """Read a clock time that has words beside it; None if that is none."""
    text, note = found["clock"], found["note"]
    half = "am" if _MORNING.match(note) else "pm" if _EVENING.match(note) else ""
    if HOURS_ONLY.fullmatch(text) and not half:
        return None
    known = half and re.fullmatch(r"(\d{1,2})(?:[:.h](\d\d)|h| ?uhr)?", text)
    if known and 1 <= int(known[1]) <= 12:
        night = half == "pm" and int(known[1]) in (12, 1, 2, 3, 4) and "ght" in note
        text = f"{known[1]}:{known[2] or '00'} {'am' if night else half}"
    elif known:
        text = f"{known[1]}:{known[2] or '00'}"
    clock = next((_of_parts(m.groupdict()) for form in _FORMS if (m := form.fullmatch(text))), None)
    if clock and not clock.bad:
        clock.repaired = clock.repaired or NOTE_BESIDE
    return clock


def _of_parts(part: dict[str, str | None]) -> Clock:
    """Read hour, minute, second and am or pm."""
    written = part["h"] or ""
    hour, minute, second = int(written), int(part.get("m") or 0), int(part.get("s") or 0)
    half, dotted = part.get("half"), bool(part.get("dot"))
    if minute > 59 or second > 59 or hour > 24 or (hour == 24 and (minute or second)):
        return Clock(bad=NOT_A_CLOCK, dotted=dotted)
    if half == "a" and hour > 12:
        return unreadable(f"is on a 24-hour clock but says am. {_WRITE}")
    if half == "p" and hour == 0:
        return unreadable(EITHER_HALF)
    bare = not half and 1 <= hour <= 12
    shown_24 = not half and not bare
    on_24 = hour % 12 + (12 if half == "p" else 0) if half and hour <= 12 else hour % 24
    return Clock(
        minutes=on_24 * 60.0 + minute + second / 60.0,
        bare_hour=hour if bare else -1,
        shown_24=shown_24,
        marked=bool(half),
        padded=written[0] == "0" and hour > 0,
        dotted=dotted,
        repaired=NEXT_DAY if hour == 24 else "",
    )


def _why_not(low: str) -> str:
    if HOURS_ONLY.fullmatch(low):
        hour = f" or {int(low)} o'clock" * (int(low) <= 24)
        return f"could be {int(low)} minutes past midnight{hour}. Write HH:MM."
    if _DAY_SHARE.fullmatch(low):
        return (
            "looks like a spreadsheet's share of a day. Format the column as time (HH:MM) and "
            "export again."
        )
    if found := _ONE_DECIMAL.fullmatch(low):
        hour, tenth = found.groups()
        return f"could be {hour}:{tenth}0 or {hour}:{int(tenth) * 6:02d}. Write HH:MM."
    if _STAMP.match(low):
        return f"is a date and time in a column of clock times. {_WRITE}"
    return NO_SLEEP if low in word_lists()["no sleep"] else NOT_A_CLOCK


def with_colons(texts: list[str]) -> list[str]:
    """Return texts of hours and minutes with one odd sign between them, all with a colon."""
    found = [_SEPARATED.fullmatch(text) for text in texts]
    signs = {match[2].strip() for match in found if match}
    missing = sum(says_missing(text) for text in texts)
    if len(signs) != 1 or sum(map(bool, found)) + missing < len(texts):
        return texts
    sign = "." if signs == {","} else ":"
    return [f"{m[1]}{sign}{m[3]}" if m else text for m, text in zip(found, texts, strict=True)]


def read_whole_hours(texts: list[str], clocks: list[Clock]) -> bool:
    """Read a column in which every cell is an hour from 0 to 24, one of them 13 or more."""
    said = [i for i, text in enumerate(texts) if not says_missing(text)]
    if not said or not all(HOURS_ONLY.fullmatch(texts[i]) for i in said):
        return False
    hours = [int(texts[i]) for i in said]
    if not 13 <= max(hours) <= 24:
        return False
    for i, hour in zip(said, hours, strict=True):
        clocks[i] = Clock(hour % 24 * 60.0, repaired=NEXT_DAY if hour == 24 else "")
    return True


_PAST_MIDNIGHT = re.compile(r"(2[4-9]):(\d\d)", re.ASCII)


def read_past_midnight(texts: list[str], clocks: list[Clock]) -> None:
    """Read 24:30 and 25:15 as 00:30 and 01:15 where a column counts on after midnight."""
    found = {i: m for i, text in enumerate(texts) if (m := _PAST_MIDNIGHT.fullmatch(text))}
    if sum(match[0] != "24:00" for match in found.values()) < 2:
        return
    for i, match in found.items():
        hour, minute = int(match[1]) - 24, int(match[2])
        if minute < 60:
            clocks[i] = Clock(60.0 * hour + minute, shown_24=True, repaired=NEXT_NIGHT)


_DECIMAL_HOURS = re.compile(r"(?:1?\d|2[0-3])(?:\.\d{1,2})?")


def refuse_decimal_hours(texts: list[str], clocks: list[Clock]) -> None:
    """Refuse 23.25 where the column also holds 22.75: it is a quarter past, or 25 past.

    Where a fifth of the texts can only be decimal hours and all can be, all are.
    """
    dotted = [i for i, clock in enumerate(clocks) if clock.dotted and not clock.marked]
    if not dotted:
        return
    proof = [text for text in texts if _NOT_MINUTES.fullmatch(text)]
    hint = [text for text in texts if _LONE_DECIMAL.fullmatch(text)]
    quarters = all(texts[i].partition(".")[2][:2] in ("00", "25") for i in dotted)
    if _DOUBT_ONE_IN * len(proof) < len(dotted) or not (proof or (hint and quarters)):
        return
    decimal = [i for i, text in enumerate(texts) if _DECIMAL_HOURS.fullmatch(text)]
    said = sum(not says_missing(text) for text in texts)
    if len(decimal) == said and len(proof) >= max(3, said / 5):
        for i in decimal:
            clocks[i] = Clock(float(texts[i]) % 24 * 60.0)
        return
    why = (
        f"could be a clock time or decimal hours: the column also holds {(proof or hint)[0]!r}. "
        "Write HH:MM."
    )
    for i in dotted:
        if not clocks[i].bad:
            clocks[i] = unreadable(why)


# ---- hours that are counted back from going to bed, by the words of a header

_ONE_OF = {part: f"(?:{'|'.join(words)})" for part, words in word_lists().items()}
#: Going to bed, in the languages of the headers; and what is counted back from there.
_BED = rf"(?:{_ONE_OF['into']} )*{_ONE_OF['bed']}\b"
_HOUR, _MINUTE, _BEFORE = (_ONE_OF[part] for part in ("hour", "minute", "before"))
_TO_BED = (
    rf"\b{_ONE_OF['between']} (?P<x>.+?) {_ONE_OF['and']} {_BED}",
    rf"\b{_ONE_OF['from']} (?P<x>.+?) {_ONE_OF['till']} {_BED}",
    r"\A(?P<x>.+)(?:から|到|至|与|和)(?:就寝|寝る|入眠|入睡|睡觉|睡覺|睡眠|上床|消灯|关灯|ベッド)",
)
BEFORE_BED = (
    rf"\b(?:{_HOUR}|(?P<m>{_MINUTE})) (?:(?P<x>fast\w+|(?:without|no|ohne|sans|sin|senza) \w+) )?"
    rf"{_BEFORE} {_BED}",
    rf"(?<=.) (?P<x>)(?:to|until|till|bis|tot) {_BED}(?= (?:{_HOUR}|(?P<m>{_MINUTE}))$)",
    r"(?P<x>)(?:就寝|寝る|睡)の?[觉覺]?(?:前|まで)の?[何几幾多少]*(?:時間|小时|小時|(?P<m>分))|"
    r"(?:就寝|寝る)の?何?(?:時間|分)前",
)
LONGEST_HEADER = 2_000  # letters; what a longer one says, it says at its beginning
_CJK_UNIT = re.compile(r"時間|小时|小時|(分[間钟鐘]?)")
#: What one does for so long before bed, and what does not count back; what ends it.
_WHILE = re.compile(rf"\b{_ONE_OF['while']}\b|\d$|\b(?:the|last|few|des)$")
_ENDED = re.compile(
    r"\b(?:last .|off\b|end|stop|finish|letzte|aus\b|dernier|[úu]ltim|laatste|ostatni|sista|senast)"
)


def hours_before_bed(header: str) -> tuple[str, str] | None:
    """Return what a header counts back from bed, and in which unit ("" unsaid); None for others."""
    text = re.sub(r"[^\w→]+|_", " ", header[:LONGEST_HEADER].casefold())
    text = " ".join(text.replace("→", " to ").split())
    for form in _TO_BED:
        if found := re.search(form, text):
            units = rf"\b(?:{_HOUR}|{_MINUTE}|the|il|la|le|el|o|das|dem|der) (?=\w)"
            what = re.sub(units, "", found["x"])
            of_night = re.search(r"\b(?:bed|lights?|sleep)\b", what)
            cjk = _CJK_UNIT.search(text)
            minutes = cjk[1] if cjk else re.search(rf"\b{_MINUTE}\b", text)
            hours = cjk or re.search(rf"\b{_HOUR}\b", text)
            return None if of_night else (what, "min" if minutes else "h" if hours else "")
    for form in BEFORE_BED:
        if found := re.search(form, text):
            before, after = text[: found.start()].strip(), text[found.end() :].strip()
            lasts = _WHILE.search(before) and not _ENDED.search(before)
            what, unit = before or after or found["x"], "min" if found["m"] else "h"
            return None if lasts or not what else (what, unit)
    return None
