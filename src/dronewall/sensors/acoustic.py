"""A microphone array that hears engines: once a second, a direction and a tone, or nothing.

The mean margin over the detection threshold comes from `acoustics`; from look to look it fades by a logistic, so the
probability per look is 1/(1 + exp(-margin/fading)), 0.5 at the nominal range in calm air. A hearing states its own
standard deviation of azimuth, smaller the louder it is. What is heard at t left the source the travel time earlier:
`time_ns` is when it was heard, the direction is to where the source was then.

Looks are independent given the source's path. Real fading and bearing errors last for seconds, so that averaging many
hearings flatters; `hint_block_s` does hold the classifier to one opinion for a while.
"""

from functools import lru_cache
from typing import ClassVar

import numpy as np

from dronewall.geo.frames import wrapped_azimuth
from dronewall.geo.terrain import Terrain
from dronewall.records.detection import Column, Detections
from dronewall.records.wall import SensorSpec
from dronewall.records.weather import Weather
from dronewall.records.words import LABELS
from dronewall.sensors.acoustics import HEARING_KEYS, Hearing
from dronewall.sensors.sensor import Claim, Path
from dronewall.sensors.signatures import FALSE_HEARING, SOUNDS, hint_likelihood, hint_probabilities
from dronewall.sensors.site import TURN_RAD, Site, range_rate_mps
from dronewall.units import SECOND_NS, Bools, Floats, Ints, speed_of_sound_mps

THRESHOLD_SNR_DB = 3.0  # what `snr_db` says of a hearing that just passes
LEAST_P = 0.01  # below this per look it is taken as 0: the logistic's far tail is nobody's measurement
DELAY_ROUNDS = 6  # fixed-point steps for the travel time; each shrinks the error by speed / speed of sound
HEIGHT_OF_FOOTPRINT_M = 150.0
HINT_BLOCK_S = 10  # for so long a classifier sticks to its opinion of one source
ISOLATED_SHARE = 0.2  # of false hearings: single looks; the rest come in bursts
FALSE_TONES_HZ = (40.0, 250.0)  # of mopeds, tractors and saws
TONE_WOBBLE = 0.02  # of the tone from look to look: load, and the array's own resolution
BURST_P = 0.7  # share of looks in a burst that hear it


class Acoustic(Site):
    """`kind = "acoustic"`: azimuth where it has a standard deviation (else presence only), and elevation likewise."""

    kind = "acoustic"
    takes: ClassVar[frozenset[str]] = frozenset(
        {
            *("id", "kind", "model", "nation", "latitude_deg", "longitude_deg", "height_agl_m"),
            *("min_range_m", "max_range_m", "p_detect", "clutter_per_scan"),
            *("scan_period_s", "scan_offset_s", "latency_s", "azimuth_sd_deg", "elevation_sd_deg"),
        }
    )
    sds: ClassVar[dict[str, Column]] = {
        "azimuth_sd_deg": Column.AZIMUTH_RAD,
        "elevation_sd_deg": Column.ELEVATION_RAD,
    }
    hint_block_s = HINT_BLOCK_S

    def __init__(self, spec: SensorSpec, terrain: Terrain) -> None:
        super().__init__(spec, terrain)
        self.sound_delay = True
        self.nominal_range_m = self.max_range_m
        self.hearing = Hearing(nominal_range_m=self.nominal_range_m, **{key: self.value(key) for key in HEARING_KEYS})
        if self.explicit_p is None:
            self.reach_m = max(_farthest_m(self.hearing, label) for label in LABELS if SOUNDS[label] is not None)
        period_s = 1.0 if self.period_ns is None else self.period_ns / SECOND_NS
        self._burst_s = self.value("false_hearing_s")
        if self.spec.clutter_per_scan is None:
            burst_looks = self.value("false_hearings_per_day") / 86_400.0 * self._burst_s * BURST_P
            self.clutter_per_scan = burst_looks / (1.0 - ISOLATED_SHARE)
        self._bursts_per_look = (
            self.clutter_per_scan * (1.0 - ISOLATED_SHARE) * period_s / (self._burst_s * BURST_P)
        )  # new bursts that begin in one look

    def reach_of(self, label: str) -> float:
        """Slant range beyond which `p_detect` of that label is 0 in every weather."""
        if SOUNDS[label] is None:
            return 0.0
        return self.reach_m if self.explicit_p is not None else _farthest_m(self.hearing, label)

    def by_range_alone(self, weather: Weather) -> bool:
        """In calm air, or with a stated probability; wind carries sound to one side."""
        return self.explicit_p is not None or weather.wind_mps == 0.0

    def speed_of_sound_mps(self, weather: Weather) -> float:
        """In still air of that temperature (m/s)."""
        return speed_of_sound_mps(weather.temperature_c)

    def margin_db(self, ecef_m: Floats, label: str, weather: Weather) -> Floats:
        """Mean level over the detection threshold (dB) of a source that stood there when it made the sound."""
        enu = self.frame.to_local(ecef_m)
        return self.hearing.margin_db(enu[:, 0], enu[:, 1], enu[:, 2], label, weather)

    def p_detect(self, ecef_m: Floats, velocity_enu_mps: Floats, label: str, weather: Weather) -> Floats:
        """Probability that one look hears such a source, of which the sound that arrives was made there."""
        range_m, azimuth_rad, _ = self.polar(ecef_m)
        if self.explicit_p is not None:
            heard = SOUNDS[label] is not None
            return np.where(self.inside_gates(range_m, azimuth_rad) & heard, self.explicit_p, 0.0)
        p = np.zeros(len(ecef_m))
        near = np.flatnonzero((range_m <= self.reach_m) & (range_m >= self.min_range_m))
        if len(near) and SOUNDS[label] is not None:
            p[near] = self.hearing.p_heard(self.margin_db(ecef_m[near], label, weather))
            p[p < LEAST_P] = 0.0
        return p

    def azimuth_sd_rad(self, snr_db: Floats) -> Floats:
        """Standard deviation of azimuth of a hearing: 1.2 of the stated one when just heard, 0.8 when loud."""
        over = 10.0 ** (-np.maximum(snr_db - THRESHOLD_SNR_DB, 0.0) / 10.0)
        return np.asarray(self.noise(Column.AZIMUTH_RAD) * np.sqrt(0.64 + 0.80 * over))

    def heard_from(self, times_ns: Ints, position: Path, weather: Weather) -> tuple[Floats, Floats]:
        """Where the target was when it made what arrives at those times, and its velocity there.

        NaN where it was not there yet: what has just appeared is not heard before its sound has come.
        """
        speed = self.speed_of_sound_mps(weather)
        ecef_m, velocity_mps = position(times_ns)
        there: Bools = np.isfinite(ecef_m[:, 0])
        for _ in range(DELAY_ROUNDS):
            away = ecef_m - self.ecef_m
            delay_s = np.sqrt((away * away).sum(axis=1)) / speed
            there &= np.isfinite(delay_s)
            made_ns = times_ns - np.round(np.where(there, delay_s, 0.0) * SECOND_NS).astype(np.int64)
            ecef_m, velocity_mps = position(made_ns)
        return np.where(there[:, None], ecef_m, np.nan), np.where(there[:, None], velocity_mps, np.nan)

    def simulate(
        self,
        rng: np.random.Generator,
        times_ns: Ints,
        position: Path,
        label: str,
        weather: Weather,
        *,
        claim: Claim | None = None,
    ) -> tuple[Bools, Detections]:
        """What looks at those times hear of one target."""
        ecef_m, velocity_mps = self.heard_from(times_ns, position, weather)
        p = self.p_detect(ecef_m, velocity_mps, label, weather)
        chance = rng.uniform(size=len(times_ns))
        hit = chance < p
        # The same draw is the fade: a logistic margin passes the threshold in just the share p of looks.
        if self.explicit_p is None:
            fade_db = self.hearing.fading_db * (np.log1p(-chance[hit]) - np.log(np.maximum(chance[hit], 1e-12)))
            snr_db = THRESHOLD_SNR_DB + self.margin_db(ecef_m[hit], label, weather) + fade_db
        else:
            snr_db = THRESHOLD_SNR_DB + rng.exponential(size=int(hit.sum())) * 5.0
        away_mps = range_rate_mps(self.ecef_m, ecef_m[hit], velocity_mps[hit])
        sound = SOUNDS[label]
        engine_hz = sound.tone_hz.value if sound is not None else 0.0
        tone_hz = engine_hz / (1.0 + away_mps / self.speed_of_sound_mps(weather))
        source = np.zeros(len(snr_db), np.int64)
        return hit, self._hearings(rng, times_ns[hit], self.polar(ecef_m[hit]), snr_db, tone_hz, label, source)

    def _hearings(
        self,
        rng: np.random.Generator,
        times_ns: Ints,
        polar: tuple[Floats, Floats, Floats],
        snr_db: Floats,
        tone_hz: Floats,
        label: str,
        source: Ints,
    ) -> Detections:
        """Detections of sources in those directions, that loud, with the classifier's opinion of each `source`."""
        n = len(times_ns)
        found = self.blank(times_ns)
        found.values[:, Column.SNR_DB] = snr_db
        _, azimuth_rad, elevation_rad = polar
        if Column.AZIMUTH_RAD in self.measures:
            sd = self.azimuth_sd_rad(snr_db)
            found.values[:, Column.AZIMUTH_RAD] = wrapped_azimuth(azimuth_rad + rng.normal(size=n) * sd)
            found.values[:, Column.AZIMUTH_SD_RAD] = sd
        if Column.ELEVATION_RAD in self.measures:
            noisy = elevation_rad + rng.normal(size=n) * self.noise(Column.ELEVATION_RAD)
            found.values[:, Column.ELEVATION_RAD] = np.clip(noisy, -np.pi / 2.0, np.pi / 2.0)
        found.values[:, Column.TONE_HZ] = tone_hz * (1.0 + TONE_WOBBLE * rng.normal(size=n))
        block = times_ns // (HINT_BLOCK_S * SECOND_NS)
        _, opinion = np.unique(np.column_stack([source, block]), axis=0, return_inverse=True)
        chances = np.asarray(hint_probabilities(label))
        answer = rng.choice(len(LABELS), size=n, p=chances)[opinion.reshape(n)]
        found.label[:] = np.asarray(LABELS, object)[answer]
        found.values[:, Column.LABEL_CONFIDENCE] = chances[answer]
        return found

    def hint_likelihood(self, hint: str | None) -> Floats:
        """How likely that answer of the classifier is under each true label, in the order of LABELS.

        Answers within `hint_block_s` seconds of one node are one opinion, not many.
        """
        return np.asarray(hint_likelihood(hint))

    def clutter_density(self) -> float:
        """False hearings per look and radian of azimuth (per look, where it measures none)."""
        return self.clutter_per_scan / TURN_RAD if Column.AZIMUTH_RAD in self.measures else self.clutter_per_scan

    def clutter_intensity(self, values: Floats) -> Floats:
        """The same everywhere."""
        return np.full(len(values), self.clutter_density())

    def simulate_clutter(self, rng: np.random.Generator, times_ns: Ints, weather: Weather) -> tuple[Ints, Detections]:
        """False hearings: single ones, and bursts of a vehicle or machine whose direction drifts slowly."""
        looks = len(times_ns)
        single = np.flatnonzero(rng.uniform(size=looks) < self.clutter_per_scan * ISOLATED_SHARE)
        index, azimuth, source = [single], [rng.uniform(0.0, TURN_RAD, len(single))], [-1 - np.arange(len(single))]
        if looks:
            # A burst that began before the first look may still go on: start some of them up to three lengths earlier.
            period_s = 1.0 if self.period_ns is None else self.period_ns / SECOND_NS
            before = int(np.ceil(6.0 * self._burst_s / period_s))
            for number in range(int(rng.poisson(self._bursts_per_look * (looks + before)))):
                start = int(rng.integers(-before, looks))
                length = 1 + int(rng.exponential(self._burst_s / period_s))
                drift = rng.normal() * np.radians(0.3) * period_s
                within = np.arange(length)
                heard = (rng.uniform(size=length) < BURST_P) & (start + within >= 0) & (start + within < looks)
                bearing = rng.uniform(0.0, TURN_RAD) + drift * within
                index.append((start + within)[heard])
                azimuth.append(bearing[heard])
                source.append(np.full(int(heard.sum()), number))
        look = np.concatenate(index)
        order = np.argsort(look, kind="stable")
        look, towards = look[order], np.concatenate(azimuth)[order]
        snr_db = THRESHOLD_SNR_DB + rng.exponential(size=len(look)) * 4.0
        level = (np.full(len(look), np.nan), towards, np.abs(rng.normal(size=len(look))) * np.radians(5.0))
        _, by = np.unique(np.concatenate(source)[order], return_inverse=True)
        engine_hz = rng.uniform(*FALSE_TONES_HZ, size=len(look))[by]
        return look, self._hearings(rng, times_ns[look], level, snr_db, engine_hz, FALSE_HEARING, by)

    def footprint_m(self, quantile: float, label: str, weather: Weather) -> float:
        """Ground range within which that share of its hearings originates, of sources 150 m up and evenly spread."""
        if SOUNDS[label] is None:
            return 0.0
        if self.explicit_p is not None:
            return super().footprint_m(quantile, label, weather)
        return _footprint_m(self.hearing, quantile, label, weather)


@lru_cache(maxsize=1024)
def _footprint_m(hearing: Hearing, quantile: float, label: str, weather: Weather) -> float:
    ground_m = np.linspace(0.0, _farthest_m(hearing, label), 801)[1:]
    bearings = np.arange(16) / 16.0 * TURN_RAD
    p = np.mean(
        [
            hearing.p_heard(
                hearing.margin_db(
                    ground_m * np.sin(b),
                    ground_m * np.cos(b),
                    np.full_like(ground_m, HEIGHT_OF_FOOTPRINT_M),
                    label,
                    weather,
                )
            )
            for b in bearings
        ],
        axis=0,
    )
    share = np.cumsum(p * ground_m)
    return float(np.interp(quantile, share / share[-1], ground_m))


@lru_cache(maxsize=256)
def _farthest_m(hearing: Hearing, label: str) -> float:
    """Beyond this p_detect is under LEAST_P in any wind: at best, wind carries the sound and makes no noise."""
    range_m = np.geomspace(10.0, 100_000.0, 2000)
    still = np.zeros_like(range_m)
    best = hearing.margin_db(range_m, still, still, label, Weather()) + hearing.downwind_gain_db
    return float(range_m[np.flatnonzero(hearing.p_heard(best) >= LEAST_P)].max(initial=0.0))
