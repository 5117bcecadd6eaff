"""Signed CAP documents: valid by the schema of OASIS, and verified by xmlsec1, which is not ours."""

import subprocess
from pathlib import Path

import pytest
from lxml import etree

from dronewall.errors import BadInput
from dronewall.outputs.cap import document
from dronewall.outputs.cap_signature import Signer, verified
from dronewall.records.alert import Level, Message
from tests.outputs.test_cap import LIVE, PRACTICE, alert, approved, schema


def made(folder: Path, name: str, *, bits: int = 2048) -> Signer | None:
    """A key and its self-signed certificate, by openssl's own command."""
    folder.mkdir(exist_ok=True)
    files = ["-keyout", str(folder / f"{name}.key.pem"), "-out", str(folder / f"{name}.crt.pem")]
    words = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        f"rsa:{bits}",
        "-nodes",
        "-subj",
        "/CN=civil protection",
        "-days",
        "2",
    ]
    subprocess.run([*words, *files], check=True, capture_output=True)
    return Signer.read(folder, exercise="exercise" in name)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    made(folder, "cap-exercise")
    made(folder, "cap-live")
    return folder


def signed(keys: Path, *, exercise: bool = True, message: Message = Message.ALERT) -> bytes:
    signer = Signer.read(keys, exercise=exercise)
    assert signer is not None
    given = approved(alert(exercise=exercise, message=message, level=Level.WARNING))
    return signer.sign(document(given, PRACTICE if exercise else LIVE)[1])


def by_xmlsec1(data: bytes, trusted: Path, folder: Path) -> bool:
    """Whether xmlsec1 of Debian says that the signature holds."""
    file = folder / "alert.xml"
    file.write_bytes(data)
    words = ["xmlsec1", "--verify", "--trusted-pem", str(trusted), str(file)]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("message", list(Message))
@pytest.mark.parametrize("exercise", [True, False])
def test_a_signed_document_is_valid_and_xmlsec1_verifies_it(keys, tmp_path, exercise, message):
    data = signed(keys, exercise=exercise, message=message)
    schema().assertValid(etree.fromstring(data))
    mode = "exercise" if exercise else "live"
    assert by_xmlsec1(data, keys / f"cap-{mode}.crt.pem", tmp_path)
    assert verified(data, (keys / f"cap-{mode}.crt.pem").read_bytes()).tag.endswith("alert")


def test_a_changed_word_is_noticed_by_both(keys, tmp_path):
    data = signed(keys)
    changed = data.replace(b"<status>Exercise", b"<status>Actual")
    assert changed != data
    assert not by_xmlsec1(changed, keys / "cap-exercise.crt.pem", tmp_path)
    with pytest.raises(BadInput, match="does not hold"):
        verified(changed, (keys / "cap-exercise.crt.pem").read_bytes())


def test_the_key_of_exercises_is_not_believed_in_earnest(keys, tmp_path):
    data = signed(keys, exercise=True)
    assert not by_xmlsec1(data, keys / "cap-live.crt.pem", tmp_path)
    with pytest.raises(BadInput, match="does not hold"):
        verified(data, (keys / "cap-live.crt.pem").read_bytes())


def test_a_document_without_a_signature_is_refused(keys):
    with pytest.raises(BadInput, match="does not hold"):
        verified(document(approved(alert()), PRACTICE)[1], (keys / "cap-exercise.crt.pem").read_bytes())


def test_the_same_document_is_signed_the_same(keys):
    assert signed(keys) == signed(keys)


def test_without_a_key_there_is_no_signer(tmp_path):
    assert Signer.read(tmp_path, exercise=True) is None


def test_a_key_that_cannot_be_used_is_one_sentence(keys, tmp_path):
    with pytest.raises(BadInput, match="at least 2048 bits"):
        made(tmp_path / "short", "cap-exercise", bits=1024)
    with pytest.raises(BadInput, match="of another key"):
        Signer((keys / "cap-live.key.pem").read_bytes(), (keys / "cap-exercise.crt.pem").read_bytes())
    with pytest.raises(BadInput, match="PEM"):
        Signer(b"no key", b"no certificate")
    (tmp_path / "cap-live.key.pem").write_bytes((keys / "cap-live.key.pem").read_bytes())
    with pytest.raises(BadInput, match="has no certificate"):
        Signer.read(tmp_path, exercise=False)
