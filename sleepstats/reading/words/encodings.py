"""Which of the old encodings a file is in: the candidate whose header words are known decides."""

from __future__ import annotations

from dataclasses import replace

from sleepstats.reading.text import DELIMITERS, Source, split_line
from sleepstats.reading.words.headers import meaning

#: Encodings that files of tables are met in, the commonest first; the first of equals holds.
_CANDIDATES = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "shift_jis", "gb18030", "big5",
    "euc_kr", "mac_roman", "cp850",
)  # fmt: skip
#: So much of a file is looked at.
_SAMPLE = 20_000
_LINES = 25


def best_decoded(source: Source) -> tuple[Source, list[str]]:
    """Return a source whose bytes are no UTF-8 in the encoding in which its words are known.

    charset-normalizer proposes, the words of the header decide, and which it was is told.
    """
    if not source.raw:
        return source, []
    top = source.raw[:_SAMPLE]
    top = top[: top.rfind(b"\n") + 1] or top
    proposed = _proposed(top)
    order = list(dict.fromkeys(["cp1252", *proposed, *_CANDIDATES]))
    best, most = "cp1252", (-1, -1)
    for encoding in order:
        try:
            text = top.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        score = (_known_words(text), int(bool(proposed) and encoding == proposed[0]))
        if score > most:
            best, most = encoding, score
    text = source.raw.decode(best, errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    how = f"its words fit {best}" if most[0] else f"{best} is the likeliest"
    note = f"The file is not in UTF-8: {how}. If letters look wrong, save it as CSV UTF-8."
    return replace(source, text=text, encoding=best, raw=b""), [note]


def _proposed(sample: bytes) -> list[str]:
    """Return what charset-normalizer takes the bytes for, the likeliest first."""
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        return []
    return [match.encoding for match in from_bytes(sample)][:6]


def _known_words(text: str) -> int:
    """Count the headers that mean something, in the line of the first ones that has most."""
    most = 0
    for line in text.split("\n")[:_LINES]:
        for delimiter in DELIMITERS:
            if delimiter in line:
                most = max(most, sum(meaning(c) is not None for c in split_line(line, delimiter)))
    return most
