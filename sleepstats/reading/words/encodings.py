"""Which of the old encodings a file is in: the candidate whose header words are known decides."""

from __future__ import annotations

import re
from dataclasses import replace

from sleepstats.reading.text import DELIMITERS, Source, split_line
from sleepstats.reading.words import meaning

#: Encodings that files of tables are met in, the commonest first; the first of equals holds.
_CANDIDATES = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "shift_jis", "gb18030", "big5",
    "euc_kr", "mac_roman", "cp850",
)  # fmt: skip
#: So much of a file is looked at.
_SAMPLE = 20_000
_LINES = 25
#: Encodings of which no spreadsheet of today writes a file.
_RARE = re.compile(r"mac_(?!roman|cyrillic)|hp_|cp(?:0|1\d\d\b|1[01]\d\d|5|7|8[57]5)|kz|ptcp|tis")
_ODD = re.compile(
    r"(?<=[^\W\d_])[\u0080-\u00bf\u00d7\u00f7\u2000-\u2bff](?=[^\W\d_])|"
    r"(?<=[a-zß-öø-ÿа-я])[A-ZÀ-ÖØ-ÞŸŽŹŻŠŚČĆĎĚĘĄŁŇŃŘŤŮŐŰĽĹŔА-Я]|"
    r"(?<=[A-Za-zÀ-ɏ])[\u0370-\u1fff\u2e80-\uffef]"
)


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
    best, most, seen = "cp1252", (-1, 0, 0), set[str]()
    for encoding in order:
        try:
            text = top.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        if text in seen:  # the same letters: the commoner encoding's name holds
            continue
        seen.add(text)
        score = (_known_words(text), -_odd_signs(text), int(encoding in proposed[:1]))
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
    proposed = [match.encoding for match in from_bytes(sample)]
    return [one for one in proposed if not _RARE.match(one)][:6]


def _odd_signs(text: str) -> int:
    """Count the signs, capitals and other scripts inside of words: what a wrong encoding leaves.

    >>> _odd_signs("Müdigkeit"), _odd_signs("M³digkeit"), _odd_signs("Zażyłem"), _odd_signs("кОфЕ")
    (0, 1, 0, 2)
    """
    return len(_ODD.findall(text))


def _known_words(text: str) -> int:
    """Count the headers that mean something, in the line of the first ones that has most."""
    most = 0
    for line in text.split("\n")[:_LINES]:
        for delimiter in DELIMITERS:
            if delimiter in line:
                most = max(most, sum(meaning(c) is not None for c in split_line(line, delimiter)))
    return most
