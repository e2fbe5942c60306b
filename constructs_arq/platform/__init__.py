"""Add-ons of a cluster: third-party controllers, installed from Helm charts."""
