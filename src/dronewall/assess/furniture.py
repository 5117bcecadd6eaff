"""What in a text is no report: navigation, captions, headlines of other articles, appeals to subscribe.

Such lines are kept in the text (places are not moved) but give no claims. `furniture` names each, so that the report page
can show why a number was passed over.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from dronewall.assess.language.spans import Span

_CAPTION = re.compile(
    r"(?:^|[.\s(|])(?:image|photo|picture|pic|credit|photograph|illustration|illustrative (?:photo|image)|file (?:photo|image)|screenshot|archive photo|photo credit|courtesy|caption|video|infographic|graphic)s?\s*(?:credits?|source|by|courtesy)?\s*[:/©]|"
    r"\((?:photo|image|AP Photo|Photo by|Illustration|file)\b[^)]*\)\s*$|©\s*(?:Getty|Reuters|AFP|AP|EPA)|\b(?:Getty Images|Shutterstock|AP Photo|EPA-EFE|Anadolu via Getty|/AFP|REUTERS/\w+)\b",
    re.IGNORECASE,
)
_POINTER = re.compile(
    r"^\W*(?:may be interested in|you may (?:also )?(?:like|be interested)|read (?:also|more|next|on)|also read|see also|related(?:\s+(?:articles?|news|stories|topics|posts|content))?|more on (?:this|the topic)|more from|don['’]t miss|"
    r"recommended(?: for you)?|watch(?: now| also| live)?\s*[:|]|listen|trending|most (?:read|popular|viewed|shared)|popular(?: now| posts| news)?\s*$|latest (?:news|stories|headlines)|top stories|editor['’]s picks?|other news|previously on|earlier on this topic|read the full|click here|"
    r"similar content|check out our other content|sponsored|advertisement|promoted|in other news|breaking now)\b",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"^\W*(?:similar content|related(?:\s+(?:articles?|news|stories|topics|posts|content))?|you may also like|more (?:news|stories|from)\b.*|most (?:read|popular|viewed|shared)|recommended(?: for you)?|trending(?: now)?|latest (?:news|stories|headlines)|top stories|editor['’]s picks?|other news|"
    r"check out our other content|read (?:also|next|more)|see also|comments?|leave a (?:reply|comment)|about the author|share this(?: article| story)?|spelling error report|popular(?: now| posts| news)?|don['’]t miss|in other news|sponsored(?: content)?|more on this(?: story)?)\W*(?:\(\d+\))?\W*$",
    re.IGNORECASE,
)
_CHROME = re.compile(
    r"^\W*(?:no menu items|menu|home\b(?:\s*[>»|/›].*)?$|search\b.{0,12}$|log ?in|sign (?:in|up)|subscribe|register|newsletter|follow us|share\b|tweet|print\b.{0,20}$|email\b.{0,20}$|copy link|skip to|back to top|cookie|we use cookies|accept (?:all|cookies)|privacy|terms of|all rights reserved|copyright|©|\(c\)|"
    r"advertis|tags?\s*:|categories?\s*:|filed under|topics?\s*:|donate|support (?:us|our)|contact us|about us|rss|loading|play video|if you have (?:found|spotted)|spelling error|the following text will be sent|you have \w+ (?:free )?article|you have free article|"
    r"subscribe for|for unlimited access|join (?:us|our|the)\b.{0,30}(?:telegram|whatsapp|channel|newsletter)|download (?:our|the) app|get the latest|by (?:submitting|signing)|this site|enable javascript|your email|min(?:ute)?s? read|\d+ (?:min|minutes?)(?: read)?$|\d+ comments?$|\d[\d,.]* (?:views|shares|likes)\b)",
    re.IGNORECASE,
)
_PAYWALL = re.compile(
    r"free article\(?s?\)? remaining|subscribe (?:now |today )?(?:for|to) (?:unlimited|continue|read)|already a subscriber|unlock this article|to continue reading|this content is for (?:members|subscribers)|article\(s\) remaining|log in to read",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"\b(?:facebook|pinterest|whatsapp|twitter|telegram|linkedin|reddit|x|instagram|viber|messenger)\b", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.!?…][\"”’»)]*$")


def furniture(text: str, lines: Sequence[Span]) -> dict[int, str]:
    """Which paragraphs (by their index) are furniture, and of which kind; the title is none."""
    words = [text[line.start : line.end] for line in lines]
    marked: dict[int, str] = {}
    title = headline(words)
    tail = _tail(words)
    for index, line in enumerate(words):
        if tail is not None and index >= tail:
            marked[index] = "after the article"
        elif _PAYWALL.search(line) and len(line) < 200:
            marked[index] = "paywall"
        elif index != title and _is_pointer(line, words[index - 1] if index else ""):
            marked[index] = "pointer to another article"
        elif _CAPTION.search(line) and len(line) < 360 and (len(re.findall(r"[.!?](?:\s|$)", line)) <= 3):
            marked[index] = "caption"
        elif (
            (_CHROME.match(line) and len(line) < 180)
            or (len(line) < 90 and len(_SHARE.findall(line)) >= 3)
            or _glued(line, words, index)
        ):
            marked[index] = "navigation"
        elif title is not None and index > title and _same(line, words[title]):
            marked[index] = "the title again"
        elif title is not None and index > title and _heading(line) and not _is_data(line):
            marked[index] = "headline"
        elif index and _same(line, words[index - 1]):
            marked[index] = "said twice"
    return marked


def headline(words: Sequence[str]) -> int | None:
    """The index of the article's title: the first line of its head that reads like one."""
    for index, line in enumerate(words[:6]):
        if _CHROME.match(line) or _POINTER.match(line) or _glued(line, words, index) or _PAYWALL.search(line):
            continue
        if 12 <= len(line) <= 220 and not re.match(
            r"^\W*(?:\d{1,2}[:.]\d{2}|\d{1,2}\s+\w+\s+\d{4}|\w+\s+\d{1,2},\s+\d{4})", line
        ):
            if line.startswith(("•", "- ", "* ")) or (re.search(r"\.[\"”’]?$", line) and len(line) > 110):
                return None
            if (
                re.match(
                    r"(?:source|published|publisher|date|by|author|updated|issued by)\b\s*[:\s]", line, re.IGNORECASE
                )
                and len(line) < 80
            ):
                continue
            return index
    return None


def _tail(words: Sequence[str]) -> int | None:
    """Where the article ends and the rest of the page begins."""
    for index, line in enumerate(words):
        if index >= len(words) * 0.3 and index > 2 and _TAIL.match(line) and len(line) < 60:
            rest = words[index + 1 :]
            prose = [len(one) > 220 and bool(_SENTENCE_END.search(one)) for one in rest]
            # a box in the middle: the article goes on with paragraphs of its own
            if sum(prose) >= 2 and any(a and b for a, b in pairwise(prose)):
                continue
            return index
    return None


def _is_pointer(line: str, before: str) -> bool:
    if _POINTER.match(line) and len(line) < 220:
        return True
    # a bare pointer has its headline on the next line
    return (
        bool(_POINTER.match(before))
        and len(before) < 40
        and before.rstrip().endswith(":")
        and not _SENTENCE_END.search(line)
    )


def _glued(line: str, words: Sequence[str], index: int) -> bool:
    """A breadcrumb glued to the title: the next lines repeat its end."""
    return any(
        len(_flat(other)) >= 15
        and len(line) > len(other)
        and _flat(line).endswith(_flat(other))
        and len(line) - len(other) < 80
        for other in words[index + 1 : index + 4]
    )


def _flat(line: str) -> str:
    return re.sub(r"[\W_]+", " ", line.replace("’", "'")).strip().lower()


def _same(line: str, other: str) -> bool:
    return len(line) > 15 and _flat(line) == _flat(other)


def _heading(line: str) -> bool:
    """A line in title case that is no sentence."""
    if (
        len(line) > 130
        or re.search(r"[.…:;][\"”’»)]*$", line)
        or line.startswith(("•", "-", "*", "–", "—", "|", "Source:"))
    ):
        return False
    tokens = [word for word in re.findall(r"[A-Za-zÀ-ž'’]+", line) if len(word) > 3]
    return (
        len(tokens) >= 3 and sum(word[0].isupper() for word in tokens) >= 0.7 * len(tokens) and len(line.split()) >= 4
    )


def _is_data(line: str) -> bool:
    """A row of a table, an entry of a live blog, or a labelled figure."""
    return bool(re.search(r"\||\t|^\W*\d{1,2}[:.]\d{2}\b|:\s*(?:about |up to |over )?[\d~]", line))
