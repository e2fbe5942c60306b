"""Costs of an account: its budget, messages about unusual costs, and tags of the bill."""
