"""Renews the table of versions of EKS add-ons and node images."""
