"""What the compiled engine works on: arrays by name, one row per track, sensor, look or detection.

Numbers only, so that one look, or a whole recording, is one call without a Python object per detection.
"""

from typing import NamedTuple

from dronewall.units import Bools, Floats, Ints

# Entries of `State`: what changes beside the tracks.
TRACKS, LAST_KEY, LAST_NUMBER, PAIRS, NEWS = 0, 1, 2, 3, 4
STATE = 5

# Columns of what a sensor's looks have taught of how often something new is in view.
LOOKS, ARRIVED = 0, 1

# Fates of detections, in the order of `dronewall.tracking.fates.WORDS`.
TRACK, BIRTH, CLUTTER, PRESENCE, LATE, REFUSED, PENDING = 0, 1, 2, 3, 4, 5, 6


class TrackColumns(NamedTuple):
    """Arrays of `dronewall.tracking.bank.Bank`, with room; what they hold is said there."""

    key: Ints
    number: Ints
    time_ns: Ints
    first_ns: Ints
    last_ns: Ints
    confirmed_ns: Ints
    physical_ns: Ints
    claim_ns: Ints
    detections: Ints
    classed_ns: Ints
    identity: Ints
    conflict: Floats
    doubt: Floats
    x: Floats
    P: Floats
    mu: Floats
    manner: Floats
    r: Floats
    signature: Floats
    classes: Floats
    feature: Floats
    seen: Bools
    lost: Bools
    where: Floats
    plot_ns: Ints
    plot_sensor: Ints
    plot: Floats
    plot_other_ns: Ints


class SensorColumns(NamedTuple):
    """The plot sensors of a wall, by index [shape=(sensors, ...)].

    `sd` is range (m), azimuth, elevation (rad), range rate (m/s), NaN not measured. `p` is the stated probability of
    detection per look, NaN where physics or terrain give it. `bias`, `bias_sd` are what registration takes off and what
    it leaves unsure, in the units of `sd`; `clock_s`, `clock_sd_s` the same of the sensor's clock.
    `ground_m` is the height of the ground that it stands on.
    """

    place: Floats
    axes: Floats
    sd: Floats
    p: Floats
    near_m: Floats
    far_m: Floats
    sector_from: Floats
    sector_width: Floats
    horizon_m: Floats
    clutter: Floats
    ceiling_m: Floats
    ground_m: Floats
    rate_sd: Floats
    bias: Floats
    bias_sd: Floats
    clock_s: Floats
    clock_sd_s: Floats


class AlignColumns(NamedTuple):
    """What registration learns from: `dronewall.tracking.registration.Registration` and `.alignment.Alignment`.

    `member` [sensors of the wall] numbers the sensors that fix positions; all others have a row for each of those.
    `limits` are the longest gap between two plots of a pair (s), gate and bend squared, and the least probability;
    `work` is scratch.
    """

    member: Ints
    place: Floats
    axes: Floats
    reference: Bools
    reach_m: Floats
    clutter: Floats
    link: Ints
    limits: Floats
    bias: Floats
    P: Floats
    cross: Floats
    info: Floats
    eta: Floats
    tally: Floats
    ghosts: Floats
    strays: Floats
    sound: Ints
    work: Floats


class LookColumns(NamedTuple):
    """Looks in order of time: sensor's index, when, and their rows from `first` to before `stop`."""

    sensor: Ints
    time_ns: Ints
    first: Ints
    stop: Ints


class RowColumns(NamedTuple):
    """Detections: `values` in the order of `dronewall.records.detection.Column`, and when they were true."""

    values: Floats
    time_ns: Ints


class Outcome(NamedTuple):
    """What became of each detection, and which pairs count.

    `fate`, `number` (of the track, 0 none yet), `weight` by detection. `pair_*` hold every pair of a probability above
    WORTH_KEEPING: the track's key, the detection's row, the probability; `news_place` and `news_numbered` where tracks
    were born or first believed.
    """

    fate: Ints
    number: Ints
    weight: Floats
    pair_key: Ints
    pair_row: Ints
    pair_p: Floats
    news_place: Floats
    news_numbered: Bools


class Knobs(NamedTuple):
    """The numbers of `dronewall.tracking.settings.TrackerSettings` that the engine needs, in SI units."""

    gate2: float
    survival_s: float
    survival_seen_s: float
    births_per_look: float
    births_prior_looks: float
    births_memory_looks: float
    speed_sd_mps: float
    first_climb_sd_mps: float
    usual_height_m: float
    usual_height_sd_m: float
    confirm_p: float
    believed_p: float
    forget_p: float
    link_m: float
    link_strangers: float
    group_least: int
