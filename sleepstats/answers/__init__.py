"""Answers in a few plain sentences: what was read, how you sleep, what went with it.

The report and the notebooks show these at the top, so that a number in a sentence can never
differ from the tables and pictures below it. Nothing is computed here that a public function does
not give.
"""

from sleepstats.answers.findings import clearest, what_went_with
from sleepstats.answers.reading import ALL_READ, problem_line, what_was_odd, what_was_read
from sleepstats.answers.said import Answer
from sleepstats.answers.sleep import how_you_sleep, measures

__all__ = [
    "ALL_READ",
    "Answer",
    "clearest",
    "how_you_sleep",
    "measures",
    "problem_line",
    "what_was_odd",
    "what_was_read",
    "what_went_with",
]
