"""The vocabulary of diary headers: question texts and short names, and what they mean.

Item wording follows the Consensus Sleep Diary (Carney et al. 2012, doi:10.5665/sleep.1642); the
rest are headers people give their own spreadsheets, with a few in other languages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Literal, cast

from sleepstats.columns import DICTIONARY, name_from_header
from sleepstats.reading.source import normal_header

#: Pseudo-columns that date a row.
EVENING_DATE, MORNING_DATE, FILLED_IN, PLAIN_DATE = (
    "<evening>",
    "<morning>",
    "<filled in>",
    "<date>",
)
DATES = (EVENING_DATE, MORNING_DATE, FILLED_IN, PLAIN_DATE)

#: How ``columns=`` names the column that dates a row.
_DATE_NAMES = {
    "night": EVENING_DATE,
    "evening": EVENING_DATE,
    "morning": MORNING_DATE,
    "date": PLAIN_DATE,
    "timestamp": FILLED_IN,
}

_PATTERNS: tuple[tuple[str, str], ...] = (
    (EVENING_DATE, r"night|(the )?night of|evening( of)?|(evening|bed|night) date|"
                   r"date (of )?(the )?(night|evening)|date evening|sleep date|"
                   r"nuit( du)?|soir(ée)?( du)?|noche( del?)?|avond|sera|notte( del)?|abend"),
    (MORNING_DATE, r"morning( of)?|(wake|waking|morning) date|date (of )?(the )?(morning|waking)|"
                   r"date morning|today s date|what is today s date|matin( du)?|mañana|ochtend|"
                   r"mattina"),
    (FILLED_IN, r"time ?stamp|zeitstempel|submitted( at)?|completed( at)?|recorded ?date|"
                r"submission time|horodateur|marca temporal"),
    (PLAIN_DATE, r"date|day|datum|dato|fecha|data|дата|calendar date|diary date|jour|giorno|"
                  r"día|tag|dag"),
    ("alcohol_last", r".*last (alcoholic )?(drink|alcohol).*alcohol.*|last alcohol(ic drink)?|"
                     r"what time was your last alcoholic drink"),
    ("caffeine_last", r".*last caffein\w*( drink)?|last (coffee|caffeine)( at| time)?|"
                      r"what time was your last caffeinated drink"),
    ("alcohol_drinks", r"how many drinks containing alcohol.*|alcoholic drinks"),
    ("caffeine_drinks", r"how many caffeinated drinks.*|caffeinated drinks"),
    ("nap_min", r".*how long did you nap( or doze)?.*|nap (min\w*|time|duration|length)|"
                r"naps? total|total nap( time)?|(minutes|mins|min|time) napped"),
    ("sol_min", r"(.* )?how long .*(fall|get to|go to) (a)?sleep.*|.*sleep (onset )?latency.*|sol|"
                r"(minutes|mins|min|time|long) ((it )?(took|taken|needed) )?(to|until) "
                r"(fall(ing)? )?a?sleep.*|"
                r"(minutes|mins|min) (spent )?falling asleep|took to (fall )?a?sleep|"
                r"fell asleep after|latency|einschlaf(dauer|latenz|zeit)|minutes to sleep|"
                r"(temps|délai|durée|latence) (d |pour s )endorm\w+|latencia( del sueño)?|"
                r"(tiempo|minutos) (en|hasta|para) (dormir(me|se)?|conciliar el sueño)|"
                r"inslaaptijd|latenza|(tempo|minuti) per addormentarsi"),
    ("waso_min", r".*how long did (these|the|those) awakenings last.*|waso|wake after sleep onset|"
                 r"((total )?(minutes|mins|min|time|hours)( spent)? )?awake (in|during|at) (the )?"
                 r"night|(total )?(minutes|mins|min|time|hours)( spent)? awake|"
                 r"(awake|wake) time (in|during|at) (the )?night|awake time|nachts wach|"
                 r"wach(zeit)? in der nacht|"
                 r"(temps|durée) (d )?éveil\w*( nocturne| dans la nuit| pendant la nuit)?|"
                 r"tiempo despiert[oa]( en la noche| durante la noche)?"),
    ("nawk", r".*how many times did you wake( up)?.*|(number of |no of |nr of |n |times )?"
             r"(awakenings?|wakings?|wake ?ups)( (in|during|at) (the )?night)?|"
             r"(number of )?times (i |you )?(woke|woken|awake|awoke)( up)?"
             r"( (in|during|at) (the )?night)?|"
             r"(night( ?time)?|nocturnal) (awakenings?|wakings?|wake ?ups)|"
             r"how often did you wake( up)?.*|nawk|nwak|"
             r"пробуждени\w*|anzahl aufwachen|(nombre (de |d ))?(réveils|éveils)( nocturnes)?|"
             r"((número|numero) de )?despertares|(aantal keer )?wakker geworden|"
             r"(numero di )?risvegli"),
    ("lights_out", r".*tr(y|ied|ying) to (go to |fall |get to )?(a)?sleep.*|"
                   r"(time (of )?)?(the )?lights? ?(out|off)( at| time)?|"
                   r"(i )?(turned|switched|put) (the )?lights? (off|out)( at)?|"
                   r"(i )?(turned|switched) (off|out) (the )?lights?( at)?|licht (aus|uit)|"
                   r"attempted sleep|"
                   r"extinction( des)? (feux|lumières?)|lumières? éteintes?|"
                   r"(luz|luces) apagadas?|apagu?[oé] la luz|luci spente"),
    ("into_bed", r".*(get|got|getting) in(to)? bed.*|.*(go|went|going|gone) to bed.*|bed ?times?|"
                 r"(time )?(in|to|into) bed (at|by)|(in|to|into) bed|time (in)?to bed|bed|"
                 r"bettzeit|ins bett( gegangen)?|zu bett|отбой|coucher|"
                 r"hora de acostarse|bed start|sleep start|start of sleep|heure d[eu] coucher|"
                 r"(mise )?au lit|hora de (ir a la cama|irse a dormir|dormir)|schlafenszeit|"
                 r"zu bett gegangen|naar bed( gegaan)?|a letto|ora di andare a letto"),
    ("sleep_onset", r"(time )?(i |you )?fell asleep( at)?|(time )?asleep (at|by)|"
                    r"fall asleep (time|at)|"
                    r"(what time|when) did you fall asleep.*|sleep onset( time)?|eingeschlafen"),
    ("final_wake", r".*final (awakening|wake ?up|waking|wake).*|.*wake up for the day.*|"
                   r"when did you wake( up)?.*|(morning )?(awake at|awoke( at)?|woken( up)?( at)?)|"
                   r"time (i |you )?(woke|awoke|woken)( up)?|time of (waking|wake ?up|awakening)|"
                   r"morning wak(e|ing)( ?up)?( time)?|"
                   r"what time did you wake( up)?.*|woke( up)?( at)?|wak(e|ing)( ?up)?( time| at)?|"
                   r"aufgewacht|sleep end|end of sleep|réveil|heure d[eu] réveil|"
                   r"hora de despertar(se)?|despertar|aufwachzeit|ontwaakt|wakker|sveglia|"
                   r"risveglio"),
    ("out_of_bed", r".*(get|got|getting) out of bed.*|(get|got|getting) up( at| time)?|"
                   r"(time )?out of bed( at| by| time)?|(time )?(i |you )?(got|get) up|"
                   r"rising( time)?|"
                   r"(what time|when) did you get up( for the day| (in the|this) morning| today)?|"
                   r"r(i|o)se( time| at)?|up( at| time)?|aufgestanden|aufstehen|подъ[её]м|"
                   r"lever|heure d[eu] lever|hora de levantarse|levantarse|aufstehzeit|"
                  r"opgestaan|alzat[oa]"),
    ("tib_min", r"(total )?(time|hours|minutes) in bed|tib|temps (passé )?au lit|"
                r"tiempo en( la)? cama|tijd in bed|zeit im bett|tempo a letto"),
    ("tst_min", r".*in total how long did you sleep.*|total sleep( time)?|tst|"
                r"(total )?(hours|hrs|hr|h|time|minutes|mins|min|amount) (of sleep|slept|asleep)|"
                r"(total )?(hours|hrs|minutes|mins) sleep|sleep (duration|length|hours)|"
                r"total sleep (hours|minutes|duration)|actual sleep( time)?|"
                r"how (long|many hours|much) did you sleep( last night| in total)?|"
                r"how (many hours( of)?|much) sleep did you get.*|"
                r"slept|duration|schlafdauer|продолжительность|"
                r"(durée|temps|heures) d[eu] sommeil|duración( del sueño)?|"
                r"(horas|tiempo) de sueño|horas dormidas|slaapduur|uren (slaap|geslapen)|"
                r"durata( del sonno)?|schlafzeit|stunden schlaf"),
    ("quality", r".*rate the quality of your sleep.*|(sleep |overall )?quality( of sleep)?|"
                r"quality of (my|your|the) (sleep|night)|night( s)? quality|"
                r"how (was|is) (your|my) (sleep|night).*|how did you sleep( last night)?|"
                r"(please )?rate (your|my|the) (sleep|night).*|sleep rating|schlafqualität|"
                r"how (well|good) did you sleep|night rating|"
                r"qualité( du sommeil)?|calidad( del sueño)?|slaapkwaliteit|qualità( del sonno)?"),
    ("rested", r".*how (rested|refreshed).*|.*how alert did you feel.*|rested(ness)?|refreshed|"
               r"(feel|feeling|felt) (rested|refreshed)( (in the|this) morning| (up)?on waking)?|"
               r"erholt|alertness( on waking)?"),
    ("mood_on_waking", r"mood (on|upon|at) (waking|wake up)|morning mood"),
    ("stress", r"((daily|day|day s|perceived|overall|general|my) )?"
               r"stress( level| score| rating| today| (of|during|over|in) (the )?day)*|stressed|"
               r"how (stressed|stressful) (were|was|are|did|do) .*|stress(level|niveau)|"
               r"(niveau de |nivel de |livello di )?(stress|estr[eé]s)"),
    ("comments", r"(other )?(comments?|notes?|remarks?)( if applicable)?|bemerkung(en)?|"
                 r"kommentare?|"
                 r"commentaires?|remarques?|comentarios?|observaciones|opmerking(en)?|notizen?"),
    ("weekday", r"weekday|day of( the)? week|wochentag"),
)  # fmt: skip

_QUESTION = re.compile(
    r"^(how many times did you|how many times have you|how many|how much|did you|have you had|"
    r"have you|do you|were you|was there|what time did you|what time was your|what time|"
    r"how would you rate( the| your)?|how long did you|please rate( your)?)\s+"
)
_MORNING_WORDS = re.compile(r"\b(snooze[ds]?|(up)?on waking|after waking|morning)\b")
#: Items of the Consensus Sleep Diary that are no column of the dictionary, and their short names.
_ITEMS = (
    (
        "tasafa_min",
        r"after your final awakening how long did you spend in bed trying to sleep|tasafa",
    ),
    ("woke_early", r"((did you )?w[ao]ke( up)? )?earlier than( you)? planned|woke( up)? early"),
    ("ema_min", r"(if (yes|so) )?how much earlier( did you wake( up)?)?|ema"),
    ("naps", r"how many times did you nap( or doze)?|(number of )?naps"),
)
#: Those of them that tell of the night itself: never asked about as habits.
OF_THE_NIGHT = ("tasafa_min", "woke_early", "ema_min")
_LAST_DRINK = re.compile(r"what time was your last drink|(time of )?last drink")
_LAST = {"alcohol_drinks": "alcohol_last", "caffeine_drinks": "caffeine_last"}
_UNIT = re.compile(
    r"\b(?P<s>sec|secs|seconds?|s)\b|\b(?P<min>min|mins|minutes?|minuten)\b|"
    r"\b(?P<h>h|hr|hrs|hours?|stunden?|std)\b"
)


_UNIT_IN_BRACKETS = re.compile(
    r"[(\[]\s*(in )?(min|mins|minutes|h|hrs?|hours?|s|sec|h:mm|h and min)\.?\s*[)\]]"
)
#: What some words mean where a unit of time in brackets says that they are no clock time.
_LENGTHS = {
    "sleep": "tst_min", "asleep": "tst_min", "awake": "waso_min", "nap": "nap_min",
    "naps": "nap_min", "falling asleep": "sol_min", "fall asleep": "sol_min",
}  # fmt: skip
#: Pairs of headers that mean this in a table that speaks of sleep.
_ENDS = (
    ("start", "end", ("into_bed", "out_of_bed")),
    ("begin", "end", ("into_bed", "out_of_bed")),
    ("asleep", "awake", ("sleep_onset", "final_wake")),
    ("bett", "auf", ("into_bed", "out_of_bed")),
)
_OF_SLEEP = re.compile(r"\b(a?sleep\w*|slept|\w*schlaf\w*|bett|sommeil|sueño)\b")
#: The scale that a header may end with: Stress 0-10, Quality 1 to 5.
_SCALE = re.compile(r" (from )?\d+ ((to|bis|à|a) )?\d+$")


@cache
def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(rf"(?:{pattern})\Z")) for name, pattern in _PATTERNS)


def plain_words(header: str) -> str:
    """Return a header's words: case folded, brackets and punctuation dropped.

    Examples
    --------
    >>> plain_words("1. What time did you get into bed? (hh:mm)")
    'what time did you get into bed'
    """
    text = re.sub(r"[(\[].*?[)\]]", " ", normal_header(header))
    text = re.sub(r"^\s*\d+\s*[a-e]?\s*[.):]\s*", "", text)
    return " ".join(re.sub(r"[^\w\s]+|_", " ", text).split())


def meaning(header: str) -> str | None:
    """Return the column or date a header stands for, or None where it is the person's own.

    Examples
    --------
    >>> meaning("In total, how long did these awakenings last?")
    'waso_min'
    >>> meaning("Lights off")
    'lights_out'
    >>> meaning("Cups of coffee") is None
    True
    """
    own = normal_header(header).replace(" ", "_")
    if own == "night":
        return EVENING_DATE
    if own in DICTIONARY:
        return own
    words = _SCALE.sub("", plain_words(header))
    name = next((name for name, pattern in _compiled() if pattern.match(words)), None)
    if _UNIT_IN_BRACKETS.search(normal_header(header)):
        if name == "sleep_onset":
            return "sol_min"  # fell asleep (min): how long it took, no clock time
        return name or _LENGTHS.get(words)
    return name


def meanings(headers: list[str], told: Mapping[str, str]) -> dict[int, str]:
    """Return position -> meaning for the headers that have one; each meaning is given once.

    ``told`` maps headers (as written, or in any case) to column names and wins.
    """
    wishes = {normal_header(header): _DATE_NAMES.get(name, name) for header, name in told.items()}
    found: dict[int, str] = {}
    for i, header in enumerate(headers):
        if normal_header(header) in wishes:
            found[i] = wishes[normal_header(header)]
    taken = set(found.values())
    for i, header in enumerate(headers):
        if i in found:
            continue
        name = meaning(header)
        if name is not None and name not in taken:
            found[i] = name
            taken.add(name)
    words = [plain_words(header) for header in headers]
    for i in range(1, len(headers)):  # the last of which drinks, says the question before
        name = _LAST.get(found.get(i - 1, ""))
        if name and i not in found and name not in taken and _LAST_DRINK.fullmatch(words[i]):
            found[i] = name
            taken.add(name)
    if any(map(_OF_SLEEP.search, words)):
        for begin, end, names in _ENDS:  # of what? of sleep
            if begin in words and end in words and taken.isdisjoint(names):
                found |= {words.index(begin): names[0], words.index(end): names[1]}
                taken |= set(names)
    return found


def unit_of_header(header: str) -> Literal["min", "h", "s"] | None:
    """Return ``"min"``, ``"h"`` or ``"s"`` where a header states its unit of time.

    Examples
    --------
    >>> unit_of_header("Awake in night (min)"), unit_of_header("Hours slept"), unit_of_header("SOL")
    ('min', 'h', None)
    """
    text = normal_header(header).replace("_", " ")
    match = _UNIT.search(text)
    found = match.lastgroup if match else None
    return cast('Literal["min", "h", "s"] | None', found)


def own_name(header: str) -> str:
    """Return a column name for a person's own header; questions lose their opening words.

    Examples
    --------
    >>> own_name("How many times did you hit 'snooze'?")
    'hit_snooze'
    """
    words = plain_words(header)
    for name, pattern in _ITEMS:
        if re.fullmatch(pattern, words):
            return name
    text = normal_header(header)
    shorter = _QUESTION.sub("", re.sub(r"^\s*\d+\s*[a-e]?\s*[.):]\s*", "", text))
    return name_from_header(shorter or text)


def is_of_the_morning(header: str) -> bool:
    """Say whether a header's own words place it after waking."""
    return bool(_MORNING_WORDS.search(plain_words(header)))
