"""The article in an HTML page: its words by trafilatura, its date and publisher by the page's own metadata.

Navigation, asides, captions and comments are pruned. Each code point of the article is traced back to the page's source,
so that a claim's `start` and `end` point into the file that was given.
"""

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from dronewall.assess.datelines import head_date
from dronewall.assess.html_tables import with_tables
from dronewall.assess.language.edtf import is_edtf

if TYPE_CHECKING:
    from dronewall.assess.reports import Report

_PRUNED = [
    "//figcaption",
    "//aside",
    "//nav",
    "//footer",
    "//form",
    "//*[contains(@class,'caption')]",
    "//*[contains(@class,'related')]",
    "//*[contains(@class,'newsletter')]",
    "//*[contains(@class,'share')]",
]
_DATE_META = re.compile(
    r"<meta\b[^>]*(?:property|name|itemprop)\s*=\s*[\"'](?:article:published_time|datePublished|dc\.date(?:\.issued)?|dcterms\.(?:created|date|issued)|publish[_-]?date|pubdate|date|parsely-pub-date|og:article:published_time)[\"'][^>]*>",
    re.IGNORECASE,
)
_JSON_DATE = re.compile(r"\"datePublished\"\s*:\s*\"(?P<date>\d{4}-\d{2}(?:-\d{2})?)")
_TIME_TAG = re.compile(
    r"<time\b[^>]*\bdatetime\s*=\s*[\"'](?P<date>\d{4}-\d{2}-\d{2})[^\"']*[\"'][^>]*(?:pubdate|published|itemprop\s*=\s*[\"']datePublished)[^>]*>|<time\b[^>]*(?:pubdate|published|itemprop\s*=\s*[\"']datePublished)[^>]*\bdatetime\s*=\s*[\"'](?P<date2>\d{4}-\d{2}-\d{2})",
    re.IGNORECASE,
)
_ARTICLE_TIME = re.compile(r"<time\b[^>]*\bdatetime\s*=\s*[\"'](?P<date>\d{4}-\d{2}-\d{2})", re.IGNORECASE)


def read_page(report: "Report") -> tuple["Report", list[str]]:
    """The report with the article's text instead of the page's source, and what there is to say about it."""
    from trafilatura import extract

    source = report.text
    notes = []
    pruned = source
    try:
        text = extract(
            pruned,
            include_comments=False,
            include_tables=True,
            favor_recall=True,
            prune_xpath=_PRUNED,
            deduplicate=False,
        )
    except Exception as error:
        text, notes = None, [f"could not be parsed as HTML ({type(error).__name__}); its tags were stripped"]
    if not text or len(text) < 40:
        text = _stripped(source)
    text, together = with_tables(source, text)
    title = re.search(r"<h1\b[^>]*>(.*?)</h1>", source, re.IGNORECASE | re.DOTALL) or re.search(
        r"<title\b[^>]*>(.*?)</title>", source, re.IGNORECASE | re.DOTALL
    )
    words = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", title[1]))).strip() if title else None
    if words and words[:60] not in text[: len(words) + 200]:
        text = f"{words}\n\n{text}"
    publisher = (
        report.publisher
        or _meta(source, "og:site_name")
        or _meta(source, "application-name")
        or _json_publisher(source)
    )
    published, where = report.published, report.published_from
    if published is None:
        published = _date(source)
        where = "metadata" if published else None
    if published is None:
        for line in [line.strip() for line in text.splitlines() if line.strip()][:6]:
            published = head_date(line, first=True)
            if published:
                where = "dateline"
                break
    url = report.url or _link(source)
    return (
        replace(
            report,
            text=text,
            publisher=publisher,
            published=published,
            published_from=where,
            url=url,
            title=words,
            places=_traced(source, text, together),
        ),
        notes,
    )


def _stripped(source: str) -> str:
    body = re.sub(
        r"<(script|style|nav|footer|aside|figcaption|head)\b.*?</\1\s*>", " ", source, flags=re.IGNORECASE | re.DOTALL
    )
    body = re.sub(r"</(?:p|div|h\d|li|tr|td|th|section|article)\s*>|<br\s*/?>", "\n", body, flags=re.IGNORECASE)
    return re.sub(r"[ \t]+", " ", html.unescape(re.sub(r"<[^>]*>", "", body))).strip()


def _meta(source: str, name: str) -> str | None:
    tag = re.search(rf"<meta\b[^>]*(?:property|name)\s*=\s*[\"']{re.escape(name)}[\"'][^>]*>", source, re.IGNORECASE)
    value = re.search(r"\bcontent\s*=\s*(?P<q>[\"'])(?P<text>.*?)(?P=q)", tag[0], re.DOTALL) if tag else None
    return html.unescape(value["text"]).strip() or None if value else None


def _json_publisher(source: str) -> str | None:
    found = re.search(r"\"publisher\"\s*:\s*\{[^{}]*?\"name\"\s*:\s*\"(?P<name>[^\"]{2,80})\"", source)
    return html.unescape(found["name"]) if found else None


def _link(source: str) -> str | None:
    found = re.search(r"<link\b[^>]*rel\s*=\s*[\"']canonical[\"'][^>]*>", source, re.IGNORECASE)
    address = re.search(r"\bhref\s*=\s*[\"']([^\"']+)", found[0]) if found else None
    return html.unescape(address[1]) if address else _meta(source, "og:url")


def _date(source: str) -> str | None:
    """The day of publication by the page's metadata; never a date of its furniture."""
    for tag in _DATE_META.finditer(source):
        value = re.search(r"\bcontent\s*=\s*[\"'](\d{4}-\d{2}(?:-\d{2})?)", tag[0])
        if value and is_edtf(value[1]):
            return value[1]
    found = _JSON_DATE.search(source)
    if found and is_edtf(found["date"]):
        return found["date"]
    timed = _TIME_TAG.search(source)
    if timed:
        return timed["date"] or timed["date2"]
    article = re.search(r"<article\b.*?</article\s*>", source, re.IGNORECASE | re.DOTALL)
    inside = set(_ARTICLE_TIME.findall(article[0])) if article else set()
    return inside.pop() if len(inside) == 1 else None


def _traced(source: str, text: str, together: frozenset[str]) -> tuple[int, ...]:
    """Where each code point of the article stands in the page's source; -1 where it cannot be told.

    Lines in `together` stand nowhere in the page.
    """
    shown: list[str] = []
    at: list[int] = []
    token = re.compile(
        r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|<[^>]*>|&(?:#\d+|#x[0-9a-f]+|\w+);|.", re.IGNORECASE | re.DOTALL
    )
    for match in token.finditer(source):
        piece = match[0]
        if piece[0] == "<" and len(piece) > 1:
            continue
        word = html.unescape(piece) if piece[0] == "&" else piece
        for character in word:
            if not character.isspace():
                shown.append(character)
                at.append(match.start())
    stream = "".join(shown)
    places = [-1] * len(text)
    cursor = 0
    for line in re.finditer(r"[^\n]+", text):
        if line[0] in together:
            continue
        kept = [i for i in range(line.start(), line.end()) if not text[i].isspace()]
        words = "".join(text[i] for i in kept)
        found = stream.find(words, cursor) if words else -1
        if found < 0 and words:
            found = stream.find(words)
        if found < 0:
            kept, words, found = _by_words(text, line.start(), line.end(), stream, cursor, places, at)
        for offset, index in enumerate(kept):
            if found >= 0:
                places[index] = at[found + offset]
        if found >= 0:
            cursor = found + len(words)
    return tuple(places)


def _by_words(
    text: str, start: int, end: int, stream: str, cursor: int, places: list[int], at: list[int]
) -> tuple[list[int], str, int]:
    """A line that stands in the page in other company (a table's row): each of its words by itself."""
    for word in re.finditer(r"[^\s|]+", text[start:end]):
        found = stream.find(word[0], cursor)
        if found < 0:
            continue
        for offset in range(len(word[0])):
            places[start + word.start() + offset] = at[found + offset]
        cursor = found + len(word[0])
    return [], "", cursor
