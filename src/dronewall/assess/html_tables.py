"""Tables of an HTML page as rows of a text, for what the article's extraction makes of them.

On a short page trafilatura falls back to extractors that give a table's cells a line each, so that no figure has its
column any more. Here the page's data tables are read once more and put where their cells stand, or after the article.
"""

import re

from lxml import etree, html

_NO_ARTICLE = ("nav", "aside", "footer", "form", "header")
LONGEST_CELL = 160
LONGEST_SPAN = 60


def with_tables(source: str, text: str) -> tuple[str, frozenset[str]]:
    """The article's text, each data table of the page's source as rows between bars.

    Beside it the lines of headings that were put together from several rows, and so stand nowhere in the page.
    """
    together: set[str] = set()
    if "<table" not in source.lower():
        return text, frozenset()
    for rows, headings in _tables(source):
        if headings > 1:
            together.add(f"| {' | '.join(rows[0])} |")
        bars = "\n".join(f"| {' | '.join(row)} |" for row in rows)
        if _flat(bars.splitlines()[-1]) in {_flat(line) for line in text.splitlines() if "|" in line}:
            text = _in_place(text, bars)
            continue
        cells = [re.escape(cell) for row in rows for cell in row if cell]
        found = re.search(r"\s*\n\s*".join(cells), text)
        text = text[: found.start()] + bars + text[found.end() :] if found else f"{text}\n\n{bars}"
    return text, frozenset(together)


def _tables(source: str) -> list[tuple[list[list[str]], int]]:
    """The tables that hold figures under headings, as rows of cells, each with how many rows of headings it had."""
    try:
        page = html.document_fromstring(source)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return []
    found = []
    for table in page.iter("table"):
        apart = any(above.tag in _NO_ARTICLE for above in table.iterancestors())
        if apart or table.xpath(".//table"):
            continue
        headings = _heading_rows(table)
        rows = _headed([row for row in _grid(table) if any(row)], headings)
        cells = [cell for row in rows for cell in row]
        wide = len(rows) >= 2 and all(len(row) >= 2 for row in rows[1:]) and len(rows[0]) >= 2
        if wide and all(len(cell) <= LONGEST_CELL for cell in cells) and any(re.match(r"\D{0,3}\d", c) for c in cells):
            found.append((rows, headings))
    return found


def _in_place(text: str, bars: str) -> str:
    """The text with a table that the extraction laid out by itself under its full headings."""
    lines, rows = text.splitlines(), bars.splitlines()
    last = next(place for place, line in enumerate(lines) if "|" in line and _flat(line) == _flat(rows[-1]))
    first = last
    while first and "|" in lines[first - 1]:
        first -= 1
    laid = [_flat(line) for line in lines[first : last + 1] if not re.fullmatch(r"[\s|:-]+", line)]
    body = [_flat(row) for row in rows[1:]]
    # the same rows below more than one row of headings
    if len(laid) <= len(rows) or laid[-len(body) :] != body:
        return text
    return "\n".join([*lines[:first], *rows, *lines[last + 1 :]])


def _heading_rows(table: "html.HtmlElement") -> int:
    """How many rows at the top hold headings only."""
    count = 0
    for row in table.iter("tr"):
        if row.getparent().tag != "thead" and row.xpath("./td"):
            break
        count += any(_words(cell) for cell in row.xpath("./td|./th"))
    return count


def _grid(table: "html.HtmlElement") -> list[list[str]]:
    """The rows of a table; a cell that spans several columns or rows stands in each."""
    grid: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}
    for row in table.iter("tr"):
        line: list[str] = []
        for cell in row.xpath("./td|./th"):
            _fill(line, hanging)
            words = _words(cell)
            wide, high = (_span(cell.get(name)) for name in ("colspan", "rowspan"))
            for _ in range(wide):
                if high > 1:
                    hanging[len(line)] = (high - 1, words)
                line.append(words)
        _fill(line, hanging)
        grid.append(line)
    return grid


def _fill(line: list[str], hanging: dict[int, tuple[int, str]]) -> None:
    """Put the cells that hang down from the rows above at the end of a line that has reached them."""
    while len(line) in hanging:
        left, words = hanging.pop(len(line))
        if left > 1:
            hanging[len(line)] = (left - 1, words)
        line.append(words)


def _span(value: str | None) -> int:
    return min(max(int(value), 1), LONGEST_SPAN) if value is not None and value.strip().isdigit() else 1


def _headed(rows: list[list[str]], headings: int) -> list[list[str]]:
    """The rows with several rows of headings made one: "Drones" over "launched" is "Drones launched"."""
    if headings < 2 or headings >= len(rows):
        return rows
    width = max(len(row) for row in rows[:headings])
    columns = [[row[place] for row in rows[:headings] if place < len(row)] for place in range(width)]
    return [[" ".join(dict.fromkeys(filter(None, column))) for column in columns], *rows[headings:]]


def _words(cell: "html.HtmlElement") -> str:
    return re.sub(r"\s+", " ", cell.text_content()).replace("|", "/").strip()


def _flat(line: str) -> str:
    return re.sub(r"[\s|]+", " ", line).strip()
