"""Reproducible benchmarks: each script prints ratios of durations that it measures in one run."""

# Enables the fast engine before a benchmark imports the bindings.
import constructs_arq  # noqa: F401
