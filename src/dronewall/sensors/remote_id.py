"""A receiver of broadcast Remote ID (ASTM F3411-22a, EN 4709-002): what a drone says of itself, nearby.

Latitude, longitude, height above the ellipsoid, velocity, and `rid:<serial>`. Where the operator stands is personal
data and never becomes a detection. With `Claim.split`, position and identity come in separate messages, the position
under a `session:` of the transmitter.
"""

from dronewall.sensors.claims import ClaimReceiver


class RemoteId(ClaimReceiver):
    """`kind = "remote_id"`."""

    kind = "remote_id"
