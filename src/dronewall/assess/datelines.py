"""The date in the head of a text: a line that says when it was published, or the dateline before its first sentence."""

import re

from dronewall.assess.language.dates import dates

_STAMP = re.compile(
    r"^(?:(?:published|posted|date|dated|updated|released|issued|last updated|publication date|on)\s*(?:on|at)?\s*[:,]?\s*)",
    re.IGNORECASE,
)
_DATELINE = re.compile(
    r"^(?P<place>[A-ZÀ-ÞŠŽČ][\w'’.\- ]{2,30}(?:,\s*[A-Z][A-Za-z. ]+)?)(?:,|\s[—–-]|\s\()\s*(?P<date>[^—–]{4,40}?)\s*(?:\([^)]{2,30}\)\s*)?(?:[—–:/]|-\s|$)"
)


def head_date(line: str, *, first: bool) -> str | None:
    """The full date that a line of a text's head gives as its own: a stamp, or the dateline before the first sentence."""
    stamped = _STAMP.match(line)
    if re.search(r"©|\(c\)|copyright|similar|related|may be interested|read also", line, re.IGNORECASE):
        return None
    candidates = [line] if (stamped or len(line) <= 60) else []
    dateline = _DATELINE.match(line)
    if dateline and first:
        candidates.append(dateline["date"])
    for words in candidates:
        whens, _ = dates(words, None)
        full = [when for when in whens if when.edtf and re.fullmatch(r"\d{4}-\d\d-\d\d", when.edtf)]
        if len(full) != 1:
            continue
        rest = words[: full[0].start] + " " + words[full[0].end :]
        rest = re.sub(
            r"\b\d{1,2}[:.]\d{2}(?::\d{2})?\b|\b(?:a\.?m|p\.?m|UTC|GMT|EET|EEST|CET|CEST|MSK|by|at|on|min read|Updated|Published)\b",
            " ",
            _STAMP.sub("", rest),
            flags=re.IGNORECASE,
        )
        if words is not line or stamped or len(re.findall(r"[A-Za-z]{2,}", rest)) <= 5:
            return full[0].edtf
    return None
