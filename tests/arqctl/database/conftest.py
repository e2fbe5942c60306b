from collections.abc import Iterator

import pytest

from tests.arqctl.database.postgres_server import Server, programs_folder, running_server


@pytest.fixture(scope="session")
def running(request: pytest.FixtureRequest) -> Iterator[Server]:
    programs = programs_folder()
    if programs is None:
        pytest.fail("PostgreSQL is not installed: run scripts/install_test_programs")
    with running_server(programs) as server, server.connect("dba", "postgres") as connection:
        capture = request.config.pluginmanager.getplugin("capturemanager")
        with capture.global_and_fixture_disabled():
            print(f"PostgreSQL {connection.info.server_version // 10000}; production has 17")
        yield server


@pytest.fixture
def server(running: Server) -> Iterator[Server]:
    """A server with an empty database `app`."""
    with running.database():
        yield running
