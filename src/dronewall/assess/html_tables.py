"""Tables of an HTML page as rows of a text, for what the article's extraction makes of them.

On a short page trafilatura falls back to extractors that give a table's cells a line each, so that no figure has its
column any more. Here the page's data tables are read once more and put where their cells stand, or after the article.
"""

import re

from lxml import etree, html

_NO_ARTICLE = ("nav", "aside", "footer", "form", "header")
LONGEST_CELL = 160


def with_tables(source: str, text: str) -> str:
    """The article's text, each data table of the page's source as rows between bars."""
    if "<table" not in source.lower():
        return text
    for rows in _tables(source):
        bars = "\n".join(f"| {' | '.join(row)} |" for row in rows)
        if _flat(bars.splitlines()[-1]) in {_flat(line) for line in text.splitlines() if "|" in line}:
            continue
        cells = [re.escape(cell) for row in rows for cell in row if cell]
        found = re.search(r"\s*\n\s*".join(cells), text)
        text = text[: found.start()] + bars + text[found.end() :] if found else f"{text}\n\n{bars}"
    return text


def _tables(source: str) -> list[list[list[str]]]:
    """The tables that hold figures under headings, as rows of cells."""
    try:
        page = html.document_fromstring(source)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return []
    found = []
    for table in page.iter("table"):
        apart = any(above.tag in _NO_ARTICLE for above in table.iterancestors())
        if apart or table.xpath(".//table"):
            continue
        rows = [[_words(cell) for cell in row.xpath("./td|./th")] for row in table.iter("tr")]
        rows = [row for row in rows if any(row)]
        cells = [cell for row in rows for cell in row]
        wide = len(rows) >= 2 and all(len(row) >= 2 for row in rows[1:]) and len(rows[0]) >= 2
        if wide and all(len(cell) <= LONGEST_CELL for cell in cells) and any(re.match(r"\D{0,3}\d", c) for c in cells):
            found.append(rows)
    return found


def _words(cell: "html.HtmlElement") -> str:
    return re.sub(r"\s+", " ", cell.text_content()).replace("|", "/").strip()


def _flat(line: str) -> str:
    return re.sub(r"[\s|]+", " ", line).strip()
