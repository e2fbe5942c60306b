"""Tests of `arqctl ingress migrate`."""
