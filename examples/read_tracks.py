"""Print what a running watch sees, from the address that it printed.

    dronewall demo --no-browser
    python examples/read_tracks.py 'http://127.0.0.1:8000/?token=...'

Needs nothing but Python: the API is JSON over HTTP with a bearer token.
"""

import json
import sys
from urllib.parse import parse_qs, urlsplit
from urllib.request import ProxyHandler, Request, build_opener


def ask(address: str, path: str) -> dict:
    """The JSON that the watch at this address answers."""
    split = urlsplit(address)
    token = parse_qs(split.query)["token"][0]
    request = Request(f"{split.scheme}://{split.netloc}{path}", headers={"Authorization": f"Bearer {token}"})
    with build_opener(ProxyHandler({})).open(request, timeout=30) as answer:
        return json.load(answer)


def main(address: str) -> None:
    """One line per track, then one per alert."""
    for track in ask(address, "/api/tracks")["tracks"]:
        speed_mps = (track["ve"] ** 2 + track["vn"] ** 2) ** 0.5
        print(
            f"{track['id']}  {track['lat']:.4f} {track['lon']:.4f}  {speed_mps:.0f} m/s  {track['label']} "
            f"({track['label_probability']:.0%})  {track['identity'] or track['identity_status']}"
        )
    for alert in ask(address, "/api/alerts")["alerts"]:
        print(f"{alert['id']} revision {alert['revision']}: {alert['state']}, {alert['area_km2']:.0f} km2")


if __name__ == "__main__":
    main(sys.argv[1])
