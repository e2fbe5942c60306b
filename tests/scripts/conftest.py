import urllib.request
from collections.abc import Iterator

import pytest

from tests.scripts.repositories import Repositories


@pytest.fixture
def repositories() -> Iterator[Repositories]:
    served = Repositories()
    urllib.request.install_opener(urllib.request.build_opener(served))
    yield served
    urllib.request.install_opener(urllib.request.build_opener())
