"""The API: a ledger in PostgreSQL, and sessions in Valkey."""
