"""The tables of the shared store: numbered SQL files, each applied once, in order, noted in `schema_migration`.

A file that was published is never changed; its SHA-256 is in the table, so that one that was is found. All that is
missing is applied in one transaction under a lock: the tables are those of one version, whoever comes at once.
"""

import hashlib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Final

from dronewall.errors import BadInput

if TYPE_CHECKING:
    from psycopg import Connection

SCHEMA: Final = "dronewall"
_LOCK: Final = 7_226_179_021
_TABLE: Final = f"""
CREATE TABLE {SCHEMA}.schema_migration (
    version integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL,
    applied_by text NOT NULL DEFAULT session_user, applied_at timestamptz NOT NULL DEFAULT now()
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One file."""

    version: int
    name: str
    text: str

    @property
    def sha256(self) -> str:
        """Its digest."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def migrations() -> list[Migration]:
    """Those that this version brings, in order; their numbers are 1, 2, 3 ..."""
    files = sorted(
        (file for file in (resources.files(__package__) / "migrations").iterdir() if file.name.endswith(".sql")),
        key=lambda file: file.name,
    )
    return [
        Migration(version=int(file.name[:4]), name=file.name[5:-4], text=file.read_text(encoding="utf-8"))
        for file in files
    ]


def stands_at(connection: "Connection", place: str) -> int:
    """The version that the tables are of; 0 where there are none.

    Raises
    ------
    BadInput
        A migration was applied that is not the one of this number here.
    """
    (there,) = connection.execute("SELECT to_regclass(%s)", (f"{SCHEMA}.schema_migration",)).fetchone() or (None,)
    if there is None:
        return 0
    applied = connection.execute(f"SELECT version, sha256 FROM {SCHEMA}.schema_migration ORDER BY version").fetchall()
    ours = {one.version: one.sha256 for one in migrations()}
    for version, sha256 in applied:
        if version in ours and ours[version] != sha256:
            raise BadInput(f"{place}: its migration {version} is not the one of this dronewall; ask who changed it")
    return max((version for version, _ in applied), default=0)


def check(connection: "Connection", place: str) -> None:
    """Refuse tables of another version than this one's.

    Raises
    ------
    BadInput
        They are older, newer or none.
    """
    found, wanted = stands_at(connection, place), migrations()[-1].version
    if found == 0:
        raise BadInput(f"{place} holds no store yet; its owner types: dronewall store migrate URI")
    if found < wanted:
        raise BadInput(
            f"{place} is of schema {found}, this dronewall reads {wanted}; its owner types: dronewall store migrate URI"
        )
    if found > wanted:
        raise BadInput(f"{place} is of schema {found}, made by a later dronewall; this one reads {wanted}")


def migrate(connection: "Connection", place: str) -> list[Migration]:
    """Apply what is missing, all or nothing, and return it.

    Raises
    ------
    BadInput
        The tables are of a later version.
    """
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        found = stands_at(connection, place)
        ours = migrations()
        if found > ours[-1].version:
            check(connection, place)
        if found == 0:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
            connection.execute("CREATE EXTENSION IF NOT EXISTS postgis SCHEMA public")
            connection.execute(_TABLE)
        missing = [one for one in ours if one.version > found]
        for one in missing:
            # The text is ours and holds no parameters, so several statements may go at once.
            connection.execute(one.text.encode(), prepare=False)
            connection.execute(
                f"INSERT INTO {SCHEMA}.schema_migration (version, name, sha256) VALUES (%s, %s, %s)",
                (one.version, one.name, one.sha256),
            )
    return missing


def grant(connection: "Connection", role: str, *, write: bool) -> None:
    """Let a role read everything, or also carry a site's data there: never change an event, nor the tables."""
    from psycopg import sql

    who = sql.Identifier(role)
    lines = ["GRANT USAGE ON SCHEMA {schema} TO {who}", "GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {who}"]
    if write:
        lines += [
            "GRANT INSERT, UPDATE ON {schema}.site TO {who}",
            "GRANT INSERT ON {schema}.event TO {who}",
            "GRANT INSERT, DELETE ON {schema}.path TO {who}",
            "GRANT EXECUTE ON FUNCTION {schema}.make_day(bigint), {schema}.expire_days(integer, bigint) TO {who}",
        ]
    with connection.transaction():
        for line in lines:
            connection.execute(sql.SQL(line).format(schema=sql.Identifier(SCHEMA), who=who))
