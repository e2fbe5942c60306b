"""Watches the alarms after a deployment, and records the commit that was deployed."""
