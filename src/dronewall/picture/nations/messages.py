"""What may stand in a message between two nations: these fields and no other, checked on the way out and on the way in.

A frame is what travels: the sender, the one receiver, and parts in order, numbered for that receiver alone. A field
that is null was not released, or is not known: the receiver cannot tell which, and is not to.
"""

import json
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from dronewall.errors import BadInput
from dronewall.records.release import Nation
from dronewall.records.words import IdentityStatus, Label

VERSION: Final = 1
MOST_ITEMS: Final = 2_000
MOST_BYTES: Final = 900_000
"""A NATS server takes messages of 1 MiB; a frame stays below it, signature and all."""

IDENTITY: Final = r"^(icao|session):[0-9a-z._-]{1,48}$"
"""What may be said of an identity: a public address; never the serial of a drone, nor anything else."""

SharedId = Annotated[str, Field(pattern=r"^[A-Z]{2}-[A-Z2-7]{10}$")]
Name = Annotated[str, Field(min_length=1, max_length=64)]
Time = Annotated[int, Field(ge=0, lt=2**62)]
Degrees = Annotated[float, Field(ge=-180, le=180)]
Speed = Annotated[float, Field(ge=-3_000, le=3_000)]
Entry = Annotated[float, Field(ge=-1e12, le=1e12)]
Ring = Annotated[list[tuple[Degrees, Degrees]], Field(min_length=3, max_length=2_000)]


class Said(BaseModel):
    """An item, or a part of one: no other field, no NaN, no coercion."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


class SharedTrack(Said):
    """A track as its owner released it to one partner."""

    kind: Literal["track"] = "track"
    id: SharedId
    time_ns: Time
    status: Literal["confirmed", "coasting"]
    latitude_deg: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude_deg: Annotated[float, Field(ge=-180, le=180)] | None = None
    grid_m: Annotated[float, Field(gt=0, le=100_000)] | None = None
    stretch: Name | None = None
    altitude_hae_m: Annotated[float, Field(ge=-1_000, le=100_000)] | None = None
    velocity_mps: tuple[Speed, Speed, Speed | None] | None = None
    covariance: Annotated[tuple[Entry, ...], Field(min_length=36, max_length=36)] | None = None
    p_exists: Annotated[float, Field(ge=0, le=1)] | None = None
    label: Annotated[Label, Field(strict=False)] | None = None
    label_probability: Annotated[float, Field(ge=0, le=1)] | None = None
    identity: Annotated[str, Field(max_length=64, pattern=IDENTITY)] | None = None
    identity_status: Annotated[IdentityStatus, Field(strict=False)] | None = None
    sensors: Annotated[list[Name], Field(max_length=1_000)] | None = None
    sensor_places: Annotated[list[tuple[Degrees, Degrees]], Field(max_length=1_000)] | None = None
    detections: Annotated[int, Field(ge=0)] | None = None
    rows: Annotated[list[tuple[Name, int, int, int]], Field(max_length=1_000)] | None = None
    first_ns: Time | None = None
    last_ns: Time | None = None
    confirmed_ns: Time | None = None


class SharedGone(Said):
    """A track that ended or is no longer released; the receiver is not told which."""

    kind: Literal["gone"] = "gone"
    id: SharedId
    time_ns: Time


class SharedAlert(Said):
    """An alert that a person approved, or its approved end, as released to one partner."""

    kind: Literal["alert"] = "alert"
    id: SharedId
    revision: Annotated[int, Field(ge=1)]
    message: Literal["alert", "update", "cancel", "all_clear"]
    exercise: bool
    level: Annotated[int, Field(ge=1, le=3)] | None = None
    area: Annotated[list[Ring], Field(max_length=100)] | None = None
    stretches: Annotated[list[Name], Field(max_length=1_000)] | None = None
    headlines: dict[Annotated[str, Field(max_length=16)], Annotated[str, Field(max_length=400)]] | None = None
    texts: dict[Annotated[str, Field(max_length=16)], Annotated[str, Field(max_length=4_000)]] | None = None
    people: Annotated[int, Field(ge=0)] | None = None
    tracks: Annotated[list[SharedId], Field(max_length=1_000)] | None = None
    drafted_ns: Time | None = None
    approved_ns: Time | None = None
    expires_ns: Time | None = None


class SharedReceipt(Said):
    """What the receiver of an alert did with it: its program has it, a person there has seen it, or has taken it."""

    kind: Literal["receipt"] = "receipt"
    id: SharedId
    revision: Annotated[int, Field(ge=1)]
    word: Literal["received", "acknowledged"]
    authority: Annotated[str, Field(max_length=64, pattern=r"^[a-z0-9][a-z0-9._-]*$")] | None = None
    time_ns: Time


Item = SharedTrack | SharedGone | SharedAlert | SharedReceipt


class Part(Said):
    """What was said at once. `seq` counts one nation's parts for one partner, without gaps unless some lapsed.

    `fresh` says that the sender's program began anew: tracks of before that are not told again are gone.
    """

    seq: Annotated[int, Field(ge=1)]
    sent_ns: Time
    fresh: bool = False
    items: Annotated[list[Annotated[Item, Field(discriminator="kind")]], Field(max_length=MOST_ITEMS)]


class Frame(Said):
    """What travels: parts in order, after `prev`, the last that the receiver has. Without parts it is a heartbeat."""

    version: Literal[1] = 1
    sender: Nation
    to: Nation
    run: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    prev: Annotated[int, Field(ge=0)]
    sent_ns: Time
    exercise: bool
    parts: Annotated[list[Part], Field(max_length=1_000)] = []


_FRAME: Final = TypeAdapter(Frame)


def encoded(frame: Frame) -> bytes:
    """A frame as JSON, nulls left out."""
    return json.dumps(frame.model_dump(mode="json", exclude_none=True), separators=(",", ":")).encode()


def decoded(body: bytes) -> Frame:
    """A frame from bytes that anybody may have sent.

    Raises
    ------
    BadInput
        One sentence that names what is wrong and repeats nothing of what came.
    """
    if len(body) > MOST_BYTES:
        raise BadInput(f"a frame has at most {MOST_BYTES} bytes, this one has {len(body)}")
    try:
        read: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise BadInput("the frame is not JSON") from None
    version = read.get("version") if isinstance(read, dict) else None
    if type(version) is int and version != VERSION:
        raise BadInput(f"the frame is of schema version {version}, and this dronewall reads version {VERSION}")
    try:
        return _FRAME.validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"] if isinstance(part, int) or part in _FIELDS)
        raise BadInput(f"the frame's {where or 'fields'}: {first['type'].replace('_', ' ')}") from None


_FIELDS: Final = frozenset(
    name
    for model in (SharedTrack, SharedGone, SharedAlert, SharedReceipt, Part, Frame)
    for name in (*model.model_fields, "track", "gone", "alert", "receipt")
)
