"""``python -m sleepstats`` is the same as the command ``sleepstats``."""

import os
import sys

if not sys.flags.safe_path and sys.path[:1] in ([""], [os.getcwd()]):
    # ``-m`` puts the working folder in front: what lies there, a pandas.py, would be run
    del sys.path[0]

from sleepstats.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
