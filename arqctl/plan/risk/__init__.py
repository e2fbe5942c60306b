"""Finds changes that destroy data or weaken its protection."""
