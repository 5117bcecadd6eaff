"""Alerts for tests, made by hand."""

from dataclasses import replace

from dronewall.records.alert import Alert, AlertState, Level

START_NS = 1_778_112_000 * 10**9


def box(longitude_deg: float, latitude_deg: float, half_deg: float = 0.1):
    west, east = longitude_deg - half_deg, longitude_deg + half_deg
    south, north = latitude_deg - half_deg, latitude_deg + half_deg
    return (((west, south), (east, south), (east, north), (west, north), (west, south)),)


def alert(name="a-0001", revision=1, state=AlertState.DRAFT, clock=None, **more) -> Alert:
    plain = Alert(
        alert=name,
        revision=revision,
        level=Level.WARNING,
        state=state,
        exercise=True,
        authority="lv-civil-protection",
        owner="lv-civil-protection",
        zones=(),
        area=box(27.4, 56.5),
        area_km2=300.0,
        people=1_000,
        texts={},
        tracks=(),
        presences=(),
        clock=clock or {},
        last_useful_ns=0,
        expires_ns=0,
    )
    return replace(plain, **more)
