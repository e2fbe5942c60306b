"""Deletes what controllers in a cluster made in AWS, before the environment is destroyed."""
