"""Backups, restore tests, and the standby region."""
