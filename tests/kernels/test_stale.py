"""Compiled kernels do not outlive the sources that were compiled into them."""

import os
from pathlib import Path

from dronewall.kernels import forget_stale


def test_an_index_older_than_any_source_is_removed(tmp_path: Path) -> None:
    (tmp_path / "__pycache__").mkdir()
    for name, age_ns in (("a.py", 10), ("b.py", 30), ("__pycache__/a.nbi", 20), ("__pycache__/b.nbi", 40)):
        (tmp_path / name).write_text("")
        os.utime(tmp_path / name, ns=(age_ns, age_ns))
    assert forget_stale(tmp_path) == 1
    assert [path.name for path in tmp_path.glob("__pycache__/*")] == ["b.nbi"]
