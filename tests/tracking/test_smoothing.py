"""Looking back: the backward pass beside a plain twin, paths from the first detection on, fragments under one id."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from benchmarks.family import write
from dronewall.cli import app
from dronewall.geo.frames import LocalFrame, enu_axes, rotated
from dronewall.kernels.smoothing import carried, liveliness, rts, solved
from dronewall.records.track import Tracks
from dronewall.records.words import LABELS
from dronewall.scoring import score
from dronewall.tracking.smoothing import smoothed
from dronewall.units import SECOND_NS, Floats

Q = np.array([1.0, 2.0, 0.1])
HOME = LocalFrame.at(np.radians(56.0), np.radians(27.0), 0.0)


def matrices(dt: float, q: Floats) -> tuple[Floats, Floats]:
    """F and Q written down."""
    F = np.eye(6)
    F[:3, 3:] = dt * np.eye(3)
    noise = np.block([[np.diag(q) * dt**3 / 3, np.diag(q) * dt**2 / 2], [np.diag(q) * dt**2 / 2, np.diag(q) * dt]])
    return F, noise


def covariance(rng: np.random.Generator) -> Floats:
    root = rng.normal(size=(6, 6))
    return root @ root.T + np.eye(6)


def filtered(rng: np.random.Generator, n: int = 25) -> tuple[Floats, Floats, Floats, Floats]:
    """True path, filtered states and covariances of a straight flight seen at 20 m every 2 s, and the steps."""
    x, P = np.zeros(6), np.diag([1e4, 1e4, 1e4, 900.0, 900.0, 9.0])
    state = np.array([0.0, 0.0, 300.0, 30.0, 20.0, 0.0])
    F, noise = matrices(2.0, Q)
    truth, xs, Ps = [], [], []
    for _ in range(n):
        state = rng.multivariate_normal(F @ state, noise)
        x, P = F @ x, F @ P @ F.T + noise
        K = P[:, :3] @ np.linalg.inv(P[:3, :3] + 400.0 * np.eye(3))
        x, P = x + K @ (state[:3] + rng.normal(0.0, 20.0, 3) - x[:3]), P - K @ P[:3]
        truth.append(state)
        xs.append(x)
        Ps.append(P)
    return np.array(truth), np.array(xs), np.array(Ps), np.full(n - 1, 2.0)


def test_the_backward_pass_is_that_of_a_plain_twin() -> None:
    _, x, P, dt = filtered(np.random.default_rng(1))
    xs, Ps = rts(x, P, dt, np.tile(Q, (len(dt), 1)))
    y, S = x[-1], P[-1]
    for k in range(len(dt) - 1, -1, -1):
        F, noise = matrices(dt[k], Q)
        M = F @ P[k] @ F.T + noise
        G = P[k] @ F.T @ np.linalg.inv(M)
        y, S = x[k] + G @ (y - F @ x[k]), P[k] + G @ (S - M) @ G.T
        assert xs[k] == pytest.approx(y, rel=1e-8, abs=1e-6)
        assert Ps[k] == pytest.approx(S, rel=1e-7, abs=1e-6)


def test_smoothed_states_are_nearer_and_as_sure_as_they_are_near() -> None:
    errors, stated, before = [], [], []
    for seed in range(60):
        truth, x, P, dt = filtered(np.random.default_rng(seed))
        xs, Ps = rts(x, P, dt, np.tile(Q, (len(dt), 1)))
        e = xs[3:-3] - truth[3:-3]
        errors.append((e[:, :3] ** 2).sum())
        before.append(((x - truth)[3:-3, :3] ** 2).sum())
        stated.append(np.mean([d @ np.linalg.solve(S, d) for d, S in zip(e, Ps[3:-3], strict=True)]))
    assert sum(errors) < 0.7 * sum(before)
    assert np.mean(stated) == pytest.approx(6.0, rel=0.15)


@pytest.mark.parametrize("dt", [3.0, -3.0])
def test_a_state_is_carried_forward_and_back_with_noise_that_grows_both_ways(dt: float) -> None:
    rng = np.random.default_rng(3)
    x, P = rng.normal(size=6), covariance(rng)
    F, _ = matrices(dt, Q)
    grown = np.block([[np.diag(Q) * 9.0, np.diag(Q) * dt * 1.5], [np.diag(Q) * dt * 1.5, np.diag(Q) * 3.0]])
    y, M = carried(x, P, dt, Q)
    assert y == pytest.approx(F @ x)
    assert pytest.approx(F @ P @ F.T + grown) == M
    assert np.linalg.eigvalsh(M).min() > 0.0


def test_a_solution_is_that_of_numpy_and_nan_where_the_matrix_is_not_definite() -> None:
    rng = np.random.default_rng(4)
    S, B = covariance(rng), rng.normal(size=(6, 2))
    assert solved(S, B) == pytest.approx(np.linalg.solve(S, B))
    assert np.isnan(solved(-S, B)).all()


def test_a_calm_flight_has_the_base_noise_and_a_sharp_turn_more() -> None:
    rng = np.random.default_rng(5)
    _, x, P, dt = filtered(rng)
    assert np.median(liveliness(x, P, dt, Q, 100.0)) < 1.5
    x[12:, 3] -= 60.0
    assert liveliness(x, P, dt, Q, 100.0)[11] > 20.0


def flight(
    name: str, from_s: int, to_s: int, *, seen_s: int | None = None, east_mps: float = 40.0, start_m: float = 0.0
) -> list[Tracks]:
    """Rows each second of a straight flight in the home frame; `seen_s` is its last detection, by default the end."""
    found = []
    for t in range(from_s, to_s + 1):
        place = np.array([start_m + east_mps * t, 0.0, 400.0])
        latitude, longitude, height = HOME.local_to_geodetic(place)
        turn = enu_axes(latitude, longitude)
        velocity = rotated(turn, HOME.vector_to_ecef(np.array([east_mps, 0.0, 0.0])))
        last = min(t, seen_s if seen_s is not None else t)
        one = np.ones(1, np.int64)
        found.append(
            Tracks(
                time_ns=one * t * SECOND_NS,
                track=np.array([name], object),
                status=np.array(["confirmed" if t - from_s > 3 else "tentative"], object),
                latitude_rad=np.atleast_1d(latitude),
                longitude_rad=np.atleast_1d(longitude),
                altitude_hae_m=np.atleast_1d(height),
                velocity_enu_mps=velocity[None],
                covariance=np.diag([400.0, 400.0, 400.0, 4.0, 4.0, 1.0])[None],
                p_exists=np.ones(1),
                class_probability=np.full((1, len(LABELS)), 1.0 / len(LABELS)),
                label=np.array(["unknown"], object),
                label_probability=np.ones(1),
                identity=np.array([None], object),
                identity_status=np.array(["unknown"], object),
                detections=one * 5,
                sensors=_sensors(),
                first_ns=one * (from_s - 2) * SECOND_NS,
                last_ns=one * last * SECOND_NS,
                confirmed_ns=one * ((from_s + 4) * SECOND_NS if t - from_s > 3 else 0),
            )
        )
    return found


def _sensors() -> np.ndarray:
    names = np.empty(1, object)
    names[0] = ("r1",)
    return names


def ids(tables: list[Tracks]) -> set[str]:
    return {name for table in tables for name in table.track.tolist()}


def test_two_fragments_of_one_straight_flight_become_one_track_without_a_gap() -> None:
    tables, links = smoothed([*flight("t-000001", 0, 40, seen_s=30), *flight("t-000002", 50, 80)])
    assert ids(tables) == {"t-000001"}
    assert [link.text() for link in links] == ["t-000001<-t-000002: gap 18.0 s, distance 0.0 of 4.1 sd"]
    times = [int(table.time_ns[0]) // SECOND_NS for table in tables]
    assert times == [*range(41), *range(50, 81)]  # only times at which somebody had a row can be shown
    bridged = next(table for table in tables if table.time_ns[0] == 38 * SECOND_NS)
    place = HOME.geodetic_to_local(bridged.latitude_rad, bridged.longitude_rad, bridged.altitude_hae_m)[0]
    assert place == pytest.approx([40.0 * 38, 0.0, 400.0], abs=1.0)
    assert bridged.status[0] == "coasting"


@pytest.mark.parametrize("other", [{"east_mps": -40.0, "start_m": 4_000.0}, {"start_m": 3_000.0}])
def test_what_does_not_meet_in_place_and_velocity_stays_two_tracks(other: dict[str, float]) -> None:
    tables, links = smoothed([*flight("t-000001", 0, 30), *flight("t-000002", 50, 80, **other)])
    assert ids(tables) == {"t-000001", "t-000002"}
    assert not links


def test_tracks_that_say_they_are_different_are_not_rejoined() -> None:
    named = [
        [replace(row, identity=np.array([name], object)) for row in flight(track, *span)]
        for track, span, name in (("t-000001", (0, 30), "icao:4ca1fa"), ("t-000002", (50, 80), "icao:502c01"))
    ]
    assert not smoothed([*named[0], *named[1]])[1]


def test_three_fragments_take_the_id_of_the_first() -> None:
    tables, links = smoothed(
        [*flight("t-000001", 0, 20), *flight("t-000002", 30, 50), *flight("t-000003", 60, 80)],
    )
    assert ids(tables) == {"t-000001"}
    assert len(links) == 2
    assert all(len(table) == 1 for table in tables)


def test_a_confirmed_track_is_shown_from_its_first_detection_on() -> None:
    tables, _ = smoothed([*flight("t-000009", 3, 12), *flight("t-000010", 5, 30, start_m=50_000.0)])
    shown = [int(t.time_ns[0]) // SECOND_NS for t in tables if "t-000010" in t.track.tolist()]
    assert shown == list(range(3, 31))
    assert {t.status[t.track == "t-000010"][0] for t in tables if "t-000010" in t.track.tolist()} == {"confirmed"}


def test_a_track_that_was_never_confirmed_keeps_its_word() -> None:
    tables, _ = smoothed(flight("t-000001", 0, 2))
    assert {table.status[0] for table in tables} == {"tentative"}


def test_nothing_gives_nothing() -> None:
    assert smoothed([]) == ([], [])


def test_the_command_marks_the_file_and_its_rows_are_nearer_the_truth(tmp_path: Path) -> None:
    write("wall-60", 4, tmp_path / "r")
    said = {}
    for name, more in (("plain", []), ("smooth", ["--smoothed"])):
        command = ["track", str(tmp_path / "r"), "--at-truth", *more, "-o", str(tmp_path / f"{name}.parquet"), "--json"]
        said[name] = json.loads(CliRunner().invoke(app, command).output)
    plain, smooth = (score(tmp_path / f"{name}.parquet", tmp_path / "r") for name in ("plain", "smooth"))
    assert smooth["rmse_3d_m"] < 0.8 * plain["rmse_3d_m"]
    assert smooth["latency_median_s"] < plain["latency_median_s"]
    marks = [pq.read_schema(tmp_path / f"{name}.parquet").metadata[b"smoothed"] for name in ("plain", "smooth")]
    assert marks == [b"false", b"true"]
    assert said["smooth"]["rows"] > said["plain"]["rows"]


def test_looking_back_and_as_known_exclude_each_other(tmp_path: Path) -> None:
    write("wall-1", 4, tmp_path / "r")
    refused = CliRunner().invoke(app, ["track", str(tmp_path / "r"), "--smoothed", "--as-known"])
    assert "exclude each other" in str(refused.exception)
