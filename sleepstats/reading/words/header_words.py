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
    "min": "min|mins|mn|minute|minutes|minuten|minutos|minuti|minut|minuty|minuter|minutter|分|"
           "分钟|分間",
    "h": "h|hr|hrs|hour|hours|std|stunde|stunden|heure|heures|horas|ore|uur|uren|godzin|godziny|"
         "godz|timmar|tim|timer|小时|時間",
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
DATES = ("<evening>", "<morning>", "<filled in>", "<date>")
EVENING_DATE, MORNING_DATE, FILLED_IN, PLAIN_DATE = DATES

#: Column or date, and the words that mean it; the first that fits a whole header counts.
PATTERNS: tuple[tuple[str, str], ...] = (
    (EVENING_DATE, r"night|(the )?night of|evening( of)?|(evening|bed|night) date|"
                   r"date (of )?(the )?(night|evening)|date evening|sleep date|nuit( du)?|"
                   r"soir(ée)?( du)?|noche( del?)?|avond|sera|notte( del)?|abend|nacht( vom)?|"
                   r"ночь|noite|noc|wieczór|natt?(en)?|kväll|aften(en)?|kveld(en)?|夜|晩|晚上|夜晚"),
    (MORNING_DATE, r"morning( of)?|(wake|waking|morning) date|date (of )?(the )?(morning|waking)|"
                   r"date morning|today s date|what is today s date|matin( du)?|mañana|ochtend|"
                   r"mattina|manhã|rano|ranek|morgon|morgen|natt?(en)? till?( den)?|nacht (auf|"
                   r"zum?|naar)( den)?|noc na|朝|早上|早晨"),
    (FILLED_IN, r"time ?stamp|zeitstempel|submitted( at)?|completed( at)?|recorded ?date|"
                r"submission time|horodateur|marca temporal"),
    (PLAIN_DATE, r"date|day|datum|dato|fecha|data|дата|calendar date|diary date|jour|giorno|día|"
                 r"tag|dag"),
    ("alcohol_last", r".*last (alcoholic )?(drink|alcohol).*alcohol.*|last alcohol(ic drink)?|"
                     r"what time was your last alcoholic drink"),
    ("caffeine_last", r".*last caffein\w*( drink)?|last (coffee|caffeine)( at| time)?|"
                      r"what time was your last caffeinated drink"),
    ("alcohol_drinks", r"how many drinks containing alcohol.*|alcoholic drinks"),
    ("caffeine_drinks", r"how many caffeinated drinks.*|caffeinated drinks"),
    ("nap_min", r".*how long did you nap( or doze)?.*|nap (min\w*|time|duration|length)|"
                r"naps? total|total nap( time)?|(minutes|mins|min|time) napped"),
    ("sol_min", r"(.* )?how long .*(fall|get to|go to) (a)?sleep.*|.*sleep (onset )?latency.*|sol|"
                r"(minutes|mins|min|time|long) ((it )?(took|taken|needed) )?(to|"
                r"until) (fall(ing)? )?a?sleep.*|(minutes|mins|min) (spent )?falling asleep|"
                r"took to (fall )?a?sleep|fell asleep after|latency|einschlaf(dauer|latenz|zeit)|"
                r"(temps|durée) d endorm\w+|(minutos|tiempo) hasta dormirse|inslaaptijd"),
    ("waso_min", r".*how long did (these|the|those) awakenings last.*|waso|wake after sleep onset|"
                 r"((total )?(minutes|mins|min|time|hours)( spent)? )?awake (in|during|"
                 r"at) (the )?night|(total )?(minutes|mins|min|time|hours)( spent)? awake|(awake|"
                 r"wake) time (in|during|at) (the )?night|awake time|nachts wach|(wach(zeit)?|"
                 r"tiempo despiert[oa]) (nachts|in der nacht)"),
    ("nawk", r".*how many times did you wake( up)?.*|(number of |no of |nr of |n |"
             r"times )?(awakenings?|wakings?|wake ?ups)( (in|during|at) (the )?night)?|"
             r"(number of )?times (i |you )?(woke|woken|awake|awoke)( up)?( (in|during|"
             r"at) (the )?night)?|(night( ?time)?|nocturnal) (awakenings?|wakings?|wake ?ups)|"
             r"how often did you wake( up)?.*|nawk|nwak|пробуждени\w*|réveils( nocturnes)?|"
             r"despertares|wakker geworden|risvegli|wie oft aufgewacht"),
    ("lights_out", r".*tr(y|ied|ying) to (go to |fall |get to )?(a)?sleep.*|"
                   r"(time (of )?)?(the )?lights? ?(out|off)( at| time)?|(time )?(i )?(went|go|"
                   r"going|gone) to sleep( at| time)?|(sleep|slept) at|(i )?(turned|switched|"
                   r"put) (the )?lights? (off|out)( at)?|(i )?(turned|switched) (off|"
                   r"out) (the )?lights?( at)?|licht (aus|uit)|attempted sleep|"
                   r"extinction( des)? (feux|lumières?)|lumières? éteintes?|(luz|luces) apagadas?|"
                   r"apagu?[oé] la luz|luci spente"),
    ("into_bed", r".*(get|got|getting) in(to)? bed.*|.*(go|went|going|gone) to bed.*|bed ?times?|"
                 r"(time )?(in|to|into) bed (at|by)|(in|to|into) bed|time (in)?to bed|bed|"
                 r"bettzeit|ins bett( gegangen)?|zu bett|отбой|coucher|hora de acostarse|"
                 r"bed start|sleep start|start of sleep|heure d[eu] coucher|(mise )?au lit|"
                 r"hora de (ir a la cama|irse a dormir|dormir)|schlafenszeit|zu bett gegangen|"
                 r"naar bed( gegaan)?|a letto|ora di andare a letto|zubettgeh(en|zeit)|bedtijd|"
                 r"ora di coricarsi|время отхода ко сну"),
    ("sleep_onset", r"(time )?(i |you )?fell asleep( at)?|(time )?asleep (at|by)|"
                    r"fall asleep (time|at)|(what time|when) did you fall asleep.*|"
                    r"sleep onset( time)?|eingeschlafen|schlafbeginn"),
    ("final_wake", r".*final (awakening|wake ?up|waking|wake).*|.*wake up for the day.*|"
                   r"when did you wake( up)?.*|(morning )?(awake at|awoke( at)?|"
                   r"woken( up)?( at)?)|time (i |you )?(woke|awoke|woken)( up)?|time of (waking|"
                   r"wake ?up|awakening)|morning wak(e|ing)( ?up)?( time)?|"
                   r"what time did you wake( up)?.*|woke( up)?( at)?|wak(e|ing)( ?up)?( time|"
                   r" at)?|aufgewacht|sleep end|end of sleep|réveil|heure d[eu] réveil|"
                   r"hora de despertar(se)?|despertar|aufwachzeit|ontwaakt|wakker|sveglia|"
                   r"risveglio|ora del risveglio"),
    ("out_of_bed", r".*(get|got|getting) out of bed.*|(get|got|getting) up( at| time)?|"
                   r"(time )?out of bed( at| by| time)?|(time )?(i |you )?(got|get) up|op( om)?|"
                   r"rising( time)?|(what time|when) did you get up( for the day| (in the|"
                   r"this) morning| today)?|r(i|o)se( time| at)?|up( at| time)?|aufgestanden|"
                   r"aufstehen|подъ[её]м|lever|heure d[eu] lever|hora de levantarse|levantarse|"
                   r"aufstehzeit|opgestaan|alzat[oa]|opstaan|opp"),
    ("tib_min", r"(total )?(time|hours|minutes) in bed|tib|temps (passé )?au lit|"
                r"tiempo en( la)? cama|tijd in bed|zeit im bett|tempo a letto"),
    ("tst_min", r".*in total how long did you sleep.*|total sleep( time)?|tst|(total )?(hours|hrs|"
                r"hr|h|time|minutes|mins|min|amount) (of sleep|slept|asleep)|(total )?(hours|hrs|"
                r"minutes|mins) sleep|sleep (duration|length|hours)|total sleep (hours|minutes|"
                r"duration)|actual sleep( time)?|how (long|many hours|"
                r"much) did you sleep( last night| in total)?|how (many hours( of)?|"
                r"much) sleep did you get.*|slept|duration|schlafdauer|продолжительность|(durée|"
                r"temps|heures) d[eu] sommeil|duración( del sueño)?|(horas|tiempo) de sueño|"
                r"horas dormidas|slaapduur|uren (slaap|geslapen)|durata( del sonno)?|schlafzeit|"
                r"stunden schlaf|stunden geschlafen"),
    ("quality", r".*rate the quality of your sleep.*|(sleep |overall )?quality( of sleep)?|"
                r"quality of (my|your|the) (sleep|night)|night( s)? quality|how (was|is) (your|"
                r"my) (sleep|night).*|how did you sleep( last night)?|(please )?rate (your|my|"
                r"the) (sleep|night).*|sleep rating|schlafqualität|how (well|good) did you sleep|"
                r"night rating|qualité( du sommeil)?|calidad( del sueño)?|slaapkwaliteit|"
                r"qualità( del sonno)?|качество сна"),
    ("rested", r".*how (rested|refreshed).*|.*how alert did you feel.*|rested(ness)?|refreshed|"
               r"(feel|feeling|felt) (rested|refreshed)( (in the|this) morning| (up)?on waking)?|"
               r"erholt|alertness( on waking)?"),
    ("mood_on_waking", r"mood (on|upon|at) (waking|wake up)|morning mood"),
    ("stress", r"((daily|day|day s|perceived|overall|general|my) )?stress( level| score| rating|"
               r" today| (of|during|over|in) (the )?day)*|stressed|how (stressed|stressful) (were|"
               r"was|are|did|do) .*|stress(level|niveau)|(niveau de |nivel de |"
               r"livello di )?(stress|estr[eé]s)|стресс"),
    ("comments", r"(other )?(comments?|notes?|remarks?)( if applicable)?|bemerkung(en)?|"
                 r"kommentare?|commentaires?|remarques?|comentarios?|observaciones|opmerking(en)?|"
                 r"notizen?"),
    ("weekday", r"weekday|day of( the)? week|wochentag"),
)  # fmt: skip


def folded(text: str) -> str:
    """Return a text without case and, but in Japanese and Chinese, without accents."""
    if text.isascii():
        return text.casefold()
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
        elif line and not line.startswith("#") and part != "pictures":
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
def pictures() -> dict[int, str]:
    """Return what the pictures in a header stand for."""
    text = Path(__file__).with_name("vocabulary.txt").read_text(encoding="utf-8")
    lines = text.partition("[pictures]\n")[2].partition("\n[")[0].splitlines()
    told = (line.partition(": ") for line in lines)
    return {ord(sign): f" {word} " for word, _, signs in told for sign in signs}


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
    text = re.sub(r"(?<=[a-z])2(?=[a-z])", " to ", header[:_LONGEST_HEADER].replace("’", "'"))
    if not text.isascii():
        text = text.translate(pictures())
    text = text.replace("%", " percent ").replace("#", " number of ").replace("dB", "db")
    text = re.sub(r"(?i)(?<![a-z])sp ?o[2₂]|\bo[2₂]\b|(?-i:SpO[2₂])", " spo", text)
    text = re.sub(r"(?i)\b(?:n|stage ?)3\b", "deep", re.sub(r"(?i)\bn[12]\b", "light sleep", text))
    found = [word.casefold() for word in _WORD.findall(_CAMEL.sub(" ", text))]
    return [word for word in found if len(word) <= _LONGEST_WORD or _CJK.search(word)]


_LEGEND = re.compile(
    r"\s*[(\[（]\s*(\d+)\s*[=:：–-][^()\[\]（）]*?[\s,;/，、](\d+)\s*[=:：–-][^()\[\]（）\d]+[)\]）]"
)


@cache
def meanings_of(header: str) -> frozenset[str]:
    """Return what a header's words are about; what ends of a scale are called is none of them."""
    header = _LEGEND.sub(r" (\1-\2)", header)
    words, found, i = words_of(header), set(), 0
    phrases, _ = vocabulary()
    faint: set[str] = set()
    while i < len(words):
        if _CJK.search(words[i]):
            found |= _of_script(words[i], phrases)
            i += 1
            continue
        for n in range(min(_MOST_WORDS, len(words) - i), 0, -1):
            meant = _phrase(words[i : i + n], phrases)
            if meant and not (n == 1 < len(words) and _is_little(header, words[i], words)):
                (faint if n == 1 and words[i] in _LITTLE else found).update(meant)
                i += n
                break
        else:
            found |= _compound(words[i], phrases) or _misspelt(words[i], phrases)
            i += 1
    found = found or faint
    if found & {"sleep", "night"} and _OUT_OF.search(header):
        found = (found - {"out"}) | {"rating"}
    return frozenset(found - {"nothing"})


_SHORT_FORMS = {"se", "sq", "rr", "hf", "fc"}  # words of a sentence elsewhere
_BESIDE_SHORT = {"percent", "opaque", "sleep", "night", "score", "length", "resting", "lowest"}


def _is_little(header: str, word: str, words: list[str]) -> bool:
    """Whether a short form is a word of a sentence: como se sente; others are not looked for."""
    rest = (meanings_of(one) for one in words if one != word and not unit_in(one))
    may = word in _SHORT_FORMS and not all(m and m <= _BESIDE_SHORT for m in rest)
    return may and ("?" in header or not re.search(rf"(?<![^\W_]){word.upper()}(?![^\W_])", header))


#: Habits of one language that are in, from, with, not ... in another: alone they count.
_LITTLE = {"dans", "dos", "lei", "pas", "nad", "hij", "voor", "manga"}


def _phrase(words: list[str], phrases: dict[str, frozenset[str]]) -> frozenset[str]:
    """Return what words mean as a phrase, whole or up to any ending."""
    told = " ".join(words)
    text = folded(told)
    if whole := phrases.get(told) or phrases.get(text):
        return whole
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
        rest = first and (_phrase([text[cut:]], phrases) or _compound(text[cut:], phrases))
        if first and (rest or text[cut:] in _ENDINGS):
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
    """Return what a text without blanks means, the longest words first, wherever they stand."""
    found, text = set[str](), folded(text)
    for n in range(min(8, len(text)), 0, -1):
        for part in [text[i : i + n] for i in range(len(text) - n + 1)]:
            if (meant := phrases.get(part)) and part in text:
                found |= meant
                text = text.replace(part, " ")  # what it says is said
    return found


@cache
def unit_in(header: str) -> str:
    """Return the unit of time in a header: ``"h"``, ``"min"``, ``"s"``, or nothing."""
    # last night's and s'endormir are no seconds, a sleep timer no hours in Danish
    words = words_of(re.sub(r"(?i)['’]s\b|\bs['’]|\bsleep[ _-]?timer", "", header))
    for word in reversed(words):
        if unit := _UNIT_OF.get(folded(word)):
            return unit
    if bracket := re.search(r"[(\[（]\s*(分钟|分間|分|小时|時間|秒)", header):
        return _UNIT_OF[bracket[1]]
    # One letter only where it stands alone behind words of sleep: geslapen (u), sömn (t), sen [g].
    letter = re.search(r"[(\[/]\s*([utg]|st|′|['’]|m)\s*\.?[)\]]?\s*$", header.casefold())
    if letter and meanings_of(header[: letter.start()]) & _OF_SLEEP:
        return "min" if letter[1] in "′'’m" else "h"
    return ""
