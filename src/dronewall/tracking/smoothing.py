"""Tracks looked back upon: smoothed paths, from the first detection on, with fragments of one flight under one id.

For `dronewall track --smoothed`, marked so in the file: every row uses the whole recording, so no figure of what was
known when may be taken from it. Works on the rows that a tracker gave, whatever its filters are.

- **Smoothing** is the fixed-interval backward pass (Rauch, Tung and Striebel 1965) over a track's rows up to its last
  detection. Its process noise follows the track: a base noise, and up to a hundred times that where the tracker's own
  covariance grew faster, or the state moved further from where it was expected.
- **Backward extension**: a track that was ever confirmed is shown as confirmed from its first detection on; before its
  first row the smoothed state is carried back to the time of the first detection.
- **Rejoining**: a track that begins within two minutes after another one was last detected takes that one's id if the
  first's last smoothed state carried forward, and the second's first carried backward, meet within the gate (six
  degrees of freedom, 99 %), neither has a nearer partner, and their identities do not contradict. Rows in between come
  from both ends, weighted by their covariances, and are called coasting.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from dronewall.geo.frames import LocalFrame, enu_axes, geodetic_to_ecef
from dronewall.kernels.smoothing import carried, liveliness, rts, solved
from dronewall.records.track import Tracks
from dronewall.units import SECOND_NS, Floats, Ints

NOISE: Final = np.array([1.0, 1.0, 0.05])
"""East, north, up (m2/s3) of an unhurried flight; `design/smoothing.py` tried others."""

MOST: Final = 100.0  # times that, in a hard turn
SPAN: Final = 3
GAP_S: Final = 120.0
GATE: Final = 16.81  # chi-square of six degrees of freedom, 99 %
WIDEST_M: Final = 500.0  # one sigma of the meeting place: beyond, anything would meet


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejoined:
    """Why two tracks are one: `later` goes on as `earlier` after a gap; `distance` squared by the covariances."""

    earlier: str
    later: str
    gap_s: float
    distance: float

    def text(self) -> str:
        """For the file's metadata."""
        return f"{self.earlier}<-{self.later}: gap {self.gap_s:.1f} s, distance {np.sqrt(self.distance):.1f} of 4.1 sd"


@dataclass(slots=True)
class _Path:
    """One track's rows, in a frame at its middle; `end` counts the rows up to its last detection."""

    name: str
    rows: Ints
    frame: LocalFrame
    time_s: Floats
    x: Floats
    P: Floats
    q: Floats
    end: int
    first_s: float
    last_s: float


def smoothed(tables: Iterable[Tracks]) -> tuple[list[Tracks], list[Rejoined]]:
    """The rows of a whole recording, looked back upon, one `Tracks` per output time, and which tracks were rejoined."""
    parts = [part for part in tables if len(part)]
    if not parts:
        return [], []
    rows = _joined(parts)
    times = np.unique(rows.time_ns)
    paths = [_smooth(rows, at) for at in _by_track(rows)]
    links = _rejoined(rows, paths)
    into = {link.later: link.earlier for link in links}
    by_name = {path.name: path for path in paths}
    goes_on = set(into.values())
    pieces = [_written(rows, path, times, goes_on=path.name in goes_on) for path in paths]
    pieces += [_gap(rows, by_name[link.earlier], by_name[link.later], times) for link in links]
    merged = _named(_joined([piece for piece in pieces if len(piece)]), into, paths)
    order = np.lexsort((merged.track.astype(str), merged.time_ns))
    merged = _rows(merged, order)
    starts = np.flatnonzero(np.diff(merged.time_ns, prepend=-1))
    ends = np.append(starts[1:], len(merged))
    return [_rows(merged, np.arange(a, b)) for a, b in zip(starts.tolist(), ends.tolist(), strict=True)], links


def _by_track(rows: Tracks) -> Iterator[Ints]:
    order = np.lexsort((rows.time_ns, rows.track.astype(str)))
    names = rows.track[order]
    cuts = np.flatnonzero(names[1:] != names[:-1]) + 1
    yield from np.split(order, cuts)


def _smooth(rows: Tracks, at: Ints) -> _Path:
    """One track in its own frame, smoothed up to its last detection."""
    middle = at[len(at) // 2]
    frame = LocalFrame.at(rows.latitude_rad[middle], rows.longitude_rad[middle], 0.0)
    ecef_m = geodetic_to_ecef(rows.latitude_rad[at], rows.longitude_rad[at], rows.altitude_hae_m[at])
    turn = _turns(frame, rows.latitude_rad[at], rows.longitude_rad[at])
    x = np.concatenate([frame.to_local(ecef_m), (turn * rows.velocity_enu_mps[at][:, None, :]).sum(axis=2)], axis=1)
    P = _turned(turn, rows.covariance[at])
    time_s = (rows.time_ns[at] - rows.time_ns[at[0]]) / SECOND_NS
    first_s, last_s = (float(ns[at[-1]] - rows.time_ns[at[0]]) / SECOND_NS for ns in (rows.first_ns, rows.last_ns))
    end = max(int(np.searchsorted(time_s, last_s, side="left")) + 1, 1)
    end = min(end, len(at))
    q = np.tile(NOISE, (max(end - 1, 0), 1))
    if end > 1:
        dt = np.diff(time_s[:end])
        q = q * _about(liveliness(x[:end], P[:end], dt, NOISE, MOST))[:, None]
        x[:end], P[:end] = rts(x[:end], P[:end], dt, q)
    return _Path(str(rows.track[at[0]]), at, frame, time_s, x, P, q, end, first_s, last_s)


def _about(scale: Floats) -> Floats:
    """The mean of each step and its neighbours, in the logarithm: a turn does not begin on a row."""
    padded = np.concatenate([[0.0], np.cumsum(np.log(scale))])
    low = np.maximum(np.arange(len(scale)) - SPAN // 2, 0)
    high = np.minimum(np.arange(len(scale)) + SPAN // 2 + 1, len(scale))
    return np.asarray(np.exp((padded[high] - padded[low]) / (high - low)))


def _rejoined(rows: Tracks, paths: Sequence[_Path]) -> list[Rejoined]:
    """Pairs of tracks that are one flight, in order of the later one's name."""
    ended = [path for path in paths if rows.confirmed_ns[path.rows[-1]] > 0]
    start = np.array([rows.time_ns[path.rows[0]] / SECOND_NS + min(path.first_s, 0.0) for path in ended])
    last = np.array([rows.time_ns[path.rows[0]] / SECOND_NS + path.last_s for path in ended])
    order = np.argsort(start, kind="stable")
    offers: list[tuple[float, float, int, int]] = []  # cost, distance; of two that meet as well, the sooner
    for earlier in range(len(ended)):
        lowest, highest = np.searchsorted(start[order], (last[earlier], last[earlier] + GAP_S), side="right")
        for later in order[lowest:highest].tolist():
            if later != earlier and _compatible(rows, ended[earlier], ended[later]):
                gap_s = float(start[later] - last[earlier])
                distance = _distance(ended[earlier], ended[later], gap_s)
                if distance < GATE:
                    offers.append((distance + gap_s / GAP_S, distance, earlier, later))
    best: dict[tuple[str, int], float] = {}
    for cost, _, earlier, later in offers:
        for key in (("e", earlier), ("l", later)):
            best[key] = min(best.get(key, np.inf), cost)
    return [
        Rejoined(
            earlier=ended[earlier].name,
            later=ended[later].name,
            gap_s=float(start[later] - last[earlier]),
            distance=distance,
        )
        for cost, distance, earlier, later in sorted(offers, key=lambda offer: ended[offer[3]].name)
        if best["e", earlier] == cost == best["l", later]
    ]


def _compatible(rows: Tracks, earlier: _Path, later: _Path) -> bool:
    one, other = rows.identity[earlier.rows[-1]], rows.identity[later.rows[-1]]
    return one is None or other is None or one == other


def _distance(earlier: _Path, later: _Path, gap_s: float) -> float:
    """Squared distance of the two ends half way through the gap, by their covariances."""
    half = gap_s / 2.0
    forward = _ahead(earlier, half)
    back = carried(*_seen_from(earlier, later), min(later.first_s, 0.0) - half, _liveliest(later))
    S = forward[1] + back[1]
    if np.sqrt(np.trace(S[:3, :3])) > WIDEST_M:
        return float("inf")
    d = (forward[0] - back[0])[:, None]
    return float((d * solved(S, d)).sum())


def _ahead(path: _Path, seconds: float) -> tuple[Floats, Floats]:
    """The smoothed end of a path carried on from its last detection."""
    beyond = path.last_s - path.time_s[path.end - 1]
    return carried(path.x[path.end - 1], path.P[path.end - 1], beyond + seconds, _liveliest(path))


def _liveliest(path: _Path) -> Floats:
    """Noise for where nobody looked: the mean of what the track showed, not below the base."""
    return np.asarray(np.maximum(path.q.mean(axis=0), NOISE)) if len(path.q) else NOISE


def _written(rows: Tracks, path: _Path, times_ns: Ints, *, goes_on: bool) -> Tracks:
    """A path as rows, back to its first detection where it was ever confirmed; without its coasting if it goes on."""
    at, final = path.rows, path.rows[-1]
    own_ns, status = rows.time_ns[at], rows.status[at].copy()
    if rows.confirmed_ns[final] == 0:
        return _as_rows(rows, path, at, path.x, path.P, own_ns, status)
    seen = own_ns <= rows.last_ns[final]
    status[seen & (status == "tentative")] = "confirmed"
    kept = np.flatnonzero(seen) if goes_on else np.arange(len(at))
    missing = times_ns[(times_ns >= rows.first_ns[final]) & (times_ns < own_ns[0])]
    noise = path.q[0] if len(path.q) else NOISE
    back = [carried(path.x[0], path.P[0], (ns - own_ns[0]) / SECOND_NS, noise) for ns in missing.tolist()]
    return _joined(
        [
            _carried_rows(rows, path, back, missing, "confirmed"),
            _as_rows(rows, path, at[kept], path.x[kept], path.P[kept], own_ns[kept], status[kept]),
        ]
    )


def _gap(rows: Tracks, earlier: _Path, later: _Path, times_ns: Ints) -> Tracks:
    """Rows between two fragments, from both ends."""
    ends_ns, begun_ns = int(rows.last_ns[earlier.rows[-1]]), int(rows.time_ns[later.rows[0]])
    missing = times_ns[(times_ns > ends_ns) & (times_ns < min(int(rows.first_ns[later.rows[-1]]), begun_ns))]
    start, P0 = _seen_from(earlier, later)
    between = []
    for ns in missing.tolist():
        x, P = _ahead(earlier, (ns - ends_ns) / SECOND_NS)
        y, Q = carried(start, P0, (ns - begun_ns) / SECOND_NS, _liveliest(later))
        gain = solved(P + Q, P).T
        left = P - (gain[:, :, None] * P[None, :, :]).sum(axis=1)
        between.append((x + (gain * (y - x)).sum(axis=1), 0.5 * (left + left.T)))
    return _carried_rows(rows, earlier, between, missing, "coasting")


def _seen_from(here: _Path, other: _Path) -> tuple[Floats, Floats]:
    """The first state of another path in this one's frame."""
    position = here.frame.to_local(other.frame.to_ecef(other.x[0, :3]))
    velocity = here.frame.vector_to_local(other.frame.vector_to_ecef(other.x[0, 3:]))
    turn = (here.frame.axes[:, None, :] * other.frame.axes[None, :, :]).sum(axis=2)
    return np.concatenate([position, velocity]), _turned(turn[None], other.P[:1])[0]


def _carried_rows(
    rows: Tracks, path: _Path, states: Sequence[tuple[Floats, Floats]], times_ns: Ints, status: str
) -> Tracks:
    like = np.full(len(states), path.rows[0] if status == "confirmed" else path.rows[path.end - 1])
    x = np.array([state[0] for state in states]).reshape(-1, 6)
    P = np.array([state[1] for state in states]).reshape(-1, 6, 6)
    return _as_rows(rows, path, like, x, P, times_ns, np.full(len(states), status, object))


def _as_rows(rows: Tracks, path: _Path, like: Ints, x: Floats, P: Floats, times_ns: Ints, status: np.ndarray) -> Tracks:
    """States of a path's frame as rows; what does not move is taken from the rows `like`."""
    latitude_rad, longitude_rad, altitude_m = path.frame.local_to_geodetic(x[:, :3])
    turn = np.swapaxes(_turns(path.frame, latitude_rad, longitude_rad), 1, 2)
    return replace(
        _rows(rows, like),
        time_ns=times_ns,
        status=status,
        latitude_rad=latitude_rad,
        longitude_rad=longitude_rad,
        altitude_hae_m=altitude_m,
        velocity_enu_mps=(turn * x[:, None, 3:]).sum(axis=2),
        covariance=_turned(turn, P),
    )


def _named(rows: Tracks, into: dict[str, str], paths: Sequence[_Path]) -> Tracks:
    """Every fragment under the id of the first of its flight."""
    first = {}
    for path in paths:
        name = path.name
        while name in into:
            name = into[name]
        first[path.name] = name
    return replace(rows, track=np.array([first[name] for name in rows.track.tolist()], object))


def _turns(frame: LocalFrame, latitude_rad: Floats, longitude_rad: Floats) -> Floats:
    """Rotations from east, north, up at each row to the frame's axes [shape=(n, 3, 3)]."""
    own = enu_axes(latitude_rad, longitude_rad)
    turns: Floats = (frame.axes[None, :, None, :] * own[:, None, :, :]).sum(axis=3)
    return turns


def _turned(turn: Floats, P: Floats) -> Floats:
    """Covariances along other axes: T P T' with T of two blocks `turn`."""
    T = np.zeros((len(P), 6, 6))
    T[:, :3, :3] = T[:, 3:, 3:] = turn
    half = (T[:, :, :, None] * P[:, None, :, :]).sum(axis=2)
    full: Floats = (half[:, :, None, :] * T[:, None, :, :]).sum(axis=3)
    return full


def _rows(tracks: Tracks, chosen: Ints) -> Tracks:
    return replace(tracks, **{name: getattr(tracks, name)[chosen] for name in Tracks.__dataclass_fields__})


def _joined(parts: Sequence[Tracks]) -> Tracks:
    return Tracks(**{name: np.concatenate([getattr(p, name) for p in parts]) for name in Tracks.__dataclass_fields__})
