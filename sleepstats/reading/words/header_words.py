"""The vocabulary of diary headers: question texts and short names, and the columns they stand for.

Item wording follows the Consensus Sleep Diary (Carney et al. 2012, doi:10.5665/sleep.1642); the
rest are headers people give their own spreadsheets, with a few in other languages. Any other header
is understood by its words, from ``vocabulary.txt``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

#: Words shorter than this whose accent tells them apart are compared with it: thé, öl.
_SHORT = 4
_MOST_WORDS = 7
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_WORD = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(
    r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|"
    r"(?<=[A-Z])(?=[A-Z][a-z])(?![A-Z](?:mins?|secs?|hrs?|ms|pct|avg)\b)|"
    r"(?<=[A-Z]{2})(?=(?:mins?|secs?|hrs?|ms|pct|avg)\b)"
)  # SWSmins; fmt: skip
_UNITS = {
    "s": "s|sec|secs|second|seconds|sek|sekunden|secondes|segundos|secondi|sekund|seconden|秒",
    "min": "min|mins|mn|minute|minutes|minuten|minutos|minuti|minut|minuty|minuter|分|分钟|分間",
    "h": "h|hr|hrs|hour|hours|std|stunde|stunden|heure|heures|horas|ore|uur|uren|godzin|godziny|"
         "godz|timmar|tim|小时|時間",
}  # fmt: skip
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split("|")}

#: Meanings of which a letter behind them can only be the unit.
_OF_SLEEP = {"sleep", "fall", "latency", "awake", "wake", "bed", "period", "night"}

#: The end of a scale: out of 10, /5.
_OUT_OF = re.compile(
    r"(?:\bout of|/|\bvon|\bsur|\bde|\bsu|\bvan|\bav|\bna|\b[01] ?(?:-|–|to|bis|à|a|~)) ?"
    r"(?:5|6|7|10|100)\b(?! ?(?:h|min)\b)"
)

#: Pseudo-columns that date a row.
EVENING_DATE, MORNING_DATE, FILLED_IN, PLAIN_DATE = (
    "<evening>",
    "<morning>",
    "<filled in>",
    "<date>",
)
DATES = (EVENING_DATE, MORNING_DATE, FILLED_IN, PLAIN_DATE)

#: Column or date, and the words that mean it; the first that fits a whole header counts.
PATTERNS: tuple[tuple[str, str], ...] = (
    (EVENING_DATE, r"night|(the )?night of|evening( of)?|(evening|bed|night) date|"
                   r"date (of )?(the )?(night|evening)|date evening|sleep date|"
                   r"nuit( du)?|soir(ée)?( du)?|noche( del?)?|avond|sera|notte( del)?|abend|"
                   r"nacht( vom)?|ночь"),
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
                 r"tiempo despiert[oa]( en la noche| durante la noche)?|"
                 r"wach(zeit)? nachts|wachzeit in der nacht"),
    ("nawk", r".*how many times did you wake( up)?.*|(number of |no of |nr of |n |times )?"
             r"(awakenings?|wakings?|wake ?ups)( (in|during|at) (the )?night)?|"
             r"(number of )?times (i |you )?(woke|woken|awake|awoke)( up)?"
             r"( (in|during|at) (the )?night)?|"
             r"(night( ?time)?|nocturnal) (awakenings?|wakings?|wake ?ups)|"
             r"how often did you wake( up)?.*|nawk|nwak|"
             r"пробуждени\w*|anzahl aufwachen|(nombre (de |d ))?(réveils|éveils)( nocturnes)?|"
             r"((número|numero) de )?despertares|(aantal keer )?wakker geworden|"
             r"(numero di )?risvegli|"
             r"wie oft aufgewacht|mal aufgewacht"),
    ("lights_out", r".*tr(y|ied|ying) to (go to |fall |get to )?(a)?sleep.*|"
                   r"(time (of )?)?(the )?lights? ?(out|off)( at| time)?|"
                   r"(time )?(i )?(went|go|going|gone) to sleep( at| time)?|(sleep|slept) at|"
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
                 r"zu bett gegangen|naar bed( gegaan)?|a letto|ora di andare a letto|"
                 r"zubettgeh(en|zeit)|bedtijd|ora di coricarsi|время отхода ко сну"),
    ("sleep_onset", r"(time )?(i |you )?fell asleep( at)?|(time )?asleep (at|by)|"
                    r"fall asleep (time|at)|"
                    r"(what time|when) did you fall asleep.*|sleep onset( time)?|eingeschlafen|"
                    r"schlafbeginn"),
    ("final_wake", r".*final (awakening|wake ?up|waking|wake).*|.*wake up for the day.*|"
                   r"when did you wake( up)?.*|(morning )?(awake at|awoke( at)?|woken( up)?( at)?)|"
                   r"time (i |you )?(woke|awoke|woken)( up)?|time of (waking|wake ?up|awakening)|"
                   r"morning wak(e|ing)( ?up)?( time)?|"
                   r"what time did you wake( up)?.*|woke( up)?( at)?|wak(e|ing)( ?up)?( time| at)?|"
                   r"aufgewacht|sleep end|end of sleep|réveil|heure d[eu] réveil|"
                   r"hora de despertar(se)?|despertar|aufwachzeit|ontwaakt|wakker|sveglia|"
                   r"risveglio|"
                   r"ora del risveglio"),
    ("out_of_bed", r".*(get|got|getting) out of bed.*|(get|got|getting) up( at| time)?|"
                   r"(time )?out of bed( at| by| time)?|(time )?(i |you )?(got|get) up|op( om)?|"
                   r"rising( time)?|"
                   r"(what time|when) did you get up( for the day| (in the|this) morning| today)?|"
                   r"r(i|o)se( time| at)?|up( at| time)?|aufgestanden|aufstehen|подъ[её]м|"
                   r"lever|heure d[eu] lever|hora de levantarse|levantarse|aufstehzeit|"
                  r"opgestaan|alzat[oa]|opstaan"),
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
                r"durata( del sonno)?|schlafzeit|stunden schlaf|"
                r"stunden geschlafen"),
    ("quality", r".*rate the quality of your sleep.*|(sleep |overall )?quality( of sleep)?|"
                r"quality of (my|your|the) (sleep|night)|night( s)? quality|"
                r"how (was|is) (your|my) (sleep|night).*|how did you sleep( last night)?|"
                r"(please )?rate (your|my|the) (sleep|night).*|sleep rating|schlafqualität|"
                r"how (well|good) did you sleep|night rating|"
                r"qualité( du sommeil)?|calidad( del sueño)?|slaapkwaliteit|qualità( del sonno)?|"
                r"качество сна"),
    ("rested", r".*how (rested|refreshed).*|.*how alert did you feel.*|rested(ness)?|refreshed|"
               r"(feel|feeling|felt) (rested|refreshed)( (in the|this) morning| (up)?on waking)?|"
               r"erholt|alertness( on waking)?"),
    ("mood_on_waking", r"mood (on|upon|at) (waking|wake up)|morning mood"),
    ("stress", r"((daily|day|day s|perceived|overall|general|my) )?"
               r"stress( level| score| rating| today| (of|during|over|in) (the )?day)*|stressed|"
               r"how (stressed|stressful) (were|was|are|did|do) .*|stress(level|niveau)|"
               r"(niveau de |nivel de |livello di )?(stress|estr[eé]s)|"
               r"стресс"),
    ("comments", r"(other )?(comments?|notes?|remarks?)( if applicable)?|bemerkung(en)?|"
                 r"kommentare?|"
                 r"commentaires?|remarques?|comentarios?|observaciones|opmerking(en)?|notizen?"),
    ("weekday", r"weekday|day of( the)? week|wochentag"),
)  # fmt: skip


def folded(text: str) -> str:
    """Return a text without case and, but in Japanese and Chinese, without accents."""
    text = unicodedata.normalize("NFD", text.casefold().translate(str.maketrans("łøı", "loi")))
    return unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", text))


@cache
def vocabulary() -> tuple[dict[str, frozenset[str]], dict[str, dict[str, int]]]:
    """Return phrase -> meanings, and words of grades -> rank by scale."""
    found: dict[str, set[str]] = {}
    grades: dict[str, dict[str, int]] = {}
    part, rank = "", 0
    text = Path(__file__).with_name("vocabulary.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            part = line.strip("[]")
        elif line and not line.startswith("#"):
            begin, colon, rest = line.partition(": ")
            words = (rest if colon and len(begin) < 3 else line).split(",")  # or a line goes on
            if part.startswith("grades "):
                rank = int(begin) if colon and begin.isdigit() else rank
                scale = grades.setdefault(part.removeprefix("grades "), {})
                for word in words:
                    scale.setdefault(folded(word.strip()), rank)
                continue
            for word in filter(None, map(str.strip, words)):
                plain = folded(word)
                accented = len(plain) <= _SHORT and plain != word and not _CJK.search(word)
                found.setdefault(word if accented else plain, set()).add(part)
    return {phrase: frozenset(parts) for phrase, parts in found.items()}, grades


#: Longer words mean nothing; a header of thousands of letters would be taken apart for hours.
_LONGEST_WORD = 60
_LONGEST_HEADER = 2_000  # letters; what a longer one says, it says at its beginning


@cache
def known_words() -> frozenset[str]:
    """Return every single word of the vocabulary; those that end as they like with an asterisk."""
    phrases, grades = vocabulary()
    texts = [*phrases, *(text for scale in grades.values() for text in scale)]
    return frozenset(word for text in texts for word in text.split())


def words_of(header: str) -> list[str]:
    """Return the words of a header, case folded: camelCase, snake_case, units and signs apart.

    >>> words_of("minsToFallAsleep"), words_of("go2bed"), words_of("Deep %")
    (['mins', 'to', 'fall', 'asleep'], ['go', 'to', 'bed'], ['deep', 'percent'])
    """
    text = re.sub(r"(?<=[a-z])2(?=[a-z])", " to ", header[:_LONGEST_HEADER])
    text = text.replace("%", " percent ").replace("#", " number of ").replace("’", "'")
    text = re.sub(r"(?i)(?<![a-z])sp ?o[2₂]|\bo[2₂]\b|(?-i:SpO[2₂])", " spo", text)
    text = re.sub(r"(?i)\b(?:n|stage ?)3\b", "deep", re.sub(r"(?i)\bn[12]\b", "light sleep", text))
    found = [word.casefold() for word in _WORD.findall(_CAMEL.sub(" ", text))]
    return [word for word in found if len(word) <= _LONGEST_WORD or _CJK.search(word)]


@cache
def meanings_of(header: str) -> frozenset[str]:
    """Return what a header's words are about.

    >>> sorted(meanings_of("Schlafqualität")), sorted(meanings_of("wokeUpAt"))
    (['quality', 'sleep'], ['wake'])
    """
    words, found, i = words_of(header), set(), 0
    phrases, _ = vocabulary()
    while i < len(words):
        if _CJK.search(words[i]):
            found |= _of_script(words[i], phrases)
            i += 1
            continue
        for n in range(min(_MOST_WORDS, len(words) - i), 0, -1):
            if meant := _phrase(words[i : i + n], phrases):
                found |= meant
                i += n
                break
        else:
            found |= _compound(words[i], phrases) or _misspelt(words[i], phrases)
            i += 1
    if found & {"sleep", "night"} and _OUT_OF.search(header):
        found = (found - {"out"}) | {"rating"}
    return frozenset(found - {"nothing"})


def _phrase(words: list[str], phrases: dict[str, frozenset[str]]) -> frozenset[str]:
    """Return what words mean as a phrase, whole or up to any ending."""
    told = " ".join(words)
    text = folded(told)
    for whole in (told, text):
        if whole in phrases:
            return phrases[whole]
    shortest = len(text) - len(folded(words[-1])) + 2
    for end in range(len(text), shortest - 1, -1):
        if meant := phrases.get(text[:end] + "*"):
            return meant
    return frozenset()


_ENDINGS = ("time", "zeit", "tid", "tijd", "level", "pegel", "niveau", "nivå", "wert", "grad")


def _compound(word: str, phrases: dict[str, frozenset[str]]) -> set[str]:
    """Take a long word apart into words that all mean something."""
    text = folded(word)
    for cut in range(len(text) - 3, 2, -1):
        first = _phrase([text[:cut]], phrases) or _phrase([text[:cut].removesuffix("s")], phrases)
        if not first:
            continue
        rest = _phrase([text[cut:]], phrases) or _compound(text[cut:], phrases)
        if rest or text[cut:] in _ENDINGS:
            return {*first, *rest}
    return set()


_SPELT_FROM = 7  # shorter words are others too often, where one letter is wrong


def _less_a_letter(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(1, len(word))}


@cache
def _near_words() -> dict[str, set[str]]:
    """Return what is left of the longer words without one of their letters -> those words."""
    near: dict[str, set[str]] = {}
    for word in vocabulary()[0]:
        if len(word) >= _SPELT_FROM and word.isascii() and word.isalpha():
            for part in (word, *_less_a_letter(word)):
                near.setdefault(part, set()).add(word)
    return near


def _misspelt(word: str, phrases: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return what the one word means that a longer word is but for a letter: efficency."""
    text = folded(word)
    if len(text) < _SPELT_FROM or folded(word) in known_words() or unit_in(word):
        return frozenset()
    parts = (text, *_less_a_letter(text))
    near = {one for part in parts for one in _near_words().get(part, ())}
    meant = {phrases[one] for one in near if abs(len(one) - len(text)) <= 1}
    # gebraucht, needed, is not geraucht, smoked
    return meant.pop() if len(meant) == 1 and not any("habit" in m for m in meant) else frozenset()


def _of_script(text: str, phrases: dict[str, frozenset[str]]) -> set[str]:
    """Return what a text without blanks means, the longest words first."""
    found: set[str] = set()
    text, i = folded(text), 0
    while i < len(text):
        for n in range(min(8, len(text) - i), 0, -1):
            if meant := phrases.get(text[i : i + n]):
                found |= meant
                i += n
                break
        else:
            i += 1
    return found


def unit_in(header: str) -> str:
    """Return the unit of time in a header: ``"h"``, ``"min"``, ``"s"``, or nothing."""
    words = words_of(re.sub(r"['’]s\b", "", header))  # last night's is no second
    for word in reversed(words):
        if unit := _UNIT_OF.get(folded(word)):
            return unit
    bracket = re.search(r"[(\[（]\s*(分钟|分間|分|小时|時間|秒)", header)
    if bracket:
        return _UNIT_OF[bracket[1]]
    # One letter only where it stands alone behind words of sleep: geslapen (u), sömn (t), sen [g].
    letter = re.search(r"[(\[/]\s*([utg]|st|′|['’]|m)\s*\.?[)\]]?\s*$", header.casefold())
    if letter and meanings_of(header[: letter.start()]) & _OF_SLEEP:
        return "min" if letter[1] in "′'’m" else "h"
    return ""


def strange_words(header: str) -> list[str]:
    """Return the words of a header that are none that is known."""
    rest = (w for w in words_of(header) if len(w) > 2 and not meanings_of(w) and not unit_in(w))
    return [word for word in rest if folded(word) not in known_words()]
