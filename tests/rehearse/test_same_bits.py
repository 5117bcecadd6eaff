"""A seed is a night: the same from one version to the next, on any worker, and on any processor but for millimetres.

The digests are of the night as it was when seeds were set aside to be judged on (design/rezekne_seeds.md). A change
that moves them makes another night of every seed, and whatever was measured on those nights has to be measured again.
"""

import json
import os
import subprocess
import sys
from zlib import crc32

import numpy as np
import pytest

from dronewall.records.detection import Column
from tests.rehearse.night import smooth_night

REZEKNE = {1: (3_775_544_403, 7_399), 3: (3_366_889_583, 6_524)}
FOLD = """
import json, sys
from tests.rehearse.night import smooth_night
from tests.rehearse.test_same_bits import drawn, measured
night = smooth_night(3, 600.0)
print(json.dumps([drawn(night), measured(night)]))
"""


def drawn(night) -> int:
    """A digest of everything that is a whole number: which look saw what, and when."""
    found = 0
    for part in (night.sensor_of, night.scan, night.time_ns, night.rows_of, night.origin):
        found = crc32(np.ascontiguousarray(part.astype(np.int64)).tobytes(), found)
    return found


def measured(night) -> list[float]:
    """Sums of what was measured, by column."""
    return [float(np.nansum(night.detections.values[:, column])) for column in Column]


@pytest.mark.parametrize("seed", [1, 3])
def test_the_night_of_a_seed_is_what_it_was(seed):
    night = smooth_night(seed, 1200.0)
    assert (drawn(night), len(night.origin)) == REZEKNE[seed]


def test_another_instruction_set_gives_the_same_events_and_places():
    environment = os.environ | {"NPY_DISABLE_CPU_FEATURES": "X86_V4"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FOLD], capture_output=True, text=True, check=True, env=environment
    )
    events, sums = json.loads(done.stdout)
    here = smooth_night(3, 600.0)
    assert events == drawn(here)
    assert sums == pytest.approx(measured(here), rel=1e-12, abs=1e-9)
