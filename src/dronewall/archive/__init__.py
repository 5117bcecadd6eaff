"""Recordings and tables on disk: Parquet with zstd, columns as `docs/formats.md` names them, degrees and metres.

`files` writes so that nothing is ever half-written, and reads so that a broken file is one sentence; `columns` holds
the names, units and checks of every column; `looks` the list of looks; `recording` and `tracks` are the two kinds of
thing that are kept. To add a column: a line in `columns`, a line in the page.
"""

from dronewall.archive.columns import as_stored
from dronewall.archive.looks import Looking, Looks, RawFrames, RecordedRows, recorded
from dronewall.archive.recording import Recording, read_recording, write_recording
from dronewall.archive.stream import RecordingWriter, recording_writer
from dronewall.archive.streamed import streamed_scans
from dronewall.archive.tracks import read_tracks, track_batches, write_tracks

__all__ = [
    "Looking",
    "Looks",
    "RawFrames",
    "RecordedRows",
    "Recording",
    "RecordingWriter",
    "as_stored",
    "read_recording",
    "read_tracks",
    "recorded",
    "recording_writer",
    "streamed_scans",
    "track_batches",
    "write_recording",
    "write_tracks",
]
