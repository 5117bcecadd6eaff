"""How many messages a second each decoder takes, on one core, beside others' decoders of the same bytes.

    make bench-formats [ARGS="--records 1000000"]

The others run in an environment of their own (`.cache/peer-formats`, made on first use): asterix-decoder and pymodes
are GPL. ASTERIX: a CAT 048 record over and over, the real one of CroatiaControlLtd/asterix where it lies beside the
checkout, else one of our writer. asterix-decoder and libasterix give every field; we give detections: place, time, id.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import sapient_tracked
from dronewall.formats import decoder
from dronewall.formats.asterix.encode import block
from tests.formats.samples import FRAMES, SAMPLES
from tests.formats.sapient.said import said, wire
from tests.shared import SHARED

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / ".cache" / "peer-formats"
WANTED = {"asterix-decoder==0.7.11", "pymodes==3.6.1"}
PEER = """
import json, sys, time
what, count = sys.argv[1], int(sys.argv[2])
data = sys.stdin.buffer.read()
if what == "asterix-decoder":
    import asterix
    asterix.parse(data[:48])
    began = time.process_time()
    found = sum(len(asterix.parse(data, verbose=False)) for _ in range(count))
else:
    import pyModeS
    frames = data.decode().split()
    began = time.process_time()
    found = 0
    for _ in range(count):
        for frame in frames:
            pyModeS.decode(frame)
            found += 1
print(json.dumps(found / (time.process_time() - began)))
"""


def ours(name: str, data: bytes, times: int, of: Callable[[object], int], **options: object) -> float:
    """Messages a second of CPU: the best of three runs over the data so many times."""
    best = 0.0
    for _ in range(3):
        one = decoder(name, {"from_file": True, "date_ns": 0, **options})
        one.feed(data[: len(data) // times], 0)
        before = of(one)
        began = time.process_time()
        one.feed(data, 0)
        one.end(0)
        best = max(best, (of(one) - before) / (time.process_time() - began))
    return best


def by_peer(what: str, data: bytes, times: int) -> float:
    """The same by another's decoder, in the environment of the peers."""
    python = PEERS / "bin" / "python"
    if not python.exists():
        uv = Path(sys.executable).with_name("uv")
        subprocess.run([uv, "venv", "-q", "-p", sys.executable, PEERS], check=True)
        subprocess.run([uv, "pip", "install", "-q", "--python", python, *sorted(WANTED)], check=True)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [python, "-c", PEER, what, str(times)], input=data, capture_output=True, check=True, env=environment
    )
    return float(json.loads(done.stdout))


def by_libasterix(record: bytes, times: int) -> float:
    """CAT 048 by libasterix: every record parsed, and the four fields read that we read."""
    from asterix import base
    from asterix import generated as editions

    began = time.process_time()
    for _ in range(times):
        (raw,) = base.RawDatablock.parse(base.Bits.from_bytes(record))
        (found,) = editions.Cat_048_1_32.cv_uap.parse(raw.get_raw_records())
        for name in ("040", "140", "090", "220"):
            found.get_item(name)
    return times / (time.process_time() - began)


def messages(one: object) -> int:
    return int(one.faults.messages)  # type: ignore[attr-defined]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--records", type=int, default=1_000_000)
    records = options.parse_args().records
    real = SHARED / "data" / "asterix" / "cat048.raw" if SHARED else None
    source = {"SAC": 25, "SIC": 201}
    made = {"010": source, "140": 43_200.0, "020": {"TYP": 5}, "040": {"RHO": 10.0, "THETA": 45.0}, "090": {"FL": 12.0}}
    record = real.read_bytes() if real and real.exists() else block(48, [{**made, "220": 0x4CA1FA}])
    whole = record * records
    plots = ours("asterix", whole, records, messages)
    decoded = by_peer("asterix-decoder", record * 1000, 20)
    library = by_libasterix(record, 3_000)
    rows = [
        ("CAT 048 records, to detections", plots, 200_000.0, {"asterix-decoder": decoded, "libasterix": library}),
    ]
    repeated = SAMPLES["beast"] * 200
    hexes = " ".join(frame.hex() for _, frame, _ in FRAMES).encode()
    place = [49.0, 2.5]
    squitters = ours("beast", repeated, 200, messages, receiver_deg=place)
    rows.append(("Mode S frames, to detections", squitters, 200_000.0, {"pymodes": by_peer("pymodes", hexes, 20)}))
    extras = ("trackInfo", "objectInfo", "predictionLocation", "behaviour", "associatedFile", "signal", "taskId")
    plain = dict.fromkeys((*extras, "associatedDetection", "derivedDetection"))
    reports = wire(*(said("detectionReport", time=f"2026-05-07T00:12:{n:02d}Z", **plain) for n in range(60))) * 100
    rows.append(("SAPIENT reports, judged, to detections", ours("sapient", reports, 100, messages), 20_000.0, {}))
    sapient_tracked.tracked(sapient_tracked.night(20, 5))  # kernels are compiled now
    tracked = sapient_tracked.tracked(sapient_tracked.night(300, 60))
    rows.append(("SAPIENT reports, judged, to tracks", tracked.per_second, 20_000.0, {}))
    print("messages a second of CPU time, one core")
    print(f"{'what':42} {'a second':>12} {'wanted':>12}  beside")
    for what, rate, wanted, others in rows:
        beside = ", ".join(f"{name} {other:,.0f} ({rate / other:.1f} x)" for name, other in others.items())
        print(f"{what:42} {rate:12,.0f} {wanted:12,.0f}  {beside}")
    print(f"Of {tracked.reports:,} reports: {tracked.found} of {tracked.targets} targets near a confirmed track.")


if __name__ == "__main__":
    main()
