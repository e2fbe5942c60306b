"""Offline AWS: a stand-in provider that unmodified Terraform runs, with no account and no network.

Everything it answers is simulated. `docs/offline.md` says what is exact, what is simulated, and what it can't
tell.
"""
