"""What is claimed about speed, reproducible: each script prints ratios measured in one run."""

# The engine has to be in place before a benchmark imports the bindings.
import constructs_arq  # noqa: F401
