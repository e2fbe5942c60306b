"""The real environments, synthesized once for all tests that look at them."""

from pathlib import Path

import pytest

from environments.synthesis import synthesize


@pytest.fixture(scope="session")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthesize(tmp_path_factory.mktemp("cdktf.out"))
