"""The address of a shared store: no sentence holds its password, no server elsewhere goes unproven."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dronewall.cli import app
from dronewall.errors import BadInput
from dronewall.watch.store.address import Address
from dronewall.watch.store.local import LocalPaths


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of libpq's in the environment."""
    for name in ("PGHOST", "PGHOSTADDR", "PGSERVICE", "PGSERVICEFILE", "PGSSLMODE", "PGPORT"):
        monkeypatch.delenv(name, raising=False)


def mode(uri: str) -> Any:
    return Address(uri)._parts.get("sslmode")


@pytest.mark.parametrize(
    "uri",
    [
        "sqlite:///x",
        "http://127.0.0.1/",
        "",
        "postgresql://a:hush@[::1",
        "postgresql://a:hush@h/d?nonsense=1",
        "postgresql:/a:hush@h/d",
        "POSTGRESQL://a:hush@h/d",
        "postgresql://a:h\udcffush@h/d",
        "host=h password=hush",
        "postgresql://u:a/hush@127.0.0.1/db",
        "postgresql://u:a@hush@h/db",
        "postgresql://u:a@hush@/db?host=/run",
        "postgresql://u:/hush@h/db",
        "postgresql://u@b:hush@h/db",
        "postgresql://u:a/b?hush@h/db",
        "postgresql://u:a/b?user=hush@h/db",
        "postgresql://u:a/hush%40h/db",
        "postgresql://u%3Ahush@h/db",
        "postgresql://u:hush/db",
        "postgresql://u:1/2hush@h/db",
    ],
)
def test_what_is_no_address_is_one_sentence_without_its_password(uri: str) -> None:
    with pytest.raises(BadInput, match="postgresql://USER@HOST") as error:
        Address(uri)
    assert "hush" not in str(error.value)


@pytest.mark.parametrize("words", [["history", "--track", "t"], ["audit", "verify"], ["store", "status"]])
@pytest.mark.parametrize("uri", ["postgres:/a:hush@h/d", "Postgresql://a:hush@h/d", "dbname=d password=hush"])
def test_no_command_takes_a_store_written_badly_for_a_folder_and_repeats_it(words: list[str], uri: str) -> None:
    done = CliRunner().invoke(app, [*words, uri])
    assert isinstance(done.exception, BadInput)
    assert "hush" not in done.output + str(done.exception)


def test_a_password_as_short_as_a_word_does_not_spoil_other_words() -> None:
    assert Address("postgresql://u:a@h/d")._clean('has "a" for a database') == 'has "..." for ... database'
    assert Address("postgresql://u:long-enough@h/d")._clean("xlong-enoughx") == "x...x"


def test_a_server_elsewhere_must_show_its_certificate_unless_the_address_says_otherwise() -> None:
    assert mode("postgresql://a@db.example/d") == "verify-full"
    assert mode("postgresql://a@127.0.0.1,db.example/d") == "verify-full"
    assert mode("postgresql://a@localhost/d?hostaddr=192.0.2.1") == "verify-full"
    assert mode("postgresql://a@db.example/d?sslmode=") == "verify-full"
    assert mode("postgresql://a@db.example/d?sslmode=verify-ca") == "verify-ca"
    for here in ("a@127.0.0.1", "a@[::1]", "a@localhost", ""):
        assert mode(f"postgresql://{here}/d") is None
    assert mode("postgresql:///d?host=/run/postgresql") is None


def test_so_must_one_that_the_environment_or_a_service_file_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = tmp_path / "services"
    services.write_text("[x]\nhost=192.0.2.1\n")
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    assert mode("postgresql:///d?service=x") == "verify-full"
    assert mode("postgresql:///d?service=x&sslmode=disable") == "disable"
    for name, value in (("PGHOST", "db.example"), ("PGHOSTADDR", "192.0.2.1"), ("PGSERVICE", "x")):
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            assert mode("postgresql:///d") == "verify-full"
    with monkeypatch.context() as patch:
        patch.setenv("PGHOST", "db.example")
        assert mode("postgresql://127.0.0.1/d") is None
        patch.setenv("PGHOST", "/run/postgresql")
        assert mode("postgresql:///d") is None


@pytest.mark.parametrize(
    "uri",
    [
        "postgresql://h/d?sslmode=foo",
        "postgresql://h:99999/d",
        "postgresql://h:0/d",
        "postgresql://h/d?service=nosuch",
        "postgresql://h/d?connect_timeout=soon",
        "postgresql://h/d?port=1,2,3",
        "postgresql://h/d?hostaddr=192.0.2.1,192.0.2.2",
        "postgresql://h/d?target_session_attrs=any-at-all",
    ],
)
def test_an_address_under_which_no_server_can_be_is_refused_and_not_waited_for(uri: str) -> None:
    with pytest.raises(BadInput, match="the address of the store cannot be used: ") as error:
        Address(uri)
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("postgresql://a:hush@[::1]:5432/d", "postgresql://a@[::1]:5432/d"),
        ("postgresql://a@g:1,[2001:db8::1]:2/d", "postgresql://a@g:1,[2001:db8::1]:2/d"),
        ("postgresql:///d?hostaddr=192.0.2.1&port=7", "postgresql://192.0.2.1:7/d"),
        ("postgresql://h/d?gssencmode=require", "postgresql://h/d"),
        ("postgresql:///d?host=%2Frun%2Fpostgresql&port=7", "postgresql:///d"),
        ("postgresql://a%40realm:hush@h/d", "postgresql://...@h/d"),
    ],
)
def test_an_address_is_said_as_it_is_written_without_its_password(uri: str, said: str) -> None:
    assert str(Address(uri)) == said


def kept(folder: Path, *statements: str) -> str:
    with sqlite3.connect(folder / "paths.sqlite") as db:
        for statement in ("PRAGMA user_version = 1", *statements):
            db.execute(statement)
    db.close()
    return str(folder)


@pytest.mark.parametrize("tables", [[], ["CREATE TABLE about (key TEXT, value TEXT)"]])
def test_a_file_of_paths_without_its_tables_is_one_sentence(tmp_path: Path, tables: list[str]) -> None:
    done = CliRunner().invoke(app, ["history", kept(tmp_path, *tables), "--track", "t"])
    assert isinstance(done.exception, BadInput)
    assert "paths.sqlite holds no paths: no such table" in str(done.exception)


@pytest.mark.parametrize(
    "words",
    [
        ["--from", "0001-01-01T00:00:00+23:59"],
        ["--to", "9999-12-31T23:59:59-23:59"],
        ["--from", "2500-01-01"],
        ["--to", "1850-01-01"],
    ],
)
def test_a_question_reaches_to_the_edges_of_the_calendar(tmp_path: Path, words: list[str]) -> None:
    LocalPaths(tmp_path / "paths.sqlite").close()
    done = CliRunner().invoke(app, ["history", str(tmp_path), "--area", "1,2,3,4", *words])
    assert (done.exit_code, done.output) == (0, "no track was there\n")
