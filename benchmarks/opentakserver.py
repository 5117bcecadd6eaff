"""OpenTAKServer, which we did not write, between our CoT output and a second client: what comes through, and how late?

    make opentakserver        (some three minutes; the first time also its environment of 400 MB)

Needs Python 3.12 (uv finds it, or brings it) and Debian's rabbitmq-server and postgresql-15, which the target gets.
The server, its broker and its database listen on loopback only and keep everything in one temporary folder; the broker
takes port 5672, which OpenTAKServer cannot be told to change. Prints what came through; exits 1 if anything did not.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import psycopg

from benchmarks.tak import delays_ms, said
from dronewall.errors import BadInput
from dronewall.watch.share.server import free_port
from tests.watch.store.server import Postgres

HOME: Final = Path(__file__).resolve().parents[1] / ".cache" / "peer" / "opentakserver"
PACKAGE: Final = "opentakserver==1.7.14"
RABBIT: Final = Path("/usr/lib/rabbitmq/bin")
BROKER_PORT: Final = 5672
READY_S: Final = 240.0
RABBIT_CONF: Final = """
listeners.tcp.default = 127.0.0.1:5672
disk_free_limit.absolute = 10MB
"""


def programs(python: str) -> Path:
    """Where OpenTAKServer's programs lie; its environment is made on first use."""
    folder, done = HOME / "env", HOME / "whole"
    if not done.exists():
        print("opentakserver: making its environment", file=sys.stderr)
        uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"
        if subprocess.run([uv, "venv", "-q", "--clear", "--python", python, folder], check=False).returncode:
            raise BadInput(
                f"no Python {python}, which OpenTAKServer needs; say where one is: --python /usr/bin/python3.12"
            )
        subprocess.run([uv, "pip", "install", "-q", "--python", folder / "bin" / "python", PACKAGE], check=True)
        done.touch()
    return folder / "bin"


def wait(what: Callable[[], bool], name: str, logs: Path, watched: "list[subprocess.Popen[bytes]]") -> None:
    """Until it is so; what the programs said if it never is, or if one of them ends."""
    ends = time.monotonic() + READY_S
    while not what():
        if time.monotonic() > ends or any(program.poll() is not None for program in watched):
            show(logs)
            raise SystemExit(f"opentakserver: {name} did not start")
        time.sleep(0.2)


def show(logs: Path) -> None:
    """What every program said last."""
    for log in [*sorted(logs.glob("*.log")), *sorted(logs.glob("ots/logs/*.log"))]:
        print(f"--- {log.name}\n{log.read_text(errors='replace')[-3_000:]}", file=sys.stderr)


def answers(port: int) -> Callable[[], bool]:
    def asked() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
        except OSError:
            return False
        return True

    return asked


@contextmanager
def running(program: Path | str, *words: str, log: Path, env: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """A program in a group of its own, which ends with all its children."""
    with log.open("ab") as said_to:
        process = subprocess.Popen(
            [program, *words],
            stdout=said_to,
            stderr=said_to,
            env={**os.environ, **env},
            cwd=log.parent,
            process_group=0,
        )
    try:
        yield process
    finally:
        for signal in (15, 9):
            try:
                os.killpg(process.pid, signal)
                process.wait(timeout=20.0)
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue


@contextmanager
def served(folder: Path, bin_: Path) -> Iterator[tuple[int, str]]:
    """OpenTAKServer on loopback: its CoT port and its database."""
    if answers(BROKER_PORT)():
        raise BadInput(f"port {BROKER_PORT} is in use; OpenTAKServer's broker needs it: end what listens there")
    if not (RABBIT / "rabbitmq-server").exists():
        raise BadInput("rabbitmq-server is not installed; type: make opentakserver")
    here, web, marti, udp, names = (free_port() for _ in range(5))
    with ExitStack() as stack:
        enter = stack.enter_context
        rabbit = folder / "rabbit"
        rabbit.mkdir()
        (rabbit / "rabbitmq.conf").write_text(RABBIT_CONF)
        broker_env = {
            "RABBITMQ_NODENAME": f"dronewall-{os.getpid()}@localhost",
            "RABBITMQ_MNESIA_BASE": str(rabbit),
            "RABBITMQ_LOG_BASE": str(rabbit),
            "RABBITMQ_CONFIG_FILE": str(rabbit / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(rabbit / "plugins"),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(names),
            "HOME": str(rabbit),
        }
        mapper = enter(running("epmd", log=folder / "epmd.log", env=broker_env))  # its own would outlive it
        wait(answers(names), "epmd", folder, [mapper])
        broker = enter(running(RABBIT / "rabbitmq-server", log=folder / "rabbitmq.log", env=broker_env))
        wait(answers(BROKER_PORT), "RabbitMQ", folder, [broker])

        postgres = enter(Postgres())
        postgres.sql("postgres", "CREATE ROLE ots LOGIN SUPERUSER PASSWORD 'ots'", "CREATE DATABASE ots OWNER ots")
        postgres.sql("ots", "CREATE EXTENSION postgis")
        database = postgres.over_tcp("ots", "ots", "ots")
        env = {
            "OTS_DATA_FOLDER": str(folder / "ots"),
            "SQLALCHEMY_DATABASE_URI": database.replace("postgresql://", "postgresql+psycopg://"),
            "OTS_STREAMING_INTERFACE": "127.0.0.1",
            "OTS_LISTENER_PORT": str(web),
            "OTS_MARTI_HTTP_PORT": str(marti),
            "OTS_UDP_PORT": str(udp),
            "OTS_TCP_STREAMING_PORT": str(here),
            "OTS_MEDIAMTX_ENABLE": "False",
            "PYTHONPATH": "",
            "HOME": str(folder),
        }
        server = enter(running(bin_ / "opentakserver", log=folder / "opentakserver.log", env=env))
        wait(answers(web), "OpenTAKServer", folder, [broker, server])
        parser = enter(running(bin_ / "cot_parser", log=folder / "cot_parser.log", env=env))
        handler = enter(running(bin_ / "eud_handler", log=folder / "eud_handler.log", env=env))
        wait(answers(here), "its door for TAK clients", folder, [broker, server, parser, handler])
        yield here, database


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--tracks", type=int, default=5)
    options.add_argument("--pictures", type=int, default=20)
    options.add_argument("--python", default="3.12", help="where Python 3.12 or later is, if uv does not find it")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="dw-ots-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        try:
            with served(folder, programs(given.python)) as (port, database):
                try:
                    found = delays_ms(port, folder, given.tracks, given.pictures, join_s=READY_S)
                except TimeoutError:
                    show(folder)
                    print("opentakserver: a picture did not come through", file=sys.stderr)
                    return 1
                print(said("OpenTAKServer 1.7.14", found, given.tracks))
                with psycopg.connect(database) as connection:
                    row = connection.execute("SELECT count(*), count(DISTINCT uid) FROM cot").fetchone()
        except BadInput as error:
            print(f"opentakserver: {error}", file=sys.stderr)
            return 2
    print(f"in its own database: {row[0]} events of {row[1]} things" if row else "nothing in its database")
    return 0 if row and row[1] >= given.tracks else 1


if __name__ == "__main__":
    sys.exit(main())
