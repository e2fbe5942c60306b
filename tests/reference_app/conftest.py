from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.arqctl.database.postgres_server import Server, programs_folder, running_server
from tests.reference_app.dependencies import Dependencies, prepared
from tests.reference_app.redis_server import RedisServer, running_redis


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    programs = programs_folder()
    assert programs, "PostgreSQL is not installed: run scripts/install_test_programs"
    with running_server(programs) as server:
        yield server


@pytest.fixture(scope="session")
def redis() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


@pytest.fixture
def empty(postgres: Server, redis: RedisServer, tmp_path: Path) -> Iterator[Dependencies]:
    """A database without tables, and a cache."""
    with prepared(postgres, redis, tmp_path) as dependencies:
        yield dependencies


@pytest.fixture
def dependencies(empty: Dependencies) -> Dependencies:
    """A database with the tables of the API, and a cache."""
    empty.migrate()
    return empty
