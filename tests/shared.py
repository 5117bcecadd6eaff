"""Where the data that may not be committed lie, on machines that have them: a folder `shared` beside the checkout.

A test that needs them is parametrised over `shared_files(...)`. Where the folder is absent the list is empty, no such
test is collected, and one line at the end of the run says so; in CI (`CI=true`) an absent folder is an error.
"""

import os
from pathlib import Path

_BESIDE = Path(__file__).resolve().parents[2] / "shared"
SHARED: Path | None = _BESIDE if (_BESIDE / "bench").is_dir() else None

if SHARED is None and os.environ.get("CI") == "true":
    raise RuntimeError("CI must have the folder 'shared' beside the checkout; tests of real data would silently go")


def shared_files(*patterns: str) -> list[Path]:
    """The files in `shared` that match any of the patterns, sorted; empty where there is no such folder."""
    if SHARED is None:
        return []
    found = sorted({file for pattern in patterns for file in SHARED.glob(pattern)})
    if not found:
        raise FileNotFoundError(f"nothing in {SHARED} matches {', '.join(patterns)}")
    return found
