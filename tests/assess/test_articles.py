"""The grammar on invented articles: those that it was written with, those that mended it, and those held out."""

from pathlib import Path

import pytest

from tests.assess.articles import FIELDS, articles, merges, score


@pytest.mark.parametrize(
    "sample", ["tuned-*.txt", "unseen-*.txt", "held-out-1.txt", "held-out-2.txt", "held-out-3.txt"]
)
def test_figures_are_found_and_nothing_else(sample: str) -> None:
    total = score(articles(sample))
    assert total.precision() >= 0.95, total.errors
    assert total.recall() >= 0.9, total.errors


@pytest.mark.parametrize("name", ["value", *FIELDS])
def test_every_field_of_the_tuned_articles_holds(name: str) -> None:
    total = score(articles("tuned-*.txt"))
    assert total.field_precision(name) >= 0.95, total.errors
    assert total.field_recall(name) >= 0.9, total.errors


def test_spans_are_the_words_of_the_text() -> None:
    for article in articles():
        for claim in article.claims():
            assert article.text[claim.start : claim.end] == claim.quote


def test_roots_are_neither_merged_nor_split_wrongly(tmp_path: Path) -> None:
    found = merges(articles("lineage-*.txt"), tmp_path)
    assert found.together >= 10
    assert found.apart >= 100
    assert found.false_merges == []
    assert found.missed_merges == []


def test_plants_that_share_a_number_or_a_town_are_not_merged(tmp_path: Path) -> None:
    found = merges(articles("roots-unseen-2.txt"), tmp_path)
    assert found.apart >= 150
    assert found.false_merges == []


def test_no_roots_of_the_held_out_articles_are_merged_wrongly(tmp_path: Path) -> None:
    found = merges(articles("roots-held-out-1.txt"), tmp_path)
    assert found.together >= 20
    assert found.apart >= 150
    assert found.false_merges == []
