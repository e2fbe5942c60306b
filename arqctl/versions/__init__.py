"""Renews the table of EKS add-on versions."""
