"""One server for all tests of the store; each has a database of its own."""

from collections.abc import Iterator

import pytest

from tests.watch.store.server import Postgres


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """A real PostgreSQL 15 with PostGIS."""
    with Postgres() as running:
        yield running


@pytest.fixture
def uri(server: Postgres) -> str:
    """A new store on it."""
    return server.uri(server.database())
