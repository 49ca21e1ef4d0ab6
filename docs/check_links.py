"""Every link of the built site leads somewhere: ``python docs/check_links.py SITE [--external]``.

And no page loads anything from elsewhere: it may link to other sites and asks them nothing by itself.
Links within the site always, with the place on the page they point to; those that leave it only with
``--external``, since the build has to pass without a network.
"""

from __future__ import annotations

import argparse
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag
from urllib.request import Request, urlopen


class Page(HTMLParser):
    """The links of a page and the places that can be pointed at."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.places: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the links and names of one element."""
        told = dict(attrs)
        self.places |= {told[key] or "" for key in ("id", "name") if key in told}
        for key in ("href", "src"):
            if told.get(key) and tag in ("a", "img", "link", "script", "source"):
                self.links.append(told[key] or "")
        if tag != "a" and told.get("rel") not in ("canonical", "license", "author"):
            loaded = (told.get(key) or "" for key in ("href", "src", "srcset", "data", "poster"))
            self.loaded += [link for link in loaded if link.startswith(("http:", "https:", "//"))]


def read(path: Path) -> Page:
    """Read a page's links."""
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def broken(site: Path) -> tuple[list[str], set[str]]:
    """Return what leads nowhere within the site, and the links that leave it."""
    pages = {path.resolve(): read(path) for path in site.rglob("*.html")
             if "_static" not in path.parts}  # fmt: skip
    wrong, outside = [], set()
    for path, page in pages.items():
        where = path.relative_to(site.resolve())
        wrong += [f"{where}: {link} is loaded from another site" for link in page.loaded]
        for link in page.links:
            if link.startswith(("http://", "https://")):
                outside.add(urldefrag(link)[0])
                continue
            if link.startswith(("mailto:", "data:", "javascript:")):
                continue
            file, place = urldefrag(unquote(link))
            target = (path.parent / file.split("?")[0]).resolve() if file else path
            target = target / "index.html" if target.is_dir() else target
            if not target.exists():
                wrong.append(f"{where}: {link} is not there")
            elif place and target in pages and place not in pages[target].places:
                wrong.append(f"{where}: {link} names no place there")
    for sheet in site.rglob("*.css"):
        asked = re.findall(r"(?:url\(|@import\s)\s*[\"']?((?:https?:)?//[^\s\"')]+)",
                           sheet.read_text(encoding="utf-8"))  # fmt: skip
        wrong += [
            f"{sheet.relative_to(site)}: {link} is loaded from another site" for link in asked
        ]
    for line in (site / "llms.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("- [") and not (site / line.split("](")[1].split(")")[0]).exists():
            wrong.append(f"llms.txt: {line} leads nowhere")
    return wrong, outside


def answers(link: str) -> bool:
    """Whether a page out there answers."""
    request = Request(link, headers={"User-Agent": "Mozilla/5.0 (links of the sleepstats docs)"})
    try:
        with urlopen(request, timeout=20) as reply:
            return bool(reply.status < 400)
    except OSError:
        return False


def main() -> int:
    """Check a site and say what is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("--external", action="store_true")
    told = parser.parse_args()
    wrong, outside = broken(told.site)
    if told.external:
        wrong += [f"{link} does not answer" for link in sorted(outside) if not answers(link)]
    print("\n".join(wrong) or f"all links lead somewhere ({len(outside)} leave the site)")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
