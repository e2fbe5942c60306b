"""Prints the runbook of an alarm with the names of an environment."""
