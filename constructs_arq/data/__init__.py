"""PostgreSQL databases and caches."""
