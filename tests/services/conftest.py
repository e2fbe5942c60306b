from tests.reference_app.conftest import dependencies, empty, postgres, redis

__all__ = ["dependencies", "empty", "postgres", "redis"]
