"""Terraform's plugin protocol: the handshake, the messages, and how values travel in them."""
