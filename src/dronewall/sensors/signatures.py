"""How each label looks to a radar and sounds to a microphone: sourced values, one table for plan, rehearse and track.

A label is broad, so the intervals are wide. What is None is not perceived at all: nobody hears a bird's engine.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dronewall.records.words import LABELS, Label
from dronewall.sensors.catalogue import SourceKind, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """What an engine or rotor gives off.

    Attributes
    ----------
    level_db : Value
        Sound pressure at 1 m, dB re 20 uPa, in the band that a detector listens to.
    tone_hz : Value
        The lowest strong harmonic, as an array would report it.
    band_hz : float
        Middle of the band that carries the detection: air absorption and ambient noise are taken there.
    """

    level_db: Value
    tone_hz: Value
    band_hz: float


def _value(value: float, low: float, high: float, source: str, kind: SourceKind = "assumption") -> Value:
    return Value(value=value, low=low, high=high, kind=kind, source=source)


_REVIEW = "IEEE Proc. 73(2):205 (1985), review of bird RCS: spread of the species, X band"
_COMEX = "IEICE ComEx 9(7) 2020 XBL0018: means of five types, 24 GHz"

RCS_DBSM: Final[Mapping[str, Value]] = {
    Label.FIXED_WING_PISTON: _value(
        -10.0, -20.0, 0.0, "no measured public RCS; 3.5 m long, 2.5 m span, mostly not metal but for the engine"
    ),
    Label.FIXED_WING_SMALL: _value(
        -17.0, -27.0, -7.0, "simulated for a 2 m span in Drones 2023, 7(1):39; level assumed"
    ),
    Label.MULTIROTOR: _value(-13.6, -19.1, -8.1, _COMEX, "measured"),
    Label.FPV: _value(-18.0, -26.0, -12.0, "smaller than the smallest of the five types measured at 24 GHz"),
    Label.AGRICULTURAL_DRONE: _value(-8.0, -13.0, -2.0, "as the largest of the five types at 24 GHz, and larger"),
    Label.BALLOON: _value(-12.0, -25.0, 0.0, "envelope is nearly transparent; the load and its wrapping reflect"),
    Label.BIRD: _value(-23.0, -35.0, -15.0, _REVIEW),
    Label.FLOCK: _value(-8.0, -18.0, 5.0, "tens of cranes or geese in one resolution cell, each of -23 dBsm"),
    Label.AIRCRAFT: _value(5.0, 0.0, 15.0, "light aircraft, textbook figure (Skolnik 2008: 1 to 3 m2 for small ones)"),
    Label.HELICOPTER: _value(8.0, 3.0, 20.0, "textbook figure (Skolnik 2008: about 3 m2 and more)"),
    Label.GROUND: _value(10.0, 0.0, 25.0, "a car or a truck; most are removed by the radar's own ground filter"),
    Label.UNKNOWN: _value(-10.0, -25.0, 5.0, "taken as a fixed_wing_piston"),
}

_PISTON = _value(
    120.0,
    110.0,
    130.0,
    "110-115 dBC at 1 m measured for a 6.5 kg petrol UAV (Drones 2018, 2(1):4); a 550 cc engine taken as louder. The "
    "nominal range is defined for this label, so only the differences to it count",
)
_PISTON_TONE = _value(
    130.0, 80.0, 250.0, "firing and blade rates of a 40-50 hp two-stroke with two blades, as computed"
)

SOUNDS: Final[Mapping[str, Sound | None]] = {
    Label.FIXED_WING_PISTON: Sound(level_db=_PISTON, tone_hz=_PISTON_TONE, band_hz=250.0),
    Label.FIXED_WING_SMALL: Sound(
        level_db=_value(100.0, 88.0, 113.0, "electric or small piston propeller"),
        tone_hz=_value(190.0, 100.0, 350.0, "two blades at 6,000 revolutions a minute"),
        band_hz=500.0,
    ),
    Label.MULTIROTOR: Sound(
        level_db=_value(
            95.0, 82.0, 102.0, "so that the range is some 250 m: 200 to 500 m published (Electronics 2024, 13(3):643)"
        ),
        tone_hz=_value(180.0, 100.0, 300.0, "blade rate of 5-15 kg types"),
        band_hz=800.0,
    ),
    Label.FPV: Sound(
        level_db=_value(94.0, 84.0, 104.0, "louder and shriller than a camera drone"),
        tone_hz=_value(500.0, 300.0, 900.0, "three blades at 10,000 revolutions a minute"),
        band_hz=1200.0,
    ),
    Label.AGRICULTURAL_DRONE: Sound(
        level_db=_value(102.0, 94.0, 110.0, "40 kg and more on large slow rotors"),
        tone_hz=_value(110.0, 60.0, 180.0, "two blades at 3,300 revolutions a minute"),
        band_hz=400.0,
    ),
    Label.BALLOON: None,
    Label.BIRD: None,
    Label.FLOCK: None,
    Label.AIRCRAFT: Sound(
        level_db=_value(126.0, 118.0, 134.0, "about 70 dB on the ground under a light single at 300 m"),
        tone_hz=_value(80.0, 65.0, 100.0, "two blades at 2,400 revolutions a minute"),
        band_hz=200.0,
    ),
    Label.HELICOPTER: Sound(
        level_db=_value(136.0, 128.0, 144.0, "light to medium types in cruise"),
        tone_hz=_value(20.0, 12.0, 30.0, "main rotor blade rate"),
        band_hz=125.0,
    ),
    Label.GROUND: Sound(
        level_db=_value(98.0, 88.0, 108.0, "moped, tractor; near the ground, where sound carries worse"),
        tone_hz=_value(60.0, 30.0, 120.0, "four-stroke at 3,600 revolutions a minute"),
        band_hz=250.0,
    ),
    Label.UNKNOWN: Sound(level_db=_PISTON, tone_hz=_PISTON_TONE, band_hz=250.0),
}

_EN_300_328 = "ETSI EN 300 328: 100 mW EIRP in the 2.4 GHz band; EN 302 502 and others allow more at 5.8 GHz"

EMISSION_DBM: Final[Mapping[str, Value | None]] = {
    Label.FIXED_WING_PISTON: _value(
        10.0, -10.0, 30.0, "press reports of modems and video links on some; most fly with none: then nothing is heard"
    ),
    Label.FIXED_WING_SMALL: _value(17.0, 0.0, 30.0, "telemetry or video link; programmed flight needs none"),
    Label.MULTIROTOR: _value(20.0, 14.0, 30.0, _EN_300_328),
    Label.FPV: _value(27.0, 14.0, 33.0, "analogue video transmitters of 25 mW to 2 W"),
    Label.AGRICULTURAL_DRONE: _value(20.0, 14.0, 30.0, _EN_300_328),
    Label.BALLOON: None,
    Label.BIRD: None,
    Label.FLOCK: None,
    Label.AIRCRAFT: None,
    Label.HELICOPTER: None,
    Label.GROUND: None,
    Label.UNKNOWN: _value(10.0, -10.0, 30.0, "taken as a fixed_wing_piston"),
}

SIZE_M: Final[Mapping[str, Value]] = {
    Label.FIXED_WING_PISTON: _value(3.0, 2.5, 3.5, "length 3.5 m, span 2.5 m (public sightings)"),
    Label.FIXED_WING_SMALL: _value(2.0, 1.0, 3.0, "wing span of small fixed wings"),
    Label.MULTIROTOR: _value(0.5, 0.25, 1.0, "motor to motor, camera drones of 0.25 to 9 kg"),
    Label.FPV: _value(0.3, 0.15, 0.5, "motor to motor"),
    Label.AGRICULTURAL_DRONE: _value(2.2, 1.5, 3.2, "motor to motor, 40 to 100 kg"),
    Label.BALLOON: _value(2.0, 0.5, 4.0, "envelope near the ground; it grows with height"),
    Label.BIRD: _value(0.8, 0.3, 1.6, "wing span of gulls to buzzards"),
    Label.FLOCK: _value(20.0, 5.0, 200.0, "cranes in line"),
    Label.AIRCRAFT: _value(9.0, 7.0, 12.0, "length and span of light aircraft"),
    Label.HELICOPTER: _value(10.0, 8.0, 14.0, "rotor of light types"),
    Label.GROUND: _value(4.0, 2.0, 10.0, "a car; most lie below the camera's horizon"),
    Label.UNKNOWN: _value(3.0, 0.3, 10.0, "taken as a fixed_wing_piston"),
}

# What an array's classifier answers (columns) for what there is (rows). Assumptions: the best public figure is 85 % for
# five classes in a laboratory (Narayanan 2023); outdoors, at the edge of hearing, it is less.
FALSE_HEARING: Final = "false"
_HINTS: Final[Mapping[str, Mapping[str, float]]] = {
    Label.FIXED_WING_PISTON: {"fixed_wing_piston": 0.72, "aircraft": 0.08, "ground": 0.05, "unknown": 0.15},
    Label.FIXED_WING_SMALL: {"fixed_wing_small": 0.55, "fixed_wing_piston": 0.10, "multirotor": 0.15, "unknown": 0.20},
    Label.MULTIROTOR: {"multirotor": 0.65, "fpv": 0.10, "agricultural_drone": 0.05, "unknown": 0.20},
    Label.FPV: {"fpv": 0.65, "multirotor": 0.15, "unknown": 0.20},
    Label.AGRICULTURAL_DRONE: {"agricultural_drone": 0.55, "multirotor": 0.25, "unknown": 0.20},
    Label.AIRCRAFT: {"aircraft": 0.70, "fixed_wing_piston": 0.12, "helicopter": 0.03, "unknown": 0.15},
    Label.HELICOPTER: {"helicopter": 0.80, "aircraft": 0.05, "ground": 0.02, "unknown": 0.13},
    Label.GROUND: {"ground": 0.55, "fixed_wing_piston": 0.15, "aircraft": 0.05, "unknown": 0.25},
    Label.UNKNOWN: {"fixed_wing_piston": 0.2, "aircraft": 0.1, "multirotor": 0.1, "ground": 0.1, "unknown": 0.5},
    FALSE_HEARING: {"ground": 0.25, "fixed_wing_piston": 0.35, "aircraft": 0.05, "unknown": 0.35},
}


def hint_probabilities(label: str) -> tuple[float, ...]:
    """Probability of each answer of an acoustic classifier (in the order of LABELS) for one label or FALSE_HEARING."""
    found = _HINTS.get(label, {"unknown": 1.0})
    return tuple(found.get(answer, 0.0) for answer in LABELS)


def hint_likelihood(hint: str | None, floor: float = 0.01) -> tuple[float, ...]:
    """How likely that answer was under each label (in the order of LABELS); no answer says nothing, all 1.

    `floor` keeps an answer that the table holds impossible from deciding anything alone.
    """
    if hint is None:
        return (1.0,) * len(LABELS)
    at = LABELS.index(hint)
    return tuple(max(hint_probabilities(label)[at], floor) if SOUNDS[label] is not None else floor for label in LABELS)
