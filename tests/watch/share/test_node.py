"""Two whole nodes over the small night: what one sees the other is told, an alert is handed over, a line is cut."""

import json
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from dronewall.errors import BadInput
from dronewall.records.wall import PartnerSpec, ShareSpec, Wall
from dronewall.settings import check
from dronewall.watch.roles import Role
from dronewall.watch.share.issuing import issue, make, make_authority
from dronewall.watch.share.server import free_port
from tests.watch.share.lines import NOW
from tests.watch.small import Watch
from tests.watch.test_app import serving

RULES = """
schema_version = 1
[release]
nation = "{own}"
approved_by = "a test"
approved_on = 2026-11-22
[[rule]]
id = "tracks"
partner = "{partner}"
what = "tracks"
zones = ["everywhere"]
fields = ["position_exact", "velocity", "accuracy"]
[[rule]]
id = "alerts"
partner = "{partner}"
what = "alerts"
zones = ["everywhere"]
fields = ["level", "people"]
"""


def node(
    folder: Path, own: str, partner: str, *, listen: str | None, address: str | None, authority: bool = False
) -> Watch:
    """A watch over the small night that is a node among nations."""
    if not (folder / f"{own}.crt").exists():
        make(own, folder, ["127.0.0.1"], NOW)
    rules = folder / f"{own}.toml"
    rules.write_text(RULES.format(own=own, partner=partner))
    share = ShareSpec(
        nation=own,
        rules=rules.name,
        certificate=f"{own}.crt",
        key=f"{own}.key",
        authority="authority.crt" if authority else None,
        listen=listen,
        partner=[PartnerSpec(nation=partner, certificate=None if authority else f"{partner}.crt", address=address)],
    )
    return Watch(folder / f"data-{own}", speed=10.0, share=share, base=folder)


def test_what_one_node_sees_the_other_is_told_and_an_alert_is_handed_over(tmp_path: Path) -> None:
    for nation in ("LV", "LT"):
        make(nation, tmp_path, ["127.0.0.1"], NOW)
    address = f"127.0.0.1:{free_port()}"
    with (
        node(tmp_path, "LV", "LT", listen=address, address=None) as lv,
        node(tmp_path, "LT", "LV", listen=None, address=address) as lt,
        serving(lv.station) as here,
        serving(lt.station) as there,
        httpx.Client(base_url=here, trust_env=False, timeout=180.0) as client,
        httpx.Client(base_url=there, trust_env=False, timeout=180.0) as theirs,
    ):

        def row(watch: Watch) -> dict[str, Any]:
            found: dict[str, Any] = watch.station.nations()["partners"][0]
            return found

        lv.until(lambda: row(lv)["up"] and row(lt)["up"])
        views: list[dict[str, Any]] = []

        def told() -> bool:
            views.append(lt.station.nations())
            return bool(views[-1]["things"])

        lv.until(told)
        thing = views[-1]["things"][0]
        assert thing["tracks"][0]["owner"] == "LV"
        assert "sensors" in thing["tracks"][0]["not_given"]
        # both nodes play the same night, so the same things fly over both: they are one, with one name
        lv.until(lambda: any(one["owners"] == ["LT", "LV"] for one in lt.station.nations()["things"]))
        on_duty = {"Authorization": f"Bearer {lv.token(Role.OPERATOR)}"}

        def approved() -> bool:
            """Once a draft is there, and was not revised between the look and the act."""
            drafts = [one for one in lv.station.alerts().result(240.0)["alerts"] if one["state"] == "draft"]
            path = f"/api/alerts/{drafts[0]['id']}/approve" if drafts else ""
            return (
                bool(path) and client.post(path, json={"revision": drafts[0]["revision"]}, headers=on_duty).is_success
            )

        lv.until(approved)
        lv.until(lambda: bool(lt.station.nations()["taken"]))
        (taken,) = lt.station.nations()["taken"]
        assert set(taken["alert"]) == {"kind", "id", "revision", "message", "exercise", "level", "people"}
        lv.until(lambda: [one["state"] for one in lv.station.nations()["given"]] == ["received"])

        path = f"/api/nations/alerts/{taken['alert']['id']}/acknowledge"
        body = {"revision": taken["alert"]["revision"], "authority": "lt-police"}
        viewer = {"Authorization": f"Bearer {lt.token(Role.VIEWER)}"}
        operator = {"Authorization": f"Bearer {lt.token(Role.OPERATOR)}"}
        assert theirs.get("/api/nations").status_code == 401
        assert theirs.get("/api/nations", headers=viewer).status_code == 200
        assert theirs.post(path, json=body, headers=viewer).status_code == 403
        assert theirs.post(path, json=body, headers=operator).json()["authority"] == "lt-police"
        assert theirs.post(path, json=body, headers=operator).status_code == 422
        lv.until(lambda: [one["authority"] for one in lv.station.nations()["given"]] == ["lt-police"])
        lv.until(lambda: "handover.acknowledged" in {event["kind"] for event in lv.rows()})
        lt.until(lambda: "handover.acknowledged_here" in {event["kind"] for event in lt.rows()})
        (mine,) = [event for event in lt.rows() if event["kind"] == "handover.acknowledged_here"]
        assert mine["actor"] == "the operator"
        text = json.dumps(lv.rows()) + json.dumps(lv.station.nations())
        assert "the operator" not in json.dumps(lv.station.nations())
        assert "lt-police" in text


def test_a_node_without_its_partner_starts_tracks_and_stops(tmp_path: Path) -> None:
    make("LT", tmp_path, ["127.0.0.1"], NOW)
    with node(tmp_path, "LV", "LT", listen=None, address="127.0.0.1:9") as lv:
        lv.until(lambda: bool(lv.station.tracks().result(240.0)["tracks"]))
        lv.until(lambda: len(lv.station.nations()["own"]) > 0)
        assert not lv.station.nations()["partners"][0]["up"]
        began = time.monotonic()
    assert time.monotonic() - began < 60.0  # it does not wait for its partner
    assert not any(thread.name == "sharing" for thread in threading.enumerate())


def test_a_certificate_that_ends_soon_is_in_the_log_and_in_health(tmp_path: Path) -> None:
    make_authority(tmp_path, NOW)
    issue("LV", tmp_path, ["127.0.0.1"], NOW, timedelta(days=5))
    with node(tmp_path, "LV", "LT", listen=None, address="127.0.0.1:9", authority=True) as lv:
        lv.until(lambda: "share.certificate_ends" in {event["kind"] for event in lv.rows()})
        (said,) = [event["payload"] for event in lv.rows() if event["kind"] == "share.certificate_ends"]
        assert said["nation"] == "LV"
        assert said["days"] in (4, 5)
        (row,) = lv.station.health().result(240.0)["certificates"]
        assert (row["of"], row["state"]) == ("LV", "ends_soon")
        assert lv.station.nations()["certificates"] == [row]


def test_a_wall_without_share_is_in_no_company(tmp_path: Path) -> None:
    with Watch(tmp_path, speed=50.0) as alone, pytest.raises(BadInput, match="no company of nations"):
        alone.station.nations()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"partner": []}, "at least 1 item"),
        ({"partner": [{"nation": "LV", "certificate": "x"}]}, "a partner is another nation"),
        ({"partner": [{"nation": "LT", "certificate": "x"}]}, "has no address, so it must dial us"),
        ({"partner": [{"nation": "LT", "certificate": "x", "address": "here"}]}, "address"),
        ({"adress": "x"}, "there is no such key here; it takes: nation, rules, certificate"),
        ({"authority": "a"}, "needs a certificate, or [share] an authority for all; not both"),
        ({"partner": [{"nation": "LT", "address": "127.0.0.1:1"}]}, "needs a certificate, or [share] an authority"),
    ],
)
def test_a_share_that_cannot_be_is_refused(change: dict[str, object], said: str) -> None:
    partner = [{"nation": "LT", "certificate": "LT.crt", "address": "127.0.0.1:1"}]
    share = {"nation": "LV", "rules": "r", "certificate": "c", "key": "k", "partner": partner} | change
    with pytest.raises(BadInput) as caught:
        check(Wall, {"schema_version": 1, "wall": {"name": "x"}, "share": share}, "wall.toml")
    assert said in str(caught.value)


def test_rules_of_another_nation_are_refused(tmp_path: Path) -> None:
    make("LT", tmp_path, ["127.0.0.1"], NOW)
    lv = node(tmp_path, "LV", "LT", listen=None, address="127.0.0.1:9")
    (tmp_path / "LV.toml").write_text(RULES.format(own="EE", partner="LT"))
    with pytest.raises(BadInput, match=r"release.nation is EE, and \[share\] says LV"), lv:
        pass
