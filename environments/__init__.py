"""The platform: values and composition. Nothing of the library is repeated here."""

# The engine has to be in place before anything here imports the bindings.
import constructs_arq  # noqa: F401
