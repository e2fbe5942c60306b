"""`arqctl runbook`: procedures for a database, generated from its configuration."""
