"""The figures of assess: precision and recall per field on the invented articles, and many articles at once.

python benchmarks/assess.py                    the scores
python benchmarks/assess.py --articles 10000   and how long so many articles of 600 words take, in how much memory
"""

import argparse
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dronewall.assess.run import assess
from tests.assess.articles import articles, merges, score

PLACES = ("Lithuania", "Latvia", "Poland", "Kharkiv", "Sumy", "Odesa", "Gomel", "Yelabuga", "Narva", "Lublin", "Kyiv")
VOICES = (
    "The air force",
    "The border guard",
    "A spokesman for the ministry",
    "Governor Petrenko",
    "Analysts",
    "The plant's director",
)
FIGURES = (
    "{voice} said {n} drones crossed into {place} on {day} March 2025.",
    "{voice} said air defences shot down {n} of {m} drones over {place} overnight.",
    "{voice} told Reuters that the plant in {place} can build up to {m}00 drones a year.",
    "According to {voice}, at least {n} balloons drifted into {place} last week.",
    "The plan is to deliver about {m} FPV drones by the end of 2026, {voice} said.",
)
FILLER = (
    "Residents were told to stay indoors while crews looked at the damage, and schools in the district opened late.",
    "Officials declined to comment on how the aircraft had been found or which systems had been used against it.",
    "The neighbouring countries have asked for more radars along the border and a common picture of the low sky.",
    "Farmers in the area said that they had heard an engine shortly after midnight and then nothing until the morning.",
    "The minister thanked those on duty and announced that the procedures for warning people would be looked at again.",
)


WORDS = sorted({word.strip(".,").lower() for line in FILLER for word in line.split()})


def filler(rng: random.Random, sentences: int) -> str:
    """Sentences of these words in any order, so that two articles share no long run of words."""
    lines = (" ".join(rng.choices(WORDS, k=rng.randint(12, 24))).capitalize() + "." for _ in range(sentences))
    return " ".join(lines)


def write(folder: Path, count: int, words: int = 600) -> list[Path]:
    """So many articles of so many words; every fifth is a copy of one before, with another footer."""
    rng = random.Random(1)
    paths: list[Path] = []
    texts: list[str] = []
    for number in range(count):
        if number % 5 == 4:
            text = rng.choice(texts[-200:]) + f"\n\nReposted by outlet {number}"
        else:
            lines = [f"Drones near {rng.choice(PLACES)}: report {number}"]
            while sum(len(line.split()) for line in lines) < words:
                n = rng.randint(2, 900)
                m = n + rng.randint(1, 400)
                told = rng.choice(FIGURES).format(
                    voice=rng.choice(VOICES), n=n, m=m, place=rng.choice(PLACES), day=rng.randint(1, 28)
                )
                lines.append(f"{told} {filler(rng, 3)}" if rng.random() < 0.5 else filler(rng, 4))
            text = "\n\n".join(lines)
            texts.append(text)
        path = folder / f"{number:06}.txt"
        path.write_text(text + "\n", encoding="utf-8")
        paths.append(path)
    return paths


def many(count: int, workers: int) -> None:
    with tempfile.TemporaryDirectory(prefix="dronewall-") as name:
        folder = Path(name)
        paths = write(folder, count)
        for label, given in (("all new", paths[:-1]), ("one more", paths)):
            begin, spent = time.perf_counter(), _cpu_s()
            found = assess(given, folder / "out", workers=workers)
            took, cpu = time.perf_counter() - begin, _cpu_s() - spent
            roots = len({claim.root for claim in found.claims})
            copies = sum(1 for one in found.lineage.derivations if one.kind == "copy")
            print(
                f"{label}: {len(given)} articles, {len(found.claims)} mentions, {roots} roots, {copies} copies; "
                f"{took:.0f} s ({cpu:.0f} s of processor), {found.read} read anew"
            )
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        print(f"memory: {own / 1e6:.2f} GB, and {child / 1e6:.2f} GB for each of {workers} readers at most")
        print(f"page: {(folder / 'out' / 'report.html').stat().st_size / 1e6:.1f} MB")


def _cpu_s() -> float:
    parts = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in parts)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--articles", type=int, default=0, help="how many articles to time; 0 times none")
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--errors", action="store_true", help="say what went wrong, too (not of the held-out ones)")
    given = arguments.parse_args()
    for pattern in (
        "tuned-*.txt",
        "unseen-*.txt",
        "held-out-1.txt",
        "held-out-2.txt",
        "held-out-3.txt",
        "held-out-4.txt",
    ):
        sample = articles(pattern)
        if sample:
            total = score(sample)
            print(f"{pattern}: {len(sample)} articles\n{total.table()}\n")
            if given.errors and not pattern.startswith("held-out"):
                print("\n".join(total.errors))
    for pattern in ("lineage-*.txt", "roots-held-out-1.txt", "roots-unseen-2.txt"):
        with tempfile.TemporaryDirectory(prefix="dronewall-") as folder:
            roots = merges(articles(pattern), Path(folder))
        print(
            f"{pattern}: pairs rightly together {roots.together}, rightly apart {roots.apart}, "
            f"false merges {len(roots.false_merges)}, missed {len(roots.missed_merges)}"
        )
    if given.articles:
        many(given.articles, given.workers)


if __name__ == "__main__":
    main()
