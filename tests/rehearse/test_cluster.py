"""Nights on Ray: one worker, two workers and none give the same scorecard."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dronewall.errors import Unavailable
from dronewall.workers import cluster
from tests.rehearse.hamlet import write_hamlet

PLAY = """
import sys
from pathlib import Path
from dronewall.rehearse.order import Order
from dronewall.rehearse.run import run
from dronewall.workers.cluster import OnRay
from dronewall.workers.pool import Here

wall, scenario, output, processors = sys.argv[1:]
order = Order(name=None, wall_path=Path(wall), scenario_path=Path(scenario), nights=4, seed=1)
pool = Here() if processors == "0" else OnRay("local", processors=int(processors))
run(order, Path(output), pool, now_ns=lambda: 0)
"""


@pytest.mark.long
def test_one_and_two_ray_workers_make_the_scorecard_of_this_process(tmp_path):
    """Each in a process of its own: Ray leaves threads and warnings behind."""
    paths = write_hamlet(tmp_path)
    cards = []
    for processors in ("0", "1", "2"):
        output = tmp_path / f"on-{processors}"
        command = [sys.executable, "-c", PLAY, *map(str, paths), str(output), processors]
        where = str(Path(cluster.__file__).parents[2])
        environment = os.environ | {"PYTHONPATH": where, "RAY_USAGE_STATS_ENABLED": "0"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr
        card = json.loads((output / "scorecard.json").read_text())
        del card["run"]
        cards.append(json.dumps(card, sort_keys=True))
    assert cards[0] == cards[1] == cards[2]


def test_without_ray_the_sentence_says_what_to_install(monkeypatch):
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(cluster, "import_module", missing)
    with pytest.raises(Unavailable, match=r"pip install 'dronewall\[ray\]', or use --workers"):
        cluster.OnRay("auto")
