"""Terraform's plugin protocol: handshake, gRPC server and provider calls."""
