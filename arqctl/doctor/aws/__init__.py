"""Checks of the prerequisites in an environment's AWS account."""
