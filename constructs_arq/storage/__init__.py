"""Encrypted storage: buckets, log groups and container registries."""
