"""Rules of Prometheus."""
