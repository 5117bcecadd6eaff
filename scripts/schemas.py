"""Write docs/schemas: a JSON Schema of every file that people or the program write. `--check` only compares.

Tables (Parquet) are described by the schema of one row as a JSON object; `x-arrow-type` is the column's type.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import TypeAdapter

from dronewall import SCHEMA_VERSION
from dronewall.archive.columns import FILE_NAMES
from dronewall.archive.tracks import SCHEMA as TRACKS
from dronewall.assess import claims as assessed
from dronewall.assess.model import Chain
from dronewall.assess.reports import Beside
from dronewall.assess.review import Review
from dronewall.picture.nations.messages import Frame
from dronewall.records.alert import Alert
from dronewall.records.coverage import CoverageAbout
from dronewall.records.event import Event
from dronewall.records.release import Rules
from dronewall.records.scenario import Scenario
from dronewall.records.scorecard import Scorecard
from dronewall.records.threat import Threat
from dronewall.records.wall import Wall
from dronewall.records.words import IdentityStatus, Label, TrackStatus

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "schemas"
WORDS = {
    "label": [str(label) for label in Label],
    "status": [str(status) for status in TrackStatus],
    "identity_status": [str(status) for status in IdentityStatus],
}
TEXT_COLUMNS = ("label", "identity", "reference_sensor")
POSITION = ("latitude_deg", "longitude_deg", "altitude_hae_m")
VELOCITY = ("velocity_east_mps", "velocity_north_mps", "velocity_up_mps")
DETECTIONS = pa.schema(
    [pa.field(name, pa.int64(), nullable=False) for name in ("time_ns", "received_ns", "scan")]
    + [pa.field("sensor", pa.string(), nullable=False)]
    + [pa.field(name, pa.float64()) for name in FILE_NAMES.values()]
    + [pa.field(name, pa.string()) for name in TEXT_COLUMNS]
)
SCANS = pa.schema(
    [pa.field("sensor", pa.string(), nullable=False)]
    + [pa.field(name, pa.int64(), nullable=False) for name in ("scan", "time_ns", "end_ns")]
)
TRUTH = pa.schema(
    [pa.field("time_ns", pa.int64(), nullable=False), pa.field("target", pa.string(), nullable=False)]
    + [pa.field(name, pa.float64(), nullable=False) for name in (*POSITION, *VELOCITY)]
    + [pa.field("label", pa.string(), nullable=False), pa.field("cooperative", pa.bool_(), nullable=False)]
)


def json_type(kind: pa.DataType) -> dict[str, Any]:
    if pa.types.is_integer(kind):
        return {"type": "integer"}
    if pa.types.is_floating(kind):
        return {"type": "number"}
    if pa.types.is_boolean(kind):
        return {"type": "boolean"}
    if pa.types.is_fixed_size_list(kind):
        return {
            "type": "array",
            "items": json_type(kind.value_type),
            "minItems": kind.list_size,
            "maxItems": kind.list_size,
        }
    if pa.types.is_list(kind):
        return {"type": "array", "items": json_type(kind.value_type)}
    return {"type": "string"}


def row_schema(title: str, schema: pa.Schema, required: tuple[str, ...]) -> Mapping[str, Any]:
    """The JSON Schema of one row of a table."""
    properties = {}
    for field in schema:
        described: dict[str, Any] = json_type(field.type)
        if field.name in WORDS:
            described["enum"] = WORDS[field.name]
        if field.name not in required:
            described = {"anyOf": [described, {"type": "null"}]}
        properties[field.name] = described | {"x-arrow-type": str(field.type)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": f"One row of {title}; the file's metadata hold schema_version = {SCHEMA_VERSION} and program.",
        "type": "object",
        "properties": properties,
        "required": list(required),
    }


def required(schema: pa.Schema) -> tuple[str, ...]:
    return tuple(field.name for field in schema if not field.nullable)


CLAIM_WORDS = {
    "measure": assessed.MEASURES,
    "bound": assessed.BOUNDS,
    "per": (*assessed.PERIODS, None),
    "object_class": assessed.CLASSES,
    "modality": assessed.MODALITIES,
    "status": (*assessed.STATUSES, None),
    "source_grade": tuple("ABCDEF"),
    "item_grade": tuple("123456"),
}


def claim_schema() -> Mapping[str, Any]:
    """The JSON Schema of one line of `claims.jsonl`."""
    schema = TypeAdapter(assessed.Claim).json_schema()
    for name, words in CLAIM_WORDS.items():
        schema["properties"][name] |= {"enum": list(words)}
    return schema


def schemas() -> Mapping[str, Mapping[str, Any]]:
    """File name -> JSON Schema."""
    always = tuple(name for name in TRACKS.names if name not in ("identity", "label_probability"))
    return {
        "wall.schema.json": Wall.model_json_schema(),
        "release.schema.json": Rules.model_json_schema(),
        "frame.schema.json": Frame.model_json_schema(),
        "scenario.schema.json": Scenario.model_json_schema(),
        "detections.schema.json": row_schema("detections.parquet", DETECTIONS, required(DETECTIONS)),
        "scans.schema.json": row_schema("scans.parquet", SCANS, required(SCANS)),
        "truth.schema.json": row_schema("truth.parquet", TRUTH, required(TRUTH)),
        "tracks.schema.json": row_schema("tracks.parquet", TRACKS, always),
        "alert.schema.json": TypeAdapter(Alert).json_schema(),
        "event.schema.json": TypeAdapter(Event).json_schema(),
        "threat.schema.json": Threat.model_json_schema(),
        "scorecard.schema.json": Scorecard.model_json_schema(by_alias=True),
        "coverage.schema.json": CoverageAbout.model_json_schema(),
        "claim.schema.json": claim_schema(),
        "review.schema.json": Review.model_json_schema(),
        "chain.schema.json": Chain.model_json_schema(by_alias=True),
        "report.schema.json": Beside.model_json_schema(),
    }


def main() -> int:
    check = sys.argv[1:] == ["--check"]
    FOLDER.mkdir(parents=True, exist_ok=True)
    stale = []
    for name, schema in schemas().items():
        text = json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        file = FOLDER / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not check:
                file.write_text(text, encoding="utf-8")
    if stale:
        print(f"{'stale' if check else 'written'}: {', '.join(stale)}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
