"""The fake's night: a line of microphones, a radar, two piston drones from the east, the usual sky. All invented."""

import math
import random
from itertools import pairwise
from typing import Any

START = 1778112000.0  # 2026-05-07T00:00:00Z
BORDER = [
    (27.65, 56.879),
    (27.628, 56.845),
    (27.661, 56.84),
    (27.744, 56.865),
    (27.787, 56.872),
    (27.83, 56.865),
    (27.852, 56.855),
    (27.891, 56.83),
    (27.913, 56.819),
    (27.92, 56.806),
    (27.898, 56.782),
    (27.877, 56.759),
    (27.866, 56.744),
    (27.884, 56.725),
    (27.981, 56.688),
    (27.992, 56.669),
    (27.992, 56.625),
    (27.996, 56.603),
    (28.01, 56.588),
    (28.028, 56.576),
    (28.107, 56.554),
    (28.125, 56.548),
    (28.132, 56.536),
    (28.125, 56.527),
    (28.1, 56.514),
    (28.093, 56.502),
    (28.096, 56.492),
    (28.104, 56.483),
    (28.158, 56.446),
    (28.165, 56.438),
    (28.168, 56.428),
    (28.165, 56.392),
    (28.168, 56.37),
    (28.176, 56.35),
    (28.215, 56.281),
    (28.219, 56.271),
    (28.215, 56.256),
    (28.208, 56.249),
    (28.201, 56.242),
    (28.194, 56.232),
    (28.183, 56.208),
    (28.179, 56.185),
]
PLACES = [
    ("Rēzekne", 27.333, 56.507, 27000),
    ("Ludza", 27.720, 56.545, 7700),
    ("Balvi", 27.266, 57.131, 5900),
    ("Kārsava", 27.688, 56.784, 1900),
    ("Zilupe", 28.122, 56.387, 1300),
    ("Viļāni", 26.925, 56.552, 2800),
    ("Malta", 27.167, 56.347, 2200),
    ("Krāslava", 27.168, 55.895, 7000),
    ("Preiļi", 26.724, 56.294, 6200),
    ("Dagda", 27.537, 56.095, 2000),
    ("Cibla", 27.884, 56.549, 400),
    ("Nirza", 27.93, 56.40, 200),
]
LABELS = ("fixed_wing_piston", "fixed_wing_small", "bird", "aircraft", "unknown")
REPORTED = (
    (1800, "Residents call the fire service", "tvnet, 7 May 2026", "C"),
    (4140, "Cell broadcast to Ludza and Balvi", "Baltic Sentinel, 8 May 2026", "B"),
    (6180, "Cell broadcast to Rezekne, after the impact", "Baltic Sentinel, 8 May 2026", "B"),
)
WORDS = (
    "Above: this simulated night. Below: what reports say of 7 May 2026; times are as reported, and reports disagree. "
    "A report says up to about 13 minutes would have been there, if detected at the border. Nothing here claims what "
    "would have happened."
)
TEXTS = {
    "lv": "MĀCĪBAS. Ejiet telpās, tālāk no logiem. Gaisā var būt bezpilota lidaparāts virzienā uz Rēzekni. "
    "Palieciet telpās līdz atsaukumam. Neaiztieciet atlūzas, zvaniet 112.",
    "en": "EXERCISE. Go indoors, away from windows. A drone may be flying towards Rezekne. Stay inside until the "
    "all-clear. Do not touch debris, call 112.",
    "ru": "УЧЕНИЯ. Зайдите в помещение, подальше от окон. Возможен беспилотник в направлении Резекне. Оставайтесь "
    "внутри до отбоя. Не трогайте обломки, звоните 112.",
}


def east_m(lat: float) -> float:
    return 111_320.0 * math.cos(math.radians(lat))


def along(path: list[tuple[float, float]], share: float) -> tuple[float, float]:
    lengths = [math.dist(a, b) for a, b in pairwise(path)]
    left = share * sum(lengths)
    for (a, b), length in zip(pairwise(path), lengths, strict=True):
        if left <= length:
            k = left / length
            return a[0] + k * (b[0] - a[0]), a[1] + k * (b[1] - a[1])
        left -= length
    return path[-1]


class Mover:
    """One thing on a straight course with a wobble."""

    def __init__(self, lon: float, lat: float, azimuth_deg: float, speed: float, born_s: float, gone_s: float) -> None:
        self.lon, self.lat, self.azimuth, self.speed = lon, lat, math.radians(azimuth_deg), speed
        self.born, self.gone = born_s, gone_s

    def at(self, s: float) -> tuple[float, float, float, float]:
        d = self.speed * (s - self.born)
        turn = self.azimuth + 0.09 * math.sin(s / 97.0)
        lat = self.lat + d * math.cos(self.azimuth) / 111_320.0
        lon = self.lon + (d * math.sin(self.azimuth) + 320 * math.sin(s / 97.0)) / east_m(self.lat)
        return lon, lat, self.speed * math.sin(turn), self.speed * math.cos(turn)


class Night:
    """Everything that the fake says, as a function of the time."""

    def __init__(self, *, extra: int = 0, exercise: bool = True) -> None:
        self.start, self.end = START, START + 6600.0
        dice = random.Random(2)
        self.things: list[tuple[Mover, dict[str, Any]]] = []
        one = {"label": "fixed_wing_piston", "height": 140.0, "status": "unknown", "identity": None}
        self._add(Mover(28.34, 56.60, 258, 50, 60, 1560), one)
        self._add(Mover(28.39, 56.565, 262, 49, 150, 1650), one | {"height": 165.0})
        plane = {"label": "aircraft", "height": 1240.0, "status": "cooperative", "identity": "icao:502c3f"}
        self._add(Mover(26.75, 56.20, 48, 61, 0, 6600), plane)
        farm = {
            "label": "agricultural_drone",
            "height": 4.0,
            "status": "cooperative",
            "identity": "rid:digest-8f21c0a7",
        }
        known = {"flight": "2f8343be-6482-4d1b-a474-16847e01af1e", "word": "known", "named": True}
        self._add(Mover(27.47, 56.43, 90, 0.3, 300, 6600), farm | {"flight": known | {"words": "flies as authorised"}})
        self._add(Mover(27.58, 56.62, 10, 0.3, 500, 6600), farm | {"identity": "rid:digest-2b90e411"})
        flock = {"label": "flock", "height": 310.0, "status": "unknown", "identity": None}
        self._add(Mover(28.20, 56.33, 335, 14, 0, 4000), flock)
        for _ in range(extra):
            mover = Mover(
                dice.uniform(26.9, 28.6), dice.uniform(56.1, 56.95), dice.uniform(0, 360), dice.uniform(8, 60), 0, 6600
            )
            self._add(
                mover,
                {"label": dice.choice(LABELS), "height": dice.uniform(40, 900), "status": "unknown", "identity": None},
            )
        sensors = [
            self._sensor(f"lv-ac-{i:02d}", "acoustic", *along(BORDER, i / 29), reach=1500.0)
            for i in range(30)
            if i not in (11, 12, 21, 22)
        ]
        sensors += [
            self._sensor("lv-radar-1", "radar", 27.99, 56.535, reach=25000.0),
            self._sensor("lv-adsb-1", "adsb", 27.335, 56.511, reach=150000.0),
            self._sensor("lv-rid-1", "remote_id", 27.5, 56.5, reach=8000.0),
            self._sensor("lv-calls", "observer", 27.34, 56.51, reach=None),
        ]
        ring = [
            (27.333 + 0.16 * math.sin(a), 56.507 + 0.09 * math.cos(a)) for a in (math.tau * i / 40 for i in range(40))
        ]
        self.wall: dict[str, Any] = {
            "name": "Rezekne segment",
            "exercise": exercise,
            "invented_sites": exercise,
            "terrain": "synthetic:2026" if exercise else "srtm",
            "sensors": sensors,
            "zones": [{"id": "rezekne", "kind": "protected", "polygon": ring, "people": 31000}],
            "authorities": [
                {
                    "id": "vugd-duty",
                    "languages": ["lv", "en"],
                    "zones": ["rezekne"],
                    "escalate_after_s": 120.0,
                    "deputy": "vugd-deputy",
                }
            ],
            "border": {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": BORDER}},
            "places": [{"name": n, "lon": x, "lat": y, "people": p} for n, x, y, p in PLACES],
            "holes": [],
        }

    def _add(self, mover: Mover, about: dict[str, Any]) -> None:
        self.things.append((mover, about | {"id": f"t-{len(self.things) + 1:06d}"}))

    @staticmethod
    def _sensor(name: str, kind: str, lon: float, lat: float, *, reach: float | None) -> dict[str, Any]:
        return {
            "id": name,
            "kind": kind,
            "nation": "LV",
            "latitude_deg": lat,
            "longitude_deg": lon - (0.012 if kind == "acoustic" else 0.0),
            "height_agl_m": 4.0,
            "range_m": reach,
            "footprint_m": reach if kind == "acoustic" else None,
            "azimuth_from_deg": 0.0,
            "azimuth_to_deg": 360.0,
        }

    def health(self, t: float) -> list[dict[str, Any]]:
        bad = {"lv-ac-06": "silent", "lv-ac-17": "late"}
        rows = []
        for sensor in self.wall["sensors"]:
            state = bad.get(sensor["id"], "ok")
            rows.append(
                {
                    "id": sensor["id"],
                    "state": state,
                    "last_t": t - (412 if state == "silent" else 0.6),
                    "rate_hz": 0.0 if state == "silent" else 1.0,
                }
            )
        return rows

    def tracks(self, t: float) -> list[dict[str, Any]]:
        s = t - START
        rows = []
        for mover, about in self.things:
            if not mover.born <= s < mover.gone:
                continue
            lon, lat, ve, vn = mover.at(s)
            life = s - mover.born
            known = about["status"] == "cooperative"
            coasting = (
                about["label"] == "fixed_wing_piston" and about["id"] in ("t-000001", "t-000002") and 620 < life < 700
            )
            tentative = life < 40 and not known
            age = life - 620 if coasting else (t * 7.3 % 1.4)
            spread = 60.0 + (age * 22 if coasting else 0) + (500.0 * math.exp(-life / 60))
            sure = 1 - math.exp(-life / 80)
            stands = "0" if tentative else "4" if known else "1"
            entity = {"aircraft": "120100", "flock": "000000", "bird": "000000", "unknown": "000000"}.get(
                about["label"], "120300"
            )
            rows.append(
                {
                    "id": about["id"],
                    "status": "tentative" if tentative else "coasting" if coasting else "confirmed",
                    "lat": lat,
                    "lon": lon,
                    "alt_hae_m": about["height"] + 150,
                    "height_agl_m": about["height"],
                    "ve": ve,
                    "vn": vn,
                    "vu": 0.4 * math.sin(s / 31),
                    "ellipse": {"a_m": spread * 1.8, "b_m": spread, "azimuth_deg": math.degrees(mover.azimuth) % 180},
                    "p_exists": 1 - 0.5 * math.exp(-life / 25),
                    "label": about["label"] if sure > 0.4 or known else "unknown",
                    "label_probability": max(0.35, 0.95 * sure),
                    "identity": about["identity"],
                    "identity_status": about["status"],
                    "detections": int(life * 0.8),
                    "sensors": ["lv-adsb-1"] if known else ["lv-ac-13", "lv-ac-14", "lv-radar-1"],
                    "age_s": age,
                    "first_t": START + mover.born,
                    "flight": about.get("flight"),
                    "sidc": f"101{stands}01{'0000'}{entity}0000",
                    "freshness": {
                        "position": "stale" if coasting else "fresh",
                        "velocity": "fresh",
                        "height": "stale",
                        "label": "fresh",
                        "identity": "fresh" if known else "expired",
                    },
                }
            )
        return rows

    def presences(self, t: float) -> list[dict[str, Any]]:
        s = t - START
        if not 200 < s < 1200:
            return []
        node = next(one for one in self.wall["sensors"] if one["id"] == "lv-ac-24")
        return [
            {
                "id": "p-000001",
                "sensors": ["lv-ac-24"],
                "lat": node["latitude_deg"],
                "lon": node["longitude_deg"],
                "radius_m": 3600.0,
                "azimuth_from_deg": 30.0,
                "azimuth_to_deg": 75.0,
                "first_t": START + 200,
                "last_t": t - 3,
                "label": "fixed_wing_piston",
                "quantile": 0.9,
                "detections": 24,
                "p_exists": 0.7,
            }
        ]

    def alert(self, t: float) -> dict[str, Any] | None:
        s = t - START
        if s < 420:
            return None
        ring = [
            [27.98, 56.60],
            [27.70, 56.605],
            [27.40, 56.585],
            [27.17, 56.56],
            [27.12, 56.49],
            [27.18, 56.425],
            [27.45, 56.43],
            [27.75, 56.49],
            [27.99, 56.53],
            [27.98, 56.60],
        ]
        return {
            "id": "a-0001",
            "revision": 2 if s > 700 else 1,
            "level": 3 if s > 500 else 2,
            "level_name": "warning",
            "exercise": True,
            "authority": "vugd-duty",
            "owner": "vugd-duty",
            "zones": ["rezekne"],
            "area": [ring],
            "area_km2": 512.4,
            "people": 31000,
            "message": "alert",
            "texts": TEXTS,
            "tracks": ["t-000001", "t-000002"],
            "presences": ["p-000001"],
            "clock": {"first_evidence": START + 96, "confirmed": START + 168, "drafted": START + 420},
            "last_useful_t": START + 1180,
            "countdown_s": 1180 - s,
            "expires_t": START + 3600,
            "escalated_t": START + 560 if s > 560 else None,
            "evidence": {
                "p_exists": 0.998,
                "label": "fixed_wing_piston",
                "label_probability": 0.91,
                "course_deg": 259.0,
                "speed_mps": 49.6 + 0.1 * (int(10 * s) % 7),  # never the same for long, as on a real night
                "time_to_zone_s": [510.0, 720.0],
                "sensors": ["lv-ac-13", "lv-ac-14", "lv-radar-1"],
            },
        }

    def card(self, track: str, t: float) -> dict[str, Any] | None:
        found = next(((m, a) for m, a in self.things if a["id"] == track), None)
        if found is None:
            return None
        mover, about = found
        history, evidence = [], []
        for s in range(int(mover.born), int(t - START) + 1, 5):
            lon, lat, _, _ = mover.at(s)
            life = s - mover.born
            sure = 0.95 * (1 - math.exp(-life / 80))
            rest = 1 - sure
            classes = {about["label"]: sure, "unknown": rest * 0.5, "fixed_wing_small": rest * 0.3, "bird": rest * 0.2}
            history.append(
                {"t": START + s, "lat": lat, "lon": lon, "p_exists": 1 - 0.5 * math.exp(-life / 25), "classes": classes}
            )
            if life > 8:
                sensor = ("lv-ac-13", "lv-radar-1", "lv-ac-14", "lv-radar-1")[s // 5 % 4]
                evidence.append({"t": START + s, "sensor": sensor, "scan": s, "row": 0, "weight": 0.97 - (s % 7) / 30})
        return {"id": track, "history": history, "evidence": evidence[-100:]}

    def detections(self, sensor: str, scan: int) -> list[dict[str, Any]]:
        lon, lat, _, _ = self.things[0][0].at(scan)
        at = next(one for one in self.wall["sensors"] if one["id"] == sensor)
        dx, dy = (lon - at["longitude_deg"]) * east_m(lat), (lat - at["latitude_deg"]) * 111_320.0
        row: dict[str, Any] = {
            "row": 0,
            "t": START + scan,
            "received_t": START + scan + 0.4,
            "azimuth_deg": math.degrees(math.atan2(dx, dy)) % 360,
        }
        if sensor.startswith("lv-radar"):
            return [
                row | {"range_m": math.hypot(dx, dy), "elevation_deg": 1.2, "range_rate_mps": -48.2, "snr_db": 14.1}
            ]
        return [row | {"snr_db": 6.3, "tone_hz": 96.0, "label": "fixed_wing_piston", "label_confidence": 0.7}]

    def timeline(self, clock: dict[str, float]) -> dict[str, Any]:
        ours = [{"t": at, "word": word, "text": ""} for word, at in clock.items()]
        ours.append({"t": START + 1560, "word": "impact", "text": "Impact of the first (simulated)"})
        reported = [
            {"t": START + s, "text": text, "source": source, "grade": grade} for s, text, source, grade in REPORTED
        ]
        return {"start": START, "end": self.end, "words": WORDS, "ours": ours, "reported": reported}
