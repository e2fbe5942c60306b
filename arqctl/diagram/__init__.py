"""Draws diagrams: of a plan's changes, and of whole environments."""
