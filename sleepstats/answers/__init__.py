"""Answers in a few plain sentences: what was read, how you sleep, what went with it.

The report and the notebooks show these at the top, so that a number in a sentence can never
differ from the tables and pictures below it. Nothing is computed here that a public function does
not give.
"""
