"""Checks that AWS's quotas allow what the configuration needs besides what is already used."""
