"""The committed environments, by name."""

from environments.discovery import discover_environments

ENVIRONMENTS = {environment.name: environment for environment in discover_environments()}
