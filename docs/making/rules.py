"""One page of every rule and threshold, with what was measured of it.

The first part is what a person meets, with the measured rate beside it; the numbers come from the
code and from the tables in ``benchmarks/``. The second is every other constant with its comment.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import sleepstats as ss
from making.constants import PACKAGE, constants, value_of
from making.tables import span
from making.writing import write

INTRO = """\
# Every rule and threshold

Nothing here is a matter of taste that you cannot look up: each verdict follows from a rule, each
rule has a number, and for the rules that decide what is *found* it was measured how often they are
wrong. This page is made from the code's own constants and from the
[tables of measurements](calibration) whenever the site is built.

All measurements are on invented diaries in which the truth is known: nights that resemble their
neighbours, a week, a slow drift, missing nights.

## The rules you meet

"""

SECOND = """
## Every other threshold

Each number in the code that decides something, by the file it stands in, with the sentence that
stands above it there. Most settle how a file is read; none of them is about a person's answer
unless the part above says so. What only draws, invents diaries or writes files is left out.

"""


def rules() -> Iterator[tuple[str, str, str, str]]:
    """Yield for each rule: what it is about, the rule, what was measured, the page of the table."""
    level = inspect.signature(ss.correlate).parameters["level"].default
    questions = "asking"
    yield (
        "**found**",
        f"the p-value, adjusted over the whole table (Benjamini-Hochberg), is below "
        f"{100 * (1 - level):g} %",
        f"any false finding among 24 questions: "
        f"{span('calibration_family.md', 'n = 60', where={'no effect': 'default (BH)'})} % of "
        f"diaries of 60 nights, "
        f"{span('calibration_family.md', 'n = 180', where={'no effect': 'default (BH)'})} % of 180",
        "calibration_family",
    )
    yield (
        "a single question",
        f"{100 * level:g} % interval that does not hold zero; neighbouring nights may resemble "
        "each other, weekdays and slow change are evened out",
        f"false findings where 5 % are meant: {span('calibration.md', 'sleepstats: false')} %; "
        f"intervals that hold the truth: {span('calibration.md', 'coverage, no effect')} % without "
        f"an effect, {span('calibration.md', 'coverage, known')} % with one",
        "calibration",
    )
    yield (
        "the interval of what was found",
        "false-coverage-rate interval: wider, since it is printed because it was found",
        "wrong intervals per diary, where at most 5 % are promised: "
        f"{span('calibration_guess.md', 'FCR', after='wrong per diary')} %; of the plain intervals "
        f"{span('calibration_guess.md', 'wrong per diary')} %",
        "calibration_guess",
    )
    yield (
        "**stands**",
        "its p-value with the other habits held equal passes as well; held equal are habits that "
        f"go with the outcome or with the habit, and were recorded on at least "
        f"{value_of('asking.held_columns', 'LEAST_RECORDED'):.0%} of the nights",
        "a habit that does nothing and only comes along with one that matters stands on "
        f"{span('calibration_beside.md', 'stands: any proxy', where={'diaries': '120 nights'})} % "
        "of diaries of 120 nights; it is found alone on "
        f"{span('calibration_beside.md', 'any proxy named', where={'diaries': '120 nights'})} %",
        "calibration_beside",
    )
    yield (
        "refused: **too few nights**",
        f"fewer than {value_of(questions, 'LEAST_NIGHTS')} nights with both, or fewer than "
        f"{value_of('inference.guards', 'LEAST_SPARE')} left over after the week and the drift",
        f"refused of diaries of 30 to 180 nights: {span('calibration.md', 'refused')} %",
        "calibration",
    )
    yield (
        "refused: **one side too rare**",
        f"fewer than {value_of(questions, 'LEAST_ON_A_SIDE')} nights with, or without",
        "none: it can only leave a question open",
        "",
    )
    yield (
        "**unreachable**",
        f"even a large effect ({value_of('asking.estimation', 'LARGE_DIFFERENCE_SD'):g} SD between "
        f"yes and no, or a correlation of {value_of('asking.estimation', 'LARGE_CORRELATION'):g}) "
        f"would be found with a chance below "
        f"{value_of('asking.verdicts', 'UNREACHABLE_BELOW'):.0%}",
        "how often effects of a usual size are found: see the table",
        "calibration_power",
    )
    yield (
        "latency **quantised**, **not measured**",
        f"one value on {value_of('arrays', 'SAME_SHARE'):.0%} of nights or more, or one ratio to "
        f"the time in bed on {value_of('arrays', 'RATIO_SHARE'):.0%}",
        "apps whose latency is a rule: see the exports that were read",
        "exports_read",
    )
    yield (
        "habits **entangled**",
        f"holding the other equal makes the interval more than "
        f"{value_of('relations.habit_links', 'MOST_INFLATION'):g} times as wide",
        f"marked where the two differ on 3 % of evenings: "
        f"{span('calibration_questions.md', 'marked', where={'evenings apart': '3 %'})} %; where "
        f"they differ on 50 %: "
        f"{span('calibration_questions.md', 'marked', where={'evenings apart': '50 %'})} %",
        "calibration_questions",
    )
    yield (
        "stress and sleep: **day to night**, **night to day**",
        "both directions asked at once, adjusted over the two; **neither** needs a power of "
        f"{value_of('relations.both_ways', 'WOULD_HAVE_SHOWN'):.0%} for a large effect",
        f"a direction named where there is nothing: "
        f"{span('calibration_verdicts.md', 'day to night', where={'truth': 'nothing'})} %"
        f" day to night, {span('calibration_verdicts.md', 'night to day', where={'truth': 'nothing'})}"
        " % night to day; night to day claimed of a rough rating that only goes before the night: "
        f"{span('calibration_verdicts.md', 'night to day claimed', where={'truth': 'reliability .6'})}"
        " %",
        "calibration_verdicts",
    )
    yield (
        "**interaction**",
        f"at least {value_of('relations.interactions', 'LEAST_IN_A_CORNER')} nights in each corner",
        "false findings: "
        f"{span('calibration_verdicts.md', 'found, p', where={'true difference': '0 SD'})} %",
        "calibration_verdicts",
    )
    yield (
        "nights **missing for a reason**",
        f"at least {value_of('relations.gaps', 'LEAST_GAPS')} nights of either sort",
        "false alarms where gaps come by chance: "
        f"{span('calibration_questions.md', 'sleep, p', where={'gaps': 'by chance'})} %",
        "calibration_questions",
    )
    yield (
        "**nights needed**",
        "as many as find the effect with a chance of 80 %",
        "found with that many nights: "
        f"{span('calibration_verdicts.md', 'found', where={'nights said for 80 %': ''})} %",
        "calibration_verdicts",
    )
    yield (
        "**dose**, **timing**, **wearing off**",
        f"dose: {value_of('responses', 'LEAST_DOSES')} different amounts on "
        f"{value_of('responses', 'LEAST_DOSED')} nights; timing: "
        f"{value_of('responses.hours_before_bed', 'LEAST_TIMES')} different times on "
        f"{value_of('responses.hours_before_bed', 'LEAST_TIMED')} nights; courses: "
        f"{value_of('responses.courses', 'LEAST_COURSES')} of "
        f"{value_of('responses.courses', 'LEAST_COURSE_NIGHTS')} nights",
        "false findings by term: "
        f"{span('calibration_responses.md', 'found, %', where={'truth': 'nothing'})} % "
        "(the first term of each)",
        "calibration_responses",
    )
    yield (
        "several **people**",
        f"at least {value_of('inference.none_alone', 'LEAST_PEOPLE')} people with an answer of their "
        "own",
        "false findings: "
        f"{span('calibration_people.md', 'pool_people: found', where={'fixed effects': ''})} %",
        "calibration_people",
    )
    yield (
        "a **trial**",
        f"at least {value_of('trials.designs', 'LEAST_SCHEDULES')} schedules that could have been "
        "drawn; the test compares with those, the interval is what it leaves standing",
        f"false findings: {span('trials.md', 'found at any look')} %; intervals that hold an "
        f"effect that is there: {span('trials.md', 'coverage', where={'estimate': ''})} %",
        "trials",
    )
    yield (
        "which **evening** a date names",
        "found from the rows where they prove one rule, else told and the other readings tried",
        "a planted effect is found or told beside in all diaries but those counted as lost there",
        "evening_rules",
    )


def rules_page(made: Path) -> None:
    """Write the page."""
    rows = ["| verdict | rule | measured | table |", "| --- | --- | --- | --- |"]
    for about, rule, measured, page in rules():
        link = f"[{page}](benchmarks/{page})" if page else ""
        rows.append(f"| {about} | {rule} | {measured} | {link} |")
    write(made / "rules.md", INTRO + "\n".join(rows) + "\n" + SECOND + "\n".join(_others()))


def _others() -> Iterator[str]:
    for module, group in groupby(constants(), key=lambda one: one.module):
        first = (ast.get_docstring(ast.parse((PACKAGE / module).read_text("utf-8"))) or "").split(
            "\n"
        )
        yield f"### {module.removesuffix('.py').replace('/', '.')}\n\n{first[0]}\n"
        yield "| name | value | what it decides |\n| --- | --- | --- |"
        for one in group:
            names = ", ".join(f"`{name}`" for name in one.names)
            yield f"| {names} | {one.shown} | {one.words.replace('|', chr(92) + '|')} |"
        yield ""
