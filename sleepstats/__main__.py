"""``python -m sleepstats`` is the same as the command ``sleepstats``."""

from sleepstats.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
