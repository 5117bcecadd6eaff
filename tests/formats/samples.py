"""A short stream of every format, and how to read one."""

import json
import struct
from pathlib import Path

import numpy as np

from dronewall.formats import Decoded, Decoder, avr, beast, decoder, remote_id_mavlink
from dronewall.formats.modes import cpr, crc
from dronewall.records.detection import joined
from tests.formats.asterix_records import TURNS
from tests.formats.sapient.said import STREAM as SAPIENT

DATA = Path(__file__).parent / "data"
FLIGHT = (DATA / "full_flight_extract.jsonl").read_bytes()
BEACONS = (DATA / "odid_wifi_bcn_sample.pcap").read_bytes()
FRAMES = [
    (round(said["timestamp"] * 1e9), bytes.fromhex(said["frame"]), said)
    for said in map(json.loads, FLIGHT.decode().splitlines())
]
TICKS = [1_000_000 + (time_ns - FRAMES[0][0]) * 12 // 1000 for time_ns, _, _ in FRAMES]
DAY_NS = FRAMES[0][0] // (86_400 * 10**9) * 86_400 * 10**9
SBS = b"""\
MSG,4,1,1,4CA1FA,1,2026/05/07,00:12:03.100,2026/05/07,00:12:03.150,,,240,90,,,-640,,,,,0
MSG,3,1,1,4CA1FA,1,2026/05/07,00:12:03.250,2026/05/07,00:12:03.300,,10000,,,56.50000,27.30000,,,0,0,0,0
MSG,1,1,1,4CA1FA,1,2026/05/07,00:12:03.400,2026/05/07,00:12:03.450,TEST123 ,,,,,,,,,,,0
MSG,3,1,1,4CA1FA,1,2026/05/07,00:12:03.750,2026/05/07,00:12:03.800,,9975,,,56.50000,27.30200,,,0,0,0,0
"""
SNAPSHOTS = b"""\
{"now": 1778112723.4, "messages": 9, "aircraft": [
 {"hex": "4ca1fa", "type": "adsb_icao", "flight": "TEST123 ", "alt_baro": 10000, "alt_geom": 10150, "gs": 240.0,
  "track": 90.0, "baro_rate": -640, "category": "A3", "lat": 56.5, "lon": 27.3, "seen_pos": 0.2, "version": 2,
  "nac_p": 9, "gva": 2},
 {"hex": "4ca1fb", "type": "mlat", "lat": 56.4, "lon": 27.3, "seen_pos": 0.2},
 {"hex": "4ca1fc", "alt_baro": "ground"}]}
{"now": 1778112724.4, "messages": 11, "aircraft": [
 {"hex": "4ca1fa", "alt_baro": 9975, "lat": 56.5, "lon": 27.302, "seen_pos": 0.3, "version": 2, "nac_p": 9}]}
"""
LINES = b"""\
{"time":"2026-05-07T00:12:03.250Z","azimuth_deg":71.5,"tone_hz":105.0,"snr_db":9.0,"label":"fixed_wing_piston"}
{"scan":1712,"time":"2026-05-07T00:12:04Z","end":"2026-05-07T00:12:06Z","detections":[]}
{"scan":1713,"time_ns":1778112726000000000,"detections":[{"range_m":8200.0,"azimuth_deg":71.5},{"range_m":9100}]}
"""
COT = b"".join(
    b"<?xml version='1.0'?>\n<event version='2.0' uid='ICAO-4CA1FA' type='a-h-A-M-H-Q' how='m-g'"
    b" time='2026-05-07T00:12:0%d.250Z' start='2026-05-07T00:12:03Z' stale='2026-05-07T00:12:30Z'>"
    b"<point lat='56.5' lon='27.30%d' hae='200' ce='12.5' le='9999999'/>"
    b"<detail><track course='90' speed='40'/><contact callsign='TARGET-1'/></detail></event>\n" % (n, n)
    for n in range(3, 6)
)
SERIAL, OPERATOR = "1581F4TESTSERIAL0042", "LVA-TEST-OPERATOR-77"


def basic_id(serial: str = SERIAL, *, id_type: int = 1, aircraft_type: int = 2) -> bytes:
    return bytes([0x02, id_type << 4 | aircraft_type]) + serial.encode().ljust(20, b"\0") + bytes(3)


def location(latitude_deg: float = 56.5, longitude_deg: float = 27.3, *, tenths: int = 7230, **raw: int) -> bytes:
    """A location message; `raw` replaces single bytes: `b3=40` the fourth."""
    message = bytearray(25)
    message[0:5] = bytes([0x12, 0x20, 90, 40, 4])
    message[5:9] = round(latitude_deg * 1e7).to_bytes(4, "little", signed=True)
    message[9:13] = round(longitude_deg * 1e7).to_bytes(4, "little", signed=True)
    message[13:15] = round((120.0 + 1000.0) * 2).to_bytes(2, "little")
    message[15:17] = round((230.0 + 1000.0) * 2).to_bytes(2, "little")
    message[19] = 5 << 4 | 10
    message[21:23] = tenths.to_bytes(2, "little")
    for place, value in raw.items():
        message[int(place[1:])] = value
    return bytes(message)


def operator_id() -> bytes:
    return bytes([0x52, 0]) + OPERATOR.encode().ljust(20, b"\0") + bytes(3)


def system(latitude_deg: float = 56.4321, longitude_deg: float = 27.1234) -> bytes:
    message = bytearray(25)
    message[0:2] = bytes([0x42, 1])
    message[2:6] = round(latitude_deg * 1e7).to_bytes(4, "little", signed=True)
    message[6:10] = round(longitude_deg * 1e7).to_bytes(4, "little", signed=True)
    return bytes(message)


def pack(*messages: bytes) -> bytes:
    return bytes([0xF2, 25, len(messages)]) + b"".join(messages)


def heard(message: bytes, time: str = "2026-05-07T00:12:03.250Z", transmitter: str = "60:60:1f:00:00:01") -> bytes:
    return json.dumps({"time": time, "transmitter": transmitter, "message": message.hex()}).encode() + b"\n"


def mavlink(number: int, payload: bytes, sequence: int = 0) -> bytes:
    """A frame of MAVLink 2."""
    body = bytes([len(payload), 0, 0, sequence % 256, 7, 1]) + number.to_bytes(3, "little") + payload
    extra = remote_id_mavlink.LAYOUT[number][0]
    return b"\xfd" + body + remote_id_mavlink.checksum(body + bytes([extra])).to_bytes(2, "little")


def mavlink_pack(*messages: bytes, address: bytes = b"\x60\x60\x1f\0\0\1") -> bytes:
    held = bytes([0, 0]) + address.ljust(20, b"\0") + bytes([25, len(messages)]) + b"".join(messages).ljust(225, b"\0")
    return mavlink(remote_id_mavlink.PACK, held)


def mavlink_location(latitude_deg: float = 56.5, longitude_deg: float = 27.3, seconds: float = 724.0) -> bytes:
    fields = (round(latitude_deg * 1e7), round(longitude_deg * 1e7), 120.0, 230.0, 50.0, seconds, 9_000, 1_000, 200)
    rest = (0, 0, b"\x60\x60\x1f\0\0\1", 2, 0, 10, 5, 3, 3, 2)
    return mavlink(
        remote_id_mavlink.LOCATION, remote_id_mavlink.LAYOUT[remote_id_mavlink.LOCATION][1].pack(*fields, *rest)
    )


REMOTE_IDS = heard(pack(basic_id(), location(), system(), operator_id())) + heard(
    location(56.501, tenths=7240), "2026-05-07T00:12:04.250Z"
)


def captured(*datagrams: bytes) -> bytes:
    """A capture of UDP datagrams, two a second from noon on."""
    head = b"\xd4\xc3\xb2\xa1" + struct.pack("<HHIIII", 2, 4, 0, 0, 65_535, 1)
    rows = []
    for number, data in enumerate(datagrams):
        udp = struct.pack(">HHHH", 5000, 8600, len(data) + 8, 0) + data
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, len(udp) + 20, 0, 0, 64, 17, 0, b"\x7f\0\0\1", b"\x7f\0\0\1")
        packet = bytes(12) + b"\x08\x00" + ip + udp
        second = DAY_NS // 10**9 + 43_200 + number // 2
        rows.append(struct.pack("<IIII", second, 500_000 * (number % 2), len(packet), len(packet)) + packet)
    return head + b"".join(rows)


SAMPLES = {
    "aircraft_json": SNAPSHOTS,
    "asterix": TURNS,
    "asterix_pcap": captured(TURNS),
    "avr": b"".join(avr.encode(frame, ticks) for (_, frame, _), ticks in zip(FRAMES, TICKS, strict=True)),
    "beast": b"".join(beast.encode(frame, ticks) for (_, frame, _), ticks in zip(FRAMES, TICKS, strict=True)),
    "cot": COT,
    "jsonl": LINES,
    "modes_csv": b"".join(f'{time_ns / 1e9:.6f},"{frame.hex()}"\n'.encode() for time_ns, frame, _ in FRAMES),
    "remote_id_jsonl": REMOTE_IDS,
    "remote_id_mavlink": mavlink_pack(basic_id(), location(), system(), operator_id()) + mavlink_location(56.501),
    "remote_id_pcap": BEACONS,
    "rs1090": FLIGHT,
    "sapient": SAPIENT,
    "sbs": SBS,
}


def file_decoder(name: str, **options: object) -> Decoder:
    """A decoder that reads a file, with the receiver near Paris."""
    return decoder(name, {"from_file": True, "date_ns": DAY_NS, "receiver_deg": [49.0, 2.5], **options})


def read(name: str, data: bytes, **options: object) -> tuple[Decoded, Decoder]:
    """Everything in a stream, and the decoder with its counts."""
    one = file_decoder(name, **options)
    return together([one.feed(data, 0), one.end(0)]), one


def together(parts: list[Decoded]) -> Decoded:
    """Several pieces as one."""
    return Decoded(
        detections=joined([part.detections for part in parts]),
        scan=np.concatenate([part.scan for part in parts]),
        looks=tuple(look for part in parts for look in part.looks),
        personal=tuple(item for part in parts for item in part.personal),
    )


def squitter(address: int, me: int, *, df: int = 17, capability: int = 5) -> bytes:
    """A sound frame."""
    return crc.with_parity(bytes([df << 3 | capability]) + address.to_bytes(3, "big") + me.to_bytes(7, "big"))


def airborne_me(
    latitude_deg: float, longitude_deg: float, odd: bool, *, type_code: int = 11, altitude: int = 0xC38, nic_b: int = 0
) -> int:
    """The message field of an airborne position."""
    north, east = cpr.encode(latitude_deg, longitude_deg, odd, surface=False)
    return type_code << 51 | nic_b << 48 | altitude << 36 | int(odd) << 34 | north << 17 | east


def status_me(version: int, nacp: int, *, gva: int = 2) -> int:
    """The message field of an airborne operational status."""
    return 31 << 51 | version << 13 | nacp << 8 | gva << 6
