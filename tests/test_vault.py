"""The vault: only digests leave it, and with a day's key its data are gone everywhere."""

import os
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dronewall.errors import BadInput, Corrupt
from dronewall.eventlog import EventLog
from dronewall.records.event import Event
from dronewall.units import SECOND_NS, utc_ns
from dronewall.vault import Vault

NIGHT_NS = utc_ns(datetime(2026, 5, 7, 0, 29, 58, tzinfo=UTC))
HOUR_NS = 3600 * SECOND_NS
OPERATOR = "FIN87astrdge12k8-PLANTED-OPERATOR"


def files_with(folder: Path, text: str) -> list[str]:
    """Every file under the folder that holds the text, in UTF-8 or UTF-16, as it is or in hexadecimal."""
    needles = [text.encode(), text.encode("utf-16-le"), text.encode().hex().encode()]
    return [
        str(file)
        for file in folder.rglob("*")
        if file.is_file() and any(needle in file.read_bytes() for needle in needles)
    ]


def test_data_come_back_by_their_digest(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault")
    digest = vault.put(NIGHT_NS, {"operator_id": OPERATOR, "latitude_deg": 56.51})
    assert vault.get(digest) == {"operator_id": OPERATOR, "latitude_deg": 56.51}


def test_nothing_readable_lies_on_disk_even_before_expiry(tmp_path: Path) -> None:
    Vault(tmp_path / "vault").put(NIGHT_NS, {"operator_id": OPERATOR})
    assert files_with(tmp_path, OPERATOR) == []


def test_a_planted_operator_is_in_no_file_and_cannot_be_had_after_expiry(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault")
    with EventLog(tmp_path / "events.sqlite") as log:
        digest = vault.put(NIGHT_NS, {"operator_id": OPERATOR})
        log.append(Event(time_ns=NIGHT_NS, kind="call.received", actor="system", payload={"contact": digest}))
        assert vault.expire(NIGHT_NS + 72 * HOUR_NS) == ("2026-05-07",)
        assert [event.payload["contact"] for _, event in log.events()] == [digest]
    assert vault.get(digest) is None
    assert files_with(tmp_path, OPERATOR) == []


def test_a_backup_of_the_sealed_file_cannot_be_read_without_the_key(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault")
    digest = vault.put(NIGHT_NS, {"operator_id": OPERATOR})
    backup = (tmp_path / "vault" / "2026-05-07.sealed").read_bytes()
    vault.expire(NIGHT_NS + 100 * HOUR_NS)
    (tmp_path / "vault" / "2026-05-07.sealed").write_bytes(backup)
    assert Vault(tmp_path / "vault").get(digest) is None


@given(st.integers(0, 24 * 3600 - 1), st.integers(0, 200 * 3600))
@settings(max_examples=30)
def test_nothing_is_readable_for_longer_than_the_retention(
    tmp_path_factory: pytest.TempPathFactory, second_of_day: int, later_s: int
) -> None:
    vault = Vault(tmp_path_factory.mktemp("vault"))
    put_ns = NIGHT_NS - NIGHT_NS % (24 * HOUR_NS) + second_of_day * SECOND_NS
    digest = vault.put(put_ns, {"contact": "112"})
    vault.expire(put_ns + later_s * SECOND_NS)
    if later_s >= 72 * 3600:
        assert vault.get(digest) is None
    if later_s < 48 * 3600:
        assert vault.get(digest) is not None


def test_the_days_that_are_left_stay_readable(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    old, new = vault.put(NIGHT_NS, {"contact": "a"}), vault.put(NIGHT_NS + 48 * HOUR_NS, {"contact": "b"})
    vault.expire(NIGHT_NS + 73 * HOUR_NS)
    assert (vault.get(old), vault.get(new)) == (None, {"contact": "b"})
    assert vault.days() == ("2026-05-09",)


def test_one_person_has_one_digest_a_day_and_another_the_next(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    first, again = (vault.put(NIGHT_NS + n, {"operator_id": OPERATOR}) for n in (0, HOUR_NS))
    assert first == again
    assert vault.put(NIGHT_NS + 24 * HOUR_NS, {"operator_id": OPERATOR})[9:] != first[9:]


def test_two_vaults_give_one_person_different_digests(tmp_path: Path) -> None:
    one, other = (Vault(tmp_path / name).put(NIGHT_NS, {"operator_id": OPERATOR}) for name in "ab")
    assert one != other


def test_only_the_owner_may_read_a_vault(tmp_path: Path) -> None:
    Vault(tmp_path / "vault").put(NIGHT_NS, {"contact": "112"})
    modes = {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "vault").iterdir()}
    assert (stat.S_IMODE((tmp_path / "vault").stat().st_mode), modes) == (0o700, {0o600})


def test_a_changed_record_is_found(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    digest = vault.put(NIGHT_NS, {"contact": "112"})
    sealed = tmp_path / "2026-05-07.sealed"
    data = bytearray(sealed.read_bytes())
    data[-1] ^= 1
    sealed.write_bytes(data)
    with pytest.raises(Corrupt, match="was changed"):
        Vault(tmp_path).get(digest)


def test_a_record_that_a_crash_cut_short_does_not_spoil_the_next(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    whole, torn = vault.put(NIGHT_NS, {"contact": "a"}), vault.put(NIGHT_NS, {"contact": "b" * 100})
    sealed = tmp_path / "2026-05-07.sealed"
    os.truncate(sealed, sealed.stat().st_size - 50)
    vault = Vault(tmp_path)
    after = vault.put(NIGHT_NS, {"contact": "c"})
    assert [vault.get(digest) for digest in (whole, torn, after)] == [{"contact": "a"}, None, {"contact": "c"}]


def test_what_is_no_digest_gives_nothing(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    assert [vault.get(text) for text in ("", "../../etc/passwd", "20260507-" + "0" * 32)] == [None, None, None]


def test_a_refusal_says_nothing_of_the_data(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        Vault(tmp_path).put(NIGHT_NS, {OPERATOR: object()})
    assert OPERATOR not in str(refused.value)


def test_a_retention_below_a_day_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="at least 86400"):
        Vault(tmp_path, retention_s=3600)


def test_threads_may_put_at_once(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    digests: list[str] = []
    threads = [
        threading.Thread(target=lambda n=n: digests.extend(vault.put(NIGHT_NS, {"n": 10 * n + i}) for i in range(10)))
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = {vault.get(digest)["n"] for digest in digests}  # type: ignore[index]  # all were put above
    assert found == set(range(40))


def test_another_process_reads_what_this_one_put(tmp_path: Path) -> None:
    digest = Vault(tmp_path).put(NIGHT_NS, {"contact": "112"})
    program = "import sys; from pathlib import Path; from dronewall.vault import Vault; "
    program += "print(Vault(Path(sys.argv[1])).get(sys.argv[2]))"
    said = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path), digest], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "{'contact': '112'}"
