"""Checks of the prerequisites on this machine."""
