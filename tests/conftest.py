"""What holds for all tests: the fast engine is in place before any of them imports the bindings."""

import os

from hypothesis import settings

import constructs_arq  # noqa: F401  # imported for its effect

# A busy machine is no defect, and a merge doesn't fail by chance: new examples are sought where people work.
settings.register_profile("arq", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("arq")
