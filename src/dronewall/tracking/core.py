"""What every kind of look shares: the sensors, the memory, the bookkeeping of tracks that were born, hit or lost."""

from collections.abc import Callable, Mapping

import numpy as np

from dronewall.geo.frames import ecef_to_geodetic, geodetic_to_ecef
from dronewall.geo.terrain import SmoothEarth, Terrain
from dronewall.kernels import upkeep as kernel
from dronewall.kernels.classes import renew
from dronewall.kernels.manners import IDLE
from dronewall.records.detection import Column
from dronewall.records.scan import Scan
from dronewall.records.weather import Weather
from dronewall.records.words import LABELS
from dronewall.sensors.sensor import Sensor
from dronewall.tracking import classes
from dronewall.tracking.association import Shares, associate
from dronewall.tracking.axes import along_axes, local_axes
from dronewall.tracking.coverage import GROUP_OF_LABEL, LEAST_P, Coverage, mixed
from dronewall.tracking.memory import Memory
from dronewall.tracking.parts.evidence import Evidence, Seen, added
from dronewall.tracking.registration import Registration
from dronewall.tracking.rows import means, turned
from dronewall.tracking.settings import TrackerSettings
from dronewall.units import SECOND_NS, Bools, Floats, Ints, speed_of_sound_mps

LIKELY = 0.5  # a pair above this is "the" detection of that track
WORTH_KEEPING = 0.05  # a pair above this is evidence
ECHO_SHARE = 0.05  # of a radar less: one individual's echo differs from its label's by as much as labels differ
SILENCE_SHARE = 0.3  # hits and misses in a row are not independent: each counts for so much of one
SIGNATURE_LIMIT = 8.0
DOUBT_LIMIT = 6.0
HEARS_BEYOND = 1.3  # of its footprint of a piston drone, as far as a node may hear one
CLASS_EVERY_NS = 3 * SECOND_NS // 2  # a class is renewed no more often; an old track's every
CLASS_AT_MOST_NS = 12 * SECOND_NS  # half this at the latest
FEW, ENDED_SHARE = 100, 8  # small banks are closed up at once, larger ones when one track in so many has ended
HINT_S = 10.0  # a classifier's answers within so long are one opinion


class Core:
    """Sensors by index, settings, memory."""

    def __init__(
        self,
        sensors: Mapping[str, Sensor],
        weather: Weather,
        settings: TrackerSettings,
        terrain: Terrain | None,
    ) -> None:
        self.settings, self.weather, self.terrain = settings, weather, terrain
        self.names, self.sensors = list(sensors), list(sensors.values())
        self.motion = settings.motion()
        self._winds = classes.winds(weather)
        self.sound_mps = speed_of_sound_mps(weather.temperature_c)
        self.ranges = [
            (sensor.spec.min_range_m or 0.0, float(sensor.spec.max_range_m or np.inf))
            if sensor.kind == "radar"
            else (0.0, np.inf)
            for sensor in self.sensors
        ]
        self.directs = [
            Column.AZIMUTH_RAD in sensor.measures and Column.RANGE_M not in sensor.measures and not sensor.sound_delay
            for sensor in self.sensors
        ]
        self._ground = np.array([sensor.altitude_hae_m - sensor.spec.height_agl_m for sensor in self.sensors], float)
        self.hears_to_m = np.array(
            [
                HEARS_BEYOND * sensor.footprint_m(0.99, "fixed_wing_piston", weather) if sensor.sound_delay else 0.0
                for sensor in self.sensors
            ]
        )
        self.associate: Callable[..., Shares] = associate
        self.evidences: tuple[Evidence, ...] = ()
        self.coverage = Coverage(self.sensors, weather, self.motion)
        self.registration = Registration.of(
            self.sensors,
            settings.registration,
            births_per_look=settings.births_per_look,
            smooth=terrain is None or isinstance(terrain, SmoothEarth),
        )
        self.remember(Memory.fresh(len(settings.models), len(self.sensors), self.registration.fresh()))

    def remember(self, memory: Memory) -> None:
        """Go on from that state."""
        self.memory = memory
        self.coverage.views = memory.views

    def in_view(self, index: int, time_ns: int) -> tuple[Ints, Floats]:
        """Rows of the tracks that a sensor may see and their probability of detection by group of labels."""
        bank = self.memory.bank
        view = self.coverage.near(index, bank, time_ns)
        if not len(view.key) or not bank.n:
            return np.zeros(0, np.int64), view.p[:0]
        at = np.searchsorted(bank.key[: bank.n], view.key).clip(0, bank.n - 1)
        alive = bank.key[at] == view.key
        return at[alive], view.p[alive]

    def silence(self, index: int, time_ns: int) -> None:
        """A look that saw nothing: existence falls where the sensor could have seen; the state need not move.

        What gives directions alone says as little against an unconfirmed track as for it: `kernels/association.look`.
        """
        if not self.coverage.near(index, self.memory.bank, time_ns).some:
            return
        who, p = self.in_view(index, time_ns)
        possible = p.max(axis=1) > LEAST_P
        who, p = who[possible], p[possible]
        if not len(who):
            return
        bank = self.memory.bank
        decay = np.exp(-(time_ns - bank.time_ns[who]) / SECOND_NS / self.settings.survival_s)
        chance = np.minimum(mixed(p, bank.classes[who]), 0.999)
        r = bank.r[who] * decay
        unseen = r * (1.0 - chance) / (1.0 - r * chance)
        if self.directs[index]:
            unseen = np.where(bank.confirmed_ns[who] > 0, unseen, r)
        bank.r[who] = unseen / decay
        self.lose(who, unseen)
        self.weigh_silence(index, who, p, np.zeros(len(who), bool))
        self.weigh_claims(who, chance, np.zeros(len(who), bool))

    def weigh_claims(self, who: Ints, chance: Floats, hit: Bools) -> None:
        """A claim is doubted where a look should have seen the thing and did not, and believed where one did."""
        bank = self.memory.bank
        claimed = bank.identity[who] >= 0
        if not claimed.any():
            return
        who, chance, hit = who[claimed], chance[claimed], hit[claimed]
        step = np.where(hit, -1.0, -SILENCE_SHARE * np.log(1.0 - np.minimum(chance, 0.95)))
        bank.doubt[who] = np.clip(bank.doubt[who] + step, -DOUBT_LIMIT, DOUBT_LIMIT)

    def weigh_silence(self, index: int, who: Ints, p: Floats, hit: Bools) -> None:
        """Being detected or not is evidence of what it is: birds make no sound, metal echoes more."""
        telling = (p.max(axis=1) - p.min(axis=1)) > 0.02
        if not telling.any():
            return
        who, p, hit = who[telling], p[telling].clip(0.003, 0.997), hit[telling]
        log = np.where(hit[:, None], np.log(p), np.log(1.0 - p))
        log -= log.max(axis=1, keepdims=True)
        share = ECHO_SHARE if self.sensors[index].kind == "radar" else SILENCE_SHARE
        self.add_signature(who, share * log[:, GROUP_OF_LABEL])

    def add_signature(self, who: Ints, log_likelihood: Floats) -> None:
        """Evidence of kind for tracks `who` [shape=(k, len(LABELS))]; bounded, so that none of it is ever final."""
        bank = self.memory.bank
        new = bank.signature[who] + log_likelihood
        new -= new.max(axis=1, keepdims=True)
        bank.signature[who] = np.maximum(new, -SIGNATURE_LIMIT)

    def credit(self, index: int, scan: Scan, shares: Shares, good: Ints, physical: bool) -> Bools:
        """Enter the pairs that count into tracks and ledger; which pairs are likely."""
        memory, bank = self.memory, self.memory.bank
        keep = shares.p >= WORTH_KEEPING
        if keep.any():
            row = good[shares.det[keep]]
            memory.ledger.add(
                bank.key[shares.track[keep]],
                index,
                scan.scan,
                scan.first_row + row,
                scan.detections.time_ns[row],
                shares.p[keep],
            )
        likely = shares.p >= LIKELY
        if self.directs[index]:  # keeps nothing alive of which it cannot tell that it is there
            likely &= bank.confirmed_ns[shares.track] > 0
        self.touch(shares.track[likely], index, scan.time_ns, physical)
        return likely

    def touch(self, who: Ints, index: int, time_ns: int, physical: bool) -> None:
        """The tracks `who` were detected by that sensor."""
        bank = self.memory.bank
        bank.last_ns[who], bank.manner[who, IDLE] = time_ns, 0.0
        bank.detections[who] += 1
        bank.seen[who, index] = True
        (bank.physical_ns if physical else bank.claim_ns)[who] = time_ns

    def signatures(self, index: int, who: Ints, scan: Scan, which: Ints) -> None:
        """Echo, tone and the classifier's hint of detections `which`, one for each track of `who`."""
        bank, values = self.memory.bank, scan.detections.values[which]
        for value, count, total in (
            (values[:, Column.RCS_DBSM], classes.COUNT, classes.RCS_SUM),
            (np.log(np.maximum(values[:, Column.TONE_HZ], 1e-3)), classes.TONES, classes.TONE_SUM),
        ):
            there = np.isfinite(value)
            if there.any():
                bank.feature[who[there], count] += 1.0
                bank.feature[who[there], total] += value[there]
        labels = scan.detections.label[which]
        for row, label in zip(who.tolist(), labels.tolist(), strict=True):
            if label in LABELS:
                self.hint(row, index, LABELS.index(label))

    def hint(self, row: int, index: int, label: int) -> None:
        """A sensor's classifier took it for that label."""
        sensor = self.sensors[index]
        share = min(1.0, (sensor.period_ns or SECOND_NS) / SECOND_NS / HINT_S)
        self.add_signature(np.array([row]), share * np.log(sensor.hint_likelihood(LABELS[label]))[None, :])

    def ground_hae_m(self, latitude_rad: Floats, longitude_rad: Floats) -> Floats:
        """Height of the ground above the ellipsoid; without terrain that on which the nearest sensor stands."""
        if self.terrain is not None:
            return np.asarray(self.terrain.height_hae_m(latitude_rad, longitude_rad), np.float64)
        if not self.sensors:
            return np.zeros(np.shape(latitude_rad))
        places = geodetic_to_ecef(latitude_rad, longitude_rad, np.zeros(np.shape(latitude_rad)))
        away = ((places[:, None, :] - self.coverage.places[None, :, :]) ** 2).sum(axis=2)
        return np.asarray(self._ground[away.argmin(axis=1)])

    def born(self, x: Floats, P: Floats, r: Floats, index: int, time_ns: int, physical: bool) -> Ints:
        """Rows of new tracks with these states, after one detection each of that sensor."""
        memory, bank = self.memory, self.memory.bank
        if not len(r):
            return np.zeros(0, np.int64)
        at = bank.add(len(r))
        bank.key[at] = memory.last_key + 1 + np.arange(len(r))
        memory.last_key += len(r)
        bank.x[at], bank.P[at], bank.r[at] = x[:, None], P[:, None], r
        bank.mu[at] = self.motion[:-1, 0]
        bank.identity[at] = -1
        bank.time_ns[at] = bank.first_ns[at] = time_ns
        bank.physical_ns[at] = bank.claim_ns[at] = 0
        bank.classes[at] = classes.PRIOR
        bank.plot_sensor[at] = -1
        who = np.arange(at.start, at.stop)
        bank.put_on_map(who)
        self.touch(who, index, time_ns, physical)
        self.coverage.born(x[:, :3], numbered=False)
        return who

    def reclass(self, who: Ints, time_ns: int) -> None:
        """Renew the class posterior of tracks that were just detected, where it is not fresh."""
        bank = self.memory.bank
        who = who[time_ns - bank.classed_ns[who] >= CLASS_EVERY_NS]
        if not len(who):
            return
        bank.classed_ns[who] = time_ns
        if self.evidences:
            self._weigh(who, time_ns)
            return
        grounds = np.full(len(who), np.nan)  # of the nearest sensor
        if self.terrain is not None:
            ahead_s = (time_ns - bank.time_ns[who, None]) / SECOND_NS
            latitude, longitude, _ = ecef_to_geodetic(bank.x[who, 0, :3] + bank.x[who, 0, 3:] * ahead_s)
            grounds[:] = self.terrain.height_hae_m(latitude, longitude)
        renew(
            who, time_ns, bank.time_ns, bank.x.reshape(-1), bank.P.reshape(-1), bank.mu.reshape(-1),
            bank.manner, len(self.settings.models), self.motion, bank.feature, bank.signature, bank.classes,
            classes.TABLE, classes.UNKNOWN, classes.BALLOON, self._winds, grounds, self.coverage.places, self._ground,
        )  # fmt: skip

    def _weigh(self, who: Ints, time_ns: int) -> None:
        """The same where evidence was added that is not compiled."""
        bank = self.memory.bank
        mean, cov = means(bank, who, time_ns, self.motion)
        latitude, longitude, altitude = ecef_to_geodetic(mean[:, :3])
        axes = local_axes(mean[:, :3])
        velocity, local = along_axes(axes, mean[:, 3:]), turned(axes, cov)
        height = altitude - self.ground_hae_m(latitude, longitude)
        blows = classes.wind_at(self._winds, height)
        air_speed, signature = classes.air_speed(velocity, blows), bank.signature[who]
        seen = Seen(
            velocity_enu_mps=velocity,
            covariance=local,
            air_speed_mps=air_speed,
            height_agl_m=height,
            feature=bank.feature[who],
        )
        signature = added(signature, self.evidences, seen)
        bank.classes[who] = classes.posterior(
            np.hypot(velocity[:, 0], velocity[:, 1]),
            np.sqrt(0.5 * (local[:, 3, 3] + local[:, 4, 4])),
            air_speed,
            height,
            np.sqrt(local[:, 2, 2]),
            bank.feature[who],
            signature,
            np.hypot(blows[:, 0], blows[:, 1]),
        )

    def promote(self, who: Ints, time_ns: int) -> None:
        """Number the tracks that are believed now, in order of birth, and confirm the sure ones."""
        memory, bank, s = self.memory, self.memory.bank, self.settings
        new = np.sort(who[(bank.r[who] >= s.believed_p) & (bank.number[who] == 0)])
        bank.number[new] = memory.last_number + 1 + np.arange(len(new))
        memory.last_number += len(new)
        if len(new):
            self.coverage.born(bank.x[new, 0, :3], numbered=True)
        sure = (bank.r[who] >= s.confirm_p) & (bank.confirmed_ns[who] == 0) & (bank.detections[who] >= 2)
        bank.confirmed_ns[who[sure]] = time_ns
        self.lose(who, bank.r[who])

    def lose(self, who: Ints, r: Floats) -> None:
        """A confirmed track that is believed no more is lost, with its existence `r`, until it is sure again."""
        bank, s = self.memory.bank, self.settings
        limit = np.where(bank.lost[who], s.confirm_p, s.believed_p)
        bank.lost[who] = (bank.confirmed_ns[who] > 0) & (r < limit)

    def identity_of(self, text: str) -> int:
        """Index of an identity, new if need be."""
        identities = self.memory.identities
        if text not in identities:
            identities.append(text)
        return identities.index(text)

    def tidy(self, time_ns: int) -> None:
        """End what is no longer believed, or was not touched for too long; renew classes that are due."""
        memory, bank, s = self.memory, self.memory.bank, self.settings
        memory.tidied_ns = time_ns
        self.registration.solve(memory.alignment, time_ns)
        n = bank.n
        if not n:
            return
        ended = kernel.tidy(
            n, time_ns, bank.time_ns, bank.last_ns, bank.confirmed_ns, bank.physical_ns, bank.number, bank.identity,
            bank.r, bank.where, bank.x.reshape(-1), bank.P.reshape(-1), len(s.models), s.survival_s, s.end_p,
            s.forget_p, s.coast_limit_s, s.claim_limit_s, s.tentative_limit_s,
        )  # fmt: skip
        if ended and (n < FEW or ended * ENDED_SHARE > n):
            bank.keep(bank.r[:n] > 0.0)
            n = bank.n
        every_ns = np.minimum(time_ns - bank.first_ns[:n], CLASS_AT_MOST_NS) // 2
        due = time_ns - bank.classed_ns[:n] >= np.maximum(every_ns, CLASS_EVERY_NS)
        due &= (bank.last_ns[:n] > bank.classed_ns[:n]) & (bank.r[:n] > 0.0) & (bank.number[:n] > 0)
        self.reclass(np.flatnonzero(due), time_ns)
