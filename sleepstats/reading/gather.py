"""From what a person points at (a file, several, a folder) to one draft per readable file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path

from sleepstats.errors import DiaryError
from sleepstats.reading.nights.draft import Claim, Draft, Format, Options, Preview
from sleepstats.reading.recognise import SURE, recognise
from sleepstats.reading.text import PathOrFile, Source, open_source, peek

TABLE_FILES = (".csv", ".tsv", ".txt")


def gather(
    path: PathOrFile | Sequence[PathOrFile],
    name: str,
    formats: Mapping[str, Format],
    options: Options,
) -> tuple[list[Draft], list[str]]:
    """Read every file that was pointed at."""
    if isinstance(path, str) and not path.strip():
        raise DiaryError(
            "read_diary() got an empty path. Give the path of the export, or '.' for every file of "
            "the working folder."
        )
    if isinstance(path, (str, PathLike)) and Path(path).is_dir():
        return _folder(Path(path), name, formats, options)
    if isinstance(path, Sequence) and not isinstance(path, str):
        if not path:
            raise DiaryError("read_diary() got an empty list of files. Give at least one path.")
        drafts: list[Draft] = []
        left_out: list[str] = []
        for one in path:
            more, notes = gather(one, name, formats, options)
            drafts += more
            left_out += notes
        return drafts, left_out
    return [_read(open_source(path), name, formats, options)], []


def _read(source: Source, name: str, formats: Mapping[str, Format], options: Options) -> Draft:
    claim, known = recognise(Preview(source.name, source.preview()), name, formats, options)
    return known.read(source, claim, options)


def _folder(
    folder: Path, name: str, formats: Mapping[str, Format], options: Options
) -> tuple[list[Draft], list[str]]:
    """Read the files of a folder that some format is sure of; say of the others why not.

    Where none is sure, diary tables are read instead.
    """
    found = sorted(p for p in folder.rglob("*") if p.suffix.lower() in TABLE_FILES and p.is_file())
    if not found:
        raise DiaryError(
            f"{folder}: the folder holds no .csv, .tsv or .txt file. "
            "Give the path of the export itself."
        )
    claimed: list[tuple[Path, Claim, Format]] = []
    left_out: dict[Path, str] = {}
    for file in found:
        try:
            source = peek(file)
            preview = Preview(source.name, source.preview())
            claimed.append((file, *recognise(preview, name, formats, options)))
        except DiaryError as error:
            left_out[file] = error.problems[0]
    sure = any(claim.score >= SURE for _, claim, _ in claimed)
    drafts: list[Draft] = []
    for file, claim, known in claimed:
        if sure and claim.score < SURE:
            left_out[file] = (
                f"{file.name}: looks like a {known.product.split(' (')[0].lower()} beside a "
                "product's export. Read it by itself, and join it with join_evenings()."
            )
            continue
        try:
            drafts.append(known.read(open_source(file), claim, options))
        except DiaryError as error:
            left_out[file] = error.problems[0]
    if not drafts:
        raise DiaryError(list(left_out.values()))
    brief = {file: text.split(" Expected column names")[0] for file, text in left_out.items()}
    return drafts, [f"Not read: {brief[file]}" for file in sorted(brief)]
