"""The fast engine has to be in place before any test imports the bindings."""

import constructs_arq  # noqa: F401  # imported for its effect
