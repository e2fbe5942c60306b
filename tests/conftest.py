"""Sets up all tests: imports the library first, which patches the bindings, and configures hypothesis."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# typer and rich treat any output as a terminal if one of these is set. GitHub's runners set the first.
for name in ("GITHUB_ACTIONS", "FORCE_COLOR", "PY_COLORS", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS"):
    os.environ.pop(name, None)

# Terraform needs little memory and makes much garbage: by default, its collector takes a quarter of the time.
os.environ.setdefault("GOGC", "400")

import constructs_arq  # noqa: E402, F401  # patches the bindings

# No deadline, since machines can be busy. CI uses fixed examples, so that it doesn't fail at random.
settings.register_profile("arq", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("arq")


@pytest.fixture(scope="session")
def assembly_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The synthesized stacks of all environments."""
    from environments.synthesis import synthesize  # noqa: PLC0415 - most tests don't need the environments

    return synthesize(tmp_path_factory.mktemp("cdktf.out"))
