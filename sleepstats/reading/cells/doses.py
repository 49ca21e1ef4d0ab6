"""How much of what: counts in words and signs, amounts with their units, doses and their times.

The Consensus Sleep Diary asks for medicines, dose and time in one box, and people answer
``Melatonin 3 mg 10:30pm``, ``magnesium 200mg + valerian, 1 h before bed`` or ``none``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sleepstats.arrays import Rows
from sleepstats.reading.cells import amounts, clocks, numbers, parsed
from sleepstats.reading.cells.parsed import Lines, Parsed, Told, distinct, says_missing
from sleepstats.reading.text import Cells, tidy

_PLAIN, in_figures = Lines(r"[0-9]+(?:\.[0-9]+)?"), numbers.in_figures
_AMOUNT = r"(\d+(?:[.,]\d+)?)"
#: A sign that counts by standing several times: |||, x x, 🍺🍺.
_TALLIED = re.compile(r"([|lIx/✓✔√•●■\U0001f300-\U0001faff])(?: ?\1)*")


def tally(texts: list[str]) -> dict[int, str]:
    """Return how many signs stand in each text, where one sign several times is all they say."""
    found = {i: m for i, text in enumerate(texts) if (m := _TALLIED.fullmatch(text))}
    rest = (text for i, text in enumerate(texts) if i not in found and not says_missing(text))
    counts = {i: m[0].count(m[1]) for i, m in found.items()}
    alike = len({match[1] for match in found.values()}) == 1
    if not alike or max(counts.values()) < 2 or any(text != "0" for text in rest):
        return {}
    return {i: str(count) for i, count in counts.items()}


#: An amount and one word of what; of a column of such, the word is what is counted.
_ONE_THING = re.compile(r"(\d+(?:[.,]\d+)?) ?([^\W\d_]{3,})\.?")
_ANY_THING = re.compile(rf"{_ONE_THING.pattern}(?: [^\W\d_]+){{0,3}}")


def of_one_thing(texts: list[str], weight: Rows) -> dict[int, str]:
    """Return the numbers of texts such as "1 tazza", "3 tazze", where most count one thing."""
    found = {i: m for i, text in enumerate(texts) if (m := _ONE_THING.fullmatch(text))}
    stems: Counter[str] = Counter()
    for i, match in found.items():
        stems[match[2][:3].casefold()] += int(weight[i])
    stem, count = next(iter(stems.most_common(1)), ("", 0))
    of_it = {i: m[1] for i, m in found.items() if m[2][:3].casefold() == stem}
    other = sum(int(weight[i]) for i, t in enumerate(texts) if t[:1].isdigit() and i not in of_it
                and not t[-1:].isdigit())  # fmt: skip
    alone = len(of_it) < 2 or parsed.NOT_COUNTED.match(stem)
    return {} if alone or not parsed.few_odd(other, count + other) else of_it


def of_any_thing(texts: list[str], weight: Rows) -> dict[int, str]:
    """Return the numbers of texts such as "1 glass of wine", "2 beers", where most count."""
    found = {i: m for i, text in enumerate(texts) if (m := _ANY_THING.fullmatch(text))}
    of_it = {i: m[1] for i, m in found.items() if not parsed.NOT_COUNTED.match(m[2])
             and m[2].casefold() not in parsed.word_lists()["vague"]}  # fmt: skip # a few
    rest = (i for i, t in enumerate(texts) if not (says_missing(t) or parsed.says_none(t)))
    odd = sum(int(weight[i]) for i in rest if i not in of_it and not texts[i].isdecimal())
    return of_it if parsed.few_odd(odd, int(weight[[*of_it]].sum()) + odd) else {}


#: Vessels, which are counted and are units of what was drunk.
VESSELS = r"cups?|tassen?|tasses?|glas|gläser|verres?"
_COUNT = re.compile(rf"(?i){_AMOUNT} ?(?:{'|'.join(parsed.word_lists()['counted'])}|{VESSELS})\.?")
#: 1 beer + 1 wine, 2 + tea, not 3 mg + 5 mg: beside so many numbers alone a sum, or no count.
_THINGS, _ALONE = (
    r"(?: ?(?!(?:[mµ]?g|mcg|ml|iu|h(?:ou)?r?s?|[ap]m)\b|min|uhr|stun|heu)[^\W\d]+(?: [^\W\d]+)*)?",
    0.25,
)
_TOGETHER = re.compile(rf"(?i)\d+{_THINGS}(?: [+&] (?:\d+{_THINGS}|[^\W\d]+(?: [^\W\d]+)*))+")
#: 2 wine, 1 beer, of which the comma adds up; beer x1, of which the number stands behind.
_LISTED = re.compile(r"(?<=[^\W\d])(?:, ?| (?:and|und|et|y|e) )(?=\d+ ?[^\W\d])")
_BEHIND = re.compile(r"([^\W\d]{3,}) ?[x×*] ?(\d{1,2})(?![\w.:]|,\d)|(\d) ?[x×] ?(?=[^\W\d]{3})")
#: One, before what is counted: a glass, ein Glas.
_ONE = re.compile(r"(?:an?|eine?[nr]?|un[aeo]?|uma?|een|ett?|en) (?=[^\W\d]{3,}$)", re.IGNORECASE)
_HOLDS = re.compile(r"(?<=[^\W\d]) ?\(\d+(?:[.,]\d+)? ?(?:[mcd]?l|oz)\)$", re.IGNORECASE)  # (150ml)


def bare_counts(cells: Cells, *, shares: bool = True, mixed: bool = False) -> Cells:
    """Return counts without their words; every other cell as it is.

    ``shares``: of what is counted there can be a half, of drinks, not of awakenings; ``mixed``: it
    can be of several things, 2 beers and 1 glass.
    """
    texts, codes = distinct(cells)
    if _PLAIN.fit(texts):
        return cells
    weight, written = np.bincount(codes, minlength=len(texts)), texts
    if mixed:
        texts = [_LISTED.sub(" + ", _BEHIND.sub(r"\2\3 \1", text)).strip() for text in texts]
    figures = [_ONE.sub("1 ", numbers.in_figures(_HOLDS.sub("", text))) for text in texts]
    counted = of_one_thing(figures, weight) or tally(texts)
    if mixed and not counted:
        lone = ["" if _TOGETHER.fullmatch(text) else text for text in figures]
        counted = of_any_thing(lone, weight)
    bare = [counted.get(i, text) for i, text in enumerate(texts)]
    alone = sum(int(n) for n, text in zip(weight, texts, strict=True) if text.isdecimal())
    for i, text in enumerate(list(bare)):
        if found := _COUNT.fullmatch(text) or _COUNT.fullmatch(figures[i]):
            bare[i] = found[1]
        elif _TOGETHER.fullmatch(text) and (mixed or alone >= _ALONE * len(codes)):
            each = all(part[:1].isdecimal() for part in re.split(" [+&] ", text))
            bare[i] = str(sum(map(int, re.findall(r"\d+", text)))) if each else ""
        else:
            bare[i] = parsed.COUNT_WORDS.get(text.casefold(), text)
    for i, share in numbers.as_shares(bare).items() if shares else ():
        bare[i] = share
    return cells if bare == written else np.array(bare, dtype=object)[codes]


#: Half, a half, 1/2, 半; not x x, which is a tally.
_IN_WORDS = re.compile(r"(?!(.)( ?\1)+$)[^\W\d] ?[^\W\d]|\d/\d|半|.*(?: [+&] |[^\W\d], ?\d)")


def worded_counts(cells: Cells, bare: Cells) -> dict[int, str]:
    """Say which counts stood in words or as a share: half a glass, 1/2."""
    said = {i: str(cells[i]).strip() for i in np.flatnonzero(bare != cells).tolist()}
    once = parsed.COUNT_WORDS
    worded = {i: t for i, t in said.items() if _IN_WORDS.match(t) and t.lower() not in once}
    no = "not read, as one part has no number. Write the whole as one number."
    return {i: f"{t!r} is {f'read as {bare[i]}.' if bare[i] else no}" for i, t in worded.items()}


#: An amount with its unit, none of time: 0,5 l; 3杯.
_MEASURED = re.compile(
    r"(\d+(?:[.,]\d+)?) ?(l|ml|cl|dl|oz|kg|g|km|m|mi|kcal|cal|%|€|\$|ltr|liter|litre|litros?|"
    rf"litri|{VESSELS}|tazas?|copas?|tazze|xícaras?|kopjes|[杯本缶歩步个次回支罐])\.?",
    re.IGNORECASE,
)
_OF_DOSES = {unit: re.compile(rf"(\d+(?:[.,]\d+)?) ?({unit})\.?", re.IGNORECASE)
             for unit in ("mg", "mcg", "µg", "iu")}  # fmt: skip
_OF_COUNTS = re.compile(r"tass|cup|gl[aä]s|verre|taza|copa|tazz|xíc|kop|[杯本缶歩步个次回支罐]")


def without_units(cells: Cells, of_header: str = "") -> tuple[Cells, str]:
    """Return amounts as bare numbers, and their unit, if all but a few cells have the same or none.

    The unit of a dose only where the header has it, too: others may be doses of several things.
    """
    texts, codes = distinct(cells)
    said = [text for text in texts if not says_missing(text)]
    form = _OF_DOSES.get(of_header, _MEASURED)
    found = [form.fullmatch(text) for text in said]
    units = {one[2].casefold() for one in found if one}
    counts = {unit: _OF_COUNTS.match(unit) for unit in units}
    stems = {one[0] if one else unit for unit, one in counts.items()}
    odd = {t for t, m in zip(said, found, strict=True) if not (m or numbers.number_text(t))}
    odd = {text for text in odd if text.casefold().rstrip(".!") not in parsed.NONE}
    rows = [np.array([t in some for t in texts])[codes].sum() for some in (odd, {*said})]
    if len(stems) != 1 or not parsed.few_odd(*rows):
        return cells, ""
    bare = [one[1] if (one := form.fullmatch(text)) else text for text in texts]
    stem = stems.pop()
    return np.array(bare, dtype=object)[codes], "" if _OF_COUNTS.match(stem) else stem


# ---- what was taken

_YES = {*parsed.word_lists()["yes"], *parsed.word_lists()["taken"], "x"} - {"1", "1.0"}

#: Unit as written -> unit of the column, factor.
UNITS = {
    **dict.fromkeys(["mcg", "µg", "μg", "ug"], ("mg", 1e-3)), "mg": ("mg", 1.0),
    **dict.fromkeys(["iu", "ie", "ui"], ("iu", 1.0)), "g": ("mg", 1e3), "ml": ("ml", 1.0),
}  # fmt: skip
_PIECES = parsed.word_lists()["pieces"].items()
_NUMBER, _UNITS = r"\d+(?:[.,]\d+)?", "|".join([*UNITS, *(words for words, _ in _PIECES)])
DOSE = re.compile(
    rf"(?<!\d)(?:(?P<first>\d+) ?[x×*] ?)?(?P<number>{_NUMBER}) ?-?"
    rf"(?P<unit>{_UNITS})\b\.?"
    r"(?: ?\(?[x×*] ?(?P<last>\d+)\)?)?",
    re.IGNORECASE,
)
#: 2-3 mg, 1 to 2 tablets; not vitamin B6-100 mg.
_TO = r" ?(?:-|–|—|\b(?:to|bis|à|or|oder)\b) ?"
_RANGE = re.compile(rf"(?i)(?<![\w.,:])({_NUMBER}){_TO}({_NUMBER})(?= ?-?(?:{_UNITS})\b)")
#: Half a tablet, two pills.
_WORDED = re.compile(rf"\b({numbers.SIZE_WORDS}) (?=(?:{'|'.join(dict(_PIECES))})\b)", re.I)
_BETWEEN = re.compile(
    r"(?<!\d),|,(?!\d)|[;+&|\n]|\b(?:and|und|et|plus)\b| / | - | – ", re.IGNORECASE
)
_FILLING = re.compile(
    r"\b(?:taken|took|last|letzte[rs]?|dernier|at|of|dose|dosage|time|at night|in the evening|"
    r"before (?:bed|bedtime|sleep))\b|[@()\[\]:=~]",
    re.IGNORECASE,
)
_LONE_NUMBER = re.compile(rf"(?<!\S)[x×]?(?:{_NUMBER}|½|1/2)(?!\S)")


#: 1,000 mg; 1.000.000 IE; 1'000 mg and 1 000 mg, but not two of 200 mg (2 200 mg).
_THOUSANDS = re.compile(r"\d[.,'’ ]\d{3}")
_MARK = re.compile(r"(?<=\d)(?:['’](?=\d{3}\b)| (?=000\b))")
_OF_WHAT = re.compile(
    rf"(?:([^\W\d_]{{3,40}})[ :(@-]{{0,2}})?(?<![\d.,:/])(?P<n>\d{{1,9}}(?:[.,]\d{{1,9}}){{0,4}})"
    rf"(?: ?-?({'|'.join(UNITS)})\b(?=\W{{0,2}}([^\W\d_]{{3,40}})?)|$)", re.IGNORECASE,
)  # fmt: skip


def without_thousands(column: Cells, unit: str) -> Parsed:
    """Return doses without marks of thousands; ``unit`` is that of bare numbers beside doses."""
    texts, codes = distinct(column)
    if not (_THOUSANDS.search(every := "\n".join(texts)) and (unit in UNITS or DOSE.search(every))):
        return Parsed(column)
    marked = [_MARK.sub("", text) for text in texts]
    plain, bad, told = numbers.without_blanks(marked, "|".join(UNITS))
    found = [[(f"{m[1] or m[4]} {m[3] or unit}".casefold(), m) for m in _OF_WHAT.finditer(text)]
             for text in plain]  # fmt: skip
    bare = {(what, m["n"]) for some in found for what, m in some if not m[3]}
    meant = amounts.in_thousands({(what, m["n"]) for some in found for what, m in some}, bare)
    for i, what, m in ((i, *one) for i, some in enumerate(found) for one in some[::-1]):
        n, figures = m["n"], meant.get((what, m["n"]))
        if figures:
            plain[i] = f"{plain[i][: m.start('n')]}{figures}{plain[i][m.end('n') :]}"
            read = f"{n!r} is read as {float(figures):.12g}, by its digits and the other cells."
            told = told if n == figures[:-1] else f"{read} Else write it without a mark."
        elif figures == "":
            large = re.sub("[.,]", "", n)
            bad[i] = f"may be {large} or {int(large) / 1000:g}: not used. Write one of these."
    plain = ["" if i in bad else text for i, text in enumerate(plain)]
    return Parsed(np.array(plain, dtype=object)[codes], Told(codes, texts, bad), assumed=told)


@dataclass(frozen=True)
class Taken:
    """One thing that was taken."""

    name: str = ""  #: As written; empty where the answer names nothing.
    amount: float = np.nan  #: In ``unit``; NaN where none is written.
    unit: str = ""  #: ``"mg"``, ``"iu"``, ``"ml"``, ``"pieces"``, ``"drops"``, ...
    clock: str = ""  #: As written, for :func:`~sleepstats.reading.cells.clocks.read_clocks`.
    before_h: float = np.nan  #: Hours before bed, where the answer says it so.
    odd: str = ""  #: A number that is neither dose nor time.

    @property
    def timed(self) -> bool:
        """Whether it says when."""
        return bool(self.clock) or not np.isnan(self.before_h)

    @property
    def bare(self) -> bool:
        """Whether it says neither how much nor when."""
        return bool(np.isnan(self.amount)) and not self.timed

    @property
    def empty(self) -> bool:
        """Whether it says nothing at all."""
        return not self.name and not self.odd and self.bare


def read_taken(text: str) -> list[Taken]:
    """Read one answer, such as ``2 x 200mg Mg, 1 h before bed``; none for "none"."""
    text = tidy(text)
    if text.casefold().rstrip(".!") in parsed.NONE:
        return []
    found: list[Taken] = []
    first, _, rest = text.partition(" ")
    text = rest if first.casefold().strip(",:") in _YES else text
    text = without_range(_WORDED.sub(lambda one: f"{numbers.SIZES[one[1].casefold()]:g} ", text))
    for part in _BETWEEN.split(numbers.in_figures(text).replace("½", "0.5").replace("1/2", "0.5")):
        one = Taken() if part.strip().casefold() in _YES else _part(part)
        if one.empty:
            continue
        if found and (not one.name or not found[-1].name) and _fit(found[-1], one):
            found[-1] = _joined(found[-1], one)
        else:
            found.append(one)
    return found or [Taken()]


def without_range(text: str) -> str:
    """Return the middle in place of 2-3 mg; omega 3-1000 mg has none."""
    if found := _RANGE.search(text):
        low, high = (float(number.replace(",", ".")) for number in found.groups())
        middle = f"{(low + high) / 2:g}" if low < high <= 4.0 * low else found[0]
        return f"{text[: found.start()]}{middle}{without_range(text[found.end() :])}"
    return text


def _part(part: str) -> Taken:
    """Read what one name, its dose and its time may be."""
    one = Taken()
    if before := clocks.SAID_BEFORE.search(part):
        word, unit = (before["number"] or "0").casefold(), (before["unit"] or "").casefold()
        worded = 0.5 if word.startswith("half") else 1.0
        number = float(word.replace(",", ".")) if word[0].isdigit() else worded
        one = replace(one, before_h=number / 60.0 if unit.startswith("min") else number)
        part = f"{part[: before.start()]} {part[before.end() :]}"
    if dose := DOSE.search(part):
        word = dose["unit"].casefold()
        pieces = [piece for words, piece in _PIECES if re.fullmatch(words, word)]
        unit, factor = UNITS.get(word) or (pieces[0], 1.0)
        times = float(dose["first"] or 1) * float(dose["last"] or 1)
        amount = float(dose["number"].replace(",", ".")) * factor * times
        one = replace(one, amount=amount, unit=unit)
        part = f"{part[: dose.start()]} {part[dose.end() :]}"
    if clock := clocks.SAID_CLOCK.search(part):
        one = replace(one, clock=clock["clock"] or clock["bare"])
        part = f"{part[: clock.start()]} {part[clock.end() :]}"
    words = _FILLING.sub(" ", part)
    if odd := _LONE_NUMBER.search(words):
        one = replace(one, odd=odd[0].strip())
        words = f"{words[: odd.start()]} {words[odd.end() :]}"
    return replace(one, name=" ".join(words.split()).strip(" .,-–/\"'?!~"))


def _fit(one: Taken, other: Taken) -> bool:
    """Say whether two parts do not both give a dose, or both a time."""
    return not (one.timed and other.timed) and bool(np.isnan([one.amount, other.amount]).any())


def _joined(one: Taken, other: Taken) -> Taken:
    more = one if not np.isnan(one.amount) else other
    return Taken(
        one.name or other.name, more.amount, more.unit, one.clock or other.clock,
        other.before_h if np.isnan(one.before_h) else one.before_h, one.odd or other.odd,
    )  # fmt: skip


def mostly_dosed(column: Cells) -> bool:
    """Say whether the answers yes of a column of yes and no mostly have a dose beside them."""
    texts, codes = distinct(column)
    dosed = np.array([bool(DOSE.search(text)) for text in texts])[codes].sum()
    return bool(dosed > 1 and 2 * dosed >= (numbers.read_yes_no(column).values == 1).sum())


def always_taken(column: Cells) -> bool:
    """Say whether each answer has a dose, and none is "none"."""
    answers = [read_taken(text) for text in distinct(column)[0] if not says_missing(text)]
    return bool(answers) and all(a and any(part.unit for part in a) for a in answers)


def named_things(answers: Sequence[list[Taken] | None]) -> dict[str, str]:
    """Return the things named, case ignored, and how each is written most often."""
    spelt = Counter(part.name for one in answers if one for part in one)
    things: dict[str, str] = {}
    for written, _ in spelt.most_common():
        things.setdefault(written.casefold(), written)
    return things


def dose_name(plain: str, unit: str, *, said: bool) -> str:
    """Return the dose's column; ``said`` where the header itself is about the dose."""
    if plain.endswith(f"_{unit}") or unit in plain.split("_"):
        return plain
    return f"{plain}_{unit}" if said or plain.endswith("dose") else f"{plain}_dose_{unit}"
