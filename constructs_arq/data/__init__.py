"""Where data lives that must not be lost: PostgreSQL databases and caches."""
