"""Reads the access that resources grant, and finds what a plan broadens or reduces."""
