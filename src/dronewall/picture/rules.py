"""Is this something to warn of? A case with its level, or a silence with its reason; never neither.

A track is worth a warning when it is confirmed, plausibly a drone, moving, and does not say honestly who it is. A
presence is when one node heard an engine like a piston drone's long enough, while its bearing swept round: a tractor's
hardly does, and a false alarm does not last. A call from a person is at the lowest level whatever it says.

Whether it is heading for protected ground is asked afterwards, of its area's outlook: that needs the zones.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dronewall.picture.area import Mover
from dronewall.picture.bearings import Sweep
from dronewall.picture.case import CALL, PRESENCE, TRACK, Case
from dronewall.picture.plane import MEAN_EARTH_M
from dronewall.records.alert import Level
from dronewall.records.presence import Presence
from dronewall.records.track import State, Tracks
from dronewall.records.words import DRONE_LABELS, LABELS, IdentityStatus, TrackStatus
from dronewall.sensors.envelopes import ENVELOPES
from dronewall.tracking.ledger import EvidenceRow
from dronewall.units import SECOND_NS, Floats, nanoseconds

_DRONES = np.array([label in DRONE_LABELS for label in LABELS])
_HEARD = np.array([label == "fixed_wing_piston" for label in LABELS])
_CROSSING = frozenset({"fixed_wing_piston", "fixed_wing_small"})
_PLACING = frozenset({"radar", "camera"})
_HEARING = frozenset({"acoustic"})
_CLAIMING = frozenset({"remote_id", "adsb", "observer"})
_HARMLESS = np.array([label in ("bird", "flock", "balloon", "ground") for label in LABELS])
_USUAL_MPS = np.array([ENVELOPES[label].speed_mps.value for label in LABELS])
_FASTEST_FIRST = np.argsort(-_USUAL_MPS, kind="stable")
_HARDLY = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSettings:
    """Thresholds; each is a choice between missing and crying wolf, and docs/warning.md says why it stands there.

    Attributes
    ----------
    p_exists, p_drone, p_sure : float
        A confirmed track at least so sure to exist is a case when at least so likely a drone; from `p_sure` on it may
        carry the highest level.
    p_drone_unheard : float, unheard_s : float
        Without an engine heard or an echo that says so, a large bird is too easily taken for a small drone: such a
        track must be likelier and stay so for longer.
    least_speed_mps : float, slow_mps : float, least_way_m : float
        Slower things are not on their way anywhere, and slow ones only once they have come so far: a drone at work over
        a field flies up and down it.
    most_speed_sd_mps : float, speed_patience_s : float
        A track that was only heard and whose speed is known no better may as well stand still: it waits so long since
        it was confirmed.
    patience_s, course_sd_rad : float
        A new track whose course is worse than this waits so long for a better one: seconds that make the area smaller.
    poor_patience_s, poor_course_sd_rad : float
        One whose course is hardly known waits longer, and where nothing was heard of it, until it is known: radar
        clutter that happens to line up has no course to speak of.
    p_reach : float
        Probability of heading for some protected zone below which it is not warned of.
    fewest_plots, fewest_plots_heard, fewest_second : int, plots_within_s, likely : float
        What a track must rest on, all of it within so long, before it is warned of: so many plots of radars or cameras,
        or fewer where microphones heard it as well, or so many hearings besides those of the node that heard it most. A
        few false plots, or one node's false alarm, line up now and then; claims (Remote ID, ADS-B) count for nothing
        here, nor does a detection that is less than `likely` the track's.
    widest_place_m : float
        A track whose place is known no better than this takes in whatever is near: no warning begins with it.
    long_a_bird_s, fewest_of_a_bird : int
        A track that was taken for a bird or the like for so many seconds does not become a drone on a few plots (a lost
        flock's track that feeds on clutter looks fast), nor on fewer hearings than this within `plots_within_s`: birds
        fly over places where engines run.
    same_sound_m, same_sound_mps : float
        A track that was only heard is the sound of something that said lately who it is when it is so near and no more
        than so much faster. A piston drone that passes a spraying one is faster by far.
    presence_* :
        How long and how often one node must hear, by how much the bearing must sweep in all and how fast. That sweep is
        what decides: `p_exists` weighs a node's false alarms by their number alone, before it. Then it is waited for
        `presence_patience_s` whether a second node makes a track of it.
    engine_mps, engine_sd_mps : float
        Speed that is assumed of what was only heard (FIELD 2.4: 185 km/h) or only called in.
    """

    p_exists: float = 0.9
    p_drone: float = 0.5
    p_sure: float = 0.7
    p_drone_unheard: float = 0.85
    unheard_s: float = 20.0
    p_harmless: float = 0.35
    least_speed_mps: float = 8.0
    slow_mps: float = 20.0
    least_way_m: float = 1_500.0
    most_speed_sd_mps: float = 15.0
    speed_patience_s: float = 20.0
    patience_s: float = 6.0
    course_sd_rad: float = math.radians(6.0)
    poor_patience_s: float = 9.0
    poor_course_sd_rad: float = math.radians(20.0)
    p_reach: float = 0.15
    fewest_plots: int = 7
    fewest_plots_heard: int = 4
    fewest_second: int = 3
    plots_within_s: float = 60.0
    likely: float = 0.5
    widest_place_m: float = 1_000.0
    long_a_bird_s: int = 120
    fewest_of_a_bird: int = 10
    same_sound_m: float = 1_500.0
    same_sound_mps: float = 18.0
    presence_s: float = 10.0
    presence_detections: int = 8
    presence_p_exists: float = 0.1
    presence_p_corroborated: float = 0.9
    presence_sweep_rad: float = math.radians(35.0)
    presence_turn_radps: float = math.radians(1.2)
    presence_longest_s: float = 300.0
    presence_patience_s: float = 15.0
    presence_quiet_s: float = 20.0
    explained_m: float = 3_000.0
    engine_mps: float = 50.0
    engine_sd_mps: float = 6.0
    presence_limit_km2: float = 1_200.0
    call_limit_km2: float = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Why something is not warned of: a word for `silence.<reason>` and what it rests on, JSON only.

    `final` where evidence speaks against a warning (it says who it is; it is a bird), so that a draft about it falls.
    """

    source: str
    reason: str
    details: dict[str, Any]
    final: bool = False


def mover_of(tracks: Tracks, i: int) -> Mover:
    """Place, course and speed of a track's row with their spreads."""
    covariance = tracks.covariance[i]
    plane = [State.EAST, State.NORTH]
    rates = [State.EAST_RATE, State.NORTH_RATE]
    east, north = float(tracks.velocity_enu_mps[i, 0]), float(tracks.velocity_enu_mps[i, 1])
    speed = math.hypot(east, north)
    place = covariance[np.ix_(plane, plane)]
    rate = covariance[np.ix_(rates, rates)]
    ahead = np.array([east, north]) / max(speed, 1e-9)
    beside = np.array([-ahead[1], ahead[0]])
    across = math.sqrt(max(float(beside @ rate @ beside), 0.0))
    along = math.sqrt(max(float(ahead @ rate @ ahead), 0.0))
    course_sd = across / max(speed, 1e-9)
    return Mover(
        latitude_rad=float(tracks.latitude_rad[i]),
        longitude_rad=float(tracks.longitude_rad[i]),
        place_sd_m=math.sqrt(max(float(np.trace(place)) / 2.0, 0.0)),
        course_rad=math.atan2(east, north),
        course_sd_rad=course_sd if course_sd < math.radians(60.0) else math.inf,
        speed_mps=speed,
        speed_sd_mps=along,
        usual_mps=usual_mps(tracks.class_probability[i]),
    )


def usual_mps(class_probability: Floats) -> float:
    """How fast the fastest thing usually flies that a track may well be: all faster ones have a twentieth together.

    Parameters
    ----------
    class_probability : np.ndarray [shape=(labels,)]
    """
    held = np.cumsum(class_probability[_FASTEST_FIRST])
    first = min(int(np.searchsorted(held, _HARDLY, side="right")), len(held) - 1)
    return float(_USUAL_MPS[_FASTEST_FIRST[first]])


def p_drone(tracks: Tracks, i: int) -> float:
    """Probability of any of the drone labels."""
    return float(tracks.class_probability[i][_DRONES].sum())


def p_harmless(tracks: Tracks, i: int) -> float:
    """Probability of a bird, a flock, a balloon or something on the ground."""
    return float(tracks.class_probability[i][_HARMLESS].sum())


def heard_as_engine(tracks: Tracks, i: int, kinds: frozenset[str]) -> bool:
    """Whether sound stands behind the track or its label is that of a piston drone."""
    return "acoustic" in kinds or float(tracks.class_probability[i][_HEARD].sum()) >= 0.4


def rests_on_enough(behind: Sequence[EvidenceRow], kinds: Mapping[str, str], settings: RuleSettings) -> bool:
    """Whether enough independent detections stand behind a track to warn of it; `kinds` is of each sensor."""
    newest_ns = max((row.time_ns for row in behind), default=0)
    lately = [row for row in behind if row.time_ns >= newest_ns - nanoseconds(settings.plots_within_s)]
    plots = sum(kinds.get(row.sensor) in _PLACING and row.weight >= settings.likely for row in lately)
    heard = Counter(row.sensor for row in hearings(lately, kinds, settings))
    second = heard.total() - max(heard.values(), default=0)
    if plots >= settings.fewest_plots or second >= settings.fewest_second:
        return True
    return plots >= settings.fewest_plots_heard and heard.total() >= settings.fewest_second


def hearings(behind: Sequence[EvidenceRow], kinds: Mapping[str, str], settings: RuleSettings) -> list[EvidenceRow]:
    """Those that are likely the track's, and neither plots nor claims."""
    other = _PLACING | _CLAIMING
    return [row for row in behind if row.weight >= settings.likely and kinds.get(row.sensor, "") not in other]


def judge_track(
    tracks: Tracks,
    i: int,
    *,
    kinds: frozenset[str],
    plausible_ns: int,
    way_m: float,
    time_ns: int,
    settings: RuleSettings,
) -> Case | Silence | None:
    """A track's row: a case, why not, or None while it is too young to say.

    Parameters
    ----------
    kinds : frozenset of str
        Kinds of the sensors behind it.
    plausible_ns : int
        Since when it has been as likely a drone as `p_drone_unheard` asks, 0: it is not now.
    way_m : float
        How far it is from where it was first judged.
    """
    status, source = str(tracks.status[i]), str(tracks.track[i])
    if status not in (TrackStatus.CONFIRMED, TrackStatus.COASTING):
        return None
    probability = p_drone(tracks, i)
    details = {
        "label": str(tracks.label[i]),
        "label_probability": round(float(tracks.label_probability[i]), 3),
        "p_drone": round(probability, 3),
        "p_exists": round(float(tracks.p_exists[i]), 4),
        "identity_status": str(tracks.identity_status[i]),
        "sensors": list(tracks.sensors[i]),
    }

    def silent(reason: str, *, final: bool = False) -> Silence:
        return Silence(source=source, reason=reason, details=details, final=final)

    if tracks.identity_status[i] == IdentityStatus.COOPERATIVE:
        return silent("cooperative", final=True)
    harmless = p_harmless(tracks, i)
    if probability < settings.p_drone:
        return silent("not_a_drone", final=harmless >= 0.8)
    if harmless >= settings.p_harmless:
        return silent("may_be_a_bird")
    if tracks.p_exists[i] < settings.p_exists:
        return silent("not_sure_it_exists")
    if not heard_as_engine(tracks, i, kinds):
        waited = plausible_ns and time_ns - plausible_ns >= nanoseconds(settings.unheard_s)
        if not waited:
            return silent("may_be_a_bird")
    mover = mover_of(tracks, i)
    if mover.speed_mps < settings.least_speed_mps:
        return silent("hardly_moves")
    if mover.speed_mps < settings.slow_mps and way_m < settings.least_way_m:
        return silent("stays_where_it_is")
    young = time_ns - int(tracks.confirmed_ns[i]) < nanoseconds(settings.speed_patience_s)
    if young and kinds <= _HEARING and mover.speed_sd_mps > settings.most_speed_sd_mps:
        return silent("no_speed_yet")
    if "acoustic" not in kinds and mover.course_sd_rad > settings.poor_course_sd_rad:
        return silent("no_course_yet")
    sure = probability >= settings.p_sure and math.isfinite(mover.course_sd_rad)
    return Case(
        source=source,
        kind=TRACK,
        level=Level.WARNING if sure else Level.PRECAUTION,
        mover=mover,
        made_ns=int(tracks.last_ns[i]),
        first_ns=int(tracks.first_ns[i]),
        confirmed_ns=int(tracks.confirmed_ns[i]),
        label=str(tracks.label[i]),
        label_probability=float(tracks.label_probability[i]),
        p_exists=float(tracks.p_exists[i]),
        identity_status=str(tracks.identity_status[i]),
        sensors=tuple(tracks.sensors[i]),
        detections=int(tracks.detections[i]),
    )


def judge_presence(
    presence: Presence, sweep: Sweep, *, explained: bool, called: bool, settings: RuleSettings
) -> Case | Silence | None:
    """A presence area: a case of the lowest level, why not, or None while it is too young to say.

    Parameters
    ----------
    explained : bool
        Something that says who it is flies close by and accounts for what was heard.
    called : bool
        People's calls stand behind it, not a microphone: then neither sound nor sweep is asked for.
    """
    lasted_s = (presence.last_ns - presence.first_ns) / SECOND_NS
    details = {
        "label": presence.label,
        "p_exists": round(presence.p_exists, 4),
        "lasted_s": round(lasted_s, 1),
        "detections": presence.detections,
        "sweep_deg": round(math.degrees(sweep.total_rad), 1),
        "sensors": list(presence.sensors),
    }

    def silent(reason: str) -> Silence:
        return Silence(source=presence.presence, reason=reason, details=details)

    if not called:
        if explained:
            return silent("explained_by_cooperative")
        if lasted_s > settings.presence_longest_s:
            return silent("stays_where_it_is")
        if presence.label not in DRONE_LABELS:
            return silent("no_engine_like_a_drones")
        if presence.label not in _CROSSING:
            return silent("rotors_of_one_node")
        if lasted_s < settings.presence_s or presence.detections < settings.presence_detections:
            return silent("did_not_last")
        if presence.p_exists < settings.presence_p_exists:
            return silent("not_sure_it_exists")
        swept = abs(sweep.total_rad)
        if math.isnan(sweep.first_rad):
            # A microphone without a bearing: other nodes must have heard it come or go.
            if presence.p_exists < settings.presence_p_corroborated:
                return silent("no_other_node_heard_it")
        elif swept < settings.presence_sweep_rad or swept < settings.presence_turn_radps * lasted_s:
            return silent("bearing_stands_still")
        elif sweep.leaps:
            return silent("bearing_jumps")
    return Case(
        source=presence.presence,
        kind=CALL if called else PRESENCE,
        level=Level.INFORMATION,
        mover=presence_mover(presence, sweep, settings, called=called),
        made_ns=presence.last_ns,
        first_ns=presence.first_ns,
        confirmed_ns=0,
        label=presence.label,
        label_probability=presence.p_exists,
        p_exists=presence.p_exists,
        identity_status=str(IdentityStatus.UNKNOWN),
        sensors=presence.sensors,
        detections=presence.detections,
    )


def presence_mover(presence: Presence, sweep: Sweep, settings: RuleSettings, *, called: bool) -> Mover:
    """A presence as a place with a wide spread; its course as far as the sweep of its bearing gives one."""
    width = (presence.azimuth_to_rad - presence.azimuth_from_rad) % (2.0 * math.pi)
    if called or width == 0.0 or width > math.pi:
        out_m, spread_m = 0.0, 0.5 * presence.radius_m
    else:
        # Even over the sector: two thirds of the way out, a quarter of the radius in spread.
        out_m, spread_m = 0.67 * presence.radius_m, 0.3 * presence.radius_m
    middle = presence.azimuth_from_rad + 0.5 * width
    course, course_sd = (0.0, math.inf) if called else sweep.course()
    north, east = out_m * math.cos(middle), out_m * math.sin(middle)
    return Mover(
        latitude_rad=presence.latitude_rad + north / MEAN_EARTH_M,
        longitude_rad=presence.longitude_rad + east / (MEAN_EARTH_M * math.cos(presence.latitude_rad)),
        place_sd_m=max(spread_m, 200.0),
        course_rad=course,
        course_sd_rad=course_sd,
        speed_mps=settings.engine_mps,
        speed_sd_mps=settings.engine_sd_mps,
    )
