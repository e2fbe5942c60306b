"""Drills of the pager and of the failover to another region: `arqctl drill`."""
