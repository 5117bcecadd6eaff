"""Records of every kind, written by our own encoder; `tests/against` holds that encoder against others."""

from typing import Any

from dronewall.formats.asterix.encode import block

SOURCE = {"SAC": 25, "SIC": 201}
NOON_S = 43_200.0


def plot(time_s: float, theta_deg: float, **changes: Any) -> dict[str, Any]:
    """A CAT 048 plot; None takes an item away."""
    said = {
        "010": SOURCE,
        "140": time_s,
        "020": {"TYP": 1},
        "040": {"RHO": 10.0, "THETA": theta_deg},
        "090": {"FL": 12.5},
        "220": 0x4CA1FA,
        **{f"{key[1:]}": value for key, value in changes.items()},
    }
    return {key: value for key, value in said.items() if value is not None}


def north(time_s: float) -> bytes:
    """A north mark."""
    return block(34, [{"010": SOURCE, "000": 1, "030": time_s, "041": 4.0}])


TURNS = b"".join(
    [
        north(NOON_S),
        block(48, [plot(NOON_S + 0.5, 45.0), plot(NOON_S + 1.0, 90.0)]),
        block(48, [plot(NOON_S + 3.5, 350.0)]),
        north(NOON_S + 4.0),
        north(NOON_S + 8.0),
        block(48, [plot(NOON_S + 9.0, 90.0)]),
        north(NOON_S + 12.0),
    ]
)
