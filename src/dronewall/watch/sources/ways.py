"""The ways in: how bytes come from an address, piece by piece. One function for each scheme of `addresses.WAYS`.

    tcp, tls    we connect
    listen      we are the server, for one at a time
    udp         each datagram is a piece; a multicast group is joined, on `?interface=` where that is given
    mqtt, mqtts we subscribe; each message is a piece
    serial      a device at `?baud=` (115200), eight bits, no parity, nothing changed on the way
    file        read to its end, then as it grows

Each gives pieces until its line is lost or `Line.going` says no, and raises `OSError` for whatever keeps it from it.
`push` has no way of its own: pieces come in through the API (`feeds.Feed.push`).
"""

import os
import select
import socket
import ssl
import termios
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from dronewall.watch.sources.addresses import Address
from dronewall.watch.sources.mqtt import Subscription, subscribed

POLL_S: Final = 0.2
CONNECT_S: Final = 5.0
PIECE: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a way in is told.

    Attributes
    ----------
    sensor : str
        Names files of keys, and us at a broker.
    base : Path
        What a relative path is relative to.
    keys : Path
        Where `SENSOR.ca.pem`, `SENSOR.crt.pem`, `SENSOR.key.pem` and `SENSOR.login` (user, colon, password) may lie.
    stop : Event
        Ends it.
    connected : callable
        Called once it is there.
    aside : callable
        Called with a reason for what is sound and left out.
    """

    at: Address
    sensor: str
    base: Path
    keys: Path
    stop: threading.Event
    connected: Callable[[], None]
    aside: Callable[[str], None]

    def going(self) -> bool:
        """Whether to go on."""
        return not self.stop.is_set()


def pieces(line: Line) -> Iterator[bytes]:
    """What comes in from `line.at`, piece by piece."""
    return BY_SCHEME[line.at.scheme](line)


def _heard(line: Line, there: socket.socket, *, stream: bool) -> Iterator[bytes]:
    with closing(there):
        there.settimeout(POLL_S)
        line.connected()
        while line.going():
            try:
                piece = there.recv(PIECE)
            except TimeoutError:
                continue
            if not piece and stream:
                return
            yield piece


def _dialled(line: Line) -> socket.socket:
    there = socket.create_connection((line.at.host, line.at.port), timeout=CONNECT_S)
    if line.at.scheme not in ("tls", "mqtts"):
        return there
    try:
        return _context(line).wrap_socket(there, server_hostname=line.at.host)
    except (OSError, ssl.SSLError):
        there.close()
        raise


def _context(line: Line) -> ssl.SSLContext:
    """The system's authorities, or the sensor's own; our certificate where there is one."""
    own = line.keys / f"{line.sensor}.ca.pem"
    context = ssl.create_default_context(cafile=str(own) if own.exists() else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    certificate, key = (line.keys / f"{line.sensor}.{name}.pem" for name in ("crt", "key"))
    if certificate.exists():
        context.load_cert_chain(certificate, key if key.exists() else None)
    return context


def _tcp(line: Line) -> Iterator[bytes]:
    return _heard(line, _dialled(line), stream=True)


def _listen(line: Line) -> Iterator[bytes]:
    with socket.create_server((line.at.host, line.at.port)) as server:
        server.settimeout(POLL_S)
        while line.going():
            try:
                there = server.accept()[0]
            except TimeoutError:
                continue
            break
        else:
            return
    yield from _heard(line, there, stream=True)


def _udp(line: Line) -> Iterator[bytes]:
    return _heard(line, datagrams(line.at), stream=False)


def datagrams(at: Address) -> socket.socket:
    """A socket for datagrams to an address of ours, or to a multicast group."""
    there = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    group = ip_address(at.host).is_multicast if at.host.replace(".", "").isdigit() else False
    try:
        if group:
            there.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        there.bind((at.host, at.port))
        if group:
            member = socket.inet_aton(at.host) + socket.inet_aton(at.options.get("interface", "0.0.0.0"))
            there.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
    except OSError:
        there.close()
        raise
    return there


def _mqtt(line: Line) -> Iterator[bytes]:
    user = password = None
    login = line.keys / f"{line.sensor}.login"
    if login.exists():
        user, colon, rest = login.read_text(encoding="utf-8").strip().partition(":")
        password = rest if colon else None
    wanted = Subscription(
        topic=line.at.path,
        client=line.at.options.get("client", f"dronewall-{line.sensor}"),
        qos=int(line.at.options.get("qos", "1")),
        user=user,
        password=password,
    )
    with closing(_dialled(line)) as there:
        yield from subscribed(there, wanted, going=line.going, connected=line.connected, aside=line.aside)


def _serial(line: Line) -> Iterator[bytes]:
    baud = line.at.options.get("baud", "115200")
    speed = getattr(termios, f"B{baud}", None)
    if speed is None:
        raise OSError(f"a serial line has no speed of {baud} baud here")
    device = os.open(line.base / line.at.path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        try:
            state = termios.tcgetattr(device)
            raw = [0, 0, termios.CS8 | termios.CREAD | termios.CLOCAL, 0, speed, speed, state[6]]
            termios.tcsetattr(device, termios.TCSANOW, raw)
        except termios.error as error:
            raise OSError(f"not a serial line: {error.args[-1]}") from None
        line.connected()
        while line.going():
            if select.select([device], [], [], POLL_S)[0]:
                piece = os.read(device, PIECE)
                if not piece:
                    return
                yield piece
    finally:
        os.close(device)


def _file(line: Line) -> Iterator[bytes]:
    with (line.base / line.at.path).open("rb") as stream:
        line.connected()
        while line.going():
            piece = stream.read(PIECE)
            if piece:
                yield piece
            elif line.stop.wait(POLL_S):
                return


BY_SCHEME: Final[Mapping[str, Callable[[Line], Iterator[bytes]]]] = {
    "tcp": _tcp,
    "tls": _tcp,
    "listen": _listen,
    "udp": _udp,
    "mqtt": _mqtt,
    "mqtts": _mqtt,
    "serial": _serial,
    "file": _file,
}
