from collections.abc import Iterator

import pytest

from tests.arqctl.database.postgres_server import Server, programs_folder, running_server


@pytest.fixture(scope="session")
def running() -> Iterator[Server]:
    programs = programs_folder()
    if programs is None:
        pytest.fail("PostgreSQL is not installed: run scripts/install_test_programs")
    with running_server(programs) as server:
        yield server


@pytest.fixture
def server(running: Server) -> Iterator[Server]:
    """A server with an empty database `app`."""
    with running.database():
        yield running
