"""The platform: environments as values, and their composition from the library's constructs."""

# Enables the fast engine before any module here imports the bindings.
import constructs_arq  # noqa: F401
