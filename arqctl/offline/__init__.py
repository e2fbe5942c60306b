"""Offline AWS: a simulated AWS account for unmodified Terraform, without credentials or network access.

`docs/offline.md` lists what is exact, what is simulated, and what it cannot find.
"""
