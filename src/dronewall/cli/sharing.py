"""The commands of `dronewall share`: rules in plain words, and what a partner would see of a night."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dronewall.cli.commands import AsJson, Browser, Seed, app, open_soon
from dronewall.errors import BadInput

if TYPE_CHECKING:
    from dronewall.picture.desk import Desk
    from dronewall.picture.nations.facts import AlertFacts, TrackFacts
    from dronewall.records.scan import Scan
    from dronewall.watch.prepare import Standing

share = typer.Typer(help="Share a picture with other nations, by rules that a lawyer can read.", no_args_is_help=True)
app.add_typer(share, name="share")

RulesFile = Annotated[Path, typer.Argument(metavar="RULES", help="The rule file, release.toml.")]


@share.command("rules")
def share_rules(
    rules: RulesFile,
    wall: Annotated[Path | None, typer.Option(help="The wall whose zones the rules name.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say in plain sentences what each partner sees, and what it never sees."""
    from dronewall.cli.serving import wall_file
    from dronewall.picture.nations.sentences import sentences
    from dronewall.records.release import load_rules
    from dronewall.records.wall import load_wall

    zones = {} if wall is None else {zone.id: zone.polygon for zone in load_wall(wall_file(wall)).zone}
    said = sentences(load_rules(rules, zones=None if wall is None else zones))
    print(json.dumps({"sentences": said}) if as_json else "\n".join(said))


@share.command("preview")
def share_preview(
    rules: RulesFile,
    picture: Annotated[str, typer.Argument(help="A recording, the data folder of a watch, or a night that ships.")],
    partner: Annotated[str, typer.Option(help="Two capital letters: who would see it.")],
    wall: Annotated[Path | None, typer.Option(help="Another wall file than the recording's own.")] = None,
    every: Annotated[float, typer.Option(help="Look at the picture each so many seconds.", min=0.2)] = 1.0,
    seed: Seed = 1,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Every message that would go, one JSON object a line.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Dry run: what a partner would see of a picture. Nothing leaves this machine; drafts count as if approved."""
    seen = Preview(rules, partner, picture, wall, seed)
    try:
        lines = open(output, "w", encoding="utf-8") if output else None  # noqa: SIM115
    except OSError as error:
        raise BadInput(f"{output} cannot be written: {error.strerror}", file=str(output)) from None
    try:
        for message in seen.messages(every):
            if lines is not None:
                lines.write(json.dumps(message) + "\n")
    finally:
        if lines is not None:
            lines.close()
    print(json.dumps(seen.summary()) if as_json else "\n".join(seen.told()))


@share.command("rehearse")
def share_rehearse(
    name: Annotated[str, typer.Argument(help="A night of several nations that ships.")] = "link-cut",
    seed: Seed = 1,
    speed: Annotated[float, typer.Option(help="Scenario seconds per second.", min=1.0, max=200.0)] = 30.0,
    as_json: AsJson = False,
) -> None:
    """Play a night through real nodes on this machine, lines cut as its nations.toml says, and say what was lost."""
    import tempfile

    from dronewall.cli.commands import _progress
    from dronewall.cli.company import play

    with tempfile.TemporaryDirectory(prefix="dronewall-") as folder, _progress() as bar:
        task = bar.add_task(name, total=1.0)
        said = play(name, seed=seed, speed=speed, folder=Path(folder), progress=lambda x: bar.update(task, completed=x))
    if as_json:
        print(json.dumps(said))
        return
    print(f"{name}: {len(said['nations'])} nodes; {sum(said['parts_said'].values())} parts said, {said['lost']} lost, ")
    print(f"{said['lapsed']} lapsed; all heard {said['drained_s']} s after the end of the night")
    for nation, names in said["shared_names"].items():
        print(f"{nation}: seen by several nations: {', '.join(names) or 'nothing'}")


@share.command("demo")
def share_demo(
    name: Annotated[str, typer.Argument(help="A night of several nations that ships.")] = "link-cut",
    port: Annotated[int, typer.Option(help="Port of the first page; the others follow.", min=0, max=65_000)] = 8001,
    seed: Seed = 1,
    speed: Annotated[float, typer.Option(help="Scenario seconds per second.", min=0.1, max=200.0)] = 10.0,
    browser: Browser = True,
) -> None:
    """Three nodes on this machine, a page for each, and a button that cuts the line between two."""
    import tempfile

    from dronewall.cli.company import demonstrate

    def announce(nation: str, address: str) -> None:
        print(f"dronewall: {nation} is at {address}", flush=True)
        if browser:
            open_soon(address)

    print("dronewall: Ctrl-C ends all of them", flush=True)
    with tempfile.TemporaryDirectory(prefix="dronewall-") as folder:
        demonstrate(name, seed=seed, speed=speed, port=port, folder=Path(folder), announce=announce)


@share.command("identity")
def share_identity(
    nation: Annotated[str, typer.Argument(help="Two capital letters, such as LV.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder for both files.")] = Path(),
    host: Annotated[
        list[str] | None, typer.Option(help="Name or address under which partners dial us; may be given again.")
    ] = None,
) -> None:
    """Make a nation's key and the certificate that its partners pin. The key leaves this machine never."""
    from datetime import UTC, datetime

    from dronewall.watch.share.issuing import make

    certificate, key = make(nation, output, host or ABROAD, datetime.now(UTC))
    print(f"{certificate}: give it to each partner, by hand or by a way that you trust")
    print(f"{key}: keep it; whoever has it speaks for {nation}")


class Reason(StrEnum):
    """Why a certificate is taken back, in the words of RFC 5280."""

    KEY_COMPROMISE = "keyCompromise"
    SUPERSEDED = "superseded"
    AFFILIATION_CHANGED = "affiliationChanged"
    CESSATION_OF_OPERATION = "cessationOfOperation"
    UNSPECIFIED = "unspecified"


Days = Annotated[int, typer.Option(help="How long the certificates last.", min=1, max=825)]
ABROAD = ["127.0.0.1", "localhost"]


@share.command("keys")
def share_keys(
    nations: Annotated[list[str], typer.Argument(metavar="NATION...", help="Two capital letters each: LV LT EE.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder for all files.")] = Path(),
    host: Annotated[
        list[str] | None,
        typer.Option(help="NATION=HOST, under which partners dial that nation; may be given again.", metavar="LV=HOST"),
    ] = None,
    days: Days = 365,
) -> None:
    """For an exercise: an authority, and a key and a certificate for each nation. A certificate there is renewed.

    One hand holds all keys then. Otherwise each nation makes its own with `share identity`, and the authority's keeper
    signs it with `share certify`.
    """
    from datetime import UTC, datetime, timedelta

    from dronewall.watch.share.issuing import check, issue, make_authority

    hosts = _hosts(nations, host or [])
    check(nations, hosts)
    now = datetime.now(UTC)
    if not os.path.exists(output / "authority.crt"):
        make_authority(output, now)
    print(f"{output / 'authority.crt'}: to every node, as [share] authority; authority.key signs, and goes to none")
    for nation in nations:
        certificate, key = issue(nation, output, hosts.get(nation, ABROAD), now, timedelta(days=days))
        until = now + timedelta(days=days)
        print(f"{certificate}, {key.name}: to {nation}'s node alone; valid until {until:%Y-%m-%d}")


@share.command("certify")
def share_certify(
    certificate: Annotated[Path, typer.Argument(help="A certificate that a nation made with: share identity.")],
    authority: Annotated[Path, typer.Option(help="The folder with authority.crt and authority.key.")] = Path(),
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Where to; left out, beside the input.")] = None,
    days: Days = 365,
) -> None:
    """Have an authority sign a nation's certificate: the same key, nation and hosts. The key stays with the nation."""
    from datetime import UTC, datetime, timedelta

    from dronewall.watch.share.issuing import certify, put

    signed, nation, hosts = certify(certificate, authority, datetime.now(UTC), timedelta(days=days))
    file = output or certificate.with_suffix(".signed.crt")
    put(file, signed)
    print(f"it vouches that this key is {nation}'s, and that {nation} answers at: {', '.join(hosts) or 'no host'}")
    print(f"{file}: give it back to {nation}, if both are true, for [share] certificate")


@share.command("hub")
def share_hub(
    nations: Annotated[list[str], typer.Argument(metavar="NATION...", help="Two capital letters each: LV LT EE.")],
    trust: Annotated[list[Path], typer.Option(help="authority.crt, or the certificate of each nation.")],
    host: Annotated[list[str] | None, typer.Option(help="Name or address under which nations dial the hub.")] = None,
    listen: Annotated[str, typer.Option(help="Where it listens.", metavar="HOST:PORT")] = "0.0.0.0:7422",
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder for its files.")] = Path("hub"),
) -> None:
    """Write down a hub, a plain nats-server between nations that cannot dial one another. It keeps and reads nothing.

    hub.crt goes to every nation, for [share.hub]; hub.key stays. A key and a certificate that are there are kept.
    """
    from datetime import UTC, datetime

    from dronewall.watch.share.hub import write

    hub = write(output, nations, listen=listen, hosts=host or ABROAD, trusted=trust, now=datetime.now(UTC))
    addresses = " or ".join(f"{name}:{listen.rpartition(':')[2]}" for name in hub.hosts)
    print(f"{hub.certificate}: to every nation, as certificate of [share.hub]; its address: {addresses}")
    print(f"run it, and start it again whenever it ends: nats-server -c {hub.conf}")


@share.command("revoke")
def share_revoke(
    certificate: Annotated[Path, typer.Argument(help="The certificate that is to be believed no more.")],
    authority: Annotated[Path, typer.Option(help="The folder with authority.crt and authority.key.")] = Path(),
    reason: Annotated[Reason, typer.Option(help="Why, as partners' pages will say.")] = Reason.KEY_COMPROMISE,
    days: Annotated[int, typer.Option(help="By when the next list follows.", min=1, max=825)] = 30,
) -> None:
    """Have an authority take a certificate back: its list, authority.crl, goes to every node, as [share] revoked."""
    from datetime import UTC, datetime, timedelta

    from dronewall.watch.share.issuing import LIST, replace, revoke

    file, now = authority / LIST, datetime.now(UTC)
    signed, nation, entries = revoke(certificate, authority, now, timedelta(days=days), reason.value)
    replace(file, signed)
    print(f"{certificate}: of {nation}, believed by no node that has the new list")
    print(f"{file}: {entries} revoked; to every node now, and a newer one by {now + timedelta(days=days):%Y-%m-%d}")


def _hosts(nations: list[str], given: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in given:
        nation, _, host = one.partition("=")
        if nation not in nations or not host:
            raise BadInput(f"--host {one} is not NATION=HOST of one of: {', '.join(nations)}")
        found.setdefault(nation, []).append(host)
    return found


class Preview:
    """A night played at the desk, and one partner's view of it beside ours."""

    def __init__(self, rules: Path, partner: str, picture: str, wall: Path | None, seed: int) -> None:
        from dronewall.picture.nations.release import Releaser
        from dronewall.picture.nations.telling import Telling
        from dronewall.records.release import load_rules

        self._scans, self._wall, self._ground = _source(picture, wall, seed)
        zones = {zone.id: zone.polygon for zone in self._wall.zone}
        loaded = load_rules(rules, zones=zones)
        if partner == loaded.release.nation:
            raise BadInput(f"--partner {partner} is the nation of the rules itself; give one of: {loaded.partners}")
        self._partner, self._exercise = partner, self._wall.exercise
        self._releaser = Releaser(loaded, zones=zones, secret=b"preview", exercise=self._wall.exercise)
        self._telling = Telling(self._releaser, partner)
        self._given: dict[str, Counter[str]] = {"tracks": Counter(), "alerts": Counter()}
        self._offered = {"tracks": 0, "alerts": 0}
        self._messages: Counter[str] = Counter()
        self._ours: set[str] = set()
        self._theirs: set[str] = set()

    def messages(self, every_s: float) -> Iterator[dict[str, Any]]:
        """Every message that would go, in order."""
        for desk, time_ns in _played(self._scans, self._wall, self._ground, every_s):
            tracks, alerts = _facts(desk, self._ground, time_ns)
            self._count("tracks", [(self._releaser.grant_track(self._partner, one)) for one in tracks])
            self._ours |= {one.track for one in tracks}
            self._theirs |= {one.track for one in tracks if self._releaser.grant_track(self._partner, one)}
            items = [*self._telling.tracks(tracks, time_ns), *self._telling.alerts(alerts)]
            for item in items:
                if item.kind == "alert":
                    one = next(a for a in alerts if self._releaser.shared_id(a.alert) == item.id)
                    self._count("alerts", [self._releaser.grant_alert(self._partner, one)])
                self._messages[item.kind] += 1
                yield item.model_dump(mode="json", exclude_none=True)

    def _count(self, what: str, grants: list[Any]) -> None:
        self._offered[what] += len(grants)
        for grant in grants:
            self._given[what].update(grant.fields)

    def summary(self) -> dict[str, Any]:
        """Numbers, for a machine."""
        from dronewall.records.release import FIELDS

        return {
            "partner": self._partner,
            "exercise": self._exercise,
            "tracks": len(self._ours),
            "tracks_seen": len(self._theirs),
            "messages": dict(sorted(self._messages.items())),
            "share_of_rows": {
                what: {
                    word: round(self._given[what][word] / self._offered[what], 4) if self._offered[what] else 0.0
                    for word in FIELDS[what]
                }
                for what in FIELDS
            },
        }

    def told(self) -> list[str]:
        """The same in lines for a person."""
        from dronewall.records.release import FIELDS

        kind = "an exercise" if self._exercise else "the real picture"
        lines = [f"{self._partner} would see {len(self._theirs)} of {len(self._ours)} tracks of {kind}"]
        counted = ", ".join(f"{count} {name}" for name, count in sorted(self._messages.items()))
        lines.append(f"messages: {counted or 'none'}")
        for what, words in FIELDS.items():
            lines.append(f"of {what}:")
            for word, meaning in words.items():
                share = self._given[what][word] / self._offered[what] if self._offered[what] else 0.0
                state = "withheld" if not self._given[what][word] else f"seen in {100.0 * share:.0f} % of the rows"
                lines.append(f"  {word:17} {state:27} {meaning}")
        return lines


def _source(picture: str, wall: Path | None, seed: int) -> tuple[Any, Any, "Standing"]:
    """Scans in the order of their arrival, the wall, and its sensors."""
    from dronewall import scenarios
    from dronewall.archive import read_recording
    from dronewall.cli.nights import Script, night
    from dronewall.cli.serving import wall_file
    from dronewall.records.wall import load_wall
    from dronewall.watch.prepare import standing

    if picture in scenarios.names():
        script = Script.named(picture)
        ground = standing(load_wall(script.wall_path), script.wall_path)
        played = night(script, seed, ground)
        return played.scans(), played.wall, ground
    parts = sorted((Path(picture) / "history" / "detections").glob("*")) or [Path(picture)]
    recordings = [read_recording(part) for part in parts]
    file = recordings[0].wall_path if wall is None else wall_file(wall)
    stands = load_wall(file)
    ground = standing(stands, file)

    def scans() -> Iterator["Scan"]:
        for recording in recordings:
            yield from recording.scans(ground.sensors)

    return scans(), stands, ground


def _played(scans: Iterator["Scan"], wall: Any, ground: "Standing", every_s: float) -> Iterator[tuple["Desk", int]]:
    from dronewall.picture.desk import Desk
    from dronewall.units import SECOND_NS, nanoseconds

    desk, step = Desk(wall, ground.sensors, terrain=ground.terrain), nanoseconds(every_s)
    ticked = looked = 0
    for scan in scans:
        ticked = ticked or scan.received_ns // SECOND_NS * SECOND_NS
        looked = looked or ticked
        while ticked + SECOND_NS <= scan.received_ns:
            ticked += SECOND_NS
            desk.tick(ticked)
        while looked + step <= scan.received_ns:
            looked += step
            yield desk, looked
        desk.take(scan)


def _facts(desk: "Desk", ground: "Standing", time_ns: int) -> tuple[list["TrackFacts"], list["AlertFacts"]]:
    from dataclasses import replace

    from dronewall.picture.nations.facts import Rows, alert_facts, track_facts
    from dronewall.records.alert import AlertState

    places = {name: (one.spec.longitude_deg, one.spec.latitude_deg) for name, one in ground.sensors.items()}

    def rows(track: str) -> Rows:
        return tuple((row.sensor, int(row.scan), int(row.row), int(row.time_ns)) for row in desk.evidence(track, 20))

    alerts = tuple(
        replace(alert, state=AlertState.APPROVED, approved_by="preview", clock={**alert.clock, "approved": time_ns})
        if alert.state is AlertState.DRAFT
        else alert
        for alert in desk.alerts
    )
    return list(track_facts(desk.tracks(time_ns), places, rows)), list(alert_facts(alerts))
