"""A hub: a plain nats-server that several nations dial, so that none needs to reach the others.

It keeps nothing and decides nothing. Each nation lands, by its certificate, in an account of its own; what it says to
LT goes to LT's account and to no other, and nothing else passes. Letters are sealed for who they are for (`post`), so
who runs the hub sees which nations are there, who writes to whom, when, and how long letters are.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509

from dronewall.errors import BadInput
from dronewall.watch.share.certificates import Authority, key_of, name_of, nation_of, read
from dronewall.watch.share.issuing import check, make_hub, replace

NAME: Final = "hub"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The files of a hub, and the hosts that its certificate names."""

    conf: Path
    certificate: Path
    hosts: tuple[str, ...]


def write(
    folder: Path, nations: Sequence[str], *, listen: str, hosts: Sequence[str], trusted: Sequence[Path], now: datetime
) -> Written:
    """The files of a hub in `folder`: hub.conf for nats-server, and hub.crt, which every nation needs; a key and a
    certificate that are there stay.

    `trusted` are an authority's certificate, or those of the nations themselves.

    Raises
    ------
    BadInput
        Fewer than two nations, one twice, or a nation whose certificate is not among those given.
    """
    check(nations, {NAME: hosts})
    if not re.fullmatch("[A-Za-z0-9.-]+:[0-9]{1,5}", listen):
        raise BadInput(f"--listen {listen} is no address; give HOST:PORT, such as 0.0.0.0:7422")
    if len(set(nations)) < 2 or len(set(nations)) < len(nations):
        raise BadInput(f"a hub is between two nations or more, each named once; not {' '.join(nations) or 'none'}")
    _check_trust(nations, trusted)
    make_hub(folder, hosts, now)
    here = folder.resolve()
    replace(here / "trusted.pem", b"".join(file.read_bytes() for file in trusted))
    replace(here / f"{NAME}.conf", _text(here, nations, listen).encode(), mode=0o600)
    crt = here / f"{NAME}.crt"
    names = read(crt).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return Written(conf=here / f"{NAME}.conf", certificate=crt, hosts=tuple(str(one.value) for one in names))


def _check_trust(nations: Sequence[str], trusted: Sequence[Path]) -> None:
    named = [nation_of(read(file)) for file in trusted]
    if not any(named):
        for file in trusted:
            Authority.read(file)
        return
    if not all(named):
        raise BadInput(
            "--trust takes an authority's certificate or those of the nations, not both: "
            "whoever the authority signs for could come in as a nation that is pinned"
        )
    missing = [nation for nation in nations if nation not in named]
    if missing:
        raise BadInput(f"there is no certificate of {', '.join(missing)} among those to trust; give one with --trust")


def certificate_of(file: Path) -> Path:
    """The file by which a node knows its hub.

    Raises
    ------
    BadInput
        It is no certificate, or a nation's: who has that nation's key could pose as the hub.
    """
    found: x509.Certificate = read(file)
    if nation_of(found) or key_of(found) is None:
        raise BadInput(f"{file} is not the certificate of a hub; make one with: dronewall share hub", file=str(file))
    return file


def _text(folder: Path, nations: Sequence[str], listen: str) -> str:
    users = ", ".join(f'{{ user: "{name_of(nation)}", account: "{nation}" }}' for nation in nations)
    accounts = "\n".join(_account(nation, nations) for nation in nations)
    own = f'cert_file: "{folder}/{NAME}.crt", key_file: "{folder}/{NAME}.key"'
    return f"""# A hub of {", ".join(nations)}, as dronewall share hub wrote it: nats-server -c {folder}/{NAME}.conf
server_name: "{NAME}-{secrets.token_hex(4)}"
listen: "127.0.0.1:-1"
max_payload: 1048576
write_deadline: "5s"
accounts {{
  "NOBODY": {{ users: [ {{ user: "nobody", password: "{secrets.token_urlsafe(24)}" }} ] }}
{accounts}
}}
leafnodes {{
  no_advertise: true
  listen: "{listen}"
  tls: {{ {own}, ca_file: "{folder}/trusted.pem", verify_and_map: true, timeout: 5 }}
  authorization {{ users: [ {users} ] }}
}}
"""


def _account(nation: str, nations: Sequence[str]) -> str:
    """What one nation says to each other one, and hears of it; no other word passes."""
    others = [other for other in nations if other != nation]
    out = ", ".join(f'{{ stream: "to.{other}.from.{nation}.>", accounts: ["{other}"] }}' for other in others)
    heard = ", ".join(
        f'{{ stream: {{ account: "{other}", subject: "to.{nation}.from.{other}.>" }} }}' for other in others
    )
    return f'  "{nation}": {{ exports: [ {out} ], imports: [ {heard} ] }}'
