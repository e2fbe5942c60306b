"""Publishes a site's files, and shows where container images are pushed."""
