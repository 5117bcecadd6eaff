"""Track one recording with Stone Soup and write tracks.parquet; run by `environment.py` in Stone Soup's environment.

    python stonesoup_run.py RECORDING OUTPUT SETTINGS_JSON

The best set-up that is known to us: an extended Kalman filter of constant velocity, global nearest neighbour by
two-dimensional assignment behind a kd-tree of the detections (or joint probabilistic data association, EHM2), several
detections to start a track, so many seconds without one to end it. Two things are not stock and make it several times
faster: transition and measurement are written out with analytic Jacobians, and a radar is handed only the tracks that
stand in its range.

States are in one east-north-up frame in the middle of the radars, each of which measures along its own axes. Looks are
taken in order of time. Timed is the tracking alone: neither files nor the making of Detection objects. The last line
printed is a JSON object with the cost.
"""

import json
import sys
import time
import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pymap3d import ecef2geodetic, geodetic2ecef
from stonesoup.base import Property
from stonesoup.dataassociator.probability import JPDAwithEHM2
from stonesoup.dataassociator.tree import DetectionKDTreeGNN2D, DetectionKDTreeMixIn
from stonesoup.functions import gm_reduce_single
from stonesoup.hypothesiser.distance import DistanceHypothesiser
from stonesoup.hypothesiser.probability import PDAHypothesiser
from stonesoup.initiator.simple import MultiMeasurementInitiator, SimpleMeasurementInitiator
from stonesoup.measures import Mahalanobis
from stonesoup.models.measurement.nonlinear import CartesianToElevationBearingRange
from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
from stonesoup.predictor.kalman import KalmanPredictor
from stonesoup.types.angle import Bearing, Elevation
from stonesoup.types.array import CovarianceMatrix, StateVector, StateVectors
from stonesoup.types.detection import Detection
from stonesoup.types.numeric import Probability
from stonesoup.types.state import GaussianState
from stonesoup.types.track import Track
from stonesoup.types.update import GaussianStateUpdate
from stonesoup.updater.kalman import ExtendedKalmanUpdater

EPOCH = datetime(1970, 1, 1)
PLACE, RATE = [0, 2, 4], [1, 3, 5]
START_SPEED_SD_MPS = (35.0, 35.0, 2.0)
RANGE_RING_M = 300.0  # the kd-tree mixes radians with metres, so that it gates in range alone
PAST_RANGE_M = 500.0
HOLD_S = 5.0
COASTING_S = 2.5
GATE_P = 0.997


class Line(CombinedLinearGaussianTransitionModel):
    """Constant velocity, matrices written out."""

    q_flat: float = Property(doc="m2/s3")
    q_up: float = Property(doc="m2/s3")

    def matrix(self, time_interval: timedelta, **_: object) -> np.ndarray:
        dt = time_interval.total_seconds()
        F = np.eye(6)
        F[PLACE, RATE] = dt
        return F

    def covar(self, time_interval: timedelta, **_: object) -> np.ndarray:
        dt = time_interval.total_seconds()
        q = np.array([self.q_flat, self.q_flat, self.q_up])
        Q = np.zeros((6, 6))
        Q[PLACE, PLACE], Q[RATE, RATE] = q * dt**3 / 3.0, q * dt
        Q[PLACE, RATE] = Q[RATE, PLACE] = q * dt**2 / 2.0
        return Q.view(CovarianceMatrix)


class Radar(CartesianToElevationBearingRange):
    """Elevation, bearing (east to north) and range in the radar's own axes, with the Jacobian written out."""

    name: str = Property(doc="in the recording")
    stand: np.ndarray = Property(doc="where it stands in the common frame")
    turn: np.ndarray = Property(doc="from the common frame to its own axes")
    reach_m: float = Property(doc="it sees nothing beyond")
    seen: float = Property(doc="probability of detection")
    false_density: float = Property(doc="false detections per radian, radian and metre")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.at, self.to_own = self.stand, self.turn  # a Property costs a call each time

    @property
    def rotation_matrix(self) -> np.ndarray:
        return self.to_own

    def jacobian(self, state: object, **_: object) -> np.ndarray:
        e, n, u = (self.to_own @ (np.asarray(state.state_vector, float)[PLACE, 0] - self.at)).tolist()
        flat2 = e * e + n * n
        slant2 = flat2 + u * u
        flat, slant = flat2**0.5, slant2**0.5
        own = np.array(
            [
                [-u * e / (slant2 * flat), -u * n / (slant2 * flat), flat / slant2],
                [-n / flat2, e / flat2, 0.0],
                [e / slant, n / slant, u / slant],
            ]
        )
        J = np.zeros((3, 6))
        J[:, PLACE] = own @ self.to_own
        return J


class TreeEHM2(DetectionKDTreeMixIn, JPDAwithEHM2):
    """JPDA by efficient hypothesis management behind the kd-tree."""


class InSight:
    """Hands on only the tracks in range of the radar that looked."""

    def __init__(self, inner: object) -> None:
        self.inner = inner
        self.radar: Radar | None = None

    def associate(self, tracks: set, detections: set, when: datetime) -> dict:
        listed = list(tracks)
        if not listed:
            return {}
        x = np.array([track.state.mean[:, 0] for track in listed], float)
        dt = np.array([(when - track.state.timestamp).total_seconds() for track in listed])
        off = x[:, PLACE] + x[:, RATE] * dt[:, None] - self.radar.at
        near = (off**2).sum(axis=1) < (self.radar.reach_m + PAST_RANGE_M) ** 2
        kept = {track for track, yes in zip(listed, near, strict=True) if yes}
        return self.inner.associate(kept, detections, when) if kept else {}


class PerRadar:
    """A PDA hypothesiser with the probability of detection and the clutter of the radar that looked."""

    def __init__(self, predictor: object, updater: object) -> None:
        self.parts = (predictor, updater)
        self.made: dict[str, PDAHypothesiser] = {}
        self.radar: Radar | None = None

    def hypothesise(self, *args: object, **kwargs: object) -> object:
        if self.radar.name not in self.made:
            self.made[self.radar.name] = PDAHypothesiser(
                *self.parts,
                clutter_spatial_density=self.radar.false_density,
                prob_detect=Probability(self.radar.seen),
                prob_gate=Probability(GATE_P),
            )
        return self.made[self.radar.name].hypothesise(*args, **kwargs)


class Tracker:
    """Stone Soup's parts; one look at a time."""

    def __init__(self, settings: dict) -> None:
        q, q_up = settings["q"], settings["q_up"]
        self.line = Line([ConstantVelocity(v) for v in (q, q, q_up)], q_flat=q, q_up=q_up)
        predictor, self.updater = KalmanPredictor(self.line), ExtendedKalmanUpdater(None)
        self.jpda = settings["association"] == "jpda"
        nearest = DistanceHypothesiser(predictor, self.updater, Mahalanobis(), missed_distance=settings["gate"])
        gnn = InSight(DetectionKDTreeGNN2D(nearest, predictor, self.updater, max_distance=RANGE_RING_M))
        self.ours = [gnn]
        self.associator = gnn
        if self.jpda:
            self.per_radar = PerRadar(predictor, self.updater)
            self.associator = InSight(TreeEHM2(self.per_radar, predictor, self.updater, max_distance=RANGE_RING_M))
            self.ours += [self.associator, self.per_radar]
        spread = np.zeros(6)
        spread[RATE] = np.square(START_SPEED_SD_MPS)
        prior = GaussianState(np.zeros((6, 1)), np.diag(spread))
        self.initiator = MultiMeasurementInitiator(
            prior,
            Late(HOLD_S),
            gnn,
            self.updater,
            min_points=settings["hits"],
            initiator=SimpleMeasurementInitiator(prior, None),
        )
        self.lose_s = settings["lose_s"]
        self.tracks: set[Track] = set()
        self.hits: dict[str, int] = {}
        self.fed: dict[str, set[str]] = {}
        self.last: dict[str, datetime] = {}

    def take(self, radar: Radar, detections: set[Detection], when: datetime) -> None:
        """Associate, update, drop, start."""
        for part in self.ours:
            part.radar = radar
        used: set[Detection] = set()
        for track, hypothesis in self.associator.associate(self.tracks, detections, when).items():
            if self.jpda:
                used |= self.blend(track, hypothesis, radar, when)
            elif hypothesis:
                track.append(self.updater.update(hypothesis))
                used.add(hypothesis.measurement)
                self.note(track, radar, when)
        self.tracks = {track for track in self.tracks if self.age_s(track, when) <= self.lose_s}
        for track in self.initiator.initiate(detections - used, when):
            self.hits[track.id] = self.initiator.min_points
            self.fed[track.id] = {radar.name}
            self.last[track.id] = when
            self.tracks.add(track)

    def blend(self, track: Track, hypotheses: object, radar: Radar, when: datetime) -> set[Detection]:
        """JPDA: one Gaussian of the mixture over the detections; a look that most likely was a miss is none."""
        likely = max(hypotheses, key=lambda h: h.probability)
        taken = {h.measurement for h in hypotheses if h and h.probability > 0.05}
        if not taken:
            return taken
        states = [self.updater.update(h) if h else h.prediction for h in hypotheses]
        weights = np.array([float(h.probability) for h in hypotheses])
        mean, covar = gm_reduce_single(
            StateVectors([s.state_vector for s in states]),
            np.stack([s.covar for s in states], axis=2),
            weights / weights.sum(),
        )
        track.append(GaussianStateUpdate(mean, covar, hypothesis=hypotheses, timestamp=when))
        if likely:
            self.note(track, radar, when)
        return taken

    def note(self, track: Track, radar: Radar, when: datetime) -> None:
        self.hits[track.id] += 1
        self.fed[track.id].add(radar.name)
        self.last[track.id] = when

    def age_s(self, track: Track, when: datetime) -> float:
        return (when - self.last[track.id]).total_seconds()


class Late:
    """Deletes held tracks whose latest update is too long ago."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def delete_tracks(self, tracks: set[Track], **_: object) -> set[Track]:
        newest = max((track.timestamp for track in tracks), default=EPOCH)
        gone = set()
        for track in tracks:
            hit = next((s.timestamp for s in reversed(track.states) if isinstance(s, GaussianStateUpdate)), EPOCH)
            if (newest - hit).total_seconds() > self.seconds:
                gone.add(track)
        return gone


def axes(latitude_deg: np.ndarray, longitude_deg: np.ndarray) -> np.ndarray:
    """Rows east, north, up [shape=(n, 3, 3)]."""
    a, o = np.radians(np.atleast_1d(latitude_deg)), np.radians(np.atleast_1d(longitude_deg))
    nil = np.zeros_like(a)
    east = np.stack([-np.sin(o), np.cos(o), nil], axis=1)
    up = np.stack([np.cos(a) * np.cos(o), np.cos(a) * np.sin(o), np.sin(a)], axis=1)
    return np.stack([east, np.cross(up, east), up], axis=1)


class Wall:
    """The radars by name and the frame that they share."""

    def __init__(self, file: Path) -> None:
        rows = [row for row in tomllib.loads(file.read_text())["sensor"] if row["kind"] == "radar"]
        place = np.array([[r["latitude_deg"], r["longitude_deg"], r["height_agl_m"]] for r in rows])
        ecef = np.column_stack(geodetic2ecef(*place.T))
        middle = ecef2geodetic(*ecef.mean(axis=0))
        self.origin = np.array(geodetic2ecef(middle[0], middle[1], 0.0), float)
        self.frame = axes(middle[0], middle[1])[0]
        self.radars = {}
        for row, at, own in zip(rows, ecef, axes(place[:, 0], place[:, 1]), strict=True):
            sd = [np.radians(row["elevation_sd_deg"]), np.radians(row["azimuth_sd_deg"]), row["range_sd_m"]]
            stand = self.frame @ (at - self.origin)
            reach_m = row["max_range_m"]
            volume = 2.0 * np.pi * reach_m * np.radians(8.0)  # false ones are low: nearly all within 8 degrees
            self.radars[row["id"]] = Radar(
                ndim_state=6,
                mapping=PLACE,
                noise_covar=np.diag(np.square(sd)),
                translation_offset=stand[:, None],
                name=row["id"],
                stand=stand,
                turn=own @ self.frame.T,
                reach_m=reach_m,
                seen=row["p_detect"],
                false_density=row["clutter_per_scan"] / volume,
            )


def looks(recording: Path, wall: Wall) -> Iterator[tuple[int, Radar, set[Detection]]]:
    """Time, radar and detections of each look that saw something, by time."""
    table = pq.read_table(recording / "detections.parquet").sort_by([("time_ns", "ascending"), ("sensor", "ascending")])
    time_ns, sensor = table["time_ns"].to_numpy(), table["sensor"].cast(pa.string()).to_numpy()
    bearing = np.radians(90.0 - table["azimuth_deg"].to_numpy())
    elevation, slant = np.radians(table["elevation_deg"].to_numpy()), table["range_m"].to_numpy()
    starts = np.flatnonzero((np.diff(time_ns, prepend=-1) != 0) | np.append(True, sensor[1:] != sensor[:-1]))
    for start, end in zip(starts, np.append(starts[1:], len(time_ns)), strict=True):
        radar, when = wall.radars[sensor[start]], moment(time_ns[start])
        rows = {
            Detection(
                StateVector([Elevation(elevation[i]), Bearing(bearing[i]), slant[i]]),
                timestamp=when,
                measurement_model=radar,
            )
            for i in range(start, end)
        }
        yield int(time_ns[start]), radar, rows


def moment(time_ns: int) -> datetime:
    return EPOCH + timedelta(microseconds=int(time_ns) // 1000)


def rows_at(time_ns: int, tracker: Tracker, wall: Wall, names: dict[str, str]) -> pa.Table | None:
    """Every track carried on to this time."""
    tracks = sorted(tracker.tracks, key=lambda track: names.setdefault(track.id, f"ss-{len(names):06d}"))
    if not tracks:
        return None
    ahead = [moment(time_ns) - track.timestamp for track in tracks]
    F = np.array([tracker.line.matrix(dt) for dt in ahead])
    Q = np.array([np.asarray(tracker.line.covar(dt)) for dt in ahead])
    x = np.einsum("nij,nj->ni", F, np.array([track.state.mean[:, 0] for track in tracks], float))
    P = F @ np.array([track.state.covar for track in tracks], float) @ F.transpose(0, 2, 1) + Q
    latitude, longitude, height = ecef2geodetic(*(wall.origin + x[:, PLACE] @ wall.frame).T)
    turn = axes(latitude, longitude) @ wall.frame.T
    full = np.zeros_like(P)
    full[:, :3, PLACE] = full[:, 3:, RATE] = turn
    velocity = np.einsum("nij,nj->ni", turn, x[:, RATE])
    covariance = (full @ P @ full.transpose(0, 2, 1)).reshape(-1, 36)
    coasting = [tracker.age_s(track, moment(time_ns)) > COASTING_S for track in tracks]
    return pa.table(
        {
            "time_ns": pa.array([time_ns] * len(tracks), pa.int64()),
            "track": [names[track.id] for track in tracks],
            "status": ["coasting" if late else "confirmed" for late in coasting],
            "latitude_deg": np.asarray(latitude),
            "longitude_deg": np.asarray(longitude),
            "altitude_hae_m": np.asarray(height),
            "velocity_east_mps": velocity[:, 0],
            "velocity_north_mps": velocity[:, 1],
            "velocity_up_mps": velocity[:, 2],
            "covariance": pa.FixedSizeListArray.from_arrays(pa.array(covariance.ravel()), 36),
            "detections": pa.array([tracker.hits[track.id] for track in tracks], pa.int64()),
            "sensors": [sorted(tracker.fed[track.id]) for track in tracks],
        }
    )


def main() -> None:
    """Track, write, say what it cost."""
    recording, output, settings = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
    wall = Wall(recording / "wall.toml")
    frames = np.unique(pq.read_table(recording / "truth.parquet", columns=["time_ns"])["time_ns"].to_numpy()).tolist()
    start_ns = pq.read_table(recording / "scans.parquet", columns=["time_ns"])["time_ns"].to_numpy().min()
    tracker, names = Tracker(settings), {}
    tables, spent_s, cpu_s, count, now_ns = [], [], 0.0, 0, start_ns
    for now_ns, radar, seen in looks(recording, wall):
        while frames and frames[0] < now_ns:
            tables.append(rows_at(frames.pop(0), tracker, wall, names))
        began, cpu = time.perf_counter(), time.process_time()
        tracker.take(radar, seen, moment(now_ns))
        spent_s.append(time.perf_counter() - began)
        cpu_s += time.process_time() - cpu
        count += len(seen)
    tables += [rows_at(time_ns, tracker, wall, names) for time_ns in frames]
    pq.write_table(pa.concat_tables([t for t in tables if t is not None]), output, compression="zstd")
    recorded_s = (now_ns - start_ns) / 1e9
    cost = {
        "detections": count,
        "recorded_s": recorded_s,
        "cpu_s": cpu_s,
        "det_per_s": count / cpu_s,
        "rtf": cpu_s / recorded_s,
        "p99_look_ms": float(np.quantile(spent_s, 0.99)) * 1e3,
    }
    print(json.dumps(cost))


if __name__ == "__main__":
    main()
