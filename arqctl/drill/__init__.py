"""Drills of the pager: `arqctl drill`."""
