"""Logical dumps of a database, and its daily ledger."""
