"""Canaries of CloudWatch Synthetics: they use the site and the API as a visitor does."""
