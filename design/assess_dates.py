"""Why assess reads dates by its own patterns: dateparser held against them, on phrases and on sentences without a time.

python design/assess_dates.py

Measured with dateparser 1.5.0 (`search_dates`, English, spans of time allowed): of 55 phrases of the tests it reads 8
right, of 720 sentences without a time it finds one in 204 ("a day", "may", "23 of 41", "we"). Before the parts of the
calendar were written it would have filled 7 of 39 gaps of a longer list of 145.
"""

import datetime
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dateparser.search import search_dates

from dronewall.assess.language.dates import dates
from dronewall.assess.language.edtf import anchor_of
from dronewall.assess.language.sentences import paragraphs, sentences
from tests.assess.articles import articles
from tests.assess.test_dates import ON_FRIDAY, TOGETHER

SETTINGS = {"RELATIVE_BASE": datetime.datetime(2025, 3, 7), "PREFER_DATES_FROM": "past", "RETURN_TIME_SPAN": True}


def theirs(text: str) -> list[str]:
    """The days that dateparser finds."""
    return [day.date().isoformat() for _, day in search_dates(text, languages=["en"], settings=SETTINGS) or []]


def main() -> None:
    warnings.simplefilter("ignore")
    anchor = anchor_of("2025-03-07")
    ours = right = added = 0
    for text, edtf in (*ON_FRIDAY, *TOGETHER):
        mine = [when.edtf for when in dates(text, anchor)[0]] == [edtf]
        other = "/".join(theirs(f"They came {text}.")) == edtf
        ours, right, added = ours + mine, right + other, added + (other and not mine)
    print(f"phrases: {len(ON_FRIDAY) + len(TOGETHER)}, own right {ours}, dateparser right {right}, added by it {added}")
    silent = made_up = 0
    for article in articles("tuned-*.txt") + articles("unseen-[1-9].txt"):
        for line in paragraphs(article.text):
            for span in sentences(article.text, line):
                text = article.text[span.start : span.end]
                if not dates(text, anchor)[0]:
                    silent += 1
                    made_up += bool(theirs(text))
    print(f"sentences in which the own patterns find no time: {silent}, dateparser finds one in {made_up}")


if __name__ == "__main__":
    main()
