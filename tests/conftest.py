"""What holds for all tests: the fast engine is in place before any of them imports the bindings."""

import os

from hypothesis import settings

# By these typer and rich take any output for a terminal, of some width; GitHub's runners set the first.
for name in ("GITHUB_ACTIONS", "FORCE_COLOR", "PY_COLORS", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS"):
    os.environ.pop(name, None)

import constructs_arq  # noqa: E402, F401  # imported for its effect

# A busy machine is no defect, and a merge doesn't fail by chance: new examples are sought where people work.
settings.register_profile("arq", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("arq")
