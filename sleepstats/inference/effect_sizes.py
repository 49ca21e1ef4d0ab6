"""How large the effects of evening habits are: the constants that a best guess is made with.

In standard deviations of the night per standard deviation of the habit, week and slow drift taken
out of both (the scale of a correlation). Maximum likelihood over these fixed widths, sampling
error taken off, from 195 habits of the evening before in 45 exports of real trackers with at least
40 nights each: half of those habits lie below 0.07 as measured. `benchmarks/estimate_mixture.py`
estimates the shares again from a folder of exports.

Stephens 2017, doi:10.1093/biostatistics/kxw041, for the idea of learning such a mixture.
"""

from __future__ import annotations

#: Standard deviations of the parts of the mixture.
WIDTHS = (0.05, 0.10, 0.20)
#: Share of the habits in each part.
SHARES = (0.68, 0.30, 0.02)
#: One diary's effects may be this many times as wide; each is as likely before it is seen.
SCALES = tuple(2.0 ** (step / 2.0) for step in range(-2, 5))
#: Share of habits that have a scale of their own, whatever the others of the diary are like: one
#: strong cause among habits without effect is not drawn to nothing by their company. Set by
#: simulation (`benchmarks/calibration_guess.py`), not estimated.
OWN_KIND = 0.02
