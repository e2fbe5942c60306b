"""PostgreSQL databases, caches and queues."""
