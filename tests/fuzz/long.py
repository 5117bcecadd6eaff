"""Minutes of fuzzing for each decoder: nothing raises, nothing hangs, memory stays, and each rejected message is kept.

    make fuzz [ARGS="--seconds 600 --formats asterix,sapient"]

A mutation of a sample, or of an earlier mutation that a decoder told apart in a new way (a reason that was not counted
before), is fed in random pieces. It differs from `test_formats.py` in how long it goes on and in what it learns from.
"""

import argparse
import gc
import random
import resource
import sys
import time
from collections.abc import Iterator

from dronewall.formats import PARTS, decoder
from tests.formats.samples import SAMPLES
from tests.fuzz.test_formats import NOW_NS, check

SLOWEST_S = 2.0
MOST_GROWTH_MIB = 64
MOST_KNOWN = 400
LONGEST = 200_000


def mutations(rng: random.Random, known: list[bytes]) -> Iterator[bytes]:
    """One stream after another: bits, runs, cuts, doublings, pieces of others, numbers at their ends."""
    edges = (
        b"\x00",
        b"\xff",
        b"\x7f\xff\xff\xff",
        b"\x80\x00\x00\x00",
        b"-1",
        b"9" * 400,
        b"null",
        b"\xed\xa0\x80",
        b"\n",
    )
    while True:
        data = bytearray(rng.choice(known))
        for _ in range(rng.choice((1, 1, 2, 4, 16))):
            at, much = rng.randrange(len(data) + 1), rng.choice((1, 2, 4, 16, 64, 512))
            how = rng.randrange(7)
            if how == 0 and at < len(data):
                data[at] ^= 1 << rng.randrange(8)
            elif how == 1:
                data[at : at + much] = rng.randbytes(much)
            elif how == 2:
                del data[at : at + much]
            elif how == 3:
                data[at:at] = data[at : at + much] * rng.choice((1, 2, 8))
            elif how == 4:
                other = rng.choice(known)
                first = rng.randrange(len(other) + 1)
                data[at:at] = other[first : first + much]
            else:
                edge = rng.choice(edges)
                data[at : at + (len(edge) if how == 5 else 0)] = edge
        yield bytes(data[:LONGEST])


def fuzz(name: str, seconds: float, seed: int) -> str:
    """Fuzz one decoder for so long; what was seen, in a line."""
    rng, known, seen = random.Random(f"{name} {seed}"), [SAMPLES[name]], set()
    streams = mutations(rng, known)
    check(decoder(name, {}).feed(SAMPLES[name], NOW_NS))  # kernels are compiled now
    runs, slowest_s, grown, ends = 0, 0.0, 0, time.monotonic() + seconds
    before = 0
    for stream in streams:
        if time.monotonic() > ends:
            break
        options = {"from_file": bool(runs % 2), "date_ns": NOW_NS if runs % 2 else None, "datagrams": runs % 3 == 0}
        one = decoder(name, options)
        began = time.process_time()
        at = 0
        while at < len(stream):
            much = rng.choice((1, 7, 100, 4_096, len(stream)))
            check(one.feed(stream[at : at + much], NOW_NS))
            at += much
        check(one.end(NOW_NS))
        slowest_s = max(slowest_s, time.process_time() - began)
        assert slowest_s < SLOWEST_S, f"{name}: {len(stream)} bytes took {slowest_s:.1f} s"
        assert one.faults.count == sum(one.faults.reasons.values())
        assert len(one.faults.last) == min(one.faults.count, one.faults.last.maxlen or 0), f"{name}: not kept"
        told = frozenset((*one.faults.reasons, *one.faults.unread))
        if told not in seen and len(known) < MOST_KNOWN:
            seen.add(told)
            known.append(stream)
        runs += 1
        if runs == 300:
            gc.collect()
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    gc.collect()
    if before:
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
        assert grown < MOST_GROWTH_MIB, f"{name}: memory grew by {grown} MiB"
    told_apart = f"{runs:8,} streams, {len(seen):4} ways told apart"
    return f"{name:18} {told_apart}, slowest {slowest_s * 1e3:6.1f} ms, memory +{grown} MiB"


def main() -> None:
    options = argparse.ArgumentParser(description="Fuzz every decoder.")
    options.add_argument("--seconds", type=float, default=600.0, help="for each (%(default)s)")
    options.add_argument("--formats", default=",".join(sorted(PARTS)), help="left out: all")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    for name in given.formats.split(","):
        print(fuzz(name, given.seconds, given.seed), flush=True)


if __name__ == "__main__":
    sys.exit(main())
