"""What a trial asks, written down before its first night; and whom to ask before that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

import numpy as np

from sleepstats.arrays import LATENCY
from sleepstats.columns import DICTIONARY, column_of, split_unit
from sleepstats.errors import DiaryError, advice, did_you_mean, given
from sleepstats.inference.guards import ADJUSTMENTS
from sleepstats.results.sentences import interval_name, listed, removed
from sleepstats.trials.designs import Design
from sleepstats.units import CLOCK_UNIT, decimals, difference_unit

USUAL_LOOKS = (0.5, 0.75, 1.0)
#: A trial that would still find the difference that matters with a smaller chance may end.
HARDLY = 0.1
ENOUGH, WORSE, DIFFERS = (
    "helps enough to matter", "makes it worse by enough to matter", "differs by enough to matter",
)  # fmt: skip
LESS, FOUND, NONE = "differs, but less than matters", "differs", "no difference that matters"
OPEN = "differs; whether by enough to matter cannot be told"
GO_ON, CANNOT_TELL = "go on", "cannot tell"
NOT_A_LOOK, NOT_PLANNED = "not a planned look", "not what was planned"
#: Why a trial is looked at when it was planned and at no other time.
GOOD_LOOKS = (
    "A trial that is looked at whenever it suits, and stopped when it looks good, more often shows "
    "differences that are not there."
)
NOT_REGISTERED, NOT_ANSWERED = "not registered", "not answered"
#: In which direction an outcome is better, where everybody would say so.
_BETTER = {"tst_min": 1, "se_pct": 1, "quality": 1, "rested": 1, "mood_on_waking": 1,
           "sol_min": -1, "waso_min": -1, "nawk": -1, "twak_min": -1}  # fmt: skip
_OF_THE_SHEET = ("block", "planned", "done", "guess", "status")


@dataclass(frozen=True)
class Question:
    """What a trial asks, registered in its plan."""

    #: Column that the trial is to change.
    outcome: str
    #: The smallest that matters, in the outcome's unit (latency: minutes at the typical night); NaN
    #: if none was named. Below zero where a fall is hoped for.
    matters: float = float("nan")
    #: What is taken out first, and the level of the interval.
    adjust: tuple[str, ...] = ADJUSTMENTS
    level: float = 0.95
    #: Shares of the nights after which the trial is looked at; the last is 1.
    looks: tuple[float, ...] = USUAL_LOOKS
    #: Latency: median of the diary that the plan was made with; 0: the other condition's, later.
    typical: float = 0.0

    @property
    def size(self) -> float:
        """The difference that matters without its sign."""
        return abs(self.matters)

    @property
    def hoped(self) -> int:
        """1 where a rise is hoped for, -1 where a fall is, 0 where neither is said or known."""
        return -1 if self.matters < 0 else _BETTER.get(self.outcome, 0)

    def look_nights(self, design: Design) -> tuple[int, ...]:
        """Nights after which the trial is looked at, pairs of blocks whole."""
        turns = design.n_nights / design.turn
        return tuple(max(round(share * turns), 1) * design.turn for share in self.looks)

    def parts(self) -> dict[str, str]:
        """Return the question as it stands in a plan's line."""
        return {
            "outcome": quote(self.outcome, safe=""),
            "matters": "" if np.isnan(self.matters) else f"{self.matters:.12g}",
            "adjust": "/".join(self.adjust),
            "level": f"{self.level:.12g}",
            "looks": "/".join(f"{share:.12g}" for share in self.looks),
        } | ({"typical": f"{self.typical:.12g}"} if self.typical else {})

    def at(self, typical: float) -> Question:
        """Return the question with its minutes told at this night."""
        return replace(self, typical=0.0 if np.isnan(typical) else float(f"{typical:.12g}"))

    def size_words(self, more: str = "") -> str:
        """Return the difference that matters in words: ``20 min``."""
        column = column_of(None, self.outcome)
        unit = "h" if column.unit == CLOCK_UNIT else difference_unit(column.unit, self.outcome)
        night = " on a typical night" if self.outcome == LATENCY else ""
        night += f" of {self.typical:.0f} min" if self.typical else ""
        return f"{self.size:.{decimals(-self.size, self.size)}f} {unit}".strip() + more + night

    def verdict(self, low: float, high: float) -> str:
        """Hold an interval against zero and against what matters."""
        inside = -self.size < low and high < self.size
        if not (low > 0.0 or high < 0.0):
            return NONE if inside else CANNOT_TELL
        if np.isnan(self.matters):
            return FOUND
        if inside:
            return LESS
        if low < self.size and high > -self.size:
            return OPEN
        return {1: ENOUGH, -1: WORSE, 0: DIFFERS}[self.hoped * (1 if low > 0 else -1)]


def registered(
    outcome: str, matters: float | None, adjust: Sequence[str], level: float,
    looks: Sequence[float] | None, design: Design, called: str = "matters",
) -> Question:  # fmt: skip
    """Make the question to register, or say everything that is wrong with it."""
    problems = []
    name = outcome.strip()
    if not name:
        problems.append(
            f"{advice('outcome is', '--outcome:')} empty, expected the name of a column, such as "
            "'tst_min'."
        )
    elif name not in DICTIONARY and (meant := _meant(name)):
        problems.append(
            f"{name!r} is no column. Did you mean {listed(meant, 'or')}? A column of your own "
            "needs a name that says more."
        )
    elif (own := name in _OF_THE_SHEET) or (name in DICTIONARY and DICTIONARY[name].when == "day"):
        what = "is a column of the trial's own sheet" if own else (
            "belongs to the day before the night, and so comes before that evening's condition"
        )  # fmt: skip
        problems.append(f"{name!r} {what}. Choose an outcome of the night or of the morning after.")
    number = isinstance(matters, int | float | np.integer | np.floating)
    if matters is not None and (
        not number or isinstance(matters, bool) or not np.isfinite(matters) or matters == 0
    ):
        problems.append(
            f"{given(called, matters)}, expected a difference other than 0 in the outcome's own "
            "unit, such as 20 for 20 min."
        )
        matters = None
    problems += [
        f"adjust: {control!r} is not a calendar control. Write any of 'weekday' and 'trend', or "
        f"() for none.{did_you_mean(control, ADJUSTMENTS)}"
        for control in adjust
        if control not in ADJUSTMENTS
    ]
    if not 0.5 <= level < 1:
        problems.append(f"{given('level', level)}, expected 0.5 to below 1, such as 0.95.")
    shares = tuple(
        float(f"{float(share):.12g}") for share in (USUAL_LOOKS if looks is None else looks)
    )
    asked = Question(
        name, float("nan" if matters is None else f"{matters:.12g}"), tuple(adjust),
        float(f"{level:.12g}"), shares,
    )  # fmt: skip
    fine = all(0 < share <= 1 for share in shares) and shares[-1:] == (1.0,)
    nights = asked.look_nights(design) if fine else ()
    if not fine or list(nights) != sorted(set(nights)):
        problems.append(
            f"{given('looks', tuple(looks or ()))}, expected shares of the {design.n_nights} "
            "nights that rise and end with 1.0, none so close to another that they fall on the "
            "same night, such as "
            + advice(
                "(0.5, 0.75, 1.0); (1.0,) for one look",
                "--looks 0.5 0.75 1; --looks 1 for one look",
            )
            + " at the end."
        )
    if problems:
        raise DiaryError(problems)
    return asked


def _meant(name: str) -> list[str]:
    """Return the measures that a name lacks the unit of, or the labels that hold its words."""
    words = set(name.casefold().replace("_", " ").split())
    known = [*_BETTER, *(one for one, column in DICTIONARY.items() if column.when != "day")]
    said = {one: set(DICTIONARY[one].label.split()) for one in known}
    near = [one for one in said if split_unit(one)[0] == name.casefold()]
    return near or [one for one in said if words <= said[one]][:4]


def asked_of(
    made: Question | None,
    design: Design,
    outcome: str | None,
    adjust: Sequence[str] | None,
    level: float | None,
) -> tuple[Question, str]:
    """Return what is asked, and how it differs from what was registered."""
    planned = made
    if planned is None:
        if outcome is None:
            raise DiaryError(
                "This plan registered no outcome. Say which: "
                + advice("analyse_trial(nights, plan, outcome='tst_min')", "--outcome tst_min")
                + ". The next plan can"
                + advice(": plan_trial(..., outcome='tst_min')", " name it")
                + "."
            )
        planned = Question(outcome)
    asked = replace(
        planned,
        outcome=outcome or planned.outcome,
        adjust=planned.adjust if adjust is None else tuple(adjust),
        level=planned.level if level is None else level,
    )
    registered_again = registered(
        asked.outcome, None, asked.adjust, asked.level, asked.looks, design
    )
    if made is None or asked == planned:
        return replace(registered_again, matters=asked.matters, typical=asked.typical), ""
    other = []
    if asked.outcome != planned.outcome:
        one, two = (column_of(None, name).label for name in (planned.outcome, asked.outcome))
        other.append(f"the plan asks about {one}, this is about {two}")
        asked = replace(asked, matters=float("nan"), typical=0.0)
    if asked.adjust != planned.adjust:
        one, two = (removed(controls) for controls in (planned.adjust, asked.adjust))
        other.append(f"the plan says {one}, this has {two}")
    if asked.level != planned.level:
        one, two = (interval_name(level) for level in (planned.level, asked.level))
        other.append(f"the plan says a {one}, this has a {two}")
    return asked, "; ".join(other)


def asked_for(question: Question, conditions: tuple[str, str], looks: Sequence[str]) -> list[str]:
    """Say in a plan's sentences what it asks and when it is looked at."""
    one, other = conditions
    matters = "; how large a difference would matter was not said"
    if not np.isnan(question.matters):
        matters = f"; a difference of {question.size_words(' or more')} matters"
    said = [
        f"Asked: how “{one}” instead of “{other}” changes "
        f"{column_of(None, question.outcome).label} ({100 * question.level:g} % interval, "
        f"{removed(question.adjust)}){matters}."
    ]
    if question.outcome not in DICTIONARY:
        said.append(
            f"The sheet has no column {question.outcome!r}: keep one in a diary of your own, and "
            "analyse both together."
        )
    if len(looks) == 1:
        said.append("It is looked at once, at the end.")
        return said
    said.append(
        f"It is looked at after {listed(looks)} nights and at no other time: it may end before the "
        "last where the difference is clear by then, or where the nights left would hardly show "
        "one that matters."
    )
    return said


def changed_since(written: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Say what a plan says otherwise than the line of its sheet; empty if nothing."""
    other = [
        f"{_WORDS.get(name, name)} {unquote(written[name]) or 'nothing'} in the sheet, "
        f"{unquote(now.get(name, '')) or 'nothing'} in the plan"
        for name in written
        if name != "sum" and written[name] != now.get(name, "")
    ]
    if not other and written.get("sum", now.get("sum")) != now.get("sum"):
        other = ["the stop rule or the warning has changed"]
    return "; ".join(other)


_WORDS = {"block": "nights of a block", "max_run": "longest run", "start": "first evening",
          "matters": "difference that matters", "adjust": "controls"}  # fmt: skip


def labels_of(conditions: tuple[str, str]) -> tuple[tuple[str, str], list[str]]:
    """Return both labels, and what is wrong with them."""
    expected = (
        "expected two different labels, the one in question first, such as ('reading', "
        "'no reading')"
    )
    labels = () if isinstance(conditions, str) else tuple(conditions)
    words = [" ".join(label.split()) for label in labels if isinstance(label, str)]
    if len(words) != 2 or not all(words) or len({word.casefold() for word in words}) != 2:
        return ("", ""), [f"{given('conditions', conditions)}, {expected}."]
    return (words[0], words[1]), []


#: What a person may write -> why a clinician comes first. Names of groups and common members.
#: Sources: the withdrawal syndromes of DSM-5-TR and ICD-11; LiverTox (NCBI Bookshelf NBK547852)
#: for liver injury; the products' labels for the rest.
_CAUTIONS: Mapping[str, str] = {
    "dependence and withdrawal; liver injury has been reported":
        "kratom mitragynine mitragyna 7-oh 7-hydroxymitragynine",
    "dependence, withdrawal and stopped breathing":
        "opioid opioids opiate opiates codeine morphine oxycodone hydrocodone tramadol tapentadol "
        "methadone buprenorphine tianeptine",
    "dependence; stopping suddenly can bring on seizures":
        "benzodiazepine benzodiazepines alprazolam clonazepam diazepam lorazepam temazepam "
        "xanax valium barbiturate barbiturates phenobarbital phenibut ghb gbl alcohol",
    "dependence, rebound sleeplessness and acts done while asleep":
        "zolpidem zopiclone eszopiclone zaleplon ambien z-drug z-drugs",
    "withdrawal when stopped":
        "gabapentin pregabalin baclofen nicotine cannabis marijuana thc hashish",
    "withdrawal when stopped, and interactions with other medicines":
        "antidepressant antidepressants ssri ssris snri snris sertraline fluoxetine paroxetine "
        "citalopram escitalopram venlafaxine duloxetine trazodone mirtazapine amitriptyline "
        "doxepin antipsychotic antipsychotics quetiapine olanzapine lithium",
    "a dangerous rise of blood pressure or pulse when stopped suddenly":
        "clonidine propranolol metoprolol beta-blocker beta-blockers",
    "dependence and strain on the heart":
        "amphetamine amphetamines adderall methylphenidate ritalin modafinil",
    "confusion, falls and poisoning at doses not far above the usual":
        "diphenhydramine doxylamine promethazine chloral",
    "liver injury": "kava kava-kava",
    "serious interactions with other medicines": "st-john's-wort hypericum 5-htp",
    "adrenal insufficiency when stopped": "prednisone prednisolone hydrocortisone steroid steroids",
}  # fmt: skip
_REASONS = {word: reason for reason, words in _CAUTIONS.items() for word in words.split()}

MEDICINE = "a medicine, and medicines are started and stopped with whoever prescribed them"


def caution_about(texts: Iterable[str], *, medicine: bool = False) -> str:
    """Return the warning that a plan must open with; empty when nothing on the list is named."""
    text = " ".join(texts).casefold().replace("’", "'")
    text = text.replace("st. john", "st john").replace("st john's wort", "st-john's-wort")
    words = re.findall(r"[\w'-]+", text)
    found = [word for word in dict.fromkeys(words) if word in _REASONS]
    parts = [f"“{word}” has known risks ({_REASONS[word]})" for word in found]
    if medicine:
        parts.append(f"this is {MEDICINE}")
    if not parts:
        return ""
    return (
        f"Before anything else, ask a doctor or pharmacist: {'; '.join(parts)}. Starting and "
        "stopping it night by night can itself do harm. This is a schedule of nights; it says "
        "nothing about whether to take anything, or how much."
    )
