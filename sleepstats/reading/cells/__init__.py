"""A column of text cells to values: clocks, dates, durations, numbers, ratings, tags."""
