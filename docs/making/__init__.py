"""The pages of the site that are made from the package, its records and its changelog.

They lie beside the pages written by hand; ``.gitignore`` lists them, and nobody edits them.
"""

from __future__ import annotations

from pathlib import Path

from making.api import api_pages, write_llms
from making.copies import copied_pages
from making.formats import format_page
from making.gallery import gallery_page
from making.lay import lay_pictures
from making.rules import rules_page
from making.words import definitions_page, first_result_page

__all__ = ["make_all", "write_llms"]

#: What is made, in the order of the site.
MAKERS = (
    first_result_page,
    gallery_page,
    lay_pictures,
    definitions_page,
    format_page,
    rules_page,
    copied_pages,
    api_pages,
)


def make_all(docs: Path) -> None:
    """Write all of them."""
    for maker in MAKERS:
        maker(docs)
